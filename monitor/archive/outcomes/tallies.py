"""Tallies: what was counted in parts, by day, area and code; paper sheets, answers, visits."""

import json
from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime

from monitor.archive.connection import Connection, WriteConnection
from monitor.archive.erasure.tombstones import Tombstones
from monitor.core.clock import stamp

_COLUMNS = "day, area, street, count, sheets, collector, code, key, by, at"
_SAVE = (
    f"INSERT INTO tallies (counter, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (key) DO UPDATE SET count = excluded.count, at = excluded.at, by = excluded.by,"
    " taken_back_at = NULL"
    " WHERE count <> excluded.count OR taken_back_at IS NOT NULL RETURNING id"
)
_TAKE_BACK = "UPDATE tallies SET taken_back_at = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyEntry:
    """A count of one day, as somebody or a source gave it; None is what was not said."""

    id: int = 0  # 0: it has no row yet
    day: date
    area: str | None = None
    street: str | None = None
    count: int
    sheets: int | None = None
    collector: str | None = None  # initials: three letters at most
    code: str | None = None  # of the link that people came by
    key: str  # the same each time that the same is brought in
    by: str = ""  # of the team; '' for what a source said
    at: datetime


@dataclass(frozen=True, slots=True)
class PartSum:
    """What was counted of one part: an area, a street, a code; None: of what was not said."""

    part: str | None
    count: int
    last: date
    stalls: int = 1  # streets on a day


@dataclass(frozen=True, slots=True)
class TallyTable:
    """Tallies that came together."""

    at: datetime
    tallies: int
    count: int


@dataclass(frozen=True, slots=True)
class Tallies:
    """What was counted in parts. What was taken back counts nowhere."""

    db: Connection

    def latest(self, counter: int, most: int = 50) -> list[TallyEntry]:
        """Return the tallies that were entered last, the latest first."""
        sql = (
            f"SELECT id, {_COLUMNS} FROM tallies WHERE counter = ? AND taken_back_at IS NULL"
            " ORDER BY id DESC LIMIT ?"
        )
        return self.db.records(TallyEntry, sql, [counter, most])

    def tables(self, counter: int, most: int = 20) -> list[TallyTable]:
        """Return what came in tables of several tallies and still counts, the latest first."""
        sql = (
            "SELECT at, count(*), sum(count) FROM tallies WHERE counter = ? AND taken_back_at IS NULL"
            " GROUP BY at HAVING count(*) > 1 ORDER BY at DESC LIMIT ?"
        )
        return self.db.records(TallyTable, sql, [counter, most])

    def known(self, keys: Iterable[str]) -> int:
        """Return how many of these keys have a tally that counts."""
        sql = "SELECT count(*) FROM tallies WHERE key IN (SELECT value FROM json_each(?))"
        return self.db.number(f"{sql} AND taken_back_at IS NULL", [json.dumps([*keys])])

    def by_day(self, counter: int) -> dict[date, int]:
        """Return the count of each day that has a tally, the earliest first."""
        sql = "SELECT day, sum(count) FROM tallies WHERE counter = ? AND taken_back_at IS NULL GROUP BY day"
        rows = self.db.execute(f"{sql} ORDER BY day", [counter])
        return {date.fromisoformat(day): count for day, count in rows}

    def by_part(self, counter: int, column: str) -> list[PartSum]:
        """Return the counts by `area`, `street` or `code`, the biggest first."""
        if column not in ("area", "street", "code"):
            raise ValueError(f"tallies have no parts by {column!r}")
        sql = (
            f"SELECT {column}, sum(count), max(day), count(DISTINCT day || ' ' || ifnull(street, ''))"
            " FROM tallies WHERE counter = ? AND taken_back_at IS NULL GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        return self.db.records(PartSum, sql, [counter])


@dataclass(frozen=True, slots=True)
class TalliesWriter(Tallies):
    """The same; and tallies added, and taken back."""

    db: WriteConnection

    def save(self, counter: int, tallies: Iterable[TallyEntry]) -> tuple[int, ...]:
        """Store tallies; return the ids of those that are new, have another count, or count again.

        The ids of the entries are not looked at.
        """
        with self.db.durable_transaction():
            return self._save(counter, tallies)

    def replace(
        self, counter: int, tallies: Collection[TallyEntry], now: datetime, *, whole: bool = True
    ) -> tuple[int, ...]:
        """Let these tallies replace all of a counter, or those of the same days and codes; return their ids.

        Those with keys of their own leave what they replace to `undo`.
        """
        with self.db.durable_transaction():
            sql, values = f"{_TAKE_BACK} WHERE counter = ? AND taken_back_at IS NULL", [stamp(now), counter]
            if whole:
                self.db.execute(sql, values)
            else:
                parts = {(str(tally.day), tally.code) for tally in tallies}
                self.db.executemany(f"{sql} AND day = ? AND code IS ?", [(*values, *part) for part in parts])
            return self._save(counter, tallies)

    def undo(self, counter: int, at: datetime, now: datetime) -> None:
        """Let what came at one time count no more; if it came last, what it replaced counts again."""
        with self.db.durable_transaction():
            self.db.execute(
                "UPDATE tallies SET taken_back_at = NULL WHERE counter = :counter AND taken_back_at = :at"
                " AND :at = (SELECT max(at) FROM tallies WHERE counter = :counter AND taken_back_at IS NULL)",
                {"counter": counter, "at": stamp(at)},
            )
            sql = f"{_TAKE_BACK} WHERE counter = ? AND at = ? AND taken_back_at IS NULL"
            self.db.execute(sql, [stamp(now), counter, stamp(at)])

    def take_back(self, tallies: Iterable[int], now: datetime) -> None:
        """Let tallies count no more."""
        with self.db.durable_transaction():
            for tally in tallies:
                self.db.execute(f"{_TAKE_BACK} WHERE id = ?", [stamp(now), tally])

    def _save(self, counter: int, tallies: Iterable[TallyEntry]) -> tuple[int, ...]:
        moved, mask = list[int](), Tombstones.beside(self.db.path).mask
        for tally in tallies:
            tally = replace(tally, street=tally.street and mask(tally.street, ""))  # who is forgotten
            _, day, *values, at = astuple(tally)
            moved += self.db.column(_SAVE, [counter, str(day), *values, stamp(at)])
        return tuple(moved)
