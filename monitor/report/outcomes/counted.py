"""What each counter of the archive comes to in a report's window."""

from collections.abc import Iterator, Mapping, Sequence
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
    """Return what each counter says, and how often the campaign was mentioned in Parliament."""
    counters = [_outcome(archive, counter, window, now) for counter in archive.counters.all()]
    return tuple(sorted((*counters, *_echoes(archive, window, now)), key=lambda one: KINDS.index(one.kind)))


def day_totals(archive: ArchiveReader, counter: int) -> dict[date, int]:
    """Return what a counter said in all by the end of each day that is known.

    It is known of each day on which it was read; or from the day before the first tally to that of the last.
    """
    if totals := archive.counters.day_totals(counter):
        return totals
    return _running(archive.tallies.by_day(counter))


def _running(counts: Mapping[date, int], until: date = date.min) -> dict[date, int]:
    """Return what there was by the end of each day, from the one before the first count to the last."""
    if not counts:
        return {}
    between = days(Window(first=min(counts) - _DAY, last=max(until, *counts)))
    return dict(zip(between, accumulate(counts.get(day, 0) for day in between), strict=True))


def added(totals: Mapping[date, int], first: date, last: date) -> int | None:
    """Return how much more there was at the end of some days than before them; None if that is not known."""
    before, after = totals.get(first - _DAY), totals.get(last)
    return None if before is None or after is None else after - before


def _outcome(archive: ArchiveReader, counter: Counter, window: Window, now: datetime) -> Outcome:
    totals, today = day_totals(archive, counter.id), now.astimezone(archive.db.zone).date()
    readings = archive.counters.readings(counter.id, now - WEEK)
    if readings and readings[-1].total is None:  # its page is gone, maybe for long
        readings = archive.counters.readings(counter.id)
    if any(one.total is not None for one in readings):
        more = added(totals, window.first, min(window.last, today))
        values = _read(readings, counter.read_at, now)
    else:
        more = _known(totals, window)
        values = _entered(archive, counter, totals, today - WEEK)
    return Outcome(
        kind=counter.kind, id=counter.id, title=one_line(counter.title)[:_TITLE], address=counter.address,
        added=more, totals=_totals(totals, window),
        weeks=tuple(_weeks(totals, window)) if counter.kind != "paper" else (),
        milestones={one.name: one.at for one in archive.counters.milestones(counter.id)}, **values,
    )  # fmt: skip


def _known(totals: Mapping[date, int], window: Window) -> int | None:
    """Return what is known to be added in a window; None: of no day it is."""
    known = [more for day in days(window) if (more := added(totals, day, day)) is not None]
    return sum(known) if known else None


def _read(readings: Sequence[CounterReading], read_at: datetime | None, now: datetime) -> dict[str, Any]:
    """Return what the readings of a week, and the last one before it, come to."""
    known = [reading for reading in readings if reading.total is not None]
    first, last, is_gone = known[0], known[-1], readings[-1] is not known[-1]
    as_of = last.at if is_gone else read_at or last.at
    is_compared = as_of > now - WEEK and (first is not last or first.at <= now - WEEK)
    return {
        "total": last.total, "placed": last.placed, "state": readings[-1].state, "as_of": as_of,
        "before": first.total if is_compared else None, "since": first.at,
        "is_entered": last.state == BY_HAND,
    }  # fmt: skip


def _entered(
    archive: ArchiveReader, counter: Counter, totals: Mapping[date, int], week_ago: date
) -> dict[str, Any]:
    """Return what the tallies come to. Without any of this week, it is not known how much it brought."""
    latest = next(iter(archive.tallies.latest(counter.id, 1)), None)
    first, last = min(totals, default=date.max), max(totals, default=date.min)
    return {
        "total": totals.get(last), "placed": None, "state": "",
        "as_of": counter.read_at or (latest.at if latest else None),
        "before": totals[max(first, week_ago)] if last > week_ago else None, "since": None,
        "is_entered": counter.read_at is None,
    }  # fmt: skip


def _echoes(archive: ArchiveReader, window: Window, now: datetime) -> Iterator[Outcome]:
    counts, answers = archive.echoes.by_day(), archive.coverage.last_success(now)
    as_of = max((at for name, at in answers.items() if name.startswith("parliament:")), default=None)
    if not counts and as_of is None:
        return
    local = (as_of or now).astimezone(archive.db.zone).date()
    totals, week_ago = _running(counts, local), now.astimezone(archive.db.zone).date() - WEEK
    yield Outcome(
        kind="parliament", id=0, title="Speeches, written questions and motions", address=None, state="",
        total=sum(counts.values()), placed=None, as_of=as_of, is_entered=False, since=None,
        before=sum(number for day, number in counts.items() if day <= week_ago),
        added=_known(totals, window), totals=_totals(totals, window), weeks=tuple(_weeks(totals, window)),
        milestones={},
    )  # fmt: skip


def _totals(totals: Mapping[date, int], window: Window) -> tuple[int | None, ...]:
    return tuple(totals.get(day) for day in (window.first - _DAY, *days(window)))


def _weeks(totals: Mapping[date, int], window: Window) -> list[tuple[int, ...]]:
    """Return what was added on each day of the weeks before a window of one that are known, latest first.

    What a source took off again counts as none: a number of days is at least 0. Paper has no usual weeks: it
    comes on the days on which somebody collects.
    """
    weeks = ([added(totals, day, day) for day in days(week)] for week in weeks_before(window))
    return [tuple(max(0, n or 0) for n in week) for week in weeks if None not in week]
