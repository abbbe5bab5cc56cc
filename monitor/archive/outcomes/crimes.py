"""Recorded crime: counts by area, month and category, as the police published them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitor.archive.connection import Connection, WriteConnection
from monitor.archive.erasure.tombstones import Tombstones
from monitor.core.records import record
from monitor.manual_entry.crimes import CrimeCount


class AreaCrimes(NamedTuple):
    """The crimes of an area in its last year, as far as its months are known."""

    area: str
    number: int
    months: int
    last: str  # month
    source: str


@dataclass(frozen=True, slots=True)
class Crimes:
    """What was recorded where."""

    db: Connection

    def last_year(self, categories: Sequence[str] = ()) -> dict[str, AreaCrimes]:
        """Return the crimes of each area in its last twelve months; of all categories, or of these."""
        names = json.dumps([name.lower() for name in categories])
        rows = self.db.execute(_LAST_YEAR, [names, len(categories)])
        return {row[0]: record(AreaCrimes, row) for row in rows}


@dataclass(frozen=True, slots=True)
class CrimesWriter(Crimes):
    """The same; and a file's counts stored."""

    db: WriteConnection

    def save(self, counts: Iterable[CrimeCount]) -> None:
        """Store counts; an area's month takes the place of what was known of it.

        Who is forgotten is not named as the source.
        """
        mask = Tombstones.beside(self.db.path).mask
        rows = [count._replace(source=mask(count.source, "")) for count in counts]
        with self.db.durable_transaction():
            months = [*{row[:2] for row in rows}]
            self.db.executemany("DELETE FROM crimes WHERE area = ? AND month = ?", months)
            self.db.executemany("INSERT INTO crimes VALUES (?, ?, ?, ?, ?)", rows)

    def remove(self) -> None:
        """Remove all that was stored: files can be added again."""
        with self.db.durable_transaction():
            self.db.execute("DELETE FROM crimes")


_LAST_YEAR = (
    "SELECT c.area, ifnull(sum(c.count) FILTER (WHERE ?2 = 0 OR lower(c.category) IN"
    " (SELECT value FROM json_each(?1))), 0),"
    " count(DISTINCT c.month), l.month, max(c.source)"
    " FROM (SELECT area, max(month) AS month FROM crimes GROUP BY area) l JOIN crimes c ON c.area = l.area"
    " AND c.month > strftime('%Y-%m', l.month || '-01', '-12 months') GROUP BY c.area"
)
