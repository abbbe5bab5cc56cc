"""What lies on the time axis: the campaign's calendar, and since when what is asked for and counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from monitor.archive.connection import Connection, WriteConnection
from monitor.core.clock import stamp, unstamp
from monitor.core.errors import ArchiveError
from monitor.core.model import Query
from monitor.core.normal_text import normal
from monitor.core.text import normal_tag, one_line

LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """A day in the campaign's calendar."""

    id: int
    day: date
    title: str

    def __str__(self) -> str:
        return f"{self.day.day} {self.day:%B %Y}: {self.title}"


@dataclass(frozen=True, slots=True)
class Events:
    """The campaign's calendar."""

    db: Connection

    def calendar(self) -> list[CalendarEvent]:
        """Return all events, the latest first."""
        rows = self.db.execute("SELECT id, day, title FROM events ORDER BY day DESC, id DESC")
        return [
            CalendarEvent(id=number, day=date.fromisoformat(day), title=one_line(title))
            for number, day, title in rows
        ]

    def between(self, first: date, last: date) -> list[tuple[date, str]]:
        """Return (day, title) of the campaign's events on these days, the earliest first."""
        sql = "SELECT day, title FROM events WHERE day BETWEEN ? AND ? ORDER BY day, id"
        rows = self.db.execute(sql, [first.isoformat(), last.isoformat()])
        return [(date.fromisoformat(day), one_line(title)) for day, title in rows]


@dataclass(frozen=True, slots=True)
class EventsWriter(Events):
    """The same, and its entries added, changed and removed."""

    db: WriteConnection

    def add(self, day: date, title: str) -> int:
        """Put an event into the campaign's calendar and return its number; raises ArchiveError.

        The same title on the same day is the same event: a form that was sent twice adds it once.
        """
        event = [day.isoformat(), _title(title)]
        with self.db.durable_transaction():
            if same := self.db.execute("SELECT id FROM events WHERE day = ? AND title = ?", event).fetchall():
                return int(same[0][0])
            return self.db.number("INSERT INTO events (day, title) VALUES (?, ?) RETURNING id", event)

    def change(self, event: int, day: date, title: str, was: str | None = None) -> bool:
        """Give an event another day or title; return whether there is one.

        Raises ArchiveError, also if it is not any more what whoever changes it saw: `was`, its day and title.
        """
        with self.db.durable_transaction():
            self._check(event, was)
            changed = self.db.execute(
                "UPDATE events SET day = ?, title = ? WHERE id = ?", [day.isoformat(), _title(title), event]
            )
            return changed.rowcount > 0

    def remove(self, event: int, was: str | None = None) -> bool:
        """Take an event out of the calendar; return whether there was one. Raises as `change` does."""
        with self.db.durable_transaction():
            self._check(event, was)
            return self.db.execute("DELETE FROM events WHERE id = ?", [event]).rowcount > 0

    def _check(self, event: int, was: str | None) -> None:
        now = next((str(one) for one in self.calendar() if one.id == event), was)
        if was not in (None, now):
            raise ArchiveError(f"Somebody else changed this event in the meantime: it is now “{now}”.")


class TrackWord(NamedTuple):
    """A word that platforms were asked for, since and until when; None: from the beginning, it still is."""

    kind: str  # tag | phrase
    word: str
    since: datetime | None
    until: datetime | None

    def is_asked(self, since: datetime, until: datetime) -> bool:
        """Return whether it was asked for all the time between two instants."""
        return (self.since is None or self.since <= since) and (self.until is None or self.until >= until)

    def __str__(self) -> str:
        return f"#{self.word}" if self.kind == "tag" else f"“{self.word}”"


@dataclass(frozen=True, slots=True)
class History:
    """How posts were asked for, counted and told of, and since when."""

    db: Connection

    def definitions(self) -> list[tuple[str, int, date]]:
        """Return (number, version, first day) of each way of counting that was in use when a day ended.

        The first of each number is among them, even if it was replaced on its first day.
        """
        ways, result = dict[str, str](), list[tuple[str, int, date]]()
        ends = dict[tuple[str, date], tuple[str, int]]()  # of each number and day, what it ended with
        sql = "SELECT number, version, since FROM definitions ORDER BY since, version"
        for number, version, since in self.db.execute(sql):
            key, _, name = number.partition(": ")  # an analyzer that comes back has a version more
            way, day = name or str(version), unstamp(since).astimezone(self.db.zone).date()
            if key not in ways:
                ways[key] = way
                result.append((key, version, day))
            ends[key, day] = way, version
        for (key, day), (way, version) in ends.items():
            if way != ways[key]:
                ways[key] = way
                result.append((key, version, day))
        return sorted(result, key=lambda row: (row[2], row[0]))

    def words(self, track: str) -> list[TrackWord]:
        """Return each word that a track ever asked for, and when."""
        sql = "SELECT kind, word, since, until FROM track_words WHERE track = ? ORDER BY since, kind, word"
        return self.db.records(TrackWord, sql, [track])

    def mailed_posts(self, track: str, monday: date) -> int | None:
        """Return the posts of a week as its mail told them; None if there was none."""
        sql = "SELECT posts FROM mailed WHERE track = ? AND monday = ?"
        row = self.db.execute(sql, [track, str(monday)]).fetchone()
        return int(row[0]) if row else None


@dataclass(frozen=True, slots=True)
class HistoryWriter(History):
    """The same, and what is so from today on."""

    db: WriteConnection

    def save_definitions(self, versions: Mapping[str, int], now: datetime) -> None:
        """Store since when each number is counted in which way; what is known already stays."""
        with self.db.transaction():
            self.db.executemany(
                "INSERT OR IGNORE INTO definitions (number, version, since) VALUES (?, ?, ?)",
                [(number, version, stamp(now)) for number, version in versions.items()],
            )

    def save_words(self, query: Query, now: datetime) -> None:
        """Store which words a track asks for from now on; those that it begins with count from ever."""
        words = {("tag", normal_tag(tag)) for tag in query.tags}
        words |= {("phrase", normal(phrase)) for phrase in query.phrases}
        history = self.words(query.track)
        before = {(word.kind, word.word) for word in history if word.until is None}
        if words == before:
            return
        since = stamp(now) if history else ""
        with self.db.transaction():
            self.db.executemany(
                "UPDATE track_words SET until = ?"
                " WHERE track = ? AND kind = ? AND word = ? AND until IS NULL",
                [(stamp(now), query.track, *word) for word in before - words],
            )
            self.db.executemany(
                "INSERT OR IGNORE INTO track_words (track, kind, word, since) VALUES (?, ?, ?, ?)",
                [(query.track, *word, since) for word in words - before],
            )

    def save_mailed_posts(self, track: str, monday: date, posts: int, now: datetime) -> None:
        with self.db.transaction():
            sql = "INSERT OR REPLACE INTO mailed (track, monday, posts, at) VALUES (?, ?, ?, ?)"
            self.db.execute(sql, [track, str(monday), posts, stamp(now)])


def _title(text: str) -> str:
    title = one_line(text)
    if not 0 < len(title) <= LONGEST_TITLE:
        raise ArchiveError(
            f"An event needs a title of 1 to {LONGEST_TITLE} characters. This one has {len(title)}."
        )
    return title
