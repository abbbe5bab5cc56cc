"""The overview: what is news, what to do; how much, by whom, when, and what could not be seen."""

from dataclasses import replace
from datetime import date, datetime

from flask import Blueprint, render_template

from dashboard.access import may
from dashboard.filters import Choice
from dashboard.pages import charts
from dashboard.services import services
from monitor.charts.bar_chart import shares
from monitor.charts.sparkline import spark
from monitor.report import Report, wording
from monitor.report.figures import shown_on
from monitor.report.follow_up import Action
from monitor.report.measure import Face, Measure, TileLink
from monitor.report.story import headline

page = Blueprint("overview", __name__)


@page.get("/")
def show() -> str:
    choice, now = services().choice(), services().now()
    report = services().report(choice)
    return render_template("overview.html", **context(report, choice, now))


def context(report: Report, choice: Choice, now: datetime) -> dict[str, object]:
    """Return what the overview's template needs."""
    titles = wording.titles(report)
    summary = headline(report)

    rest = choice.address("", period=None, since=None, until=None).replace("?", "&")

    def posts(first: date, last: date) -> str:
        return f"/posts?since={first}&until={last}{rest}"

    return {
        "r": report, "now": now, "titles": titles, "span": wording.window_words(report.window),
        "story": [(one.sentence, one.address + rest * ("?" in one.address)) for one in summary.story],
        "todo": [
            (action.text, _address(action, choice)) for action in summary.todo
            if action.page not in ("people", "tone") or may("editor")
        ],
        "tiles": [_tile(one, report) for one in shown_on(Face.OVERVIEW)],
        "charts": [charts.activity(report, titles, posts), charts.tone(report, posts), charts.hours(report)],
        "first_run": first_run(report), "updated": updated(report, now),
        "is_on": [s for s in report.sources if s.on],
        "working": sum(wording.working(s) for s in report.sources),
    }  # fmt: skip


def _address(action: Action, choice: Choice) -> str:
    if action.page == "post":
        return f"/posts/{action.post}"
    return choice.address(f"/{action.page}", **({"by": "new"} if action.page == "people" else {}))


def first_run(report: Report) -> bool:
    """Return whether nothing was ever collected."""
    return not report.posts.value and not any(source.last_success for source in report.sources)


def updated(report: Report, now: datetime) -> str | None:
    """Return when a source last answered, in words; None if none ever did."""
    times = [source.last_success for source in report.sources if source.last_success]
    return wording.ago(max(times), now) if times else None


def shared_tiles(report: Report) -> list[dict[str, object]]:
    """Return the tiles of a shared page: without links, trends, and what only the office should see."""
    return [_shared_tile(one, report) for one in shown_on(Face.SHARED)]


def _tile(measure: Measure, report: Report) -> dict[str, object]:
    tile = measure.tile(report)
    links = {name: TileLink(page="/posts", arguments={measure.key: name}) for name in tile.parts}
    return {
        "key": measure.key, "title": measure.definition.title, "tag": tile.tag,
        "words": tile.words or measure.words(report), "spark": spark(tile.trend), "notes": tile.notes,
        "link": None if measure.figure(report).value is None else tile.link,
        "parts": [(name, percent, links[name]) for name, percent in tile.parts.items()],
        "bar": shares([(f"t-{name}", percent) for name, percent in tile.parts.items()]),
    }  # fmt: skip


def _shared_tile(measure: Measure, report: Report) -> dict[str, object]:
    tile = measure.tile(report)
    notes = tile.notes if tile.shared is None else tile.shared
    return _tile(measure, report) | {
        "spark": "", "link": None, "notes": [replace(note, link=None) for note in notes],
        "parts": [(name, percent, None) for name, percent in tile.parts.items()],
    }  # fmt: skip
