"""Posts read again: numbers grow, edits and ends are followed within a day, and nothing goes by mistake."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from monitor.archive import Archive
from monitor.archive.posts.refresh_queue import DuePost, RefreshQueueWriter, next_reading
from monitor.campaign import Track
from monitor.collect import Collector, refresh
from monitor.collect.refresh import after, reread, split_by_age
from monitor.core.model import Page, Purpose
from monitor.sources import source
from tests.builders import a_sentiment
from tests.sources.archived import LONDON, Neutral, a_campaign
from tests.sources.loopback import Answer, as_html, as_json, serving

START = datetime(2026, 11, 1, 6, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TRACK = Track(name="crime", title="Crime", tags=("CallingTimeOnCrime",))
KEYS = dict.fromkeys(
    ("REDDIT_CLIENT_ID", "REDDIT_CLIENT_SECRET", "X_BEARER_TOKEN", "YOUTUBE_API_KEY"), "made-up"
)


@dataclass
class Made:
    """A post of the simulated platform, with what happens to it and when."""

    number: int
    at: datetime
    edited: datetime
    ended: datetime
    now: Callable[[], datetime] = lambda: START

    @property
    def text(self) -> str:
        return f"{'second' if self.edited <= self.now() else 'first'} {self.number} #CallingTimeOnCrime"

    @property
    def likes(self) -> int:
        return int((self.now() - self.at) / HOUR)

    @property
    def is_there(self) -> bool:
        return self.now() < self.ended


@dataclass
class World:
    """Posts, and a platform that shows them by their ids."""

    platform: str
    now: datetime = START
    answer: Answer | None = None  # to every question, in the place of the right one
    posts: dict[str, Made] = field(default_factory=dict)

    def __post_init__(self) -> None:
        chance = Random(5)
        for number in range(1, 31):
            at = START - chance.random() * 20 * DAY
            changes = [START + chance.random() * 14 * DAY for _ in range(2)]
            self.posts[str(number)] = Made(number, at, *changes, now=lambda: self.now)

    def __call__(self, _method: str, path: str, query: dict[str, str]) -> Answer:
        if "access_token" in path:
            return as_json({"access_token": "t", "expires_in": 3600, "token_type": "bearer", "scope": "*"})
        return self.answer or ANSWERS[self.platform](self, path, query)

    def shown(self, ids: list[str]) -> list[Made]:
        """Return which of these there still are."""
        return [self.posts[id] for id in ids if id in self.posts and self.posts[id].is_there]


def of_mastodon(world: World, path: str, query: dict[str, str]) -> Answer:
    found = world.shown([path.rsplit("/", 1)[1]])
    return as_json(a_status(found[0])) if found else as_json({"error": "Record not found"}, 404)


def a_status(post: Made) -> dict[str, Any]:
    url = f"{HOST[0]}/@ann/{post.number}"
    return {
        "id": str(post.number), "uri": url, "url": url, "created_at": post.at.isoformat(),
        "content": post.text, "visibility": "public", "favourites_count": post.likes,
        "account": {"url": f"{HOST[0]}/@ann", "acct": "ann"},
    }  # fmt: skip


def of_lemmy(world: World, path: str, query: dict[str, str]) -> Answer:
    [made], found = [world.posts[query["id"]]], world.shown([query["id"]])
    if not found and made.number % 2:
        return as_json({"error": "couldnt_find_post"}, 404)
    return as_json({"post_view": a_view(made, deleted=not found)})


def a_view(post: Made, **more: Any) -> dict[str, Any]:
    said = {"id": post.number, "ap_id": f"https://l.example/{post.number}", "name": post.text,
            "published": post.at.isoformat(), **more}  # fmt: skip
    creator = {"actor_id": "https://l.example/u/ann", "name": "ann"}
    return {"post": said, "creator": creator, "counts": {"upvotes": post.likes}}


def of_bluesky(world: World, path: str, query: dict[str, str]) -> Answer:
    if path.endswith("getProfiles"):
        return as_json({"profiles": []})
    return as_json({"posts": [a_bluesky_view(post) for post in world.shown(world.asked)]})


def a_bluesky_view(post: Made) -> dict[str, Any]:
    at = post.at.isoformat()
    return {
        "uri": f"at://did:plc:a/app.bsky.feed.post/{post.number}", "indexedAt": at, "likeCount": post.likes,
        "author": {"did": "did:plc:a"}, "record": {"text": post.text, "createdAt": at},
    }  # fmt: skip


def of_reddit(world: World, path: str, query: dict[str, str]) -> Answer:
    children = [a_child(post) for post in world.shown([id[3:] for id in query["id"].split(",")])]
    return as_json({"kind": "Listing", "data": {"children": children, "after": None}})


def a_child(post: Made) -> dict[str, Any]:
    name = f"t3_{post.number}"
    data = {"name": name, "permalink": f"/r/a/{name}", "title": post.text, "score": post.likes,
            "created_utc": post.at.timestamp(), "author": "ann"}  # fmt: skip
    return {"kind": "t3", "data": data}


def of_youtube(world: World, path: str, query: dict[str, str]) -> Answer:
    return as_json({"items": [a_video(post) for post in world.shown(query["id"].split(","))]})


def a_video(post: Made) -> dict[str, Any]:
    said = {"channelId": "c", "title": post.text, "publishedAt": post.at.isoformat()}
    return {"id": str(post.number), "snippet": said, "statistics": {"likeCount": str(post.likes)}}


def of_x(world: World, path: str, query: dict[str, str]) -> Answer:
    ids = query["ids"].split(",")
    found = world.shown(ids)
    problem = "https://api.x.com/2/problems/resource-not-found"
    missing = set(ids) - {str(post.number) for post in found}
    errors = [{"resource_id": id, "parameter": "ids", "type": problem} for id in sorted(missing)]
    return as_json({"data": [a_tweet(post) for post in found], "errors": errors})


def a_tweet(post: Made) -> dict[str, Any]:
    said = {"id": str(post.number), "author_id": "7", "created_at": post.at.isoformat(), "text": post.text}
    return {**said, "public_metrics": {"like_count": post.likes}}


HOST = [""]
ANSWERS = {"mastodon": of_mastodon, "lemmy": of_lemmy, "bluesky": of_bluesky, "reddit": of_reddit,
           "x": of_x, "youtube": of_youtube}  # fmt: skip
RAW = {
    "mastodon": a_status,
    "lemmy": a_view,
    "reddit": lambda post: a_child(post)["data"],
    "x": lambda post: {"post": a_tweet(post), "user": None},
    "youtube": lambda post: {"video": a_video(post), "channel": None},
    "bluesky": lambda post: {
        "did": "did:plc:a", "time_us": int(post.at.timestamp() * 10**6),
        "commit": {"rkey": str(post.number), "record": a_bluesky_view(post)["record"]},
    },
}  # fmt: skip
OWN = {
    "mastodon": lambda url: {"servers": [url]},
    "lemmy": lambda url: {"servers": [url]},
    "bluesky": lambda url: {"public": url, "home": url},
    "reddit": lambda url: {"oauth_url": url, "reddit_url": url},
    "x": lambda url: {"api": url, "dollars_a_month": 1000},
    "youtube": lambda url: {"api": url},
}
AGAIN = {"mastodon": "{host}/{n}", "lemmy": "{host}/post/{n}"}


@dataclass
class Site:
    """A platform and an archive that has its posts, as they first were."""

    world: World
    collector: Collector

    def turn(self) -> None:
        reread(self.collector, self.world.platform)

    def due(self) -> list[DuePost]:
        return self.collector.archive.refresh_queue.due(self.world.platform, self.world.now, 100)

    def wrong(self) -> list[int]:
        """Return the posts whose end or new text is more than a day old, and not in the archive."""
        rows = {row.native_id.rsplit("/", 1)[-1].removeprefix("t3_"): row for row in self.rows()}
        late = []
        for number, post in self.world.posts.items():
            row, day_ago = rows.get(number), self.world.now - DAY  # None: its id went with its text
            if post.ended < day_ago:
                late += [post.number] if row is not None else []
            elif post.edited < day_ago and self.world.now < post.ended:
                late += [post.number] if not row.text.startswith("second") else []
        return late

    def rows(self) -> list[Any]:
        asked = "SELECT id FROM posts ORDER BY id"
        ids = [id for (id,) in self.collector.archive.db.execute(asked)]
        return self.collector.archive.posts.by_ids(ids)


@pytest.fixture
def site(request, tmp_path, monkeypatch) -> Iterator[Site]:
    world = World(request.param)
    whole = type(world).__call__

    with (
        serving(lambda *asked: whole(world, *asked)) as server,
        Archive.open(tmp_path / "a.db", LONDON) as archive,
    ):
        HOST[0], host = server.url, server.url.removeprefix("http://")
        collector = Collector(
            campaign=a_campaign(request.param, OWN[request.param](server.url), TRACK), archive=archive,
            analyzer=Neutral(), env=KEYS, clock=lambda: world.now,
        )  # fmt: skip
        # getPosts names each post by a parameter of its own, of which our server tells the last only.
        monkeypatch.setattr(World, "asked", [str(n) for n in range(1, 31)], raising=False)
        posts = [source(request.param).parse(RAW[request.param](post)) for post in world.posts.values()]
        form = AGAIN.get(request.param)
        if form:
            posts = [replace(p, reread_key=form.format(host=host, n=n)) for n, p in enumerate(posts, 1)]
        archive.ingest.save(
            Page(stream="s", posts=tuple(posts)), source=request.param, track="crime", analyzer="neutral",
            scores=[a_sentiment() for _ in posts], started_at=START, now=START,
        )  # fmt: skip
        yield Site(world, collector)


EVERY = pytest.mark.parametrize("site", sorted(ANSWERS), indirect=True)


@pytest.mark.slow
@EVERY
def test_edits_and_ends_are_followed_within_a_day(site):
    while site.world.now < START + 9 * DAY:
        site.turn()
        assert site.wrong() == []
        site.world.now += timedelta(minutes=50)
    texts = [row.text for row in site.rows()]
    assert 3 < texts.count(None) < 27
    assert len([text for text in texts if text and text.startswith("second")]) > 3
    assert site.collector.archive.differences() == []


@EVERY
@pytest.mark.slow
def test_numbers_are_those_of_the_last_reading(site):
    site.world.now += 3 * HOUR
    for _ in range(30):
        site.turn()
        site.world.now += HOUR
    shown = [row for row in site.rows() if row.text is not None]
    age = [site.world.now - row.created_at for row in shown]
    for row, old in zip(shown, age, strict=True):
        assert abs(row.metrics.likes - old / HOUR) <= 26
    assert site.collector.archive.db.execute("SELECT count(*) FROM snapshots").fetchone()[0] > len(shown)


@pytest.mark.heavy
@EVERY
def test_control_a_schedule_that_ends_after_a_day_is_noticed(site, monkeypatch):
    monkeypatch.setattr(refresh, "after", lambda created_at, now, ages: now + 900 * DAY)
    monkeypatch.setattr(RefreshQueueWriter, "bring_forward", lambda *_: None)
    while site.world.now < START + 9 * DAY and not site.wrong():
        site.turn()
        site.world.now += timedelta(hours=5)
    assert site.wrong()


WRONG = {
    "a page": as_html(),
    "a fault": as_json({"error": "x"}, 500),
    "a limit": as_json({"error": "x"}, 429),
    "a proxy's 404": as_html(status=404),
    "members only": as_json({"error": "x"}, 401),
    "nothing": as_json({}),
    "an empty list": as_json([]),
    "an empty answer": as_json({"posts": [], "items": [], "data": {"children": []}}),
}


@EVERY
@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.slow
def test_a_wrong_answer_takes_nothing_away(site, kind):
    site.world.answer = WRONG[kind]
    site.world.now += 2 * DAY
    for _ in range(4):
        site.turn()
        site.world.now += 2 * HOUR
    assert [row.text for row in site.rows() if row.text is None] == []


@pytest.mark.parametrize("site", ["bluesky"], indirect=True)
def test_control_trusting_an_empty_answer_would(site, monkeypatch):
    monkeypatch.setattr("monitor.sources.shared.reread._DOUBTED", 1000)
    site.world.answer = WRONG["an empty answer"]
    site.world.now += 2 * DAY
    site.turn()
    assert [row.text for row in site.rows()] == [None] * 30


@pytest.mark.parametrize("site", ["mastodon"], indirect=True)
def test_a_server_that_is_not_in_the_campaign_file_is_never_asked(site):
    site.collector.archive.db.execute("UPDATE posts SET again = '127.0.0.1:1/5'")
    site.world.now += 2 * DAY
    rows = site.rows()
    assert len(site.due()) == 30
    site.turn()
    assert site.rows() == rows  # as they were: neither read nor gone
    assert site.due() == []  # their time has passed all the same


def test_a_reading_again_brings_no_new_post_and_none_into_another_track(tmp_path):
    world = World("reddit")
    posts = [source("reddit").parse(RAW["reddit"](post)) for post in world.posts.values()]
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        for track, some, purpose in (
            ("crime", posts[:2], Purpose.SEARCH),
            ("other", posts[:4], Purpose.REREAD),
        ):
            archive.ingest.save(
                Page(stream="s", posts=tuple(some), purpose=purpose),
                source="reddit", track=track, analyzer="neutral",
                scores=[None for _ in some], started_at=START, now=START,
            )  # fmt: skip
        assert archive.posts.count() == 2
        tracks = (
            "SELECT DISTINCT t.name FROM post_series p JOIN series s ON s.id = p.series"
            " JOIN tracks t ON t.id = s.track_id"
        )
        assert archive.db.execute(tracks).fetchall() == [("crime",)]


@pytest.mark.parametrize(
    ("age", "next_age"),
    [(timedelta(), HOUR), (HOUR, 6 * HOUR), (7 * HOUR, DAY), (DAY, 44 * HOUR), (29.5 * DAY, 728 * HOUR),
     (30 * DAY, 56 * DAY), (400 * DAY, 420 * DAY), (-DAY, -4 * HOUR)],
)  # fmt: skip
def test_a_post_is_read_again_within_a_day_and_later_within_a_month(age, next_age):
    assert next_reading(START, START + age) == START + next_age


AGES = (DAY, 3 * DAY)


@pytest.mark.parametrize(
    ("age", "asked", "then"),
    [
        (HOUR, False, DAY),
        (DAY, True, 3 * DAY),
        (2 * DAY, True, 3 * DAY),
        (3 * DAY, True, None),
        (5 * DAY, False, None),
    ],
)
def test_where_it_costs_money_a_post_is_read_at_its_ages_only(age, asked, then):
    now = START + age
    found, skipped = split_by_age([DuePost(1, "n", "a", START)], AGES, now)
    assert [post.id for post in found] == ([1] if asked else [])
    planned = after(START, now, AGES) if asked else skipped[1]
    assert planned == (START + then if then else None)
