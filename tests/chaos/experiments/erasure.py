"""An erasure that is killed at random moments: half of it never stays, and no count moves."""

import random
import shutil
import time
from contextlib import suppress
from pathlib import Path

from monitor.archive.erasure.tombstones import Tombstones, UnfinishedErasure
from monitor.backup.eraser import Eraser
from monitor.core.errors import MonitorError
from tests.archive.saving import opened
from tests.chaos.experiment import Experiment, Outcome
from tests.planted_person import an_eraser, counts, planted, traces
from tests.processes import PROCESSES

JOB = UnfinishedErasure(author=1, posts=(7,), copies=True)


def erase(folder: Path, *, is_broken: bool = False) -> None:
    """Erase the first person, with the backups; `is_broken`: without writing down that it was begun."""
    if is_broken:
        save = Tombstones.save
        Tombstones.save = lambda self, path: save(Tombstones(self.hashes), path)
        Eraser.finish = lambda self: self._finish(JOB)
    with suppress(MonitorError):
        an_eraser(folder).erase(JOB.author, JOB.posts, copies=JOB.copies)


def killed(path: Path, times: int, *, is_broken: bool = False) -> list[str]:
    """Kill so many erasures, each in its own folder; return what is wrong once they are finished."""
    chance, faults = random.Random(times), list[str]()
    planted(begin := path / "begin")
    before = counts(begin)
    shutil.copytree(begin, path / "whole")
    start = time.monotonic()
    erase(path / "whole")
    longest = 1.5 * (time.monotonic() - start)
    for number in range(times):
        folder = Path(shutil.copytree(begin, path / "killed"))
        process = PROCESSES.Process(target=erase, args=(folder,), kwargs={"is_broken": is_broken})
        process.start()
        process.join(chance.random() * longest)
        process.kill()
        process.join()
        an_eraser(folder).finish()
        with opened(folder) as archive:
            is_known = archive.persons.person(JOB.author) is not None
        if is_known:  # it had not begun: whoever asked asks again
            erase(folder)
        faults += [f"{number}: {line}" for line in traces(folder)]
        if counts(folder) != before:
            faults.append(f"{number}: the counts have moved")
        shutil.rmtree(folder)
        if is_broken and faults:  # one is enough
            break
    return faults


def kill(path: Path, times: int) -> Outcome:
    faults = killed(path, times)
    return Outcome(f"{times} kills, {len(faults)} traces or counts that moved", tuple(faults))


def kill_broken(path: Path, times: int) -> Outcome:
    faults = killed(path, 100, is_broken=True)
    return Outcome(f"{len(faults)} traces after one of up to 100 kills", tuple(faults))


EXPERIMENT = Experiment(
    promise="An erasure that is cut short is finished, and moves no count",
    method="erasing somebody who is in each table and file is killed (SIGKILL) at random moments",
    run=kill,
    control_method="it is not written down that it was begun",
    control=kill_broken,
    times=1000,
    few=12,
)
