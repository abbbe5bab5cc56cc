"""The hours of some days that a source did not see, by the clock, so that other days have the same. Pure."""

from collections import Counter
from collections.abc import Iterator, Set
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from monitor.report import Window
from monitor.report import coverage as cover
from monitor.report.window import bounds, length

Hour = tuple[str, int]  # a source, and an hour by the clock: 0 is a window's first

_MISSING = 360.0  # seconds of an hour, from which on it is not compared


class SeenHours:
    """What each source saw of a window: the part of it, and the hours that it did not. Each is found once."""

    def __init__(self, spans: cover.Spans, zone: ZoneInfo) -> None:
        self.spans, self._zone = spans, zone
        self.shares, self.unseen = cache(self._shares), cache(self._unseen)

    def _shares(self, window: Window) -> dict[str, float]:
        """Return the part (0 to 1) of a window that each source saw."""
        return cover.shares(self.spans, *bounds(self._zone, window))

    def _unseen(self, window: Window) -> frozenset[Hour]:
        """Return the hours that sources did not see which saw enough of the rest."""
        start, end = (at.timestamp() for at in bounds(self._zone, window))
        missing = Counter[Hour]()
        for source in (name for name, share in self.shares(window).items() if cover.ENOUGH <= share < 1):
            spans = sorted((a.timestamp(), b.timestamp()) for name, a, b in self.spans if name == source)
            for (_, since), (until, _) in pairwise([(start, start), *spans, (end, end)]):
                for hour, seconds in self._hours(max(since, start), min(until, end), window.first):
                    missing[source, hour] += round(seconds)
        return frozenset(hour for hour, seconds in missing.items() if seconds > _MISSING)

    def _hours(self, since: float, until: float, first: date) -> Iterator[tuple[int, float]]:
        """Yield how many seconds of each hour lie between two instants."""
        if since < until:
            a, b = (datetime.fromtimestamp(at, self._zone) for at in (since, until))
            whole = range(24 * (a.date() - first).days + a.hour, 24 * (b.date() - first).days + b.hour + 1)
            edges = (_instant(hour, first, self._zone).timestamp() for hour in (*whole, whole[-1] + 1))
            for hour, (begin, end) in zip(whole, pairwise(edges), strict=True):
                yield hour, max(0.0, min(until, end) - max(since, begin))


def times(hours: Set[Hour], window: Window, zone: ZoneInfo) -> Iterator[tuple[str, datetime, datetime]]:
    """Yield from when until when these hours of sources last in another window.

    Where the clocks go back, the hour that comes twice is one of two; the one that they skip is none.
    """
    within = {(source, hour) for source, hour in hours if hour < 24 * length(window).days}
    for source, hour in sorted(within):
        if (source, hour - 1) not in within:
            since = _instant(hour, window.first, zone)
        if (source, hour + 1) not in within:
            yield source, since, _instant(hour + 1, window.first, zone)


@lru_cache(maxsize=8192)
def _instant(hour: int, first: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(first + timedelta(days=hour // 24), time(hour % 24), zone)
