"""The hours of some days that a source did not see, by the clock, so that other days have the same. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HOUR = timedelta(hours=1)
_MISSING = 360.0  # seconds of an hour, from which on it is not compared


def unseen_hours(
    spans: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime, zone: ZoneInfo
) -> frozenset[int]:
    """Return the hours of [start, end) that the spans do not cover: 0 is the first of the first day."""
    missing, at, first = Counter[int](), start, start.astimezone(zone).date()
    for since, until in (*sorted(spans), (end, end)):
        for hour, seconds in _by_hour(at, min(since, end), first, zone):
            missing[hour] += round(seconds)
        at = max(at, until)
    return frozenset(hour for hour, seconds in missing.items() if seconds > _MISSING)


def _by_hour(start: datetime, end: datetime, first: date, zone: ZoneInfo) -> Iterator[tuple[int, float]]:
    """Yield how many seconds of each hour lie between two instants."""
    at, end = start.astimezone(UTC), end.astimezone(UTC)
    while at < end:
        local = at.astimezone(zone)
        begun = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        until = min(end, at + _HOUR - begun)
        yield (local.date() - first).days * 24 + local.hour, (until - at).total_seconds()
        at = until


def times(hours: Collection[int], first: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Yield from when until when these hours last, counted from the beginning of another first day.

    Where the clocks go back, the hour that comes twice is one of two; the one that they skip is none.
    """
    for hour in sorted(hours):
        if hour - 1 not in hours:
            since = _instant(hour, first, zone)
        if hour + 1 not in hours:
            yield since, _instant(hour + 1, first, zone)


def _instant(hour: int, first: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(first + timedelta(days=hour // 24), time(hour % 24), zone)
