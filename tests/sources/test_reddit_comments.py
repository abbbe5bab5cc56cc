"""Comments below the threads that Reddit's search found, against a server on this machine."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from monitor.archive import Archive
from monitor.campaign import Track
from monitor.collect import Collector
from monitor.core.model import PostKind
from monitor.sources.platforms import reddit
from monitor.sources.platforms.reddit import Reddit
from monitor.sources.shared import stream_reading
from tests.sources.archived import LONDON, Neutral, a_campaign
from tests.sources.loopback import Answer, as_json, serving
from tests.sources.test_reddit import KEYS, QUERY, RECORDED, TOKEN, a_child, a_listing

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
TRACK = Track(name="crime", title="Crime", tags=QUERY.tags, phrases=QUERY.phrases)
HOUR = timedelta(hours=1)


@dataclass
class Threads:
    """Submissions with trees of comments: (id, id of what it answers, text, when it comes)."""

    now: datetime = START
    said: list[tuple[str, str, str, datetime]] = field(default_factory=list)
    broken: dict[str, Answer] = field(default_factory=dict)  # by thread, in the place of the right answer
    paths: list[str] = field(default_factory=list)
    threads: int = 3

    def shown(self) -> list[tuple[str, str, str, datetime]]:
        return [one for one in self.said if one[3] <= self.now]

    def below(self, id: str) -> list[str]:
        """Return the comments in the tree below an id."""
        direct = [one[0] for one in self.shown() if one[1] == id]
        return [*direct, *(deep for one in direct for deep in self.below(one))]

    def __call__(self, _method: str, path: str, query: dict[str, str]) -> Answer:
        if path == "/api/v1/access_token":
            return TOKEN
        self.paths.append(path)
        if path.endswith("/search/"):
            numbers = range(1, self.threads + 1)
            return as_json(
                a_listing(*(
                    a_child(n, title="#CallingTimeOnCrime", num_comments=len(self.below(f"t3_p{n}")),
                            created_utc=START.timestamp() - n)
                    for n in numbers
                ))
            )  # fmt: skip
        id = path.split("/")[2]
        return self.broken.get(id) or as_json([a_listing(a_child(1)), self.listing(f"t3_{id}")])

    def listing(self, above: str) -> Any:
        children = [
            {"kind": "t1", "data": {
                "name": id, "body": text, "author": "ann", "created_utc": at.timestamp(), "score": 2,
                "permalink": f"/r/a/comments/p1/x/{id[3:]}/", "replies": self.listing(id),
            }}
            for id, to, text, at in self.shown() if to == above
        ]  # fmt: skip
        more = {"kind": "more", "data": {"children": ["c999"]}}
        return a_listing(*children, more) if children else ""


def looked(world: Threads, archive: Archive, looks: int = 1) -> list[str]:
    """Look so many times, an hour apart; return what the last look complained of."""
    problems: tuple[str, ...] = ()
    with serving(world) as server:
        own = {"oauth_url": server.url, "reddit_url": server.url}
        for _ in range(looks):
            problems = Collector(
                campaign=a_campaign("reddit", own, TRACK), archive=archive, analyzer=Neutral(), env=KEYS,
                clock=lambda: world.now,
            ).poll("reddit").problems  # fmt: skip
            world.now += HOUR
    return list(problems)


@pytest.fixture
def archive(tmp_path):
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        yield archive


def comments(archive: Archive) -> dict[str, str]:
    found = {row.native_id: row for row in archive.posts.every() if row.kind == PostKind.REPLY and row.url}
    assert all(row.url == f"https://www.reddit.com/r/a/comments/p1/x/{id[3:]}/" for id, row in found.items())
    return {id: row.text or "" for id, row in found.items()}


def test_only_comments_that_match_are_kept_however_deep_they_lie(archive):
    world = Threads(said=[
        ("t1_a", "t3_p1", "I agree", START - HOUR),
        ("t1_b", "t1_a", "This is why: calling time on crime", START - HOUR),
        ("t1_c", "t1_b", "#CallingTimeOnCrime", START - HOUR),
        ("t1_d", "t3_p2", "Nothing of it", START - HOUR),
    ])  # fmt: skip
    assert looked(world, archive) == []
    assert comments(archive) == {"t1_b": "This is why: calling time on crime", "t1_c": "#CallingTimeOnCrime"}


def test_a_thread_is_read_again_only_when_it_has_grown(archive):
    world = Threads(said=[
        ("t1_a", "t3_p1", "#CallingTimeOnCrime", START - HOUR),
        ("t1_b", "t3_p2", "#CallingTimeOnCrime again", START + 1.5 * HOUR),
    ])  # fmt: skip
    looked(world, archive, 4)
    assert [path for path in world.paths if "comments" in path] == ["/comments/p1/", "/comments/p2/"]
    assert set(comments(archive)) == {"t1_a", "t1_b"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_every_comment_of_a_random_history_that_matches_is_stored_once(archive, seed):
    chance = Random(seed)
    world, ids = Threads(threads=25), [f"t3_p{n}" for n in range(1, 26)]
    for n in range(120):
        text = chance.choice(["#CallingTimeOnCrime", "calling time on crime", "hello"]) + f" {n}"
        at = START + chance.uniform(-5, 8) * HOUR
        ids.append(f"t1_c{n}")
        world.said.append((ids[-1], chance.choice(ids[:-1]), text, at))
    starts = {id: at for id, _, _, at in world.said}
    world.said = [  # no answer before what it answers
        (id, to, text, max(at, starts.get(to, at))) for id, to, text, at in world.said
    ]
    looked(world, archive, 30)
    seen = {deep for n in range(1, 26) for deep in world.below(f"t3_p{n}")}
    ours = {id: text for id, _, text, _ in world.shown() if id in seen and "hello" not in text}
    assert comments(archive) == ours


def test_control_a_look_that_forgets_how_many_there_were_asks_each_time(archive, monkeypatch):
    monkeypatch.setattr(stream_reading, "_numbers", lambda cursor: {})
    world = Threads(said=[("t1_a", "t3_p1", "#CallingTimeOnCrime", START - HOUR)])
    looked(world, archive, 3)
    assert len([path for path in world.paths if "comments" in path]) == 3


@pytest.mark.heavy
def test_ten_threads_a_look_and_the_rest_at_the_next(archive):
    world = Threads(threads=15, said=[
        (f"t1_c{n}", f"t3_p{n}", "#CallingTimeOnCrime", START - HOUR) for n in range(1, 16)
    ])  # fmt: skip
    assert looked(world, archive) == [stream_reading._MORE_THREADS]
    assert len(comments(archive)) == 10
    assert looked(world, archive) == []
    assert len(comments(archive)) == 15


@pytest.mark.parametrize(
    "answer",
    [(404, {}, b""), as_json({}), as_json([]), as_json([1, 2]), as_json([{}, {"data": {"children": 5}}])],
)
def test_a_thread_that_fails_costs_no_other_and_no_post(archive, answer):
    world = Threads(said=[(f"t1_c{n}", f"t3_p{n}", "#CallingTimeOnCrime", START - HOUR) for n in (1, 2, 3)])
    world.broken["p2"] = answer
    looked(world, archive)
    assert archive.posts.count() == 5
    assert set(comments(archive)) == {"t1_c1", "t1_c3"}


def test_a_limit_ends_the_reading_of_threads_until_the_next_look(archive):
    world = Threads(said=[(f"t1_c{n}", f"t3_p{n}", "#CallingTimeOnCrime", START - HOUR) for n in (1, 2, 3)])
    world.broken["p1"] = (429, {"x-ratelimit-reset": "60"}, b"")
    [problem] = looked(world, archive)
    assert "slow down" in problem or "allowance" in problem
    assert [path for path in world.paths if "comments" in path] == ["/comments/p1/"]
    world.broken.clear()
    assert looked(world, archive) == []
    assert len(comments(archive)) == 3


def test_a_comment_that_is_removed_is_forgotten(archive):
    world = Threads(said=[("t1_a", "t3_p1", "#CallingTimeOnCrime", START - HOUR)])
    looked(world, archive)
    world.said = [("t1_a", "t3_p1", "[removed]", START - HOUR), ("t1_b", "t3_p1", "hm", START)]
    looked(world, archive)
    assert comments(archive) == {}
    assert [row.native_id for row in archive.posts.every() if row.native_id == "t1_a"] == []
    assert [row.text for row in archive.posts.every() if row.kind == PostKind.REPLY] == [None]


def test_a_real_thread_is_read_to_its_last_answer() -> None:
    path = RECORDED.with_name("TestComment.test_refresh__removed_comment.json")
    if not path.exists():
        pytest.skip("the recorded answers of Reddit are not on this machine")
    said = [one["response"]["body"]["string"] for one in json.loads(path.read_text())["interactions"]]
    [thread] = [body for body in said if body.startswith("[")]
    names = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if value.get("kind") == "t1":
                names.add(value["data"]["name"])
            for inner in value.values():
                walk(inner)
        for inner in value if isinstance(value, list) else ():
            walk(inner)

    walk(json.loads(thread))
    body = thread.encode()

    def answer(_method: str, path: str, query: dict[str, str]) -> Answer:
        return TOKEN if "access_token" in path else (200, {"Content-Type": "application/json"}, body)

    with serving(answer) as server:
        source = Reddit.open({"oauth_url": server.url, "reddit_url": server.url}, KEYS, START)
        found = source._thread("t3_x")
    assert {one["data"]["name"] for one in found} == names
    assert names
    for one in found:  # in 2017 Reddit did not say a comment's address
        one["data"].setdefault("permalink", f"/r/redditdev/comments/x/_/{one['data']['name'][3:]}/")
    page = reddit._page("", found)
    assert (len(page.posts) + len(page.deleted), page.rejected) == (len(names), ())


def test_a_submission_with_an_odd_field_is_put_aside_and_the_others_are_read():
    page = reddit._page("", [a_child(1, body=["not a text"]), a_child(2)])
    assert [post.id for post in page.posts] == [a_child(2)["data"]["name"]]
    assert len(page.rejected) == 1
