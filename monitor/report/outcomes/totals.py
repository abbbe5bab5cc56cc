"""What each counter of the archive comes to in a report's window."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any

from monitor.archive import ArchiveReader
from monitor.archive.outcomes.counters import BY_HAND, Counter
from monitor.core.text import one_line
from monitor.report.outcomes import OutcomeCount
from monitor.report.outcomes.event_change import rises
from monitor.report.window import WEEK, Window, days, midnight, weeks_before

KINDS = "visits", "petition", "paper", "survey", "parliament"  # as people come to them
_DAY = timedelta(days=1)
_TITLE = 100  # characters of what a site calls its petition


def outcomes(archive: ArchiveReader, window: Window, now: datetime) -> tuple[OutcomeCount, ...]:
    """Return what each counter says, and how often the campaign was mentioned in Parliament."""
    counters = (_counter(archive, counter, window, now) for counter in archive.counters.all())
    counts = (*counters, *_echoes(archive, window, now))
    return tuple(count for kind in KINDS for count in counts if count.kind == kind)


def _running(counts: Mapping[date, int], until: date = date.min) -> dict[date, int]:
    """Return what there was by the end of each day, from the one before the first count to the last."""
    if not counts:
        return {}
    between = days(Window(first=min(counts) - _DAY, last=max(until, *counts)))
    return dict(zip(between, accumulate(counts.get(day, 0) for day in between), strict=True))


def _counter(archive: ArchiveReader, counter: Counter, window: Window, now: datetime) -> OutcomeCount:
    zone, tallies = archive.db.zone, archive.tallies.by_day(counter.id)
    totals = archive.counters.day_totals(counter.id, now) or _running(tallies)
    readings = archive.counters.readings(counter.id, now - WEEK, now)
    entered = archive.tallies.latest(counter.id, 1)
    at = readings[-1].at if readings else entered[0].at if entered else None
    today = now.astimezone(zone).date()
    numbers = _numbers(totals, window, today, is_read=bool(readings))
    if counter.kind == "paper":
        numbers |= _stalls(tallies, window, today)
    if numbers["before"] is not None and readings and readings[0].total is not None:  # to the hour
        numbers |= {"before": readings[0].total, "since": readings[0].at.astimezone(zone).date()}
    is_gone = bool(readings) and readings[-1].total is None and bool(totals)
    return OutcomeCount(
        kind=counter.kind, id=counter.id, title=one_line(counter.title)[:_TITLE], address=counter.address,
        state=readings[-1].state if readings else "", placed=readings[-1].placed if readings else None,
        as_of=midnight(zone, max(totals)) if is_gone else counter.read_at or at,
        is_entered=readings[-1].state == BY_HAND if readings else counter.read_at is None,
        milestones={goal.name: goal.at for goal in archive.counters.milestones(counter.id, now)},
        weeks=_weeks(totals, window) if counter.kind != "paper" else (), **numbers,
    )  # fmt: skip


def _echoes(archive: ArchiveReader, window: Window, now: datetime) -> Iterator[OutcomeCount]:
    counts, answers = archive.echoes.by_day(), archive.coverage.last_success(now)
    as_of = max((at for name, at in answers.items() if name.startswith("parliament:")), default=None)
    if counts or as_of:
        totals = _running(counts, (as_of or now).astimezone(archive.db.zone).date())
        numbers = _numbers(totals, window, now.astimezone(archive.db.zone).date(), is_read=False)
        yield OutcomeCount(
            kind="parliament", id=0, title="Speeches, written questions and motions", address=None, state="",
            placed=None, as_of=as_of, is_entered=False, milestones={}, weeks=_weeks(totals, window),
            **numbers | {"total": sum(counts.values())},
        )  # fmt: skip


def _numbers(totals: Mapping[date, int], window: Window, today: date, *, is_read: bool) -> dict[str, Any]:
    """Return what totals come to: in all, in the window, and as near to a week ago as they are known.

    Of what is not read, the first total is but where the first day begins: nothing is known of before.
    """
    every, sums = days(window), rises(totals)
    span = window.first - _DAY, *every
    last, known = max(totals, default=None), [day for day in span if day in totals]
    entries = {*sorted(totals)[0 if is_read else 1 :]}
    since = max((day for day in entries if day <= today - WEEK), default=min(entries, default=None))
    is_compared = last and since and since < last > today - WEEK
    start, end = (known[0], known[-1]) if len(known) > 1 else (None, None)
    pairs = pairwise(map(totals.get, span))
    added = sums[end] - sums[start] if start and end else None
    return {
        "total": totals[last] if last else None, "last": last, "since": since, "history": totals,
        "before": totals[since] if since and is_compared else None, "added": added,
        "removed": added - (totals[end] - totals[start]) if added is not None and start and end else 0,
        "known": Window(first=start + _DAY, last=end) if start and end else None,
        "days": tuple(None if a is None or b is None else b - a for a, b in pairs),
        "totals": tuple(totals[day] if day in entries else None for day in every),
    }  # fmt: skip


def _stalls(counts: Mapping[date, int], window: Window, today: date) -> dict[str, Any]:
    """Return what is different with paper: a day without a stall is no zero, and no gap either."""
    entered = tuple(counts.get(day) for day in days(window))
    known = [count for count in entered if count is not None]
    span = Window(first=window.first, last=min(window.last, today)) if known else None
    return {"days": entered, "added": sum(known) if known else None, "known": span}


def _weeks(totals: Mapping[date, int], window: Window) -> tuple[tuple[int, ...], ...]:
    """Return what was added on each day of the weeks before a window of one that are known, latest first.

    What a source took off again counts as none: a number of days is at least 0. Paper has no usual weeks: it
    comes on the days on which somebody collects.
    """
    weeks = [[(day - _DAY, day) for day in days(week)] for week in weeks_before(window)]
    known = (week for week in weeks if all(day in totals for pair in week for day in pair))
    return tuple(tuple(max(0, totals[day] - totals[eve]) for eve, day in week) for week in known)
