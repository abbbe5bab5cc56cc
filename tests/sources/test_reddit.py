"""Reddit through the real praw, against a server on this machine and a real recorded answer."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prawcore.rate_limit import RateLimiter

from monitor.campaign import Track
from monitor.core.errors import (
    Closed,
    ConfigError,
    RateLimited,
    Refused,
    SourceError,
    Unavailable,
    Unreadable,
)
from monitor.core.model import Outcome, Page, Query
from monitor.sources.platforms.reddit import Reddit
from tests.sources.archived import a_campaign, stored
from tests.sources.loopback import Answer, Handler, Server, as_html, as_json, serving

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUERY = Query(track="Crime", tags=("CallingTimeOnCrime",), phrases=("calling time on crime",))
KEYS = {"REDDIT_CLIENT_ID": "an-id", "REDDIT_CLIENT_SECRET": "a-secret"}
RECORDED = Path(__file__).parents[3] / "shared/data/platforms/reddit/TestSubreddit.test_search.json"
TOKEN = as_json({"access_token": "t", "token_type": "bearer", "expires_in": 3600, "scope": "*"})


@pytest.fixture(autouse=True)
def _awake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whoever would sleep, before a retry or until an allowance is there again."""
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail(f"It slept for {seconds} seconds"))


def opened(url: str, **settings: Any) -> Reddit:
    return Reddit.open({"oauth_url": url, "reddit_url": url, **settings}, KEYS, NOW)


def with_token(handler: Handler) -> Handler:
    def both(method: str, path: str, query: dict[str, str]) -> Answer:
        return TOKEN if path == "/api/v1/access_token" else handler(method, path, query)

    return both


def polled(handler: Handler, query: Query = QUERY, **settings: Any) -> tuple[list[Page], Server]:
    with serving(with_token(handler)) as server:
        return list(opened(server.url, **settings).search(query, {})), server


def a_child(number: int, **more: Any) -> dict[str, Any]:
    said = {
        "id": f"p{number}", "name": f"t3_p{number}", "title": f"title {number}", "selftext": "", "score": 1,
        "author": "someone", "created_utc": NOW.timestamp() - number,
        "permalink": f"/r/a/comments/p{number}/x/",
    }  # fmt: skip
    return {"kind": "t3", "data": {**said, **more}}


def a_listing(*children: dict[str, Any], after: str | None = None) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": list(children), "after": after, "before": None}}


def endless(_method: str, _path: str, query: dict[str, str]) -> Answer:
    start = int(query.get("after", "t3_p0")[4:])
    return as_json(a_listing(*(a_child(start + n) for n in range(1, 101)), after=f"t3_p{start + 100}"))


def recorded() -> tuple[bytes, dict[str, tuple[Any, ...]]]:
    """Return the recorded answer, and what each of its posts says, read without the code under test."""
    if not RECORDED.exists():
        pytest.skip("the recorded answers of Reddit are not on this machine")
    recording = json.loads(RECORDED.read_text())["interactions"]
    [body] = [i["response"]["body"]["string"] for i in recording if "/search" in i["request"]["uri"]]
    said = [child["data"] for child in json.loads(body)["data"]["children"]]
    texts = {s["name"]: "\n\n".join(part for part in (s["title"], s["selftext"]) if part) for s in said}
    want = {
        s["name"]: (s["author"], int(s["created_utc"]), texts[s["name"]], s["score"], s["num_comments"])
        for s in said
    }
    assert len(said) == len(want) > 0
    return body.encode(), want


@pytest.mark.heavy
def test_two_polls_of_a_recording_store_each_post_once(tmp_path: Path) -> None:
    body, want = recorded()

    def answer(_method: str, path: str, query: dict[str, str]) -> Answer:
        if path.startswith("/comments/"):
            return as_json([a_listing(), a_listing()])
        return (200, {"Content-Type": "application/json"}, body)

    with serving(with_token(answer)) as server:
        own = {"oauth_url": server.url, "reddit_url": server.url}
        campaign = a_campaign("reddit", own, Track(name="t", title="T", tags=("any",)))
        found = stored(tmp_path / "a.db", campaign, NOW, KEYS)
        # and no request for a single field
        asked = [path for path in server.paths if not path.startswith("/comments/")]
        assert asked == ["/api/v1/access_token", "/r/all/search/"] * 2
    got = {
        id: (r.handle, int(r.created_at.timestamp()), r.text, r.metrics.likes, r.metrics.replies)
        for id, r in found.items()
    }
    assert got == want
    assert all("?" not in (row.url or "?") for row in found.values())


def test_the_question_and_the_names_of_the_places_are_sent() -> None:
    query = Query(track="a", tags=("One",), phrases=("two three",), excluded=("four",))
    pages, server = polled(lambda *_: as_json(a_listing()), query, subreddits=["london", "unitedkingdom"])
    asked = server.requests[-1]
    assert asked.path == "/r/london+unitedkingdom/search/"
    assert asked.query["q"] == '("One" OR "two three") NOT "four"'
    assert (asked.query["sort"], asked.query["t"]) == ("new", "week")
    assert asked.headers["user-agent"].startswith("campaign-monitor/")
    assert [(page.stream, page.posts, page.cursor) for page in pages] == [("reddit:search:a", (), None)]
    assert (pages[0].since, pages[0].outcome) == (NOW - timedelta(days=7), Outcome.COMPLETE)


def test_control_praw_s_own_search_asks_again_for_what_a_listing_lacked() -> None:
    with serving(with_token(lambda *_: as_json(a_listing(a_child(1))))) as server:
        found = opened(server.url)._reddit.subreddit("all").search("x", limit=1)
        submission = next(iter(found))
        before = len(server.requests)
        with pytest.raises(Exception):  # noqa: B017, PT011 -- the answer to the extra request is no submission
            _ = submission.upvote_ratio
        assert len(server.requests) > before


def test_250_posts_are_read_and_the_cut_is_told() -> None:
    pages, server = polled(endless)
    assert [len(page.posts) for page in pages] == [100, 100, 50, 0]
    assert [page.cursor for page in pages][:3] == [None, None, None]
    assert pages[-1].cursor == str(int(NOW.timestamp()) - 1)
    assert pages[-1].outcome is Outcome.CAPPED
    assert pages[-1].since == NOW - timedelta(seconds=250)
    assert len(server.requests) == 4


def test_a_used_up_allowance_is_never_slept_on() -> None:
    limits = {"x_ratelimit_remaining": "0", "x_ratelimit_used": "100", "x_ratelimit_reset": "500"}

    def handler(method: str, path: str, query: dict[str, str]) -> Answer:
        status, headers, body = endless(method, path, query)
        return status, {**headers, **{name.replace("_", "-"): text for name, text in limits.items()}}, body

    with serving(with_token(handler)) as server:
        found = opened(server.url).search(QUERY, {})
        assert len(next(found).posts) == 100  # what came is kept
        with pytest.raises(RateLimited) as stopped:
            next(found)
        assert len(
            list(opened(server.url).search(QUERY, {}) and next(opened(server.url).search(QUERY, {})).posts)
        )
    assert stopped.value.retry_at == NOW + timedelta(seconds=500)


@pytest.mark.parametrize("changed", [{"name": "t5_group"}, {"permalink": "r/a/comments/p1/x/"}])
def test_what_is_neither_a_submission_nor_a_comment_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="is not a submission or a comment"):
        Reddit.parse(a_child(1, **changed)["data"])


def test_control_praw_itself_would_sleep_on_a_used_up_allowance() -> None:
    limiter = RateLimiter(window_size=600)
    limiter.update(response_headers={f"x-ratelimit-{name}": "500" for name in ("used", "reset")}
                   | {"x-ratelimit-remaining": "0"})  # fmt: skip
    with pytest.raises(pytest.fail.Exception, match="slept"):
        limiter.delay()


@pytest.mark.parametrize("at", [4_000_000_000, -60_000_000_000], ids=["2096", "the year 68"])
def test_a_time_outside_the_week_moves_neither_the_cursor_nor_the_coverage(at: int) -> None:
    pages, _ = polled(lambda *_: as_json(a_listing(*(a_child(n, created_utc=at) for n in range(300)))))
    last = pages[-1]
    assert (last.outcome, last.until) == (Outcome.CAPPED, NOW)
    assert last.cursor is not None
    assert last.since is not None
    assert (NOW - timedelta(days=7)).timestamp() <= float(last.cursor) <= NOW.timestamp()
    assert NOW - timedelta(days=7) <= last.since <= NOW


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (as_json({}, 429, x_ratelimit_reset="90"), RateLimited),
        (as_json({}, 401), Refused),
        (as_json({}, 403), Refused),
        (as_json({}, 404), Closed),
        (as_json({}, 500), Unavailable),
        (as_html(status=503), Unavailable),
        ((302, {"Location": "/login/"}, b""), Unavailable),
        (as_html(), Unreadable),
        (as_json([]), Unreadable),
        (as_json({"odd": 1}), Unreadable),
        (as_json({"data": {"children": 5}}), Unreadable),
    ],
)
def test_every_refusal_becomes_our_error_at_once(answer: Answer, error: type[SourceError]) -> None:
    with pytest.raises(error):
        polled(lambda *_: answer)


@pytest.mark.parametrize(
    "answer", [as_json({}, 401), as_json({"error": "invalid_grant"})], ids=["401", "error"]
)
def test_a_wrong_key_needs_a_person(answer: Answer) -> None:
    with serving(lambda *_: answer) as server, pytest.raises(Refused) as refused:
        list(opened(server.url).search(QUERY, {}))
    assert refused.value.outcome == "refused"


def test_a_bad_item_costs_itself_and_a_deleted_one_is_reported_as_gone() -> None:
    children = [
        a_child(1),
        a_child(2, permalink=None),
        a_child(3, score="many"),
        a_child(4, created_utc=None),
        a_child(9, created_utc=1e18),
        a_child(5, selftext="[deleted]", author=None),
        a_child(6, removed_by_category="moderator"),
        a_child(7, author="[deleted]"),
        a_child(8, author=None),
        {"kind": "t3", "data": {}},
        {"kind": "more"},
        "text",
        None,
    ]
    pages, _ = polled(lambda *_: as_json(a_listing(*children)))
    assert [(post.id, post.author.id) for post in pages[0].posts] == [
        ("t3_p1", "someone"),
        ("t3_p7", "[deleted]:t3_p7"),
        ("t3_p8", "[deleted]:t3_p8"),
    ]
    assert len(pages[0].rejected) == 8
    assert pages[0].deleted == ("t3_p5", "t3_p6")


def test_a_score_below_nothing_is_shown_as_no_likes_and_keeps_its_post() -> None:
    pages, _ = polled(lambda *_: as_json(a_listing(a_child(1, score=-3), a_child(2, score=None))))
    assert [post.metrics.likes for post in pages[0].posts] == [0, None]


def test_a_missing_key_is_named_with_how_to_get_it() -> None:
    with pytest.raises(Refused, match=r"^REDDIT_CLIENT_SECRET is missing.*reddit\.com/prefs/apps"):
        Reddit.open({}, {"REDDIT_CLIENT_ID": "a"}, NOW)


@pytest.mark.parametrize(
    "settings",
    [{"subreddits": "london"}, {"subreddits": []}, {"subreddits": ["r/london"]}, {"subs": ["a"]},
     {"oauth_url": "http://elsewhere.invalid"}, {"reddit_url": 5}],
    ids=str,
)  # fmt: skip
def test_a_wrong_setting_is_named(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=f"sources.reddit.{next(iter(settings))}"):
        Reddit.open(settings, KEYS, NOW)


def test_a_track_with_nothing_to_search_is_a_mistake_of_the_file() -> None:
    with pytest.raises(ConfigError, match="no tags"):
        list(Reddit.open({}, KEYS, NOW).search(Query(track="a"), {}))


def test_neither_praw_ini_nor_the_environment_changes_anything(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    evil = "http://127.0.0.1:9"
    (tmp_path / "praw.ini").write_text(f"[DEFAULT]\noauth_url={evil}\nreddit_url={evil}\nuser_agent=evil\n")
    monkeypatch.chdir(tmp_path)
    for name in ("client_id", "client_secret", "username", "password", "refresh_token", "site", "user_agent"):
        monkeypatch.setenv(f"praw_{name}", "evil")
    config = Reddit.open({}, KEYS, NOW)._reddit.config
    assert (config.oauth_url, config.reddit_url) == ("https://oauth.reddit.com", "https://www.reddit.com")
    assert (config.client_id, config.client_secret) == ("an-id", "a-secret")
    assert (config.username, config.password, config.refresh_token) == (None, None, None)
    assert "evil" not in config.user_agent
