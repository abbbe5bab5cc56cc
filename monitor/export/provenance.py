"""What every file to take away tells besides its numbers: what they rest on, and what may be done with it."""

import unicodedata
from collections.abc import Iterator
from datetime import date

from monitor.charts.layout import day_label
from monitor.manual_entry import BY_HAND
from monitor.platform_info import forbidding
from monitor.report import Covered, Report, wording
from monitor.report.figures import definitions

_NAMED = 7  # days told one by one
_UNWATCHED = 0.99  # the share of a day without which it was not watched at all

TERMS = (
    *(
        f"{title}: its rules forbid passing on its posts in bulk. This file has the ID, link and counts of"
        " each post, but not its text or author."
        for title in forbidding("files").values()
    ),
    "Other platforms: the posts are public, but they belong to their authors. Ask before you publish one"
    " with a name, and do not pass the list on.",
    "Marks and notes are your own: delete these columns before you pass the posts on.",
    "Posts removed by their author or by us have no text and no link. If a post is removed after"
    " this file was made, also remove it from your copy.",
)


def coverage(report: Report) -> list[tuple[str, str]]:
    """Return each platform with how much of the time it was seen."""
    return [(wording.title_of(one.source), _seen_share(one)) for one in report.covered]


def _seen_share(covered: Covered) -> str:
    if covered.share is not None:
        return f"covered {wording.time_share(covered)}"
    return f"{'covered, but ' * (covered.source != BY_HAND)}{wording.untimed(covered)}"


def unseen(report: Report) -> str:
    """Return which days were not seen, or not all of the time, as sentences; empty if all were."""
    dark = [day.day for day in report.days if not day.posts and day.has_gaps]
    brought = [day.day for day in report.days if day.posts and day.unknown > _UNWATCHED]
    dim = [day.day for day in report.days if day.posts and day.has_gaps and day.unknown <= _UNWATCHED]
    sentences = []
    if dark:
        is_all = len(dark) == len(report.days) > 1
        some = f"Not covered at all: {_days(dark, report)}."
        sentences.append("None of these days was covered." if is_all else some)
    if brought:  # from a file, by hand, or found by looking back
        sentences.append(f"Not covered, although some posts are known: {_days(brought, report)}.")
    if dim:
        sentences.append(f"Only partly covered: {_days(dim, report)}.")
    return " ".join(sentences)


def methods(report: Report) -> Iterator[tuple[str, int, str, str, str]]:
    """Yield title, version, what it is, how it is counted and its limits, for each number."""
    for definition in definitions(report).values():
        yield definition.title, definition.version, definition.what, definition.formula, definition.limits


def made_line(report: Report, what: str = "Public posts") -> str:
    """Return where the numbers come from: since when they stand still, and when they were made."""
    moment = report.made_at
    notice = "Made-up data." if report.demo else wording.stalled(report.stalled_since)
    return f"{notice} {what}, counted on {moment:%-d %B %Y, %H:%M}.".lstrip()


def source_line(report: Report) -> str:
    """Return the same, and by what rules they are counted."""
    versions = ", ".join(f"{meaning.title} {meaning.version}" for meaning in definitions(report).values())
    return f"{made_line(report)} Definitions: {versions}."


def about(report: Report) -> Iterator[tuple[str, str]]:
    """Yield what a file is about, as name and value."""
    if report.demo:
        yield "Made-up data", "These posts were made up to show the program. Nobody wrote them."
    if report.stalled_since:
        yield "Collecting", wording.stalled(report.stalled_since)
    yield "Campaign", report.campaign
    yield "Track", report.title
    yield "Days", f"{wording.window_words(report.window)}{'' if report.is_over else ' (not over yet)'}"
    yield "Platforms", ", ".join(map(wording.title_of, report.platforms)) or "all"
    yield "Made", f"{report.made_at:%-d %B %Y, %H:%M %Z}"
    yield "Time zone", f"{report.made_at:%Z}; days begin and end by the campaign's clock"
    ceiling = report.figures["ceiling"]
    yield "Followers", f"known for {wording.known_of(ceiling, 'person', 'people')}"
    yield "Tone", wording.tone_checked(report) or "not checked: read a sample on the dashboard"
    yield "Days not covered", unseen(report) or "none"


def file_name(report: Report, what: str, ending: str) -> str:
    """Return a plain file name such as 'callingtimeoncrime-2026-10-26-to-2026-11-22.xlsx'.

    `what` names a part of the report; it is empty for the whole.
    """
    plain = unicodedata.normalize("NFKD", report.title).encode("ascii", "ignore").decode().lower()
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    name = "-".join(words)[:60] or "campaign"
    middle = f"-{what}" if what else ""
    return f"{name}{middle}-{report.window.first}-to-{report.window.last}.{ending}"


def _days(days: list[date], report: Report) -> str:
    window = report.window
    return wording.listed([day_label(day, window.first, window.last) for day in days], _NAMED)
