"""Bluesky's answers to questions: who wrote a post, and older posts, from servers on this machine."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.core.clock import unstamp
from monitor.core.errors import ConfigError, RateLimited, Refused
from monitor.core.model import Author, Metrics, Outcome, Page, Post, Query
from monitor.sources.platforms.bluesky import Bluesky, search
from monitor.sources.platforms.bluesky.parse import reread_page
from monitor.sources.platforms.bluesky.search import Views
from tests.sources.loopback import Answer, as_html, as_json, closed_port, serving
from tests.sources.test_bluesky import END, jetstream
from tests.sources.test_bluesky import event as live

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SINCE, UNTIL = NOW - timedelta(days=40), NOW - timedelta(days=10)
QUERY = Query(track="crime", tags=("CallingTimeOnCrime",), phrases=("calling time on crime",))
KEYS = {"BLUESKY_HANDLE": "@office.example", "BLUESKY_APP_PASSWORD": "abcd-efgh-ijkl-mnop"}


def view(n: int, at: datetime, text: str = "", **more: Any) -> dict[str, Any]:
    did = f"did:plc:p{n % 7}"
    said = at.isoformat().replace("+00:00", "Z")
    return {
        "uri": f"at://{did}/app.bsky.feed.post/r{n}", "cid": "c", "indexedAt": said, "likeCount": n,
        "repostCount": 1, "replyCount": 0, "quoteCount": 2, "bookmarkCount": 5,
        "author": {"did": did, "handle": f"p{n % 7}.example"},
        "record": {"$type": "app.bsky.feed.post", "text": text or f"{n} #CallingTimeOnCrime",
                   "createdAt": said, "langs": ["en"]},
    } | more  # fmt: skip


@dataclass
class Server:
    """The office's own server and Bluesky's public view, in one."""

    posts: list[dict[str, Any]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    logins: int = 0
    searches: int = 0
    refuses_after: int = 10**6
    profiles: Any = None

    def __call__(self, method: str, path: str, query: dict[str, str]) -> Answer:
        name = path.removeprefix("/xrpc/")
        if name == "com.atproto.server.createSession":
            self.logins += 1
            return as_json({"accessJwt": "token", "refreshJwt": "r"})
        if name == "app.bsky.actor.getProfiles":
            return self.profiles or as_json({"profiles": [self.profile(query["actors"])]})
        self.searches += 1
        if self.searches > self.refuses_after:
            return as_json({"error": "RateLimitExceeded"}, 429)
        found = [p for p in self.posts if unstamp(query["since"]) <= filed(p) < unstamp(query["until"])]
        words = query["q"].strip('"')
        hits = [p for p in found if words in p["record"]["text"].lower()]
        hits.sort(key=filed, reverse=True)
        return as_json({"posts": hits[: int(query["limit"])], "hitsTotal": len(hits), "cursor": "x"})

    def profile(self, did: str) -> dict[str, Any]:
        labels = [{"val": self.labels[did]}] if did in self.labels else []
        return {"did": did, "handle": "ann.example", "displayName": "Ann", "followersCount": 41,
                "labels": labels}  # fmt: skip


def filed(post: dict[str, Any]) -> datetime:
    return unstamp(post["indexedAt"])


@pytest.fixture(autouse=True)
def nobody_logged_in(monkeypatch):
    monkeypatch.setattr(search, "_tokens", {})


def source(url: str, env: dict[str, str] = KEYS, **more: Any) -> Bluesky:
    return Bluesky.open({"home": url, "public": url, **more}, env, NOW)


def read_back(url: str) -> list[Page]:
    """Return all pages, read in as many parts as it takes."""
    pages: list[Page] = []
    mark = None
    while not pages or pages[-1].outcome is Outcome.CAPPED:
        pages += source(url).back(QUERY, SINCE, UNTIL, mark)
        mark = pages[-1].cursor
    return pages


def some_posts(number: int) -> list[dict[str, Any]]:
    """Return posts of the last 50 days, the oldest first, of every third with the phrase only."""
    step = timedelta(days=50) / max(1, number)
    texts = ("", "we are calling time on crime", "")
    return [view(n, NOW - timedelta(days=50) + step * n, texts[n % 3]) for n in range(number)]


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 30, 990, 4500])
def test_a_look_back_brings_every_post_with_its_numbers(number):
    server = Server(some_posts(number))
    with serving(server) as at:
        pages = read_back(at.url)
    posts = {post.id: post for page in pages for post in page.posts}
    assert set(posts) == {p["uri"] for p in server.posts if SINCE <= filed(p) < UNTIL}
    for post in posts.values():
        n = int(post.id.rsplit("/r", 1)[1])
        assert post.metrics == Metrics(likes=n, reposts=1, replies=0, quotes=2)
    assert {page.since for page in pages if page.until} == {SINCE}
    assert server.logins == 1


def test_what_a_search_shows_and_we_do_not_look_for_is_left_out():
    hidden = {"labels": [{"val": "!hide"}]}
    loose = Server([
        view(1, UNTIL - timedelta(days=1)),
        view(2, UNTIL - timedelta(days=2), "#callingtimeoncrimes are others"),
        view(3, UNTIL - timedelta(days=3), **hidden),
        view(4, UNTIL - timedelta(days=4), likeCount="many"),
        {"uri": 5, "indexedAt": "2026-11-01T00:00:00Z", "record": {"text": "#callingtimeoncrime"}},
    ])  # fmt: skip
    with serving(loose) as at:
        pages = read_back(at.url)
    assert [post.id[-2:] for page in pages for post in page.posts] == ["r1"]
    assert sum(len(page.rejected) for page in pages) >= 2


def test_a_post_read_again_without_its_writer_is_put_aside_and_the_others_are_read():
    odd, hidden = view(1, NOW), view(2, NOW, labels=[{"val": "!hide"}])
    del odd["author"]
    page = reread_page([odd, hidden, view(3, NOW)])
    assert [post.id[-2:] for post in page.posts] == ["r3"]
    assert [native_id[-2:] for native_id in page.deleted] == ["r2"]
    assert len(page.rejected) == 1


def test_an_estimate_is_what_the_search_counts():
    server = Server(some_posts(300))
    with serving(server) as at:
        found = source(at.url).estimate(QUERY, SINCE, UNTIL)
    assert found.posts == len([p for p in server.posts if SINCE <= filed(p) < UNTIL])
    assert found.dollars == 0


def test_a_limit_stops_the_look_back_with_what_came_before_kept():
    with serving(Server(some_posts(990), refuses_after=2)) as at:
        pages = source(at.url).back(QUERY, SINCE, UNTIL, None)
        assert len(next(pages).posts) > 90
        next(pages)
        with pytest.raises(RateLimited):
            next(pages)


@pytest.mark.parametrize(
    ("env", "says"),
    [({}, "only lets people with an account"), ({"BLUESKY_HANDLE": "a.example"}, "BLUESKY_APP_PASSWORD is")],
)
def test_without_a_log_in_it_says_how_to_get_one(env, says):
    with pytest.raises(Refused, match=says):
        list(source("https://home.example", env).back(QUERY, SINCE, UNTIL, None))


def test_a_wrong_password_is_told_and_shown_to_nobody():
    no = as_json({"error": "AuthenticationRequired"}, 401)
    says = "did not accept the handle and app password"
    with serving(lambda *asked: no) as at, pytest.raises(Refused, match=says) as told:
        list(source(at.url).back(QUERY, SINCE, UNTIL, None))
    assert KEYS["BLUESKY_APP_PASSWORD"] not in str(told.value)


def test_a_key_goes_only_where_it_is_safe():
    with pytest.raises(ConfigError, match="https://"):
        source("http://home.example")


OLD = NOW - timedelta(hours=60)


def poll(url: str, env: dict[str, str] = KEYS) -> list[Page]:
    with jetstream([live(1), END]) as (stream, _):
        cursor = {"bluesky:jetstream:crime": str(int(OLD.timestamp()) * 10**6)}
        return list(source(url, env, hosts=[stream]).search(QUERY, cursor))


def test_what_the_stream_forgot_is_filled_by_search():
    lost = [view(n, OLD + timedelta(hours=n)) for n in range(1, 23)]
    with serving(Server(lost)) as at:
        pages = poll(at.url)
    assert {post.id for page in pages[:-1] for post in page.posts} == {p["uri"] for p in lost}
    assert {page.outcome for page in pages} == {Outcome.COMPLETE}
    assert next(page.since for page in pages if page.until) == OLD


@pytest.mark.parametrize(
    ("env", "server"), [({}, Server()), (KEYS, Server(refuses_after=0))], ids=["no key", "refused"]
)
def test_control_what_could_not_be_searched_for_stays_a_gap(env, server):
    with serving(server) as at:
        pages = poll(at.url, env)
    assert Outcome.GAP in {page.outcome for page in pages}
    assert pages[-1].posts  # and the stream is read on


def a_post(n: int) -> Post:
    return Post(
        platform="bluesky", id=f"at://did:plc:p{n}/app.bsky.feed.post/1", url="https://bsky.app/x",
        author=Author(id=f"did:plc:p{n}"), text="t", created_at=NOW,
    )  # fmt: skip


def introduced(server: Any) -> tuple[list[Post], list[str]]:
    with serving(server) as at:
        return Views(at.url, at.url, NOW).with_profiles([a_post(1), a_post(2)])


def every_profile(server: Server, *people: int) -> Answer:
    return as_json({"profiles": [server.profile(f"did:plc:p{n}") for n in people]})


def test_writers_get_their_names_and_followers():
    server = Server()
    server.profiles = every_profile(server, 1)
    (first, second), hiding = introduced(server)
    assert first.author == Author(id="did:plc:p1", handle="ann.example", name="Ann", followers=41)
    assert second.author == Author(id="did:plc:p2")  # of whom nothing was said
    assert hiding == []


def test_who_hides_from_strangers_is_left_out_and_forgotten():
    server = Server(labels={"did:plc:p2": "!no-unauthenticated"})
    server.profiles = every_profile(server, 1, 2)
    posts, hiding = introduced(server)
    assert [post.author.id for post in posts] == ["did:plc:p1"]
    assert hiding == ["did:plc:p2"]


@pytest.mark.parametrize(
    "answer",
    [as_html(), as_json({"error": "x"}, 500), as_json([]), as_json({"profiles": [1, {"did": "did:plc:p1"}]}),
     as_json({"profiles": [{"did": "did:plc:p1", "followersCount": "many", "handle": 5}]})],
)  # fmt: skip
def test_an_answer_that_makes_no_sense_costs_no_post(answer):
    posts, hiding = introduced(lambda method, path, query: answer)
    assert [post.author for post in posts] == [Author(id="did:plc:p1"), Author(id="did:plc:p2")]
    assert hiding == []


def test_where_nobody_answers_the_posts_are_kept_as_they_are():
    at = closed_port()
    posts, _ = Views(at, at, NOW).with_profiles([a_post(1)])
    assert posts == [a_post(1)]
