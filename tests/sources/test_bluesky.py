"""Bluesky against a real websocket server on this machine."""

import json
import runpy
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from monitor.archive import Archive
from monitor.campaign import Track
from monitor.collect import Collector
from monitor.core.errors import ConfigError, RateLimited, Unavailable, Unreadable
from monitor.core.model import Metrics, Outcome, Page, Query
from monitor.sources.platforms import bluesky
from monitor.sources.platforms.bluesky import Bluesky
from tests.sources.archived import LONDON, Neutral, a_campaign, stored

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
US = int(NOW.timestamp()) * 10**6
QUERY = Query(track="crime", tags=("CallingTimeOnCrime",), phrases=("calling time on crime",))
ONE = json.loads((Path(__file__).parents[1] / "fixtures/bluesky/post.json").read_text())
RECORDED = Path(__file__).parents[2] / "../shared/data/platforms/bluesky/golden_v1.jsonl"
END = json.dumps({"did": "did:x", "time_us": US, "kind": "identity"})


@contextmanager
def jetstream(
    events: Iterable[str], status: int = 101, *, stays: bool = False
) -> Iterator[tuple[str, list[str]]]:
    """Send these to whoever comes, then close or stay; the list holds the paths asked for."""
    asked: list[str] = []

    def answer(socket: ServerConnection) -> None:
        for event in events:
            socket.send(event)
        if stays:
            with suppress(ConnectionClosed):
                socket.recv()

    def refuse(socket: ServerConnection, request: Any) -> Any:
        asked.append(request.path)
        return None if status == 101 else socket.respond(HTTPStatus(status), "no")

    with serve(answer, "127.0.0.1", 0, process_request=refuse) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}", asked
        finally:
            server.shutdown()
            thread.join()


def event(number: int, *, operation: str = "create", **record: Any) -> str:
    commit = ONE["commit"] | {
        "rkey": f"k{number}",
        "operation": operation,
        "record": ONE["commit"]["record"] | record,
    }
    return json.dumps(ONE | {"time_us": US - 10**6 + number, "commit": commit}, separators=(",", ":"))


def poll(*hosts: str, cursor: str | None = None, query: Query = QUERY, now: datetime = NOW) -> list[Page]:
    cursors = {f"bluesky:jetstream:{query.track}": cursor} if cursor else {}
    return list(Bluesky.open({"hosts": list(hosts)}, {}, now).search(query, cursors))


def test_it_reads_until_now_and_keeps_what_matches() -> None:
    other = event(2, text="nothing", facets=[], tags=[])
    with jetstream([event(1), other, event(3, operation="update"), END]) as (url, _):
        (page,) = poll(url, cursor=str(US - 10**7))
    assert [post.id[-2:] for post in page.posts] == ["k1", "k3"]
    assert (page.cursor, page.outcome, page.until) == (str(US), Outcome.COMPLETE, NOW)


def test_a_phrase_is_found_across_a_line_break() -> None:
    with jetstream([event(1, text="Calling time\non CRIME", facets=[], tags=[]), END]) as (url, _):
        assert len(poll(url)[0].posts) == 1


def test_an_event_nested_too_deeply_costs_itself_only() -> None:
    deep = event(1, x="@").replace('"@"', "[" * 20_000 + "]" * 20_000)
    with jetstream([deep, event(2), END]) as (url, _):
        (page,) = poll(url)
    assert [post.id[-2:] for post in page.posts] == ["k2"]
    assert page.rejected[0].reason.startswith("RecursionError")


@pytest.mark.parametrize(
    "time_us", [US + 3600 * 10**6, 10**18 - 1], ids=["in an hour", "beyond the calendar"]
)
def test_an_event_from_the_future_does_not_set_the_cursor(time_us: int) -> None:
    ahead = json.dumps({"did": "did:x", "time_us": time_us, "kind": "identity"})
    with jetstream([event(1), ahead, event(2)]) as (url, _):
        (page,) = poll(url)
    assert [post.id[-2:] for post in page.posts] == ["k1", "k2"]  # what came after it was read
    assert (page.cursor, page.outcome) == (str(US - 10**6 + 2), Outcome.UNREACHABLE)


def test_deleted_posts_and_accounts_are_passed_on() -> None:
    gone = {"did": "did:gone", "time_us": US - 5, "kind": "account", "account": {"status": "deleted"}}
    alive = gone | {"did": "did:alive", "account": {"active": True}}
    with jetstream([event(1, operation="delete"), json.dumps(gone), json.dumps(alive), END]) as (url, _):
        (page,) = poll(url)
    assert page.deleted == (f"at://{ONE['did']}/app.bsky.feed.post/k1",)
    assert page.deleted_authors == ("did:gone",)


@pytest.mark.parametrize(("label", "kept"), [("!no-unauthenticated", 0), ("!hide", 0), ("spam", 1)])
def test_who_hides_from_strangers_is_left_out(label: str, kept: int) -> None:
    with jetstream([event(1, labels={"values": [{"val": label}]}), END]) as (url, _):
        assert len(poll(url)[0].posts) == kept


def test_a_cursor_older_than_the_stream_keeps_is_a_gap_that_is_said() -> None:
    old = NOW - timedelta(hours=40)
    with jetstream([END]) as (url, asked):
        gap, rest = poll(url, cursor=str(int(old.timestamp()) * 10**6))
    assert (gap.outcome, gap.since, gap.until) == (Outcome.GAP, old, NOW - timedelta(hours=35, minutes=55))
    assert rest.outcome is Outcome.COMPLETE
    assert f"cursor={US - (36 * 60 - 5) * 60 * 10**6}" in asked[0]


def test_the_first_poll_starts_ten_minutes_ago() -> None:
    with jetstream([END]) as (url, asked):
        poll(url)
    assert asked[0].endswith(f"cursor={US - 600 * 10**6}")


@pytest.mark.parametrize(
    ("most", "pages"), [(bluesky._PAGE_BYTES, [5, 5, 5, 1]), (float("inf"), [16])], ids=["", "control"]
)
def test_large_posts_are_kept_few_at_a_time(
    monkeypatch: pytest.MonkeyPatch, most: float, pages: list[int]
) -> None:
    monkeypatch.setattr(bluesky, "_PAGE_BYTES", most)
    monkeypatch.setattr(bluesky, "_PAGE_SECONDS", 600)
    posts = [event(n, more="x" * 60_000) for n in range(16)]
    with jetstream([*posts, event(16, more="x" * 70_000), END]) as (url, _):
        read = poll(url)
    assert [len(page.posts) for page in read if page.posts] == pages
    [too_large] = [item for page in read for item in page.rejected]
    assert too_large.reason == "ValueError: It is far larger than a real one."


@pytest.mark.slow
def test_five_thousand_events_are_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluesky, "_PAGE_SECONDS", 600)  # a busy machine may need long for so many
    with jetstream([event(n, operation="delete") for n in range(5001)] + [END]) as (url, _):
        assert [len(page.deleted) for page in poll(url)] == [5000, 1]


def slowly(number: int) -> Iterator[str]:
    for n in range(number):
        time.sleep(0.02)
        yield event(n)


def read_before_a_stop(path: Path) -> int:
    """Return how much of a slow stream of a hundred posts is stored once the program was asked to stop."""
    with jetstream(slowly(100)) as (url, _), Archive.open(path, LONDON) as archive:
        campaign = a_campaign("bluesky", {"hosts": [url]}, Track(name="t", title="T", tags=QUERY.tags))
        collector = Collector(
            campaign=campaign, archive=archive, analyzer=Neutral(), env={}, clock=lambda: NOW,
            stop=lambda: True,
        )  # fmt: skip
        assert collector.poll("bluesky").stopped
        return archive.posts.count()


@pytest.mark.slow
def test_a_slow_stream_is_stopped_soon_and_what_was_read_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bluesky._PAGE_SECONDS <= 3
    monkeypatch.setattr(bluesky, "_PAGE_SECONDS", 0.1)
    assert 0 < read_before_a_stop(tmp_path / "a.db") < 50
    monkeypatch.setattr(bluesky, "_PAGE_SECONDS", 60)  # control: pages by their number of events alone
    assert read_before_a_stop(tmp_path / "b.db") == 100


def test_a_bad_event_costs_itself_only() -> None:
    with jetstream([event(1), event(2, createdAt=5), event(3)[:-2], END]) as (url, _):
        (page,) = poll(url)
    assert (len(page.posts), len(page.rejected)) == (1, 2)


def test_a_stream_that_breaks_off_is_read_on_from_there() -> None:
    with jetstream([event(1)]) as (url, _):
        (page,) = poll(url)
    assert (page.outcome, page.cursor, len(page.posts)) == (Outcome.UNREACHABLE, str(US - 10**6 + 1), 1)


def test_the_next_host_is_tried_and_none_at_all_is_said() -> None:
    with jetstream([], 503) as (down, _), jetstream([event(1), END]) as (up, _):
        assert len(poll("ws://127.0.0.1:9", down, up)[0].posts) == 1
        with pytest.raises(Unavailable, match="503"):
            poll(down)


def test_too_many_requests_say_when_to_come_back() -> None:
    with jetstream([], 429) as (url, _), pytest.raises(RateLimited) as refused:
        poll(url)
    assert refused.value.retry_at == NOW + timedelta(minutes=15)


def test_what_is_not_jetstream_is_unreadable() -> None:
    with jetstream(["<html>"]) as (url, _), pytest.raises(Unreadable):
        poll(url)


def test_a_wrong_setting_is_named() -> None:
    with pytest.raises(ConfigError, match=r"sources\.bluesky\.hosts: expected a list of text, got 'x'"):
        Bluesky.open({"hosts": "x"}, {}, NOW)


@pytest.mark.heavy
def test_two_polls_of_a_recording_store_each_post_once(tmp_path: Path) -> None:
    if not RECORDED.exists():
        pytest.skip("the recordings are not beside this copy")
    lines = RECORDED.read_text().splitlines()
    events = [json.loads(line) for line in lines]
    made = [e for e in events if (e.get("commit") or {}).get("collection") == "app.bsky.feed.post"]
    newest = max(e["time_us"] for e in events)
    end = json.dumps({"did": "did:x", "time_us": newest + 10**9, "kind": "identity"})
    track = Track(name="t", title="T", phrases=("for a good time",))
    with jetstream([*lines, end]) as (url, asked):
        now = datetime.fromtimestamp(newest // 10**6 + 1, UTC)
        found = stored(tmp_path / "a.db", a_campaign("bluesky", {"hosts": [url]}, track), now)
    assert len(asked) == 2
    assert len(found) == len(made) == 1
    [event], [row] = made, found.values()
    said = event["commit"]["record"]
    assert row.native_id == f"at://{event['did']}/app.bsky.feed.post/{event['commit']['rkey']}"
    assert row.url == f"https://bsky.app/profile/{event['did']}/post/{event['commit']['rkey']}"
    assert (row.text, row.lang) == (said["text"], said["langs"][0])
    assert row.created_at == datetime.fromisoformat(said["createdAt"]).replace(microsecond=0)
    assert (row.metrics, row.kind) == (Metrics(), "reply")


def test_the_made_up_item_is_the_post_we_expect() -> None:
    folder = Path(__file__).parents[1] / "fixtures/bluesky"
    expected = runpy.run_path(str(folder / "post.py"))["EXPECTED"]
    assert Bluesky.parse(json.loads((folder / "post.json").read_text())) == expected


@pytest.mark.slow
def test_a_poll_ends_in_time_and_says_where_it_goes_on() -> None:
    with jetstream([event(1)], stays=True) as (url, _):
        source = replace(Bluesky.open({"hosts": [url]}, {}, NOW), seconds=1.5)
        (page,) = source.search(QUERY, {})
    assert len(page.posts) == 1
    assert (page.outcome, page.cursor) == (Outcome.CAPPED, str(US - 10**6 + 1))


@pytest.mark.parametrize("is_spelt_out", [False, True], ids=["in UTF-8", "spelt out in JSON"])
@pytest.mark.parametrize(
    "text",
    [
        "＃CallingTimeOnCrime", "#𝗖𝗮𝗹𝗹𝗶𝗻𝗴𝗧𝗶𝗺𝗲𝗢𝗻𝗖𝗿𝗶𝗺𝗲", "#Calling\u200bTimeOnCrime",
        "C\u00e1lling Time On Cr\u00edme", "Calling\u00a0time on Cri\u00adme",
    ],
)  # fmt: skip
def test_other_spellings_are_seen_in_the_stream(text: str, is_spelt_out: bool) -> None:
    other = json.loads(event(1, text=text, facets=[], tags=[]))
    raw = json.dumps(other, separators=(",", ":"), ensure_ascii=is_spelt_out)
    with jetstream([raw, event(2, text="Ｃrime", facets=[], tags=[]), END]) as (url, _):
        (page,) = poll(url)
    assert [post.text for post in page.posts] == [text]


@pytest.mark.parametrize(("url", "original"), [
    ("https://towns.example/@ann/1", "https://towns.example/@ann/1"), ("javascript:alert(1)", None),
    (7, None),
], ids=["an address", "a script", "a number"])  # fmt: skip
def test_a_copy_that_a_bridge_made_names_its_original(url, original):
    assert Bluesky.parse(json.loads(event(1, bridgyOriginalUrl=url))).copy_of == original
