"""A real worker, killed at random moments: nothing lost, nothing doubled, counts right."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from monitor.archive import Archive
from monitor.core.model import Page
from tests.campaigns import ONE_TRACK
from tests.chaos.experiment import Experiment, Outcome
from tests.chaos.hurried import work
from tests.processes import PROCESSES
from tests.sources.loopback import Answer, as_json, serving

ZONE = ZoneInfo("Europe/London")
START = datetime(2026, 11, 1, tzinfo=UTC)
POSTS, STEP, OVERLAP = 1000, 7, 4
KILLS = 25  # of a worker, by the time that it has read all posts
CAMPAIGN = (
    ONE_TRACK
    + """\
[sources.mastodon]
every_minutes = 1
servers = ["{server}"]
"""
)


@dataclass
class Ledger:
    """A made-up server: `POSTS` statuses, in small pages that overlap."""

    asked: int = 0
    read: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        at = int(query.get("min_id", 0))
        with self.changed:
            self.asked += 1
            self.read = self.read or at >= POSTS
            self.changed.notify_all()
        if path.startswith("/api/v2/instance"):
            return as_json({"configuration": {}})
        return as_json([status(number) for number in sorted(self.page(at, query), reverse=True)])

    def page(self, at: int, query: dict[str, str]) -> range:
        """Return the numbers of what lies after this one, and of some before it."""
        return range(max(1, at - OVERLAP + 1), min(POSTS, at + STEP) + 1) if at < POSTS else range(0)

    def wait_for(self, requests: int) -> None:
        """Return when so many more requests have come."""
        with self.changed:
            until = self.asked + requests
            assert self.changed.wait_for(lambda: self.asked >= until, timeout=60)

    def wait_to_the_end(self) -> None:
        """Return when a request has named the last post as read."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.read, timeout=120)


class Stream(Ledger):
    """A server that shows no post again to whom has once asked for what came after it.

    What a cursor has passed is gone, as on a stream: a post that was not stored by then is lost for good.
    """

    passed: int = 0

    def page(self, at: int, query: dict[str, str]) -> range:
        """Return the numbers of what lies after this one; nothing of what comes before."""
        if "min_id" not in query:
            return range(0)
        with self.changed:
            self.passed = max(self.passed, at)
            return range(self.passed + 1, min(POSTS, self.passed + STEP) + 1)


def status(number: int) -> dict[str, object]:
    url = f"https://social.example/@a{number % 17}/{number}"
    return {
        "id": str(number),
        "uri": url,
        "url": url,
        "created_at": (START + timedelta(minutes=7 * number)).isoformat(),
        "content": f"<p>Post {number} <a>#test</a></p>",
        "visibility": "public",
        "tags": [{"name": "test"}],
        "favourites_count": number % 5,
        "reblogs_count": 0,
        "replies_count": 0,
        "account": {
            "url": f"https://social.example/@a{number % 17}",
            "acct": f"a{number % 17}",
            "display_name": "A",
            "followers_count": 3,
        },
    }


def killed(path: Path, seed: int, broken: str = "", ledger: Ledger | None = None) -> list[str]:
    """Kill a worker `KILLS` times, let one finish, and return what is wrong with its archive."""
    chance, ledger, began = random.Random(seed), ledger or Stream(), datetime.now(UTC)
    with serving(ledger.answer) as server:
        (path / "campaign.toml").write_text(CAMPAIGN.format(server=server.url))
        begin_at(0, path / "a.db", server.url)
        for _ in range(KILLS):
            with worker(path, began, broken) as process:
                ledger.wait_for(chance.randint(1, 10))
                time.sleep(chance.random() * 0.01)
        with worker(path, began, broken) as process:
            ledger.wait_for(1)  # it has begun, so it knows what SIGTERM means
            ledger.wait_to_the_end()
            assert ended(process) == 0
    return faults(path / "a.db")


def ended(process: BaseProcess) -> int | None:
    """Ask a worker to stop; return what it says as it ends, or None if it does not."""
    process.terminate()
    process.join(120)
    return process.exitcode


@contextmanager
def worker(path: Path, began: datetime, broken: str = "") -> Iterator[BaseProcess]:
    """Run a worker; what the test did not end is ended with it, or a failure would wait for ever."""
    process = PROCESSES.Process(target=work, args=(path, began, broken))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def begin_at(number: int, path: Path, server: str) -> None:
    """Make an archive that has read the server up to this post."""
    page = Page(stream=f"mastodon:{urlsplit(server).netloc}:test", cursor=str(number))
    with Archive.open(path, ZONE) as archive:
        archive.ingest.save(
            page, source="import", track="test", scores=[], analyzer="none", started_at=START, now=START
        )


def faults(path: Path) -> list[str]:
    """Compare an archive with the server's own ledger."""
    with Archive.open(path, ZONE) as archive:
        urls = [row.url for row in archive.posts.every()]
        differences = archive.differences()
    expected = {str(status(number)["url"]) for number in range(1, POSTS + 1)}
    found = []
    if missing := expected - set(urls):
        found.append(f"{len(missing)} lost")
    if len(urls) > len(set(urls)):
        found.append(f"{len(urls) - len(set(urls))} doubled")
    if differences:
        found.append(f"{len(differences)} counts wrong")
    return found


def kill(path: Path, times: int) -> Outcome:
    """Let so many archives be filled under kills, by both kinds of server in turn."""
    broken = list[str]()
    for seed in range(times):
        folder = path / str(seed)
        folder.mkdir()
        broken += killed(folder, seed, ledger=Stream() if seed % 2 else Ledger())
    return Outcome(f"{times * KILLS} kills, {times * POSTS} posts, {len(broken)} faults", tuple(broken))


def kill_broken(path: Path, times: int) -> Outcome:
    """Do the same with a cursor that is stored before its posts."""
    broken = killed(path, 99, "cursor-first")
    return Outcome(f"{KILLS} kills: {', '.join(broken)}", tuple(broken))


EXPERIMENT = Experiment(
    promise="No post is lost or counted twice when the collector is killed",
    method="a worker is killed (SIGKILL) at random moments; its server shows posts once only, or twice",
    run=kill,
    control_method="the cursor is stored before its posts",
    control=kill_broken,
    times=12,
    few=0,  # tests/chaos/test_kills.py
)
