"""Numbered events on a time axis, and the days from which a number is counted in another way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from string import ascii_uppercase

from monitor.charts.layout import day_label
from monitor.report import Event, Redefined
from monitor.report.figures import definitions


@dataclass(frozen=True, slots=True)
class EventMarker:
    """A column of a chart with its number (events) or letter (new definitions), and what was then."""

    column: int
    label: str
    text: str


def marks(
    events: Sequence[Event], redefined: Sequence[Redefined], starts: Sequence[date]
) -> tuple[EventMarker, ...]:
    """Return a mark for each column with events or new definitions; `starts` are the columns' first days."""
    happened = _by_column([(event.day, event.title) for event in events], starts)
    changed = _by_column([(one.day, _changed(one)) for one in redefined], starts)
    return (
        *(EventMarker(column, str(n), text) for n, (column, text) in enumerate(happened, 1)),
        *(EventMarker(column, ascii_uppercase[n % 26], text) for n, (column, text) in enumerate(changed)),
    )


def _by_column(dated: Sequence[tuple[date, str]], starts: Sequence[date]) -> list[tuple[int, str]]:
    """Return what was said in each column that has something, in order; one column may hold several."""
    columns: dict[int, list[str]] = {}
    for day, text in sorted(dated):
        if starts and day >= starts[0]:
            column = sum(start <= day for start in starts) - 1
            columns.setdefault(column, []).append(f"{text}, {day_label(day)}")
    return [(column, "; ".join(texts)) for column, texts in sorted(columns.items())]


def _changed(redefined: Redefined) -> str:
    definition = definitions().get(redefined.definition)
    title = definition.title if definition else redefined.definition
    return f"From here on, {title} is counted in another way (definition {redefined.version})"
