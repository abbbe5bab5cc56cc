"""Which week's mail is due when, in the campaign's time. Pure.

A moment that the clocks skip or have twice is one moment here: each week is due once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.campaign import DAYS, Digest
from monitor.report.window import Window, week_of

_WEEK = timedelta(days=7)
_LAST_DAY = timedelta(days=3)  # sent late on the day it is due, and on the two after: Monday to Wednesday
_LATE = timedelta(hours=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week, Monday to Sunday, with the instants from which and until which its mail is sent."""

    first: date
    due: datetime
    until: datetime

    @property
    def name(self) -> str:
        """Return the week as 2026-W47 (ISO 8601)."""
        return f"{self.first:%G-W%V}"

    @property
    def window(self) -> Window:
        return week_of(self.first)

    def decision(self, now: datetime) -> str:
        """Return what becomes of its mail at `now`, once it is due: sent, late or skipped."""
        if now >= self.until:
            return "skipped"
        return "late" if now >= self.due + _LATE else "sent"


def week(first: date, digest: Digest, zone: ZoneInfo) -> Week:
    """Return the week that begins on the Monday `first`."""
    day = first + _WEEK + timedelta(days=DAYS.index(digest.day))
    return Week(
        first=first,
        due=datetime.combine(day, time(digest.hour), zone).astimezone(UTC),
        until=datetime.combine(day + _LAST_DAY, time(), zone).astimezone(UTC),
    )


def latest(digest: Digest, zone: ZoneInfo, now: datetime) -> Week:
    """Return the last week whose mail is due at `now`."""
    monday = week_of(now.astimezone(zone).date()).first
    recent = week(monday - _WEEK, digest, zone)
    return recent if recent.due <= now else week(monday - 2 * _WEEK, digest, zone)


def undecided(decided: str | None, digest: Digest, zone: ZoneInfo, now: datetime) -> Iterator[Week]:
    """Yield the weeks that are due, after the last one that was `decided`, oldest first.

    The first of all is the one that is due now: what came before the program is not made up for.
    """
    last = latest(digest, zone, now)
    first = monday_of(decided) + _WEEK if decided else last.first
    while first <= last.first:
        yield week(first, digest, zone)
        first += _WEEK


def monday_of(name: str) -> date:
    """Return the Monday of a week such as 2026-W47; raises ValueError for any other text."""
    return datetime.strptime(f"{name}-1", "%G-W%V-%u").date()  # noqa: DTZ007 - a day, not a time
