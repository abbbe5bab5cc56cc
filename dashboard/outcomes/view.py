"""The page of outcomes: a card a counter, with what is known of it and what is not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from flask import render_template

from dashboard.outcomes.chart import outcome_chart
from dashboard.services import services
from monitor.archive import ArchiveReader
from monitor.archive.outcomes.tallies import PartSum
from monitor.campaign.petition_address import counter_name
from monitor.report import OutcomeCount, Report, SourceState, wording
from monitor.report.outcomes.event_change import change_words, event_change
from monitor.report.outcomes.forecast import forecast, forecast_words
from monitor.report.outcomes.sentences import facts, rung
from monitor.report.window import WEEK

_DAY = timedelta(days=1)
_MOST = 40  # parts of a table
_PARTS = {"area": "Area", "street": "Street", "code": "Link code"}


def rendered(**more: object) -> str:
    """Return the page; `more` is what its forms need."""
    choice = services().choice()
    report = services().report(choice)
    with services().read() as archive:
        cards = [_card(archive, one, report) for one in report.outcomes]
        echoes = archive.echoes.latest()
    return render_template(
        "outcomes.html", r=report, waiting=[*_waiting(report)],
        cards=cards, echoes=echoes, **more,
    )  # fmt: skip


def _waiting(report: Report) -> Iterator[SourceState]:
    """Yield what is to be counted and has told nothing yet, nor had its total typed by somebody."""
    pages = {one.address for one in report.outcomes if one.total is not None}
    return (one for one in services().outcomes() if not one.last_success and one.name not in pages)


def _card(archive: ArchiveReader, outcome: OutcomeCount, report: Report) -> dict[str, object]:
    more = (*_thresholds(archive, outcome, report), *_changes(archive, outcome, report))
    return {
        "outcome": outcome, "rung": rung(outcome, report),
        "facts": [*facts(outcome, report), *_dropped(outcome, report), *more],
        "chart": outcome_chart(outcome, report), "tables": [*_tables(archive, outcome.id, report.made_at)],
    }  # fmt: skip


def _dropped(outcome: OutcomeCount, report: Report) -> Iterator[str]:
    """Yield that a petition is not asked for any more, if it is so."""
    names = map(counter_name, services().campaign.petition)
    is_asked = report.demo or not outcome.address or counter_name(outcome.address) in names
    if outcome.kind == "petition" and not is_asked:
        yield "It is not in Settings any more, so nobody reads it now."


def _thresholds(archive: ArchiveReader, outcome: OutcomeCount, report: Report) -> Iterator[str]:
    """Yield what enough signatures to UK Parliament mean, and when there may be so many."""
    is_numbered = counter_name(outcome.address or "").removeprefix("petition:").isdigit()  # theirs alone are
    if outcome.kind != "petition" or not (report.demo or is_numbered):
        return
    campaign, closes = services().campaign, outcome.milestones.get("closes")
    usual, dissolved = campaign.outcomes, campaign.dissolution.day
    steps = archive.counters.thresholds(outcome.id) or (usual.response_threshold, usual.debate_threshold)
    yield f"At {steps[0]:,} the government responds; at {steps[1]:,} a debate is considered."
    ends = closes and closes.astimezone(campaign.zone).date(), dissolved and dissolved - _DAY
    if outcome.state == "open":
        last = min(filter(None, ends), default=None)
        words = (forecast_words(forecast(outcome.history, step, services().today, last)) for step in steps)
        yield from islice(filter(None, words), 1)


def _changes(archive: ArchiveReader, outcome: OutcomeCount, report: Report) -> Iterator[str]:
    """Yield how much more was counted after each event: not of paper, which comes when somebody collects."""
    for event in report.events if outcome.kind != "paper" else ():
        if words := change_words(event_change(outcome.history, event.day)):
            days = archive.events.between(event.day - WEEK, event.day + 6 * _DAY)
            others = [f"“{title}”" for day, title in days if (day, title) != (event.day, event.title)]
            also = f" These days include {wording.listed(others, 3)}." if others else ""
            yield f"“{event.title}”, {wording.day_name(event.day)}. {words}{also}"


def _tables(archive: ArchiveReader, counter: int, now: datetime) -> Iterator[tuple[str, list[PartSum], int]]:
    """Yield the parts of a counter under their head, what is unknown first, and how many more there are."""
    for column, head in _PARTS.items():
        parts = archive.tallies.by_part(counter, column)
        if any(part.part is not None for part in parts):
            yield head, sorted(parts, key=lambda part: part.part is not None)[:_MOST], len(parts[_MOST:])
    areas = sorted(archive.counters.areas(counter, now), key=lambda area: -area.count)
    if parts := [PartSum(area.area, area.count, area.at.date()) for area in areas[:_MOST]]:
        yield "Constituency", parts, len(areas[_MOST:])
