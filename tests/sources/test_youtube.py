"""YouTube against a server on this machine that counts searches as YouTube does, and recorded answers."""

import json
import re
import runpy
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import Archive
from monitor.campaign import Track
from monitor.collect import due, past
from monitor.core.clock import stamp, unstamp
from monitor.core.errors import ConfigError, RateLimited, Refused, SourceError, Unavailable, Unreadable
from monitor.core.model import Metrics, Outcome, Page, Query
from monitor.sources.contract import KnownPost
from monitor.sources.platforms import youtube
from monitor.sources.platforms.youtube import YouTube
from tests.sources.archived import LONDON, a_campaign, polled, rows
from tests.sources.loopback import Answer, as_html, as_json, serving

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)  # noon in California
QUERY = Query(track="Crime", tags=("CallingTimeOnCrime",), phrases=("calling time on crime",))
SEARCH, SPENT = "youtube:search:crime", "youtube:spent:crime"
CANARY = "canary-key-7391"
ENV = {"YOUTUBE_API_KEY": CANARY}
MINUTE = timedelta(minutes=1)
CALIFORNIA = ZoneInfo("America/Los_Angeles")
RECORDED = Path(__file__).parents[3] / "shared" / "data" / "platforms" / "youtube"
QUOTA = {
    "error": {
        "message": "Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per day'.",
        "errors": [{"reason": "rateLimitExceeded"}],
    }
}


def recorded(name: str) -> Any:
    path = RECORDED / name
    if not path.exists():
        pytest.skip("the recorded answers of YouTube are not on this machine")
    return json.loads(path.read_text())


def a_video(own_id: str, at: datetime = NOW - timedelta(hours=1), **snippet: Any) -> dict[str, Any]:
    said = {"publishedAt": stamp(at), "channelId": "UC1", "channelTitle": "One", "description": ""}
    return {
        "id": own_id,
        "snippet": said | {"title": "On #CallingTimeOnCrime"} | snippet,
        "statistics": {"viewCount": "5"},
    }


_instant = cache(unstamp)  # the same videos are asked for again and again


@dataclass
class Platform:
    """What YouTube does: finds what is new since a time, page by page, and refuses a day's 101st search."""

    now: datetime = NOW
    videos: list[dict[str, Any]] = field(default_factory=list)
    channels: list[dict[str, Any]] = field(default_factory=list)
    size: int = 50
    searches: dict[str, int] = field(default_factory=dict)  # by day in California
    refused: int = 0

    def __call__(self, _method: str, path: str, query: dict[str, str]) -> Answer:
        what = path.rsplit("/", 1)[1]
        if what == "search":
            return self._search(query)
        items = {"videos": self.videos, "channels": self.channels}[what]
        asked = set(query["id"].split(","))
        assert len(asked) <= 50
        return as_json({"items": [item for item in items if item["id"] in asked]})

    def _search(self, query: dict[str, str]) -> Answer:
        day = str(self.now.astimezone(CALIFORNIA).date())
        if self.searches.get(day, 0) >= 100:
            self.refused += 1
            return as_json(QUOTA, 429)
        self.searches[day] = self.searches.get(day, 0) + 1
        since = _instant(query["publishedAfter"])
        until = _instant(query.get("publishedBefore", "2999-01-01T00:00:00Z"))
        found = [v for v in self.videos if since <= _instant(v["snippet"]["publishedAt"]) < until]
        found.sort(key=lambda v: v["snippet"]["publishedAt"], reverse=True)
        start = int(query.get("pageToken", 0))
        more = {"nextPageToken": str(start + self.size)} if start + self.size < len(found) else {}
        hits = [
            {"id": {"videoId": v["id"]}, "snippet": v["snippet"]} for v in found[start : start + self.size]
        ]
        return as_json({"items": hits, **more})


def opened(url: str, now: datetime = NOW, **settings: Any) -> YouTube:
    return YouTube.open({"api": url, **settings}, ENV, now)


def asked(answer: Any, cursors: dict[str, str] | None = None, now: datetime = NOW) -> list[Page]:
    with serving(answer) as server:
        return list(opened(server.url, now).search(QUERY, cursors or {}))


def ids(pages: list[Page]) -> list[str]:
    return [post.id for page in pages for post in page.posts]


def spent(number: int, day: str = "2026-11-22", tracks: int = 1) -> str:
    return json.dumps({"day": day, "spent": number, "tracks": tracks})


def hours_ago(count: int) -> list[dict[str, Any]]:
    return [a_video(f"v{n}", NOW - timedelta(hours=n)) for n in range(1, count + 1)]


def test_the_made_up_item_is_the_post_we_expect() -> None:
    folder = Path(__file__).parents[1] / "fixtures/youtube"
    expected = runpy.run_path(str(folder / "post.py"))["EXPECTED"]
    assert YouTube.parse(json.loads((folder / "post.json").read_text())) == expected


def test_every_recorded_video_arrives_with_what_it_says_and_nothing_else() -> None:
    for video in recorded("videos_info_multi.json")["items"]:
        post, said = YouTube.parse({"video": video, "channel": None}), video["snippet"]
        assert (post.id, post.author.id, post.author.name) == (
            video["id"],
            said["channelId"],
            said["channelTitle"],
        )
        assert post.text == f"{said['title']}\n{said['description']}"
        assert stamp(post.created_at) == said["publishedAt"][:19] + "Z"
        assert (post.lang, post.metrics, post.author.followers) == ("en", Metrics(), None)
        assert post.tags == {tag.lower() for tag in re.findall(r"#(\w+)", post.text)}
    assert (
        "https://bit.ly/2YabdS5"
        in YouTube.parse({"video": recorded("videos_info_multi.json")["items"][0], "channel": None}).links
    )


def test_a_recorded_page_of_the_search_is_looked_up_in_one_go() -> None:
    page = recorded("search_by_keywords_p1.json")
    hits = [item["id"]["videoId"] for item in page["items"]]
    listed = [a_video(own_id) for own_id in hits]

    def answer(_method: str, path: str, query: dict[str, str]) -> Answer:
        if path.endswith("search"):
            return as_json(page if "pageToken" not in query else {"items": []})
        return as_json({"items": listed if path.endswith("videos") else []})

    with serving(answer) as server:
        pages = list(opened(server.url).search(QUERY, {}))
        assert [r.query["id"].split(",") for r in server.requests if r.path.endswith("videos")] == [hits]
    assert ids(pages) == hits
    assert [rejected for page in pages for rejected in page.rejected] == []


def test_the_recorded_error_is_a_key_that_is_not_accepted() -> None:
    said = recorded("error_response.json")
    with pytest.raises(Refused, match=r"does not accept the key.*console\.cloud\.google\.com"):
        asked(lambda *_: as_json(said, 400))


def test_what_is_asked_and_where_the_key_goes() -> None:
    with serving(Platform(videos=hours_ago(2))) as server:
        list(opened(server.url).search(QUERY, {SEARCH: stamp(NOW - MINUTE)}))
        search, videos, channels = server.requests
    assert search.query["q"] == '"CallingTimeOnCrime"|"calling time on crime"'
    assert {k: search.query[k] for k in ("type", "order", "maxResults")} == {
        "type": "video",
        "order": "date",
        "maxResults": "50",
    }
    assert unstamp(search.query["publishedAfter"]) == NOW - MINUTE - timedelta(days=2)
    assert (videos.query["id"], channels.query["id"]) == ("v1,v2", "UC1")
    assert ("maxResults" in videos.query, channels.query["maxResults"]) == (False, "50")
    for request in (search, videos, channels):
        assert request.headers["x-goog-api-key"] == CANARY
        assert CANARY not in str(request.query)


def test_only_what_names_the_track_is_kept_and_its_channel_gives_followers() -> None:
    hidden = {"subscriberCount": "7", "hiddenSubscriberCount": True}
    platform = Platform(
        videos=[a_video("a"), a_video("b", title="Surfing"), a_video("c", channelId="UC2")],
        channels=[
            {"id": "UC1", "statistics": {"subscriberCount": "1230"}},
            {"id": "UC2", "statistics": hidden},
        ],
    )
    [_, page] = asked(platform)
    assert [(post.id, post.author.followers) for post in page.posts] == [("a", 1230), ("c", None)]


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ({}, Metrics()),
        ({"viewCount": "0"}, Metrics(views=0)),
        ({"viewCount": 9, "likeCount": "2", "commentCount": "3"}, Metrics(views=9, likes=2, replies=3)),
    ],
)
def test_a_hidden_number_is_none_and_nought_is_nought(said: dict[str, Any], numbers: Metrics) -> None:
    assert YouTube.parse({"video": a_video("a") | {"statistics": said}, "channel": None}).metrics == numbers


BAD: tuple[Any, ...] = (
    {}, "text", None, a_video("../x"), a_video("a b"), a_video("v1", channelId="javascript:1"),
    a_video("v1", title=None, description=None) | {"snippet": None}, a_video("v1", publishedAt="yesterday"),
    a_video("v1", title=5), a_video("v1") | {"statistics": {"viewCount": "many"}},
    a_video("v1") | {"statistics": {"likeCount": "1.5"}}, a_video("v1") | {"statistics": {"likeCount": True}},
    a_video("v1") | {"statistics": {"viewCount": "٣"}},
    a_video("v1") | {"statistics": {"viewCount": "9" * 5000}},
    a_video("v1", defaultLanguage=7), a_video("v1", channelId=["UC1"]),
)  # fmt: skip


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: json.dumps(bad)[:60])
def test_a_bad_video_costs_itself_only(bad: Any) -> None:
    def answer(_method: str, path: str, _query: dict[str, str]) -> Answer:
        hit = {"id": {"videoId": "good"}, "snippet": {"publishedAt": stamp(NOW)}}
        items = {"search": [hit, bad], "videos": [bad, a_video("good")], "channels": [bad]}
        return as_json({"items": items[path.rsplit("/", 1)[1]]})

    pages = asked(answer)
    assert ids(pages) == ["good"]
    assert sum(len(page.rejected) for page in pages) == 2


def test_the_cursor_comes_with_the_last_page_and_says_when_it_was_looked() -> None:
    pages = asked(Platform(videos=hours_ago(5), size=2))
    assert [page.cursor for page in pages if page.stream == SEARCH] == [None, None, stamp(NOW)]
    assert [page.cursor for page in pages if page.stream == SPENT] == [spent(1), spent(2), spent(3)]
    assert ids(pages) == ["v1", "v2", "v3", "v4", "v5"]
    assert (pages[-1].since, pages[-1].until) == (NOW - timedelta(days=7), NOW)


def test_a_later_look_reads_the_days_before_again_as_far_as_the_searches_go() -> None:
    looked = NOW - timedelta(hours=3)
    pages = asked(Platform(videos=hours_ago(40), size=2), {SEARCH: stamp(looked)})
    assert ids(pages) == [f"v{n}" for n in range(1, 9)]
    assert (pages[-1].since, pages[-1].outcome) == (looked, Outcome.COMPLETE)
    pages = asked(Platform(videos=hours_ago(40), size=2), {SEARCH: stamp(looked), SPENT: spent(49)})
    assert ids(pages) == ["v1", "v2", "v3", "v4"]  # noon: half of the day's 100
    assert (pages[-1].since, pages[-1].outcome) == (looked, Outcome.COMPLETE)


def test_a_video_that_the_search_shows_late_is_still_found() -> None:
    late = a_video("late", NOW - timedelta(hours=30))
    assert ids(asked(Platform(videos=[late]), {SEARCH: stamp(NOW - MINUTE)})) == ["late"]


@pytest.mark.parametrize(
    ("cursor", "since"),
    [
        ("2999-01-01T00:00:00Z", NOW),
        ("2026-11-01T00:00:00Z 2999-01-01T00:00:00Z 2999-01-01T00:00:00Z", datetime(2026, 11, 1, tzinfo=UTC)),
        ("x", NOW - timedelta(days=7)),
        ("", NOW - timedelta(days=7)),
    ],
)
def test_a_cursor_of_the_future_is_taken_as_now_and_an_odd_one_as_none(cursor: str, since: datetime) -> None:
    last = asked(Platform(videos=hours_ago(1)), {SEARCH: cursor})[-1]
    assert (last.since, last.until, last.cursor) == (since, NOW, stamp(NOW))


def test_more_than_four_pages_are_capped_and_read_on_the_next_time() -> None:
    platform = Platform(videos=hours_ago(11), size=2)
    first = asked(platform)
    assert ids(first) == [f"v{n}" for n in range(1, 9)]
    assert (first[-1].outcome, first[-1].since) == (Outcome.CAPPED, NOW - timedelta(hours=8))
    assert first[-1].detail.startswith("There were more videos")
    platform.videos.append(a_video("new", NOW))
    second = asked(platform, {SEARCH: str(first[-1].cursor)}, now=NOW + MINUTE)
    assert ids(second) == ["v8", "v9", "v10", "v11"]
    assert (second[-1].since, second[-1].until) == (NOW - timedelta(days=7), NOW)
    third = asked(platform, {SEARCH: str(second[-1].cursor)}, now=NOW + 2 * MINUTE)
    assert {"new", "v1"} <= set(ids(third))
    assert third[-1].cursor == stamp(NOW + 2 * MINUTE)


def test_a_page_that_the_day_cannot_pay_for_is_left_for_the_next_time() -> None:
    pages = asked(Platform(videos=hours_ago(9), size=2), {SPENT: spent(49)})  # noon: half of the day's 100
    assert ids(pages) == ["v1", "v2", "v3", "v4"]
    assert (pages[-1].outcome, pages[-1].retry_at) == (
        Outcome.CAPPED,
        NOW + timedelta(minutes=14, seconds=24),
    )


def test_more_videos_of_one_second_than_a_page_holds_do_not_stop_the_reading() -> None:
    platform = Platform(videos=[a_video(f"v{n}", NOW - MINUTE) for n in range(9)], size=2)
    platform.videos.append(a_video("older", NOW - 2 * MINUTE))
    cursors = {SEARCH: "", SPENT: spent(0)}
    for number in range(3):
        pages = asked(platform, cursors, now=NOW + number * MINUTE)
        cursors |= {page.stream: page.cursor for page in pages if page.cursor}
    assert ids(pages) == ["older"]
    assert pages[-1].outcome is Outcome.COMPLETE


def test_a_mark_that_comes_again_is_not_followed_for_ever() -> None:
    hit = {"id": {"videoId": "a"}, "snippet": {"publishedAt": stamp(NOW)}}
    pages = asked(
        lambda m, path, q: as_json({"items": [hit] if "search" in path else [], "nextPageToken": "x"})
    )
    assert len([page for page in pages if page.stream == SPENT]) == 2
    assert (pages[-1].outcome, pages[-1].cursor) == (Outcome.UNREADABLE, None)


@pytest.mark.parametrize(
    ("kept", "searched"),
    [
        (spent(50), True),
        (spent(51), False),
        (spent(100), False),
        (spent(99, "2026-11-21"), True),  # of yesterday
        (spent(99, "2026-11-23"), False),  # kept while the clock was ahead: still spent
        (spent(26, tracks=2), False),  # another track has the other half
        ("", True), ("x", True), ("[]", True), ('{"day": 5}', True), ('{"day": "2026-11-22"}', True),
        ('{"day": "2026-11-22", "spent": -9, "tracks": 0}', True), ("[" * 9000, True),
    ],
)  # fmt: skip
def test_searches_are_spread_over_the_day_in_california(kept: str, searched: bool) -> None:
    pages = asked(Platform(), {SPENT: kept})
    assert (pages[0].outcome is Outcome.COMPLETE) == searched
    if not searched:
        assert [page.stream for page in pages] == [SPENT]
        assert pages[0].outcome is Outcome.RATE_LIMITED
        assert pages[0].cursor is None
        assert pages[0].retry_at is not None
        assert pages[0].detail.startswith("YouTube allows 100 searches a day")
        assert stamp(pages[0].retry_at) in pages[0].detail


def test_when_all_is_spent_the_next_search_is_at_midnight_in_california() -> None:
    [page] = asked(Platform(), {SPENT: spent(100)})
    assert page.retry_at == datetime(2026, 11, 23, 8, tzinfo=UTC)


WEEK = datetime(2026, 10, 29, 3, 7, tzinfo=UTC)  # the clocks of California change in it: a day of 25 hours


class Box:
    """What the collector and the archive keep: cursors by track, and when streams may be asked again."""

    def __init__(self, tracks: int) -> None:
        self.queries = [replace(QUERY, track=f"t{n}") for n in range(tracks)]
        self.cursors: dict[str, dict[str, str]] = {query.track: {} for query in self.queries}
        self.waiting: dict[str, dict[str, datetime]] = {query.track: {} for query in self.queries}
        self.seen: dict[str, set[str]] = {query.track: set() for query in self.queries}
        self.outcomes: list[Outcome] = []

    def poll(self, url: str, now: datetime) -> None:
        for query in self.queries:
            known = {stream: at for waits in self.waiting.values() for stream, at in waits.items()}
            pages = self._pages(opened(url, now).search(query, self.cursors[query.track], known))
            self.waiting[query.track] = {}
            for page in pages:
                if page.cursor:
                    self.cursors[query.track][page.stream] = page.cursor
                if page.retry_at:
                    self.waiting[query.track][page.stream] = page.retry_at
                self.seen[query.track] |= {post.id for post in page.posts}
                self.outcomes.append(page.outcome)

    @staticmethod
    def _pages(pages: Iterator[Page]) -> Iterator[Page]:
        try:
            yield from pages
        except RateLimited:
            return


def some_days(tracks: int, days: int) -> tuple[Platform, Box]:
    """Poll each quarter of an hour; a video comes each hour, and every day a burst of some pages."""
    platform, box = Platform(size=5), Box(tracks)
    with serving(platform) as server:
        for number in range(days * 96):
            platform.now = WEEK + 15 * MINUTE * number
            new = 40 if number % 96 == 20 else number % 4 == 0
            platform.videos += [
                a_video(f"n{number}-{n}", platform.now - timedelta(seconds=n)) for n in range(new)
            ]
            box.poll(server.url, platform.now)
    return platform, box


def check_budget(platform: Platform) -> None:
    """Fail unless YouTube never had to refuse a search, and every whole day was made use of."""
    assert platform.refused == 0
    whole = [platform.searches[day] for day in sorted(platform.searches)[1:-1]]
    assert min(whole) > 90


@pytest.mark.slow
@pytest.mark.parametrize("tracks", [1, 3])
def test_a_week_of_polls_never_spends_more_than_a_day_s_searches_and_misses_no_video(tracks: int) -> None:
    platform, box = some_days(tracks, 7)
    check_budget(platform)
    for seen in box.seen.values():
        assert seen == {video["id"] for video in platform.videos}


@pytest.mark.slow
def test_control_a_source_that_keeps_no_count_spends_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(youtube, "_ledger", lambda cursor: {})
    platform, _ = some_days(1, 4)
    with pytest.raises(AssertionError, match="refused"):
        check_budget(platform)


TRACKS = tuple(Track(name=f"t{n}", title="T", tags=("CallingTimeOnCrime",)) for n in range(2))


@pytest.mark.heavy
def test_each_video_is_stored_once_whatever_is_new_and_its_numbers_move(tmp_path: Path) -> None:
    platform, path = Platform(videos=hours_ago(3), size=2), tmp_path / "a.db"
    with serving(platform) as server:
        campaign = a_campaign("youtube", {"api": server.url}, *TRACKS)
        for poll in range(4):
            platform.size = 50 if poll else 2
            platform.now = NOW + poll * 30 * MINUTE
            platform.videos.append(a_video(f"new{poll}", platform.now))
            platform.videos[0]["statistics"] = {"viewCount": str(100 + poll)}
            assert polled(path, campaign, platform.now, ENV).problems == ()
    found = {row.native_id: row for row in rows(path)}
    assert len(found) == len(rows(path)) == 7
    assert found["v1"].metrics == Metrics(views=103)
    with Archive.open(path, LONDON) as archive:  # each track knows of the other, and takes half of the day
        kept = [json.loads(archive.coverage.cursors(f"t{n}")[f"youtube:spent:t{n}"]) for n in range(2)]
    assert [one["tracks"] for one in kept] == [2, 2]


def test_a_broken_lookup_leaves_the_cursor_and_stores_what_was_spent(tmp_path: Path) -> None:
    platform, path = Platform(videos=hours_ago(3)), tmp_path / "a.db"
    broken = as_html(status=503)
    with serving(lambda m, p, q: broken if p.endswith("videos") else platform(m, p, q)) as server:
        campaign = a_campaign("youtube", {"api": server.url}, TRACKS[0])
        assert "not working" in polled(path, campaign, NOW, ENV).problems[0]
    with Archive.open(path, LONDON) as archive:
        assert archive.coverage.cursors("t0") == {"youtube:spent:t0": spent(1)}
        assert archive.coverage.last_success() == {}
    assert rows(path) == []


@pytest.mark.slow
def test_a_source_that_has_spent_its_share_is_not_due_until_it_may_search(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with serving(Platform(videos=hours_ago(1))) as server:
        campaign = a_campaign("youtube", {"api": server.url, "searches_a_day": 24}, TRACKS[0])
        for minute in range(13):
            polled(path, campaign, NOW + minute * MINUTE, ENV)
        # from midnight to noon 13 are allowed, one an hour
        assert polled(path, campaign, NOW + 13 * MINUTE, ENV).problems[0].startswith("YouTube allows 24")
    with Archive.open(path, LONDON) as archive:
        times = [NOW + timedelta(minutes=n) for n in range(13, 90)]
        assert next(at for at in times if due(campaign, past(archive, campaign, at), at)) == NOW + 60 * MINUTE


def test_a_refusal_for_one_track_is_not_asked_for_by_the_next(tmp_path: Path) -> None:
    with serving(lambda *_: as_json(QUOTA, 429)) as server:
        campaign = a_campaign("youtube", {"api": server.url}, *TRACKS)
        polled(tmp_path / "a.db", campaign, NOW, ENV)
        assert len(server.requests) == 1


def an_error(reason: str, message: str = "", **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "errors": [{"reason": reason}], **more}}


NOT_VALID = an_error("badRequest", "API key not valid.", details=[{"reason": "API_KEY_INVALID"}])


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (as_json(an_error("keyInvalid"), 400), Refused, "does not accept the key"),
        (as_json(NOT_VALID, 400), Refused, "does not accept the key"),
        (as_json(an_error("accessNotConfigured"), 403), Refused, "switch on 'YouTube Data API v3'"),
        (as_json(an_error("forbidden", "No <a href='x'>way</a>"), 403), Refused, "YouTube's answer: No way"),
        (as_json(an_error("quotaExceeded"), 403), RateLimited, "today's searches are used up"),
        (as_json(QUOTA, 429), RateLimited, "today's searches are used up"),
        (as_json(an_error("rateLimitExceeded"), 403), RateLimited, "slow down"),
        (as_json({}, 429), RateLimited, "slow down"),
        (as_json(an_error("invalidPageToken", "Odd mark"), 400), Unreadable, "Odd mark"),
        (as_json({"error": ["x"]}, 400), Unreadable, "400"),
        (as_json([], 500), Unavailable, "not working"),
        (as_html(status=503), Unavailable, "503"),
        (as_html(), Unreadable, "not data"),
        (as_json([]), Unreadable, "not a list"),
        (as_json({"items": {}}), Unreadable, "not a list"),
        ((302, {"Location": "http://127.0.0.1:1/"}, b""), Unavailable, "302"),
    ],
)
def test_every_refusal_becomes_our_error_with_words(
    answer: Answer, error: type[SourceError], words: str
) -> None:
    with serving(lambda *_: answer) as server:
        pages = opened(server.url).search(QUERY, {})
        first = next(pages)
        with pytest.raises(error, match=words) as raised:
            next(pages)
    assert (first.cursor, first.outcome, first.detail) == (spent(1), raised.value.outcome, str(raised.value))
    assert CANARY not in str(raised.value)


@pytest.mark.parametrize(("hour", "minutes"), [(20, 60), (7, 60), (8, 60)])
def test_a_used_up_quota_is_asked_for_again_within_the_hour(hour: int, minutes: int) -> None:
    now = NOW.replace(hour=hour)
    with serving(lambda *_: as_json(QUOTA, 429)) as server, pytest.raises(RateLimited) as raised:
        list(opened(server.url, now).search(QUERY, {}))
    assert raised.value.retry_at == now + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("key", "words"), [(" ", "missing from .env"), ("a\nb", "cannot be right"), ("é", "cannot be right")]
)
def test_a_missing_or_broken_key_is_named(key: str, words: str) -> None:
    with pytest.raises(Refused, match=f"YOUTUBE_API_KEY.*{words}"):
        YouTube.open({}, {"YOUTUBE_API_KEY": key}, NOW)


@pytest.mark.parametrize(
    "settings",
    [{"searches_a_day": 0}, {"searches_a_day": True}, {"searches_a_day": "5"}, {"api": "http://x.invalid"},
     {"api": 5}, {"apy": "https://x.invalid"}],
    ids=str,
)  # fmt: skip
def test_a_wrong_setting_is_named(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=rf"sources\.youtube\.{next(iter(settings))}"):
        YouTube.open(settings, ENV, NOW)


def test_a_track_without_words_is_a_mistake_of_the_file() -> None:
    with pytest.raises(ConfigError, match="Track 'a'"):
        list(opened("https://x.invalid").search(Query(track="a"), {}))


def test_an_unlisted_video_is_not_kept_and_one_that_became_so_is_forgotten() -> None:
    videos = [
        a_video("a") | {"status": {"privacyStatus": "public"}},
        a_video("b") | {"status": {"privacyStatus": "unlisted"}},
    ]
    with serving(Platform(videos=videos)) as server:
        assert ids(list(opened(server.url).search(QUERY, {}))) == ["a"]
        [page] = opened(server.url).reread([KnownPost(id=name, reread_key=name) for name in "ab"])
        assert {r.query["part"] for r in server.requests if r.path.endswith("videos")} == {
            "snippet,statistics,status"
        }
    assert (ids([page]), page.deleted) == (["a"], ("b",))
