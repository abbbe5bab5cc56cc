"""The second SQLite file, beside the archive: opened, brought up to date, lent."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock, RLock
from typing import Any, Self, TypeVar

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # pysqlite3 where there is one

from monitor.accounts.schema import SCHEMA
from monitor.core.clock import stamp
from monitor.core.errors import AccessError, StorageError
from monitor.core.storage import storage_error, storage_errors
from monitor.schema_upgrade import ensure_private_file

Connection = Any  # of sqlite3 or of pysqlite3, which ships no types
T = TypeVar("T")

_CHANGED = ("sessions", "devices", "tries", "spare_codes")  # by signing in; brought back into the file
_TRAIL = "SELECT at, who, what FROM audit"
_COPIED = ("people", *_CHANGED, "handshakes")


class AccountsDatabase:
    """An open file. May be shared between threads: each borrows a connection of its own."""

    def __init__(
        self, path: Path, *, idle: timedelta = timedelta(minutes=30), longest: timedelta = timedelta(hours=12)
    ) -> None:
        self._path, self.idle, self.longest = path, idle, longest
        self._lock = Lock()
        self._start()

    def _start(self) -> None:
        self._pid = os.getpid()
        self._free = LifoQueue[Connection]()
        self._watch: Connection = None  # it never writes, so it sees each write

    @classmethod
    def open(cls, path: Path, **limits: timedelta) -> Self:
        """Return the file at `path`, made or brought up to date under a lock.

        `idle` and `longest` limit sessions. Raises AccessError if the file is something else, of
        a newer version, or lacks what cannot be made from the rest; and StorageError.
        """
        try:
            with storage_errors():
                ensure_private_file(path)
                with path.with_name(path.name + ".lock").open("w") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX)
                    _bring_up_to_date(path)
        except sqlite3.DatabaseError as error:
            raise AccessError(f"{path} cannot be opened as the file of accounts: {error}.") from error
        return cls(path, **limits)

    def close(self) -> None:
        """Close what is not lent."""
        while not self._free.empty():
            self._free.get_nowait().close()
        if self._watch:
            self._watch.close()
        self._start()

    def version(self) -> int:
        """Return a number that differs from the last one if anything has been written since."""
        with self._lock, storage_errors():
            if self._pid != os.getpid():
                self._start()
            if self._watch is None:
                self._watch = _connect(self._path)
            return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self._pid != os.getpid():  # SQLite's connections do not survive a fork
            self._start()
        try:
            connection = self._free.get_nowait()
        except Empty:
            self.version()  # while one connection stays open, others can be opened on a full disk, too
            with storage_errors():
                connection = _connect(self._path)
        try:
            with storage_errors():
                yield connection
        except BaseException:  # whatever state it is in, nobody else gets it
            connection.close()
            raise
        self._free.put(connection)

    def _rows(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with self._reading() as db:
            rows: list[tuple[Any, ...]] = db.execute(sql, values).fetchall()
            return rows

    def _row(self, sql: str, values: tuple[object, ...] = ()) -> tuple[Any, ...] | None:
        """Return the first row; None if there is none."""
        return next(iter(self._rows(sql, values)), None)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Lend a connection in a transaction that sees, and shuts out, all other writers.

        Raises AccessError if another program holds the lock, and StorageError if the disk takes nothing.
        """
        with self._reading() as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if storage_error(error):
                    raise
                raise AccessError("The accounts are being changed by another program. Try again.") from error
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # SQLite ends one by itself when the disk is full
                    connection.execute("ROLLBACK")
                raise


class SignInDatabase(AccountsDatabase):
    """The file, and while its disk takes nothing a copy in memory of what signing in needs.

    The copy counts until the file changes. If we change it, whoever signed in meanwhile is taken into it; if
    another program was quicker, which may have ended their sessions, they sign in once more. What was written
    into the trail comes into the file either way.
    """

    def _start(self) -> None:
        super()._start()
        self._copy: Connection = None
        self._copied_version = 0
        self._late: list[tuple[object, ...]] = []  # lines of the trail from a copy that counts no more
        self._copy_lock = RLock()

    def _noted(self, act: Callable[[Connection], T]) -> T:
        """Return what `act` does to the file, or to the copy in memory where the disk takes nothing."""
        try:
            with self._writing() as db:
                return act(db)
        except StorageError:
            with self._copy_lock:
                if not self._is_copy_current():
                    self._copied_version = self.version()
                    self._copy = _copy_of(self._path)
                return act(self._copy)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if self._copy is None and not self._late:
            with super()._writing() as db:
                yield db
            return
        with self._copy_lock:
            with super()._writing() as db:
                self._bring_back(db)
                yield db
            self._copy, self._late = None, []

    @contextmanager
    def _signed_in(self) -> Iterator[Connection]:
        """Lend a connection that knows who is signed in."""
        with self._copy_lock:
            if self._is_copy_current():
                yield self._copy
                return
        with self._reading() as db:
            yield db

    def _is_copy_current(self) -> bool:
        if self._copy is not None and self._copied_version != self.version():
            self._late += self._copy.execute(_TRAIL).fetchall()
            self._copy = None
        return self._copy is not None

    def _bring_back(self, db: Connection) -> None:
        """Take what the copy has noted into the file, in a transaction that holds its lock."""
        trail = self._late
        if self._is_copy_current():
            for table in _CHANGED:
                db.execute(f"DELETE FROM {table}")
                _put(db, table, self._copy.execute(f"SELECT * FROM {table}").fetchall())
            trail = trail + self._copy.execute(_TRAIL).fetchall()
        _put(db, "audit (at, who, what)", trail)


def note(db: Connection, who: str, what: str, now: datetime) -> None:
    """Write a line of the audit trail, in the transaction of what it tells."""
    db.execute("INSERT INTO audit (at, who, what) VALUES (?, ?, ?)", (stamp(now), who, what))


def _connect(path: Path) -> Connection:
    """Return a connection whose writing is on the disk when it has returned."""
    connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
    for pragma in ("foreign_keys = ON", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _bring_up_to_date(path: Path) -> None:
    db = Database(_connect(path), execute_plugins=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        if not SCHEMA.is_right(db, path):
            SCHEMA.upgrade(db, path)
    finally:
        db.close()


def _copy_of(path: Path) -> Connection:
    """Return a copy in memory of the tables that signing in reads or changes; the others are empty."""
    copy = _connect(Path(":memory:"))
    copy.execute("ATTACH ? AS file", (str(path),))
    with storage_errors():
        for (sql,) in copy.execute("SELECT sql FROM file.sqlite_master WHERE type = 'table'").fetchall():
            copy.execute(sql)
        for table in _COPIED:
            copy.execute(f"INSERT INTO main.{table} SELECT * FROM file.{table}")
    copy.execute("DETACH file")
    return copy


def _put(db: Connection, table: str, rows: list[tuple[object, ...]]) -> None:
    if rows:
        db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
