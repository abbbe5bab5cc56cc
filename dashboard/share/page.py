"""What a link shows to those without an account."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from dashboard.access.guard import accounts, campaign, guard, now, refusal
from dashboard.filters import MONTH, Choice, choice_of
from dashboard.pages import overview
from dashboard.share.redact import hide
from monitor.accounts import ShareLink
from monitor.core.errors import FilterError

page = Blueprint("shared", __name__)


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


def _choice(share: ShareLink) -> Choice:
    """Return what a link is about; those that name no days were made when that meant four weeks."""
    args, local = MultiDict(parse_qsl(share.query)), now().astimezone(campaign().zone)
    return choice_of(args, campaign(), now=local, began=guard().services.began(), usual=MONTH)


def _context(share: ShareLink, choice: Choice) -> dict[str, Any]:
    report = hide(guard().services.report(choice), handles=share.handles, texts=share.texts)
    context = overview.context(report, choice, now())
    charts = [_without_links(chart) for chart in context["charts"]]  # type: ignore[attr-defined]
    views = [chart for chart in charts if share.shows in ("overview", chart.id)]
    return context | {"charts": views, "choice": None, "tiles": overview.shared_tiles(report)}


def _without_links(chart: Any) -> Any:
    lines = tuple(line._replace(address="") for line in chart.lines)
    return replace(chart, lines=lines)


def _ended() -> ResponseReturnValue:
    return refusal(
        "This link does not work any more",
        "It has ended, or was never one. Ask the person who sent it for a new one.",
        410,
    )
