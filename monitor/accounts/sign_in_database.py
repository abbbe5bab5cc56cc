"""What signing in notes in the file of accounts; in memory while that can only be read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import TypeVar

from monitor.accounts.database import AccountsDatabase, Connection, connect
from monitor.core.errors import StorageError
from monitor.core.storage import storage_errors

T = TypeVar("T")

_CHANGED = ("sessions", "devices", "tries", "spare_codes")  # by signing in; brought back into the file
_COPIED = ("people", *_CHANGED, "handshakes")


class SignInDatabase(AccountsDatabase):
    """The file, and while its disk takes nothing a copy in memory of what signing in needs.

    The copy counts until the file changes. If we change it, whoever signed in meanwhile is taken into it; if
    another program was quicker, which may have ended their sessions, they sign in once more.
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
                if not self._is_copy_current():
                    self._copied_version = self.version()
                    self._copy = _copy_of(self._path)
                return act(self._copy)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with super()._writing() as db:
            self._bring_back(db)
            yield db

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
            self._copy.close()
            self._copy = None
        return self._copy is not None

    def _bring_back(self, db: Connection) -> None:
        """Take what the copy has noted into the file, in a transaction that holds its lock."""
        with self._copy_lock:
            if not self._is_copy_current():
                return
            for table in _CHANGED:
                db.execute(f"DELETE FROM {table}")
                _put(db, table, self._copy.execute(f"SELECT * FROM {table}").fetchall())
            _put(
                db, "audit (at, who, what)", self._copy.execute("SELECT at, who, what FROM audit").fetchall()
            )


def _copy_of(path: Path) -> Connection:
    """Return a copy in memory of the tables that signing in reads or changes; the others are empty."""
    copy = connect(Path(":memory:"))
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
