"""SQLite's locks on a file last for as long as SQLite wants, whoever else opens that file in this process."""

import os
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils.utils import sqlite3

from monitor.accounts import Accounts
from monitor.archive import Archive
from monitor.core.errors import ArchiveError, StorageError
from monitor.core.storage import is_lock
from monitor.schema_upgrade import ensure_private_file
from tests.archive.outside_reader import count_on
from tests.archive.saving import saved
from tests.builders import a_page, a_post
from tests.processes import PROCESSES

OPEN_FILES = Path("/proc/self/fd")
PAGES = 60


def locks(path: Path) -> set[str]:
    """Return the locks this process has on a file, as the kernel lists them beside each of its open files.

    The list of all locks of the machine (/proc/locks) is read in pieces, and tells one twice or not at all
    while other programs lock and unlock.
    """
    numbers = [number.name for number in OPEN_FILES.iterdir() if os.path.realpath(number) == str(path)]
    told = "".join((OPEN_FILES.with_name("fdinfo") / number).read_text() for number in numbers)
    return {line.split(":", 2)[2] for line in told.splitlines() if line.startswith("lock:")}


def open_archive(path: Path) -> Archive:
    return Archive.open(path, ZoneInfo("UTC"))


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="only Linux lists the locks on files")
@pytest.mark.parametrize("kind", [open_archive, Accounts.open], ids=["archive", "accounts"])
def test_opening_a_file_again_drops_no_lock_on_it(tmp_path, kind):
    path = tmp_path / "a.db"
    kind(path).close()
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        before = locks(path)
        kind(path).close()
        assert before
        assert locks(path) == before
        os.close(os.open(path, os.O_RDWR))  # control: what opening did once
        assert not locks(path)


def lost_beside_a_reader(path: Path, tick: Callable[[], object]) -> int:
    """Write pages while another program reads the archive with another SQLite; return how many are not in it.

    Without locks some are not stored, and some are said to be and go with the file -wal, which the reader
    deletes: it takes itself for the last that has the archive open.
    """
    open_archive(path).close()
    over = PROCESSES.Event()
    reader = PROCESSES.Process(target=count_on, args=(str(path), over))
    reader.start()
    try:
        for number in range(PAGES):
            with suppress(StorageError, ArchiveError, sqlite3.Error), open_archive(path) as archive:
                tick()
                saved(archive, a_page(*(a_post(id=f"{number} {post}") for post in range(5))))
                tick()
                archive.posts.count()
    finally:
        over.set()
        reader.join()
        reader.close()
    with open_archive(path) as archive:
        return PAGES - archive.posts.count() // 5


@pytest.mark.kills
def test_a_program_with_another_sqlite_that_reads_on_and_on_costs_no_page(tmp_path):
    assert lost_beside_a_reader(tmp_path / "a.db", lambda: ensure_private_file(tmp_path / "a.db")) == 0


@pytest.mark.kills
def test_control_opening_and_closing_the_file_beside_sqlite_costs_pages(tmp_path):
    path = tmp_path / "a.db"
    assert lost_beside_a_reader(path, lambda: os.close(os.open(path, os.O_RDWR))) > 0


def test_what_another_program_holds_up_is_known_for_a_lock_and_what_is_wrong_is_not(tmp_path):
    with closing(open_archive(tmp_path / "a.db")) as one, closing(open_archive(tmp_path / "a.db")) as other:
        other.db.execute("PRAGMA busy_timeout = 0")
        with one.db.transaction(), pytest.raises(ArchiveError) as held_up, other.db.transaction():
            pass
        with pytest.raises(ArchiveError) as wrong:
            other.events.add(date(2026, 11, 20), "")
    assert is_lock(held_up.value)
    assert not is_lock(wrong.value)
