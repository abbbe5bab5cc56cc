"""The campaign's calendar: add, change and remove days; and the posts beside each."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from dashboard.access.guard import note
from dashboard.filters import Choice, number
from dashboard.services import services
from monitor.archive import ArchiveReader
from monitor.archive.events import LONGEST_TITLE, CalendarEvent
from monitor.archive.values import Scope
from monitor.core.errors import MonitorError
from monitor.report import Window, wording
from monitor.report.comparison.event_comparison import Stretch, around, needed
from monitor.report.coverage import shares
from monitor.report.window import bounds

COMPARED = 40  # events, the latest; older ones are listed only
_DONE = {
    "add": "The event is in the calendar.",
    "change": "The event was changed.",
    "remove": "The event was removed.",
    "gone": "This event has already been removed.",
}
_NAMES = {"before": "The 3 days before", "on": "On the day", "after": "The 3 days after"}
_STANDS = {
    "more": "more than the usual {range} on {these}",
    "fewer": "fewer than the usual {range} on {these}",
    "usual": "as usual on {these} ({range})",
}


page = Blueprint("events", __name__)


@page.get("/events")
def show() -> str:
    return render_template("events.html", **_context(services().choice()))


@page.post("/events")
def work() -> Response | tuple[str, int]:
    choice, act = services().choice(), request.form.get("act", "")
    try:
        existed = _do(act)
    except (MonitorError, ValueError) as error:
        problem = str(error) if isinstance(error, MonitorError) else _NO_DAY
        return render_template("events.html", **_context(choice), wrong=problem, typed=request.form), 400
    if existed:
        note(f"events: {act}")
    return redirect(choice.address("/events", did=act if existed else "gone"), 303)


_NO_DAY = (
    "An event needs a day between 2000 and 2100. Choose it from the calendar, or write it as 2026-11-01."
)


def _do(act: str) -> bool:
    """Do what the form says; return whether there was such an event. Raises MonitorError or ValueError."""
    if act not in ("add", "change", "remove"):
        abort(400, "That cannot be done to an event. Go back, and use the buttons on the page.")
    event, was = number(request.form.get("id", "")) or 0, request.form.get("was")
    if act == "remove":
        with services().write() as archive:
            return archive.events.remove(event, was)
    day, title = _day(request.form.get("day", "")), request.form.get("title", "")
    with services().write() as archive:
        if act == "change":
            return archive.events.change(event, day, title, was)
        return bool(archive.events.add(day, title))


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if not 2000 <= day.year <= 2100:
        raise ValueError(text)
    return day


def _context(choice: Choice) -> dict[str, Any]:
    with services().read() as archive:
        events = archive.events.calendar()
        past = [event for event in events if event.day <= services().today]
        beside = _beside(archive, choice, past[:COMPARED])
    return {
        "coming": sorted((e for e in events if e.day > services().today), key=lambda e: e.day),
        "past": [(event, beside.get(event.id, [])) for event in past], "longest": LONGEST_TITLE,
        "did": _DONE.get(request.args.get("did", "")), "today": services().today,
    }  # fmt: skip


def _beside(
    archive: ArchiveReader, choice: Choice, events: list[CalendarEvent]
) -> dict[int, list[tuple[str, str, str]]]:
    """Return for each event its stretches: name, sentence, and the address of the posts."""
    if not events:
        return {}
    first, last = needed(min(event.day for event in events))[0], needed(max(event.day for event in events))[1]
    zone, now, track = services().campaign.zone, services().now(), choice.track.name
    posts = _posts(archive, archive.stats.scope(track, first, last, choice.platforms), track, now)
    spans = archive.coverage.covered(track, *bounds(zone, Window(first=first, last=last)))
    on = [span for span in spans if not choice.platforms or span[0] in choice.platforms]
    words = archive.history.words(track)
    breaks = [at.astimezone(zone).date() for word in words for at in (word.since, word.until) if at]

    def seen(a: date, b: date) -> Mapping[str, float]:
        start, end = bounds(zone, Window(first=a, last=b))
        return shares(on, start, min(end, now))

    today = services().today
    return {
        event.id: [_row(stretch, choice, events) for stretch in around(event.day, posts, seen, today, breaks)]
        for event in events
    }


def _posts(archive: ArchiveReader, scope: Scope, track: str, now: datetime) -> dict[date, Counter[str]]:
    """Return the posts of each day by source, without those that others do not compare with."""
    posts = defaultdict[date, Counter[str]](Counter)
    for count in archive.stats.day_counts(scope):
        posts[count.day][count.platform] += count.posts
    for post in archive.comparable.unlike(scope, track, now):
        posts[date.fromisoformat(post.day)][scope.series[post.series]] -= 1
    for day, series, copies in archive.comparable.bridged(scope):
        posts[date.fromisoformat(day)][scope.series[series]] -= copies
    return posts


def _row(stretch: Stretch, choice: Choice, events: list[CalendarEvent]) -> tuple[str, str, str]:
    others = [f"“{one.title}”" for one in events if stretch.first <= one.day <= stretch.last]
    also = f"; these days include {wording.listed(others, 3)}" if others and stretch.name != "on" else ""
    address = choice.address("/posts", period=None, since=str(stretch.first), until=str(stretch.last))
    return _NAMES[stretch.name], sentence(stretch, services().today) + also, address


def sentence(stretch: Stretch, today: date) -> str:
    """Return what was counted in these days, and how it stands to the usual."""
    if stretch.posts is None:
        return "still to come" if stretch.first > today else "not known: we were not collecting"
    words = wording.quantity(stretch.posts, "post", "posts")
    if stretch.usual and stretch.compared != stretch.posts:
        words += f" ({stretch.compared:,} of them from sources covered in all these weeks)"
    if not stretch.whole:
        why = "was collected" if stretch.last < today else "has passed yet"
        words = f"at least {words}, as not all of this time {why}"
    if stretch.usual is None:
        why = "; too few earlier weeks were collected to say what is usual"
        return words + why if stretch.whole else words
    these = "this weekday" if stretch.first == stretch.last else "these weekdays"
    is_small = min(stretch.compared, stretch.usual.high) < wording.FEW
    if stretch.stands is None or (is_small and stretch.stands != "usual"):
        return f"{words} ({wording.usually(stretch.usual)} on {these})"
    return f"{words}, {_STANDS[stretch.stands].format(range=wording.range_of(stretch.usual), these=these)}"
