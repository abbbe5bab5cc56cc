"""Reddit: a week's search, newest first, without a cursor of time; every history against the judge."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from monitor.sources.platforms import reddit
from monitor.sources.platforms.reddit import Reddit
from tests.simulated.history import HISTORIES, Judge, Made, World, lived
from tests.sources.loopback import Answer, as_json, serving

WINDOW = timedelta(days=7)
TOKEN = {"access_token": "t", "token_type": "bearer", "expires_in": 3600, "scope": "*"}


@dataclass(slots=True)
class Simulated:
    """Search of submissions. A writer's deletion takes one out; a moderator's leaves a mark in its place."""

    world: World
    size: int  # of a page: what is hidden from us makes some shorter

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        world = self.world
        if path == "/api/v1/access_token":
            return as_json(TOKEN)
        world.tick()
        limits = {"x-ratelimit-used": "99", "x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "540"}
        if failed := world.fault(**limits):
            return failed
        above = {f"t3_p{post.number}": post.at for post in world.posts}
        before = above[query["after"]] if "after" in query else world.now
        listed = [p for p in world.posts if world.now - WINDOW < p.at < before and p.arrives <= world.now]
        shown = [p for p in listed if p.is_shown(world.now) or removed(p)]
        newest_first = sorted(shown, key=lambda post: post.at, reverse=True)
        page = newest_first[: min(self.size, int(query["limit"]))]
        after = f"t3_p{page[-1].number}" if len(newest_first) > len(page) else None
        limits["x-ratelimit-remaining"] = "95.0"
        data = {"children": [{"kind": "t3", "data": self._item(post)} for post in page], "after": after}
        return as_json({"kind": "Listing", "data": data}, **limits)

    def _item(self, post: Made) -> dict[str, Any]:
        gone = not post.is_shown(self.world.now)
        return {
            "name": f"t3_p{post.number}",
            "title": "[ Removed by moderator ]" if gone else post.text(self.world.now),
            "selftext": "[removed]" if gone else "",
            "author": "ann",
            "created_utc": post.at.timestamp(),
            "permalink": f"/r/example/comments/p{post.number}/x/",
            "score": 1,
            "removed_by_category": "moderator" if gone else None,
        }


def removed(post: Made) -> bool:
    """Return whether it goes by a moderator's hand, if it goes."""
    return post.number % 2 == 0


def found(seed: int, folder: Path) -> list[str]:
    """Return what the judge finds after one history."""
    world = World(seed)
    judge = Judge(
        world,
        gives=lambda post, now: post.at > now - WINDOW,
        tells_deletes=lambda post, _: removed(post) and post.at > world.now - WINDOW and reddit._MOST > 200,
    )
    with serving(Simulated(world, world.random.choice([100, 25, 10])).answer) as server:
        own = {"oauth_url": server.url, "reddit_url": server.url}
        return lived("reddit", own, world, judge, folder)


@pytest.mark.parametrize("seed", HISTORIES)
def test_no_post_is_lost(seed: int, tmp_path: Path) -> None:
    assert found(seed, tmp_path) == []


def test_where_a_listing_ends_early_nothing_is_claimed_beyond(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reddit, "_MOST", 30)
    assert [found(seed, tmp_path) for seed in range(12)] == [[]] * 12


_LAST, _BATCHES, _PAGE = Reddit._last, Reddit._batches, reddit._page


def boastful(self: Reddit, stream: str, count: int, posts: Any) -> Any:
    """Claim the whole week, however far the listing went."""
    return replace(_LAST(self, stream, count, posts), since=self._now - reddit._WINDOW)


def hasty(self: Reddit, asked: str) -> Iterator[list[Any]]:
    """Read the first page only."""
    yield from islice(_BATCHES(self, asked), 1)


def deaf(stream: str, batch: list[Any]) -> Any:
    """Do not hear of removals."""
    return replace(_PAGE(stream, batch), deleted=())


@pytest.mark.parametrize(
    ("where", "name", "broken", "most"),
    [
        (Reddit, "_last", boastful, 30),
        (Reddit, "_batches", hasty, 250),
        (reddit, "_page", deaf, 250),
    ],
)
def test_a_broken_variant_is_caught(
    where: Any,
    name: str,
    broken: Callable[..., Any],
    most: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(where, name, broken)
    monkeypatch.setattr(reddit, "_MOST", most)
    assert any(found(seed, tmp_path) for seed in range(12))
