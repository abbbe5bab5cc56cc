"""Restores that are killed, of all or of what is damaged: the next one finishes it, or all is as it was."""

import os
import random
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.accounts import Accounts, Role
from monitor.archive import Archive
from monitor.archive.damage.mending import mend as rows_from
from monitor.backup import Backups
from monitor.backup.restore import finish, mend, restore
from monitor.backup.sqlite_copy import settle
from monitor.core.storage import sync
from monitor.schema_upgrade import RESTORING
from tests.archive.saving import saved
from tests.builders import a_page, a_post
from tests.chaos.experiment import Experiment, Outcome
from tests.chaos.experiments import flips
from tests.processes import PROCESSES

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/London")
Restore = Callable[[Backups, Path, datetime], object]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What is killed: `begin` makes the files and returns the copy, `state` is what they hold afterwards."""

    begin: Callable[[Path], Path]
    state: Callable[[Backups], object]
    right: Restore
    killed: Restore  # the same, or a broken variant


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


def begin_damaged(folder: Path) -> Path:
    """Make an archive and a copy of it, then turn over a bit in one of its posts; return the copy."""
    backups = backups_in(folder)
    flips.fill(backups.archive, posts=150)
    path = backups.create(NOW)
    settle(backups.archive)
    data = bytearray(backups.archive.read_bytes())
    data[data.index(b"They spoke of us")] ^= 1
    backups.archive.write_bytes(data)
    return path


def state(backups: Backups) -> object:
    """Return how many posts and accounts there are, as the worker finds them when it is started again."""
    with Archive.open(backups.archive, ZONE) as archive:
        number = archive.posts.count()
    with closing(Accounts.open(backups.accounts)) as accounts:
        return f"{number} posts, {len(accounts.people())} accounts"


def content(backups: Backups) -> object:
    """Return all that the archive holds."""
    settle(backups.archive)
    return flips.content(backups.archive)


def overwrite(backups: Backups, source: Path, now: datetime) -> None:
    """Put the files of a copy over those that are there, as `cp` does, on a slow disk.

    However busy the machine is, somebody has the time to kill it midway.
    """
    for name, path in {"archive.db": backups.archive, "access.db": backups.accounts}.items():
        data = (source / name).read_bytes() if (source / name).exists() else b""
        for at in range(0, len(data), 2**16):
            with path.open("r+b" if at else "wb") as file:
                file.seek(at)
                file.write(data[at : at + 2**16])
            sync(path)
            time.sleep(0.05)


def mend_over(backups: Backups, source: Path, now: datetime) -> None:
    """Put the mended archive over the one that is there, as `cp` does."""
    folder = backups.archive.with_name("mended")
    folder.mkdir()
    mended, copy = folder / "archive.db", folder / "copy.db"
    rows_from(shutil.copyfile(backups.archive, mended), shutil.copyfile(source / "archive.db", copy), ZONE)
    settle(mended)
    overwrite(backups, folder, now)


def _at_once(place: Path) -> bool:
    return True


def _ready(place: Path) -> bool:
    """Return whether the new files are all there, to be put in place."""
    return (place / RESTORING).is_dir()


def _written_to(place: Path) -> bool:
    """Return whether the archive itself is written to, moved away, or about to be."""
    try:
        return _ready(place) or (place / "archive.db").stat().st_mtime_ns != UNTOUCHED
    except FileNotFoundError:
        return True


UNTOUCHED = 10**18  # nanoseconds since 1970, at which all archives are said to have been written
MOMENTS = (  # from when on it is killed, and up to which share of the time that it takes later
    (_written_to, 0.0), (_at_once, 1.0), (_ready, 0.0), (_written_to, 0.25)
)  # fmt: skip
WHOLE = Trial(begin=begin, state=state, right=restore, killed=restore)
DAMAGED = Trial(begin=begin_damaged, state=content, right=mend, killed=mend)


def killed(folder: Path, times: int, trial: Trial) -> tuple[int, list[str]]:
    """Kill so many restores at random moments, and run the next one each time, as the message says.

    Return how many of them it finished, and what was wrong.
    """
    whole = folder / "whole"
    whole.mkdir(parents=True)
    source = trial.begin(whole).relative_to(whole)
    chance, faults, finished = random.Random(times), list[str](), 0
    shutil.copytree(whole, folder / "old")
    old, longest = trial.state(backups_in(folder / "old")), _seconds(trial, whole, folder / "new", source)
    new = trial.state(backups_in(folder / "new"))
    for number in range(times):
        place = shutil.copytree(whole, folder / str(number))
        os.utime(place / "archive.db", ns=(UNTOUCHED, UNTOUCHED))
        moment, share = MOMENTS[number % len(MOMENTS)]
        _kill(trial, place, source, moment=moment, after=chance.random() * longest * share)
        backups = backups_in(place)
        try:
            was_cut_short = bool(finish(backups))
            finished += was_cut_short
            if (found := trial.state(backups)) not in (old, new) or (was_cut_short and found != new):
                faults.append(f"kill {number}: neither as before nor as it should be: {str(found)[:60]}")
            trial.right(backups, place / source, NOW + timedelta(seconds=1))
            if trial.state(backups) != new:
                faults.append(f"kill {number}: the next restore put something else in place")
        except Exception as error:  # whatever it is, it is what we look for
            faults.append(f"kill {number}: {type(error).__name__}: {error}")
        shutil.rmtree(place)
    return finished, faults


def _seconds(trial: Trial, whole: Path, place: Path, source: Path) -> float:
    """Do it without a kill; return how long it takes."""
    shutil.copytree(whole, place)
    began = time.monotonic()
    trial.right(backups_in(place), place / source, NOW)
    return time.monotonic() - began


def _kill(trial: Trial, place: Path, source: Path, *, moment: Callable[[Path], bool], after: float) -> None:
    """Begin it, and kill it so many seconds after its moment has come."""
    started = PROCESSES.Event()
    process = PROCESSES.Process(target=_run, args=(trial.killed, place, source, started))
    process.start()
    assert started.wait(60)
    while process.is_alive() and not moment(place):
        time.sleep(0.0002)
    time.sleep(after)
    process.kill()
    process.join()


def _run(act: Restore, place: Path, source: Path, started: Any) -> None:
    started.set()
    act(backups_in(place), place / source, NOW)


def kill(folder: Path, times: int) -> Outcome:
    """Kill so many restores of all, and as many of what is damaged."""
    finished, faults = killed(folder / "all", times, WHOLE)
    mended, more = killed(folder / "damaged", times, DAMAGED)
    figure = f"{2 * times} kills, {finished + mended} finished by the next"
    return Outcome(f"{figure}, {len(faults + more)} faults", (*faults, *more))


def kill_broken(folder: Path, times: int) -> Outcome:
    """Do the same with restores of both kinds that write over the files that are there."""
    outcomes = [
        killed(folder / "all", times, replace(WHOLE, killed=overwrite))[1],
        killed(folder / "damaged", times, replace(DAMAGED, killed=mend_over))[1],
    ]
    return Outcome(f"{2 * times} kills", tuple(faults[0] for faults in outcomes) if all(outcomes) else ())


EXPERIMENT = Experiment(
    promise="A restore that is cut short is finished by the next one, or has changed nothing",
    method="`monitor restore`, and `restore --only-damaged` of an archive with a damaged row, are killed"
    " (SIGKILL) at random moments, and run again",
    run=kill,
    control_method="the copy's files, or the mended archive, are written over those that are there",
    control=kill_broken,
    times=40,
    few=4,
    control_times=8,
)
