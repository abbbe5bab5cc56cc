"""Instagram: 24 hours only, one mark for every page; every history against the judge."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.core.model import Outcome
from monitor.sources.platforms.instagram import Instagram
from tests.simulated.history import HISTORIES, Judge, Made, World, lived
from tests.sources.loopback import Answer, as_json, serving

DAY = timedelta(hours=24)
TAG = "17843826142012701"


@dataclass(slots=True)
class Simulated:
    """A hashtag's recent media: the server keeps the place, and says the same mark on each page."""

    world: World
    size: int
    given: int = 0

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        world = self.world
        world.tick()
        usage = '{"1": [{"estimated_time_to_regain_access": 5}]}'
        if failed := world.fault(**{"X-Business-Use-Case-Usage": usage}):
            return failed
        if path.endswith("/ig_hashtag_search"):
            return as_json({"data": [{"id": TAG}]})
        self.given = self.given if query.get("after") == "always" else 0
        shown = [post for post in world.posts if post.is_shown(world.now) and gives(post, world.now)]
        newest_first = sorted(shown, key=lambda post: post.at, reverse=True)
        page = newest_first[self.given : self.given + min(int(query["limit"]), self.size)]
        self.given += len(page)
        world.random.shuffle(page)
        paging: dict[str, Any] = {"cursors": {"after": "always"}}
        if self.given < len(newest_first):
            paging["next"] = "https://graph.example/next"
        return as_json({"data": [self._item(post) for post in page], "paging": paging})

    def _item(self, post: Made) -> dict[str, Any]:
        return {
            "id": str(17_000_000_000_000 + post.number),
            "caption": post.text(self.world.now),
            "media_type": "IMAGE",
            "permalink": f"https://www.instagram.example/p/{post.number}/",
            "timestamp": post.at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "comments_count": 0,
        }


def gives(post: Made, now: datetime) -> bool:
    """Return whether Instagram still shows a post."""
    return post.at > now - DAY


def found(seed: int, folder: Path) -> list[str]:
    """Return what the judge finds after one history."""
    world = World(seed)
    with serving(Simulated(world, world.random.choice([50, 25, 12])).answer) as server:
        return lived("instagram", {"api": server.url}, world, Judge(world, gives), folder)


@pytest.mark.parametrize("seed", HISTORIES)
def test_no_post_is_lost(seed: int, tmp_path: Path) -> None:
    assert found(seed, tmp_path) == []


_PAGES, _PARSE, _END = Instagram._pages, Instagram.parse, Instagram._end


def hasty(self: Instagram, *asked: Any) -> Iterator[Any]:
    """Take the first page for all there is."""
    *pages, end = _PAGES(self, *asked)
    yield from pages[:1]
    yield end


def blind(self: Instagram, stream: Any) -> Any:
    """Say that all is known since the last look, however long ago that was."""
    end = _END(self, stream)
    return replace(end, since=end.until - timedelta(days=7), outcome=Outcome.COMPLETE)


def twice(raw: Any) -> Any:
    """Take an edited post for another one."""
    post = _PARSE(raw)
    return replace(post, id=post.text.split()[0] + post.id)


@pytest.mark.parametrize(
    ("name", "broken"), [("_pages", hasty), ("_end", blind), ("parse", staticmethod(twice))]
)
def test_a_broken_variant_is_caught(
    name: str, broken: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Instagram, name, broken)
    assert any(found(seed, tmp_path) for seed in range(12))
