"""Lemmy: numbered pages that shift while they are turned; every history against the judge."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.sources.platforms.lemmy import Lemmy
from tests.simulated.history import HISTORIES, Judge, Made, World, lived
from tests.sources.loopback import Answer, as_json, serving

LATE = timedelta(hours=20)
HOME = "https://talk.example"


@dataclass(slots=True)
class Simulated:
    """One server's search. Every third is a comment; what a writer deletes leaves the list."""

    world: World
    size: int

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        world = self.world
        world.tick()
        if failed := world.fault(**{"Retry-After": "600"}):
            return failed
        kind, page = query["type_"], int(query["page"])
        shown = [p for p in world.posts if p.is_shown(world.now) and kind_of(p) == kind]
        most = min(int(query["limit"]), self.size)
        newest_first = sorted(shown, key=lambda post: post.at, reverse=True)
        items = [self._item(post) for post in newest_first[(page - 1) * most : page * most]]
        return as_json({"posts": [], "comments": []} | {kind.lower(): items})

    def _item(self, post: Made) -> dict[str, Any]:
        said = {
            "ap_id": f"{HOME}/{kind_of(post).lower()[:-1]}/{post.number}",
            "published": post.at.isoformat().replace("+00:00", "Z"),
        }
        creator = {"actor_id": f"{HOME}/u/ann", "name": "ann"}
        counts = {"upvotes": 1, "comments": 0, "child_count": 0}
        text = post.text(self.world.now)
        if kind_of(post) == "Comments":
            return {"comment": said | {"content": text}, "creator": creator, "counts": counts}
        return {"post": said | {"name": text}, "creator": creator, "counts": counts}


def kind_of(post: Made) -> str:
    """Return which of the two lists a post is in."""
    return "Posts" if post.number % 3 else "Comments"


def found(seed: int, folder: Path) -> list[str]:
    """Return what the judge finds after one history."""
    world = World(seed, late=LATE)
    judge = Judge(
        world,
        gives=lambda post, now: True,
        is_on=lambda post, stream: f":{kind_of(post).lower()}:" in stream,
    )
    with serving(Simulated(world, world.random.choice([50, 20])).answer) as server:
        return lived("lemmy", {"servers": [server.url]}, world, judge, folder)


@pytest.mark.parametrize("seed", HISTORIES)
def test_no_post_is_lost(seed: int, tmp_path: Path) -> None:
    assert found(seed, tmp_path) == []


_PAGES, _PARSE = Lemmy._pages, Lemmy.parse


def hasty(self: Lemmy, *asked: Any) -> Iterator[Any]:
    """Take the first page for all there is."""
    cursor = None
    for page in _PAGES(self, *asked):
        cursor = cursor or max((post.created_at.isoformat() for post in page.posts), default=None)
        yield replace(page, cursor=page.cursor or cursor, since=self.now - timedelta(days=7), until=self.now)
        return


def twice(raw: Any) -> Any:
    """Take an edited post for another one."""
    post = _PARSE(raw)
    return replace(post, id=post.text.split()[0] + post.id)


@pytest.mark.parametrize(("name", "broken"), [("_pages", hasty), ("parse", staticmethod(twice))])
def test_a_broken_variant_is_caught(
    name: str, broken: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lemmy, name, broken)
    assert any(found(seed, tmp_path) for seed in range(12))
