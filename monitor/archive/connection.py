"""An open connection to the archive's file: one that reads, and one that also writes."""

import json
import marshal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32
from zoneinfo import ZoneInfo

from monitor import COMMAND
from monitor.core.errors import ArchiveError
from monitor.core.normal_text import normal, plain
from monitor.core.records import record
from monitor.core.storage import storage_errors
from monitor.platform_info import accounts_called
from monitor.sqlite import Database, sqlite3

R = TypeVar("R")
# Ids, bound as one list in JSON: SQLite keeps what it has made of a statement whose words it knows.
GIVEN = "(SELECT value FROM json_each(?))"
# Posts p of local days, from `:since` and before `:until`: by their index, which does not have the day.
OF_DAYS = "p.created_unix >= midnight(:since) AND p.created_unix < midnight(:until)"
# Posts p of some series, such as those of a scope: `{ids}` is their list.
OF_SERIES = "EXISTS (SELECT 1 FROM post_series WHERE post_id = p.id AND series IN ({ids}))"
# The campaign's own accounts, in whatever capitals; `:own` is what `own_accounts` returns of them.
OWN = (
    "(SELECT a.id FROM json_each(:own) o CROSS JOIN authors a"
    " ON a.handle COLLATE NOCASE = o.value ->> 1 AND +a.platform = o.value ->> 0)"
)
# `Metrics.engagement` of a row of numbers that are no post's: NULL if the platform gave none.
ENGAGEMENT = (
    "CASE WHEN coalesce(s.likes, s.reposts, s.replies, s.quotes) IS NOT NULL THEN"
    " ifnull(s.likes, 0) + ifnull(s.reposts, 0) + ifnull(s.replies, 0) + ifnull(s.quotes, 0) END"
)
WAL = 4 * 2**20  # bytes that may wait beside the archive, in the file -wal, when nobody writes


def silence(steps: int) -> None:
    """Tell nobody how far a long task is."""


def check_posts(db: Database) -> None:
    """Raise ArchiveError where the counts are those of a lake, which has no posts and takes none."""
    if db.execute("SELECT 1 FROM meta WHERE key = 'lake'").fetchall():
        raise ArchiveError(
            "This file has the counts of a lake, and no posts. To make them again, type:"
            f" {COMMAND} lake count LAKE --into FILE. To work with posts, name another file with --archive."
        )


def own_accounts(own: Iterable[str]) -> str:
    """Return accounts as OWN takes them: where each may be, and its handle with and without '@'."""
    places = (place for name in own for place in accounts_called(name))
    return json.dumps([(platform, sign + handle) for platform, handle in places for sign in ("", "@")])


def _midnight(zone: ZoneInfo, day: str) -> int:
    """Return when a local day begins, in seconds since 1970."""
    return int(datetime.combine(date.fromisoformat(day), time(), zone).timestamp())


class Connection(Database):
    """A connection for reading, with the campaign's time zone. Never shared between threads."""

    _mode = "ro"

    def __init__(self, path: Path, zone: ZoneInfo) -> None:
        super().__init__(_connect(path, self._mode), execute_plugins=False)
        self.path, self.zone = path, zone
        # Of the zone only: SQLite holds what it calls, and a file that holds itself is never closed.
        self.conn.create_function("midnight", 1, partial(_midnight, zone), deterministic=True)

    def number(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> int:
        """Return the whole number in the first column of the first row."""
        return int(self.execute(sql, values).fetchone()[0])

    def column(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Any]:
        """Return the only column of all rows."""
        return [value for (value,) in self.execute(sql, values).fetchall()]

    def records(self, kind: type[R], sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[R]:
        """Return all rows as records of a kind, whose fields are the columns in their order."""
        return [record(kind, row) for row in self.execute(sql, values)]

    def meta(self, key: str) -> str:
        """Return what is noted of the archive under a key; "" if nothing is."""
        return str((self.column("SELECT value FROM meta WHERE key = ?", [key]) or [""])[0])

    def aliases(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
        """Return by which ids these posts and people, with their platforms, are known once they are gone."""
        [salt] = self.execute("SELECT salt FROM salts").fetchone()
        return {key: (key[0], gone_id(salt, *key)) for key in keys}


class WriteConnection(Connection):
    """A connection for reading and writing."""

    _mode = "rw"

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the archive's one write lock; all is stored at the end, or nothing if an error leaves.

        Raises ArchiveError if another process holds the lock for more than five seconds, and StorageError if
        the disk takes nothing more.
        """
        with storage_errors():
            self._begin()
            try:
                yield
                self.execute("COMMIT")
            except BaseException:
                if self.conn.in_transaction:  # SQLite ends one by itself when the disk is full
                    self.execute("ROLLBACK")
                raise

    @contextmanager
    def durable_transaction(self) -> Iterator[None]:
        """Hold the lock as `transaction` does; no power cut takes what is stored, as it may a last poll."""
        self.execute("PRAGMA synchronous = FULL")
        try:
            with self.transaction():
                yield
        finally:
            self.execute("PRAGMA synchronous = NORMAL")

    def set_meta(self, key: str, value: str) -> None:
        """Store what is noted of the archive under a key, as part of a transaction."""
        self.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", [key, value])

    def _begin(self) -> None:
        # IMMEDIATE: a deferred transaction that reads first fails with "database is locked".
        try:
            self.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise ArchiveError(
                "The archive is busy with other work. Nothing was changed; try again in a minute."
            ) from error

    def executemany(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            self.conn.executemany(sql, rows)


def row_digest(*values: bytes | int | float | None) -> int:
    """Return what checksums are made of; SQL has it under this name."""
    return crc32(marshal.dumps(values, 2))


def gone_id(salt: str, platform: str, native_id: str) -> str:
    """Return what stands for the id of a post or person that is gone; SQL has it under this name.

    It is the same each time, so what comes again is known, and it tells no name. "" stays: it is nobody's.
    """
    if not native_id or native_id.startswith("gone:"):
        return native_id
    text = f"{platform} {native_id}".encode("utf-8", "replace")
    return f"gone:{blake2b(text, key=bytes.fromhex(salt), digest_size=16).hexdigest()}"


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    # Threads take turns on a connection (Readers), and SQLite itself is built to be shared.
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        timeout=5.0,
        isolation_level=None,
        check_same_thread=mode != "ro",
    )
    connection.create_function("row_digest", -1, row_digest, deterministic=True)
    connection.create_function("gone_id", 3, gone_id, deterministic=True)
    for name, form in (("normal_text", normal), ("plain_text", plain)):
        connection.create_function(name, 1, lambda text, form=form: text and form(text), deterministic=True)
    for pragma in (
        "foreign_keys = ON",
        "synchronous = NORMAL",
        "secure_delete = ON",
        "cache_size = -65536",  # kB
        "temp_store = MEMORY",
        "wal_autocheckpoint = 4000",  # pages
        f"journal_size_limit = {WAL}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection
