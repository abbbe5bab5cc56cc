"""A disk that fails at one read or write, or from it on: an import says so, and its archive stays whole."""

import random
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from monitor.archive import Archive, ArchiveReader
from tests.chaos.experiment import Experiment, Outcome
from tests.chaos.experiments.kills import CAMPAIGN, ZONE
from tests.chaos.importer import bring as bring_posts
from tests.processes import PROCESSES

WRITES = "pwrite64,ftruncate,fsync,fdatasync"
READS, READS_OF_FILE = "pread64", "read"  # by SQLite, and by Python of the file that is imported
KINDS = (WRITES, READS, READS_OF_FILE)
BATCH, BATCHES = 500, 3
POSTS = "platform,id,text,created_at\n" + "".join(
    f"mastodon,{n},Word {n} #test,2026-11-20T12:00:00Z\n" for n in range(BATCH * BATCHES)
)


def bring(folder: Path, times: int) -> Outcome:
    """Import a file so many times, each time with a fault at another call: as many of each kind."""
    outcomes = [bring_beside(folder / kind, times // len(KINDS), kind) for kind in KINDS]
    stopped = sum(number for number, _ in outcomes)
    faults = [fault for _, found in outcomes for fault in found]
    return Outcome(
        f"{times} imports, {stopped} of them stopped in a sentence, {len(faults)} faults", tuple(faults)
    )


def bring_beside(folder: Path, times: int, kind: str, variant: str = "") -> tuple[int, list[str]]:
    """Import a file so many times with faults at such calls; return how often it stopped, and all faults."""
    start = folder / "start"
    start.mkdir(parents=True)
    (start / "campaign.toml").write_text(CAMPAIGN.format(server="http://127.0.0.1:1"))
    (start / "posts.csv").write_text(POSTS)
    Archive.open(start / "a.db", ZONE).close()
    calls, faults, stopped = _calls(shutil.copytree(start, folder / "whole"), kind), list[str](), 0
    for number in range(times):
        name, which = calls[(2 * number + 1) * len(calls) // (2 * times)]
        lasting = "+" * random.Random(number).randrange(2)
        at = f"{name} {which}{lasting}"
        place = shutil.copytree(start, folder / str(number))
        exit_code = _import(place, f"inject={name}:error=EIO:when={which}{lasting}", variant)
        stopped += exit_code != 0
        faults += [f"{at}: {fault}" for fault in _faults(place, exit_code, is_of_file=kind == READS_OF_FILE)]
        shutil.rmtree(place)
    return stopped, faults


def _calls(folder: Path, kind: str) -> list[tuple[str, int]]:
    """Return each such call of an import on its files, and which of its name it is."""
    _import(folder, f"trace={kind}")
    calls, seen = [], dict[str, int]()
    for name in re.findall(r"(?m)^\d+ +(\w+)\(", (folder / "trace").read_text()):
        seen[name] = seen.get(name, 0) + 1
        calls.append((name, seen[name]))
    return calls


def _import(folder: Path, trace: str, variant: str = "") -> int:
    """Import into the archive of a folder; only what becomes of its files is traced, or fails."""
    ready, go = PROCESSES.Event(), PROCESSES.Event()
    importer = PROCESSES.Process(target=bring_posts, args=(folder, variant, ready, go))
    importer.start()
    assert ready.wait(120)
    command = ["strace", "-f", "-o", str(folder / "trace"), "-e", trace, "-p", str(importer.pid)]
    for name in ("a.db", "a.db-wal", "posts.csv"):
        command += ["-P", str(folder / name)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr
        if "attached" not in (line := tracer.stderr.readline()):
            importer.kill()
            raise RuntimeError(f"nothing is traced: {line}")
        go.set()
        importer.join()
    return importer.exitcode or 0


def _faults(folder: Path, exit_code: int, *, is_of_file: bool) -> Iterator[str]:
    path, said = folder / "a.db", (folder / "errors").read_text()
    with closing(sqlite3.connect(path)) as db:
        if (answer := db.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            yield f"not whole: {answer}"
            return
    with ArchiveReader.open(path, ZONE) as archive:
        posts = archive.posts.count()
        yield from archive.differences()
    if posts % BATCH and not is_of_file:  # what came before a fault of the file may be kept
        yield f"{posts} posts: part of a batch"
    if exit_code == 0 and posts < BATCH * BATCHES:
        yield f"silent: {posts} posts of {BATCH * BATCHES}, and no error"
    if "Traceback" in said or (exit_code and "monitor: " not in said):
        yield f"no sentence: {said.strip()[-100:]}"


def bring_deaf(folder: Path, times: int) -> Outcome:
    """Do the same with programs that go on when the disk refuses, and that take a fault for the end."""
    variants = {"deaf": WRITES, "short": READS_OF_FILE}
    outcomes = [
        bring_beside(folder / variant, times // len(KINDS), kind, variant)[1]
        for variant, kind in variants.items()
    ]
    caught = tuple(faults[0] for faults in outcomes) if all(outcomes) else ()
    return Outcome(f"{len(variants)} variants", caught)


EXPERIMENT = Experiment(
    promise="A disk that fails is never reported as success, and leaves an archive that is whole",
    method="posts are imported while one read of the archive or of their file, or one write, sync or"
    " truncation of the archive fails, or all from it on",
    run=bring,
    control_method="a program that goes on when the disk refuses; one that takes a failed read for the end",
    control=bring_deaf,
    times=60,
    few=3,
    control_times=6,
    tool="strace",
)
