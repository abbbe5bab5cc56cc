"""Days folded into weeks: what is known adds up, and what is unknown stays so."""

from datetime import date, timedelta

import pytest

from monitor.report import Day
from monitor.report.by_week import in_columns, weekly


def a_day(n: int, **changes) -> Day:
    usual = {"day": date(2026, 11, 4) + timedelta(days=n), "posts": {"x": 1}, "unknown": 0.0}  # a Wednesday
    return Day(**usual | changes)


def test_weeks_begin_on_monday_and_a_part_of_one_on_its_first_day():
    assert [week.day for week in weekly([a_day(n) for n in range(13)])] == [
        date(2026, 11, 4), date(2026, 11, 9), date(2026, 11, 16),
    ]  # fmt: skip


def test_what_is_known_adds_up():
    days = [
        a_day(0, engagement=2),
        a_day(1, posts={"x": 2, "y": 5}, engagement=None),
    ]
    [week] = weekly(days)
    assert (week.posts, week.engagement) == ({"x": 3, "y": 5}, 2)


def test_what_was_not_collected_stays_unknown():
    dark = [a_day(n, posts={}, unknown=1.0) for n in range(5)]
    [week] = weekly(dark)
    assert (week.posts, week.engagement, week.unknown) == ({}, None, 1.0)
    assert weekly([a_day(0), *dark[1:]])[0].unknown == 0.8


@pytest.mark.parametrize(
    ("days", "columns", "per"),
    [(100, 100, "day"), (101, 15, "week"), (728, 105, "week"), (729, 27, "4 weeks"), (3650, 132, "4 weeks")],
)
def test_a_longer_time_has_fewer_and_longer_columns_that_hold_the_same_posts(days, columns, per):
    parts, name = in_columns([a_day(n) for n in range(days)])
    assert (len(parts), name) == (columns, per)
    assert sum(part.total for part in parts) == days


def test_four_weeks_begin_on_a_monday_and_are_whole():
    _, *parts, _ = in_columns([a_day(n) for n in range(800)])[0]
    assert {part.day.weekday() for part in parts} == {0}
    assert {part.total for part in parts} == {28}
