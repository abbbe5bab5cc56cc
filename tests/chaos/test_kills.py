"""A real worker, killed at random moments: nothing lost, nothing doubled, counts right."""

import random
import subprocess
import sys
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

import pytest

from monitor.archive import Archive
from monitor.core.model import Page
from tests.chaos.hurried import work
from tests.processes import PROCESSES
from tests.sources.loopback import Answer, as_json, serving

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Europe/London")
START = datetime(2026, 11, 1, tzinfo=UTC)
POSTS, STEP, OVERLAP = 1000, 7, 4
CAMPAIGN = """
name = "Test"
[[track]]
name = "test"
title = "#Test"
tags = ["test"]
[sources.mastodon]
every_minutes = 1
servers = ["{server}"]
"""


@dataclass
class Ledger:
    """A made-up server: `POSTS` statuses, told in small pages that overlap."""

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
        if at >= POSTS:
            return as_json([])
        first, last = max(1, at - OVERLAP + 1), min(POSTS, at + STEP)
        return as_json([status(number) for number in range(last, first - 1, -1)])

    def wait_for(self, requests: int) -> None:
        """Return when so many more requests have come."""
        with self.changed:
            until = self.asked + requests
            assert self.changed.wait_for(lambda: self.asked >= until, timeout=60)

    def wait_to_the_end(self) -> None:
        """Return when a request has named the last post as read."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.read, timeout=120)


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


def killed(path: Path, seed: int, kills: int, broken: str = "") -> list[str]:
    """Kill a worker `kills` times, let one finish, and return what is wrong with its archive."""
    chance, ledger, began = random.Random(seed), Ledger(), datetime.now(UTC)
    with serving(ledger.answer) as server:
        (path / "campaign.toml").write_text(CAMPAIGN.format(server=server.url))
        begin_at_the_first_post(path / "a.db", server.url)
        for _ in range(kills):
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


def begin_at_the_first_post(path: Path, server: str) -> None:
    page = Page(stream=f"mastodon:{urlsplit(server).netloc}:test", cursor="0")
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


@pytest.mark.parametrize("seed", range(4))
def test_25_kills_lose_nothing_and_double_nothing(tmp_path, seed):
    assert killed(tmp_path, seed, 25) == []


def test_a_cursor_stored_before_its_posts_is_noticed(tmp_path):
    assert any("lost" in fault for fault in killed(tmp_path, 99, 25, "cursor-first"))


def test_posts_without_a_unique_key_are_noticed(tmp_path):
    assert any("doubled" in fault for fault in killed(tmp_path, 7, 1, "no-key"))


def test_a_second_worker_refuses_in_one_sentence(tmp_path):
    ledger = Ledger()
    with serving(ledger.answer) as server:
        (tmp_path / "campaign.toml").write_text(CAMPAIGN.format(server=server.url))
        with worker(tmp_path, datetime.now(UTC)) as first:
            ledger.wait_for(1)
            command = [sys.executable, "-c", "from monitor.cli import main; main()"]
            files = ["--campaign", str(tmp_path / "campaign.toml"), "--archive", str(tmp_path / "a.db")]
            second = subprocess.run(
                [*command, *files, "worker"], env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
                check=False,
            )  # fmt: skip
            assert ended(first) == 0
    assert second.returncode == 75
    assert second.stderr.count("\n") == 1
    assert "already collecting" in second.stderr
