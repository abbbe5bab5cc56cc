"""What is usual, and what may be said of a number that is not."""

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from statistics import quantiles
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.usual import HISTORIES, SIZES, SPREADS, called_unusual, level_week
from bench.usual import week as ordinary_week
from monitor.report import baseline
from monitor.report.baseline import of_amounts, of_counts, usual, usual_amount, usual_days
from monitor.report.coverage import by_day, by_source, shares, unknown

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("weeks", [[], [1, 2, 3], [1, None, 2, None, 3, None]])
def test_fewer_than_four_weeks_say_nothing(weeks):
    assert usual_amount(weeks) is None
    assert usual([None if number is None else [number] * 7 for number in weeks]) is None


def test_the_usual_week_is_the_median_of_those_that_are_known():
    found = usual_amount([10, None, 20, 30, 40, 50])
    assert (found.median, found.weeks) == (30, 5)
    found = usual([[number] * 7 for number in (1, 2, 3, 4)])
    assert (found.median, found.weeks) == (17.5, 4)


def test_what_is_usual_on_a_day_is_told_by_the_same_day_of_at_least_four_weeks():
    weeks = [[1, 20], [2, 30], [1, 25], [3, 21]]
    monday, tuesday = usual_days(weeks)
    assert (monday.median, tuesday.median, monday.weeks) == (1.5, 23, 4)
    assert (tuesday.low, tuesday.high) == of_counts(weeks, day=1)
    assert monday.high < tuesday.low
    assert usual_days(weeks[:3]) == ()


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.slow
def test_one_in_ten_ordinary_days_is_called_unusual(history, size, spread):
    chance, called = Random(7), 0
    for _ in range(400):
        *before, now = (ordinary_week(chance, size, spread) for _ in range(history + 1))
        called += sum(
            not day.low <= posts <= day.high for posts, day in zip(now, usual_days(before), strict=True)
        )
    assert called / (7 * 400) < 0.13
    assert called / (7 * 400) > (0.07 if size > 30 else 0.01)  # where few can be too few, it is less


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.slow
def test_one_in_ten_ordinary_weeks_is_called_unusual(history, size, spread):
    share = called_unusual(of_counts, history=history, size=size, spread=spread, weeks=1500)
    assert 0.07 < share < 0.13  # 0.08 to 0.12, and what 1,500 weeks can be off by


@pytest.mark.slow
@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("size", SIZES)
def test_weeks_that_are_busier_as_a_whole_are_known_as_such(history, size, monkeypatch):
    case = {"history": history, "size": size, "spread": 3, "weeks": 600, "draw": level_week}
    assert 0.06 < called_unusual(of_counts, **case) < 0.21  # 11 to 18 % in bench/usual.py
    monkeypatch.setattr(baseline, "_ERRORS", math.inf)  # control: the days alone
    assert called_unusual(of_counts, **case) > 0.21


@pytest.mark.heavy
@pytest.mark.parametrize("trend", [0.02, -0.02], ids=["rising", "falling"])
@pytest.mark.parametrize(("history", "size"), [(8, 300), (26, 30), (26, 300)])
def test_a_slow_trend_is_part_of_what_is_usual(history, size, trend, monkeypatch):
    case = {"history": history, "size": size, "spread": 1, "weeks": 1000, "trend": trend}
    assert 0.04 < called_unusual(of_counts, **case) < 0.13
    monkeypatch.setattr(baseline, "_TREND", math.inf)  # control: the weeks as they were
    assert called_unusual(of_counts, **case) > 0.2


def test_a_launch_is_no_slow_trend_that_will_go_on():
    weeks = [[10 * busy] * 7 for busy in (5, 5, 5, 5, 1, 1, 1, 1)]  # the latest first
    assert usual(weeks).median < 350
    low, high = of_counts(weeks)
    assert low < 350 < high


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("spread", SPREADS)
def test_a_doubling_at_a_hundred_posts_a_week_is_found(history, spread):
    share = called_unusual(of_counts, history=history, size=100, spread=spread, weeks=200, factor=2)
    assert share >= 0.95


@pytest.mark.parametrize("history", [4, 8])
@pytest.mark.slow
def test_control_a_percentile_of_the_weeks_known_calls_every_third_one_unusual(history):
    def percentile(weeks):
        tenths = quantiles([*map(sum, weeks)], n=10, method="inclusive")
        return tenths[0], tenths[8]

    assert called_unusual(percentile, history=history, size=30, spread=1, weeks=1000) > 0.3


@pytest.mark.parametrize("spread", [1, 30, 3000])
def test_a_large_total_has_about_the_same_range_however_it_is_reckoned(spread, monkeypatch):
    weeks = [[100 + spread * (-1) ** (day + week) for day in range(7)] for week in range(5)]
    weeks = [[max(0, number) for number in week] for week in weeks]
    exact = of_counts(weeks)
    monkeypatch.setattr(baseline, "_LARGE", 1)
    assert of_counts(weeks) == pytest.approx(exact, rel=0.05, abs=1)


def test_after_weeks_of_nothing_one_post_is_unusual_and_millions_are_reckoned_too():
    assert of_counts([[0] * 7] * 4)[1] < 1
    low, high = of_counts([[10**6] * 7] * 4)
    assert low < 7 * 10**6 < high


def test_a_usual_range_holds_the_very_numbers_that_are_shown_with_it():
    for amounts in ([42, 40, 37, 45], [3, 2, 4, 1], [900, 1100, 1350, 870], [0, 0, 0, 0]):
        found = usual_amount(amounts)
        low, high = of_amounts(amounts)
        assert (found.low, found.high) == (int(found.low), int(found.high))
        assert found.low - 1 < low <= found.low <= found.high <= high < found.high + 1


def test_amounts_that_hardly_differ_are_taken_to_spread_as_counts_do():
    low, high = of_amounts([42, 42, 42, 42])
    assert low < 36
    assert high > 48
    assert of_amounts([0, 0, 0, 0]) == (0, 0)


def test_the_time_that_no_source_dates_is_unknown_and_half_of_two_is_half():
    known = [("a", NOON, NOON + 4 * HOUR), ("b", NOON, NOON + 2 * HOUR)]
    since, until = NOON.timestamp(), (NOON + 4 * HOUR).timestamp()
    [covered] = by_day(known, [(since, until)])
    assert unknown(covered, since, until, 2) == pytest.approx(0.25)
    assert unknown({}, since, until, 0) == 1.0
    assert unknown({}, since, since, 0) == 0.0
    assert shares(known, NOON, NOON + 4 * HOUR) == {"a": 1.0, "b": 0.5}
    assert shares(known, NOON, NOON) == {}


@given(
    spans=st.lists(st.tuples(st.integers(0, 200), st.integers(1, 60)), max_size=8), shift=st.integers(0, 30)
)
@pytest.mark.slow
def test_time_covered_by_day_is_what_a_slow_count_says_across_a_clock_change(spans, shift):
    london = ZoneInfo("Europe/London")
    days = [datetime(2026, 10, 23 + n, tzinfo=london) for n in range(6)]
    edges, at, known = list(pairwise(days)), days[0] - timedelta(hours=shift), []
    for gap, lasts in spans:  # of one source, so one after the other
        known.append(("a", at + timedelta(hours=gap), at + timedelta(hours=gap + lasts)))
        at = known[-1][2]
    stamps = [(start.timestamp(), end.timestamp()) for start, end in edges]
    found = by_day([(name, a.astimezone(UTC), b.astimezone(UTC)) for name, a, b in known], stamps)
    for (start, end), covered in zip(edges, found, strict=True):
        hours = {a.astimezone(UTC) + timedelta(hours=n) for _, a, b in known
                 for n in range(int((b.astimezone(UTC) - a.astimezone(UTC)) / HOUR))}  # fmt: skip
        slow = sum(start.astimezone(UTC) <= hour < end.astimezone(UTC) for hour in hours)
        assert covered == ({"a": 3600.0 * slow} if slow else {})


def test_time_after_the_last_day_is_of_no_day():
    edges = [(NOON.timestamp(), (NOON + HOUR).timestamp())]
    assert by_day([("a", NOON + 2 * HOUR, NOON + 3 * HOUR)], edges) == [{}]


def test_a_source_that_answers_without_dates_is_not_told_as_zero_percent():
    shares = {one.source: one.share for one in by_source([], ["news", "lemmy"], {"news"}, NOON, NOON + HOUR)}
    assert shares == {"news": None, "lemmy": 0.0}
