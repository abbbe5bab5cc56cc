"""An import that is killed, and begun again: the archive is as if it had been left alone."""

import os
import random
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.archive import Archive, ArchiveReader
from monitor.archive.connection import WriteConnection
from monitor.campaign import load
from monitor.collect.imports import import_run
from monitor.collect.imports.file_import import read_file
from tests.chaos.experiment import Experiment, Outcome
from tests.chaos.experiments.kills import CAMPAIGN
from tests.chaos.fake_clock import Unmoved
from tests.processes import PROCESSES

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
PART, PARTS = 40, 5
STEPS = 200  # of SQLite's machine, between two moments
TABLES = (
    "posts", "authors", "post_series", "snapshots", "scores", "post_keys", "origins", "rejected",
    "days", "hours", "author_days", "author_totals", "ranks",
)  # fmt: skip
QUERIES = {name: f"SELECT * FROM {name} ORDER BY 1, 2" for name in TABLES} | {
    "post_terms": "SELECT post_id, kind, term FROM post_terms JOIN terms ON id = term_id ORDER BY 1, 2, 3",
    "term_days": "SELECT day, kind, term, posts FROM term_days JOIN terms ON id = term_id ORDER BY 1, 2, 3",
}
TEXTS = ("Thank you all #test", "Robbed in Romford again", "Is the station safe? #test #knives", "¡Enough!")
ROWS = "platform,id,author,followers,likes,text,created_at,url\n" + "".join(
    f"mastodon,{n},a{n % 17},{n % 7 * 900},{n % 5},{TEXTS[n % 4]} {n % 9},2026-11-{1 + n % 20:02}T12:00Z,\n"
    if n % 31
    else "mastodon,,,,,,never,\n"  # no post
    for n in range(PART * PARTS)
)


def kill(folder: Path, times: int, variant: str = "") -> Outcome:
    """Kill imports at moments spread over one; every eighth has its words read by another process."""
    start = folder / "start"
    start.mkdir()
    (start / "campaign.toml").write_text(CAMPAIGN.format(server="http://127.0.0.1:1"))
    (start / "posts.csv").write_text(ROWS)
    Archive.open(start / "a.db", LONDON).close()
    whole = shutil.copytree(start, folder / "whole")
    steps, expected, killed, faults = take(whole), rows(whole), 0, list[str]()
    for number in range(times):
        place, chance = shutil.copytree(start, folder / str(number)), random.Random(number)
        moment = (number + chance.random()) * steps / times
        importer = PROCESSES.Process(target=take, args=(place, int(moment), variant, number % 8 == 7))
        importer.start()
        importer.join()
        killed += importer.exitcode == -signal.SIGKILL
        take(place)
        with ArchiveReader.open(place / "a.db", LONDON) as archive:
            wrong = archive.differences()
        wrong += [f"other rows in {name}" for name, here in rows(place).items() if here != expected[name]]
        faults += [f"{number}: {fault}" for fault in wrong]
        shutil.rmtree(place)
    return Outcome(f"{killed} kills, {len(faults)} faults", tuple(faults))


def take(folder: Path, moment: int = -1, variant: str = "", processes: int = 0) -> int:
    """Import the posts of a folder; at a moment end this process. Return how many moments there were."""
    campaign, passed = load(folder / "campaign.toml"), 0

    def step() -> int:
        nonlocal passed
        passed += 1
        if passed == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    if variant == "loose":
        WriteConnection.transaction = loose  # type: ignore[method-assign]
    part, import_run._PART = import_run._PART, PART
    with Archive.open(folder / "a.db", LONDON) as archive:
        archive.db.conn.set_progress_handler(step, STEPS)
        run = import_run.ImportRun(
            campaign=campaign, tracks=campaign.tracks[:1], matching=False, archive=archive,
            analyzer=Unmoved(), clock=lambda: NOW, started_at=NOW, processes=processes,
        )  # fmt: skip
        for _ in run.take(lambda progress: read_file(folder / "posts.csv", {}, LONDON, progress), "a file"):
            pass
    import_run._PART = part
    return passed


@contextmanager
def loose(self: WriteConnection) -> Iterator[None]:
    """Store each statement by itself: a broken variant."""
    yield


def rows(folder: Path) -> dict[str, list[object]]:
    """Return what the tables of an archive hold of posts, and of their counts."""
    with ArchiveReader.open(folder / "a.db", LONDON) as archive:
        return {name: archive.db.execute(query).fetchall() for name, query in QUERIES.items()}


EXPERIMENT = Experiment(
    promise="An import that is killed can be done again: nothing is lost, and nothing is there twice",
    method="an import is killed (SIGKILL) at moments spread over it, every eighth with a second process,"
    " and the same file is imported again",
    run=kill,
    control_method="a program that stores each statement by itself",
    control=lambda folder, times: kill(folder, times, "loose"),
    times=100,
    few=8,
    control_times=8,
)
