"""Echoes: what was said in Parliament with the campaign's words, as its own records have it."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date

from monitor.archive.connection import Connection, WriteConnection
from monitor.archive.erasure.tombstones import Tombstones

_COLUMNS = "kind, native_id, day, title, member, url, answered_on"


@dataclass(frozen=True, slots=True)
class Echo:
    """A speech, a written question or a motion. None is what was not said."""

    kind: str  # speech | question | motion
    native_id: str
    day: date
    title: str
    member: str | None  # who spoke, asked or tabled it, as Parliament publishes it
    url: str
    answered_on: date | None  # of a question


@dataclass(frozen=True, slots=True)
class Echoes:
    """What was said in Parliament."""

    db: Connection

    def latest(self, most: int = 50) -> list[Echo]:
        """Return what was said last, the latest first."""
        sql = f"SELECT {_COLUMNS} FROM echoes ORDER BY day DESC, id DESC LIMIT ?"
        return self.db.records(Echo, sql, [most])

    def by_day(self) -> dict[date, int]:
        """Return how often it was said on each day that has something, the earliest first."""
        rows = self.db.execute("SELECT day, count(*) FROM echoes GROUP BY day ORDER BY day")
        return {date.fromisoformat(day): count for day, count in rows}


@dataclass(frozen=True, slots=True)
class EchoesWriter(Echoes):
    """The same; and what was said stored."""

    db: WriteConnection

    def save(self, echoes: Iterable[Echo]) -> None:
        """Store what was said; of what is known, what is told of it now: a question gets its answer.

        Who is forgotten is named in no title and address.
        """
        mask = Tombstones.beside(self.db.path).mask
        with self.db.transaction():
            self.db.executemany(
                f"INSERT INTO echoes ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, native_id)"
                " DO UPDATE SET title = excluded.title,"
                " answered_on = ifnull(excluded.answered_on, answered_on),"
                " member = ifnull(excluded.member, member)",
                [
                    (*astuple(echo)[:2], str(echo.day), mask(echo.title, ""), echo.member, mask(echo.url, ""),
                     echo.answered_on and str(echo.answered_on))
                    for echo in echoes
                ],
            )  # fmt: skip
