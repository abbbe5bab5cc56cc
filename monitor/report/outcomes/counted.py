"""What each counter of the archive comes to in a report's window."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from monitor.archive import ArchiveReader
from monitor.archive.outcomes.counters import BY_HAND, Counter, CounterReading
from monitor.core.text import one_line
from monitor.report.outcomes import Outcome
from monitor.report.window import WEEK, Window, days, weeks_before

KINDS = "visits", "petition", "paper", "survey", "parliament"  # as people come to them
_DAY = timedelta(days=1)
_TITLE = 100  # characters of what a site calls its petition


def outcomes(archive: ArchiveReader, window: Window, now: datetime) -> tuple[Outcome, ...]:
    """Return what each counter says."""
    counters = [_outcome(archive, counter, window, now) for counter in archive.counters.all()]
    return tuple(sorted(counters, key=lambda one: KINDS.index(one.kind)))


def day_totals(archive: ArchiveReader, counter: int) -> dict[date, int]:
    """Return what a counter said in all by the end of each day that is known.

    It is known of each day on which it was read; or from the day before the first tally to that of the last.
    """
    if totals := archive.counters.day_totals(counter):
        return totals
    tallies = archive.tallies.by_day(counter)
    if not tallies:
        return {}
    between = days(Window(first=min(tallies) - _DAY, last=max(tallies)))
    return dict(zip(between, accumulate(tallies.get(day, 0) for day in between), strict=True))


def added(totals: Mapping[date, int], first: date, last: date) -> int | None:
    """Return how much more there was at the end of some days than before them; None if that is not known."""
    before, after = totals.get(first - _DAY), totals.get(last)
    return None if before is None or after is None else after - before


def _outcome(archive: ArchiveReader, counter: Counter, window: Window, now: datetime) -> Outcome:
    totals, today = day_totals(archive, counter.id), now.astimezone(archive.db.zone).date()
    by_day = [window.first - _DAY, *days(window)]
    readings = [one for one in archive.counters.readings(counter.id, now - WEEK) if one.total is not None]
    if readings:
        more = added(totals, window.first, min(window.last, today))
        values = _read(readings, counter.read_at or readings[-1].at, now)
    else:
        known = [n for day in days(window) if (n := added(totals, day, day)) is not None]
        more = sum(known) if known else None
        values = _entered(archive, counter, [n for day, n in totals.items() if day <= today - WEEK])
    return Outcome(
        kind=counter.kind, id=counter.id, title=one_line(counter.title)[:_TITLE], address=counter.address,
        added=more, totals=tuple(map(totals.get, by_day)),
        weeks=tuple(_weeks(totals, window)) if counter.kind != "paper" else (),
        milestones={one.name: one.at for one in archive.counters.milestones(counter.id)}, **values,
    )  # fmt: skip


def _read(readings: Sequence[CounterReading], as_of: datetime, now: datetime) -> dict[str, Any]:
    """Return what the readings of a week, and the last one before it, come to."""
    first, last = readings[0], readings[-1]
    is_compared = as_of > now - WEEK and (first is not last or first.at <= now - WEEK)
    return {
        "total": last.total, "placed": last.placed, "state": last.state, "as_of": as_of,
        "before": first.total if is_compared else None, "since": first.at,
        "is_entered": last.state == BY_HAND,
    }  # fmt: skip


def _entered(archive: ArchiveReader, counter: Counter, earlier: Sequence[int]) -> dict[str, Any]:
    """Return what the tallies come to; `earlier` is what they came to by each day up to a week ago."""
    latest = next(iter(archive.tallies.latest(counter.id, 1)), None)
    at = latest and latest.at
    return {
        "total": sum(archive.tallies.by_day(counter.id).values()) if latest else None,
        "placed": None, "state": "", "as_of": counter.read_at or at,
        "before": max(earlier, default=0) if latest else None, "since": None,
        "is_entered": counter.read_at is None,
    }  # fmt: skip


def _weeks(totals: Mapping[date, int], window: Window) -> list[tuple[int, ...]]:
    """Return what was added on each day of the weeks before a window of one that are known, latest first.

    What a source took off again counts as none: a number of days is at least 0. Paper has no usual weeks: it
    comes on the days on which somebody collects.
    """
    weeks = ([added(totals, day, day) for day in days(week)] for week in weeks_before(window))
    return [tuple(max(0, n or 0) for n in week) for week in weeks if None not in week]
