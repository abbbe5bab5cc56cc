"""The power goes at any write: writes are recorded, and the disk is made as it may be after each."""

import random
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.archive import Archive
from tests.chaos.experiment import ROOT, Experiment, Outcome

ZONE = ZoneInfo("Europe/London")
ENTRIES = 60
CALLS = "pwrite64,ftruncate,fsync,fdatasync,write"
# 7 pwrite64(5</folder/a.db-wal>, "\x37\x7f", 2, 0) = 2
_CALL = re.compile(r'^\d+ +(\w+)\(\d+<([^>]*)>(?:, "((?:\\x..)*)")?(?:, (\d+))?(?:, (\d+))?\) += \d+', re.M)


@dataclass
class Disk:
    """Files as a disk has them: what was synced for sure, and what was written since, perhaps."""

    synced: dict[str, bytearray] = field(default_factory=dict)
    since: dict[str, list[tuple[int, bytes | None]]] = field(default_factory=dict)  # None: cut off there

    def sync(self, name: str) -> None:
        """Take over all that was written to a file."""
        for at, data in self.since.pop(name, ()):
            _apply(self.synced.setdefault(name, bytearray()), at, data)

    def after_a_cut(self, chance: random.Random) -> dict[str, bytes]:
        """Return the files with some of the writes that were not synced, in order, the rest dropped."""
        files = {name: bytearray(data) for name, data in self.synced.items()}
        for name, writes in self.since.items():
            share = chance.random()
            for at, data in writes:
                if chance.random() < share:
                    _apply(files.setdefault(name, bytearray()), at, data)
        return {name: bytes(data) for name, data in files.items()}


def _apply(file: bytearray, at: int, data: bytes | None) -> None:
    if data is None:
        del file[at:]
        return
    file.extend(bytes(max(0, at - len(file))))
    file[at : at + len(data)] = data


@dataclass(frozen=True)
class Call:
    """What a process asked of the system."""

    name: str
    file: str
    data: bytes
    at: int


def record(folder: Path, variant: str = "") -> list[Call]:
    """Let somebody enter things into a new archive; return the calls by which they were stored."""
    path, trace = folder / "a.db", folder / "trace"
    Archive.open(path, ZONE).close()
    command = ["strace", "-f", "-y", "-xx", "-s", "100000", "-e", f"trace={CALLS}", "-o", str(trace)]
    writer = [sys.executable, "-m", "tests.chaos.scribe", str(path), str(ENTRIES)]
    (folder / "before.db").write_bytes(path.read_bytes())
    subprocess.run(
        [*command, *writer, *([variant] if variant else [])], cwd=ROOT, check=True,
        stdout=(folder / "saved").open("wb"),
    )  # fmt: skip
    return [*_calls(trace.read_text())]


def _calls(trace: str) -> Iterator[Call]:
    for found in _CALL.finditer(trace):
        name, path, data, first, second = found.groups()
        path = bytes.fromhex(path.replace("\\x", "")).decode() if path.startswith("\\x") else path
        content = bytes.fromhex((data or "").replace("\\x", ""))
        yield Call(name, Path(path).name, content, int(second or 0) if data else int(first or 0))


def replay(calls: list[Call], before: bytes, number: int) -> tuple[dict[str, bytes], int]:
    """Cut the power after some call; return the files as they may be, and how many were saved by then."""
    chance = random.Random(number)
    disk, saved = Disk({"a.db": bytearray(before)}), 0
    for call in calls[: chance.randrange(len(calls) + 1)]:
        if call.name in ("fsync", "fdatasync"):
            disk.sync(call.file)
        elif call.file == "saved":
            saved += 1
        elif call.file in ("a.db", "a.db-wal"):
            data = None if call.name == "ftruncate" else call.data
            disk.since.setdefault(call.file, []).append((call.at, data))
    return disk.after_a_cut(chance), saved


def cut(folder: Path, times: int, variant: str = "") -> Outcome:
    """Cut the power so many times; open each archive and look for what was called saved."""
    calls, faults, acknowledged = record(folder, variant), list[str](), 0
    before = (folder / "before.db").read_bytes()
    for number in range(times):
        place = folder / "cut"
        place.mkdir(exist_ok=True)
        for old in place.iterdir():
            old.unlink()
        files, saved = replay(calls, before, number)
        for name, data in files.items():
            (place / name).write_bytes(data)
        faults += [f"cut {number}: {fault}" for fault in _faults(place / "a.db", saved)]
        acknowledged += saved
    return Outcome(
        f"{times} cuts, {acknowledged} entries that a page had called saved, {len(faults)} faults",
        tuple(faults),
    )


def _faults(path: Path, saved: int) -> Iterator[str]:
    with closing(sqlite3.connect(path)) as db:
        if (answer := db.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            yield f"not whole: {answer}"
            return
        kept = {row[0] for row in db.execute("SELECT title FROM events")}
    if lost := {f"Event {n}" for n in range(saved)} - kept:
        yield f"{len(lost)} of {saved} entries lost"


def cut_unsynced(folder: Path, times: int) -> Outcome:
    """Do the same with a program that does not wait for the disk."""
    return cut(folder, times, "hasty")


EXPERIMENT = Experiment(
    promise="What a page has called saved is there after a power cut",
    method="events are entered while each write and sync is recorded; the power is cut after any of them,"
    " and what was not synced is dropped at random",
    run=cut,
    control_method="a program that does not wait for the disk",
    control=cut_unsynced,
    times=500,
    few=0,
    control_times=100,
    tool="strace",
)
