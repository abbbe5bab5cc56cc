"""Feeds: a list of the last entries that forgets the others; every history against the judge."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from monitor.sources.platforms import feeds
from monitor.sources.platforms.feeds import Feeds
from tests.simulated.history import HISTORIES, Judge, Made, World, lived
from tests.sources.loopback import Answer, Server, serving

LATE = timedelta(hours=20)


@dataclass(slots=True)
class Simulated:
    """One feed with its last entries, which answers "not changed" to who has seen it."""

    world: World
    size: int

    @contextmanager
    def serving(self) -> Iterator[Server]:
        """Serve it until the block ends."""

        def answer(method: str, path: str, query: dict[str, str]) -> Answer:
            return self.answer(server.requests[-1].headers)

        with serving(answer) as server:
            yield server

    def answer(self, asked: dict[str, str]) -> Answer:
        world = self.world
        world.tick()
        if failed := world.fault(Retry_After="600"):
            return failed
        items = "".join(self._item(post) for post in self.of(world.now))
        body = f'<rss version="2.0"><channel><title>Paper</title>{items}</channel></rss>'.encode()
        etag = f'"{sha256(body).hexdigest()}"'
        if asked.get("if-none-match") == etag:
            return 304, {"ETag": etag}, b""
        return 200, {"Content-Type": "application/rss+xml", "ETag": etag}, body

    def of(self, now: datetime) -> list[Made]:
        """Return what the feed holds: its last entries by date."""
        shown = [post for post in self.world.posts if post.is_shown(now)]
        return sorted(shown, key=lambda post: post.at, reverse=True)[: self.size]

    def _item(self, post: Made) -> str:
        return (
            f"<item><guid>https://paper.example/{post.number}</guid>"
            f"<link>https://paper.example/{post.number}</link>"
            f"<title>{post.text(self.world.now)}</title><pubDate>{format_datetime(post.at)}</pubDate></item>"
        )


def found(seed: int, folder: Path) -> list[str]:
    """Return what the judge finds after one history."""
    world = World(seed, late=LATE)
    feed = Simulated(world, world.random.choice([100, 25, 10]))
    with feed.serving() as server:
        own = {"urls": [f"{server.url}/rss"], "google_news": False}
        return lived("feeds", own, world, Judge(world, lambda post, now: post in feed.of(now)), folder)


@pytest.mark.parametrize("seed", HISTORIES)
def test_no_entry_is_lost(seed: int, tmp_path: Path) -> None:
    assert found(seed, tmp_path) == []


_PARSE = Feeds.parse


def blind(before: datetime | None, oldest: datetime | None, now: datetime) -> datetime | None:
    """Say that all is known since the last look, whatever the feed has forgotten."""
    return before or oldest


def twice(raw: Any) -> Any:
    """Take an entry with a new headline for another one."""
    post = _PARSE(raw)
    return replace(post, id=f"{post.text.split()[0]}/{post.id}")


@pytest.mark.parametrize(
    ("broken", "name", "variant"), [(feeds, "_since", blind), (Feeds, "parse", staticmethod(twice))]
)
def test_a_broken_variant_is_caught(
    broken: Any, name: str, variant: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broken, name, variant)
    assert any(found(seed, tmp_path) for seed in range(12))
