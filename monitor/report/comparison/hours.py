"""The hours of some days that a source did not see, by the clock, so that other days have the same. Pure."""

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
        """Return the hours that sources did not see, of those that saw any."""
        start, end = bounds(self._zone, window)
        partly = [source for source, share in self.shares(window).items() if share < 1]
        known = {source: sorted(span[1:] for span in self.spans if span[0] == source) for source in partly}
        gaps = [
            (source, since, until)
            for source, spans in known.items()
            for (_, since), (until, _) in pairwise([(start, start), *spans, (end, end)])
        ]
        hours = range(24 * length(window).days + 1 if gaps else 0)
        edges = [*pairwise(_instant(hour, window.first, self._zone).timestamp() for hour in hours)]
        return frozenset(
            (source, hour)
            for hour, missing in enumerate(cover.by_day(gaps, edges))
            for source, seconds in missing.items()
            if seconds > _MISSING
        )


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
