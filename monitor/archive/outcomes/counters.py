"""Counters: what a petition, a survey or a site says it counted, as often as that moved."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple

from monitor.archive.connection import Connection, WriteConnection
from monitor.archive.erasure.tombstones import Tombstones
from monitor.core.clock import stamp, unstamp

BY_HAND = "by hand"  # the state of a reading that a person took
_FOREVER = "~"  # after every stamp
_GONE = -1  # the count of an area that its source does not list any more: it was renamed, or split


# Each area is found from the one before by the index, without a look at the readings between: of a national
# petition there are millions.
_AREAS = """WITH RECURSIVE areas (area) AS (
    SELECT min(area) FROM area_readings WHERE counter = :counter
    UNION ALL
    SELECT (SELECT min(area) FROM area_readings WHERE counter = :counter AND area > areas.area) FROM areas
    WHERE area IS NOT NULL)
  SELECT r.area, r.count, r.at FROM areas CROSS JOIN area_readings r ON r.counter = :counter
    AND r.area = areas.area AND r.count <> :gone AND r.at = (SELECT max(at) FROM area_readings
      WHERE counter = :counter AND area = areas.area AND at <= :until)"""


class Counter(NamedTuple):
    """What counts one kind of act: where, and when it last answered."""

    id: int
    kind: str  # petition | paper | survey | visits
    name: str
    title: str
    address: str | None
    read_at: datetime | None


class CounterReading(NamedTuple):
    """What a counter said at one time; None is what it did not say."""

    at: datetime
    total: int | None
    placed: int | None  # the sum of its areas, which may be more or less than the total
    state: str


@dataclass(frozen=True, slots=True)
class AreaReading:
    """The latest count of an area."""

    area: str
    count: int
    at: datetime  # since when it is so


class Milestone(NamedTuple):
    """What a counter says that it reached or did; `at` is None since it took that back."""

    name: str
    at: datetime | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Counters:
    """What is counted, and what was read of it.

    What was stored later than `until` is left out: given now, it is what a clock that was ahead has stored.
    """

    db: Connection

    def all(self) -> list[Counter]:
        """Return every counter there ever was, the first first."""
        sql = "SELECT id, kind, name, title, address, read_at FROM counters ORDER BY id"
        return self.db.records(Counter, sql)

    def readings(
        self, counter: int, since: datetime | None = None, until: datetime | None = None
    ) -> list[CounterReading]:
        """Return what was read since then, the earliest first, and the last reading of before."""
        sql = (
            "SELECT at, total, placed, state FROM readings WHERE counter = :counter AND at >="
            " ifnull((SELECT max(at) FROM readings WHERE counter = :counter AND at <= :first), '')"
            " AND at <= :until ORDER BY at"
        )
        values = {"counter": counter, "first": stamp(since) if since else "", "until": _end(until)}
        return self.db.records(CounterReading, sql, values)

    def day_totals(self, counter: int, until: datetime | None = None) -> dict[date, int]:
        """Return the last total of each local day that has one, the earliest first."""
        ends = self.db.execute(
            "SELECT min(at), max(at) FROM readings WHERE counter = ? AND at <= ?", [counter, _end(until)]
        ).fetchone()
        if not ends[0]:
            return {}
        first, last = (self._day(unstamp(at)) for at in ends)
        days = [first + timedelta(days=n) for n in range((last - first).days + 2)]
        starts = [stamp(datetime.combine(day, time(), self.db.zone)) for day in days]
        # The last of each day is looked up: of a year of hourly readings, all others would be in the way.
        # "+": the day bounds what is read.
        rows = self.db.execute(
            "SELECT (SELECT total FROM readings WHERE counter = ? AND total IS NOT NULL"
            " AND +at <= ? AND at >= day.value ->> 0 AND at < day.value ->> 1 ORDER BY at DESC LIMIT 1)"
            " FROM json_each(?) day ORDER BY day.key",
            [counter, _end(until), json.dumps([*pairwise(starts)])],
        )
        return {day: total for day, (total,) in zip(days, rows, strict=False) if total is not None}

    def areas(self, counter: int, until: datetime | None = None) -> list[AreaReading]:
        """Return the latest count of each area, by its code."""
        return self.db.records(AreaReading, _AREAS, {"counter": counter, "until": _end(until), "gone": _GONE})

    def thresholds(self, counter: int) -> tuple[int, int] | None:
        """Return how many signatures a response and a debate take, if its source says so."""
        response, _, debate = self.db.meta(f"thresholds:{counter}").partition(" ")
        return (int(response), int(debate)) if debate else None

    def milestones(self, counter: int, until: datetime | None = None) -> list[Milestone]:
        """Return each milestone as it was last seen, the first to be seen, or to be, first."""
        sql = (
            "SELECT name, at, max(seen_at) FROM milestones WHERE counter = ? AND seen_at <= ?"
            " GROUP BY name ORDER BY 3, 2, name"
        )
        return self.db.records(Milestone, sql, [counter, _end(until)])

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.db.zone).date()


@dataclass(frozen=True, slots=True)
class CountersWriter(Counters):
    """The same, and what is read stored."""

    db: WriteConnection

    def add(self, kind: str, name: str, title: str, address: str | None = None) -> int:
        """Return the number of a counter, which is made, or given this title and address.

        Who is forgotten is named in none of them.
        """
        mask = Tombstones.beside(self.db.path).mask
        name, title, address = mask(name, ""), mask(title, ""), address and mask(address, "")
        with self.db.transaction():
            return self.db.number(
                "INSERT INTO counters (kind, name, title, address) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET title = excluded.title, address = excluded.address"
                " RETURNING id",
                [kind, name, title, address],
            )

    def save(
        self,
        counter: int,
        reading: CounterReading,
        areas: Mapping[str, int],
        milestones: Mapping[str, datetime | None],
    ) -> None:
        """Store what was read: a row where something moved, and one a local day; all that a person read.

        An area that is not among `areas` is not known any more, unless there are none, as none was said: then
        each keeps its count. `milestones` are all that the source can say; None: it does not, or no more.
        """
        at, is_typed = stamp(reading.at), reading.state == BY_HAND
        with self.db.transaction():
            before = self.readings(counter, reading.at, reading.at)
            is_known = (
                before and before[0][1:] == reading[1:] and self._day(before[0].at) == self._day(reading.at)
            )
            if is_typed or not is_known:
                self.db.execute(
                    "INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?, ?)", [counter, at, *reading[1:]]
                )
            known = {area.area: area.count for area in self.areas(counter, reading.at)}
            counts = {**dict.fromkeys(known if areas else (), _GONE), **areas}
            moved = [(counter, area, at, count) for area, count in counts.items() if known.get(area) != count]
            self.db.executemany("INSERT OR REPLACE INTO area_readings VALUES (?, ?, ?, ?)", moved)
            seen = {milestone.name: milestone.at for milestone in self.milestones(counter, reading.at)}
            self.db.executemany(
                "INSERT OR REPLACE INTO milestones VALUES (?, ?, ?, ?)",
                [
                    (counter, name, day and stamp(day), at)
                    for name, day in milestones.items()
                    if seen.get(name) != day
                ],
            )
            # A total may be typed of an earlier time; an answer came now, whatever the clock said before.
            sql = (
                "UPDATE counters SET read_at = max(:at, iif(:typed, ifnull(read_at, ''), '')) WHERE id = :id"
            )
            self.db.execute(sql, {"at": at, "typed": is_typed, "id": counter})

    def remove_reading(self, counter: int, at: datetime) -> None:
        """Remove a total that somebody typed."""
        with self.db.transaction():
            sql = "DELETE FROM readings WHERE counter = ? AND at = ? AND state = ?"
            self.db.execute(sql, [counter, stamp(at), BY_HAND])
            sql = (
                "UPDATE counters SET read_at = (SELECT max(at) FROM readings WHERE counter = id) WHERE id = ?"
            )
            self.db.execute(sql, [counter])

    def save_thresholds(self, counter: int, thresholds: tuple[int, int]) -> None:
        """Store how many signatures a response and a debate take."""
        with self.db.transaction():
            self.db.set_meta(f"thresholds:{counter}", "{} {}".format(*thresholds))

    def unchanged(self, counter: int, at: datetime) -> None:
        """Store that a counter answered, and said nothing new."""
        with self.db.transaction():
            self.db.execute("UPDATE counters SET read_at = ? WHERE id = ?", [stamp(at), counter])


def _end(until: datetime | None) -> str:
    return stamp(until) if until else _FOREVER
