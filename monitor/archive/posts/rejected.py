"""Items that could not be read: kept whole within bounds, for a later version to read them again."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.archive.connection import WriteConnection
from monitor.core.clock import stamp, unstamp
from monitor.core.model import Page

OF_A_POLL = 100  # items that are kept at most
_OF_A_SOURCE, _BYTES_OF_A_SOURCE, _BYTES = 1000, 2 * 2**20, 8 * 2**20  # the last: of all sources
AGE = timedelta(days=30)
_WORD = re.compile(r"[^\s\"'\\/<>,{}\[\]()]+")
_SIZES = "(SELECT id, source, length(CAST(raw AS BLOB)) AS size FROM rejected)"
_TRIM_SOURCE = (
    "DELETE FROM rejected WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER newest AS number,"
    f" sum(size) OVER newest AS total FROM {_SIZES} WHERE source = ? WINDOW newest AS (ORDER BY id DESC))"
    " WHERE number > ? OR total > ?)"
)
_TRIM = (
    "DELETE FROM rejected WHERE id IN (SELECT id FROM"
    f" (SELECT id, sum(size) OVER (ORDER BY id DESC) AS total FROM {_SIZES}) WHERE total > ?)"
)


class RejectedItem(NamedTuple):
    """An item as it came. `track` is "" where it is for each whose words it has."""

    id: int
    source: str
    stream: str
    track: str
    at: datetime
    raw: str


@dataclass(frozen=True, slots=True)
class RejectedItems:
    """What could not be read, until it can be."""

    db: WriteConnection

    def every(self) -> Iterator[RejectedItem]:
        """Yield the items, oldest first; of those that come meanwhile, none."""
        for (number,) in self.db.execute("SELECT id FROM rejected ORDER BY id").fetchall():
            sql = "SELECT id, source, stream, track, at, raw FROM rejected WHERE id = ?"
            for row in self.db.execute(sql, [number]).fetchall():
                item, source, stream, track, at, raw = row
                yield RejectedItem(item, source, stream, track, unstamp(at), raw)

    def remove(self, item: int) -> None:
        """Remove an item that was read."""
        with self.db.transaction():
            self.db.execute("DELETE FROM rejected WHERE id = ?", [item])

    def forget_old(self, now: datetime) -> None:
        """Remove the items that are older than 30 days: they hold people's words."""
        with self.db.transaction():
            self.db.execute("DELETE FROM rejected WHERE at < ?", [stamp(now - AGE)])


def keep(db: WriteConnection, page: Page, source: str, track: str, started_at: datetime, at: str) -> None:
    """Keep the first items of a poll that could not be read, each once; `coverage` counts all of them."""
    if not page.rejected:
        return
    sql = "SELECT count(*) FROM rejected WHERE source = ? AND at >= ?"
    room = max(0, OF_A_POLL - db.number(sql, [source, stamp(started_at)]))
    known = set(db.execute("SELECT track, reason, raw FROM rejected WHERE source = ?", [source]))
    items = dict.fromkeys((track, item.reason, item.raw) for item in page.rejected[:room])
    db.executemany(
        "INSERT INTO rejected (source, stream, at, track, reason, raw) VALUES (?, ?, ?, ?, ?, ?)",
        [(source, page.stream, at, *item) for item in items if item not in known],
    )
    db.execute(_TRIM_SOURCE, [source, _OF_A_SOURCE, _BYTES_OF_A_SOURCE])
    db.execute(_TRIM, [_BYTES])


def forget(db: WriteConnection, source: str, native_ids: Iterable[str], handles: Iterable[str] = ()) -> None:
    """Remove the items that name one of these posts or people, who are gone where they came from."""
    ends = {native_id.rstrip("/").rpartition("/")[2] for native_id in native_ids}
    names = {name.casefold().lstrip("@") for name in (*ends, *handles) if name}
    rows = db.execute("SELECT id, raw FROM rejected WHERE source = ?", [source]) if names else ()
    namings = [
        (item,)
        for item, raw in rows
        if not names.isdisjoint(word.lstrip("@") for word in _WORD.findall(raw.casefold()))
    ]
    db.executemany("DELETE FROM rejected WHERE id = ?", namings)
