"""The removal of old texts, killed at random moments: no post is half scrubbed, and no count moves."""

import random
import shutil
import time
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

from monitor.archive import Archive
from monitor.archive.connection import WriteConnection
from monitor.archive.schema import rollups
from monitor.campaign import KeepSettings
from monitor.core.model import Picture
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post
from tests.chaos.experiment import Experiment, Outcome
from tests.processes import PROCESSES

KEEP, NOW = KeepSettings(), NOON + timedelta(days=500)
POSTS = 1500  # three batches
_HALF = (
    "SELECT count(*) FROM posts p WHERE (text IS NULL) <> (scrubbed_at IS NOT NULL)"
    " OR (native_id GLOB 'gone:*') <> (scrubbed_at IS NOT NULL)"
    " OR EXISTS (SELECT 1 FROM pictures WHERE post_id = p.id) <> (scrubbed_at IS NULL)"
)
_TABLES = [table for table in rollups.KEPT if "term" not in table]


def begin_at(folder: Path) -> None:
    """Make an archive all of whose posts are due."""
    posts = [
        a_post(id=f"n{n}", by=f"p{n % 97}", text=f"Words {n % 300} of ours", pictures=(Picture(alt="A"),))
        for n in range(POSTS)
    ]
    with opened(folder) as archive:
        saved(archive, a_page(*posts))


def counts(archive: Archive) -> list[object]:
    tags = (
        "SELECT term, day, posts FROM term_days JOIN terms ON id = term_id WHERE kind = 'tag' ORDER BY 1, 2"
    )
    queries = [*(f"SELECT * FROM {table} ORDER BY 1, 2, 3" for table in _TABLES), tags]
    return [archive.db.execute(query).fetchall() for query in queries]


def remove(folder: Path, *, is_broken: bool = False) -> None:
    """Remove what is due; `is_broken`: each statement by itself."""
    if is_broken:
        WriteConnection.transaction = lambda self: nullcontext()
    with opened(folder) as archive:
        for _ in archive.retention.apply(KEEP, NOW):
            pass


def killed(path: Path, times: int, *, is_broken: bool = False) -> tuple[int, list[str]]:
    """Kill so many removals; return how many began and did not end, and what is wrong after any."""
    chance, faults, midway = random.Random(times), list[str](), 0
    begin_at(begin := path / "begin")
    whole, folder = (Path(shutil.copytree(begin, path / name)) for name in ("whole", "killed"))
    start = time.monotonic()
    remove(whole)
    longest = 1.2 * (time.monotonic() - start)
    with opened(begin) as archive:
        before = counts(archive)
    for number in range(times):
        process = PROCESSES.Process(target=remove, args=(folder,), kwargs={"is_broken": is_broken})
        process.start()
        process.join(chance.random() * longest)
        process.kill()
        process.join()
        with opened(folder) as archive:
            left = archive.retention.due(KEEP, NOW)
            midway += 0 < left < POSTS
            if half := archive.db.number(_HALF):
                faults.append(f"{number}: {half} posts are half scrubbed")
            if counts(archive) != before:
                faults.append(f"{number}: counts have moved")
            if not left and (differences := archive.differences()):
                faults.append(f"{number}: {differences[0]}")
        if not left:
            shutil.rmtree(folder)
            shutil.copytree(begin, folder)
        if is_broken and faults:  # one is enough
            break
    return midway, faults


def kill(path: Path, times: int) -> Outcome:
    midway, faults = killed(path, times)
    figure = f"{times} kills, {midway} of them midway: {len(faults)} posts half scrubbed or counts that moved"
    return Outcome(figure, tuple(faults))


def kill_broken(path: Path, times: int) -> Outcome:
    _, faults = killed(path, 100, is_broken=True)
    return Outcome(f"{len(faults)} faults after one of up to 100 kills", tuple(faults))


EXPERIMENT = Experiment(
    promise="A removal of old texts that is cut short leaves each post whole or scrubbed, and moves no count",
    method="the removal of texts that are too old is killed (SIGKILL) at random moments, and goes on",
    run=kill,
    control_method="each statement is stored by itself",
    control=kill_broken,
    times=1000,
    few=12,
)
