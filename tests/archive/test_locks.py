"""SQLite's locks on a file last for as long as SQLite wants, whoever else opens that file in this process."""

import os
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils.utils import sqlite3

from monitor.accounts import Accounts
from monitor.archive import Archive

LOCKS = Path("/proc/locks")
pytestmark = pytest.mark.skipif(not LOCKS.exists(), reason="only Linux lists the locks on files")


def locks(path: Path) -> int:
    """Return how many locks this process has on a file."""
    mine = f" {os.getpid()} "
    return sum(mine in line and f":{path.stat().st_ino} " in line for line in LOCKS.read_text().splitlines())


def open_archive(path: Path) -> Archive:
    return Archive.open(path, ZoneInfo("UTC"))


@pytest.mark.parametrize("kind", [open_archive, Accounts.open], ids=["archive", "accounts"])
def test_opening_a_file_again_drops_no_lock_on_it(tmp_path, kind):
    path = tmp_path / "a.db"
    kind(path).close()
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        before = locks(path)
        kind(path).close()
        assert locks(path) == before > 0
        os.close(os.open(path, os.O_RDWR))  # control: what opening did once
        assert locks(path) == 0
