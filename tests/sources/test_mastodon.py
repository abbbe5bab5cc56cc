"""Mastodon against a real server on this machine."""

import copy
import html
import json
import re
import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import Archive
from monitor.archive.erasure.compaction import compact
from monitor.campaign import Track
from monitor.core.errors import ConfigError
from monitor.core.model import Outcome, Page, Query
from monitor.sources.platforms import mastodon
from monitor.sources.platforms.mastodon import Mastodon
from tests.archive.saving import opened, saved
from tests.builders import a_sentiment
from tests.canary import CANARY, traces
from tests.sources.archived import a_campaign, polled, rows, stored
from tests.sources.loopback import Answer, Handler, Server, as_html, as_json, closed_port, serving

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUERY = Query(track="crime", tags=("CallingTimeOnCrime",))
TRACK = Track(name="crime", title="Crime", tags=QUERY.tags)
ONE = json.loads((Path(__file__).parents[1] / "fixtures/mastodon/post.json").read_text())
RECORDED = Path(__file__).parents[2] / "../shared/data/platforms/mastodon"


def status(number: int, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = copy.deepcopy(ONE)
    return made | {"id": str(1000 + number), "uri": f"https://towns.example/{number}"} | changes


def timeline(items: list[dict[str, Any]], limit: int = 2) -> Handler:
    """Answer as Mastodon does: newest first, `min_id` counting from the oldest."""

    def answer(method: str, path: str, query: dict[str, str]) -> Answer:
        if path == "/api/v2/instance":
            return as_json({"version": "4.2.0"})
        ordered = sorted(items, key=lambda item: int(item["id"]))
        if "min_id" in query:
            return as_json([i for i in ordered if int(i["id"]) > int(query["min_id"])][:limit][::-1])
        return as_json([i for i in ordered if int(i["id"]) < int(query.get("max_id", 10**30))][::-1][:limit])

    return answer


def poll(*servers: str, cursor: str | None = None, query: Query = QUERY) -> list[Page]:
    tag = query.tags[0].lower()
    cursors = {f"mastodon:{s.split('//')[1]}:{tag}": cursor for s in servers if cursor}
    return list(Mastodon.open({"servers": list(servers)}, {}, NOW).search(query, cursors))


def uris(pages: list[Page]) -> list[str]:
    return [post.id for page in pages for post in page.posts]


def test_the_first_poll_reads_back_and_gives_the_cursor_only_with_its_last_page() -> None:
    with serving(timeline([status(n) for n in range(5)])) as server:
        pages = poll(server.url)
    assert len(set(uris(pages))) == len(uris(pages)) == 5
    assert [page.cursor for page in pages[:-1]] == [None] * (len(pages) - 1)
    assert pages[-1].cursor is not None
    assert pages[-1].cursor.startswith("1004 ")


def test_the_next_poll_reads_forward_without_a_gap() -> None:
    with serving(timeline([status(n) for n in range(9)])) as server:
        pages = poll(server.url, cursor="1003 2026-11-22T11:00:00Z")
    assert uris(pages) == [f"https://towns.example/{n}" for n in (2, 1, 5, 4, 7, 6, 8)]
    assert (pages[-1].since, pages[-1].until) == (datetime(2026, 11, 22, 11, tzinfo=UTC), NOW)


@pytest.mark.parametrize("cursor", [None, "1000 2026-11-22T11:00:00Z"])
def test_a_server_that_repeats_its_page_is_stopped(cursor: str | None) -> None:
    page = [status(0)]
    with serving(lambda m, p, q: as_json({} if p.endswith("instance") else page)) as server:
        pages = poll(server.url, cursor=cursor)
        assert len(server.requests) <= 4
    assert pages[-1].outcome is Outcome.UNREADABLE


def test_more_than_twenty_pages_are_capped_and_read_on_next_time() -> None:
    with serving(timeline([status(n) for n in range(50)])) as server:
        pages = poll(server.url, cursor="1 2026-11-22T11:00:00Z")
    assert (len(uris(pages)), pages[-1].outcome) == (40, Outcome.CAPPED)


def late_post_found(items: list[dict[str, Any]]) -> bool:
    """Return whether a post that reaches the server after the poll of a newer one is found by the next."""
    late = status(3, created_at="2026-11-22T11:30:00Z", uri="https://towns.example/late")
    with serving(timeline(items, 40)) as server:
        first = poll(server.url)
        items.insert(0, late)
        pages = poll(server.url, cursor=first[-1].cursor)
    return late["uri"] in uris(pages)


@pytest.mark.heavy
def test_a_post_that_federates_late_is_found_below_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    assert late_post_found([status(2), status(9)])
    # behind more posts of the last day than are read again it stays unseen: this is bounded
    today = {"created_at": "2026-11-22T11:45:00Z"}
    assert not late_post_found([status(n, **today) for n in range(4, 300)])
    monkeypatch.setattr(mastodon, "_OVERLAP_PAGES", 0)  # control
    assert not late_post_found([status(2), status(9)])


def at_home(server: Server, **changes: Any) -> dict[str, Any]:
    account = ONE["account"] | {"url": f"{server.url}/@ann"}
    return status(1, account=account, **changes)


def likes(path: Path) -> list[int | None]:
    return [row.metrics.likes for row in rows(path)]


@pytest.mark.heavy
@pytest.mark.parametrize("home_first", [True, False])
def test_the_author_s_own_server_gives_the_numbers(home_first: bool, tmp_path: Path) -> None:
    items: dict[str, list[dict[str, Any]]] = {"home": [], "away": []}
    with serving(timeline(items["home"])) as home, serving(timeline(items["away"])) as away:
        items["home"] += [at_home(home, favourites_count=9)]
        items["away"] += [at_home(home, favourites_count=2)]
        servers = [home.url, away.url] if home_first else [away.url, home.url]
        campaign = a_campaign("mastodon", {"servers": servers}, TRACK)
        for minutes in (0, 5):
            polled(tmp_path / "a.db", campaign, NOW + timedelta(minutes=minutes))
            assert likes(tmp_path / "a.db") == [9]


@pytest.mark.heavy
def test_of_two_strangers_the_first_gives_the_numbers_so_that_they_do_not_jump(tmp_path: Path) -> None:
    one, two = [status(1, favourites_count=4)], [status(1, favourites_count=3)]
    with serving(timeline(one)) as first, serving(timeline(two)) as second:
        campaign = a_campaign("mastodon", {"servers": [first.url, second.url]}, TRACK)
        for minutes in (0, 5):
            polled(tmp_path / "a.db", campaign, NOW + timedelta(minutes=minutes))
            assert likes(tmp_path / "a.db") == [4]


def test_numbers_from_home_stay_when_home_fails_at_the_next_tag(tmp_path: Path) -> None:
    items: list[dict[str, Any]] = []

    def failing(method: str, path: str, query: dict[str, str]) -> Answer:
        return as_html(status=503) if path.endswith("/second") else timeline(items)(method, path, query)

    with serving(failing) as home, serving(lambda *asked: timeline(strange)(*asked)) as away:
        items += [at_home(home, favourites_count=9)]
        strange = [at_home(home, favourites_count=2)]
        track = Track(name="crime", title="Crime", tags=(*QUERY.tags, "second"))
        campaign = a_campaign("mastodon", {"servers": [home.url, away.url]}, track)
        polled(tmp_path / "a.db", campaign, NOW)
    assert likes(tmp_path / "a.db") == [9]


@pytest.mark.heavy
@pytest.mark.parametrize("home_first", [True, False])
def test_a_stranger_gives_the_numbers_when_the_author_s_own_server_is_down(
    home_first: bool, tmp_path: Path
) -> None:
    home = Server(closed_port())
    with serving(timeline([at_home(home, favourites_count=2)])) as away:
        servers = [home.url, away.url] if home_first else [away.url, home.url]
        for minutes in (0, 5):
            campaign = a_campaign("mastodon", {"servers": servers}, TRACK)
            polled(tmp_path / "a.db", campaign, NOW + timedelta(minutes=minutes))
            assert likes(tmp_path / "a.db") == [2]


@pytest.mark.parametrize(("said", "outcome"), [("public", Outcome.COMPLETE), ("disabled", Outcome.CLOSED)])
def test_a_closed_server_is_said_to_be_closed_and_never_zero(said: str, outcome: Outcome) -> None:
    about = {"configuration": {"timelines_access": {"hashtag_feeds": {"local": "public", "remote": said}}}}
    with serving(lambda m, p, q: as_json(about if p.endswith("instance") else [])) as server:
        assert [page.outcome for page in poll(server.url)] == [outcome]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (as_html(), Outcome.UNREADABLE),
        (as_json({"error": "slow"}, 429), Outcome.RATE_LIMITED),
        (as_json({}, 429, X_RateLimit_Reset="2026-11-22T11:00:00Z"), Outcome.RATE_LIMITED),
        (as_html(status=503), Outcome.UNREACHABLE),
        (as_json({"not": "a list"}), Outcome.UNREADABLE),
    ],
)
def test_a_fault_of_one_server_does_not_stop_the_other(answer: Answer, outcome: Outcome) -> None:
    broken: Handler = lambda m, p, q: as_json({}) if p.endswith("instance") else answer  # noqa: E731
    with serving(broken) as bad, serving(timeline([status(1)])) as good:
        pages = poll(bad.url, closed_port(), good.url)
    assert [page.outcome for page in pages[:2]] == [outcome, Outcome.UNREACHABLE]
    assert len(uris(pages)) == 1


@pytest.mark.parametrize(("oldest", "since"), [("2009-01-01T00:00:00Z", 24), ("2026-11-22T10:00:00Z", 2)])
def test_a_first_look_covers_a_day_at_most(oldest: str, since: int) -> None:
    items = [status(1, created_at=oldest), status(2, created_at="2026-11-22T11:00:00Z")]
    with serving(timeline(items, 40)) as server:
        *_, last = poll(server.url)
    assert last.since == NOW - timedelta(hours=since)


def test_a_clock_that_was_ahead_does_not_make_coverage_begin_after_its_end() -> None:
    with serving(timeline([status(1)], 40)) as server:
        *_, last = poll(server.url, cursor="1000 2999-01-01T00:00:00Z")
    assert (last.since, last.until, last.cursor) == (NOW, NOW, "1001 2026-11-22T12:00:00Z")


@pytest.mark.parametrize("bad", ["0", "", "9" * 41, "\ud800", 7])
@pytest.mark.parametrize("cursor", [None, "1000 2026-11-22T11:00:00Z"])
def test_an_id_that_is_none_never_becomes_where_to_go_on(bad: Any, cursor: str | None) -> None:
    with serving(timeline([status(1)], 40)) as server, serving(with_first(status(2, id=bad))) as odd:
        (*_, fine), pages = poll(server.url, cursor=cursor), poll(odd.url, cursor=cursor)
    assert (pages[-1].cursor, len(pages[0].rejected)) == (fine.cursor, 1)


def with_first(item: dict[str, Any]) -> Handler:
    """Answer with this before what else there is, and once with nothing else."""

    def answer(method: str, path: str, query: dict[str, str]) -> Answer:
        status_code, headers, body = timeline([status(1)], 40)(method, path, query)
        items = json.loads(body)
        return as_json([item, *items]) if isinstance(items, list) and items else (status_code, headers, body)

    return answer


def test_a_page_of_items_without_an_id_is_not_mastodons_format() -> None:
    answer = lambda m, p, q: as_json({} if p.endswith("instance") else [status(1, id="0")])  # noqa: E731
    with serving(answer) as server:
        (page,) = poll(server.url)
    assert page.outcome is Outcome.UNREADABLE


def test_a_bad_item_costs_itself_only() -> None:
    with serving(
        timeline([status(1), status(2, account=None), status(3), status(4, url="javascript:x")], 40)
    ) as server:
        pages = poll(server.url)
    assert len(uris(pages)) == 2
    assert sum(len(page.rejected) for page in pages) == 2


def test_who_does_not_want_to_be_indexed_is_counted_without_text_and_name() -> None:
    shy = Mastodon.parse(status(1, account=ONE["account"] | {"indexable": False}))
    assert (shy.text, shy.author.handle, shy.author.name, shy.raw) == ("", None, None, {})
    assert Mastodon.parse(ONE).text != ""


def test_what_was_kept_of_somebody_goes_when_they_no_longer_want_to_be_indexed(tmp_path: Path) -> None:
    account = ONE["account"]
    with Archive.open(tmp_path / "a.db", ZoneInfo("Europe/London")) as archive:
        for shown in (account, account | {"noindex": True}):
            with serving(timeline([status(1, account=shown)], 40)) as server:
                for page in poll(server.url):
                    archive.ingest.save(
                        page, source="mastodon", track="t", scores=[a_sentiment()] * len(page.posts),
                        analyzer="n", started_at=NOW, now=NOW,
                    )  # fmt: skip
        (row,) = archive.posts.every()
    assert (row.text, row.handle, row.name, row.url) == (None, None, None, None)


@pytest.mark.parametrize("hidden", [True, False], ids=["asks not to be found", "control: does not ask"])
def test_who_asks_not_to_be_found_is_in_no_byte_whichever_way_their_posts_come(
    tmp_path: Path, hidden: bool
) -> None:
    home = f"https://towns.example/@{CANARY}"
    account = ONE["account"] | {"url": home, "acct": CANARY, "display_name": CANARY, "noindex": hidden}
    with opened(tmp_path) as archive:
        for n, source in enumerate(("mastodon", "import")):  # a file does not say who is to be forgotten
            uri = f"https://towns.example/users/{CANARY}/statuses/{n}"
            item = status(n, account=account, uri=uri, url=f"{home}/{n}")
            for _ in range(2):
                saved(archive, Page(stream="s", posts=(Mastodon.parse(item),)), source=source)
        assert archive.posts.count() == 2
        archive.db.execute("PRAGMA wal_checkpoint (TRUNCATE)")
        compact(archive.db.path)
    assert (traces(tmp_path) == {}) is hidden


def test_private_posts_and_boosts_are_not_posts() -> None:
    items = [status(1, visibility="unlisted"), status(2, reblog=status(9)), status(3)]
    with serving(timeline(items, 40)) as server:
        assert uris(poll(server.url)) == ["https://towns.example/3"]


@pytest.mark.parametrize(
    "wrong", [{"servers": "x"}, {"servers": []}, {"server": []}, {"servers": ["ftp://x"]}]
)
def test_a_wrong_setting_is_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"sources\.mastodon\.server"):
        Mastodon.open(wrong, {}, NOW)


@pytest.mark.heavy
@pytest.mark.parametrize("name", ["test_hashtag_tl.yaml", "test_fetch_next_previous.yaml"])
def test_two_polls_of_a_recording_store_each_post_once(name: str, tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    if not (RECORDED / name).exists():
        pytest.skip("the recordings are not beside this copy")
    said: dict[str, dict[str, Any]] = {}
    for exchange in yaml.safe_load((RECORDED / name).read_text())["interactions"]:
        body = json.loads(exchange["response"]["body"]["string"] or "null")
        for item in body if isinstance(body, list) else [body]:
            if isinstance(item, dict) and "reblogs_count" in item and item.get("content"):
                said[item["id"]] = item | {"tags": [{"name": "hoot"}], "visibility": "public"}
    assert said
    with serving(timeline(list(said.values()), 40)) as server:
        track = Track(name="t", title="T", tags=("hoot",))
        found = stored(tmp_path / "a.db", a_campaign("mastodon", {"servers": [server.url]}, track), NOW)
    got = {
        id: (r.handle, r.created_at, r.text, r.followers, r.metrics.likes, r.metrics.reposts,
             r.metrics.replies, r.metrics.quotes)
        for id, r in found.items()
    }  # fmt: skip
    assert got == {item["uri"]: wanted(item) for item in said.values()}


def wanted(item: dict[str, Any]) -> tuple[Any, ...]:
    """Return what a recorded status says, read without the code under test."""
    account = item["account"]
    text = re.sub("<[^>]+>", "", item["content"].replace("<br />", "\n").replace("</p><p>", "\n"))
    numbers = ("favourites_count", "reblogs_count", "replies_count", "quotes_count")
    return (
        f"{account['username']}@{account['url'].split('/')[2]}",
        datetime.fromisoformat(item["created_at"]).replace(microsecond=0),
        html.unescape(text).strip(),
        account["followers_count"],
        *(item.get(name) for name in numbers),
    )


def test_the_made_up_item_is_the_post_we_expect() -> None:
    folder = Path(__file__).parents[1] / "fixtures/mastodon"
    expected = runpy.run_path(str(folder / "post.py"))["EXPECTED"]
    assert Mastodon.parse(json.loads((folder / "post.json").read_text())) == expected


@pytest.mark.parametrize(("uri", "original"), [
    (
        "https://bsky.brid.gy/convert/ap/at://did:plc:a1/app.bsky.feed.post/3mz",
        "https://bsky.app/profile/did:plc:a1/post/3mz",
    ),
    ("https://web.brid.gy/r/https://blog.example/a", "https://blog.example/a"),
    ("https://bsky.brid.gy/convert/ap/at://did:plc:a1/app.bsky.actor.profile/self", None),
    ("https://brid.gy.evil.example/r/https://blog.example/a", None),
    ("https://towns.example/users/ann/statuses/1", None),
], ids=["of Bluesky", "of the web", "no post", "another host", "nobody's copy"])  # fmt: skip
def test_a_copy_that_a_bridge_made_names_its_original(uri, original):
    assert Mastodon.parse(ONE | {"uri": uri}).copy_of == original
