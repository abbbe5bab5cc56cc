"""X: newest first, `since_id` exclusive, pages by token; every history against the judge."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.archive import Archive
from monitor.collect import Collector
from monitor.core.clock import unstamp
from monitor.sources.platforms.x import X
from tests.simulated.history import HISTORIES, KEYS, START, TRACK, Judge, Made, World, lived
from tests.sources.archived import LONDON, Neutral, a_campaign
from tests.sources.loopback import Answer, as_json, serving

LAG, WINDOW = timedelta(seconds=30), timedelta(days=7)
EPOCH = datetime.fromtimestamp(1288834974.657, UTC)
SIZE = 10  # of a page; X may give fewer than it is asked for


def id_of(at: datetime, number: int) -> int:
    """Return an id as X makes it: milliseconds and 22 bits, of which the last digits hold the number."""
    ticks = (at - EPOCH) // timedelta(milliseconds=1) << 22
    return ticks + (number - ticks) % 1000


@dataclass(slots=True)
class Simulated:
    """Recent search. An edited post is found by its last version only, which is a new id."""

    world: World
    tokens: dict[str, tuple[int, int]] = field(default_factory=dict)  # below which id, above which

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        world = self.world
        world.tick()
        reset = str(int(world.now.timestamp()) + 900)
        limits = {"x-rate-limit-limit": "450", "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
        if failed := world.fault(**limits):
            return failed
        if path == "/2/users":
            known = [{"id": id, "username": "ann", "name": "Ann"} for id in query["ids"].split(",")]
            return as_json({"data": known})
        since, below = int(query.get("since_id", 0)), 2**63
        if path == "/2/tweets/search/all":
            since, below = (id_of(unstamp(query[name]), 0) for name in ("start_time", "end_time"))
        if path == "/2/tweets/search/recent" and since and since < id_of(world.now - WINDOW, 0):
            return as_json({"title": "Invalid Request", "detail": "since_id is too old"}, 400)
        if token := query.get("next_token"):
            below, since = self.tokens[token]
        window = WINDOW if path == "/2/tweets/search/recent" else timedelta(days=400)
        found = [one for one in self._index(window) if since < one[0] < below]
        page, rest = found[:SIZE], found[SIZE:]
        meta: dict[str, Any] = {"result_count": len(page)}
        if not page:
            return as_json({"meta": meta})
        meta |= {"newest_id": str(page[0][0]), "oldest_id": str(page[-1][0])}
        if rest:
            meta["next_token"] = f"t{len(self.tokens)}"
            self.tokens[meta["next_token"]] = page[-1][0], since
        items = [self._item(*one) for one in page]
        world.random.shuffle(items)
        errors = [{"title": "Not Found Error", "type": "https://api.x.com/2/problems/resource-not-found"}]
        return as_json({"data": items, "meta": meta} | world.random.choice([{}, {"errors": errors}]))

    def _index(self, window: timedelta) -> list[tuple[int, Made]]:
        """Return what search knows now, newest id first."""
        known, past = self.world.now - LAG, self.world.now - window
        return sorted(
            ((self._versions(p, known)[-1], p) for p in self.world.posts
             if p.is_shown(known) and self._versions(p, known)[-1] >= id_of(past, 0)),
            key=lambda one: -one[0],
        )  # fmt: skip

    @staticmethod
    def _versions(post: Made, now: datetime) -> list[int]:
        edits = [post.edited] if post.edited and post.edited <= now else []
        return [id_of(at, post.number) for at in (post.at, *edits)]

    def _item(self, id: int, post: Made) -> dict[str, Any]:
        known = self.world.now - LAG
        at = EPOCH + timedelta(milliseconds=id >> 22)
        return {
            "id": str(id),
            "edit_history_tweet_ids": [str(one) for one in self._versions(post, known)],
            "author_id": "7",
            "created_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "text": post.text(known),
            "public_metrics": {"like_count": 1},
        }


def found(seed: int, folder: Path) -> list[str]:
    """Return what the judge finds after one history."""
    world = World(seed)
    judge = Judge(world, gives=lambda post, now: now - WINDOW + LAG < post.at < now - 2 * LAG, lag=LAG)
    with serving(Simulated(world).answer) as server:
        return lived("x", {"api": server.url, "search_all": seed % 2 == 1}, world, judge, folder)


@pytest.mark.parametrize("seed", HISTORIES)
def test_no_post_is_lost(seed: int, tmp_path: Path) -> None:
    assert found(seed, tmp_path) == []


def test_a_quiet_fortnight_is_known_to_be_quiet(tmp_path: Path) -> None:
    world = World(1)
    world.posts = [Made(number=1, at=START, arrives=START)]
    with serving(Simulated(world).answer) as server, Archive.open(tmp_path / "a.db", LONDON) as archive:
        campaign = a_campaign("x", {"api": server.url, "search_all": True}, TRACK)
        for day in range(1, 15):
            world.now = START + timedelta(days=day)
            polled = Collector(
                campaign=campaign, archive=archive, analyzer=Neutral(), env=KEYS, clock=lambda: world.now
            ).poll("x")
            assert polled.problems == ()
        [(since, until)] = archive.db.execute("SELECT since, until FROM seen").fetchall()
    assert unstamp(since) < START
    assert unstamp(until) > START + timedelta(days=13, hours=23)


class Hasty(X):
    """Moves its cursor with the first page."""

    def search(self, *asked: Any) -> Iterator[Any]:
        for page in super().search(*asked):
            newest = max((int(post.raw["post"]["id"]) for post in page.posts), default=None)
            yield replace(page, cursor=page.cursor or (str(newest) if newest else None))


class Doubled(X):
    """Takes each version of an edited post for a post of its own."""

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> Any:
        return replace(_PARSE(raw), id=raw["post"]["id"])


class Boastful(X):
    """Says with each page that everything up to now is covered."""

    def search(self, *asked: Any) -> Iterator[Any]:
        for page in super().search(*asked):
            yield replace(page, since=self._now - WINDOW, until=self._now)


_PARSE = X.parse


@pytest.mark.parametrize("broken", [Hasty, Doubled, Boastful])
def test_a_broken_variant_is_caught(broken: type[X], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.collect.source", lambda name: broken)
    monkeypatch.setattr(X, "parse", broken.parse)  # pages are read by this name
    assert any(found(seed, tmp_path) for seed in range(12))
