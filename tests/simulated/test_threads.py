"""Threads: pages down by a mark inside a time, some posts found late; every history against the judge."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.sources.platforms import threads
from monitor.sources.platforms.threads import Threads
from tests.simulated.history import HISTORIES, Judge, Made, World, lived
from tests.sources.loopback import Answer, as_json, serving

LATE = timedelta(minutes=50)  # less than what is read again


@dataclass(slots=True)
class Simulated:
    """Meta's search: a mark names the last post that was given, `since` and `until` are whole seconds."""

    world: World
    size: int

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        world = self.world
        if int(query["until"]) > world.now.timestamp():
            return as_json({"error": {"code": 100, "message": "until is not past"}}, 400)
        world.tick()
        usage = '{"1": [{"estimated_time_to_regain_access": 5}]}'
        if failed := world.fault(**{"X-Business-Use-Case-Usage": usage}):
            return failed
        since, until = int(query["since"]), int(query["until"])
        shown = [p for p in world.posts if p.is_shown(world.now) and since <= p.at.timestamp() <= until]
        below = [p for p in shown if key_of(p) < self._key(query.get("after"))]
        page = sorted(below, key=key_of, reverse=True)[: min(int(query["limit"]), self.size)]
        paging = {"cursors": {"after": mark_of(page[-1])}} if page else {}
        return as_json({"data": [self._item(post) for post in page], "paging": paging})

    def _key(self, mark: str | None) -> tuple[float, int]:
        if mark is None:
            return float("inf"), 0
        seconds, number = mark.split("-")
        return float(seconds), int(number)

    def _item(self, post: Made) -> dict[str, Any]:
        return {
            "id": str(17_000_000_000_000 + post.number),
            "text": post.text(self.world.now),
            "media_type": "TEXT_POST",
            "permalink": f"https://www.threads.example/@ann/post/{post.number}",
            "timestamp": post.at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "username": "ann",
        }


def key_of(post: Made) -> tuple[float, int]:
    """Return what the posts are sorted by."""
    return post.at.timestamp(), post.number


def mark_of(post: Made) -> str:
    """Return the mark to go on from below a post."""
    return f"{post.at.timestamp()!r}-{post.number}"


def found(seed: int, folder: Path) -> list[str]:
    """Return what the judge finds after one history."""
    world = World(seed, late=LATE)
    with serving(Simulated(world, world.random.choice([100, 25, 8])).answer) as server:
        own = {"api": server.url, "reviewed": True}
        return lived("threads", own, world, Judge(world, lambda post, now: True), folder)


@pytest.mark.parametrize("seed", HISTORIES)
def test_no_post_is_lost(seed: int, tmp_path: Path) -> None:
    assert found(seed, tmp_path) == []


_PAGES = Threads._pages


def hasty(self: Threads, *asked: Any) -> Iterator[Any]:
    """Take the first page for all there is."""
    *pages, end = _PAGES(self, *asked)
    yield from pages[:1]
    yield end


@pytest.mark.parametrize(
    ("broken", "name", "variant"),
    [
        (Threads, "_pages", hasty),
        (threads, "_OVERLAP", timedelta()),  # trust the time of the last look
    ],
)
def test_a_broken_variant_is_caught(
    broken: Any, name: str, variant: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broken, name, variant)
    assert any(found(seed, tmp_path) for seed in range(25))
