"""What lies on the time axis: the campaign's calendar, and since when each number is counted in which way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from monitor.archive.connection import Connection, WriteConnection
from monitor.core.clock import stamp, unstamp
from monitor.core.errors import ArchiveError

LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """A day in the campaign's calendar."""

    id: int
    day: date
    title: str


@dataclass(frozen=True, slots=True)
class Events:
    """The campaign's calendar."""

    db: Connection

    def calendar(self) -> list[CalendarEvent]:
        """Return all events, the latest first."""
        rows = self.db.execute("SELECT id, day, title FROM events ORDER BY day DESC, id DESC")
        return [
            CalendarEvent(id=number, day=date.fromisoformat(day), title=title) for number, day, title in rows
        ]

    def between(self, first: date, last: date) -> list[tuple[date, str]]:
        """Return (day, title) of the campaign's events on these days, the earliest first."""
        rows = self.db.execute(
            "SELECT day, title FROM events WHERE day BETWEEN ? AND ? ORDER BY day, id",
            [str(first), str(last)],
        )
        return [(date.fromisoformat(day), title) for day, title in rows]


@dataclass(frozen=True, slots=True)
class EventsWriter(Events):
    """The same, and its entries added, changed and removed."""

    db: WriteConnection

    def add(self, day: date, title: str) -> int:
        """Put an event into the campaign's calendar and return its number; raises ArchiveError."""
        with self.db.durable_transaction():
            return self.db.number(
                "INSERT INTO events (day, title) VALUES (?, ?) RETURNING id", [day.isoformat(), _title(title)]
            )

    def change(self, event: int, day: date, title: str) -> bool:
        """Give an event another day or title; return whether there is one. Raises ArchiveError."""
        with self.db.durable_transaction():
            changed = self.db.execute(
                "UPDATE events SET day = ?, title = ? WHERE id = ?", [day.isoformat(), _title(title), event]
            )
            return changed.rowcount > 0

    def remove(self, event: int) -> bool:
        """Take an event out of the calendar; return whether there was one."""
        with self.db.durable_transaction():
            return self.db.execute("DELETE FROM events WHERE id = ?", [event]).rowcount > 0


@dataclass(frozen=True, slots=True)
class Definitions:
    """The versions of the numbers' definitions."""

    db: Connection

    def history(self) -> list[tuple[str, int, date]]:
        """Return (number, version, first day) of each way of counting that was ever in use."""
        rows = self.db.execute("SELECT number, version, since FROM definitions ORDER BY since, number")
        return [
            (number, version, unstamp(since).astimezone(self.db.zone).date())
            for number, version, since in rows
        ]


@dataclass(frozen=True, slots=True)
class DefinitionsWriter(Definitions):
    """The same, and the versions of today remembered."""

    db: WriteConnection

    def save(self, versions: Mapping[str, int], now: datetime) -> None:
        """Store since when each number is counted in which way; what is known already stays."""
        with self.db.transaction():
            self.db.executemany(
                "INSERT OR IGNORE INTO definitions (number, version, since) VALUES (?, ?, ?)",
                [(number, version, stamp(now)) for number, version in versions.items()],
            )


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not 0 < len(title) <= LONGEST_TITLE:
        raise ArchiveError(
            f"An event needs a title of 1 to {LONGEST_TITLE} characters. This one has {len(title)}."
        )
    return title
