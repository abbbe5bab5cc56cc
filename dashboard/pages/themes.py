"""What people say: the themes that the office keeps, each with its posts; kept, changed, merged, dropped."""

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from dashboard.access.guard import note
from dashboard.filters import Choice, number
from dashboard.services import services
from monitor.archive.themes.themes import LONGEST_NAME
from monitor.charts.bar_chart import sparkline
from monitor.core.errors import MonitorError
from monitor.report import ThemeCount, Window, wording
from monitor.report.window import weeks_shown

_AT_ONCE = 10_000  # posts that are looked through in about a second; of more, the worker does it
_DONE = {
    "save": "The theme was saved.",
    "change": "The theme was changed.",
    "merge": "The two themes were merged.",
    "drop": "The theme was dropped. Its posts stay.",
    "undo": "Undone: everything is as it was before.",
}
_UNDONE = ("merge", "drop")  # what a click does that another one can take back

page = Blueprint("themes", __name__)


@page.get("/themes")
def show() -> str:
    return render_template("themes.html", **_context(services().choice()))


@page.post("/themes")
def work() -> Response | tuple[str, int]:
    choice, act = services().choice(), request.form.get("act", "")
    theme, version, into = (number(request.form.get(name, "")) or 0 for name in ("id", "version", "into"))
    into = into if act in ("merge", "undo") else 0
    try:
        _do(act, theme, version, into)
    except MonitorError as error:
        context = _context(choice) | {"wrong": str(error), "typed": request.form}
        return render_template("themes.html", **context), 400
    note(f"themes: {act} {theme or 'a new one'}")
    if act in _UNDONE:
        return redirect(choice.address("/themes", did=act, id=theme, version=version + 1, into=into), 303)
    return redirect(choice.address("/themes", did="change" if act == "save" and theme else act), 303)


def _do(act: str, theme: int, version: int, into: int) -> None:
    """Do what the form says; raises MonitorError."""
    form, now = request.form, services().now()
    with services().write() as archive:
        if act == "save":
            name, words, without = (form.get(field, "") for field in ("name", "words", "without"))
            archive.themes.save(name, words, without, now, theme=theme, version=version)
        elif act == "merge":
            archive.themes.merge(theme, version, into, now)
        elif act == "drop":
            archive.themes.drop(theme, version, now)
        elif act == "undo":
            archive.themes.undo(theme, version, into)
        else:
            abort(400, "That cannot be done to a theme. Go back, and use the buttons on the page.")
    with suppress(MonitorError), services().write() as archive:  # the worker does what this leaves
        if archive.posts.last_id() <= _AT_ONCE:
            deque(archive.theme_tags.update(*archive.themes.search()), maxlen=0)


def _context(choice: Choice) -> dict[str, Any]:
    report = services().report(choice)
    with services().read() as archive:
        themes = {str(theme.id): theme for theme in archive.themes.current()}
    counts = [count for count in report.themes if count.key in themes]
    weeks = weeks_shown(report.window)[::-1]
    return {
        "r": report,
        "themes": [(themes[count.key], count, _beside(count), _line(count, weeks)) for count in counts],
        "weeks": weeks, "longest": LONGEST_NAME,
        "did": _DONE.get(did := request.args.get("did", "")),
        "undo": request.args if did in _UNDONE else {},
    }  # fmt: skip


def _line(theme: ThemeCount, weeks: Sequence[Window]) -> Markup:
    """Return the posts of these weeks as thin bars, with a line where the theme's words changed."""
    days = theme.changes[1:]
    steps = [n for n, week in enumerate(weeks) if any(week.first <= day <= week.last for day in days)]
    return sparkline(theme.weeks[::-1], steps) if weeks else Markup()


def _beside(theme: ThemeCount) -> str:
    """Return in words how a theme's posts stand to the usual; empty where that is not known."""
    usual, posts = theme.usual, theme.finished
    if usual is None or posts is None:
        return ""
    until = " up to yesterday" * (posts != theme.posts)
    if usual.low <= posts <= usual.high:
        return f"as usual ({wording.range_of(usual)}){until}"
    if max(posts, usual.high) < wording.FEW:
        return wording.usually(usual)
    return f"{'more' if posts > usual.high else 'fewer'} than usual ({wording.range_of(usual)}){until}"
