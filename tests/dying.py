"""Opening files in processes that are killed before their n-th statement of SQL."""

import os
import re
import signal
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from ctypes import c_int
from pathlib import Path
from shutil import copyfile
from typing import Any

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

import monitor.accounts.database
import monitor.archive
from monitor.accounts import Accounts
from monitor.archive import Archive
from monitor.schema_upgrade import Schema
from tests.archive.saving import LONDON
from tests.processes import PROCESSES
from tests.recorded import load

NEVER = 0
OPEN: dict[str, Callable[[Path], Any]] = {
    "archive": lambda path: Archive.open(path, LONDON, demo=True),
    "accounts": Accounts.open,
}


def killed(kind: str, commit: str, folder: Path, moments: int, *, torn: bool = False) -> dict[Path, bool]:
    """Return files whose upgrade was killed at moments spread over it; of each, whether it is old or new.

    The file brought up to date without a kill is `new.db`. `torn`: by a program whose upgrades are in no
    transaction.
    """
    old, new = (load(kind, commit, folder / name) for name in ("old.db", "new.db"))
    total = _statements(kind, new, torn)
    at = {folder / f"{n}.db": 1 + n * total // moments for n in range(moments)}
    for path in at:
        copyfile(old, path)
    _run(_kill, kind, at, torn)
    whole = (outcome(old), outcome(new))
    return {path: outcome(path) in whole for path in at}


def outcome(path: Path) -> list[str]:
    """Return all that is in a file, but for the time at which a migration was applied, and its salt."""
    db = sqlite3.connect(path)
    schema = db.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
    found = [repr(schema), repr(db.execute("SELECT name FROM _sqlite_migrations").fetchall())]
    for kind, name, _ in schema:
        if kind == "table" and not name.startswith(("_sqlite", "posts_fts_", "salts")):
            rows = repr(db.execute(f'SELECT * FROM "{name}"').fetchall())
            found.append(re.sub("gone:[0-9a-f]+", "gone", rows))
    db.close()
    return found


def _statements(kind: str, path: Path, torn: bool) -> int:
    """Open the file in another process; return how many statements that takes."""
    count = PROCESSES.Value("i", 0, lock=False)
    _run(_live, kind, path, torn, count)
    return count.value


def _run(target: Callable[..., None], *arguments: object) -> None:
    process = PROCESSES.Process(target=target, args=arguments)
    process.start()
    process.join(120)
    assert process.exitcode == 0
    process.close()


def _live(kind: str, path: Path, torn: bool, count: c_int) -> None:
    if torn:
        _tear()
    _open(kind, path, NEVER, count)


def _kill(kind: str, moments: Mapping[Path, int], torn: bool) -> None:
    if torn:
        _tear()
    _ = (
        monitor.archive.SCHEMA.items,
        monitor.accounts.database.SCHEMA.items,
    )  # worked out once for all children
    for path, moment in moments.items():
        child = os.fork()
        if not child:
            _open(kind, path, moment, PROCESSES.Value("i", 0, lock=False))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status)
        assert os.WTERMSIG(status) == signal.SIGKILL


def _tear() -> None:
    Database.atomic = lambda db: nullcontext(db)
    Schema.upgrade = lambda schema, db, path: (schema._migrate(db, path), schema._mend(db, path))


def _open(kind: str, path: Path, moment: int, count: c_int) -> None:
    def watched(connect: Callable[..., Any]) -> Callable[..., Any]:
        def connected(*how: object) -> Any:
            db = connect(*how)
            getattr(db, "conn", db).set_trace_callback(step)
            return db

        return connected

    def step(sql: str) -> None:
        count.value += 1
        if count.value == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    monitor.archive.connection._connect = watched(monitor.archive.connection._connect)
    monitor.accounts.database._connect = watched(monitor.accounts.database._connect)
    OPEN[kind](path).close()
