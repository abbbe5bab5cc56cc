"""Where posts speak of, and what else is known of each area: signs side by side, never added up."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import RequestEntityTooLarge

from dashboard.access.guard import note
from dashboard.filters import Choice, number
from dashboard.services import services
from monitor.archive import ArchiveReader
from monitor.archive.query.criteria import Filter, Order
from monitor.campaign.areas import KINDS, AreaProfile
from monitor.charts.bar_chart import Caption
from monitor.charts.tile_map import AreaTile, tile_map
from monitor.core.errors import MonitorError
from monitor.export.docx import quotes
from monitor.manual_entry.crimes import MOST_BYTES, crimes_in
from monitor.report import PlaceCount, Report, wording
from monitor.report.outcomes.area_signs import AreaSigns, ThousandRate, area_table, standouts

_MOST = 100  # rows
_ROOM = 100_000  # bytes of the form around a file
_TOO_LARGE = f"This file is larger than {MOST_BYTES // 10**6} MB. Use the file of one month."
page = Blueprint("places", __name__)


@dataclass(frozen=True, slots=True)
class Sign:
    """A column of the table: what is counted of an area, what stands below, and the rate that it has."""

    title: str
    number: Callable[[AreaSigns], int | None]
    note: Callable[[AreaSigns, Report], str]
    rate: Callable[[AreaSigns], ThousandRate | None] = lambda row: None


def _usual(row: AreaSigns, report: Report) -> str:
    if row.usual:
        return wording.usually(row.usual) if row.usual.high else ""
    return against(row.talk, report) if row.talk else ""


def _new(row: AreaSigns, report: Report) -> str:
    new = row.talk.new_people if row.talk else None
    return f"{new:,} new" if new else ""


def _signed(row: AreaSigns, report: Report) -> str:
    rate = row.signature_rate
    return rate.words("electors") if rate else "electors not known"


def _recorded(row: AreaSigns, report: Report) -> str:
    if row.crimes is None:
        return ""
    last = date.fromisoformat(f"{row.crimes.last}-01")
    time = f"{wording.quantity(row.crimes.months, 'month', 'months')} to {last:%B %Y}"
    if row.crime_rate:
        return f"{time}; {row.crime_rate.words('residents')}"
    return f"{time}; {'no rate before 12 months' if row.area.residents else 'residents not known'}"


SIGNS = {
    "posts": Sign("Mentions", lambda row: row.talk.posts if row.talk else None, _usual),
    "people": Sign("People posting", lambda row: row.talk.people if row.talk else None, _new),
    "online": Sign("Signed online", lambda row: row.online.count if row.online else None, _signed,
                   lambda row: row.signature_rate),
    "paper": Sign("Signed on paper", lambda row: row.paper.count if row.paper else None,
                  lambda row, _: row.stalls),
    "crimes": Sign("Recorded crime", lambda row: row.crimes.number if row.crimes else None, _recorded,
                   lambda row: row.crime_rate),
}  # fmt: skip


@page.get("/places")
def show() -> str:
    return _page(request.args.get("by", ""))


@page.get("/places/<key>/sheet")
def sheet(key: str) -> str:
    area = services().campaign.areas.by_key.get(key) or abort(404)
    return _page(area.kind, area)


@page.post("/places")
def take_crimes() -> ResponseReturnValue:
    request.max_content_length = MOST_BYTES + _ROOM
    if request.args.get("act") == "remove":
        with services().write() as archive:
            archive.crimes.remove()
        note("recorded crime: all removed")
        return redirect(services().choice().address("/places", did=0), 303)
    try:
        with closing(request.files["file"]) as upload, NamedTemporaryFile(prefix="crimes-") as file:
            upload.save(file)
            file.flush()
            counts, totals = crimes_in(Path(file.name), services().campaign.areas, services().today)
        with services().write() as archive:
            archive.crimes.save(counts)
    except RequestEntityTooLarge:
        return _page("", wrong=_TOO_LARGE), 413
    except MonitorError as error:
        return _page("", wrong=str(error)), 400
    months = sorted({count.month for count in counts})
    note(f"recorded crime: {months[0]} to {months[-1]}")
    did = {"did": len({count.area for count in counts}), "totals": len(totals) or None}
    return redirect(services().choice().address("/places", **did), 303)


def _page(kind: str, area: AreaProfile | None = None, wrong: str = "") -> str:
    choice, areas = services().choice(), services().campaign.areas
    report, kind = services().report(choice), kind if kind in KINDS else "borough"
    with services().read() as archive:
        table = area_table(archive, areas, report, kind)
        texts = _quotes(archive, choice, area) if area else ()
        seats = area_table(archive, areas, report, "constituency").rows if area and kind == "borough" else ()
    rows = [row for row in table.rows if area in (None, row.area)]
    signs = {key: sign for key, sign in SIGNS.items() if any(sign.number(row) is not None for row in rows)}
    sign_name = name if (name := request.args.get("sign", "")) in signs else ""
    many = (key for key, sign in signs.items() if any((sign.number(row) or 0) >= wording.FEW for row in rows))
    chosen = sign_name or next(many, next(iter(signs), ""))
    rows = ordered(rows, SIGNS[chosen]) if chosen else rows
    return render_template(
        "places.html", r=report, area=area, kind=kind, signs=signs, chosen=chosen, sign_name=sign_name,
        quotes=texts,
        rates={key for key, sign in signs.items() if any(sign.rate(row) for row in rows)},
        seats=[row for row in seats if area and area.key in row.area.boroughs and row.online],
        kinds={key: title for key, title in KINDS.items() if areas.of(key)}, few=wording.FEW,
        rows=rows[:_MOST], left=len(rows) - _MOST,
        map="" if area or not chosen else _map(rows, SIGNS[chosen]), petition=table.petition,
        facts=_facts(rows), files=sorted({row.crimes.source for row in rows if row.crimes}),
        news=[words for words in standouts(table, report) if not area or words.startswith(area.name)],
        missing=[sign.title for key, sign in SIGNS.items() if key not in signs],
        elsewhere=[(areas.area_name(part.part or "no area"), part.count) for part in table.elsewhere],
        online_elsewhere=table.online_elsewhere if "online" in signs else 0,
        wrong=wrong, did=number(request.args.get("did", "")), totals=number(request.args.get("totals", "")),
    )  # fmt: skip


def ordered(rows: Sequence[AreaSigns], sign: Sign) -> list[AreaSigns]:
    """Return the areas by their rate, or by the number where none has a rate; those of few come last."""
    has_rates = any(sign.rate(row) for row in rows)

    def rank(row: AreaSigns) -> tuple[float, str]:
        count, rate = sign.number(row), sign.rate(row)
        if count is None or count < wording.FEW or (has_rates and not rate):
            return 0.0, row.area.name
        return -(rate.value if rate else count), row.area.name

    return sorted(rows, key=rank)


def _map(rows: Sequence[AreaSigns], sign: Sign) -> Markup | str:
    tiles = [
        AreaTile(row.area.tile, row.area.name, count, (count or 0) >= wording.FEW)
        for row in rows
        if row.area.tile
        for count in [sign.number(row)]
    ]
    desc = "Each tile is an area near its true place; the table has the same numbers."
    return tile_map(Caption("map", f"{sign.title}, by ward", desc), tiles) if tiles else ""


def _facts(rows: Iterable[AreaSigns]) -> str:
    """Return where the numbers of electors and residents are from, and of which day they are."""
    facts = {
        f"{row.area.source}, {wording.day_name(row.area.as_of)} {row.area.as_of.year}"
        for row in rows
        if row.area.as_of
    }
    return "; ".join(sorted(facts)) or "not known"


def _quotes(archive: ArchiveReader, choice: Choice, area: AreaProfile) -> tuple[str, ...]:
    """Return what people say who name an area, without who they are."""
    query = Filter(scope=choice.scope(archive), place=area.key, order=Order.BIGGEST)
    return quotes(archive.posts.by_ids(archive.post_query.folded(query).ids))


def against(place: PlaceCount, report: Report) -> str:
    """Return in words how a place's posts stand to those of the window before, if they can be compared."""
    if place.posts is None:
        return "No data was collected for these dates"
    words = wording.compared(report, place.posts, place.finished, place.before)
    return words or wording.not_compared(report)
