"""Instants as the archive stores them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from monitor.core.clock import stamp, unstamp, utcnow

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


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-01:00"])
def test_an_instant_outside_the_calendar_is_refused_like_any_other_text(text):
    with pytest.raises(ValueError, match="outside the years"):
        unstamp(text)
