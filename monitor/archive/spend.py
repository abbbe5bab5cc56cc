"""What platforms were paid for: a row for each question, set aside before it was asked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.archive.connection import Connection, WriteConnection
from monitor.core.clock import stamp, unstamp

_KEPT = timedelta(days=40)  # what was bought; the sums stay
# A platform's clock may differ, and its answer takes a while: what is asked this near to midnight
# may be on either day's, or month's, bill.
_EDGE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Spend:
    """What was spent, in millionths of a US dollar and months of UTC."""

    db: Connection

    def spent(self, source: str, now: datetime) -> int:
        """Return the most that can be on the bill for the month of `now`: spent, or set aside."""
        first = _first(now)
        since, until = first - _EDGE, _first(first + timedelta(days=31)) + _EDGE
        return self.db.number(
            "SELECT ifnull(sum(micros), 0) FROM spending"
            " WHERE source = ? AND month IN (?, ?, ?) AND at >= ? AND at < ?",
            [source, _month(since), _month(first), _month(until), stamp(since), stamp(until)],
        )

    def spent_by_any_clock(self, source: str, now: datetime) -> int:
        """Return the same, of last month while the platform may not have begun the new one."""
        return max(self.spent(source, now), self.spent(source, now - _EDGE))

    def limit_of(self, source: str, now: datetime) -> int | None:
        """Return what a source may spend in the month of `now`; None if it has not asked anything in it."""
        row = self.db.execute(
            "SELECT month_limit FROM spending WHERE source = ? AND month = ? ORDER BY id DESC LIMIT 1",
            [source, _month(now)],
        ).fetchone()
        return row[0] if row else None

    def bought(self, source: str, kind: str, ids: Collection[str], since: datetime) -> set[str]:
        """Return which of these a source surely paid for on the UTC day of `since` or later."""
        sql = (
            f"SELECT native_id FROM bought WHERE source = ? AND kind = ? AND day >= ?"
            f" AND native_id IN ({', '.join('?' * len(ids))})"
        )
        return set(self.db.column(sql, [source, kind, _day(since + _EDGE), *ids]))


@dataclass(frozen=True, slots=True)
class SpendWriter(Spend):
    """The same, set aside and settled."""

    db: WriteConnection

    def reserve(self, source: str, micros: int, limit: int, now: datetime) -> int | None:
        """Set money aside and return its row; None if the month's sum would be over the limit."""
        # On the disk before the question is asked: a power cut may take the last of other writing, not this.
        with self.db.durable_transaction():
            if self.spent_by_any_clock(source, now) + micros > limit:
                return None
            self.db.execute(
                "INSERT INTO spending (source, month, at, micros, is_settled, month_limit)"
                " VALUES (?, ?, ?, ?, 0, ?)",
                [source, _month(now), stamp(now), micros, limit],
            )
            return self.db.number("SELECT last_insert_rowid()")

    def settle(self, row: int, micros: int, bought: Mapping[str, Collection[str]], now: datetime) -> None:
        """Store what a question did cost, and what it brought."""
        with self.db.transaction():
            self.db.execute("UPDATE spending SET micros = ?, is_settled = 1 WHERE id = ?", [micros, row])
            [(source, at)] = self.db.execute("SELECT source, at FROM spending WHERE id = ?", [row]).fetchall()
            day = _day(unstamp(at) - _EDGE)
            self.db.executemany(
                "INSERT INTO bought (source, kind, native_id, day) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET day = excluded.day",
                [(source, kind, native_id, day) for kind, ids in bought.items() for native_id in ids],
            )
            self.db.execute("DELETE FROM bought WHERE day < ?", [_day(now - _KEPT)])


def _first(at: datetime) -> datetime:
    """Return the beginning of a month."""
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _month(at: datetime) -> str:
    return stamp(at)[:7]


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()
