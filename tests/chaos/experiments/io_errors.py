"""A disk that fails at one write or sync, or from it on: an import says so, and its archive stays whole."""

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

CALLS = "pwrite64,ftruncate,fsync,fdatasync"
BATCH, BATCHES = 500, 3
POSTS = "platform,id,text,created_at\n" + "".join(
    f"mastodon,{n},Word {n} #test,2026-11-20T12:00:00Z\n" for n in range(BATCH * BATCHES)
)


def bring(folder: Path, times: int, variant: str = "") -> Outcome:
    """Import a file so many times, each time with a fault at another call."""
    start = folder / "start"
    start.mkdir()
    (start / "campaign.toml").write_text(CAMPAIGN.format(server="http://127.0.0.1:1"))
    (start / "posts.csv").write_text(POSTS)
    Archive.open(start / "a.db", ZONE).close()
    calls, faults, stopped = _calls(shutil.copytree(start, folder / "whole")), list[str](), 0
    for number in range(times):
        name, which = calls[number * len(calls) // times]
        lasting = "+" * random.Random(number).randrange(2)
        at = f"{name} {which}{lasting}"
        place = shutil.copytree(start, folder / str(number))
        exit_code = _import(place, f"inject={name}:error=EIO:when={which}{lasting}", variant)
        stopped += exit_code != 0
        faults += [f"{at}: {fault}" for fault in _faults(place, exit_code)]
        shutil.rmtree(place)
    return Outcome(
        f"{times} imports, {stopped} of them stopped in a sentence, {len(faults)} faults", tuple(faults)
    )


def _calls(folder: Path) -> list[tuple[str, int]]:
    """Return each call by which an import stores what it reads, and which of its name it is."""
    _import(folder, f"trace={CALLS}")
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
    for name in ("a.db", "a.db-wal"):
        command += ["-P", str(folder / name)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr
        if "attached" not in (line := tracer.stderr.readline()):
            importer.kill()
            raise RuntimeError(f"nothing is traced: {line}")
        go.set()
        importer.join()
    return importer.exitcode or 0


def _faults(folder: Path, exit_code: int) -> Iterator[str]:
    path, said = folder / "a.db", (folder / "errors").read_text()
    with closing(sqlite3.connect(path)) as db:
        if (answer := db.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            yield f"not whole: {answer}"
            return
    with ArchiveReader.open(path, ZONE) as archive:
        posts = archive.posts.count()
        yield from archive.differences()
    if posts % BATCH:
        yield f"{posts} posts: part of a batch"
    if exit_code == 0 and posts < BATCH * BATCHES:
        yield f"silent: {posts} posts of {BATCH * BATCHES}, and no error"
    if "Traceback" in said or (exit_code and not said.startswith("monitor: ")):
        yield f"no sentence: {said.strip()[-100:]}"


def bring_deaf(folder: Path, times: int) -> Outcome:
    """Do the same with a program that goes on when the disk refuses."""
    return bring(folder, times, "deaf")


EXPERIMENT = Experiment(
    promise="A disk that fails is never reported as success, and leaves an archive that is whole",
    method="posts are imported while one write, sync or truncation of the archive fails, or all from it on",
    run=bring,
    control_method="a program that goes on when the disk refuses",
    control=bring_deaf,
    times=90,
    few=3,
    control_times=10,
    tool="strace",
)
