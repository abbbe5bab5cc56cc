"""What people type on the Outcomes page: a stall's signatures, and a total read off a petition's page."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from dashboard.access.guard import note, who
from dashboard.filters import number
from dashboard.outcomes.view import rendered
from dashboard.services import services
from monitor.archive.outcomes.counters import BY_HAND, CounterReading
from monitor.archive.outcomes.tallies import TallyEntry
from monitor.campaign.petition_address import counter_name
from monitor.core.errors import EntryError, MonitorError
from monitor.core.files.written_values import whole_number, written_time
from monitor.drop_box import MOST_BYTES
from monitor.manual_entry.tally import TITLES, DayTally, key_of, tally
from monitor.report.wording import quantity

page = Blueprint("tallies", __name__, url_prefix="/outcomes")
_TOO_LARGE = f"This file is larger than {MOST_BYTES // 10**6} MB. Leave out the columns that do not count."


def context() -> Mapping[str, Any]:
    """Return what the forms on the Outcomes page hold."""
    campaign, now = services().campaign, services().now()
    with services().read() as archive:
        counters = archive.counters.all()
        paper = next((counter.id for counter in counters if counter.kind == "paper"), 0)
        latest = archive.tallies.latest(paper)
        states = {
            counter.name: readings[-1].state
            for counter in counters
            if (readings := archive.counters.readings(counter.id, now))
        }
    return {
        "typed": {"day": services().today, **request.args}, "slips": {},
        "today": services().today, "moment": now.astimezone(campaign.zone).strftime("%Y-%m-%dT%H:%M"),
        "did": request.args.get("did"), "undo": request.args.get("undo"),
        "areas": campaign.areas, "latest": latest, "tables": TITLES,
        "tabled": [one for one in counters if one.kind == "survey" or one.name == "visits:file"],
        "petitions": [
            page for page in campaign.petition if states.get(counter_name(page), BY_HAND) == BY_HAND
        ],
    }  # fmt: skip


def outcomes_page(**more: Any) -> str:
    """Return the Outcomes page with its forms, and what else they have to say."""
    return rendered(**{**context(), **more})


@page.errorhandler(RequestEntityTooLarge)
def too_large(_: RequestEntityTooLarge) -> ResponseReturnValue:
    return outcomes_page(wrong=_TOO_LARGE), 413


@page.errorhandler(MonitorError)
def wrong(error: MonitorError) -> ResponseReturnValue:
    slips = error.by if isinstance(error, EntryError) else {}
    return outcomes_page(wrong="" if slips else str(error), slips=slips, typed=request.form), 400


@page.post("/paper")
def add() -> ResponseReturnValue:
    typed = request.form
    entry = tally("paper", typed, services().campaign.areas.area_of, services().today)
    with services().write() as archive:
        counter = archive.counters.add("paper", "paper", TITLES["paper"])
        ids = archive.tallies.save(counter, entries({f"paper:{key_of('paper', entry)}": entry}))
    note(f"outcomes: {quantity(entry.count, 'signature', 'signatures')} on paper")
    return back("paper", undo=joined(ids), day=entry.day, area=typed.get("area", ""))


@page.post("/undo")
def undo() -> ResponseReturnValue:
    """Let some tallies count no more, or all of a counter that a table has."""
    ids = [number(text) or 0 for text in request.form.get("tallies", "").split(",")]
    with services().write() as archive:
        archive.tallies.take_back(ids, services().now())
        if counter := number(request.form.get("counter", "")):
            archive.tallies.replace(counter, (), services().now())
    note("outcomes: undone")
    return back("undone")


@page.post("/total")
def total() -> ResponseReturnValue:
    """Store a petition's total; the same time again corrects it."""
    typed, address = request.form, request.form.get("petition", "")
    try:
        count = whole_number(typed.get("total", ""))
        at = written_time(typed.get("at", "")).instant(services().campaign.zone)
    except ValueError:
        count, at = None, services().now()
    if count is None or at > services().now() or address not in services().campaign.petition:
        raise MonitorError("Choose a petition, and give its total in digits and when you read it.")
    with services().write() as archive:
        title = address.partition("//")[2].rstrip("/")
        counter = archive.counters.add("petition", counter_name(address), title, address)
        archive.counters.save(counter, CounterReading(at, count, None, BY_HAND), {}, {})
    note("outcomes: a petition’s total")
    return back("total")


def entries(tallies: Mapping[str, DayTally]) -> list[TallyEntry]:
    """Return tallies as the archive keeps them, by their keys, from the one who asks."""
    by, now = who().name, services().now()
    return [TallyEntry(id=0, **asdict(each), key=key, by=by, at=now) for key, each in tallies.items()]


def joined(ids: Iterable[int]) -> str:
    """Return ids as `undo` takes them."""
    return ",".join(map(str, ids))


def back(did: str, **more: Any) -> ResponseReturnValue:
    """Return the way back to the page, which says what was done."""
    return redirect(url_for("outcomes.show", did=did, **more, _anchor="paper"), 303)
