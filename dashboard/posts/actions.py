"""What people do to posts: one form, one act, and a sentence that says what was done."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from flask import abort, redirect, render_template, request
from werkzeug.wrappers import Response

from dashboard.access.guard import guard, note, who
from dashboard.filters import number
from dashboard.services import services
from monitor.accounts import Role
from monitor.archive import Archive
from monitor.archive.marks import MarkEntry
from monitor.archive.posts.annotations import Stance
from monitor.archive.values import Mark
from monitor.core.errors import MonitorError
from monitor.core.model import Tone
from monitor.report.wording import day_name, quantity

MOST = 200  # posts that one act may be about
ACTS = {  # as a form says them: what they are called
    "mark:needs reply": "Needs a reply",
    "together:needs reply": "Need a reply, one for all",
    "mark:done": "Done",
    "mark:not ours": "Not ours",
    "mark:": "Remove the mark",
    **{f"tone:{tone}": f"Tone: {tone}" for tone in Tone},
    "tone:": "Tone: back to automatic",
    **{f"stance:{stance}": f"Stance: {stance}" for stance in Stance},
    "stance:": "Remove the stance",
}
_DONE = {
    "mark": "{posts} marked “{value}”.",
    "mark:not ours": "{posts} left out of all counts, and listed under “Not ours” on the Replies page.",
    "mark:": "The mark was removed from {posts}.",
    "tone": "Tone set to “{value}” for {posts}, and for any others with the same text.",
    "tone:": "The tone of {posts} is scored automatically again.",
    "stance": "Stance set to “{value}” for {posts}, and for any others with the same text.",
    "stance:": "The stance was removed from {posts}.",
    "note": "A note was added to {posts}.",
    "unnote": "The note was removed.",
    "together:needs reply": "{posts} marked “needs a reply”, as one card on the Replies page.",
    "later": "{posts} put off until {value}. Until then, see “Later” on the Replies page.",
    "later:today": "{posts} back on the reply desk.",
    "assign:me": "You have taken {posts}: see “Mine” on the Replies page.",
    "undo": "{posts} as before.",
    "assign": "Owner and day saved for {posts}.",
}
_NO_ACT = "That action does not exist. Go back, and choose one from the list."
LABELS = ("tone", "stance")  # what a person says of a text; never where its writer is named
_NOTHING = "Nothing needed changing."
_NONE_CHOSEN = "Tick at least one post first, then choose what to do with it."
RESULTS = ("did", "at", "later", "undo")  # what of an address tells what the last act did
_UNDOABLE = ("mark", "together", "later", "assign")
_HOME = "/posts"
_FAR = timedelta(days=366)
_OURS = re.compile(r"/|/replies|/posts(/[0-9]{1,18})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionResult:
    """What the last act did, to which post if it was one, and its number if it can be undone."""

    text: str
    post: int | None
    undo: int | None = None


def work() -> Response | tuple[str, int]:
    """Do what the form says to its posts, and return to where it was."""
    act, ids, undo = request.form.get("act", ""), _posts(request.form.getlist("post")), None
    kind = act.partition(":")[0]
    if not ids and kind != "undo":
        return _back("none-0", None)
    try:
        with services().write() as archive:
            changed = _work(archive, act, ids)
            if changed and kind in _UNDOABLE:
                undo = archive.marks.last_act_of(who().name)
    except MonitorError as error:
        why = str(error)
        return render_template("unsaved.html", why=why, ids=ids, note=_typed(), form=request.form), 409
    if changed:
        note(f"posts: {kind} of {quantity(changed, 'post', 'posts')}")
    act = f"later:{_until()}" if act == "later" else kind if kind == "undo" else act
    return _back(f"{act}-{changed}", ids[0] if len(ids) == 1 else None, undo)


def label(ids: Sequence[int]) -> Response:
    """Label posts as the form says, and return to the list that shows such labels."""
    act = request.form.get("act", "")
    kind, _, value = act.partition(":")
    if act not in ACTS or kind not in LABELS:
        abort(400, _NO_ACT)
    if kind == "stance" and value and (reason := services().campaign.privacy.why_off):
        abort(400, f"No stance was set. {reason}")
    if not request.form.getlist("words"):
        return _redirect(request.full_path, "none-0")
    with services().write() as archive:
        archive.annotations.label(ids, kind, value or None, by=who().name, now=services().now())
    if ids:  # how many of them changed would tell what was said of one before
        note(f"posts: {kind} of {quantity(len(ids), 'post', 'posts')}")
    return _redirect(request.full_path, f"{act}-{len(ids)}")


def _work(archive: Archive, act: str, ids: Sequence[int]) -> int:
    """Do what a form says to posts; return to how many. Ends the request with 400 if it makes no sense."""
    (kind, _, value), form = act.partition(":"), request.form
    by: dict[str, Any] = {"by": who().name, "now": services().now()}
    desk = by | {"seen": number(form.get("seen", ""))}
    together = kind == "together" or "together" in form
    if kind == "note":
        return archive.annotations.add_note(ids, _typed(), **by)
    if kind == "unnote" and (note_id := number(value)) is not None:
        return int(archive.annotations.remove_note(note_id, ids[0]))
    if kind == "undo":
        return archive.marks.undo(number(value) or 0, **desk)
    if act in ("later", "later:today"):
        until = None if value == "today" else str(_until())
        return archive.marks.update(ids, kind, {"until": until}, together=together, **desk)
    if act in ("assign", "assign:me"):
        owner, due = who().name if value == "me" else form.get("owner") or None, _day("due")
        if owner and owner not in team():
            abort(400, "That person has no account here, or may not work on posts. Choose another owner.")
        changes = {"owner": owner} | ({"due": str(due)} if due else {})
        return archive.marks.update(ids, "assigned", changes, **desk)
    if act not in ACTS or kind in LABELS:
        abort(400, _NO_ACT)
    return archive.marks.set(ids, value or None, together=together, **desk)


def team() -> list[str]:
    """Return the names of those who may work on posts; while nobody has an account, the team's."""
    people = guard().accounts.people() if guard().has_accounts else ()
    names = [one.name for one in people if not one.disabled and one.may(Role.EDITOR)]
    return names or [who().name]


def _until() -> date:
    """Return until when posts are put off: tomorrow, unless the form says more."""
    until = _day("until") or services().today + timedelta(days=1)
    if until <= services().today:
        abort(400, "Choose a day after today.")
    return until


def _day(name: str) -> date | None:
    """Return the day in a field of the form, None if it is empty; ends the request with 400 if it is far."""
    day, today = None, services().today
    if text := request.form.get(name):
        with suppress(ValueError):
            day = date.fromisoformat(text)
        if day is None or abs(day - today) > _FAR:
            abort(400, "Choose a day within a year from today.")
    return day


def _typed() -> str:
    """Return the note as it was typed: a browser sends two characters for a new line."""
    return request.form.get("note", "").replace("\r\n", "\n")


def result() -> ActionResult | None:
    """Return what this address says was done; None if it says nothing, or nothing that makes sense."""
    act, _, times = request.args.get("did", "").rpartition("-")
    if not act or not re.fullmatch(r"[0-9]{1,9}", times):
        return None
    if act.startswith(LABELS) and not request.args.keys() & {*LABELS}:
        return None  # where people are named, nothing tells what was said of their posts
    text = sentence(act, int(times))
    post, undo = (number(request.args.get(name, "")) for name in ("at", "undo"))
    return ActionResult(text=text, post=post, undo=undo) if text else None


def sentence(act: str, posts: int) -> str | None:
    """Return what was done to how many posts, as a sentence; None for an act that there is not."""
    kind, _, value = act.partition(":")
    if act == "none":
        return _NONE_CHOSEN
    of_kind = _DONE.get(kind) if act in ACTS or kind in ("later", "unnote") else None
    text, value = _DONE.get(act, of_kind), _VALUES.get(kind, str)(value)
    if not text or ("{value}" in text and not value):
        return None
    return text.format(posts=quantity(posts, "post", "posts"), value=value) if posts else _NOTHING


def _day_words(text: str) -> str:
    try:
        return day_name(date.fromisoformat(text))
    except ValueError:
        return ""


def mark_title(mark: str | None) -> str:
    """Return what a mark is called within a sentence: 'needs a reply'."""
    return ACTS.get(f"mark:{mark}", "").lower()


_VALUES = {"mark": mark_title, "later": _day_words}  # how what an act sets is said


def history_line(entry: MarkEntry) -> str:
    """Return what became of a post on the desk, as a sentence without its words."""
    by = f" by {entry.by}" if entry.by else ""
    owner, day = entry.owner or "nobody", f"{entry.day:%-d %B %Y}" if entry.day else ""
    lines = {
        "no mark": f"Mark removed{by}",
        "later": f"Put off until {day}{by}" if day else f"Back on the reply desk{by}",
        "assigned": f"Given to {owner}{f', due {day},' if day else ''}{by}",
        "answered": f"Answered by {entry.answered_by or 'an account of ours'}",
        "deleted": "The post was deleted, or its text removed by age",
    }  # fmt: skip
    if entry.act == Mark.NEEDS_REPLY and not by:
        return "Back on the reply desk: its answer was deleted"
    return lines.get(entry.act, f"Marked “{mark_title(entry.act)}”{by}")


def _posts(values: Sequence[str]) -> list[int]:
    ids = [post for post in map(number, values) if post is not None]
    if len(values) > MOST or len(ids) < len(values):
        abort(400, f"Choose posts on the page, at most {MOST} at a time.")
    return ids


def origin() -> SplitResult:
    """Return where the form stood, as it says; an empty address if that is none."""
    try:
        return urlsplit(request.form.get("back", ""))
    except ValueError:
        return urlsplit("")


def _back(result: str, post: int | None, undo: int | None = None) -> Response:
    """Return to where the form was, and to the post if it was one."""
    return _redirect(origin().geturl(), result, post, undo)


def _redirect(address: str, result: str, post: int | None = None, undo: int | None = None) -> Response:
    parts = urlsplit(address)
    path = parts.path if _OURS.fullmatch(parts.path) else _HOME
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in RESULTS]
    query.append(("did", result))
    if post is not None:
        query.append(("at", str(post)))
    if undo is not None:
        query.append(("undo", str(undo)))
    return redirect(f"{path}?{urlencode(query)}{'' if post is None else f'#p{post}'}", 303)
