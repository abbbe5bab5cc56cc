"""Copies that are made while another process writes: each is sound, and has all that was stored before."""

import shutil
import sqlite3 as other_sqlite
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.archive import Archive
from monitor.backup import Backups
from tests.archive.saving import saved
from tests.builders import a_page, a_post
from tests.chaos.experiment import Experiment, Outcome
from tests.processes import PROCESSES

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/London")
PAGE = 2  # small ones: the archive is to be busy, not large
Make = Callable[[Backups, int], Path]


def write(path: Path, stored: Any) -> None:
    """Store pages until the process is ended, and count the posts that are stored."""
    with Archive.open(path, ZONE) as archive:
        for n in count():
            posts = [a_post(id=str(id), text=f"Post {id} " * 9) for id in range(n * PAGE, (n + 1) * PAGE)]
            saved(archive, a_page(*posts, cursor=str(n)))
            stored.value += PAGE
            if n % 5 == 0:
                archive.checksums.seal()


@contextmanager
def writing(path: Path) -> Iterator[Any]:
    """Have a process write meanwhile; yield how many posts it has stored."""
    stored = PROCESSES.Value("i", 0, lock=False)
    process = PROCESSES.Process(target=write, args=(path, stored))
    process.start()
    try:
        while not stored.value:
            process.join(0.01)
            assert process.exitcode is None
        yield stored
    finally:
        process.kill()
        process.join()


def proven(backups: Backups, number: int) -> Path:
    return backups.create(NOW + timedelta(minutes=number))


def copied(backups: Backups, number: int) -> Path:
    """Copy the file as `cp` does."""
    folder = backups.folder / str(number)
    folder.mkdir(parents=True)
    shutil.copyfile(backups.archive, folder / "archive.db")
    return folder


def copy(folder: Path, times: int, make: Make = proven) -> Outcome:
    """Make so many copies beside a writer; each is looked into with another SQLite."""
    backups = Backups(
        archive=folder / "a.db", accounts=folder / "access.db", config=folder, folder=folder / "copies",
        zone=ZONE,
    )  # fmt: skip
    faults, first, last = list[str](), 0, 0
    with writing(backups.archive) as stored:
        for number in range(times):
            before = stored.value
            path = make(backups, number)
            last = posts(path / "archive.db")
            first = first or last
            if last < before:
                faults.append(f"copy {number}: {last} of {before} posts")
            shutil.rmtree(path)
    return Outcome(f"{times} copies of {first} to {last} posts, {times - len(faults)} valid", tuple(faults))


def posts(path: Path) -> int:
    """Return how many posts a copy has; -1 if it is not sound."""
    with closing(other_sqlite.connect(path)) as db:
        try:
            is_sound = db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            return db.execute("SELECT count(*) FROM posts").fetchone()[0] if is_sound else -1
        except other_sqlite.DatabaseError:
            return -1


def copy_plainly(folder: Path, times: int) -> Outcome:
    return copy(folder, times, copied)


EXPERIMENT = Experiment(
    promise="A copy that is made while the monitor works is sound, and has all that was stored before",
    method="copies are made, one after another, while another process stores posts",
    run=copy,
    control_method="`cp` of the file",
    control=copy_plainly,
    times=100,
    few=10,
    control_times=12,
)
