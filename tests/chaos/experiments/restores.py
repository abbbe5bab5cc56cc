"""Restores that are killed: the next one finishes it, or all is as it was."""

import random
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.accounts import Accounts, Role
from monitor.archive import Archive
from monitor.backup import Backups
from monitor.backup.restore import finish, restore
from monitor.backup.sqlite_copy import sync
from monitor.schema_upgrade import RESTORING
from tests.archive.saving import saved
from tests.builders import a_page, a_post
from tests.chaos.experiment import Experiment, Outcome
from tests.processes import PROCESSES

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/London")
OLD, COPIED = (3, 2), (2, 1)  # posts and accounts
Restore = Callable[[Backups, Path, datetime], object]


def backups_in(folder: Path) -> Backups:
    return Backups(
        archive=folder / "archive.db", accounts=folder / "access.db", config=folder,
        folder=folder / "backups", zone=ZONE,
    )  # fmt: skip


def begin(folder: Path) -> Path:
    """Make files and a copy of them, then change both; return the copy."""
    backups = backups_in(folder)
    with Archive.open(backups.archive, ZONE) as archive, closing(Accounts.open(backups.accounts)) as accounts:
        saved(archive, a_page(a_post(id="1"), a_post(id="2")))
        accounts.add("Kim", Role.ADMIN, by="test", now=NOW, password="only made up 1828")
        path = backups.create(NOW)
        saved(archive, a_page(a_post(id="3")))
        accounts.add("Sam", Role.EDITOR, by="test", now=NOW, password="only made up 1828")
    return path


def state(backups: Backups) -> tuple[int, int]:
    """Return how many posts and accounts there are, as the worker finds them when it is started again."""
    with Archive.open(backups.archive, ZONE) as archive:
        number = archive.posts.count()
    with closing(Accounts.open(backups.accounts)) as accounts:
        return number, len(accounts.people())


def overwrite(backups: Backups, source: Path, now: datetime) -> None:
    """Put the files of a copy over those that are there, as `cp` does."""
    for name, path in {"archive.db": backups.archive, "access.db": backups.accounts}.items():
        data = (source / name).read_bytes()
        for at in range(0, len(data), 2**16):
            with path.open("r+b" if at else "wb") as file:
                file.seek(at)
                file.write(data[at : at + 2**16])
            sync(path)


def seconds(act: Restore, backups: Backups, source: Path) -> float:
    began = time.monotonic()
    act(backups, source, NOW)
    return time.monotonic() - began


def killed(folder: Path, times: int, act: Restore) -> Outcome:
    """Kill so many restores at random moments; afterwards the next one is run, as the message says."""
    whole = folder / "whole"
    whole.mkdir()
    source = begin(whole).relative_to(whole)
    chance, faults, finished = random.Random(times), list[str](), 0
    shutil.copytree(whole, folder / "trial")
    longest = seconds(act, backups_in(folder / "trial"), folder / "trial" / source)
    for number in range(times):
        place = folder / str(number)
        shutil.copytree(whole, place)
        backups, started = backups_in(place), PROCESSES.Event()
        process = PROCESSES.Process(target=_run, args=(act, backups, place / source, started))
        process.start()
        assert started.wait(60)
        if number % 2:  # in the midst of it; else at any time
            while process.is_alive() and not (place / RESTORING).is_dir():
                time.sleep(0.0002)
        else:
            time.sleep(chance.random() * longest)
        process.kill()
        process.join()
        try:
            was_cut_short = bool(finish(backups))
            finished += was_cut_short
            if (found := state(backups)) not in (OLD, COPIED) or (was_cut_short and found != COPIED):
                faults.append(f"kill {number}: {found[0]} posts, {found[1]} accounts")
            restore(backups, place / source, NOW + timedelta(seconds=1))
            if state(backups) != COPIED:
                faults.append(f"kill {number}: the next restore put something else in place")
        except Exception as error:  # whatever it is, it is what we look for
            faults.append(f"kill {number}: {type(error).__name__}: {error}")
    return Outcome(f"{times} kills, {finished} finished by the next, {len(faults)} faults", tuple(faults))


def _run(act: Restore, backups: Backups, source: Path, started: object) -> None:
    started.set()  # type: ignore[attr-defined]
    act(backups, source, NOW)


def kill(folder: Path, times: int) -> Outcome:
    return killed(folder, times, restore)


def kill_overwriting(folder: Path, times: int) -> Outcome:
    return killed(folder, times, overwrite)


EXPERIMENT = Experiment(
    promise="A restore that is cut short is finished by the next one, or has changed nothing",
    method="`monitor restore` is killed (SIGKILL) at random moments, and run again",
    run=kill,
    control_method="the copy's files are written over those that are there",
    control=kill_overwriting,
    times=60,
    few=6,
    control_times=12,
)
