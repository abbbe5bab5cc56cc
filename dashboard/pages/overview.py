"""The week: what is news, what to do; how much, by whom, when, and what could not be seen."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from operator import attrgetter
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from dashboard.access import may
from dashboard.api import live
from dashboard.filters import Choice
from dashboard.pages import charts
from dashboard.posts import actions
from dashboard.services import services
from monitor.charts.bar_chart import part_bar, range_bar, shares
from monitor.report import Covered, Report, Term, wording
from monitor.report.figures import shown_on
from monitor.report.follow_up import Action, posts_to_know, todo
from monitor.report.measure import Face, Measure, TileLink, TileNote
from monitor.report.outcomes.sentences import rungs
from monitor.report.story import story

MOST_TO_DO = 3  # cards: what is done makes room for the next
_VERBS = {  # what opens the page of an action
    "post": "Open post", "events": "Add an event", "tone": "Read them", "people": "See who",
    "sources": "See why", "share-kit": "Open the kit",
}  # fmt: skip
_PUT_OFF = re.compile(r"events|tone|people|imprint|pictures|look [0-9]{1,18}")
_OF_ACCOUNT = re.compile("&author=[0-9]+")  # one person's posts are not for viewers
_FOR_EDITORS = frozenset({"events", "people", "share-kit", "tone"})
_SHADES = 4

page = Blueprint("overview", __name__)


@page.get("/")
def show() -> str:
    choice, now = services().choice(), services().now()
    with services().read() as archive:  # before the report: what was done since is noticed
        last_act = archive.marks.last_act()
    report = services().report(choice)
    return render_template("overview.html", last_act=last_act, **context(report, choice, now, request.args))


@page.post("/later")
def put_off() -> Response:
    """Put off until tomorrow what the form names, or take that back, and return to where it was."""
    name = request.form.get("name", "")
    if not _PUT_OFF.fullmatch(name):
        abort(400, "That cannot be put off. Go back, and choose from the list.")
    pairs = parse_qsl(actions.origin().query)
    query = [(key, value) for key, value in pairs if key not in actions.RESULTS]
    with services().write() as archive:
        if "undo" in request.form:
            archive.annotations.take_up(name)
        else:
            archive.annotations.postpone(name, services().today)
            query.append(("later", name))
    return redirect(f"/?{urlencode(query)}" if query else "/", 303)


def context(
    report: Report, choice: Choice, now: datetime, args: Mapping[str, str] = MappingProxyType({})
) -> dict[str, object]:
    """Return what the week's template needs; `args` are of the chart."""
    rest = choice.address("", period=None, since=None, until=None).replace("?", "&")

    def posts(first: date, last: date) -> str:
        return f"/posts?since={first}&until={last}&order=biggest{rest}"

    return {
        "r": report, "span": wording.window_words(report.window),
        "story": [*_sentences(report, rest)],
        "cards": [*_cards(report, choice)][:MOST_TO_DO], "back": request.full_path,
        "did": actions.result(),
        "tiles": [_tile(one, report) for one in shown_on(Face.OVERVIEW)],
        "chart": charts.week(choice, report, posts, args),
        "boroughs": [*_boroughs(report.boroughs, choice)],
        "ladder": rungs(report), "known": [*posts_to_know(report)],
        "seen": [_seen_bar(one) for one in report.covered],
        "is_whole": report.posts.value == sum(1 + post.alike for post in report.latest),
        "later": args.get("later", "") if _PUT_OFF.fullmatch(args.get("later", "")) else "",
        "compare": args.get("compare", ""), "first_run": first_run(report),
    } | live.context(report, now)  # fmt: skip


def _sentences(report: Report, rest: str) -> Iterator[tuple[str, str]]:
    for finding in story(report):
        address = finding.address if may("editor") else _OF_ACCOUNT.sub("", finding.address)
        yield finding.sentence, address + rest * ("?" in address)


def _cards(report: Report, choice: Choice) -> Iterator[dict[str, object]]:
    """Yield what is to be done, the page on which it is, and how it is called there."""
    for action in todo(report):
        if action.page not in _FOR_EDITORS or may("editor"):
            verb = f"Open {len(action.posts)} posts" if action.posts[1:] else _VERBS[action.page]
            yield {"action": action, "address": _address(action, choice), "verb": verb}


def _address(action: Action, choice: Choice) -> str:
    if action.posts:
        return choice.address("/posts", ids=action.ids)
    if action.page == "post":
        return f"/posts/{action.post}"
    return choice.address(f"/{action.page}", **({"by": "new"} if action.page == "people" else {}))


def _boroughs(boroughs: Iterable[Term], choice: Choice) -> Iterator[dict[str, object]]:
    """Yield each borough, the posts that name it, and how dark its tile is: from 1, the fewest, to 4."""
    ordered = sorted(boroughs, key=attrgetter("posts"), reverse=True)
    for borough in ordered:
        yield {
            "title": services().campaign.gazetteer.title(borough.term), "posts": borough.posts,
            "shade": max(1, round(_SHADES * borough.posts / (ordered[0].posts or 1))),
            "address": choice.address("/posts", place=borough.term),
        }  # fmt: skip


def _seen_bar(covered: Covered) -> dict[str, object]:
    """Return how much of these days a platform was seen, as a bar and in words."""
    share = covered.share
    return {
        "title": wording.title_of(covered.source),
        "bar": "" if share is None else part_bar(share),
        "words": wording.untimed(covered) if share is None else wording.time_share(covered),
    }


def first_run(report: Report) -> bool:
    """Return whether nothing was ever collected, nor brought as a file."""
    is_new = not report.posts.value and not any(source.last_success for source in report.sources)
    return is_new and services().began() is None


def shared_tiles(report: Report) -> list[dict[str, object]]:
    """Return the tiles of a shared page: without links, and what only the office should see."""
    return [_shared_tile(one, report) for one in shown_on(Face.SHARED)]


def _tile(measure: Measure, report: Report) -> dict[str, object]:
    tile, figure, usually = measure.tile(report), measure.figure(report), measure.statement(report).usually
    links = {name: TileLink(page="/posts", arguments={measure.key: name}) for name in tile.parts}
    value = figure.value if figure.finished is None else figure.finished
    return {
        "key": measure.key, "title": measure.definition.title, "tag": tile.tag,
        "words": tile.words or measure.words(report), "unit": tile.unit, "notes": tile.notes,
        "range": range_bar(value, figure.usual) if figure.usual and value is not None else "",
        "line": TileNote(text=usually.capitalize()) if usually else tile.notes[0],
        "link": None if figure.value is None else tile.link,
        "parts": [(name, number, links[name]) for name, number in tile.parts.items()],
        "bar": shares([(f"t-{name}" if name else "line", part) for name, part in tile.bar]),
    }  # fmt: skip


def _shared_tile(measure: Measure, report: Report) -> dict[str, object]:
    tile, whole = measure.tile(report), _tile(measure, report)
    notes = [replace(note, link=None) for note in (tile.notes if tile.shared is None else tile.shared)]
    return whole | {
        "link": None, "notes": notes, "line": whole["line"] if whole["range"] else notes[0],
        "parts": [(name, number, None) for name, number in tile.parts.items()],
    }  # fmt: skip
