"""Numbered events on a time axis, and the days from which other things are counted, or in another way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from string import ascii_uppercase

from monitor.charts.layout import day_label
from monitor.report import Day, Event, Redefined, Report, Step
from monitor.report.figures import definitions
from monitor.report.wording import title_of

_STEPS = {
    Step.SOURCE_ON: "From here on, {} is covered",
    Step.SOURCE_OFF: "From here on, {} is not covered",
    Step.TAG_ADDED: "From here on, we search for {}",
    Step.TAG_REMOVED: "From here on, we no longer search for {}",
}
_ANALYZERS = {
    "analyzer": "Tone is scored in a new way, for posts from before as well",
    "rescored": "Tone before this is as it was scored then, because the texts were removed",
}


@dataclass(frozen=True, slots=True)
class EventMarker:
    """A column of a chart with its number (events) or letter (what breaks the series), and what was then."""

    column: int
    label: str
    text: str


def marks_of(report: Report, columns: Sequence[Day]) -> tuple[EventMarker, ...]:
    breaks = [
        (step.day, _STEPS[step.step].format(title_of(step.subject)))
        for step in report.steps
        if step.step in _STEPS and step.day <= report.window.last
    ]
    breaks += [(new.day, _changed(new)) for new in report.redefined]
    return marks(report.events, breaks, [column.day for column in columns])


def marks(
    events: Sequence[Event], breaks: Sequence[tuple[date, str]], starts: Sequence[date]
) -> tuple[EventMarker, ...]:
    """Return a mark for each column with events or breaks; `starts` are the columns' first days."""
    happened = _by_column([(event.day, event.title) for event in events], starts)
    return (
        *(EventMarker(column, str(n), text) for n, (column, text) in enumerate(happened, 1)),
        *(
            EventMarker(column, ascii_uppercase[n % 26], text)
            for n, (column, text) in enumerate(_by_column(breaks, starts))
        ),
    )


def rows_of(marks: Sequence[EventMarker], apart: int) -> dict[EventMarker, int]:
    """Return the row of each mark, 0 the lowest, so that those of a row are so many columns apart."""
    rows: dict[EventMarker, int] = {}
    lasts: list[int] = []  # the column of the last mark of each row
    for mark in sorted(marks, key=lambda mark: mark.column):
        row = next((n for n, last in enumerate(lasts) if mark.column - last >= apart), len(lasts))
        lasts[row : row + 1] = [mark.column]
        rows[mark] = row
    return rows


def _by_column(dated: Sequence[tuple[date, str]], starts: Sequence[date]) -> list[tuple[int, str]]:
    """Return what was said in each column that has something, in order; one column may hold several."""
    columns: dict[int, list[str]] = {}
    for day, text in sorted(dated):
        if starts and day >= starts[0]:
            column = sum(start <= day for start in starts) - 1
            columns.setdefault(column, []).append(f"{text}, {day_label(day, starts[0], starts[-1])}")
    return [(column, "; ".join(texts)) for column, texts in sorted(columns.items())]


def _changed(redefined: Redefined) -> str:
    if redefined.definition in _ANALYZERS:
        return _ANALYZERS[redefined.definition]
    definition = definitions().get(redefined.definition)
    title = definition.title if definition else redefined.definition
    return f"{title} is counted in a new way"
