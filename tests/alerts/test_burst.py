"""What is a burst, and what is only a busy hour."""

import math
import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.alerts import Series, alarms, made, three_deviations
from monitor.alerts.burst import DAYS, FLOOR, begins, burst, limit, shares

ZONE = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 15, 40, tzinfo=UTC)
HOUR = timedelta(hours=1)


def flat(count: int, now: datetime = NOW) -> dict[datetime, int]:
    """Return the same number of posts in each hour of the days before."""
    first = begins(now, ZONE)
    return {first - n * HOUR: count for n in range(1, 24 * (DAYS + 2))}


def found(posts, people, *, now=NOW, covered=None, **how):
    hours = flat(0, now) | posts if covered is None else {hour: posts.get(hour, 0) for hour in covered}
    return burst(hours, people, now=now, zone=ZONE, **how)


def test_the_running_hour_and_the_two_before_are_looked_at():
    assert begins(NOW, ZONE) == datetime(2026, 11, 23, 13, tzinfo=UTC)


def test_more_people_than_usual_are_a_burst_with_what_is_usual():
    said = found(flat(1), 30)
    assert (said.people, said.since, said.until) == (30, begins(NOW, ZONE), NOW)
    assert said.usual == pytest.approx(3.0)
    assert 3 < said.limit < 12


def test_a_usual_number_is_none():
    assert found(flat(5), 17) is None


@pytest.mark.parametrize("people", range(FLOOR))
def test_a_few_people_are_never_a_burst_however_quiet_it_was(people):
    assert found({}, people) is None
    assert found({}, FLOOR) is not None


def test_one_who_posts_twenty_times_is_one():
    posts = flat(0) | {begins(NOW, ZONE): 20}
    assert found(posts, 1) is None


def test_the_same_hours_of_the_day_are_compared_by_the_campaigns_clock_when_it_changes():
    # The days before have posts at 18:00 to 20:59 London time only; on 25 October the clocks went back.
    for now in (datetime(2026, 10, 25, 20, 30, tzinfo=UTC), datetime(2026, 3, 29, 19, 30, tzinfo=UTC)):
        since = begins(now, ZONE).astimezone(ZONE)
        posts = {}
        for day in range(1, DAYS + 1):
            for n in range(3):
                local = datetime.combine(since.date() - timedelta(days=day), since.time(), ZONE)
                posts[local.astimezone(UTC) + n * HOUR] = 10
        usual = found(posts, 500, now=now).usual
        assert usual == pytest.approx((DAYS * 30 + 4 * 30 / 8) / (DAYS + 4), rel=0.01)
        by_another_clock = {at + HOUR: count for at, count in posts.items()}
        assert found(by_another_clock, 500, now=now).usual < 0.75 * usual


def test_hours_that_were_not_collected_are_no_part_of_what_is_usual():
    posts = flat(10)
    known = {at for at in posts if (NOW - at).days % 2}
    gone = {at: count for at, count in posts.items() if at in known}
    assert found(gone, 500, covered=known).usual == pytest.approx(30)
    assert found(gone, 500).usual < 20  # as zeros they would halve it


def test_with_less_than_a_week_to_compare_with_there_is_no_burst():
    known = {NOW.replace(minute=0) - n * HOUR for n in range(24 * 6)}
    assert found({}, 500, covered=known) is None


def test_one_wild_day_does_not_make_the_next_look_calm():
    posts = flat(1)
    wild = {at: 60 for at in posts if (NOW - at).days == 9}
    assert found(posts | wild, 40) is not None


def test_it_can_be_set_to_tell_sooner_or_later():
    limits = [found(flat(5), 500, sensitivity=name).limit for name in ("low", "usual", "high")]
    assert limits == sorted(limits, reverse=True)
    assert len(set(limits)) == 3


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


@given(st.floats(0.05, 200), st.floats(1.0, 8.0), st.floats(1e-6, 0.1))
def test_the_limit_is_the_smallest_number_so_unlikely(mean, spread, chance):
    least = limit(mean, spread, chance)
    drawn = shares(mean, spread)
    below = sum(next(drawn) for _ in range(least - 1))
    assert 1 - below - next(drawn) <= chance + 1e-9
    assert least == FLOOR or 1 - below > chance - 1e-9


def test_thousands_an_hour_are_no_trouble():
    assert limit(9000, 3.0, 1e-3) == pytest.approx(9000 + 3.09 * math.sqrt(3 * 9000), rel=0.01)


@pytest.mark.slow
def test_a_quiet_hashtag_is_left_alone_where_the_usual_rule_is_not():
    series = made(24 * (DAYS + 2 + 7 * 4), 0.2, 1.5, random.Random(3))
    first = 24 * (DAYS + 2)
    assert len(alarms(is_burst, series, first, len(series.posts))) <= 4  # in four weeks
    assert len(alarms(three_deviations, series, first, len(series.posts))) > 8


def is_burst(series: Series, n: int) -> bool:
    posts = {series.at(k): count for k, count in enumerate(series.posts[: n + 1])}
    return found(posts, sum(series.people[n - 2 : n + 1]), now=series.at(n)) is not None


def test_where_hours_begin_at_half_past_what_is_usual_is_counted_too():
    kolkata = ZoneInfo("Asia/Kolkata")
    first = begins(NOW, kolkata)
    assert first.minute == 30
    posts = {first - n * HOUR: 5 for n in range(1, 24 * (DAYS + 2))}
    assert burst(posts, 17, now=NOW, zone=kolkata) is None
    assert burst(posts, 60, now=NOW, zone=kolkata).usual == pytest.approx(15)
