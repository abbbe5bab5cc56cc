"""Where posts speak of: the boroughs, and the towns, streets, parks, stations and wards that are named."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template

from dashboard.filters import Choice
from dashboard.services import services
from monitor.core.gazetteer import PlaceKind
from monitor.report import PlaceCount, Report, wording

_GROUPS = {
    PlaceKind.TOWN: "Towns and neighbourhoods",
    PlaceKind.ESTATE: "Estates",
    PlaceKind.STATION: "Stations",
    PlaceKind.HOSPITAL: "Hospitals",
    PlaceKind.STREET: "Streets",
    PlaceKind.PARK: "Parks",
    PlaceKind.LANDMARK: "Markets, centres and landmarks",
    PlaceKind.WARD: "Wards",
}


page = Blueprint("places", __name__)


@page.get("/places")
def show() -> str:
    choice = services().choice()
    return render_template("places.html", **_context(services().detailed(choice), choice))


def _context(report: Report, choice: Choice) -> dict[str, Any]:
    places = report.detailed().places
    boroughs = [one for one in places if one.kind == PlaceKind.BOROUGH]
    return {
        "r": report, "boroughs": boroughs, "against": against,
        "span": wording.window_words(choice.window),
        "groups": {borough.key: _groups(places, borough) for borough in boroughs},
        "titles": wording.titles(report),
    }  # fmt: skip


def _groups(places: Sequence[PlaceCount], borough: PlaceCount) -> dict[str, list[PlaceCount]]:
    """Return the places of a borough that posts of these days name, by the title of their kind."""
    mentions = [one for one in places if one.borough == borough.key and one.posts]
    groups = {title: [one for one in mentions if one.kind == kind] for kind, title in _GROUPS.items()}
    return {title: group for title, group in groups.items() if group}


def against(place: PlaceCount, report: Report) -> str:
    """Return in words how a place's posts stand to those of the window before, if they can be compared."""
    if place.posts is None:
        return "No data was collected for these dates"
    words = wording.compared(report, place.posts, place.finished, place.before)
    return words or wording.not_compared(report)
