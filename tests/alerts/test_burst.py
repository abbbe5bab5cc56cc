"""What is a burst, and what is only a busy hour."""

import math
import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.alerts import (
    DAY,
    HISTORY,
    WEEK,
    alarms,
    found,
    made,
    of_launch,
    of_new_source,
    ours,
    same_time_only,
)
from monitor.alerts.burst import FLOOR, LENGTH, OPEN, burst, hours, limit, shares, usual_hours

ZONE = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 15, 40, tzinfo=UTC)
HOUR = timedelta(hours=1)
TWO_LAUNCHES, TWO_SOURCES = 1 / 3, 1 / 4  # of six and of eight; `python -m bench.alerts` makes more


def flat(count: int, last: int | None = None) -> list[int | None]:
    """Return the same number of people in each hour; another in the running one."""
    return [count] * (LENGTH - 1) + [count if last is None else last]


def peak(row, newcomers=None, *, now=NOW, **how):
    return burst({"bluesky": row}, {"bluesky": newcomers or flat(0)}, now=now, zone=ZONE, **how)


def test_the_hours_are_those_of_the_campaigns_clock_and_end_with_the_running_one():
    assert hours(NOW, ZONE)[-1] == datetime(2026, 11, 23, 15, tzinfo=UTC)
    kolkata = hours(NOW, ZoneInfo("Asia/Kolkata"))
    assert kolkata[-1] == datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    assert len(kolkata) == LENGTH


def test_more_people_than_usual_are_a_burst_with_what_is_usual():
    said = peak(flat(1, 20))
    assert (said.total, said.people, said.newcomers) == (20, {"bluesky": 20}, False)
    assert (said.since, said.until) == (datetime(2026, 11, 23, 15, tzinfo=UTC), NOW)
    assert said.usual == pytest.approx(1.0, rel=0.05)
    assert FLOOR < said.limit < 12


def test_a_usual_number_is_none():
    assert peak(flat(5, 9)) is None


@pytest.mark.parametrize("people", range(FLOOR))
def test_a_few_people_are_never_a_burst_however_quiet_it_was(people):
    assert peak(flat(0, people)) is None
    assert peak(flat(0, FLOOR + 1)) is not None


def test_two_hours_in_a_row_are_a_burst_where_neither_is():
    assert peak(flat(0, 5)) is None
    assert peak([*flat(0)[:-2], 5, 5]).total == 10


def test_people_who_post_for_the_first_time_are_a_burst_among_many_who_do_not():
    assert peak(flat(20, 36), flat(2, 3)) is None
    said = peak(flat(20, 36), flat(2, 18))
    assert (said.total, said.newcomers) == (18, True)


def test_the_same_hours_are_compared_by_the_campaigns_clock_when_it_changes():
    # People come at 20:00 to 20:59 London time only; on 25 October the clocks went back.
    for now in (datetime(2026, 10, 25, 20, 30, tzinfo=UTC), datetime(2026, 3, 29, 19, 30, tzinfo=UTC)):
        clock = [hour.astimezone(ZONE).hour for hour in hours(now, ZONE)]
        row = [40 if hour == 20 else 0 for hour in clock]
        assert peak(row, now=now) is None
        by_another_clock = [40 if hour == 21 else 0 for hour in clock[:-1]] + [40]
        assert peak(by_another_clock, now=now) is not None


def test_hours_that_were_not_seen_are_no_part_of_what_is_usual():
    row = [10 if n // DAY % 2 else None for n in range(LENGTH)]
    as_zeros = [n or 0 for n in row]
    clock = [n % DAY for n in range(LENGTH)]
    assert usual_hours(row, clock)[12] == pytest.approx(10, rel=0.01)
    assert usual_hours(as_zeros, clock)[12] == pytest.approx(5, rel=0.1)


def test_with_less_than_a_week_to_compare_with_there_is_no_burst():
    row = flat(1, 500)
    week = LENGTH - OPEN - WEEK
    assert peak([None] * week + row[week:]) is not None
    assert peak([None] * (week + 1) + row[week + 1 :]) is None


def test_a_source_that_is_new_counts_on_neither_side():
    young = [None] * (LENGTH - 3 * DAY) + [30] * (3 * DAY)
    both = {"bluesky": flat(2), "mastodon": young}
    assert burst(both, {}, now=NOW, zone=ZONE) is None
    said = burst(both | {"bluesky": flat(2, 25)}, {}, now=NOW, zone=ZONE)
    assert (said.people, round(said.usual)) == ({"bluesky": 25}, 2)


def test_a_source_that_is_not_seen_now_makes_the_others_no_burst_when_it_is_back():
    silent = flat(20)
    silent[-30:-OPEN] = [None] * (30 - OPEN)
    silent[-OPEN:] = [20] * OPEN
    assert burst({"bluesky": flat(5), "mastodon": silent}, {}, now=NOW, zone=ZONE) is None


def test_one_wild_day_does_not_make_the_next_week_look_calm():
    row = flat(1, 25)
    row[-9 * DAY : -9 * DAY + 5] = [60] * 5
    assert peak(row) is not None


def test_it_can_be_set_to_tell_sooner_or_later():
    limits = [peak(flat(5, 500), sensitivity=name).limit for name in ("low", "usual", "high")]
    assert limits == sorted(limits, reverse=True)
    assert len(set(limits)) == 3


@pytest.mark.heavy
@given(st.floats(0.05, 60), st.floats(1.0, 8.0))
def test_the_shares_are_those_of_the_distribution(mean, spread):
    size = mean / (spread - 1) if spread > 1 + 1e-6 else None
    for n, share in zip(range(30), shares(mean, spread), strict=False):
        if size is None:
            slow = math.exp(-mean + n * math.log(mean) - math.lgamma(n + 1))
        else:
            slow = math.exp(
                math.lgamma(n + size) - math.lgamma(size) - math.lgamma(n + 1)
                - size * math.log(spread) + n * math.log((spread - 1) / spread)
            )  # fmt: skip
        assert share == pytest.approx(slow, rel=1e-4, abs=1e-12)


@pytest.mark.heavy
@given(st.floats(0.05, 200), st.floats(1.0, 8.0), st.floats(1e-6, 0.1))
def test_the_limit_is_the_smallest_number_so_unlikely(mean, spread, chance):
    least = limit(mean, spread, chance)
    drawn = shares(mean, spread)
    below = sum(next(drawn) for _ in range(least - 1))
    assert 1 - below - next(drawn) <= chance + 1e-9
    assert 1 - below > chance - 1e-9


def test_thousands_an_hour_are_no_trouble():
    assert limit(9000, 3.0, 1e-3) == pytest.approx(9000 + 3.09 * math.sqrt(3 * 9000), rel=0.01)


@pytest.mark.slow
def test_a_calm_campaign_is_left_alone_and_its_bursts_are_found():
    series = made(HISTORY + 6 * WEEK, 5.0, random.Random(3))
    assert len(alarms(ours, series, HISTORY, HISTORY + 6 * WEEK)) <= 6
    starts = range(HISTORY + DAY, HISTORY + 5 * WEEK, DAY + 7)
    assert found(ours, series, starts, random.Random(1)) >= 0.85
    assert found(same_time_only, series, starts, random.Random(1)) < 0.8  # the control


@pytest.mark.slow
def test_a_launch_that_lifts_the_level_for_good_is_told_of_and_then_is_what_is_usual():
    told, after = (cell.value for cell in of_launch(ours, 5.0, random.Random(5), TWO_LAUNCHES))
    assert 0.5 < told <= 2.2
    assert after <= 1
    told, after = (cell.value for cell in of_launch(same_time_only, 5.0, random.Random(5), TWO_LAUNCHES))
    assert told > 2.2 < after  # the control


@pytest.mark.slow
def test_a_source_that_is_switched_on_is_no_burst_and_hides_none():
    *alerts, share = (cell.value for cell in of_new_source(ours, 5.0, random.Random(6), TWO_SOURCES))
    assert sum(alerts) <= 3
    assert share >= 0.85
    *alerts, _ = (cell.value for cell in of_new_source(same_time_only, 5.0, random.Random(6), TWO_SOURCES))
    assert sum(alerts) > 5  # the control
