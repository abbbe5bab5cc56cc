"""Tumblr: pages down by `before`, in whole seconds, some listed late; every history against the judge."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.core.clock import stamp
from monitor.sources.platforms.tumblr import Tumblr
from tests.simulated.history import HISTORIES, Judge, Made, World, lived
from tests.sources.loopback import Answer, as_json, serving

LATE = timedelta(minutes=50)  # less than what is read again


@dataclass(slots=True)
class Simulated:
    """A tag's list, newest first, below a time; within a second it is in no certain order."""

    world: World
    size: int

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        world = self.world
        world.tick()
        if failed := world.fault(Retry_After="600"):
            return failed
        below = int(query.get("before", 2**40))
        shown = [p for p in world.posts if p.is_shown(world.now) and second_of(p) < below]
        world.random.shuffle(shown)
        newest_first = sorted(shown, key=second_of, reverse=True)
        most = min(int(query["limit"]), self.size)
        return as_json({"meta": {"status": 200}, "response": [self._item(p) for p in newest_first[:most]]})

    def _item(self, post: Made) -> dict[str, Any]:
        return {
            "id_string": str(700_000_000_000 + post.number),
            "blog_name": "ann",
            "post_url": f"https://ann.tumblr.example/post/{post.number}",
            "type": "text",
            "timestamp": second_of(post),
            "tags": ["CallingTimeOnCrime"],
            "body": f"<p>{post.text(self.world.now)}</p>",
        }


def second_of(post: Made) -> int:
    """Return when a post was written, as Tumblr says it."""
    return int(post.at.timestamp())


def found(seed: int, folder: Path) -> list[str]:
    """Return what the judge finds after one history."""
    world = World(seed, late=LATE)
    with serving(Simulated(world, world.random.choice([20, 7])).answer) as server:
        return lived("tumblr", {"api": server.url}, world, Judge(world, lambda post, now: True), folder)


@pytest.mark.parametrize("seed", HISTORIES)
def test_no_post_is_lost(seed: int, tmp_path: Path) -> None:
    assert found(seed, tmp_path) == []


_PAGES = Tumblr._pages


def hasty(self: Tumblr, *asked: Any) -> Iterator[Any]:
    """Take the first page for all there is."""
    *pages, end = _PAGES(self, *asked)
    yield from pages[:1]
    yield end


def early(self: Tumblr, *asked: Any) -> Iterator[Any]:
    """Take all for read once the first page is there."""
    for page in _PAGES(self, *asked):
        yield replace(page, cursor=stamp(self.now), since=self.now - timedelta(days=7), until=self.now)


@pytest.mark.parametrize("variant", [hasty, early])
def test_a_broken_variant_is_caught(
    variant: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tumblr, "_pages", variant)
    assert any(found(seed, tmp_path) for seed in range(12))
