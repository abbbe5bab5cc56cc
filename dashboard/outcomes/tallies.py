"""What people type on the Outcomes page: a stall's signatures, and a total read off a petition's page."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from operator import attrgetter
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from dashboard.access.guard import note, who
from dashboard.filters import number
from dashboard.outcomes.view import rendered
from dashboard.services import services
from monitor.archive import ArchiveReader
from monitor.archive.outcomes.counters import BY_HAND, Counter, CounterReading
from monitor.archive.outcomes.tallies import TallyEntry
from monitor.campaign.petition_address import counter_name
from monitor.core.clock import stamp, unstamp
from monitor.core.errors import EntryError, MonitorError
from monitor.drop_box import MOST_BYTES
from monitor.manual_entry.tally import TITLES, DayTally, district, key_of, petition_total, tally
from monitor.report.wording import quantity

page = Blueprint("tallies", __name__, url_prefix="/outcomes")
_ALIKE = 1_000  # stalls in which one like a new one is looked for
_TOO_LARGE = f"This file is larger than {MOST_BYTES // 10**6} MB. Leave out the columns that do not count."


def context() -> Mapping[str, Any]:
    """Return what the forms on the Outcomes page hold."""
    campaign, now = services().campaign, services().now()
    ours = request.args.get("undo"), who().name  # a link from elsewhere offers no undo of others' stalls
    moment = now.astimezone(campaign.zone).strftime("%Y-%m-%dT%H:%M")
    with services().read() as archive:
        counters = archive.counters.all()
        paper = next((counter.id for counter in counters if counter.kind == "paper"), 0)
        latest, stalls = archive.tallies.latest(paper), archive.tallies.tables(paper)
        papers, reading = sum(archive.tallies.by_day(paper).values()), _typed_total(archive)
        states = {
            counter.name: readings[-1].state
            for counter in counters
            if (readings := archive.counters.readings(counter.id, now))
        }
    return {
        "typed": {"day": services().today, "at": moment, **request.args}, "slips": {},
        "today": services().today, "moment": moment,
        "did": request.args.get("did"), "paper": paper,
        "areas": campaign.areas, "latest": latest, "tables": TITLES, "stalls": stalls, "reading": reading,
        "saved": next((stall for stall in latest if (str(stall.id), stall.by) == ours), None),
        "papers": papers,
        "tabled": list(filter(_has_tables, counters)),
        "petitions": [
            page for page in campaign.petition if states.get(counter_name(page), BY_HAND) == BY_HAND
        ],
    }  # fmt: skip


def _has_tables(counter: Counter) -> bool:
    return counter.kind == "survey" or counter.name == "visits:file"


def _typed_total(archive: ArchiveReader) -> tuple[Counter, CounterReading] | None:
    """Return the total that this request says was saved, with what it is of."""
    at, counter_id = _instant(request.args), number(request.args.get("counter", ""))
    readings = (
        (counter, reading)
        for counter in archive.counters.all()
        if at and counter.id == counter_id
        for reading in archive.counters.readings(counter.id, at)
    )
    return next((pair for pair in readings if (pair[1].at, pair[1].state) == (at, BY_HAND)), None)


def _instant(fields: Mapping[str, str]) -> datetime | None:
    with suppress(ValueError):
        return unstamp(fields.get("moment", ""))
    return None


def outcomes_page(**more: Any) -> str:
    """Return the Outcomes page with its forms, and what else they have to say."""
    return rendered(**{**context(), **more})


@page.errorhandler(RequestEntityTooLarge)
def too_large(_: RequestEntityTooLarge) -> ResponseReturnValue:
    return outcomes_page(wrong=_TOO_LARGE), 413


@page.errorhandler(MonitorError)
def wrong(error: MonitorError) -> ResponseReturnValue:
    slips, typed = (error.by, request.form) if isinstance(error, EntryError) else ({}, {})
    typed = {**context()["typed"], "kind": request.form.get("kind", ""), **typed}
    return outcomes_page(wrong=str(error), slips=slips, typed=typed), 400


@page.post("/paper")
def add() -> ResponseReturnValue:
    typed, street = request.form, " ".join(request.form.get("street", "").split())
    entry = tally("paper", typed, services().campaign.areas.area_in, services().today)
    place = attrgetter("day", "area", "street", "count")  # what two are alike by
    with services().write() as archive:
        counter = archive.counters.add("paper", "paper", TITLES["paper"])
        alike = place(entry) in map(place, archive.tallies.latest(counter, _ALIKE))
        ids = archive.tallies.save(counter, entries({f"paper:{key_of('paper', entry)}": entry}))
    note(f"outcomes: {quantity(entry.count, 'signature', 'signatures')} on paper")
    more = {"alike": alike or None, "house": (entry.street or "") != street or None}
    return back(
        "paper", undo=",".join(map(str, ids)), day=entry.day, area=district(typed.get("area", "")), **more
    )


@page.post("/undo")
def undo() -> ResponseReturnValue:
    """Let some tallies count no more, or what came of a counter at one time, or all of it."""
    typed, now = request.form, services().now()
    ids = [number(text) or 0 for text in typed.get("tallies", "").split(",")]
    counter_id, at = number(typed.get("counter", "")), _instant(typed)
    with services().write() as archive:
        archive.tallies.take_back(ids, now)
        counter = next((counter for counter in archive.counters.all() if counter.id == counter_id), None)
        if counter and at:
            archive.tallies.undo(counter.id, at, now)
            archive.counters.remove_reading(counter.id, at)
        elif counter and "moment" not in typed and _has_tables(counter):
            archive.tallies.replace(counter.id, (), now)
    note(f"outcomes: undone, {counter.kind if counter else quantity(len(ids), 'stall', 'stalls')}")
    return back("undone")


@page.post("/total")
def total() -> ResponseReturnValue:
    """Store a petition's total; the same time again corrects it."""
    campaign, now = services().campaign, services().now()
    address, count, at = petition_total(request.form, campaign.petition, now, campaign.zone)
    with services().write() as archive:
        title = address.partition("//")[2].rstrip("/")
        counter = archive.counters.add("petition", counter_name(address), title, address)
        archive.counters.save(counter, CounterReading(at, count, None, BY_HAND), {}, {})
    note("outcomes: a petition’s total")
    return back("total", counter=counter, moment=stamp(at))


def entries(tallies: Mapping[str, DayTally]) -> list[TallyEntry]:
    """Return tallies as the archive keeps them, by their keys, from the one who asks."""
    by, now = who().name, services().now()
    return [TallyEntry(**asdict(each), key=key, by=by, at=now) for key, each in tallies.items()]


def back(did: str, **more: Any) -> ResponseReturnValue:
    """Return the way back to the page, which says what was done."""
    return redirect(url_for("outcomes.show", did=did, **more), 303)
