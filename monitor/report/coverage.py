"""How much of a window was collected. What was not is unknown, never zero. Pure."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from math import ceil
from types import MappingProxyType
from zoneinfo import ZoneInfo

from monitor.archive.values import DayCount, FileClaim, HourCount
from monitor.core.errors import EntryError
from monitor.report import Covered, Window
from monitor.report.window import WEEK, bounds

Spans = Sequence[tuple[str, datetime, datetime]]  # source, from, until

ENOUGH = 0.9  # of a window, to compare with it
_HOUR = timedelta(hours=1)
_MONDAY, _WEEK = datetime(2001, 1, 1), 7 * 24  # noqa: DTZ001 - any one, by the clock on the wall; hours
_LEAST = 0.5  # of an hour, or one post in its only minute would be sixty an hour


def by_source(
    spans: Spans,
    on: Iterable[str],
    answered: Container[str],
    start: datetime,
    end: datetime,
    files: Mapping[str, date] = MappingProxyType({}),
) -> tuple[Covered, ...]:
    """Return the part of [start, end) that each source covered, those that are on or did, by name.

    `files` are the days on which files were taken in that tell of these sources.
    """
    dated, parts = {source for source, _, _ in spans}, shares(spans, start, end)
    return tuple(
        Covered(
            source=name,
            share=None if name not in dated and name in answered else parts.get(name, 0.0),
            file_from=files.get(name),
        )
        for name in sorted({*on, *dated})
    )


def shares(spans: Spans, start: datetime, end: datetime) -> dict[str, float]:
    """Return the part (0 to 1) of [start, end) that each source covered, of those that covered any."""
    since, until = start.timestamp(), end.timestamp()
    if until <= since:
        return {}
    [covered] = by_day(spans, [(since, until)])
    return {source: seconds / (until - since) for source, seconds in covered.items()}


def file_claim(
    source: str, window: Window, file: str, *, zone: ZoneInfo, saved_at: datetime, now: datetime
) -> FileClaim:
    """Return what it means that a file had everything on a platform of these days, up to when it was saved.

    Raises EntryError, with a sentence for `days`, if they are still to come.
    """
    since, until = bounds(zone, window)
    if since >= (end := min(saved_at, now)):
        days = (
            f"{window.first} is later than the date the file was saved. Give dates that the file can cover."
        )
        raise EntryError({"days": days})
    return FileClaim(source=source, since=since, until=min(until, end), file=file, at=now)


def by_day(spans: Spans, edges: Sequence[tuple[float, float]]) -> list[dict[str, float]]:
    """Return how long (in seconds) each source covered each of these days; those that did not are left out.

    The days are given as seconds since 1970, each from and until.
    The spans of one source may not overlap, as those of the archive do not.
    """
    covered: list[dict[str, float]] = [{} for _ in edges]
    starts = [start for start, _ in edges]
    for source, a, b in spans:
        since, until = a.timestamp(), b.timestamp()
        for i in range(max(0, bisect_right(starts, since) - 1), bisect_left(starts, until)):
            lasted = min(until, edges[i][1]) - max(since, edges[i][0])
            if lasted > 0:
                covered[i][source] = covered[i].get(source, 0.0) + lasted
    return covered


def since(spans: Spans, at: datetime) -> Spans:
    """Return what of these spans comes after an instant."""
    return [(source, max(a, at), b) for source, a, b in spans if b > at]


def well_seen(parts: Mapping[str, float]) -> frozenset[str]:
    """Return the sources that saw enough of a time, of which each saw this part, to compare it."""
    return frozenset(name for name, part in parts.items() if part >= ENOUGH)


def unknown(covered: Mapping[str, float], start: float, end: float, sources: int) -> float:
    """Return the share (0 to 1) of [start, end) not covered, the mean of so many sources; 0 of no time.

    The two instants are seconds since 1970.
    """
    lasted = end - start
    if lasted <= 0:
        return 0.0
    return 1.0 - (sum(covered.values()) / (lasted * sources) if sources else 0.0)


def heat(
    counts: Iterable[HourCount],
    days: Iterable[DayCount],
    spans: Spans,
    start: datetime,
    end: datetime,
    zone: ZoneInfo,
) -> tuple[tuple[float | None, ...], ...]:
    """Return the mean posts of an hour that was seen, by weekday and local hour; None: none was seen.

    An hour that some sources saw is seen in part: as much as these have of all posts of an hour, by `days`.
    """
    hours, posts = _hours(spans, start, end, zone), Counter[str]()
    for day in days:
        posts[day.platform] += day.posts
    weights = {source: posts[source] / sum(cells) for source, cells in hours.items()}
    if not (total := sum(weights.values())):
        weights, total = dict.fromkeys(hours, 1.0), len(hours)
    seen = [
        sum(cells[n] * weights[source] for source, cells in hours.items()) / (total or 1)
        for n in range(_WEEK)
    ]
    over = _hours([("", start, end)], start, end, zone).get("", [0.0] * _WEEK)
    numbers = Counter({24 * one.weekday + one.hour: one.posts for one in counts})
    means = [_mean(numbers[n], seen[n], over[n]) for n in range(_WEEK)]
    return tuple(tuple(means[n : n + 24]) for n in range(0, _WEEK, 24))


def _mean(posts: int, seen: float, over: float) -> float | None:
    """Return the posts for each hour seen, of so many; for each that is over where hardly any was."""
    if not seen or seen < min(_LEAST, over / 2):
        return round(posts / max(over, _LEAST), 3) if posts else None
    return round(posts / max(seen, _LEAST), 3)


def _hours(spans: Spans, start: datetime, end: datetime, zone: ZoneInfo) -> dict[str, list[float]]:
    """Return how many hours each source covered of each hour of the week, between two instants."""
    hours: dict[str, list[float]] = {}
    for source, a, b in spans:
        since, until = max(a, start).astimezone(UTC), min(b, end).astimezone(UTC)
        if since < until:
            weeks = max(0, (until - since) // WEEK - 1)  # in the rest the clocks may skip an hour
            cells = hours.setdefault(source, [0.0] * _WEEK)
            cells[:] = [number + weeks for number in cells]
            _add(cells, since + weeks * WEEK, until, zone)
    return hours


def _add(cells: list[float], since: datetime, until: datetime, zone: ZoneInfo) -> None:
    """Add the time from one instant to another to the hours of the week that it is in."""
    first, last = (at.astimezone(zone) for at in (since, until - timedelta.resolution))
    if first.utcoffset() != last.utcoffset():  # the clocks change in between
        middle = since + (until - since) / 2
        _add(cells, since, middle, zone)
        _add(cells, middle, until, zone)
        return
    a = (first.replace(tzinfo=None) - _MONDAY) / _HOUR
    b = a + (until - since) / _HOUR
    for n in range(int(a), ceil(b)):
        cells[n % _WEEK] += min(n + 1, b) - max(n, a)
