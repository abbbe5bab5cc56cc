"""Instants as the archive stores them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from monitor.core.clock import ClockCheck, of_epoch, stamp, unstamp, uptime, utcnow

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_now_is_aware_and_in_utc():
    assert utcnow().utcoffset() == timedelta(0)


def test_an_instant_is_stored_in_utc_to_the_second():
    east = timezone(timedelta(hours=5, minutes=30))
    assert stamp(NOON.replace(microsecond=999_999).astimezone(east)) == "2026-03-02T12:00:00Z"


def test_a_stored_instant_comes_back():
    assert unstamp(stamp(NOON)) == NOON


@pytest.mark.parametrize("text", ["2026-03-02T13:00:00+01:00", "2026-03-02T12:00:00.000Z"])
def test_other_spellings_of_an_instant_are_read(text):
    assert unstamp(text) == NOON
    assert unstamp(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["2026-03-02T12:00:00", "2026-03-02", "noon", ""])
def test_a_text_without_a_zone_or_a_time_is_refused(text):
    with pytest.raises(ValueError, match=r"time zone|Invalid"):
        unstamp(text)


def test_seconds_since_1970_are_an_instant_in_utc():
    assert of_epoch(1772452800.25) == datetime(2026, 3, 2, 12, 0, 0, 250_000, UTC)


@pytest.mark.parametrize("seconds", [1e18, -1e18, 10**400, float("nan"), float("inf")])
def test_seconds_that_are_no_instant_are_refused_as_any_wrong_number(seconds):
    with pytest.raises((ValueError, OverflowError)):
        of_epoch(seconds)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-01:00"])
def test_an_instant_outside_the_calendar_is_refused_like_any_other_text(text):
    with pytest.raises(ValueError, match="outside the years"):
        unstamp(text)


class Machine:
    """A machine with a clock that can be set, and whose uptime nobody can."""

    def __init__(self) -> None:
        self.set, self.up = timedelta(), 5000.0
        self.check = ClockCheck(clock=self.now, uptime=lambda: self.up)

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.up) + self.set

    def later(self, hours: float) -> bool:
        self.up += hours * 3600
        return self.check.is_believable()


@pytest.mark.parametrize("days", [9, -3])
def test_a_clock_that_was_set_by_days_is_not_believed_until_it_is_right_again(days: int) -> None:
    machine = Machine()
    assert machine.check.is_believable()
    machine.set = timedelta(days=days)
    assert [machine.later(1 / 60) for _ in range(3)] == [False] * 3
    machine.set = timedelta(seconds=20)
    assert machine.later(1 / 60)


def test_a_clock_that_was_put_right_is_believed_after_three_hours() -> None:
    machine = Machine()
    assert machine.check.is_believable()
    machine.set = timedelta(days=300)
    assert [machine.later(1) for _ in range(5)] == [False, False, False, True, True]


def test_a_clock_that_is_set_again_and_again_is_not_believed() -> None:
    machine = Machine()
    assert machine.check.is_believable()
    for days in range(1, 9):
        machine.set = timedelta(days=days)
        assert not machine.later(2)


def test_time_that_has_passed_is_believed_and_a_clock_that_is_only_inexact() -> None:
    machine = Machine()
    for hours in (0, 0.01, 14, 9 * 24):  # asleep for a night, and for nine days
        assert machine.later(hours)
    for minutes in range(5, 60, 5):  # slowly put right
        machine.set = timedelta(minutes=minutes)
        assert machine.later(0.1)


def test_the_uptime_goes_on() -> None:
    assert 0 < uptime() <= uptime()
