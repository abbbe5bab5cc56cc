"""Numbered events on a time axis, and the days from which a number is counted in another way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from string import ascii_uppercase

from markupsafe import escape

from monitor.charts.axes import Frame, centre, day_words
from monitor.report import Event, Redefined
from monitor.report.figures import definitions

ROOM = 24  # pixels above a chart's bars for the numbers
_RADIUS = 9


@dataclass(frozen=True, slots=True)
class Mark:
    """A column of a chart with its number (events) or letter (new definitions), and what was then."""

    column: int
    label: str
    said: str


def marks(
    events: Sequence[Event], redefined: Sequence[Redefined], starts: Sequence[date]
) -> tuple[Mark, ...]:
    """Return a mark for each column with events or new definitions; `starts` are the columns' first days."""
    happened = _by_column([(event.day, event.title) for event in events], starts)
    changed = _by_column([(one.day, _changed(one)) for one in redefined], starts)
    return (
        *(Mark(column, str(n), said) for n, (column, said) in enumerate(happened, 1)),
        *(Mark(column, ascii_uppercase[n % 26], said) for n, (column, said) in enumerate(changed)),
    )


def drawn(found: Sequence[Mark], columns: int, frame: Frame) -> Iterator[str]:
    """Yield a dashed line and a number for each mark."""
    for mark in found:
        x, y = f"{centre(mark.column, columns):.2f}%", frame.top - ROOM / 2
        line = f'x1="{x}" x2="{x}" y1="{y + _RADIUS:.1f}" y2="{frame.bottom:.1f}"'
        yield f'<line class="mark-line" {line}/><circle class="mark" cx="{x}" cy="{y:.1f}" r="{_RADIUS}"/>'
        text = f'x="{x}" y="{y + 4:.1f}" text-anchor="middle"'
        yield f'<text class="mark-label" {text}>{escape(mark.label)}</text>'


def _by_column(dated: Sequence[tuple[date, str]], starts: Sequence[date]) -> list[tuple[int, str]]:
    """Return what was said in each column that has something, in order; one column may hold several."""
    columns: dict[int, list[str]] = {}
    for day, said in sorted(dated):
        if starts and day >= starts[0]:
            column = sum(start <= day for start in starts) - 1
            columns.setdefault(column, []).append(f"{said}, {day_words(day)}")
    return [(column, "; ".join(said)) for column, said in sorted(columns.items())]


def _changed(one: Redefined) -> str:
    known = definitions().get(one.definition)
    title = known.title if known else one.definition
    return f"From here on, {title} is counted in another way (definition {one.version})"
