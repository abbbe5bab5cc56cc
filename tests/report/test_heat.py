"""The map of hours: posts by the hours that were seen, so that unknown is never drawn as low."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.archive.values import DayCount, HourCount
from monitor.report.coverage import heat


def test_two_weeks_have_every_hour_of_the_week_though_the_clocks_skip_one():
    zone, first = ZoneInfo("Europe/London"), datetime(2026, 3, 16, tzinfo=UTC)  # clocks change on the 29th
    end = first + timedelta(days=14)
    whole = heat((), (), [("a", first, end)], first, end, zone)
    parts = [("a", first + day, first + day + timedelta(days=1)) for day in map(timedelta, range(14))]
    assert whole == heat((), (), parts, first, end, zone) == ((0,) * 24,) * 7
    week = heat((), (), parts[7:], first, end, zone)
    assert [row.count(None) for row in week] == [0, 0, 0, 0, 0, 0, 1]  # control: one week has not


MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
WEEKS = MONDAY + timedelta(days=28)


def seen(source: str, *days: int) -> list[tuple[str, datetime, datetime]]:
    return [(source, MONDAY + timedelta(days=day), MONDAY + timedelta(days=day + 1)) for day in days]


def of_weekdays(posts: dict[int, int], spans, by_source: dict[str, int]) -> list[float | None]:
    """Return the means at noon of each weekday of four weeks with so many posts at noon."""
    counts = [HourCount(weekday=day, hour=12, posts=number) for day, number in posts.items()]
    days = [
        DayCount(MONDAY.date(), name, number, *(0,) * (len(DayCount._fields) - 3))
        for name, number in by_source.items()
    ]
    return [row[12] for row in heat(counts, days, spans, MONDAY, WEEKS, ZoneInfo("UTC"))]


def test_a_weekday_that_was_seen_once_is_compared_with_those_seen_four_times():
    """One post at noon of every day; three of the four Mondays were not collected."""
    spans = seen("a", *(day for day in range(28) if day % 7 or not day))
    found = of_weekdays({0: 1} | dict.fromkeys(range(1, 7), 4), spans, {"a": 25})
    assert found == [1.0] * 7
    assert of_weekdays({0: 1} | dict.fromkeys(range(1, 7), 4), seen("a", *range(28)), {"a": 25}) == [
        0.25,
        *[1.0] * 6,
    ]  # control: all Mondays seen


@pytest.mark.parametrize(
    ("dark", "missed"),
    [pytest.param("small", 3, id="the small one was off"), pytest.param("big", 27, id="the big one was off")],
)
def test_where_one_of_two_sources_saw_an_hour_it_counts_by_its_part_of_the_posts(dark, missed):
    """The big one has nine posts at noon of each day, the small one one; one of both missed three Mondays."""
    light = "big" if dark == "small" else "small"
    spans = seen(light, *range(28)) + seen(dark, *(day for day in range(28) if day % 7 or not day))
    by_source = {"big": 9 * 28, "small": 28}
    by_source[dark] -= missed
    found = of_weekdays({0: 40 - missed} | dict.fromkeys(range(1, 7), 40), spans, by_source)
    assert found == pytest.approx([10.0] * 7, abs=0.002)


def test_an_hour_that_nobody_saw_is_not_known():
    found = of_weekdays({1: 4}, seen("a", 1, 8), {"a": 4})
    assert found == [None, 2.0, None, None, None, None, None]


def test_posts_of_hours_that_no_source_saw_are_divided_by_the_hours_that_passed():
    """As those of a file, or entered by hand."""
    assert of_weekdays({1: 4}, [], {"by-hand": 4}) == [None, 1.0, None, None, None, None, None]
    assert of_weekdays({1: 4}, seen("a", 2), {"by-hand": 4}) == [None, 1.0, 0.0, None, None, None, None]


def test_a_minute_does_not_stand_for_an_hour():
    start, at = MONDAY, MONDAY + timedelta(hours=12)
    counts = [HourCount(weekday=0, hour=12, posts=1)]
    spans = [("a", start, at + timedelta(minutes=1))]
    (monday, *_) = heat(counts, (), spans, start, at + timedelta(minutes=1), ZoneInfo("UTC"))
    assert (monday[11], monday[12], monday[13]) == (0, 2.0, None)
    (monday, *_) = heat(counts, (), spans, start, at + timedelta(hours=1), ZoneInfo("UTC"))
    assert monday[12] == 1.0  # one minute of sixty was seen: too little to go by
