"""What a link shows to those without an account."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, g, render_template
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from dashboard.access.guard import accounts, campaign, guard, now, refusal
from dashboard.filters import MONTH, Choice, choice_of
from dashboard.pages import charts, overview
from dashboard.share.redact import redact
from monitor.accounts import ShareLink
from monitor.charts.standalone_chart import LANDSCAPE
from monitor.charts.svg_to_png import png
from monitor.core.errors import FilterError
from monitor.export.formats import picture
from monitor.report import Report

page = Blueprint("shared", __name__)
_WITH_PICTURE = ("overview", "activity")


@page.get("/s/<slug>")
def show(slug: str) -> ResponseReturnValue:
    share = accounts().share_of(slug, now())
    if share is None:
        return _ended()
    try:
        choice = _choice(share)
    except FilterError:  # a track or a platform is not watched any more
        return _ended()
    g.sites = share.sites
    return render_template("access/shared.html", share=share, shared=True, **_context(share, choice))


@page.get("/s/<slug>/preview.png")
def preview(slug: str) -> ResponseReturnValue:
    """Return the picture that programs show beside a link to the chart of posts."""
    share = accounts().share_of(slug, now())
    if share is None or share.shows not in _WITH_PICTURE:
        return _ended()
    try:
        report = guard().services.report(_choice(share))
    except FilterError:
        return _ended()
    report = redact(report, handles=share.handles, texts=share.texts)
    title = charts.finding(report) if share.shows == "activity" else ""  # the headline was not shared
    chart = picture(report, title=title, size=LANDSCAPE)
    return Response(png(chart.svg, width=LANDSCAPE.width), mimetype="image/png")


@page.before_request
def _ends_with_parliament() -> ResponseReturnValue | None:
    is_dissolved = campaign().is_dissolved(now())
    return _ended("It ended when Parliament was dissolved.") if is_dissolved else None


def _choice(share: ShareLink) -> Choice:
    """Return what a link is about; those that name no days were made when that meant four weeks."""
    args, local = MultiDict(parse_qsl(share.query)), now().astimezone(campaign().zone)
    return choice_of(args, campaign(), now=local, began=guard().services.began(), usual=MONTH)


def _context(share: ShareLink, choice: Choice) -> dict[str, Any]:
    report = redact(guard().services.report(choice), handles=share.handles, texts=share.texts)
    views = [chart for chart in _charts(report, choice) if share.shows in ("overview", chart.id)]
    digest = campaign().digest
    base = "" if digest.is_local or share.shows not in _WITH_PICTURE else digest.address.rstrip("/")
    public = {"base": base, "charts": views, "choice": None, "tiles": overview.shared_tiles(report)}
    return overview.context(report, choice, now()) | public


def _charts(report: Report, choice: Choice) -> Iterator[charts.ChartView]:
    """Yield the charts without the addresses of posts."""
    yield replace(charts.week(choice, report, charts.nowhere), switches=())
    yield charts.tone(choice, report, charts.nowhere)
    yield charts.hours(report)


def _ended(
    why: str = "It has expired, or never existed. Ask the person who sent it for a new one.",
) -> Response:
    return refusal("This link no longer works", why, 410)
