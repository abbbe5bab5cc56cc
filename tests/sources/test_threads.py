"""Threads against a server on this machine that pages, limits and refuses as Meta documents it."""

import json
import logging
import runpy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.campaign import Track
from monitor.core.clock import stamp
from monitor.core.errors import ConfigError, Refused
from monitor.core.model import Media, Metrics, Outcome, Page, PostKind, Query
from monitor.sources.platforms import threads
from monitor.sources.platforms.threads import Threads
from monitor.sources.shared import http
from tests.sources.archived import a_campaign, everything, polled, stored
from tests.sources.loopback import Answer, Handler, Server, as_html, as_json, closed_port, serving

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUERY = Query(track="crime", tags=("CallingTimeOnCrime",))
TRACK = Track(name="t", title="T", tags=QUERY.tags)
STREAM = "threads:tag:callingtimeoncrime"
CANARY = "THAAcanarytoken7391"
KEYS = {"THREADS_ACCESS_TOKEN": CANARY}
FOLDER = Path(__file__).parents[1] / "fixtures/threads"
ONE = json.loads((FOLDER / "post.json").read_text())


def item(number: int, minutes: float, **changes: Any) -> dict[str, Any]:
    """Return a post of so many minutes ago."""
    at = (NOW - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S+0000")
    own = {"id": str(number), "permalink": f"https://www.threads.net/@a/post/{number}", "timestamp": at}
    return ONE | own | {"username": f"person{number}"} | changes


def error(code: int, status: int = 400, **headers: str) -> Answer:
    said = {"message": f"(#{code}) no: {CANARY}", "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    return as_json({"error": said}, status, **headers)


def searching(items: list[Any], arrives: Callable[[], list[Any]] = list, size: int = 4) -> Handler:
    """Answer as Threads does: newest first between two times, each page with the token in its end."""

    def answer(method: str, path: str, query: dict[str, str]) -> Answer:
        since, until = int(query["since"]), int(query["until"])
        found = sorted(items, key=lambda one: one["timestamp"], reverse=True)
        found = [
            one for one in found if since <= datetime.fromisoformat(one["timestamp"]).timestamp() <= until
        ]
        start = [one["id"] for one in found].index(query["after"]) + 1 if "after" in query else 0
        page = found[start : start + size]
        items.extend(arrives())
        if not page:
            return as_json({"data": []})
        after = page[-1]["id"]
        return as_json(
            {
                "data": page,
                "paging": {
                    "cursors": {"before": page[0]["id"], "after": after},
                    "next": f"https://graph.threads.net{path}?access_token={CANARY}&after={after}",
                },
            }
        )

    return answer


def poll(
    handler: Handler, cursor: str | None = None, query: Query = QUERY, **settings: Any
) -> tuple[list[Page], Server]:
    with serving(handler) as server:
        source = Threads.open({"api": server.url, "reviewed": True} | settings, KEYS, NOW)
        return list(source.search(query, {STREAM: cursor} if cursor else {})), server


def ids(pages: list[Page]) -> list[str]:
    return [post.id for page in pages for post in page.posts]


def test_the_made_up_item_is_the_post_we_expect() -> None:
    assert Threads.parse(ONE) == runpy.run_path(str(FOLDER / "post.py"))["EXPECTED"]


@pytest.mark.parametrize("has_replies", [True, False, None])
def test_no_number_is_made_up(has_replies: bool | None) -> None:
    post = Threads.parse(ONE | {"has_replies": has_replies})
    assert post.metrics == Metrics()
    assert post.author.followers is None


@pytest.mark.parametrize(
    ("changes", "kind", "media"),
    [
        ({"is_quote_post": False, "media_type": "TEXT_POST"}, PostKind.POST, set()),
        ({"is_quote_post": False, "is_reply": True, "media_type": "VIDEO"}, PostKind.REPLY, {Media.VIDEO}),
        ({"media_type": "CAROUSEL_ALBUM"}, PostKind.QUOTE, set()),
    ],
)
def test_kinds_of_posts_and_media(changes: dict[str, Any], kind: PostKind, media: set[Media]) -> None:
    post = Threads.parse(ONE | changes)
    assert (post.kind, post.media) == (kind, media)


def test_a_tag_is_asked_for_as_a_topic_and_a_phrase_as_words() -> None:
    query = Query(track="t", tags=("One", "one"), phrases=("two three",))
    _, server = poll(searching([]), query=query)
    asked = [(r.query["search_mode"], r.query["q"]) for r in server.requests]
    assert asked == [("TAG", "one"), ("KEYWORD", "two three")]
    [first, _] = server.requests
    assert first.path == "/v1.0/keyword_search"
    assert (first.query["search_type"], first.query["limit"]) == ("RECENT", "100")
    assert "owner" not in first.query["fields"]
    assert first.headers["authorization"] == f"Bearer {CANARY}"
    assert "access_token" not in first.query


def test_a_first_look_reads_a_week_and_gives_the_cursor_with_its_last_page() -> None:
    items = [item(n, n * 60) for n in range(1, 11)] + [item(99, 60 * 24 * 9)]
    pages, server = poll(searching(items))
    assert ids(pages) == [str(n) for n in range(1, 11)]
    assert len(server.requests) == 4
    until = NOW - timedelta(minutes=1)
    assert [page.cursor for page in pages] == [None] * 4 + [stamp(until)]
    assert (pages[-1].since, pages[-1].until) == (until - timedelta(days=7), until)


def test_the_next_look_reads_on_from_an_hour_before_the_last() -> None:
    pages, server = poll(searching([item(n, n * 30) for n in range(1, 20)]), stamp(NOW - timedelta(hours=2)))
    assert ids(pages) == [str(n) for n in range(1, 7)]
    assert server.requests[0].query["since"] == str(int((NOW - timedelta(hours=3)).timestamp()))
    assert pages[-1].since == NOW - timedelta(hours=2)


@pytest.mark.heavy
def test_posts_that_arrive_or_share_a_second_while_paging_are_stored_once(tmp_path: Path) -> None:
    late = iter(range(1000, 2000))
    items = [item(n, n // 3) for n in range(3, 30)]
    with serving(searching(items, lambda: [item(next(late), -1)])) as server:
        campaign = a_campaign("threads", {"api": server.url, "reviewed": True}, TRACK)
        found = stored(tmp_path / "a.db", campaign, NOW, KEYS)
    assert {str(n) for n in range(3, 30)} <= found.keys()
    assert "1000" in found


def with_a_late_post(path: Path) -> set[str]:
    """Return what is stored after a look, and another when an older post has become findable."""
    items = [item(1, 30)]
    with serving(searching(items)) as server:
        campaign = a_campaign("threads", {"api": server.url, "reviewed": True}, TRACK)
        polled(path, campaign, NOW, KEYS)
        items.append(item(2, 20))
        return set(stored(path, campaign, NOW + timedelta(minutes=15), KEYS))


@pytest.mark.heavy
def test_a_post_that_the_search_finds_late_is_stored_at_the_next_look(tmp_path: Path) -> None:
    assert with_a_late_post(tmp_path / "a.db") == {"1", "2"}


@pytest.mark.heavy
def test_control_without_reading_an_hour_again_a_late_post_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "_OVERLAP", timedelta(0))
    assert with_a_late_post(tmp_path / "a.db") == {"1"}


def test_until_the_app_is_reviewed_nothing_is_called_known_and_the_cursor_stays() -> None:
    pages, _ = poll(searching([item(1, 30)]), reviewed=False)
    assert ids(pages) == ["1"]
    last = pages[-1]
    assert (last.outcome, last.cursor, last.since, last.until) == (Outcome.CLOSED, None, None, None)
    assert "only your own posts" in last.detail
    assert "not zero" in last.detail


def test_more_than_ten_pages_are_capped() -> None:
    pages, server = poll(searching([item(n, n) for n in range(2, 90)]))
    assert len(server.requests) == 10
    assert pages[-1].outcome is Outcome.CAPPED
    assert pages[-1].since == NOW - timedelta(minutes=41)


def test_an_empty_page_with_more_behind_it_is_not_the_end() -> None:
    more = {"data": [], "paging": {"cursors": {"after": "x"}, "next": "https://graph.threads.net/"}}
    pages, _ = poll(lambda m, p, q: as_json({"data": [item(1, 5)]} if "after" in q else more))
    assert ids(pages) == ["1"]
    assert pages[-1].outcome is Outcome.COMPLETE


def test_a_server_that_repeats_its_page_is_stopped_and_the_cursor_stays() -> None:
    same = {"data": [item(1, 5)], "paging": {"cursors": {"after": "again"}}}
    pages, server = poll(lambda *_: as_json(same))
    assert len(server.requests) == 2
    assert pages[-1].outcome is Outcome.UNREADABLE
    assert {page.cursor for page in pages} == {None}


def test_a_cursor_does_not_move_when_a_later_page_fails() -> None:
    good = searching([item(n, n) for n in range(2, 20)])
    pages, _ = poll(lambda m, p, q: error(2, 500) if "after" in q else good(m, p, q))
    assert len(ids(pages)) == 4
    assert [(page.cursor, page.outcome) for page in pages][1:] == [(None, Outcome.UNREACHABLE)]


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        (error(190, 401), Outcome.REFUSED, "does not accept the access token (error 190)"),
        (error(10), Outcome.REFUSED, "lacks a permission"),
        (error(200, 403), Outcome.REFUSED, "has not approved the app"),
        (error(4), Outcome.RATE_LIMITED, "slow down"),
        (error(17), Outcome.RATE_LIMITED, "slow down"),
        (error(80002), Outcome.RATE_LIMITED, "slow down"),
        (error(1, 500), Outcome.UNREACHABLE, "its end"),
        (error(100), Outcome.UNREADABLE, "did not understand"),
        (as_json({"error": {"code": "x"}}, 400), Outcome.UNREADABLE, "did not understand"),
        (as_json({"error": "x"}, 400), Outcome.UNREADABLE, "did not understand"),
        (as_json({"data": {}}), Outcome.UNREADABLE, "not a list"),
        (as_json([]), Outcome.UNREADABLE, "Meta's format"),
        (as_html(), Outcome.UNREADABLE, "not data"),
        (as_html(status=502), Outcome.UNREACHABLE, "502"),
    ],
)
def test_each_error_of_meta_is_told_apart(answer: Answer, outcome: Outcome, words: str) -> None:
    [page], _ = poll(lambda *_: answer)
    assert page.outcome is outcome
    assert words in page.detail
    assert CANARY not in page.detail


@pytest.mark.parametrize(
    ("use", "minutes"),
    [
        ('{"1": [{"type": "x", "estimated_time_to_regain_access": 19}]}', 19),
        ('{"1": [{"estimated_time_to_regain_access": 900}]}', 60),
        ("{", 15), ("[]", 15), ('{"1": 5}', 15), ('{"1": [{"estimated_time_to_regain_access": -5}]}', 15),
    ],
)  # fmt: skip
def test_a_limit_ends_when_meta_says(use: str, minutes: int) -> None:
    [page], _ = poll(lambda *_: error(17, X_Business_Use_Case_Usage=use))
    assert page.retry_at == NOW + timedelta(minutes=minutes)


def test_after_a_limit_no_other_tag_of_any_track_is_asked_for(tmp_path: Path) -> None:
    tracks = [Track(name=n, title=n, tags=(n, n * 2)) for n in ("one", "two")]
    with serving(lambda *_: error(4)) as server:
        campaign = a_campaign("threads", {"api": server.url}, *tracks)
        for minutes in (0, 5):
            polled(tmp_path / "a.db", campaign, NOW + timedelta(minutes=minutes), KEYS)
        assert len(server.requests) == 1


HOSTILE: list[dict[str, Any]] = [
    {"id": 5}, {"id": "../x"}, {"id": "٣"}, {"timestamp": "soon"}, {"timestamp": 5}, {"topic_tag": 5},
    {"timestamp": "2026-11-20T09:30:05"}, {"permalink": "javascript:alert(1)"}, {"permalink": None},
    {"media_type": []},
]  # fmt: skip


def test_a_bad_item_costs_itself() -> None:
    bad = [item(n, n) | changes for n, changes in enumerate(HOSTILE, 10)]
    pages, _ = poll(lambda *_: as_json({"data": [*bad, "x", None, {}, item(1, 5)]}))
    assert ids(pages) == ["1"]
    assert len(pages[0].rejected) == len(bad) + 3


def test_a_missing_key_is_named_with_the_review_it_needs() -> None:
    with pytest.raises(Refused, match=r"^THREADS_ACCESS_TOKEN is missing.*app review.*your own posts"):
        Threads.open({}, {}, NOW)


@pytest.mark.parametrize("wrong", [{"api": "http://elsewhere.invalid"}, {"reviewed": "yes"}, {"user": "x"}])
def test_a_wrong_setting_is_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=f"sources.threads.{next(iter(wrong))}"):
        Threads.open(wrong, KEYS, NOW)


def leaks(path: Path, handler: Handler | None) -> str:
    """Return all that a poll leaves behind: all of the archive, and the problems it tells people."""
    with serving(handler or (lambda *_: as_json({}))) as server:
        api = server.url if handler else closed_port()
        done = polled(path, a_campaign("threads", {"api": api, "reviewed": True}, TRACK), NOW, KEYS)
    return f"{done}\n{everything(path)}"


ECHO = [
    item(1, 5, text=f"#CallingTimeOnCrime {CANARY}"),
    {"bad": f"https://x.example/?access_token={CANARY}"},
]
ECHOES: dict[str, Handler | None] = {
    "paging": searching([item(n, n) for n in range(2, 20)]),
    "posts": lambda *_: as_json({"data": ECHO}),
    "refused": lambda *_: error(190),
    "moved": lambda m, p, q: (302, {"Location": f"/x?access_token={CANARY}"}, b""),
    "down": None,
}


@pytest.mark.heavy
@pytest.mark.parametrize("kind", ECHOES)
def test_the_token_is_in_no_log_error_or_archive(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert CANARY not in leaks(tmp_path / "a.db", ECHOES[kind])
    assert CANARY not in caplog.text


def test_control_without_crossing_out_the_archive_shows_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "without", lambda secret, response: response)
    assert CANARY in leaks(tmp_path / "a.db", ECHOES["posts"])


def test_a_repost_is_no_post_though_it_was_found_by_the_tag() -> None:
    reposted = item(2, 30, media_type="REPOST_FACADE", text="")
    pages, _ = poll(searching([item(1, 20), reposted]))
    assert ids(pages) == ["1"]
