"""Events and new definitions on a time axis."""

from datetime import date, timedelta

import pytest

from monitor.charts.activity import activity
from monitor.charts.bar_chart import Caption, bar_chart
from monitor.charts.event_markers import EventMarker, marks, marks_of, rows_of
from monitor.report import Day, Event, Redefined, SeriesStep, Step
from tests.dashboard.reports import a_report

MONDAYS = [date(2026, 11, 2) + timedelta(days=7 * n) for n in range(3)]


def test_an_event_is_numbered_in_its_column_and_one_number_stands_for_all_of_it():
    events = [Event(day=date(2026, 11, 4), title="Stall"), Event(day=date(2026, 11, 18), title="Hand-in"),
              Event(day=date(2026, 11, 2), title="Release")]  # fmt: skip
    first, second = marks(events, (), MONDAYS)
    assert (first.column, first.label, first.text) == (0, "1", "Release, 2 Nov; Stall, 4 Nov")
    assert (second.column, second.label) == (2, "2")


def days() -> list[Day]:
    return [Day(day=day, posts={"x": 5}, unknown=0.0) for day in MONDAYS]


def test_a_new_definition_has_a_letter_and_says_which_number():
    new = Redefined(day=date(2026, 11, 9), definition="seen", version=2)
    [mark] = marks_of(a_report(events=(), redefined=(new,)), days())
    assert (mark.column, mark.label) == (1, "A")
    assert mark.text == "Likely seen is counted in a new way, 9 Nov"


@pytest.mark.parametrize(
    ("step", "subject", "words"),
    [
        (Step.SOURCE_ON, "bluesky", "From here on, Bluesky is covered, 9 Nov"),
        (Step.SOURCE_OFF, "bluesky", "From here on, Bluesky is not covered, 9 Nov"),
        (Step.TAG_ADDED, "#new", "From here on, we search for #new, 9 Nov"),
        (Step.TAG_REMOVED, "#old", "From here on, we no longer search for #old, 9 Nov"),
    ],
    ids=str,
)
def test_what_breaks_the_series_has_a_letter(step, subject, words):
    steps = SeriesStep(day=date(2026, 11, 9), step=step, subject=subject, posts=3)
    [mark] = marks_of(a_report(events=(), steps=(steps,)), days())
    assert (mark.column, mark.label, mark.text) == (1, "A", words)


def test_what_came_at_once_or_after_the_chart_has_no_mark():
    after = date(2027, 1, 1)
    steps = [SeriesStep(day=MONDAYS[1], step=Step.FILE, subject="a.csv", posts=3),
             SeriesStep(day=after, step=Step.SOURCE_ON, subject="bluesky", posts=3)]  # fmt: skip
    assert marks_of(a_report(events=(), steps=tuple(steps)), days()) == ()


def test_a_day_before_the_chart_has_no_mark_and_a_chart_without_columns_has_none():
    early = [Event(day=date(2026, 11, 1), title="Early")]
    assert marks(early, (), MONDAYS) == ()
    assert marks(early, (), []) == ()


def test_a_line_and_a_number_are_drawn_for_each_mark():
    shown = activity(a_report(days=tuple(days()), events=tuple(Event(day=day, title="x") for day in MONDAYS)))
    svg = str(bar_chart(Caption("a", "", ""), shown))
    assert svg.count("mark-label") == 3
    assert 'x1="50.00%"' in svg


@pytest.mark.parametrize(
    ("columns", "apart", "rows"),
    [
        ([], 3, []),
        ([1, 4, 7], 3, [0, 0, 0]),
        ([1, 3, 4], 3, [0, 1, 0]),
        ([1, 2, 3, 4], 3, [0, 1, 2, 0]),
        ([5, 5], 1, [0, 1]),
        ([5, 6], 1, [0, 0]),
        ([6, 1], 3, [0, 0]),
        ([2, 1], 3, [1, 0]),
    ],
    ids=["none", "far", "near", "a crowd", "of one column", "side by side", "any order", "any order, near"],
)
def test_marks_that_would_touch_stand_above_each_other(columns, apart, rows):
    placed = [EventMarker(column, str(n), "") for n, column in enumerate(columns)]
    found = rows_of(placed, apart)
    assert [found[mark] for mark in placed] == rows
