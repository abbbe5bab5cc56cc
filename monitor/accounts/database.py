"""The second SQLite file, beside the archive: opened, brought up to date, lent."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock, RLock
from typing import Any, Self, TypeVar

from monitor.accounts import trail
from monitor.accounts.schema import SCHEMA
from monitor.core.clock import stamp
from monitor.core.errors import AccessError, StorageError
from monitor.core.records import record
from monitor.core.storage import storage_error, storage_errors
from monitor.sqlite import Database, sqlite3

Connection = Any  # of sqlite3 or of pysqlite3, which ships no types
T = TypeVar("T")

# by signing in; brought back into the file, as are the codes of phones that were used
_CHANGED = ("sessions", "devices", "tries", "spare_codes", "handshakes")


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
        SCHEMA.open(path, lambda: Database(_connect(path), execute_plugins=False)).close()
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
        with ExitStack() as stack, storage_errors():
            stack.callback(connection.close)  # in whatever state an error leaves it, nobody else gets it
            yield connection
            stack.pop_all()
        self._free.put(connection)

    def _rows(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with self._reading() as db:
            rows: list[tuple[Any, ...]] = db.execute(sql, values).fetchall()
            return rows

    def _records(self, kind: type[T], sql: str, values: tuple[object, ...] = ()) -> tuple[T, ...]:
        """Return the rows as records of a kind, whose fields are the columns in their order."""
        return tuple(record(kind, row) for row in self._rows(sql, values))

    def _row(self, sql: str, values: tuple[object, ...] = ()) -> tuple[Any, ...] | None:
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
                raise AccessError("Another program is changing the accounts. Try again.") from error
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # SQLite ends one by itself when the disk is full
                    connection.execute("ROLLBACK")
                raise


class SignInDatabase(AccountsDatabase):
    """The file, and while its disk takes nothing a copy of it in memory, which the next write brings back.

    If another program changes the file meanwhile, which may end sessions, those stay that both know, and
    others sign in once more. What was written into the trail comes into the file either way.

    `_noted` is for changes that must work on a full disk, `_writing` for those that may fail; `_signed_in`
    for reading who is signed in, `_rows` and `_row` for reading all else.
    """

    def _start(self) -> None:
        super()._start()
        self._copy: Connection = None
        self._copied_version = 0
        self._copy_lock = RLock()

    def _noted(self, act: Callable[[Connection], T]) -> T:
        """Return what `act` does to the file, or to the copy in memory where the disk takes nothing."""
        try:
            with self._writing() as db:
                return act(db)
        except StorageError:
            with self._copy_lock:
                return act(self._current_copy())

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._copy_lock:
            with super()._writing() as db:
                if self._copy is not None:
                    self._bring_back(db)
                yield db
            self._copy = None

    @contextmanager
    def _signed_in(self) -> Iterator[Connection]:
        """Lend a connection that knows who is signed in."""
        if self._copy is None:
            with self._reading() as db:
                yield db
        else:
            with self._copy_lock:
                yield self._current_copy()

    def _is_copy_current(self) -> bool:
        return self._copied_version == self.version()

    def _current_copy(self) -> Connection:
        """Return the copy in memory, made again if the file has changed."""
        if self._copy is None or not self._is_copy_current():
            version, copy = self.version(), _connect(Path(":memory:"))
            with self._reading() as db:
                db.backup(copy)
            copy.execute("DROP TRIGGER audit_stays")
            copy.execute("DELETE FROM audit")  # which is to hold what comes into the file
            if self._copy is not None:
                in_file, known = (
                    set(each.execute("SELECT hash FROM sessions").fetchall()) for each in (copy, self._copy)
                )
                copy.executemany("DELETE FROM sessions WHERE hash = ?", list(in_file - known))
                _put(copy, "audit", self._copy.execute("SELECT * FROM audit").fetchall())
                _use_up_codes(copy, self._copy)
            self._copy, self._copied_version = copy, version
        return self._copy

    def _bring_back(self, db: Connection) -> None:
        """Take what the copy has noted into the file, in a transaction that holds its lock."""
        copy = self._current_copy()
        for table in _CHANGED:
            db.execute(f"DELETE FROM {table}")
            _put(db, table, copy.execute(f"SELECT * FROM {table}").fetchall())
        _use_up_codes(db, copy)
        for line in copy.execute("SELECT at, who, what FROM audit ORDER BY id"):
            trail.append(db, *line)


def note(db: Connection, who: str, what: str, now: datetime) -> None:
    """Write a line of the audit trail, in the transaction of what it tells."""
    trail.append(db, stamp(now), who, what)


def _connect(path: Path) -> Connection:
    """Return a connection whose writing is on the disk when it has returned."""
    connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
    # What is no text, as after somebody tampered with it, is shown as it is, and stops nothing.
    connection.text_factory = lambda text: text.decode(errors="backslashreplace")
    for pragma in ("foreign_keys = ON", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _use_up_codes(db: Connection, copy: Connection) -> None:
    """Let no code from a phone be used again that was used in the copy."""
    used = copy.execute("SELECT code_last, id FROM people").fetchall()
    db.executemany("UPDATE people SET code_last = max(code_last, ?) WHERE id = ?", used)


def _put(db: Connection, table: str, rows: list[tuple[object, ...]]) -> None:
    if rows:
        db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
