"""The page of outcomes: a card a counter, with what is known of it and what is not."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import render_template

from dashboard.outcomes.chart import outcome_chart
from dashboard.pages.charts import ChartView
from dashboard.services import services
from monitor.archive import ArchiveReader
from monitor.archive.outcomes.tallies import PartSum
from monitor.report import Outcome, Report, wording
from monitor.report.outcomes.sentences import Rung, facts, rung

_MOST = 40  # parts of a table
_PARTS = {"area": "Area", "street": "Street", "code": "Code of the link"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTable:
    """What was counted of each part, of which the unknown is first."""

    head: str
    parts: tuple[PartSum, ...]
    more: int  # parts that are not in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A counter: what it says, what is to be known of that, its chart, and its parts."""

    outcome: Outcome
    rung: Rung
    facts: tuple[str, ...]
    chart: ChartView
    tables: tuple[PartTable, ...]


def rendered(**more: object) -> str:
    """Return the page; `more` is what its forms need."""
    choice = services().choice()
    report = services().report(choice)
    with services().read() as archive:
        cards = [_card(archive, one, report) for one in report.outcomes]
    return render_template(
        "outcomes.html", r=report, titles=wording.titles(report), span=wording.window_words(report.window),
        cards=cards, **more,
    )  # fmt: skip


def _card(archive: ArchiveReader, outcome: Outcome, report: Report) -> Card:
    return Card(
        outcome=outcome, rung=rung(outcome, report), facts=tuple(facts(outcome, report)),
        chart=outcome_chart(outcome, report), tables=tuple(_tables(archive, outcome.id)),
    )  # fmt: skip


def _tables(archive: ArchiveReader, counter: int) -> Iterator[PartTable]:
    """Yield the parts of a counter, where more is known of them than that they are unknown."""
    for column, head in _PARTS.items():
        parts = archive.tallies.by_part(counter, column)
        if any(part.part is not None for part in parts):
            ordered = sorted(parts, key=lambda part: part.part is not None)  # what is unknown first
            yield PartTable(head=head, parts=tuple(ordered[:_MOST]), more=len(ordered[_MOST:]))
