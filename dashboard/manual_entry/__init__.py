"""By hand: a form and a file for what people saw where no program can look."""

import re

from flask import Blueprint, Response, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from dashboard.access.guard import note
from dashboard.filters import Choice, number
from dashboard.manual_entry.entries import save, save_file, undo
from dashboard.services import services
from monitor.campaign import Track, track_of
from monitor.core.errors import ConfigError, EntryError, MonitorError
from monitor.manual_entry import BY_HAND, PLACES, place_of
from monitor.manual_entry.csv_import import MOST_BYTES, TEMPLATE
from monitor.manual_entry.entry import COUNTS, LONGEST, entry
from monitor.report import wording

_ADDRESS = re.compile(r"https?://\S+")
LATEST = 5  # entries that are shown below the form
ELSEWHERE = "elsewhere"  # the choice that makes the words beside it count
_ROOM = 100_000  # bytes of the form around a file
_MOST_WRONG = 50  # wrong rows


page = Blueprint("manual_entry", __name__)


@page.get("/by-hand")
def show() -> str:
    return _page(services().choice(), {"when": _now()} | _shared_fields())


def _shared_fields() -> dict[str, str]:
    """Return the fields that another app fills in: `share_target` in static/manifest.webmanifest names them.

    Android has no field for an address: it comes in the text.
    https://w3c.github.io/web-share-target,
    https://developer.android.com/reference/kotlin/androidx/browser/trusted/sharing/ShareTarget
    """
    title, text, link = (request.args.get(name, "").strip() for name in ("title", "text", "link"))
    if not link and (address := _ADDRESS.search(text)):
        link, text = address[0], text.replace(address[0], "").strip()
    text = text if title in text else f"{title}\n{text}".strip()
    return {"text": text[: LONGEST["text"]], "link": link if len(link) <= LONGEST["link"] else ""}


@page.post("/by-hand")
def work() -> ResponseReturnValue:
    request.max_content_length = MOST_BYTES + _ROOM
    choice = services().choice()
    try:
        return _do(choice, request.form.get("act", ""))
    except RequestEntityTooLarge:
        return _page(choice, {"when": _now()}, file_wrong=_TOO_LARGE), 413


@page.get("/by-hand/template.csv")
def template() -> Response:
    # The mark before the text tells Excel that it is UTF-8.
    answer = Response("\ufeff" + TEMPLATE, mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=by-hand.csv"
    return answer


_TOO_LARGE = "This file is larger than 1 MB. Split it into several."
_ACTS = "That cannot be done here. Go back, and use the buttons on the page."


def _do(choice: Choice, act: str) -> ResponseReturnValue:
    if act == "undo":
        return _undo(choice)
    if act not in ("add", "file"):
        abort(400, _ACTS)
    try:
        track = track_of(services().campaign, request.form.get("track") or None)
        return _take_file(choice, track) if act == "file" else _add(choice, track)
    except ConfigError as error:
        abort(400, str(error))


def _add(choice: Choice, track: Track) -> ResponseReturnValue:
    typed = request.form.to_dict()
    where = typed.get("other", "") if typed.get("where") == ELSEWHERE else typed.get("where", "")
    try:
        post = entry({**typed, "where": where}, services().campaign.zone, services().now())
    except EntryError as slips:
        return _page(choice, typed, slips=slips.by), 400
    try:
        result = save(track, [post])
    except MonitorError as error:
        return _page(choice, typed, wrong=str(error)), 409
    [entry_id] = result.ids
    if not result.new:
        return _page(choice, typed, twice=entry_id), 409
    note("by hand: 1 post added")
    return redirect(choice.address("/by-hand", did="added", post=entry_id), 303)


def _take_file(choice: Choice, track: Track) -> ResponseReturnValue:
    typed, file = {"when": _now()}, request.files.get("file")
    data = file.read(MOST_BYTES + 1) if file else b""
    if not data:
        return _page(choice, typed, file_wrong="Choose a file that is not empty first."), 400
    if len(data) > MOST_BYTES:
        return _page(choice, typed, file_wrong=_TOO_LARGE), 413
    try:
        result = save_file(track, data)
    except MonitorError as error:
        return _page(choice, typed, file_wrong=str(error)), 400
    if result.new:
        note(f"by hand: {wording.quantity(result.new, 'post', 'posts')} added from a file")
    return _page(choice, typed, result=result)


def _undo(choice: Choice) -> ResponseReturnValue:
    try:
        is_removed = undo(number(request.form.get("post", "")) or 0)
    except MonitorError as error:
        return _page(choice, {"when": _now()}, wrong=str(error)), 409
    if is_removed:
        note("by hand: 1 post removed")
    return redirect(choice.address("/by-hand", did="removed" if is_removed else "gone"), 303)


def _now() -> str:
    """Return the campaign's local time, as a field of date and time has it."""
    return services().now().astimezone(services().campaign.zone).strftime("%Y-%m-%dT%H:%M")


def _page(choice: Choice, typed: dict[str, str], **context: object) -> str:
    with services().read() as archive:
        latest = archive.posts.latest_stored(BY_HAND, LATEST)
    did = request.args.get("did", "") if request.method == "GET" else ""
    stored_entry = next((one for one in latest if str(one.id) == request.args.get("post")), None)
    return render_template(
        "manual_entry.html", typed=typed, most_wrong=_MOST_WRONG, latest=latest,
        did=did, entry=stored_entry if did == "added" else None, place_of=place_of, places=PLACES,
        elsewhere=ELSEWHERE, counts=COUNTS, longest=LONGEST, latest_time=_now(), **{"slips": {}, **context},
    )  # fmt: skip
