"""Instagram against a server on this machine whose mark is the same on every page, as Meta documents it."""

import json
import logging
import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.archive import Archive
from monitor.campaign import Track
from monitor.core.clock import stamp
from monitor.core.errors import ConfigError, Refused
from monitor.core.model import Media, Metrics, Outcome, Page, Query
from monitor.sources.platforms.instagram import Instagram
from monitor.sources.shared import http, meta_graph
from tests.sources.archived import LONDON, a_campaign, everything, polled, rows, stored
from tests.sources.loopback import Answer, Handler, Server, as_html, as_json, closed_port, serving

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUERY = Query(track="crime", tags=("CallingTimeOnCrime",))
TRACK = Track(name="t", title="T", tags=QUERY.tags)
STREAM = "instagram:callingtimeoncrime"
CANARY = "EAABcanarytoken7391"
KEYS = {"INSTAGRAM_ACCESS_TOKEN": CANARY, "INSTAGRAM_USER_ID": "17840000000000001"}
TAG = "17843826142012701"
FOLDER = Path(__file__).parents[1] / "fixtures/instagram"
ONE = json.loads((FOLDER / "post.json").read_text())
RECORDED = Path(__file__).parents[3] / "shared/data/platforms/instagram"


def item(number: int, hours: float = 1, **changes: Any) -> dict[str, Any]:
    """Return an answer's item for a post of so many hours ago."""
    at = (NOW - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S+0000")
    own = {"id": str(number), "permalink": f"https://www.instagram.com/p/{number}/", "timestamp": at}
    sent = {name: value for name, value in ONE.items() if name not in ("found_by", "children")}
    return sent | own | {"media_type": "IMAGE"} | changes


def error(code: int, status: int = 400, **headers: str) -> Answer:
    said = {"message": f"(#{code}) no: {CANARY}", "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    return as_json({"error": said}, status, **headers)


def page_of(items: list[Any], more: bool) -> Answer:
    link = f"https://graph.facebook.com/v24.0/{TAG}/recent_media?access_token={CANARY}&after=always"
    paging = {"cursors": {"after": "always"}} | ({"next": link} if more else {})
    return as_json({"data": items, "paging": paging})


def sharing(items: list[Any], *arrivals: Any, size: int = 3) -> Handler:
    """Answer as Instagram does: a page on each time for one and the same mark; new posts push all down."""
    place, coming = [0], list(arrivals)

    def answer(method: str, path: str, query: dict[str, str]) -> Answer:
        if path.endswith("/ig_hashtag_search"):
            return as_json({"data": [{"id": TAG}]})
        start = place[0] = place[0] + size if query.get("after") == "always" else 0
        if start and coming:
            items.insert(0, coming.pop(0))
        return page_of(items[start : start + size], start + size < len(items))

    return answer


def after_search(answers: Any) -> Handler:
    """Answer the question for the hashtag's number, and all others with this."""
    return lambda m, p, q: as_json({"data": [{"id": TAG}]}) if "ig_hashtag" in p else answers(m, p, q)


def poll(handler: Handler, cursor: str | None = None, query: Query = QUERY) -> tuple[list[Page], Server]:
    with serving(handler) as server:
        source = Instagram.open({"api": server.url}, KEYS, NOW)
        return list(source.search(query, {STREAM: cursor} if cursor else {})), server


def ids(pages: list[Page]) -> list[str]:
    return [post.id for page in pages for post in page.posts]


def test_the_made_up_item_is_the_post_we_expect() -> None:
    assert Instagram.parse(ONE) == runpy.run_path(str(FOLDER / "post.py"))["EXPECTED"]


def test_each_recorded_number_is_kept_and_what_was_not_recorded_is_not_made_up() -> None:
    path = RECORDED / "hashtag_recent_medias_p1.json"
    if not path.exists():
        pytest.skip("the recorded answers of Instagram are not on this machine")
    answer = json.loads(path.read_text())
    # it was recorded without times and addresses: on its own, none of its items is a post
    [page, end], _ = poll(after_search(lambda *_: as_json({"data": answer["data"]})))
    assert (len(page.rejected), page.posts, end.outcome) == (5, (), Outcome.COMPLETE)
    rest = {name: item(1)[name] for name in ("permalink", "timestamp")}
    whole = [one | rest for one in answer["data"]]
    [page, *_], _ = poll(after_search(lambda *_: as_json({"data": whole})))
    want = {one["id"]: (one["like_count"], one["comments_count"]) for one in answer["data"]}
    assert {post.id: (post.metrics.likes, post.metrics.replies) for post in page.posts} == want
    assert {post.media for post in page.posts} == {frozenset({Media.IMAGE})}
    assert {post.text for post in page.posts} == {""}


@pytest.mark.parametrize("gone", ["like_count", "comments_count"])
def test_a_number_that_is_left_out_is_unknown(gone: str) -> None:
    post = Instagram.parse({name: value for name, value in ONE.items() if name != gone})
    assert post.metrics == Metrics(**{"likes": 12, "replies": 0} | {_MEANS[gone]: None})


_MEANS = {"like_count": "likes", "comments_count": "replies"}


@pytest.mark.heavy
def test_nobody_s_name_is_known_and_each_post_is_one_person(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with serving(sharing([item(1), item(2)])) as server:
        found = stored(path, a_campaign("instagram", {"api": server.url}, TRACK), NOW, KEYS)
    assert {(row.handle, row.name) for row in found.values()} == {(None, None)}
    with Archive.open(path, LONDON) as archive:
        assert archive.db["authors"].count == 2


def test_the_hashtag_s_number_is_asked_for_and_then_its_posts() -> None:
    _, server = poll(sharing([item(1)]))
    search, media = server.requests
    assert server.paths == ["/v24.0/ig_hashtag_search", f"/v24.0/{TAG}/recent_media"]
    assert search.query == {"user_id": "17840000000000001", "q": "callingtimeoncrime"}
    assert media.query["limit"] == "50"
    assert "username" not in media.query["fields"]
    assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {CANARY}"}


def test_every_page_is_read_although_the_mark_stays_the_same() -> None:
    pages, server = poll(sharing([item(n, n % 5) for n in range(1, 12)]))
    assert ids(pages) == [str(n) for n in range(1, 12)]
    assert len(server.requests) == 5
    assert [page.cursor for page in pages] == [None] * 4 + [stamp(NOW)]
    assert (pages[-1].since, pages[-1].until) == (NOW - timedelta(hours=24), NOW)


def test_control_who_stops_at_the_same_mark_misses_posts(monkeypatch: pytest.MonkeyPatch) -> None:
    marks = iter(["always", None])
    monkeypatch.setattr(meta_graph, "mark", lambda answer: next(marks))
    assert ids(poll(sharing([item(n) for n in range(1, 12)]))[0]) == [str(n) for n in range(1, 7)]


@pytest.mark.heavy
def test_posts_that_arrive_while_paging_push_none_out_and_are_stored_once(tmp_path: Path) -> None:
    items = [item(n) for n in range(1, 12)]
    with serving(sharing(items, item(100), item(101), item(102))) as server:
        campaign = a_campaign("instagram", {"api": server.url}, TRACK)
        found = stored(tmp_path / "a.db", campaign, NOW, KEYS)
    assert found.keys() == {str(n) for n in [*range(1, 12), 100, 101, 102]}


def test_a_post_without_the_hashtag_in_its_caption_belongs_and_an_excluded_word_does_not() -> None:
    query = Query(track="t", tags=QUERY.tags, excluded=("trailer",))
    bare = item(3)
    del bare["caption"]
    pages, _ = poll(sharing([item(1, caption="Film trailer"), item(2, caption="Look"), bare]), query=query)
    assert ids(pages) == ["2", "3"]


@pytest.mark.parametrize(
    ("hours", "outcome", "covered"),
    [(1, Outcome.COMPLETE, 1), (24, Outcome.COMPLETE, 24), (30, Outcome.GAP, 24), (-9, Outcome.COMPLETE, 0)],
)
def test_a_look_later_than_a_day_after_the_last_is_a_gap(hours: int, outcome: Outcome, covered: int) -> None:
    pages, _ = poll(sharing([item(1)]), stamp(NOW - timedelta(hours=hours)))
    last = pages[-1]
    assert (last.outcome, last.since) == (outcome, NOW - timedelta(hours=covered))
    assert ("more than 24 hours" in last.detail) == (outcome is Outcome.GAP)
    assert last.cursor == stamp(NOW)


@pytest.mark.heavy
def test_the_gap_is_in_the_archive_and_closes_with_the_next_look(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with serving(sharing([item(1)])) as server:
        campaign = a_campaign("instagram", {"api": server.url}, TRACK)
        said = [polled(path, campaign, NOW + timedelta(hours=h), KEYS).problems for h in (0, 30, 31)]
    assert [bool(problems) for problems in said] == [False, True, False]
    assert len(rows(path)) == 1


@pytest.mark.parametrize("answer", [page_of([item(1)], True), page_of(["x"], True)])
def test_a_server_that_repeats_its_page_is_stopped_and_the_cursor_stays(answer: Answer) -> None:
    pages, server = poll(after_search(lambda *_: answer))
    assert len(server.requests) == 3
    assert pages[-1].outcome is Outcome.UNREADABLE
    assert {page.cursor for page in pages} == {None}


def test_more_than_ten_pages_are_capped_and_nothing_is_called_known() -> None:
    pages, server = poll(sharing([item(n) for n in range(1, 99)]))
    assert len(server.requests) == 11
    last = pages[-1]
    assert (last.outcome, last.cursor, last.since) == (Outcome.CAPPED, None, None)


def test_a_cursor_does_not_move_when_a_later_page_fails() -> None:
    good = sharing([item(n) for n in range(1, 12)])
    pages, _ = poll(lambda m, p, q: error(2, 500) if "after" in q else good(m, p, q))
    assert ids(pages) == ["1", "2", "3"]
    assert [(page.cursor, page.outcome) for page in pages][1:] == [(None, Outcome.UNREACHABLE)]


@pytest.mark.parametrize("answer", [as_json({"data": []}), error(24), as_json({"id": "x"}), as_json({})])
def test_a_hashtag_that_instagram_does_not_show_is_unknown_and_not_zero(answer: Answer) -> None:
    query = Query(track="t", tags=("Nobody", "CallingTimeOnCrime"))
    good = sharing([item(1)])
    pages, _ = poll(lambda m, p, q: answer if q.get("q") == "nobody" else good(m, p, q), query=query)
    assert (pages[0].stream, pages[0].outcome) == ("instagram:nobody", Outcome.CLOSED)
    assert "not zero" in pages[0].detail
    assert ids(pages) == ["1"]


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        (error(190, 401), Outcome.REFUSED, "does not accept the access token"),
        (error(10), Outcome.REFUSED, "has not approved the app"),
        (error(18), Outcome.REFUSED, "30 different hashtags in 7 days"),
        (error(4), Outcome.RATE_LIMITED, "slow down"),
        (error(80002), Outcome.RATE_LIMITED, "slow down"),
        (error(2, 500), Outcome.UNREACHABLE, "its end"),
        (as_html(), Outcome.UNREADABLE, "not data"),
        (as_json({"data": {}}), Outcome.UNREADABLE, "not a list"),
    ],
)
def test_each_error_of_meta_is_told_apart(answer: Answer, outcome: Outcome, words: str) -> None:
    [page], _ = poll(lambda *_: answer)
    assert page.outcome is outcome
    assert words in page.detail
    assert CANARY not in page.detail


def test_after_a_limit_no_other_tag_of_any_track_is_asked_for(tmp_path: Path) -> None:
    tracks = [Track(name=n, title=n, tags=(n, n * 2)) for n in ("one", "two")]
    with serving(lambda *_: error(17)) as server:
        campaign = a_campaign("instagram", {"api": server.url}, *tracks)
        for minutes in (0, 5):
            polled(tmp_path / "a.db", campaign, NOW + timedelta(minutes=minutes), KEYS)
        assert len(server.requests) == 1


HOSTILE: list[dict[str, Any]] = [
    {"id": 5}, {"id": "1/../2"}, {"timestamp": "soon"}, {"timestamp": None}, {"like_count": "12"},
    {"like_count": 1.5}, {"comments_count": True}, {"permalink": "javascript:alert(1)"},
    {"children": 5}, {"children": {"data": ["x"]}},
]  # fmt: skip


def test_a_bad_item_costs_itself() -> None:
    bad = [item(n) | changes for n, changes in enumerate(HOSTILE, 10)]
    pages, _ = poll(after_search(lambda *_: as_json({"data": [*bad, "x", None, {}, item(1)]})))
    assert ids(pages) == ["1"]
    assert len(pages[0].rejected) == len(bad) + 3


@pytest.mark.parametrize("key", KEYS)
def test_a_missing_key_is_named_with_the_review_it_needs(key: str) -> None:
    with pytest.raises(Refused, match=f"^{key} is missing.*app review"):
        Instagram.open({}, {name: value for name, value in KEYS.items() if name != key}, NOW)


@pytest.mark.parametrize(
    "wrong", [{"api": "http://elsewhere.invalid"}, {"version": "24"}, {"version": 24.0}, {"user": "x"}]
)
def test_a_wrong_setting_is_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=f"sources.instagram.{next(iter(wrong))}"):
        Instagram.open(wrong, KEYS, NOW)


def test_more_hashtags_than_instagram_allows_are_a_mistake_of_the_file() -> None:
    query = Query(track="t", tags=tuple(f"tag{n}" for n in range(31)))
    with pytest.raises(ConfigError, match="31 hashtags; Instagram allows 30"):
        list(Instagram.open({}, KEYS, NOW).search(query, {}))


def test_a_track_of_phrases_alone_is_said_to_be_unknown(tmp_path: Path) -> None:
    with serving(sharing([])) as server:
        track = Track(name="t", title="T", phrases=("calling time on crime",))
        done = polled(tmp_path / "a.db", a_campaign("instagram", {"api": server.url}, track), NOW, KEYS)
        assert server.requests == []
    assert "give it a tag" in done.problems[0]


def leaks(path: Path, handler: Handler | None) -> str:
    """Return all that a poll leaves behind: all of the archive, and the problems it tells people."""
    with serving(handler or (lambda *_: as_json({}))) as server:
        api = server.url if handler else closed_port()
        done = polled(path, a_campaign("instagram", {"api": api}, TRACK), NOW, KEYS)
    return f"{done}\n{everything(path)}"


ECHO = [item(1, caption=CANARY), {"bad": f"https://x.example/?access_token={CANARY}"}]
ECHOES: dict[str, Handler | None] = {
    "paging": sharing([item(n) for n in range(1, 12)]),
    "posts": after_search(lambda *_: as_json({"data": ECHO})),
    "refused": lambda *_: error(190),
    "down": None,
}


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
