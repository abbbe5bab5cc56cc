"""X through the real tweepy client, against a server on this machine and real recorded answers."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.campaign import Track
from monitor.core.errors import ConfigError, RateLimited, Refused, SourceError, Unavailable, Unreadable
from monitor.core.model import Metrics, Outcome, Page, PostKind, Query
from monitor.sources.platforms.x import X
from monitor.sources.platforms.x.client import XSession
from tests.sources.archived import a_campaign, stored
from tests.sources.loopback import Handler, Server, as_html, as_json, serving

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUERY = Query(track="Crime", tags=("CallingTimeOnCrime",), phrases=("calling time on crime",))
STREAM = "x:search:crime"
CANARY = "canary-token-7391"
RECORDED = Path(__file__).parents[3] / "shared" / "data" / "platforms" / "x"
RENAMED = {
    "retweet_count": "repost_count", "referenced_tweets": "referenced_posts", "tweets": "posts",
    "edit_history_tweet_ids": "edit_history_post_ids", "note_tweet": "note_post", "tweet_count": "post_count",
}  # fmt: skip


RECENT, ALL = "/2/tweets/search/recent", "/2/tweets/search/all"


def opened(url: str, **settings: Any) -> X:
    return X.open({"api": url, **settings}, {"X_BEARER_TOKEN": CANARY}, NOW)


def polled(
    handler: Handler, cursors: dict[str, str] | None = None, **settings: Any
) -> tuple[list[Page], Server]:
    with serving(handler) as server:
        pages = list(opened(server.url, **settings).search(QUERY, cursors or {}))
    server.requests[:] = [asked for asked in server.requests if asked.path == RECENT]
    return pages, server


def an_item(number: int, **more: Any) -> dict[str, Any]:
    at = {"created_at": "2026-11-22T10:00:00.000Z", "author_id": "7"}
    return {"id": str(number), "text": f"post {number}", **at, **more}


def an_answer(*items: dict[str, Any], token: str | None = None, **more: Any) -> dict[str, Any]:
    meta: dict[str, Any] = {"result_count": len(items)}
    if items:
        meta["newest_id"] = items[0]["id"]
    if token:
        meta["next_token"] = token
    return {"data": list(items), "meta": meta, **more}


def an_id(at: datetime) -> str:
    return str((int(at.timestamp() * 1000) - 1288834974657) << 22)


def recorded(name: str) -> list[dict[str, Any]]:
    path = RECORDED / name
    if not path.exists():
        pytest.skip("the recorded answers of X are not on this machine")
    return [json.loads(line) for line in path.read_text().splitlines()]


def renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {RENAMED.get(key, key): renamed(inner) for key, inner in value.items()}
    return [renamed(inner) for inner in value] if isinstance(value, list) else value


def as_text(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def wanted(answer: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Return what a recording (old spelling) holds, by id, reckoned without the code under test."""
    by_id = {post["id"]: post for post in answer["includes"]["tweets"]}
    names = {user["id"]: user["username"] for user in answer["includes"]["users"]}
    found = {}
    for item in answer["data"]:
        passed_on = [r["id"] for r in item.get("referenced_tweets", []) if r["type"] == "retweeted"]
        post = by_id.get(passed_on[0]) if passed_on else item
        if post:
            n = post["public_metrics"]
            found[post["id"]] = (
                names.get(post["author_id"]), post["created_at"][:19], as_text(post["text"]), n["like_count"],
                n["retweet_count"], n["reply_count"], n["quote_count"], n.get("impression_count"),
            )  # fmt: skip
    return found


@pytest.mark.parametrize("spelling", [lambda page: page, renamed], ids=["2.166", "2.167"])
@pytest.mark.parametrize("name", ["brexit.jsonl", "entities_test.jsonl"])
def test_every_recorded_post_arrives_once_with_author_time_text_and_numbers(name: str, spelling: Any) -> None:
    [answer] = recorded(name)
    wire = json.dumps(spelling(answer)).encode()

    def handler(_method: str, _path: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        return (200, {}, wire) if "next_token" not in query else as_json({"meta": {"result_count": 0}})  # type: ignore[return-value]

    pages, server = polled(handler)
    posts = [post for page in pages for post in page.posts]
    got = {
        p.id: (p.author.handle, p.created_at.isoformat()[:19], p.text, p.metrics.likes, p.metrics.reposts,
               p.metrics.replies, p.metrics.quotes, p.metrics.views)
        for p in posts
    }  # fmt: skip
    assert got == wanted(answer)
    assert len(posts) == len(got) > 40
    assert [r for page in pages for r in page.rejected] == []
    assert [page.cursor for page in pages] == [None, answer["meta"]["newest_id"]]
    assert server.paths == ["/2/tweets/search/recent"] * 2
    hidden = len(answer.get("errors", []))
    assert (f"could not show {hidden} " in pages[0].detail) == bool(hidden)


def test_recorded_links_are_the_long_ones_and_pictures_are_told_apart() -> None:
    [answer] = recorded("brexit.jsonl")
    [page], _ = polled(lambda *_: as_json(answer | {"meta": {}}))
    kinds = {medium["media_key"]: medium["type"] for medium in answer["includes"]["media"]}
    said = {item["id"]: item for item in [*answer["data"], *answer["includes"]["tweets"]]}
    for post in page.posts:
        item = said[post.id]
        keys = item.get("attachments", {}).get("media_keys", [])
        assert {str(m) for m in post.media} == {
            {"photo": "image"}.get(kinds[key], "video") for key in keys if key in kinds
        }
        urls = item.get("entities", {}).get("urls", [])
        assert len(post.links) == len(
            {u["expanded_url"] for u in urls if "pic.twitter" not in u["display_url"]}
        )
        assert all("//t.co/" not in link and "/photo/1" not in link for link in post.links)
    assert {len(post.links) for post in page.posts} >= {0, 1}
    assert {str(m) for post in page.posts for m in post.media} == {"image", "video"}


@pytest.mark.parametrize("spelling", [lambda page: page, renamed], ids=["2.166", "2.167"])
@pytest.mark.parametrize("name", ["brexit.jsonl", "entities_test.jsonl"])
@pytest.mark.slow
def test_two_polls_of_a_recording_store_each_post_once(name: str, spelling: Any, tmp_path: Path) -> None:
    [answer] = recorded(name)
    wire = json.dumps(spelling(answer)).encode()

    def handler(_method: str, _path: str, query: dict[str, str]) -> Any:
        return (200, {}, wire) if "next_token" not in query else as_json({"meta": {"result_count": 0}})

    with serving(handler) as server:
        campaign = a_campaign("x", {"api": server.url}, Track(name="t", title="T", tags=("any",)))
        found = stored(tmp_path / "a.db", campaign, NOW, {"X_BEARER_TOKEN": CANARY})
    got = {
        id: (r.handle, r.created_at.isoformat()[:19], r.text, r.metrics.likes, r.metrics.reposts,
             r.metrics.replies, r.metrics.quotes, r.metrics.views)
        for id, r in found.items()
    }  # fmt: skip
    assert got == wanted(answer)
    said = {u["username"]: u.get("public_metrics", {}) for u in answer["includes"]["users"]}
    for row in found.values():
        assert row.followers == (said[row.handle].get("followers_count") if row.handle else None)


def test_the_question_names_tags_phrases_and_what_is_left_out() -> None:
    query = Query(
        track="a", tags=("One", "Two"), phrases=("three four",), excluded=("five", "six seven"),
        required=("eight",),
    )  # fmt: skip
    with serving(lambda *_: as_json(an_answer())) as server:
        list(opened(server.url).search(query, {}))
    asked = server.requests[0]
    assert asked.query["query"] == '(#One OR #Two OR "three four") "eight" -"five" -"six seven"'
    assert asked.query["max_results"] == "100"
    assert "since_id" not in asked.query
    assert asked.headers["authorization"] == f"Bearer {CANARY}"


def test_an_empty_poll_covers_the_week_and_goes_on_from_an_hour_ago() -> None:
    [page], _ = polled(lambda *_: as_json({"meta": {"result_count": 0}}))
    an_hour_ago = an_id(NOW - timedelta(hours=1))
    assert (page.stream, page.cursor, page.outcome) == (STREAM, an_hour_ago, Outcome.COMPLETE)
    assert page.since == NOW - timedelta(days=7)


def pages_of_one(_method: str, _path: str, query: dict[str, str]) -> Any:
    number = int(query.get("next_token", "0"))
    return as_json(an_answer(an_item(100 - number), token=str(number + 1) if number < 4 else None))


def test_the_newest_id_of_the_first_page_is_the_cursor_of_the_last() -> None:
    since = an_id(NOW - timedelta(hours=1))
    pages, server = polled(pages_of_one, {STREAM: since})
    assert [page.cursor for page in pages] == [None, None, None, None, "100"]
    assert {request.query["since_id"] for request in server.requests} == {since}
    assert pages[-1].since == NOW - timedelta(hours=1)


def test_a_poll_stops_at_its_cap_and_says_that_older_posts_were_not_read() -> None:
    pages, server = polled(pages_of_one, max_pages=2)
    assert len(server.requests) == 2
    assert (pages[-1].outcome, pages[-1].cursor) == (Outcome.CAPPED, "100")
    assert "more than 2 pages; raise max_pages" in pages[-1].detail


def test_a_server_that_repeats_its_page_token_is_not_asked_for_ever() -> None:
    pages, server = polled(lambda *_: as_json(an_answer(an_item(9), token="again")))
    assert len(server.requests) == 2
    assert pages[-1].outcome is Outcome.CAPPED
    assert pages[-1].detail.startswith("X gave the same page mark twice")
    assert [post.id for page in pages for post in page.posts] == ["9"]


@pytest.mark.parametrize("fills", [False, True])
def test_a_cursor_older_than_a_week_is_not_sent_and_the_gap_is_told(fills: bool) -> None:
    paths = []

    def handler(_method: str, path: str, _query: dict[str, str]) -> Any:
        paths.append(path)
        return as_json({"title": "Forbidden"}, 403) if path == ALL else as_json(an_answer())

    [page], server = polled(handler, {STREAM: an_id(NOW - timedelta(days=9))}, search_all=fills)
    assert (ALL in paths) == fills  # older posts are bought only where somebody wants that
    assert "since_id" not in server.requests[0].query
    assert page.outcome is Outcome.GAP
    assert page.since == NOW - timedelta(days=7)


@pytest.mark.parametrize("cursor", ["9" * 30, "9" * 20, "٣", "x"])
def test_a_cursor_that_is_no_id_or_from_the_future_ends_nothing(cursor: str) -> None:
    [page], _ = polled(lambda *_: as_json(an_answer(an_item(8))), {STREAM: cursor})
    assert [post.id for post in page.posts] == ["8"]
    assert page.since is not None
    assert page.until is not None
    assert page.since <= page.until < NOW


def test_a_newest_id_that_is_none_leaves_the_cursor_alone() -> None:
    answer = an_answer(an_item(8))
    answer["meta"]["newest_id"] = "9" * 30
    [page], _ = polled(lambda *_: as_json(answer))
    assert page.cursor is None


def test_all_versions_of_an_edited_post_are_one_post() -> None:
    chain = ["5", "6"]
    newer, older = an_item(6, edit_history_post_ids=chain), an_item(5, edit_history_tweet_ids=chain)
    [page], _ = polled(lambda *_: as_json(an_answer(newer, older)))
    assert [(post.id, post.text) for post in page.posts] == [("5", "post 6")]


def test_a_repost_counts_for_its_original_once_and_alone_not_at_all() -> None:
    kinds = (
        {"type": "retweeted", "id": "3"},
        {"type": "reposted", "id": "3"},
        {"type": "reposted", "id": "2"},
    )
    items = [an_item(20 + n, referenced_posts=[kind]) for n, kind in enumerate(kinds)]
    [page], _ = polled(lambda *_: as_json(an_answer(*items, includes={"posts": [an_item(3)]})))
    assert [post.id for post in page.posts] == ["3"]


BAD: tuple[Any, ...] = (
    {}, "text", None, an_item(1, created_at="yesterday"), an_item(1, text=None), an_item(1, id=5),
    an_item(1, public_metrics={"like_count": "many"}), an_item(1, id="1/../2"), an_item(1, author_id=None),
    an_item(1, created_at="2026-11-22T10:00:00"), an_item(1, id="9" * 30), an_item(1, author_id="9" * 21),
)  # fmt: skip


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: json.dumps(bad)[:40])
def test_a_bad_item_costs_itself_only(bad: Any) -> None:
    [page], _ = polled(lambda *_: as_json(an_answer(an_item(8), bad)))
    assert [post.id for post in page.posts] == ["8"]
    assert len(page.rejected) == 1


def test_what_x_does_not_say_is_none_and_not_nought() -> None:
    post = X.parse({"post": an_item(1, lang="und"), "user": None})
    assert (post.metrics, post.author.followers, post.lang) == (Metrics(), None, None)
    assert post.url == "https://x.com/i/status/1"
    reply = X.parse({"post": an_item(1, referenced_tweets=[{"type": "replied_to", "id": "2"}]), "user": None})
    assert reply.kind is PostKind.REPLY


USED_UP = {"title": "UsageCapExceeded", "type": "https://api.x.com/2/problems/usage-capped"}


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (as_json({}, 429, x_rate_limit_reset="soon"), RateLimited, "slow down"),
        (as_json(USED_UP, 429), RateLimited, "monthly allowance"),
        (as_json({}, 402), Refused, "credit is used up"),
        (as_json({"detail": "Bad token"}, 401), Refused, "Bad token"),
        (as_json({}, 403), Refused, "403"),
        (as_json({"detail": "No such field"}, 400), Unreadable, "No such field"),
        (as_json([], 500), Unavailable, "not working"),
        (as_html(status=503), Unavailable, "503"),
        (as_html(), Unreadable, "not data"),
        (as_json([]), Unreadable, "not a list"),
        (as_json({"data": {}}), Unreadable, "not a list"),
        ((302, {"Location": "http://127.0.0.1:1/"}, b""), Unavailable, "302"),
    ],
)
def test_every_refusal_becomes_our_error_with_words(
    answer: Any, error: type[SourceError], words: str
) -> None:
    with pytest.raises(error, match=words):
        polled(lambda *_: answer)


def test_the_time_to_ask_again_is_x_s_own_and_an_hour_for_a_used_up_allowance() -> None:
    reset = str(int((NOW + timedelta(minutes=9)).timestamp()))
    with pytest.raises(RateLimited) as slow:
        polled(lambda *_: as_json({}, 429, x_rate_limit_reset=reset))
    with pytest.raises(RateLimited) as used_up:
        polled(lambda *_: as_json(USED_UP, 429, x_rate_limit_reset=reset))
    assert slow.value.retry_at == NOW + timedelta(minutes=9)
    assert used_up.value.retry_at == NOW + timedelta(hours=1)


def test_what_tweepy_has_built_in_is_asked_at_the_address_of_the_campaign_file() -> None:
    with serving(lambda *_: as_json({})) as server:
        with XSession(server.url, NOW) as session:
            session.get("https://api.twitter.com/a?b=c")
        assert server.requests[0].path == "/a"
        assert server.requests[0].query == {"b": "c"}


def test_a_missing_key_is_named_with_how_to_get_it() -> None:
    with pytest.raises(Refused, match=r"X_BEARER_TOKEN.*developer\.x\.com"):
        X.open({}, {"X_BEARER_TOKEN": " "}, NOW)


@pytest.mark.parametrize(
    "settings",
    [{"max_pages": 0}, {"max_pages": True}, {"max_pages": "5"}, {"api": "http://x.invalid"}, {"api": 5},
     {"apy": "https://x.invalid"}],
    ids=str,
)  # fmt: skip
def test_a_wrong_setting_is_named(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=f"sources.x.{next(iter(settings))}"):
        X.open(settings, {"X_BEARER_TOKEN": "t"}, NOW)


@pytest.mark.parametrize(
    "query", [Query(track="a"), Query(track="a", phrases=("x" * 511,))], ids=["none", "long"]
)
def test_a_track_that_x_cannot_search_is_a_mistake_of_the_file(query: Query) -> None:
    with serving(lambda *_: as_json({})) as server, pytest.raises(ConfigError, match="Track 'a'"):
        list(opened(server.url).search(query, {}))
    assert server.requests == []


@pytest.fixture
def debug_log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    pinned = {name: logging.getLogger(name).level for name in ("tweepy", "urllib3")}
    with caplog.at_level(logging.DEBUG):
        yield caplog
    for name, level in pinned.items():
        logging.getLogger(name).setLevel(level)


def test_the_key_is_never_logged_even_at_debug(debug_log: pytest.LogCaptureFixture) -> None:
    polled(lambda *_: as_json(an_answer()))
    assert CANARY not in debug_log.text


def test_control_without_the_pin_tweepy_logs_the_key(debug_log: pytest.LogCaptureFixture) -> None:
    logging.getLogger("tweepy").setLevel(logging.NOTSET)
    polled(lambda *_: as_json(an_answer()))
    assert CANARY in debug_log.text
