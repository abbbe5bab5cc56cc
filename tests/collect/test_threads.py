"""Conversations, asked for as the worker does: bounded, one at a time, whatever a server answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.archive import Archive
from monitor.archive.conversations import ConversationsWriter
from monitor.campaign import Own, Track
from monitor.collect import Collector
from monitor.collect.refresh import read_threads
from monitor.core.model import LONGEST_THREAD, Page, Post
from monitor.sources import source
from tests.builders import a_sentiment
from tests.sources.archived import LONDON, Neutral, a_campaign
from tests.sources.loopback import Answer, Server, as_html, as_json, serving

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TRACK = Track(name="crime", title="Crime", tags=("CallingTimeOnCrime",))
SEEN = ["Ours #CallingTimeOnCrime", " No tag, 2.", "  No tag, 3.", " No tag, 4."]
OWN = ("us@home.example", "us.bsky.social")


def status(number: int, by: str = "ann", parent: int | None = None, **more: Any) -> dict[str, Any]:
    """Return a status as a server that is not its writer's shows it."""
    url = f"https://home.example/@{by}/{number}"
    return {
        "id": str(number), "uri": url, "url": url, "created_at": (NOW - MINUTE).isoformat(),
        "in_reply_to_id": str(parent) if parent else None, "content": f"No tag, {number}.",
        "visibility": "public", "favourites_count": 3,
        "account": {"url": f"https://home.example/@{by}", "acct": f"{by}@home.example"},
    } | more  # fmt: skip


def view(number: int, by: str = "ann", parent: int | None = None, **more: Any) -> dict[str, Any]:
    """Return a post as Bluesky's public view shows it."""
    at, refs = (NOW - MINUTE).isoformat(), {"uri": uri(parent or 1)}
    reply = {"reply": {"parent": refs, "root": {"uri": uri(1)}}} if parent else {}
    return {
        "uri": uri(number, by), "indexedAt": at, "likeCount": 3, "author": {"did": f"did:plc:{by}"},
        "record": {"text": SEEN[0] if number == 1 else f"No tag, {number}.", "createdAt": at} | reply,
    } | more  # fmt: skip


def uri(number: int, by: str | None = None) -> str:
    return f"at://did:plc:{by or ('us' if number == 1 else 'ann')}/app.bsky.feed.post/{number}"


def context(*below: Any, above: tuple[Any, ...] = (), **headers: str) -> Answer:
    return as_json({"ancestors": [*above], "descendants": [*below]}, **headers)


def thread(*replies: Any, **more: Any) -> Answer:
    return as_json({"thread": {"post": view(1, "us"), "replies": [*replies]} | more})


@dataclass
class Site:
    """A platform with a post of the campaign's own, number 1, which the archive has."""

    platform: str
    collector: Collector
    server: Server
    answer: Answer
    others: dict[str, Answer] = field(default_factory=dict)  # by the path that is asked for
    now: datetime = NOW

    def turn(self, minutes: int = 0) -> list[str]:
        """Read what is due so many minutes later; return what was asked for, but for names."""
        self.now += timedelta(minutes=minutes)
        before = len(self.server.requests)
        read_threads(self.collector, self.platform)
        return [path for path in self.server.paths[before:] if "Profiles" not in path]

    def texts(self) -> list[str]:
        """Return the conversation of the first post, each indented as deep as it is."""
        archive = self.collector.archive
        items = archive.conversations.of(1, self.collector.campaign.own.handles)
        rows = {row.id: row for row in archive.posts.by_ids([item.post for item in items if item.post])}
        return [" " * item.depth + (rows[item.post].text or "" if item.post else "?") for item in items]

    def outcomes(self) -> list[tuple[str, str]]:
        return self.collector.archive.db.execute(
            "SELECT stream, outcome FROM coverage WHERE id > 1"
        ).fetchall()


def a_site(platform: str, path: Any, server: Server, answer: Callable[[], Answer]) -> Site:
    own = {"mastodon": {"servers": [server.url]}, "bluesky": {"public": server.url}}[platform]
    campaign = replace(a_campaign(platform, own, TRACK), own=Own(accounts=OWN))
    archive = Archive.open(path / "a.db", LONDON)
    site = Site(platform, None, server, context())  # type: ignore[arg-type]
    site.collector = Collector(
        campaign=campaign, archive=archive, analyzer=Neutral(), env={}, clock=lambda: site.now
    )
    save(archive, first(platform, server), platform)
    return site


def first(platform: str, server: Server) -> Post:
    if platform == "mastodon":
        raw = status(1, "us", content="Ours #CallingTimeOnCrime")
        return replace(source(platform).parse(raw), reread_key=f"{server.url.removeprefix('http://')}/1")
    record = {"text": "Ours #CallingTimeOnCrime", "createdAt": (NOW - MINUTE).isoformat()}
    raw = {"did": "did:plc:us", "time_us": 1, "commit": {"rkey": "1", "record": record}}
    post = source(platform).parse(raw | {"time_us": int(NOW.timestamp() * 1e6)})
    return replace(post, author=replace(post.author, handle="us.bsky.social"))


def save(archive: Archive, post: Post, platform: str) -> None:
    archive.ingest.save(
        Page(stream="s", posts=(post,)), source=platform, track="crime", scores=[a_sentiment()],
        analyzer="neutral", started_at=NOW, now=NOW,
    )  # fmt: skip


@pytest.fixture
def site(request, tmp_path) -> Iterator[Site]:
    def answered(method: str, path: str, query: dict[str, str]) -> Answer:
        return as_json({"profiles": []}) if "Profiles" in path else sites[0].others.get(path, sites[0].answer)

    sites: list[Site] = []
    with serving(answered) as server:
        sites.append(a_site(request.param, tmp_path, server, lambda: sites[0].answer))
        yield sites[0]
        sites[0].collector.archive.close()


MASTODON = pytest.mark.parametrize("site", ["mastodon"], indirect=True)
BLUESKY = pytest.mark.parametrize("site", ["bluesky"], indirect=True)
EVERY = pytest.mark.parametrize("site", ["mastodon", "bluesky"], indirect=True)
TALK = {
    "mastodon": context(status(2, parent=1), status(3, "bob", parent=2), status(4, "cat", parent=1)),
    "bluesky": thread(
        {"post": view(2, parent=1), "replies": [{"post": view(3, "bob", parent=2)}]},
        {"post": view(4, "cat", parent=1)},
    ),
}


@EVERY
def test_what_answers_our_post_is_read_and_counted_nowhere(site):
    site.answer = TALK[site.platform]
    assert site.turn() == ["/api/v1/statuses/1/context" if site.platform == "mastodon" else
                           "/xrpc/app.bsky.feed.getPostThread"]  # fmt: skip
    assert sorted(site.texts()) == sorted(SEEN)
    archive = site.collector.archive
    assert archive.posts.count() == 1
    assert len(archive.conversations.unanswered(site.collector.campaign.own.handles, NOW - MINUTE * 9)) == 2
    assert archive.differences() == []


@EVERY
def test_a_conversation_is_asked_for_once_an_hour(site):
    site.answer = TALK[site.platform]
    assert [len(site.turn(15)) for _ in range(8)] == [1, 0, 0, 0, 1, 0, 0, 0]


@MASTODON
def test_a_server_that_is_still_fetching_replies_is_asked_again_at_the_next_turn(site):
    site.answer = context(status(2, parent=1), Mastodon_Async_Refresh='id="x", retry=3')
    assert len(site.turn()) == 1
    site.answer = TALK["mastodon"]
    assert len(site.turn(15)) == 1
    assert len(site.texts()) == 4


@MASTODON
def test_replies_are_read_again_so_that_their_ends_are_followed(site):
    site.answer = TALK["mastodon"]
    site.turn()
    due = site.collector.archive.refresh_queue.due("mastodon", NOW + timedelta(days=1), 10)
    assert {post.reread_key.rpartition("/")[2] for post in due} == {"1", "2", "3", "4"}


@MASTODON
def test_numbers_of_a_post_are_those_of_its_own_server_only(site):
    site.answer = context(status(2, parent=1))
    site.turn()
    assert site.collector.archive.posts.by_ids([2])[0].metrics.likes is None


@MASTODON
def test_who_asks_not_to_be_found_is_left_out(site):
    silent = status(2, parent=1)
    silent["account"] |= {"indexable": False}
    site.answer = context(silent, status(3, "bob", parent=1))
    site.turn()
    assert site.texts() == ["Ours #CallingTimeOnCrime", " No tag, 3."]


@BLUESKY
def test_who_hides_from_strangers_is_left_out(site):
    hidden = view(2, parent=1, labels=[{"val": "!no-unauthenticated"}])
    site.answer = thread({"post": hidden}, {"post": view(3, "bob", parent=1)})
    site.turn()
    assert site.texts() == ["Ours #CallingTimeOnCrime", " No tag, 3."]


@BLUESKY
def test_what_is_gone_or_blocked_leaves_its_place_empty(site):
    gone = {"$type": "app.bsky.feed.defs#notFoundPost", "uri": uri(2), "notFound": True}
    site.answer = thread(gone | {"replies": [{"post": view(3, "bob", parent=2)}]})
    site.turn()
    assert site.texts() == ["Ours #CallingTimeOnCrime", " ?", "  No tag, 3."]


@MASTODON
def test_what_stands_above_a_post_that_is_owed_a_reply_is_read_too(site):
    asked = replace(first("mastodon", site.server), id="https://home.example/@ann/7",
                    reread_key=f"{site.server.url.removeprefix('http://')}/7")  # fmt: skip
    asked = replace(asked, author=replace(asked.author, id="x", handle="ann@home.example"), parent="6")
    save(site.collector.archive, asked, "mastodon")
    site.collector.archive.marks.set([2], "needs reply", by="Ann", now=NOW)
    site.answer = context(status(8, "us", parent=7), above=(status(6, "bob"),))
    assert len(site.turn()) == 2
    items = site.collector.archive.conversations.of(2)
    texts = [row.text for row in site.collector.archive.posts.by_ids([i.post for i in items if i.post])]
    assert texts[-2:] == ["Ours #CallingTimeOnCrime", "No tag, 8."]


LONG = {
    "mastodon": context(*(status(n, parent=n - 1) for n in range(2, 2 * LONGEST_THREAD))),
    "bluesky": thread(*({"post": view(n, parent=1)} for n in range(2, 2 * LONGEST_THREAD))),
}


@pytest.mark.heavy
@EVERY
def test_of_a_flood_of_replies_five_hundred_are_stored(site):
    site.answer = LONG[site.platform]
    site.turn()
    number = site.collector.archive.db.execute("SELECT count(*) FROM replies").fetchone()[0]
    assert LONGEST_THREAD - 1 <= number <= LONGEST_THREAD


DEEP = '{"thread": ' + '{"replies": [' * 5000 + "]}" * 5000 + "}"
HOSTILE: dict[str, Answer] = {
    "a page": as_html(),
    "a fault": as_json({"error": "x"}, 500),
    "gone": as_json({"error": "NotFound"}, 400),
    "members only": as_json({"error": "x"}, 401),
    "nothing": as_json({}),
    "a list": as_json([1, None, "x"]),
    "no lists": as_json({"ancestors": {}, "descendants": 7, "thread": {"replies": "x", "parent": 3}}),
    "no posts": as_json({"ancestors": [None, 1], "descendants": [[], "x", {}], "thread": {"post": [1]}}),
    "odd values": context({**status(2), "id": 5}, {**status(3), "uri": ["x"]}, {**status(4), "account": 1}),
    "too deep": (200, {"Content-Type": "application/json"}, DEEP.encode()),
}


@EVERY
@pytest.mark.parametrize("answer", HOSTILE.values(), ids=list(HOSTILE))
def test_a_wrong_answer_costs_this_conversation_only(site, answer):
    site.answer = answer
    site.turn()
    assert site.texts()[0] == SEEN[0]
    assert [stream for stream, _ in site.outcomes()] == [f"again:{site.platform}"]
    site.answer = TALK[site.platform]
    assert len(site.turn(60)) == 1
    assert set(SEEN) <= set(site.texts())


@MASTODON
def test_of_two_conversations_the_second_is_read_where_the_first_fails(site):
    key = f"{site.server.url.removeprefix('http://')}/9"
    other = replace(first("mastodon", site.server), id="https://home.example/@us/9", reread_key=key)
    save(site.collector.archive, other, "mastodon")
    site.answer, site.others = TALK["mastodon"], {"/api/v1/statuses/9/context": as_json({}, 500)}
    assert len(site.turn()) == 2
    assert len(site.texts()) == 4


@MASTODON
def test_who_asks_us_to_slow_down_is_not_asked_for_the_next(site):
    other = replace(first("mastodon", site.server), id="https://home.example/@us/9")
    save(site.collector.archive, other, "mastodon")
    site.answer = as_json({"error": "x"}, 429)
    assert len(site.turn()) == 1
    assert site.outcomes()[1:] == [("again:mastodon", "rate-limited")]


@MASTODON
def test_a_server_that_is_not_in_the_campaign_file_is_never_asked(site):
    site.collector.archive.db.execute("UPDATE posts SET again = '127.0.0.1:1/5'")
    assert site.turn() == []


@MASTODON
def test_ended_midway_it_reads_the_rest_and_stores_nothing_twice(site, monkeypatch):
    site.answer = TALK["mastodon"]

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ConversationsWriter, "schedule", end)
        with pytest.raises(KeyboardInterrupt):
            site.turn()
    assert len(site.turn(15)) == 1
    assert sorted(site.texts()) == sorted(SEEN)
