"""Feeds against a real server on this machine."""

import json
import re
import runpy
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from monitor.campaign import Track
from monitor.core.clock import stamp
from monitor.core.errors import ConfigError
from monitor.core.model import Metrics, Outcome, Page, PostKind, Query
from monitor.sources.platforms.feeds import Feeds
from tests.sources.archived import a_campaign, stored
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


def poll(*urls: str, cursors: dict[str, str] | None = None, **settings: Any) -> list[Page]:
    settings = {"urls": list(urls), "google_news": False} | settings
    return list(Feeds.open(settings, {}, NOW).search(QUERY, cursors or {}))


def test_entries_that_match_are_articles_without_numbers() -> None:
    with serving(lambda *_: rss(item(1), item(2, "Football"))) as server:
        (page,) = poll(f"{server.url}/rss")
    (post,) = page.posts
    assert (post.id, post.kind, post.metrics) == ("https://news.example/1", PostKind.ARTICLE, Metrics())
    assert (post.author.id, page.outcome, page.until) == ("Example", Outcome.COMPLETE, NOW)


def test_an_entry_without_a_date_costs_itself_only_and_says_why() -> None:
    with serving(lambda *_: rss(item(1), item(2, date=""), item(3))) as server:
        (page,) = poll(server.url)
    assert [rejected.reason for rejected in page.rejected] == ["ValueError: It has no date."]
    assert len(page.posts) == 2


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


def test_google_news_is_asked_for_each_phrase_and_tag_and_not_filtered_again() -> None:
    with serving(lambda *_: rss(item(1, "A headline without the words"))) as server:
        pages = poll(google_news=True, google_news_base=f"{server.url}/rss/search")
        asked = [request.query["q"] for request in server.requests]
    assert asked == ['"calling time on crime"', '"callingtimeoncrime"']
    assert [len(page.posts) for page in pages] == [1, 1]


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


@pytest.mark.parametrize("wrong", [{"urls": "x"}, {"urls": ["x"]}, {"google_news": "yes"}, {"url": []}])
def test_a_wrong_setting_is_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"sources\.feeds\.(url|google_news)"):
        Feeds.open(wrong, {}, NOW)


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
        found[entry.findtext("guid") or entry.findtext("id") or link] = (by, at.astimezone(UTC), link, text)
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
    assert page.detail == "This feed was far larger than a real one and was dropped."
