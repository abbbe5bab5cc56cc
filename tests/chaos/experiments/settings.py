"""Settings changed by two people at once, killed at random, on a disk that is full at random."""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from monitor import settings_files
from monitor.accounts import Accounts
from monitor.campaign import campaign_in
from monitor.core.clock import utcnow
from monitor.core.errors import ConfigError, SettingsConflict, StorageError
from monitor.settings_files import SettingsFiles
from tests.chaos.experiment import ROOT, Experiment, Outcome
from tests.disks import no_room
from tests.processes import PROCESSES

TRACK = "track.calling-time-on-crime"
PEOPLE = ("Ann", "Bea")
Broken = Callable[[], None]


def files_in(folder: Path) -> SettingsFiles:
    path = folder / "campaign.toml"
    return SettingsFiles(
        path=path, dotenv=folder / ".env", history=Accounts.open(folder / "access.db"), clock=utcnow,
        read=lambda text, env: campaign_in(text, path), problems=lambda campaign, env: (),
    )  # fmt: skip


def changes(number: int) -> dict[str, object]:
    """Return settings in several places of the file that belong together: each names the number."""
    words = [f"tag{number}", *(f"more{number}n{n}" for n in range(number % 4))]
    return {
        "name": f"Edit {number}", f"{TRACK}.tags": words, "sources.feeds.urls": [f"https://a.example/{number}"],
        "digest.hour": number % 24, "access.idle_minutes": number % 1400 + 1,
        "backup.second": "far" * (number % 500),
    }  # fmt: skip


def edit(folder: Path, person: str, saved: Any, broken: Broken) -> None:
    """Change settings until the process is ended; now and then nothing fits on the disk."""
    broken()
    files, chance = files_in(folder), random.Random(os.getpid())
    while True:
        number = chance.randrange(10**6)
        with no_room() if chance.random() < 0.1 else nullcontext():
            try:
                base, keys = files.settings().version, {"CHECK": f"{number}" * (number % 9)}
                files.save(changes(number), keys, base=base, who=person, now=utcnow())
                saved.value += 1
            except (SettingsConflict, StorageError):
                continue


@contextmanager
def two_people(folder: Path, broken: Broken) -> Iterator[tuple[Callable[[], int], Callable[[str], None]]]:
    """Have two processes change settings meanwhile; yield how often they did, and what kills one of them."""
    saved = {person: PROCESSES.Value("i", 0, lock=False) for person in PEOPLE}
    processes = dict[str, BaseProcess]()

    def begin(person: str) -> None:
        processes[person] = PROCESSES.Process(target=edit, args=(folder, person, saved[person], broken))
        processes[person].start()

    def end(person: str) -> None:
        processes[person].kill()
        processes[person].join()

    def kill(person: str) -> None:
        end(person)
        begin(person)

    for person in PEOPLE:
        begin(person)
    try:
        yield lambda: sum(value.value for value in saved.values()), kill
    finally:
        for person in PEOPLE:
            end(person)


class Look:
    """Looks at the file, and at what a program takes up."""

    def __init__(self, folder: Path) -> None:
        self.files, self.path = files_in(folder), folder / "campaign.toml"
        self.number, self.sound, self.faults = 0, set[str](), list[str]()

    def at_the_file(self) -> None:
        self.number += 1
        self._check("the file", self.path.read_text())

    def at_a_program(self) -> None:
        settings = self.files.settings()
        self._check("a program", settings.text)
        self.faults += filter(None, [settings.fault])

    def _check(self, label: str, text: str) -> None:
        if text in self.sound:
            return
        try:
            campaign = campaign_in(text, self.path)
        except ConfigError as error:
            self.faults.append(f"{label}: {error}")
            return
        number = campaign.name.removeprefix("Edit ")
        if number.isdecimal() and f"tag{number}" not in campaign.tracks[0].tags:
            self.faults.append(f"{label}: a mixture of {number} and {campaign.tracks[0].tags}")
        if text not in [one.text for one in self.files.history.campaign_versions()]:
            self.faults.append(f"{label}: it is none of the versions")
        self.sound.add(text)


def fine() -> None:
    """Break nothing."""


def change(folder: Path, times: int, broken: Broken = fine) -> Outcome:
    """Have so many edits made, and look at the files all the while."""
    lines = (ROOT / "config/campaign.toml").read_text().splitlines(keepends=True)
    files = ("places =", "subject_words =")  # which take most of the time to read
    (folder / "campaign.toml").write_text("".join(line for line in lines if not line.startswith(files)))
    look, chance, kills = Look(folder), random.Random(times), 0
    look.at_a_program()
    end = time.monotonic() + 450 + 3 * times  # ample on a busy machine, and less than a test may take
    with two_people(folder, broken) as (saved, kill):
        while saved() < times and not look.faults and time.monotonic() < end:
            due = min(saved() + chance.randrange(10), times)
            while saved() < due and not look.faults and time.monotonic() < end:
                look.at_the_file()
            for _ in range(chance.randrange(500)):
                look.at_the_file()
            kill(chance.choice(PEOPLE))
            kills += 1
            look.at_a_program()
        made = saved()
    look.at_the_file()
    look.at_a_program()
    if made < times and not look.faults:
        look.faults.append(f"{made} of {times} edits were made")
    figure = f"{made} edits, {kills} kills, {look.number} looks, {len(look.faults)} faults"
    return Outcome(figure, tuple(look.faults))


def write_plainly() -> None:
    """Write a file as `open` does, in the place of the one that is there."""

    @contextmanager
    def replacing(new: dict[Path, tuple[str, int]]) -> Iterator[None]:
        yield
        for path, (text, _) in new.items():
            with path.open("w") as file:
                for line in text.splitlines(keepends=True):
                    file.write(line)
                    file.flush()

    settings_files._replacing = replacing  # type: ignore[assignment]


EXPERIMENT = Experiment(
    promise="Settings are whole and one of the versions, whoever changes them, whatever ends it",
    method="two processes change settings in six places of the campaign file, and a key, at once; they are"
    " killed (SIGKILL) at random moments, and every tenth time nothing fits on the disk; the files are looked"
    " at, and taken up by a program, all the while",
    run=change,
    control_method="the file is written where it is",
    control=lambda folder, times: change(folder, times, write_plainly),
    times=1000,
    few=30,
    control_times=200,
)
