"""Mastodon: pages forward by `min_id`, posts from other servers late; every history against the judge."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from monitor.core.clock import stamp
from monitor.sources.platforms.mastodon import Mastodon, Timeline
from tests.simulated.history import HISTORIES, Judge, Made, World, lived
from tests.sources.loopback import Answer, as_json, serving

LATE = timedelta(hours=20)
HOME = "https://towns.example"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Simulated:
    """One server. It files a post under the time when it was written, so a late one has an old id.

    https://github.com/mastodon/mastodon/blob/main/lib/mastodon/snowflake.rb
    """

    world: World
    number: int
    size: int

    def has(self, post: Made) -> bool:
        """Return whether the post ever reaches this server: each knows most of them, and another part."""
        return post.number % 5 != self.number

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        world = self.world
        if path == "/api/v2/instance":
            return as_json({"version": "4.5.0", "configuration": {}})
        world.tick()
        reset = (world.now + timedelta(minutes=5)).isoformat().replace("+00:00", "Z")
        limits = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
        if failed := world.fault(**limits):
            return failed
        items = self._timeline(query)
        newest_first = [self._item(post) for post in items]
        links = {}
        if items:
            address = f"http://{self.number}.example{path}"
            links["Link"] = (
                f'<{address}?max_id={self.id_of(items[-1])}>; rel="next", '
                f'<{address}?min_id={self.id_of(items[0])}>; rel="prev"'
            )
        return as_json(newest_first, **links)

    def _timeline(self, query: Mapping[str, str]) -> list[Made]:
        most = min(int(query["limit"]), self.size)
        above = max(int(query.get("min_id", 0)), int(query.get("since_id", 0)))
        below = int(query.get("max_id", 2**63))
        known = [p for p in self.world.posts if p.is_shown(self.world.now) and self.has(p)]
        found = sorted((p for p in known if above < self.id_of(p) < below), key=self.id_of)
        return (found[:most] if "min_id" in query else found[-most:])[::-1]

    def id_of(self, post: Made) -> int:
        """Return an id of this server's own: milliseconds and 16 bits."""
        return (((post.at - EPOCH) // timedelta(milliseconds=1)) << 16) + post.number * 7 + self.number

    def _item(self, post: Made) -> dict[str, Any]:
        now = self.world.now
        return {
            "id": str(self.id_of(post)),
            "uri": f"{HOME}/statuses/{post.number}",
            "url": f"{HOME}/@ann/{post.number}",
            "created_at": post.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "edited_at": stamp(post.edited) if post.edited and post.edited <= now else None,
            "visibility": "public",
            "content": f"<p>{post.text(now)}</p>",
            "tags": [{"name": "CallingTimeOnCrime"}],
            "account": {"acct": "ann", "url": f"{HOME}/@ann"},
        }


def found(seed: int, folder: Path) -> list[str]:
    """Return what the judge finds after one history."""
    world = World(seed, late=LATE)
    size = world.random.choice([40, 40, 10])  # some servers give less than they are asked for
    with ExitStack() as stack:
        servers = [Simulated(world, number, size) for number in range(1 + (seed % 3 == 0))]
        urls = [stack.enter_context(serving(server.answer)).url for server in servers]
        by_host = {urlsplit(url).netloc: server for url, server in zip(urls, servers, strict=True)}

        def gives(post: Made, now: datetime) -> bool:
            return any(server.has(post) for server in servers)

        def is_on(post: Made, stream: str) -> bool:
            return by_host[stream.split(":", 1)[1].rsplit(":", 1)[0]].has(post)

        return lived("mastodon", {"servers": urls}, world, Judge(world, gives, is_on), folder)


@pytest.mark.parametrize("seed", HISTORIES)
def test_no_post_is_lost(seed: int, tmp_path: Path) -> None:
    assert found(seed, tmp_path) == []


_ITEMS = Timeline._items


def trusting_since_id(self: Timeline, **at: str) -> list[Any]:
    """Ask for the newest page after an id, as if it were the next one."""
    return _ITEMS(self, **{"since_id" if k == "min_id" else k: v for k, v in at.items()})


def never_again(*asked: Any) -> Iterator[Any]:
    """Read nothing below the cursor."""
    yield from ()


def twice(raw: Mapping[str, Any]) -> Any:
    """Take each server's copy for a post of its own."""
    return replace(_PARSE(raw), id=f"{raw['id']}/{raw['uri']}")


_PARSE = Mastodon.parse


@pytest.mark.parametrize(
    ("owner", "name", "broken"),
    [
        (Timeline, "_items", trusting_since_id),
        (Timeline, "_late_posts", never_again),
        (Mastodon, "parse", staticmethod(twice)),
    ],
)
def test_a_broken_variant_is_caught(
    owner: type, name: str, broken: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, broken)
    assert any(found(seed, tmp_path) for seed in range(12))
