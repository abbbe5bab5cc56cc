"""What a fault of a reader put aside is read again after the fault is mended, whatever way it came."""

import json
import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.archive import Archive
from monitor.campaign import Campaign, Track
from monitor.collect import Collector
from monitor.collect.imports.file_import import read_file
from monitor.collect.replay import ReplayResult, replay
from monitor.core.model import Page, Rejected
from monitor.platform_info import about, names
from monitor.sources import source
from monitor.sources.platforms import bluesky
from tests.archive.saving import LONDON, saved
from tests.chaos import faults
from tests.sources.archived import Neutral, a_campaign
from tests.sources.loopback import as_json, serving

FIXTURES = Path(__file__).parents[1] / "fixtures"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
KEYS = {key: "made-up" for name in names() for key in about(name).keys}
TRACK = Track(name="crime", title="Crime", tags=("CallingTimeOnCrime",), phrases=("calling time on crime",))
OTHER = Track(name="other", title="Other", tags=("SomethingElse",))
RSS = (
    b'<rss version="2.0"><channel><title>The Example News</title><item><title>MP launches #CallingTimeOnCrime'
    b"</title><guid>tag:news.example,2026:1</guid><link>https://news.example/1</link>"
    b"<pubDate>Fri, 20 Nov 2026 09:30:00 GMT</pubDate></item></channel></rss>"
)


def item(name: str) -> Any:
    return json.loads((FIXTURES / name / "post.json").read_text())


def fixture(name: str) -> dict[str, Any]:
    return runpy.run_path(str(FIXTURES / name / "post.py"))


@contextmanager
def platform(name: str) -> Iterator[str]:
    """Serve an answer with one item of a platform; give the server's address, without its scheme."""
    answers: dict[str, Any] = {}
    if name == "youtube":
        video = item(name)["video"]
        hit = video | {"id": {"videoId": video["id"]}}
        answers = {"/youtube/v3/search": {"items": [hit]}, "/youtube/v3/videos": {"items": [video]}}

    def answer(method: str, path: str, query: dict[str, str]) -> Any:
        if name == "feeds":
            return 200, {}, RSS
        if path.endswith("access_token"):
            return as_json(faults.TOKEN)
        if path == "/api/v2/instance":
            return as_json({})
        if path.endswith("ig_hashtag_search"):
            return as_json({"data": [{"id": "17841500000000000"}]})
        return as_json(answers.get(path, {"items": []}) if answers else fixture(name)["repeated"](item(name)))

    if name == "bluesky":
        with faults.streaming(iter([json.dumps(item(name))])) as (host, _):
            yield host
    else:
        with serving(answer) as server:
            yield server.url.removeprefix("http://")


def campaign_at(name: str, host: str, *tracks: Track) -> Campaign:
    url = f"http://{host}"
    own: dict[str, Any] = {
        "bluesky": {"hosts": [f"ws://{host}"]},
        "feeds": {"urls": [f"{url}/rss"], "google_news": False},
        "lemmy": {"servers": [url]},
        "mastodon": {"servers": [url]},
        "reddit": {"oauth_url": url, "reddit_url": url},
        "threads": {"api": url, "reviewed": True},
    }.get(name, {"api": url})
    return a_campaign(name, own, *(tracks or (TRACK,)))


def collector_of(archive: Archive, campaign: Campaign, now: datetime = NOW) -> Collector:
    return Collector(campaign=campaign, archive=archive, analyzer=Neutral(), env=KEYS, clock=lambda: now)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "a.db", LONDON) as archive:
        yield archive


def broken(*args: Any) -> Any:
    raise KeyError("a number that has another name now")


def put_aside(archive: Archive) -> int:
    return archive.db.number("SELECT count(*) FROM rejected")


def ids(archive: Archive) -> set[str]:
    return {native_id for (native_id,) in archive.db.execute("SELECT native_id FROM posts")}


@pytest.fixture
def quick_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluesky, "_QUIET_SECONDS", 0.5)


@pytest.mark.heavy
@pytest.mark.usefixtures("quick_stream")
@pytest.mark.parametrize("name", names())
def test_what_a_fault_put_aside_is_stored_as_it_would_have_been(
    name: str, archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.open(tmp_path / "whole.db", LONDON) as whole, platform(name) as host:
        collector_of(whole, campaign_at(name, host)).poll(name)
        expected = rows(whole)
    with platform(name) as host:
        campaign = campaign_at(name, host)
        with monkeypatch.context() as patch:
            patch.setattr(source(name), "parse", staticmethod(broken))
            collector_of(archive, campaign).poll(name)
    assert (rows(archive), put_aside(archive) > 0) == ([], True)
    before = archive.coverage.last_polls(LATER)
    result = replay(collector_of(archive, campaign, LATER))
    assert (result.unread, put_aside(archive)) == (0, 0)
    assert rows(archive) == expected != []
    assert archive.coverage.last_polls(LATER) == before  # nothing looks freshly polled
    assert {row[3] for row in rows(archive)} == {name in REREAD}
    assert replay(collector_of(archive, campaign, LATER)) == ReplayResult()


def rows(archive: Archive) -> list[tuple[Any, ...]]:
    """Return the posts, with when they were read, whether they can be read again, and their track."""
    columns = "native_id, text, read_at, again IS NOT NULL, track"
    sql = f"SELECT {columns} FROM posts JOIN post_tracks ON post_id = id ORDER BY 1"
    return archive.db.execute(sql).fetchall()


REREAD = {"bluesky", "lemmy", "mastodon", "reddit", "x", "youtube"}  # what is deleted there goes here too


def test_numbers_of_mastodon_are_taken_from_a_writer_s_own_server_only() -> None:
    raw, pick = item("mastodon"), source("mastodon").pick  # type: ignore[attr-defined]
    home, elsewhere = (pick(raw, TRACK.query, server) for server in ("towns.example", "other.example"))
    assert (home.metrics.likes, elsewhere.metrics.likes) == (raw["favourites_count"], None)
    assert {home.reread_key, elsewhere.reread_key} == {
        "towns.example/900000000000000001",
        "other.example/900000000000000001",
    }


def changed(name: str, **changes: Any) -> Any:
    raw = item(name)
    raw.update(changes)
    return raw


ACCOUNT = item("mastodon")["account"]
UNWANTED = {
    "private": ("mastodon", changed("mastodon", visibility="private")),
    "a boost": ("mastodon", changed("mastodon", reblog=item("mastodon"))),
    "not to be found": ("mastodon", changed("mastodon", account={**ACCOUNT, "noindex": True})),
    "removed by a moderator": ("lemmy", changed("lemmy", post=item("lemmy")["post"] | {"removed": True})),
    "deleted": ("reddit", changed("reddit", selftext="[deleted]")),
    "other words": ("tumblr", changed("tumblr", tags=[], title="Nothing of ours")),
    "a view that asks not to be shown": (
        "bluesky",
        {
            "uri": "at://did:plc:madeup/app.bsky.feed.post/3k", "indexedAt": "2026-11-20T09:30:00Z",
            "author": {"did": "did:plc:madeup", "labels": [{"val": "!no-unauthenticated"}]},
            "record": {"text": "#CallingTimeOnCrime", "createdAt": "2026-11-20T09:30:00Z"},
        },
    ),
}  # fmt: skip


def kept_item(archive: Archive, raw: Any, name: str, stream: str = "", track: str = "crime") -> None:
    page = Page(stream=stream or f"{name}:host.example:x", rejected=(Rejected.of("no likes", raw),))
    saved(archive, page, source=name, track=track, now=NOW)


@pytest.mark.parametrize(("name", "raw"), UNWANTED.values(), ids=UNWANTED)
def test_what_would_not_have_been_collected_is_let_go(name: str, raw: Any, archive: Archive) -> None:
    kept_item(archive, raw, name)
    result = replay(collector_of(archive, campaign_at(name, "unused"), LATER))
    assert (result, ids(archive)) == (ReplayResult(read=1), set())


@pytest.mark.parametrize("name", ["mastodon", "lemmy", "reddit", "tumblr"])
def test_control_the_same_unchanged_are_stored(name: str, archive: Archive) -> None:
    kept_item(archive, item(name), name)
    assert replay(collector_of(archive, campaign_at(name, "unused"), LATER)).new == 1


def test_a_word_to_be_left_out_counts_where_the_platform_searches(archive: Archive) -> None:
    kept_item(archive, item("x"), "x")
    [word] = [word for word in fixture("x")["EXPECTED"].text.split() if word.isalpha()][:1]
    track = replace(TRACK, excluded=(word,))
    assert replay(collector_of(archive, campaign_at("x", "unused", track), LATER)) == ReplayResult(read=1)


def test_what_still_cannot_be_read_or_is_cut_off_stays_for_the_next_time(archive: Archive) -> None:
    kept_item(archive, changed("mastodon", created_at="never"), "mastodon")
    kept_item(archive, changed("mastodon", content="x" * 70_000), "mastodon")
    kept_item(archive, changed("mastodon", created_at="1970-01-01T00:00:00Z"), "mastodon")  # is not storable
    result = replay(collector_of(archive, campaign_at("mastodon", "unused"), LATER))
    assert (result, put_aside(archive)) == (ReplayResult(unread=3), 3)


def test_an_item_of_a_post_that_is_known_is_an_older_reading_of_it(archive: Archive) -> None:
    campaign = campaign_at("mastodon", "unused")
    kept_item(archive, item("mastodon"), "mastodon", "mastodon:towns.example:x")
    post = replace(source("mastodon").parse(item("mastodon")), text="Said better since.")
    newer = replace(post, metrics=replace(post.metrics, likes=700))
    saved(archive, Page(stream="mastodon:towns.example:x", posts=(newer,)), now=NOW + timedelta(hours=5))
    replay(collector_of(archive, campaign, LATER))
    assert archive.db.execute("SELECT text, likes FROM posts").fetchall() == [("Said better since.", 700)]


def test_a_scrubbed_post_stays_scrubbed(archive: Archive) -> None:
    kept_item(archive, item("mastodon"), "mastodon", "mastodon:towns.example:x")
    post = source("mastodon").parse(item("mastodon"))
    saved(archive, Page(stream="s", posts=(post,)), now=NOW)
    archive.ingest.scrub([1], NOW)
    replay(collector_of(archive, campaign_at("mastodon", "unused"), LATER))
    assert archive.db.execute("SELECT text FROM posts").fetchall() == [(None,)]


def test_an_item_put_aside_while_a_post_was_read_again_is_let_go(archive: Archive) -> None:
    kept_item(archive, item("mastodon"), "mastodon", "again:mastodon")
    result = replay(collector_of(archive, campaign_at("mastodon", "unused"), LATER))
    assert (result, ids(archive)) == (ReplayResult(read=1), set())


ROW = {"platform": "forum", "id": "5", "author": "ann", "text": "hello, \"you\"\n#CallingTimeOnCrime",
       "created_at": "2026-11-20T09:30:00Z", "likes": "3"}  # fmt: skip
SEEN = {"where": "Nextdoor", "when": "2026-11-20 09:30", "text": "hello #CallingTimeOnCrime", "likes": ""}
TWARC = {"id": "1", "author_id": "7", "text": "hello #CallingTimeOnCrime",
         "created_at": "2026-11-20T09:30:00Z", "author": {"id": "7", "username": "ann"}}  # fmt: skip
OF_FILES = {"a row": ROW, "a row by hand": SEEN, "a status": item("mastodon"), "a post of twarc": TWARC}


@pytest.mark.parametrize("raw", OF_FILES.values(), ids=OF_FILES)
def test_an_item_of_a_file_is_read_by_what_reads_files(raw: Any, archive: Archive) -> None:
    campaign = campaign_at("mastodon", "unused", OTHER, TRACK)
    kept_item(archive, raw, "import", "import:posts.csv", track="other")
    assert replay(collector_of(archive, campaign, LATER)) == ReplayResult(read=1, new=1)
    found = "SELECT DISTINCT track, source, stream FROM post_tracks, origins WHERE source = 'import'"
    assert archive.db.execute(found).fetchall() == [("other", "import", "import:posts.csv")]


@pytest.mark.parametrize("raw", OF_FILES.values(), ids=OF_FILES)
def test_an_item_for_all_tracks_goes_into_those_whose_words_it_has(raw: Any, archive: Archive) -> None:
    campaign = campaign_at("mastodon", "unused", OTHER, TRACK)
    kept_item(archive, raw, "import", "import:posts.csv", track="")
    replay(collector_of(archive, campaign, LATER))
    assert archive.db.execute("SELECT track FROM post_tracks").fetchall() == [("crime",)]


def test_a_post_of_an_answer_of_x_is_put_aside_with_what_it_names(archive: Archive, tmp_path: Path) -> None:
    tweet = {"id": "11", "author_id": "7", "text": "look #CallingTimeOnCrime",
             "attachments": {"media_keys": ["3_5"]}}  # fmt: skip
    users = [{"id": "7", "username": "ann"}, {"id": "8", "username": "not_named"}]
    media = [{"media_key": "3_5", "type": "photo", "alt_text": "A map", "url": "https://pbs.twimg.com/a.jpg"}]
    path = tmp_path / "answer.jsonl"
    path.write_text(json.dumps({"data": [tweet], "includes": {"users": users, "media": media}}))
    [aside] = read_file(path, {}, LONDON)
    assert isinstance(aside, Rejected)
    kept = json.loads(aside.raw)
    assert kept["includes"] == {"users": users[:1], "media": media}
    kept["data"][0]["created_at"] = "2026-11-20T09:30:00Z"  # what today's reader lacks
    kept_item(archive, kept, "import", "import:answer.jsonl")
    assert replay(collector_of(archive, campaign_at("x", "unused"), LATER)) == ReplayResult(read=1, new=1)
    assert archive.db.execute("SELECT handle FROM authors").fetchall() == [("ann",)]
