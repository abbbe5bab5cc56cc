"""How much of a window was collected. What was not is unknown, never zero. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Mapping, Sequence, Set
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from monitor.archive.values import FileClaim, HourCount
from monitor.core.errors import EntryError
from monitor.report import Covered, Window
from monitor.report.window import bounds

Spans = Sequence[tuple[str, datetime, datetime]]  # source, from, until

ENOUGH = 0.9  # of a window, to compare with it
_HOUR = timedelta(hours=1)
_CELLS = frozenset((day, hour) for day in range(7) for hour in range(24))
_LONG = timedelta(days=14)  # has each hour of the week, even where the clocks skip one of them


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
        raise EntryError(
            {"days": f"{window.first} had not come when the file was saved. Give days that it can know of."}
        )
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


def unknown(covered: Mapping[str, float], start: float, end: float, sources: int) -> float:
    """Return the share (0 to 1) of [start, end) not covered, the mean of so many sources; 0 of no time.

    The two instants are seconds since 1970.
    """
    lasted = end - start
    if lasted <= 0:
        return 0.0
    return 1.0 - (sum(covered.values()) / (lasted * sources) if sources else 0.0)


def heat(
    counts: Iterable[HourCount], spans: Spans, start: datetime, end: datetime, zone: ZoneInfo
) -> tuple[tuple[int | None, ...], ...]:
    """Return posts by weekday and local hour; None for a cell of which no hour was ever collected."""
    cells: dict[tuple[int, int], int] = dict.fromkeys(_collected(spans, start, end, zone), 0)
    for count in counts:
        cell = count.weekday, count.hour
        cells[cell] = cells.get(cell, 0) + count.posts
    return tuple(tuple(cells.get((day, hour)) for hour in range(24)) for day in range(7))


def _collected(spans: Spans, start: datetime, end: datetime, zone: ZoneInfo) -> Set[tuple[int, int]]:
    cells: set[tuple[int, int]] = set()
    times = [(max(a, start).astimezone(UTC), min(b, end).astimezone(UTC)) for _, a, b in spans]
    if any(until - at >= _LONG for at, until in times):
        return _CELLS
    for at, until in times:
        while at < until and len(cells) < len(_CELLS):
            local = at.astimezone(zone)
            cells.add((local.weekday(), local.hour))
            at += _HOUR - timedelta(
                minutes=local.minute, seconds=local.second, microseconds=local.microsecond
            )
    return cells
