"""Tumblr against a server on this machine that pages by time as Tumblr does."""

import copy
import json
import logging
import re
import runpy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from monitor.campaign import Track
from monitor.core.clock import stamp
from monitor.core.errors import ConfigError, Refused
from monitor.core.model import Media, Metrics, Outcome, Page, Query
from monitor.sources.platforms import tumblr
from monitor.sources.platforms.tumblr import Tumblr
from monitor.sources.shared import http
from tests.sources.archived import a_campaign, everything, polled, rows, stored
from tests.sources.loopback import Answer, Handler, Server, as_html, as_json, closed_port, serving

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AT = int(NOW.timestamp())
QUERY = Query(track="crime", tags=("CallingTimeOnCrime",))
STREAM = "tumblr:callingtimeoncrime"
CANARY = "canary-key-7391"
KEYS = {"TUMBLR_API_KEY": CANARY}
FOLDER = Path(__file__).parents[1] / "fixtures/tumblr"
ONE = json.loads((FOLDER / "post.json").read_text())
RECORDED = Path(__file__).parents[3] / "shared/data/platforms/feeds/tumblr_response.xml"


def item(number: int, at: int, **changes: Any) -> dict[str, Any]:
    own = {"id": number, "id_string": str(number), "timestamp": at}
    return copy.deepcopy(ONE) | own | {"post_url": f"https://www.tumblr.com/a/{number}"} | changes


def said(items: list[Any]) -> Answer:
    return as_json({"meta": {"status": 200, "msg": "OK"}, "response": items})


def paging(items: list[Any], arrives: Callable[[], list[Any]] = list) -> Handler:
    """Answer as Tumblr does: the 20 newest from before a second, newest first."""

    def answer(method: str, path: str, query: dict[str, str]) -> Answer:
        before = int(query.get("before", AT + 10**6))
        found = sorted((one for one in items if one["timestamp"] < before), key=lambda one: -one["timestamp"])
        items.extend(arrives())
        return said(found[: int(query["limit"])])

    return answer


def poll(handler: Handler, cursor: str | None = None, query: Query = QUERY) -> tuple[list[Page], Server]:
    with serving(handler) as server:
        source = Tumblr.open({"api": server.url}, KEYS, NOW)
        return list(source.search(query, {STREAM: cursor} if cursor else {})), server


def ids(pages: list[Page]) -> list[str]:
    return [post.id for page in pages for post in page.posts]


def test_the_made_up_item_is_the_post_we_expect() -> None:
    assert Tumblr.parse(ONE) == runpy.run_path(str(FOLDER / "post.py"))["EXPECTED"]


def test_the_number_of_notes_is_kept_raw_and_is_nobody_s_likes() -> None:
    [post] = [post for page in poll(paging([item(1, AT - 60)]))[0] for post in page.posts]
    assert post.metrics == Metrics()
    assert post.raw["note_count"] == 31


@pytest.mark.parametrize(
    ("kind", "fields", "text", "media"),
    [
        ("photo", {"caption": "<p>Look</p>"}, "Look", {Media.IMAGE}),
        ("video", {"caption": "Film"}, "Film", {Media.VIDEO}),
        ("audio", {}, "", {Media.AUDIO}),
        ("quote", {"text": "Said &amp; done"}, "Said & done", set()),
        ("link", {"title": "T", "url": "https://a.example/", "description": "D"}, "T\nD", set()),
        ("answer", {"question": "Why?", "answer": "<p>So</p>"}, "Why?\nSo", set()),
    ],
)
def test_each_type_of_post_has_its_words(kind: str, fields: Any, text: str, media: set[Media]) -> None:
    bare = {name: value for name, value in ONE.items() if name not in ("title", "body")}
    post = Tumblr.parse(bare | {"type": kind} | fields)
    assert (post.text, post.media) == (text, media)
    assert post.links == ({"https://a.example/"} if kind == "link" else set())


@pytest.mark.heavy
def test_recorded_posts_keep_their_words_tags_and_pictures(tmp_path: Path) -> None:
    """The recording is Tumblr's own feed: its titles, markup and tags are those of the API's answers."""
    if not RECORDED.exists():
        pytest.skip("the recordings are not beside this copy")
    entries = [*ElementTree.fromstring(RECORDED.read_bytes()).iter("item")]
    want = {str(entry.findtext("guid")).rsplit("/", 1)[1]: entry for entry in entries}
    items = [
        item(int(id), AT - n, body=entry.findtext("description"), title=entry.findtext("title"),
             tags=[tag.text for tag in entry.iter("category")] + ["CallingTimeOnCrime"])
        for n, (id, entry) in enumerate(want.items())
    ]  # fmt: skip
    with serving(paging(items)) as server:
        campaign = a_campaign("tumblr", {"api": server.url}, Track(name="t", title="T", tags=QUERY.tags))
        found = stored(tmp_path / "a.db", campaign, NOW, KEYS)
    assert found.keys() == want.keys()
    for id, entry in want.items():
        text = found[id].text or ""
        words = re.sub(r"<[^>]*>", " ", entry.findtext("description") or "").split()
        assert all(re.sub(r"&\w+;", "", word) in text for word in words if word.isalnum())
        assert "<" not in text
        assert "|" not in text or "|" in str(entry.findtext("description"))


def test_a_first_look_reads_a_week_and_gives_the_cursor_with_its_last_page() -> None:
    items = [item(n, AT - n * 3600) for n in range(1, 51)] + [item(99, AT - 8 * 86400)]
    pages, server = poll(paging(items))
    assert sorted(ids(pages), key=int) == [str(n) for n in [*range(1, 51), 99]]
    assert [page.cursor for page in pages] == [None] * (len(pages) - 1) + [stamp(NOW)]
    assert (pages[-1].since, pages[-1].until) == (NOW - timedelta(days=7), NOW)
    assert pages[-1].outcome is Outcome.COMPLETE
    assert {request.query["tag"] for request in server.requests} == {"callingtimeoncrime"}


def test_the_next_look_reads_back_to_an_hour_before_the_last() -> None:
    pages, server = poll(
        paging([item(n, AT - n * 600) for n in range(1, 200)]), stamp(NOW - timedelta(hours=1))
    )
    assert len(server.requests) == 2
    assert {str(n) for n in range(1, 13)} <= set(ids(pages))
    assert pages[-1].since == NOW - timedelta(hours=1)


@pytest.mark.heavy
@pytest.mark.parametrize("split", range(17, 23))
def test_two_posts_in_the_second_where_pages_meet_are_both_stored_once(split: int, tmp_path: Path) -> None:
    items = [item(n, AT - n) for n in range(1, 46)]
    items.append(item(100, AT - split))
    with serving(paging(items)) as server:
        campaign = a_campaign("tumblr", {"api": server.url}, Track(name="t", title="T", tags=QUERY.tags))
        found = stored(tmp_path / "a.db", campaign, NOW, KEYS)
    assert found.keys() == {str(n) for n in [*range(1, 46), 100]}


def test_control_without_the_overlap_a_post_at_the_edge_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_overlap(self: Any, times: dict[str, int]) -> bool:
        self.before = min(times.values(), default=0)
        return bool(times)

    items = [*(item(n, AT - n) for n in range(1, 46)), item(100, AT - 20)]
    monkeypatch.setattr(tumblr._Progress, "goes_on", without_overlap)
    assert "100" not in ids(poll(paging(items))[0])


@pytest.mark.heavy
def test_posts_that_arrive_while_paging_cost_nothing_and_come_next_time(tmp_path: Path) -> None:
    late = iter(range(1000, 2000))
    items = [item(n, AT - n) for n in range(1, 46)]
    with serving(paging(items, lambda: [item(next(late), AT + 1)])) as server:
        campaign = a_campaign("tumblr", {"api": server.url}, Track(name="t", title="T", tags=QUERY.tags))
        found = stored(tmp_path / "a.db", campaign, NOW, KEYS)
    assert {str(n) for n in range(1, 46)} <= found.keys()
    assert "1000" in found


def test_a_second_with_more_posts_than_a_page_is_stepped_over_and_said() -> None:
    items = [item(n, AT - 5) for n in range(1, 31)] + [item(n, AT - n) for n in range(40, 45)]
    pages, _ = poll(paging(items))
    assert {str(n) for n in range(40, 45)} <= set(ids(pages))
    assert pages[-1].outcome is Outcome.CAPPED


def test_a_post_that_was_dated_back_does_not_end_the_reading() -> None:
    items = [item(n, AT - n) for n in range(1, 41)]
    items[19]["timestamp"] = AT - 3_000_000

    def by_id(method: str, path: str, query: dict[str, str]) -> Answer:
        before = int(query.get("before", AT + 1))
        return said([one for one in items if one["timestamp"] < before][:20])

    assert set(ids(poll(by_id)[0])) == {str(n) for n in range(1, 41)}


def test_a_post_from_a_queue_that_is_listed_late_does_not_end_the_reading() -> None:
    items = [item(n, AT - n) for n in range(1, 61)]
    late = iter([[], [item(99, AT)]])

    def answer(method: str, path: str, query: dict[str, str]) -> Answer:
        older = [one for one in items if one["timestamp"] < int(query.get("before", AT))][:19]
        return said([*next(late, []), *older])

    pages, _ = poll(answer)
    assert pages[-1].outcome is Outcome.COMPLETE
    assert set(ids(pages)) == {str(n) for n in [*range(1, 61), 99]}


def test_more_than_ten_pages_are_capped_and_the_rest_is_not_called_known() -> None:
    pages, server = poll(paging([item(n, AT - n * 10) for n in range(1, 400)]))
    assert len(server.requests) == 10
    last = pages[-1]
    assert (last.outcome, last.since) == (Outcome.CAPPED, NOW - timedelta(seconds=191 * 10))


def test_a_server_that_repeats_its_page_is_stopped_and_the_cursor_stays() -> None:
    pages, server = poll(lambda *_: said([item(1, AT - 1), item(2, AT - 2)]))
    assert len(server.requests) == 2
    assert [page.outcome for page in pages] == [Outcome.COMPLETE, Outcome.UNREADABLE]
    assert {page.cursor for page in pages} == {None}


def test_a_cursor_does_not_move_when_a_later_page_fails() -> None:
    good = paging([item(n, AT - n) for n in range(1, 30)])
    pages, _ = poll(lambda m, p, q: good(m, p, q) if "before" not in q else as_html(status=502))
    assert len(ids(pages)) == 20
    assert [(page.cursor, page.outcome) for page in pages][1:] == [(None, Outcome.UNREACHABLE)]


@pytest.mark.parametrize("cursor", [None, stamp(NOW - timedelta(hours=3)), "2999-01-01T00:00:00Z"])
def test_a_post_from_the_future_does_not_set_the_cursor_there(cursor: str | None) -> None:
    pages, _ = poll(paging([item(1, AT - 60), item(2, AT + 900_000)]), cursor)
    assert pages[-1].cursor == stamp(NOW)
    assert pages[-1].since is not None
    assert pages[-1].since <= NOW
    assert "1" in ids(pages)


def test_a_tag_of_several_words_is_found_and_an_excluded_one_leaves_out() -> None:
    query = Query(track="t", phrases=("Calling time on crime",), excluded=("fanfiction",))
    spaced = item(1, AT - 9, tags=["calling time on crime"])
    other = item(2, AT - 9, tags=["calling time on crime", "Fanfiction"])
    pages, server = poll(paging([spaced, other]), query=query)
    assert set(ids(pages)) == {"1"}
    assert server.requests[0].query["tag"] == "calling time on crime"


HOSTILE: list[dict[str, Any]] = [
    {"timestamp": "now"}, {"timestamp": True}, {"timestamp": 10**30}, {"post_url": "javascript:alert(1)"},
    {"post_url": None}, {"tags": [5]}, {"tags": 5}, {"blog": ["uuid"]}, {"title": ["x"]},
    {"featured_timestamp": "x"},
]  # fmt: skip


def test_a_bad_item_costs_itself() -> None:
    bad = [item(n, AT - n) | changes for n, changes in enumerate(HOSTILE, 10)]
    pages, _ = poll(lambda m, p, q: said([*bad, "x", None, item(1, AT - 1)] if "before" not in q else []))
    assert ids(pages) == ["1"]
    assert len(pages[0].rejected) == len(bad) + 2


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (as_html(), Outcome.UNREADABLE),
        (as_json([]), Outcome.UNREADABLE),
        (as_json({"response": {}}), Outcome.UNREADABLE),
        (as_json({"meta": {"status": 429, "msg": "Limit Exceeded"}}, 429), Outcome.RATE_LIMITED),
        (as_json({"meta": {"status": 401, "msg": "Unauthorized"}}, 401), Outcome.REFUSED),
        (as_html(status=503), Outcome.UNREACHABLE),
    ],
)
def test_a_fault_is_stored_with_its_reason(answer: Answer, outcome: Outcome) -> None:
    assert [page.outcome for page in poll(lambda *_: answer)[0]] == [outcome]


def test_after_a_limit_no_other_tag_of_any_track_is_asked_for(tmp_path: Path) -> None:
    tracks = [Track(name=n, title=n, tags=(n, n * 2)) for n in ("one", "two")]
    with serving(lambda *_: as_json({}, 429, Retry_After="540")) as server:
        campaign = a_campaign("tumblr", {"api": server.url}, *tracks)
        polled(tmp_path / "a.db", campaign, NOW, KEYS)
        polled(tmp_path / "a.db", campaign, NOW + timedelta(minutes=5), KEYS)
        assert len(server.requests) == 1


def test_a_missing_key_is_named_with_how_to_get_it() -> None:
    with pytest.raises(Refused, match=r"^TUMBLR_API_KEY is missing.*tumblr\.com/oauth/apps"):
        Tumblr.open({}, {}, NOW)


@pytest.mark.parametrize("wrong", [{"api": "http://elsewhere.invalid"}, {"api": 5}, {"blogs": []}])
def test_a_wrong_setting_is_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=f"sources.tumblr.{next(iter(wrong))}"):
        Tumblr.open(wrong, KEYS, NOW)


@pytest.fixture
def debug_log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    pinned = logging.getLogger("urllib3").level
    with caplog.at_level(logging.DEBUG):
        yield caplog
    logging.getLogger("urllib3").setLevel(pinned)


def leaks(path: Path, handler: Handler | None) -> str:
    """Return all that a poll leaves behind: all of the archive, and the problems it tells people."""
    with serving(handler or (lambda *_: said([]))) as server:
        api = server.url if handler else closed_port()
        campaign = a_campaign("tumblr", {"api": api}, Track(name="t", title="T", tags=QUERY.tags))
        done = polled(path, campaign, NOW, KEYS)
    return f"{done}\n{everything(path)}"


ECHO = item(1, AT - 1, body=f"#CallingTimeOnCrime {CANARY}")
ECHOES: dict[str, Handler | None] = {
    "posts": lambda *_: said([ECHO, {"bad": f"https://x.example/?api_key={CANARY}"}]),
    "refused": lambda *_: as_json({"meta": {"msg": f"bad key {CANARY}"}}, 401),
    "moved": lambda m, p, q: (302, {"Location": f"/x?api_key={CANARY}"}, b""),
    "garbled": lambda *_: (200, {"Content-Encoding": "gzip"}, CANARY.encode()),
    "down": None,
}


@pytest.mark.parametrize("kind", ECHOES)
def test_the_key_is_in_no_log_error_or_archive(
    kind: str, tmp_path: Path, debug_log: pytest.LogCaptureFixture
) -> None:
    assert CANARY not in leaks(tmp_path / "a.db", ECHOES[kind])
    assert CANARY not in debug_log.text


def test_control_without_the_pin_the_log_shows_the_key(
    tmp_path: Path, debug_log: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("urllib3").setLevel(logging.NOTSET)
    leaks(tmp_path / "a.db", ECHOES["refused"])
    assert CANARY in debug_log.text


@pytest.mark.heavy
def test_control_without_crossing_out_the_archive_shows_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "without", lambda secret, response: response)
    assert CANARY in leaks(tmp_path / "a.db", ECHOES["posts"])
    assert rows(tmp_path / "a.db")
