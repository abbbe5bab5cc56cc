"""Opening files in processes that are killed before their n-th statement of SQL."""

import os
import signal
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

from sqlite_utils import Database

import monitor.accounts.database
import monitor.archive
from monitor.accounts import Accounts
from monitor.archive import Archive
from monitor.schema import Schema
from tests.archive.saving import LONDON

PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.dying"])
NEVER = 0
OPEN: dict[str, Callable[[Path], Any]] = {
    "archive": lambda path: Archive.open(path, LONDON, demo=True),
    "accounts": Accounts.open,
}


def statements(kind: str, path: Path) -> int:
    """Open the file in another process; return how many statements that takes."""
    count = PROCESSES.Value("i", 0)
    _run(_open, kind, path, NEVER, count)
    return count.value


def kill(kind: str, moments: Mapping[Path, int], *, torn: bool = False) -> None:
    """Open each file in a process of its own that dies before the statement of that number.

    `torn`: by a program whose upgrades are in no transaction.
    """
    _run(_kill, kind, moments, torn)


def _run(target: Callable[..., None], *arguments: object) -> None:
    process = PROCESSES.Process(target=target, args=arguments)
    process.start()
    process.join(120)
    assert process.exitcode == 0
    process.close()


def _kill(kind: str, moments: Mapping[Path, int], torn: bool) -> None:
    if torn:
        Database.atomic = lambda db: nullcontext(db)
        Schema.upgrade = lambda schema, db, path: (schema._migrate(db, path), schema._mend(db, path))
    _ = (
        monitor.archive.SCHEMA.items,
        monitor.accounts.database.SCHEMA.items,
    )  # worked out once for all children
    for path, moment in moments.items():
        child = os.fork()
        if not child:
            _open(kind, path, moment, PROCESSES.Value("i", 0))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status)
        assert os.WTERMSIG(status) == signal.SIGKILL


def _open(kind: str, path: Path, moment: int, count: "Synchronized[int]") -> None:
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

    monitor.archive._connect = watched(monitor.archive._connect)
    monitor.accounts.database._connect = watched(monitor.accounts.database._connect)
    OPEN[kind](path).close()
