"""An open connection to the archive, with what each topic that writes needs of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # pysqlite3 where there is one

from monitor.core.errors import ArchiveError

# Ids, bound as one list in JSON: SQLite keeps what it has made of a statement whose words it knows.
GIVEN = "(SELECT value FROM json_each(?))"


class Connected:
    """A connection and the campaign's time zone."""

    def __init__(self, db: Database, zone: ZoneInfo) -> None:
        self.db = db
        self.zone = zone

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        # IMMEDIATE: a deferred transaction that reads first fails with "database is locked".
        try:
            self.db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise ArchiveError(
                "The archive is busy with other work. Nothing was changed; try again in a minute."
            ) from error
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def _many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            self.db.conn.executemany(sql, rows)

    def _one(self, sql: str, values: Sequence[Any] = ()) -> int:
        return int(self.db.execute(sql, list(values)).fetchone()[0])
