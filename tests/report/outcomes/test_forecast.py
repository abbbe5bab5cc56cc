"""When a threshold may be reached: from weeks that were read, in words, and never as a promised date."""

from datetime import date, timedelta

import pytest

from bench.outcomes import THRESHOLDS, holding
from monitor.report.outcomes.forecast import Forecast, forecast, forecast_words

DAY = timedelta(days=1)
TODAY = date(2026, 11, 30)
END = TODAY - DAY
RISING = (70, 77, 84, 98, 105, 119, 133, 140)
SLOWING = (400, 320, 260, 200, 165, 130, 105, 85)
WILD = (10, 300, 20, 150, 5, 400, 30, 90)


def read(*weeks: int | None, days: int = 7, today: int = 0) -> dict[date, int | None]:
    """Return totals of which the last weeks have these sums; None: its end was not read."""
    totals: dict[date, int | None] = {END - len(weeks) * days * DAY: 1000}
    total = 1000
    for place, week in enumerate(weeks, 1 - len(weeks)):
        total += week or 0
        totals[END + place * days * DAY] = None if week is None else total
    return {**totals, TODAY: total + today}


def latest(totals: dict) -> int:
    return totals[TODAY]


@pytest.mark.parametrize(
    ("weeks", "lacking", "closes", "words"),
    [
        ([100] * 8, 1000, None, "probably not before 18 January 2027, perhaps not until 7 March 2027"),
        ([100] * 8, 40, None, "perhaps within a week, perhaps not until 6 December 2026"),
        (SLOWING, 2000, None, "unlikely within two years, at the rate of the last 8 weeks."),
        (SLOWING, 350, None, "it may never be reached, at the rate at which signing is slowing."),
        (SLOWING, 350, date(2027, 5, 1), "it may not be reached before it closes on 1 May 2027, at the rate"),
        (WILD, 3000, None, "it may never be reached, as far as the last 8 weeks tell."),
        (RISING, 20_000, date(2027, 1, 5), "unlikely before it closes on 5 January 2027, at the rate of"),
    ],
    ids=["flat", "near", "out of reach", "slowing", "closing", "wild", "closes early"],
)  # fmt: skip
def test_a_forecast_is_said_in_words(weeks, lacking, closes, words):
    totals = read(*weeks)
    told = forecast_words(forecast(totals, latest(totals) + lacking, TODAY, closes))
    assert told.startswith(f"{latest(totals) + lacking:,}: ")
    assert words in told


@pytest.mark.parametrize(
    ("totals", "threshold", "closes"),
    [
        ({}, 10, None),
        ({TODAY: None}, 10, None),
        (read(*RISING), latest(read(*RISING)), None),
        (read(*RISING, today=50), latest(read(*RISING)) + 40, None),
        (read(*RISING), 10_000, END),
        (read(*RISING[3:]), 10_000, None),
        (read(70, None, 84, 98, None, 119, 133, 140), 10_000, None),
        (read(*[0] * 8), 10_000, None),
        (read(70, -77, 84, -9, 105, 119, -133, 140), 10_000, None),
    ],
    ids=[
        "nothing", "not read", "reached", "reached today", "closed", "five weeks", "weeks not read",
        "nobody signs",
        "removed in three weeks",
    ],
)  # fmt: skip
def test_there_is_no_forecast_where_there_is_nothing_to_foretell_it_by(totals, threshold, closes):
    assert forecast(totals, threshold, TODAY, closes) is None
    assert forecast_words(forecast(totals, threshold, TODAY, closes)) == ""


def test_a_week_not_read_or_of_a_fall_is_left_out_and_is_no_week_without_signatures():
    full = forecast(read(*[100] * 8), 3000, TODAY)
    holed = forecast(read(100, 100, 100, None, 100, 100, 100, 100), 3000 - 100, TODAY)
    assert holed.earliest <= full.earliest < full.latest <= holed.latest
    assert not holed.is_slowing
    fallen = forecast(read(100, 100, 100, -2000, 100, 100, 100, 100), 3000 - 2100, TODAY)
    assert abs((fallen.earliest - full.earliest).days) <= 14


def test_what_was_removed_on_one_day_makes_no_slow_week():
    daily = {TODAY - n * DAY: 5_000 - 15 * n for n in range(80)}
    fallen = {day: total - 80 * (day >= TODAY - 10 * DAY) for day, total in daily.items()}
    before, after = forecast(daily, 7_000, TODAY), forecast(fallen, 7_000 - 80, TODAY)
    assert (before.is_slowing, after.is_slowing) == (False, False)
    assert abs((after.earliest - before.earliest).days) <= 14


def test_what_was_not_read_lately_is_not_foretold():
    totals = read(*RISING)
    assert forecast(totals, 10_000, TODAY + 14 * DAY) is not None
    assert forecast(totals, 10_000, TODAY + 21 * DAY) is None


def test_a_threshold_that_was_reached_and_lost_again_is_foretold_anew():
    totals = read(*[100] * 8, today=-30)
    assert forecast(totals, latest(totals) + 10, TODAY) is not None


@pytest.mark.parametrize("last", [10**6, 10**12], ids=["a million", "a million million"])
def test_no_series_is_too_wild_to_be_reckoned_with(last):
    told = forecast(read(0, 0, 0, 0, 0, 0, 0, last), 10**18, TODAY)
    assert told.latest is None
    assert forecast_words(told)


def test_one_slow_week_is_no_sign_of_slowing():
    assert not forecast(read(90, 110, 100, 105, 95, 108, 92, 100), 10_000, TODAY).is_slowing
    assert forecast(read(*SLOWING), 10_000, TODAY).is_slowing


def test_no_words_name_one_date_alone():
    told = Forecast(10_000, TODAY, None, False, TODAY + 60 * DAY, TODAY + 90 * DAY)
    assert forecast_words(told).count("2027") == 2
    assert "probably" in forecast_words(told)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["flat", "slowing", "growing"])
def test_the_dates_hold_as_often_as_promised(name):
    cases = [(away, kind) for trend, away, kind in THRESHOLDS if trend == name][::3]
    for away, kind in cases:
        assert holding(kind, away, 120).dates >= 0.8  # 85 % of thousands, less what chance makes of 120


def test_nothing_is_foretold_of_after_it_closes():
    totals, closes = read(*[100] * 8), TODAY + 32 * DAY
    assert forecast(totals, latest(totals) + 350, TODAY, closes).latest == closes
    assert forecast(totals, latest(totals) + 350, TODAY, TODAY + 2000 * DAY).closes is None


@pytest.mark.slow
def test_control_the_simple_ways_hold_far_less_often_where_signing_slows():
    [kind] = [kind for name, away, kind in THRESHOLDS if (name, away, kind.shock) == ("slowing", 12, 0)][1:]
    told = holding(kind, 12, 120)
    assert max(told.line, told.drawn) < 0.5 < told.dates
