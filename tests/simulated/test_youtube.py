"""YouTube: searches that cost, pages with marks, videos found late; every history against the judge."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.core.clock import stamp, unstamp
from monitor.sources.platforms import youtube
from monitor.sources.platforms.youtube import YouTube
from tests.simulated.history import HISTORIES, Judge, Made, World, lived
from tests.sources.loopback import Answer, as_json, serving

LATE = timedelta(hours=40)


@dataclass(slots=True)
class Simulated:
    """Its search, its videos and its channels. A page's mark is a place in the list, which shifts."""

    world: World
    size: int

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        world = self.world
        world.tick()
        if failed := world.fault():
            return failed
        what = path.rsplit("/", 1)[1]
        if what == "search":
            return self._search(query)
        if what == "channels":
            return as_json({"items": [{"id": "UCann", "statistics": {"hiddenSubscriberCount": True}}]})
        wanted = set(query["id"].split(","))
        return as_json(
            {"items": [self._video(p) for p in self._shown() if id_of(p) in wanted], "kind": "videos"}
        )

    def _search(self, query: dict[str, str]) -> Answer:
        after, before = unstamp(query["publishedAfter"]), query.get("publishedBefore")
        until = unstamp(before) if before else self.world.now
        inside = [post for post in self._shown() if after <= second_of(post) < until]
        newest_first = sorted(inside, key=second_of, reverse=True)
        start, most = int(query.get("pageToken", 0)), min(int(query["maxResults"]), self.size)
        page = newest_first[start : start + most]
        items = [{"id": {"videoId": id_of(p)}, "snippet": {"publishedAt": stamp(second_of(p))}} for p in page]
        more = {"nextPageToken": str(start + most)} if start + most < len(newest_first) else {}
        return as_json({"items": items} | more)

    def _shown(self) -> list[Made]:
        return [post for post in self.world.posts if post.is_shown(self.world.now)]

    def _video(self, post: Made) -> dict[str, Any]:
        snippet = {
            "publishedAt": stamp(second_of(post)),
            "channelId": "UCann",
            "channelTitle": "Ann",
            "title": post.text(self.world.now),
            "description": "",
        }
        return {"id": id_of(post), "snippet": snippet, "statistics": {"viewCount": "12"}}


def id_of(post: Made) -> str:
    """Return a video's id."""
    return f"video-{post.number}"


def second_of(post: Made) -> datetime:
    """Return when a video was published, as YouTube says it."""
    return post.at.replace(microsecond=0)


def found(seed: int, folder: Path) -> list[str]:
    """Return what the judge finds after one history."""
    world = World(seed, late=LATE)
    world.end += timedelta(hours=1)  # else all would end at the moment when a day's searches begin
    with serving(Simulated(world, world.random.choice([50, 25])).answer) as server:
        own = {"api": server.url, "searches_a_day": 10_000}  # what they cost is tested elsewhere
        return lived("youtube", own, world, Judge(world, lambda post, now: True), folder)


@pytest.mark.parametrize("seed", HISTORIES)
def test_no_video_is_lost(seed: int, tmp_path: Path) -> None:
    assert found(seed, tmp_path) == []


_PAGES, _PARSE = YouTube._pages, YouTube.parse


def hasty(self: YouTube, session: Any, query: Any, asked: str, look: Any, budget: Any) -> Iterator[Any]:
    """Take the first page for all there is."""
    for page in _PAGES(self, session, query, asked, look, budget):
        if page.posts:
            yield self._complete(page, look, budget)
            return
        yield page


def twice(raw: Any) -> Any:
    """Take a video with a new title for another one."""
    post = _PARSE(raw)
    return replace(post, id=f"{post.text.split()[0]}-{post.id}")


@pytest.mark.parametrize(
    ("broken", "name", "variant"),
    [
        (YouTube, "_pages", hasty),
        (YouTube, "parse", staticmethod(twice)),
        (youtube, "_LATE", timedelta()),  # trust the time of the last look
    ],
)
def test_a_broken_variant_is_caught(
    broken: Any, name: str, variant: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broken, name, variant)
    assert any(found(seed, tmp_path) for seed in range(12))
