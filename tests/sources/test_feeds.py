"""Feeds against a real server on this machine."""

import json
import re
import runpy
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest

from monitor.archive import Archive
from monitor.campaign import Campaign, Track
from monitor.core.clock import stamp
from monitor.core.errors import ConfigError
from monitor.core.model import Metrics, Outcome, Page, PostKind, Query
from monitor.sources.platforms.feeds import Feeds
from tests.sources.archived import LONDON, a_campaign, polled, rows, stored
from tests.sources.loopback import Answer, as_html, as_json, closed_port, serving

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUERY = Query(track="crime", tags=("CallingTimeOnCrime",), phrases=("calling time on crime",))
RECORDED = Path(__file__).parents[2] / "../shared/data/platforms/feeds"
MINUTE = timedelta(minutes=1)
DATE = "<pubDate>Fri, 20 Nov 2026 09:30:00 GMT</pubDate>"


def rss(*items: str, **headers: str) -> Answer:
    inside = "".join(f"<item>{item}</item>" for item in items)
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Example</title>{inside}</channel></rss>'
    return 200, {"Content-Type": "application/rss+xml"} | headers, body.encode()


def item(number: int, title: str = "Calling Time on Crime begins", date: str = DATE) -> str:
    return f"<title>{title}</title><link>https://news.example/{number}</link>{date}"


def of_feeds(*urls: str) -> Campaign:
    track = Track(name="crime", title="Crime", phrases=("calling time on crime",))
    return a_campaign("feeds", {"urls": list(urls), "google_news": False}, track)


def poll(*urls: str, cursors: dict[str, str] | None = None, **settings: Any) -> list[Page]:
    settings = {"urls": list(urls), "google_news": False} | settings
    return list(Feeds.open(settings, {}, NOW).search(QUERY, cursors or {}))


def test_a_link_without_a_host_is_a_page_of_the_feed_s_own_site() -> None:
    relative = item(1).replace("https://news.example/1", "/news/1")
    half = item(2).replace("https://news.example/2", "//[")
    guid_alone = f"<title>Calling Time on Crime</title><guid>5</guid>{DATE}"
    with serving(lambda *_: rss(relative, guid_alone, half)) as server:
        (page,) = poll(f"{server.url}/rss")
        assert [post.url for post in page.posts] == [f"{server.url}/news/1"]
    reasons = [fault.reason for fault in page.rejected]
    assert reasons == ["ValueError: It has no web address.", "ValueError: Invalid IPv6 URL"]


def test_a_json_feed_is_read_as_any_other() -> None:
    entry = {
        "id": "https://news.example/1", "url": "https://news.example/1", "title": "Calling Time on Crime",
        "content_html": "<p>Lamps &amp; locks</p>", "date_published": "2026-11-20T09:30:00Z", "image": {},
    }  # fmt: skip
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Towns", "language": "en-GB"}
    with serving(
        lambda *_: as_json({**feed, "items": [entry, {**entry, "id": 5, "url": ["x"]}, 7]})
    ) as server:
        (page,) = poll(f"{server.url}/feed.json")
    (post,) = page.posts
    assert (post.url, post.text) == (entry["url"], "Calling Time on Crime\nLamps & locks")
    assert (post.created_at, post.author.name, page.title) == (
        datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        "Towns",
        "Towns",
    )


@pytest.mark.parametrize("body", ["{}", '{"version": "1", "items": []}', "{" * 9000, '{"version": '])
def test_json_that_is_no_feed_says_so(body: str) -> None:
    with serving(lambda *_: (200, {}, body.encode())) as server:
        (page,) = poll(server.url)
    assert page.outcome is Outcome.UNREADABLE
    assert "This is not a feed" in page.detail


def test_entries_that_match_are_articles_without_numbers() -> None:
    with serving(lambda *_: rss(item(1), item(2, "Football"))) as server:
        (page,) = poll(f"{server.url}/rss")
    (post,) = page.posts
    assert (post.id, post.kind, post.metrics) == ("https://news.example/1", PostKind.ARTICLE, Metrics())
    assert (post.author.id, page.outcome, page.until) == ("Example", Outcome.COMPLETE, NOW)


@pytest.mark.heavy
@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 31 Jun 2026 09:00:00 GMT", "0001-01-01T00:00:00Z",
                                  "Fri, 20 Nov 2037 09:30:00 GMT"])  # fmt: skip
def test_an_entry_without_a_date_that_can_be_has_the_time_when_it_was_first_seen(
    date: str, tmp_path: Path
) -> None:
    dates = f"<pubDate>{date}</pubDate>" if date else ""
    with serving(lambda *_: rss(item(1), item(2, date=dates))) as server:
        found = stored(tmp_path / "a.db", of_feeds(server.url), NOW)
    assert [row.created_at for row in found.values()] == [datetime(2026, 11, 20, 9, 30, tzinfo=UTC), NOW]


def test_a_date_that_makes_no_sense_gives_way_to_that_of_the_last_change() -> None:
    both = "<pubDate>soon</pubDate><atom:updated>2026-11-21T10:00:00+01:00</atom:updated>"
    feed = rss(item(1, date=both))
    named = feed[2].replace(b"<rss ", b'<rss xmlns:atom="http://www.w3.org/2005/Atom" ')
    with serving(lambda *_: (*feed[:2], named)) as server:
        (page,) = poll(server.url)
    assert [post.created_at for post in page.posts] == [datetime(2026, 11, 21, 9, tzinfo=UTC)]


def test_a_feed_that_has_not_changed_is_complete_without_posts() -> None:
    with serving(lambda *_: rss(item(1), ETag='"v1"')) as server:
        (first,) = poll(server.url)
        assert first.cursor is not None
        poll(server.url, cursors={first.stream: first.cursor})
        assert server.requests[1].headers["if-none-match"] == '"v1"'
    with serving(lambda *_: (304, {}, b"")) as server:
        (page,) = poll(server.url)
    assert (page.posts, page.outcome, page.until) == ((), Outcome.COMPLETE, NOW)


def dated(at: datetime) -> str:
    return f"<pubDate>{format_datetime(at)}</pubDate>"


def test_a_first_look_covers_a_day_at_most_whatever_the_feed_keeps_on_top() -> None:
    pinned = item(0, date=dated(NOW - timedelta(days=17 * 365)))
    with serving(lambda *_: rss(pinned, item(1, date=dated(NOW - timedelta(hours=1))))) as server:
        (page,) = poll(server.url)
    assert (page.since, page.until) == (NOW - timedelta(days=1), NOW)
    with serving(lambda *_: rss(item(1, date=dated(NOW - timedelta(hours=1))))) as server:
        (page,) = poll(server.url)
    assert page.since == NOW - timedelta(hours=1)
    with serving(lambda *_: rss(item(1, date=dated(NOW + timedelta(days=400))))) as server:
        (page,) = poll(server.url)
    assert page.since == NOW


@pytest.mark.parametrize(("hours", "since"), [(30, 5), (5, 5), (2, 2)])
def test_a_later_look_covers_the_time_since_the_last_if_the_feed_reaches_back_to_it(
    hours: int, since: int
) -> None:
    """Polled `hours` after its oldest entry and 5 hours after the last look."""
    cursors = {"": json.dumps({"looked": stamp(NOW - timedelta(hours=5))})}
    with serving(lambda *_: rss(item(1, date=dated(NOW - timedelta(hours=hours))))) as server:
        cursors = {poll(server.url)[0].stream: cursors[""]}
        (page,) = poll(server.url, cursors=cursors)
    assert page.since == NOW - timedelta(hours=since)


def test_looks_at_a_feed_that_never_changes_join_without_a_gap() -> None:
    def answer(method: str, path: str, query: dict[str, str]) -> Answer:
        return (304, {}, b"") if server.requests[1:] else rss(item(1), ETag='"v1"')

    with serving(answer) as server:
        cursors: dict[str, str] = {}
        for minutes in (0, 5, 10):
            feeds = Feeds.open({"urls": [server.url], "google_news": False}, {}, NOW + minutes * MINUTE)
            (page,) = feeds.search(QUERY, cursors)
            assert page.since == NOW + (minutes - 5 if minutes else -24 * 60) * MINUTE
            assert page.cursor is not None
            cursors = {page.stream: page.cursor}
        assert [r.headers.get("if-none-match") for r in server.requests] == [None, '"v1"', '"v1"']


def entry(guid: str, link: str, title: str = "Calling time on crime", date: str = DATE) -> str:
    names = (f"<guid isPermaLink='false'>{guid}</guid>" if guid else "") + (
        f"<link>{link}</link>" if link else ""
    )
    return f"<title>{title}</title>{names}{date}"


ONE, TWO = "https://news.example/1", "https://news.example/2"
HOME, WORDPRESS = "https://news.example/", "https://news.example/?p=7"
LATER = "<pubDate>Sat, 21 Nov 2026 09:30:00 GMT</pubDate>"
# what two looks find, and how many posts that is
TITLE = "Calling time on crime, edited"
LOOKS = {
    "a guid that all have": ([entry("g", ONE), entry("g", TWO)], [entry("g", TWO), entry("g", ONE)], 2),
    "a guid that the next one has, too": ([entry("g", ONE)], [entry("g", TWO, date=LATER)], 2),
    "a front page for a guid": ([entry(HOME, ONE)], [entry(HOME, TWO, date=LATER)], 2),
    "a guid that changes": ([entry("a", ONE)], [entry("b", ONE, TITLE)], 1),
    "a guid and a date that change": ([entry("a", ONE)], [entry("b", ONE, date=LATER)], 1),
    "an address with a number that changes": ([entry(f"{ONE}#0", ONE)], [entry(f"{ONE}#1", ONE)], 1),
    "another address that changes": ([entry(f"{HOME}?a=1", ONE)], [entry(f"{HOME}?a=2", ONE)], 1),
    "a permanent address of its own": ([entry(WORDPRESS, ONE)], [entry(WORDPRESS, TWO, date=LATER)], 1),
    "a link that all have": ([entry("a", HOME), entry("b", HOME, date=LATER)],) * 2 + (2,),
    "a link that all have, and no guid": ([entry("", HOME, f"Calling time on crime {n}") for n in "ab"],) * 2
    + (2,),
    "the same guid and link, and another title": ([entry("g", ONE)], [entry("g", ONE, TITLE)], 1),
    "an entry twice, with two guids": ([entry("a", ONE), entry("b", ONE)],) * 2 + (1,),
    "links that say which list they stood in": (
        [entry("a", f"{ONE}?utm_source=rss"), entry("b", f"{ONE}?utm_medium=web#xtor=RSS-1")],
        [entry("c", ONE)], 1,
    ),
    "links that tell pages apart by a number": ([entry("", f"{ONE}?p=1")], [entry("", f"{ONE}?p=2")], 2),
    "a guid that comes later": ([entry("", ONE)], [entry("a", ONE)], 1),
    "a guid that goes": ([entry(WORDPRESS, ONE)], [entry("", ONE)], 1),
    "an entry twice": ([entry("a", ONE), entry("a", ONE)],) * 2 + (1,),
    "an address for a guid, and no link": ([f"<guid>{ONE}</guid>{entry('', '')}"],) * 2 + (1,),
}  # fmt: skip


@pytest.mark.heavy
@pytest.mark.parametrize("kind", LOOKS)
def test_an_entry_is_told_by_guid_and_link_at_each_look(kind: str, tmp_path: Path) -> None:
    *looks, number = LOOKS[kind]
    with serving(lambda *_: rss(*looks[len(server.requests) > 1])) as server:
        first, second = (
            polled(tmp_path / "a.db", of_feeds(server.url), NOW + minutes * MINUTE) for minutes in (0, 5)
        )
    assert (first.rejected, second.rejected, len(rows(tmp_path / "a.db"))) == (0, 0, number)


@pytest.mark.heavy
def test_an_entry_of_another_guid_and_the_same_link_is_the_same_post_edited(tmp_path: Path) -> None:
    texts = ("Calling time on crime", "Calling time on crime, says MP")
    with serving(
        lambda *_: rss(entry(str(len(server.requests)), ONE, texts[len(server.requests) - 1]))
    ) as server:
        found = stored(tmp_path / "a.db", of_feeds(server.url), NOW)
    assert [row.text for row in found.values()] == [texts[1]]


@pytest.mark.heavy
def test_the_same_article_in_two_feeds_is_one_post_and_the_same_guid_on_two_sites_is_two(
    tmp_path: Path,
) -> None:
    answers = {"/all": [entry("1", ONE)], "/crime": [entry("n-1", ONE)], "/other": [entry("1", TWO)]}
    with serving(lambda m, path, q: rss(*answers[path])) as server:
        found = stored(tmp_path / "a.db", of_feeds(*(server.url + path for path in answers)), NOW)
    assert sorted(row.url or "" for row in found.values()) == [ONE, TWO]


@pytest.mark.heavy
@pytest.mark.parametrize("guid", ["tag:news.example,2026:1", "g", ONE, WORDPRESS])
def test_an_entry_that_was_stored_by_its_guid_alone_keeps_that_id(guid: str, tmp_path: Path) -> None:
    path, old = tmp_path / "a.db", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    post = Feeds.parse({"id": guid, "link": ONE, "title": "Old", "at": stamp(old), "url": HOME})
    with Archive.open(path, LONDON) as archive:
        archive.ingest.save(
            Page(stream="feeds:crime:news.example/", posts=(post,)), source="feeds", track="crime",
            scores=[None], analyzer="neutral", started_at=old, now=old,
        )  # fmt: skip
    with serving(lambda *_: rss(entry(guid, ONE), entry("2", TWO))) as server:
        found = stored(path, of_feeds(server.url), NOW)
    assert {row.native_id: row.text for row in found.values()} == dict.fromkeys(
        (guid, TWO), "Calling time on crime"
    )


@pytest.mark.parametrize("status", [301, 308])
def test_a_feed_that_moved_for_good_is_read_and_its_new_address_told(status: int) -> None:
    moved = (status, {"Location": "/new"}, b"")
    with serving(lambda m, path, q: moved if path == "/old" else rss(item(1))) as server:
        (page,) = poll(f"{server.url}/old")
        (again,) = poll(f"{server.url}/new")
    assert (len(page.posts), page.outcome, again.detail) == (1, Outcome.COMPLETE, "")
    assert page.detail.startswith(f"It has moved permanently, to {server.url}/new: replace the old address")


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_feed_that_is_elsewhere_for_now_is_read_without_a_word(status: int) -> None:
    moved = (status, {"Location": "/new"}, b"")
    with serving(lambda m, path, q: moved if path == "/old" else rss(item(1))) as server:
        (page,) = poll(f"{server.url}/old")
    assert (len(page.posts), page.detail) == (1, "")


def test_a_feed_that_moved_to_another_site_is_not_read_and_its_new_address_told() -> None:
    with serving(lambda *_: rss(item(1))) as other:
        moved = (301, {"Location": f"{other.url}/?feed=rss2"}, b"")
        with serving(lambda *_: moved) as server:
            (page,) = poll(server.url)
        assert other.requests == []
    assert (page.outcome, page.posts) == (Outcome.UNREACHABLE, ())
    assert page.detail.startswith(f"It redirects (301) to {other.url}/?feed=rss2, which was not opened")


def test_with_several_feeds_a_problem_says_which_one_it_is_of() -> None:
    with serving(lambda m, path, q: rss(item(1)) if path == "/good" else (200, {}, b"")) as server:
        pages = poll(f"{server.url}/empty", f"{server.url}/good", f"{server.url}/bare")
    assert [len(page.posts) for page in pages] == [0, 1, 0]
    assert pages[0].detail.startswith("Its answer was empty")
    assert [page.detail.rpartition(" ")[2] for page in pages] == [
        f"{server.url}/empty)",
        "",
        f"{server.url}/bare)",
    ]


def test_google_news_is_asked_for_each_phrase_and_tag_and_not_filtered_again() -> None:
    with serving(lambda *_: rss(item(1, "A headline without the words"))) as server:
        pages = poll(google_news=True, google_news_base=f"{server.url}/rss/search")
        asked = [request.query["q"] for request in server.requests]
    assert asked == ['"calling time on crime"', '"callingtimeoncrime"']
    assert [len(page.posts) for page in pages] == [1, 1]


@pytest.mark.parametrize(
    ("rule", "posts"),
    [
        ({"excluded": ("film",)}, 1),
        ({"required": ("film",)}, 1),
        ({"required": ("bus",)}, 0),
        ({"near": ("a film~1",)}, 1),
        ({"near": ("film book~9",)}, 0),
    ],
)
def test_what_google_news_finds_keeps_to_all_that_the_track_asks_of_words(rule, posts) -> None:
    track = Query(track="a", tags=("One",), **rule)
    with serving(lambda *_: rss(item(1, "A film"), item(2, "A book"))) as server:
        settings = {"google_news": True, "google_news_base": f"{server.url}/rss/search"}
        [page] = Feeds.open(settings, {}, NOW).search(track, {})
    assert len(page.posts) == posts


def test_a_feed_is_called_by_its_own_title() -> None:
    status, headers, body = rss(item(1))
    body = body.replace(b"Example", b"The &lt;b&gt;Post&lt;/b&gt; " + b"x" * 300)
    with serving(lambda *_: (status, headers, body)) as server:
        [page] = Feeds.open({"urls": [server.url], "google_news": False}, {}, NOW).search(QUERY, {})
    assert page.title.startswith("The Post xxx")
    assert len(page.title) == 120


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (as_html(), Outcome.UNREADABLE),
        (as_json({}), Outcome.UNREADABLE),
        (as_html(status=429), Outcome.RATE_LIMITED),
        (as_json({}, 429, Retry_After="60"), Outcome.RATE_LIMITED),
        (as_html(status=500), Outcome.UNREACHABLE),
        (as_html(status=404), Outcome.CLOSED),
    ],
)
def test_a_fault_of_one_feed_does_not_stop_the_others(answer: Answer, outcome: Outcome) -> None:
    with serving(lambda *_: answer) as bad, serving(lambda *_: rss(item(1))) as good:
        pages = poll(bad.url, closed_port(), good.url)
    assert [page.outcome for page in pages] == [outcome, Outcome.UNREACHABLE, Outcome.COMPLETE]
    assert len(pages[2].posts) == 1


@pytest.mark.parametrize("error", [AssertionError, KeyError, UnicodeError, RuntimeError, OverflowError])
def test_a_feed_that_the_parser_trips_over_is_broken_and_the_others_are_read(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    parse = feedparser.parse

    def tripping(document: BytesIO, **how: Any) -> Any:
        if b"TRIP" in document.getvalue():
            raise error
        return parse(document, **how)

    monkeypatch.setattr(feedparser, "parse", tripping)
    with serving(
        lambda m, path, q: rss(item(1, "TRIP" if path == "/bad" else "Calling time on crime"))
    ) as server:
        pages = poll(f"{server.url}/bad", f"{server.url}/good")
    assert [page.outcome for page in pages] == [Outcome.UNREADABLE, Outcome.COMPLETE]
    assert pages[0].detail.startswith("This feed is broken")


def test_a_damaged_note_of_the_last_look_is_as_none() -> None:
    with serving(lambda *_: rss(item(1))) as server:
        (first,) = poll(server.url)
        for note in ("no JSON", "[]", '"x"'):
            assert poll(server.url, cursors={first.stream: note}) == [first]


@pytest.mark.parametrize("wrong", [{"urls": "x"}, {"urls": ["x"]}, {"google_news": "yes"}, {"url": []}])
def test_a_wrong_setting_is_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"sources\.feeds\.(url|google_news)"):
        Feeds.open(wrong, {}, NOW)


@pytest.mark.heavy
@pytest.mark.parametrize("name", ["googlenews", "lemmy", "mastodon", "reddit", "tumblr"])
def test_two_polls_of_a_recording_store_each_entry_once(name: str, tmp_path: Path) -> None:
    files = sorted(RECORDED.glob(f"{name}_*.xml"))
    if not files:
        pytest.skip("the recordings are not beside this copy")
    body, google = files[0].read_bytes(), name == "googlenews"
    want = wanted(body, google)
    # each entry is looked for by the longest word of its text
    words = tuple(max(re.findall(r"\w+", text), key=len) for *_, text in want.values())
    with serving(lambda *_: (200, {}, body)) as server:
        own = {"urls": [] if google else [server.url], "google_news": google, "google_news_base": server.url}
        campaign = a_campaign("feeds", own, Track(name="t", title="T", phrases=words))
        found = stored(tmp_path / "a.db", campaign, NOW)
    got = {id: (r.name, r.created_at, r.url, squeezed(r.text or "")) for id, r in found.items()}
    assert got == {id: (*rest, squeezed(text)) for id, (*rest, text) in want.items()}
    assert {row.metrics for row in found.values()} == {Metrics()}


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def wanted(body: bytes, google: bool) -> dict[str, tuple[Any, ...]]:
    """Return what each entry of a recorded feed says, by id, read without the code under test."""
    tree = ElementTree.fromstring(re.sub(rb' xmlns="[^"]+"', b"", body))
    channel = tree.find("channel") if tree.tag == "rss" else tree
    assert channel is not None
    found = {}
    for entry in [*channel.iter("item"), *channel.iter("entry")]:
        link = entry.findtext("link") or entry.find("link").get("href")  # type: ignore[union-attr]
        said = entry.findtext("pubDate") or entry.findtext("published") or ""
        at = parsedate_to_datetime(said) if "," in said else datetime.fromisoformat(said)
        title, inner = (
            as_text(entry.findtext("title") or ""),
            entry.findtext("description") or entry.findtext("content"),
        )
        text = title if google else f"{title}\n{as_text(inner or '')}"
        by = entry.findtext("source") or channel.findtext("title")
        guid = entry.findtext("guid") or entry.findtext("id") or ""
        page = link.removesuffix("?oc=5")  # it tells only where Google showed the link
        found[guid if guid.startswith("https:") else page] = (by, at.astimezone(UTC), link, text)
    return found


def as_text(markup: str) -> str:
    reader, parts = HTMLParser(), list[str]()
    reader.handle_data = parts.append  # type: ignore[method-assign]
    reader.handle_starttag = lambda tag, attrs: parts.append(" ")  # type: ignore[method-assign]
    reader.feed(markup)
    reader.close()
    return "".join(parts)


def test_the_made_up_item_is_the_post_we_expect() -> None:
    folder = Path(__file__).parents[1] / "fixtures/feeds"
    expected = runpy.run_path(str(folder / "post.py"))["EXPECTED"]
    assert Feeds.parse(json.loads((folder / "post.json").read_text())) == expected


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"at": None}, "no date"),
        ({"id": None, "link": None}, "neither"),
        ({"link": "news"}, "no web address"),
    ],
)
def test_an_entry_that_says_too_little_is_no_article(changed: dict[str, str | None], why: str) -> None:
    entry = json.loads((Path(__file__).parents[1] / "fixtures/feeds/post.json").read_text())
    with pytest.raises(ValueError, match=why):
        Feeds.parse(entry | changed)


def test_a_link_that_is_no_web_address_is_put_aside() -> None:
    with serving(lambda *_: rss(item(1), item(2).replace("https:", "javascript:"))) as server:
        (page,) = poll(server.url)
    assert [rejected.reason for rejected in page.rejected] == ["ValueError: It has no web address."]
    assert len(page.posts) == 1


def test_an_answer_that_is_the_name_of_a_file_is_not_opened(tmp_path: Path) -> None:
    _, _, feed = rss(item(1))
    (tmp_path / "feed.xml").write_bytes(feed)
    with serving(lambda *_: (200, {}, str(tmp_path / "feed.xml").encode())) as server:
        (page,) = poll(server.url)
    assert (page.outcome, page.posts) == (Outcome.UNREADABLE, ())
    assert page.detail.startswith("This is not a feed")


HEAD = '<?xml version="1.0"{}?><rss version="2.0"><channel><title>Example</title>'
TOO_MUCH = {
    "elements": (HEAD.format("") + "<a>" * 100_000).encode(),
    "entities": (HEAD.format("") + "&x;" * 250_000).encode(),
    "elements in EBCDIC": (HEAD.format(' encoding="cp037"') + "<a>" * 100_000).encode("cp037"),
    "elements in UTF-7": HEAD.format(' encoding="utf-7"').encode() + b"+ADw-a+AD4-" * 100_000,
    "attributes of one tag": (
        HEAD.format("") + "<item " + " ".join(f'a{n}=""' for n in range(6_000)) + "/></channel></rss>"
    ).encode(),
}


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_a_feed_that_would_take_much_memory_or_time_is_dropped_unparsed(kind: str) -> None:
    with serving(lambda *_: (200, {}, TOO_MUCH[kind])) as server:
        (page,) = poll(server.url)
    assert (page.outcome, page.posts) == (Outcome.UNREADABLE, ())
    assert page.detail == "This feed was far larger than a real one and was ignored."
