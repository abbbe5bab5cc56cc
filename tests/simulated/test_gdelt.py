"""GDELT: one page and no more, articles that it meets late; every history against the judge."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.core.model import Outcome
from monitor.sources.platforms import gdelt
from monitor.sources.platforms.gdelt import Gdelt
from tests.simulated.history import HISTORIES, Judge, Made, World, lived
from tests.sources.loopback import Answer, as_json, serving

LATE = timedelta(hours=20)


@dataclass(slots=True)
class Simulated:
    """Its search: newest first, as many as are asked for and fit, of a number of hours up to now."""

    world: World
    size: int

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        world = self.world
        world.tick()
        world.now += timedelta(seconds=10)  # it wants its pauses
        if failed := world.fault(Retry_After="600"):
            return failed
        items = [self._item(post) for post in self.of(world.now, query["timespan"])]
        return as_json({"articles": items} if items else {})  # as it says that there is none

    def of(self, now: datetime, timespan: str) -> list[Made]:
        since = now - timedelta(hours=int(timespan.removesuffix("h")))
        shown = [post for post in self.world.posts if post.is_shown(now) and post.at >= since]
        return sorted(shown, key=lambda post: post.at, reverse=True)[: self.size]

    def _item(self, post: Made) -> dict[str, Any]:
        return {
            "url": f"https://news.example/{post.number}",
            "domain": "news.example",
            "title": post.text(self.world.now),
            "seendate": post.at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"),
            "language": "English",
        }


def found(seed: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what the judge finds after one history."""
    world = World(seed, late=LATE)
    size = world.random.choice([250, 40])
    monkeypatch.setattr(gdelt, "_MOST", size)  # else no history would have more than an answer holds
    platform = Simulated(world, size)

    def gives(post: Made, now: datetime) -> bool:
        return post in platform.of(now, "24h")

    with serving(platform.answer) as server:
        return lived("gdelt", {"api": server.url}, world, Judge(world, gives), folder)


@pytest.mark.parametrize("seed", HISTORIES)
def test_no_article_is_lost(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(seed, tmp_path, monkeypatch) == []


_PAGES, _PARSE = Gdelt._pages, Gdelt.parse


def whole(self: Gdelt, *asked: Any) -> Iterator[Any]:
    """Take an answer that is full for all there is."""
    for page in _PAGES(self, *asked):
        yield replace(page, since=self.now - timedelta(days=7), outcome=Outcome.COMPLETE)


def twice(raw: Any) -> Any:
    """Take an article with a new headline for another one."""
    post = _PARSE(raw)
    return replace(post, id=f"{post.text.split()[0]}/{post.id}")


@pytest.mark.parametrize(
    ("broken", "name", "variant"),
    [
        (Gdelt, "_pages", whole),
        (Gdelt, "parse", staticmethod(twice)),
        (gdelt, "_LATE", timedelta()),  # trust the time of the last look
    ],
)
def test_a_broken_variant_is_caught(
    broken: Any, name: str, variant: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broken, name, variant)
    assert any(found(seed, tmp_path, monkeypatch) for seed in range(12))
