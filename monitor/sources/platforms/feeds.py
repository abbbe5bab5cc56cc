"""News and blogs by RSS and Atom, and Google News' search as a feed: no key, no numbers."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from html import escape
from io import BytesIO
from typing import Annotated, Any, Self
from urllib.parse import quote_plus, urljoin, urlsplit

import feedparser
import requests
from feedparser import FeedParserDict
from feedparser.encodings import convert_to_utf8

from monitor.campaign.reader import Rule, read
from monitor.core.clock import stamp, unstamp
from monitor.core.errors import Unavailable, Unreadable
from monitor.core.files.written_values import instant_in
from monitor.core.model import Author, Outcome, Page, Post, PostKind, Query, Rejected
from monitor.core.text import allows, hashtags, is_address, matches, normal_tag, plain
from monitor.sources.contract import NO_WAITING, Cursors, Recall, Source, Waiting
from monitor.sources.shared import stream_reading
from monitor.sources.shared.http import FORWARDS, BoundedSession, check, in_turn, target
from monitor.sources.shared.link_target import link_target
from monitor.sources.shared.response_parsing import listing, results, table
from monitor.sources.shared.stream_reading import Stream

_GOOGLE = "https://news.google.com/rss/search"
# Bytes of a feed. Each takes up to 25 in memory, and each tag, attribute and entity as much as these more.
MOST, MOST_ATTRIBUTES = 2 * 2**20, 5_000
_TAG, _ENTITY, _LONGEST, _TITLE = 25, 8, 2_000, 120
_PLAIN = "text/plain"
_PERMANENT = {301, 308}  # https://www.rfc-editor.org/rfc/rfc9110#name-redirection-3xx
_FIRST, _AHEAD = datetime(1990, 1, 1, tzinfo=UTC), timedelta(days=1)  # a time outside these is a mistake
_MOVED = "It has moved permanently, to {}: replace the old address in the campaign file with this one."
_NO_FEED = (
    "This is not a feed: it answered with a web page or something else. Look for its RSS or Atom address."
)
_JSON_FEED = {  # what a JSON Feed calls what others have
    "id": "id", "link": "url", "title": "title", "summary": "content_html",
    "published": "date_published", "updated": "date_modified",
}  # fmt: skip
_Address = Annotated[str, Rule("an address with https://", lambda at: at.startswith(("https://", "http://")))]


@dataclass(frozen=True, slots=True)
class Settings:
    urls: Annotated[tuple[_Address, ...], "a list of feed addresses"] = ()
    google_news: Annotated[bool, "whether to search Google News as well"] = True
    google_news_base: Annotated[_Address, "another address for the Google News search, for tests"] = _GOOGLE


@dataclass(slots=True)
class Feeds:
    """Fetches each feed when it has changed and keeps the entries that match."""

    settings: Settings
    now: datetime
    recall: Recall = lambda times: ()  # of an archive, where there is one

    @classmethod
    def open(cls, settings: Mapping[str, Any], env: Mapping[str, str], now: datetime) -> Self:
        return cls(read(Settings, settings, "sources.feeds"), now)

    def search(self, query: Query, cursors: Cursors, waiting: Waiting = NO_WAITING) -> Iterator[Page]:
        """Yield one page a feed; a feed that fails gives a page that says so."""
        limited = {_place(stream): at for stream, at in waiting.items()}
        feeds = self._feeds(query, cursors)
        for feed, session in in_turn(feeds):
            limit = stream_reading.left_alone(limited, self.now, start=_place(feed.name))
            for page in stream_reading.each([feed], partial(self._pages, session, query), limit):
                if page.retry_at:
                    limited[_place(feed.name)] = page.retry_at
                is_clear = page.outcome is Outcome.COMPLETE or len(feeds) == 1
                yield page if is_clear else replace(page, detail=f"{page.detail} (The feed is {feed.server})")

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> Post:
        """Return the article in one entry, as `_entry` writes it down."""
        if not raw.get("at"):
            raise ValueError("It has no date.")
        native = raw.get("id") or raw.get("link")
        if not native:
            raise ValueError("It has neither an id nor a link.")
        url = raw.get("link") or native
        if not url.startswith(("https://", "http://")):  # it is shown as a link: nothing else may get there
            raise ValueError("It has no web address.")
        text = _text(raw)
        by = raw.get("source") or raw.get("feed") or urlsplit(raw["url"]).netloc
        return Post(
            platform="feeds",
            id=native,
            url=url,
            author=Author(id=by, name=by),
            text=text,
            created_at=unstamp(raw["at"]),
            kind=PostKind.ARTICLE,
            lang=raw.get("lang"),
            tags=frozenset(map(normal_tag, raw.get("tags") or ())) | hashtags(text),
            raw=raw,
        )

    @staticmethod
    def pick(raw: Mapping[str, Any], query: Query, server: str) -> Post | None:
        """Return the article in what `parse` takes; a search has found the words, a feed has all there is."""
        post = Feeds.parse(raw)
        return post if _is_ours(post, query, bool(raw.get("is_search"))) else None

    def _feeds(self, query: Query, cursors: Cursors) -> list[Stream]:
        # the stream has the track's name: another track's "not changed" would hide a feed from this one
        feeds = [
            Stream.of(cursors, _stream(query, urlsplit(url)._replace(scheme="").geturl()), "", server=url)
            for url in dict.fromkeys(self.settings.urls)
        ]
        if self.settings.google_news:  # whose entries match already: a stream with a term
            terms = dict.fromkeys(term.lower() for term in (*query.phrases, *query.tags))
            base = self.settings.google_news_base
            feeds += [
                Stream.of(cursors, _stream(query, f"google:{term}"), term, server=_news(base, term))
                for term in terms
            ]
        return feeds

    def _pages(self, session: BoundedSession, query: Query, feed: Stream) -> Iterator[Page]:
        answer = session.get(feed.server, headers=_conditions(feed.cursor))
        before = None if feed.term else _last_look(feed.cursor, self.now)
        page = Page(stream=feed.name, until=self.now, detail=_moved(answer))
        if answer.status_code == 304:
            state = json.dumps(_state(feed.cursor) | {"looked": stamp(self.now)})
            yield replace(page, cursor=state, since=before)
            return
        if address := target(answer):  # whole, unlike in `check`: a feed has no key
            raise Unavailable(FORWARDS.format(answer.status_code, address))
        check(answer, self.now)
        document = _document(answer.content)
        for item in document.entries:
            item["link"] = link = _link(item)
            if "/" in link and ":" not in link:
                with suppress(ValueError):  # half an address
                    item["link"] = urljoin(answer.url, link)
        posts, rejected, oldest = _sort(document, feed, query, self.now)
        since = None if feed.term else _since(before, oldest, self.now)
        state, title = _validators(answer.headers, self.now), plain(document.feed.get("title") or "")[:_TITLE]
        posts = self._recognised(posts)
        yield replace(page, posts=posts, rejected=rejected, cursor=state, since=since, title=title)

    def _recognised(self, posts: Sequence[Post]) -> tuple[Post, ...]:
        """Return the posts, each with the id by which it is stored, if that is another name of it.

        Until an entry was told by its link, it was stored by its guid alone; and a guid may change.
        """
        rows = self.recall({post.created_at for post in posts})
        ids = {(at, _face(name)): native_id for native_id, url, at in rows for name in (url, native_id)}

        def native_id(post: Post) -> str:
            names = (post.id, *post.raw["names"]) if post.id in post.raw["names"] else ()
            keys = [(post.created_at, _face(name)) for name in names]
            return next((ids[key] for key in keys if key in ids), post.id)

        return tuple(replace(post, id=native_id(post)) for post in posts)


def _document(content: bytes) -> Any:
    """Return the feed as feedparser reads it; raises Unreadable."""
    if not content.strip():
        raise Unreadable(
            "Its answer was empty: there was no feed in it. It will be retried automatically. If this"
            " keeps happening, look for the site's RSS or Atom address."
        )
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json_feed(content)
    try:
        text = convert_to_utf8({}, content, {})  # as it does itself: in some encodings "<" is another byte
        if _is_too_much(text):
            raise Unreadable("This feed was far larger than a real one and was ignored.")
        # As a file: it takes bare bytes for the name of one on this machine.
        document = feedparser.parse(BytesIO(text), sanitize_html=False, resolve_relative_uris=False)
    except Unreadable:
        raise
    except Exception as error:  # of a parser that meets whatever anybody writes
        raise Unreadable("This feed is broken and cannot be read.") from error
    if not document.get("version"):
        raise Unreadable(_NO_FEED)
    return document


def _json_feed(content: bytes) -> Any:
    """Return a JSON Feed, as feedparser gives others: https://www.jsonfeed.org/version/1.1/"""
    try:
        feed = table(json.loads(content))
    except (ValueError, RecursionError):
        feed = {}
    if "//jsonfeed.org/version/" not in str(feed.get("version")):
        raise Unreadable(_NO_FEED)
    entries = [_json_entry(table(item)) for item in listing(feed, "items", _NO_FEED)]
    return FeedParserDict(entries=entries, feed={k: v for k, v in feed.items() if isinstance(v, str)})


def _json_entry(item: Mapping[str, Any]) -> dict[str, Any]:
    texts = {name: text for name, text in item.items() if isinstance(text, str)}
    texts = {"content_html": escape(texts.get("content_text", ""), quote=False)} | texts
    tags = item.get("tags") if isinstance(item.get("tags"), list) else []
    return {
        **{ours: texts.get(theirs, "") for ours, theirs in _JSON_FEED.items()},
        "title_detail": {"type": _PLAIN},
        "tags": [{"term": tag} for tag in tags or () if isinstance(tag, str)],
    }


def _is_too_much(text: bytes) -> bool:
    """Return whether reading a feed takes much memory, or time, which is squared for a tag's attributes."""
    tags = text.count(b"<") + text.count(b"=")
    if len(text) + _TAG * tags + _ENTITY * text.count(b"&") > MOST:
        return True
    return any(tag.count(b"=") > MOST_ATTRIBUTES for tag in text.split(b"<"))


def _sort(
    document: Any, feed: Stream, query: Query, now: datetime
) -> tuple[tuple[Post, ...], tuple[Rejected, ...], datetime | None]:
    """Return the matching posts, the entries that are none, and the oldest date in the feed."""
    shared = _shared(document.entries)
    articles, rejected = results(
        document.entries, Feeds.parse, lambda item: _entry(item, document.feed, feed, shared, now)
    )
    posts = tuple(post for post in articles if _is_ours(post, query, bool(feed.term)))
    return posts, rejected, min((post.created_at for post in articles), default=None)


def _is_ours(post: Post, query: Query, is_search: bool) -> bool:
    """Return whether an article is the track's, by its summary too; a search has found its words already."""
    text = f"{post.text}\n{plain(post.raw.get('summary') or '')}"
    return allows(query, text) if is_search else matches(query, text, post.tags)


def _shared(entries: Sequence[Any]) -> tuple[Set[str], Set[str]]:
    """Return the guids and the links that several entries of a feed have: they tell none apart.

    One entry twice, with two guids, is still one.
    """
    links, guids, heads = (defaultdict[str, set[object]](set) for _ in range(3))
    for item in entries:
        guid, link, title = item.get("id"), _page(item.get("link")), item.get("title")
        links[guid].add(link or title)
        guids[link].add(guid or title)
        heads[link].add((title, item.get("published")))
    return {guid for guid in links if len(links[guid]) > 1}, {
        link for link in guids if min(len(guids[link]), len(heads[link])) > 1
    }


def _entry(
    item: Any, channel: Any, feed: Stream, shared: tuple[Set[str], Set[str]], now: datetime
) -> dict[str, Any]:
    """Return one entry as plain data: what `parse` reads, and what the archive can keep."""
    content = (item.get("content") or [{}])[0]
    names = zip((item.get("id"), _page(item.get("link"))), shared, strict=True)
    own = [name for name, others in names if name and name not in others]
    return {
        "id": _id(item, own),
        "names": own,
        "link": item.get("link"),
        "title": _markup(item, "title"),
        "body": _markup(content) or _markup(item, "summary"),
        "summary": _markup(item, "summary") if content else None,
        "at": stamp(_at(item, now)),
        "lang": (channel.get("language") or "")[:2].lower() or None,
        "tags": [tag["term"] for tag in item.get("tags") or () if tag.get("term")],
        "source": (item.get("source") or {}).get("title"),
        "feed": channel.get("title"),
        "url": feed.server,
        "is_search": bool(feed.term),
    }


def _markup(item: Mapping[str, Any], name: str = "value") -> str | None:
    """Return a text as HTML, which it is unless the feed says, or feedparser sees, that it is plain."""
    text, detail = item.get(name), item if name == "value" else item.get(f"{name}_detail") or {}
    return escape(text, quote=False) if text and detail.get("type") == _PLAIN else text


def _id(item: Any, names: Sequence[str]) -> str:
    """Return what tells an entry apart: a guid that is an address of its own, as WordPress's, else its link.

    The one stays when an article is moved. Any other guid may be that of another site's, or change.
    """
    guid, link = item.get("id") or "", _page(item.get("link"))
    place, page = urlsplit(guid), urlsplit(link)
    is_permalink = place.scheme in ("https", "http") and place[1:3] != page[1:3] and place[2:4] > ("/", "")
    name = guid if guid in names and (is_permalink or not link) else link
    shared_link = item.get("link") or ""
    return str(name) if name in names else f"{shared_link} {guid or item.get('title')}".strip()[:_LONGEST]


def _link(item: Any) -> str:
    """Return where an entry leads: past FeedBurner, to the page that it names; of a podcast, to its sound."""
    page, own = item.get("feedburner_origlink") or "", item.get("link") or ""
    own = page if is_address(page) else own
    sounds = [link.get("href") or "" for link in item.get("links") or () if link.get("rel") == "enclosure"]
    if is_address(guid := item.get("id") or "") and own.startswith("mailto:"):
        return str(guid)
    return own if "/" in own or is_address(guid) else next(iter(sounds), own)


def _page(link: str | None) -> str:
    """Return a link without what tells only where it stood, by which one page would be several entries."""
    return link_target(link) if link and is_address(link) and not {"?", "#"}.isdisjoint(link) else link or ""


def _face(name: str | None) -> str | None:
    """Return one form of a page's address, with whatever scheme or "www." a site once had it."""
    return link_target(name).replace("//www.", "//", 1) if name and is_address(name) else name


def _at(item: Any, now: datetime) -> datetime:
    """Return when an entry was published; when it was first seen, which is now, if it does not say."""
    times = [instant_in(item[name] or "") for name in ("published", "updated") if name in item]
    return next((at for at in times if at and _FIRST <= at <= now + _AHEAD), now)


def _moved(answer: requests.Response) -> str:
    """Return what to do about a feed that was read at another address, for good; "" if it was not."""
    codes = {hop.status_code for hop in answer.history}
    return _MOVED.format(answer.url) if codes and codes <= _PERMANENT else ""


def _text(raw: Mapping[str, Any]) -> str:
    title, body = plain(raw.get("title") or ""), plain(raw.get("body") or "")
    if raw.get("is_search") or not body:  # Google's body is the title once more, as a link
        return title
    return body if not title or body.startswith(title) else f"{title}\n{body}"


def _stream(query: Query, rest: str) -> str:
    return f"feeds:{query.track}:{rest.lstrip('/')}".lower()


def _place(stream: str) -> str:
    """Return whom a stream asks, whatever the track: "google:", or a feed's server and a slash."""
    rest = stream.split(":", 2)[2]
    return "google:" if rest.startswith("google:") else f"{rest.split('/')[0]}/"


def _news(base: str, term: str) -> str:
    quoted = quote_plus(f'"{term}"')
    return f"{base}?q={quoted}&hl=en-GB&gl=GB&ceid=GB:en"


def _since(before: datetime | None, oldest: datetime | None, now: datetime) -> datetime | None:
    """Return since when this look covers the feed: the last one, if the feed still reaches back to it."""
    if oldest is None:
        return before
    return max(before, min(oldest, now)) if before else stream_reading.first_since(min(oldest, now), now)


def _state(cursor: str | None) -> dict[str, str]:
    """Return what was kept of the last answer: its marks, and when we looked."""
    try:
        state = json.loads(cursor) if cursor else {}
    except ValueError:
        return {}
    return state if isinstance(state, dict) else {}


def _last_look(cursor: str | None, now: datetime) -> datetime | None:
    text = _state(cursor).get("looked")
    return min(unstamp(text), now) if text else None


def _conditions(cursor: str | None) -> dict[str, str]:
    """Return the headers that ask only for what changed since the stored answer."""
    names, state = {"etag": "If-None-Match", "modified": "If-Modified-Since"}, _state(cursor)
    return {header: state[key] for key, header in names.items() if state.get(key)}


def _validators(headers: Mapping[str, str], now: datetime) -> str:
    state = {"etag": headers.get("ETag"), "modified": headers.get("Last-Modified"), "looked": stamp(now)}
    return json.dumps({key: value for key, value in state.items() if value})


SOURCE: type[Source] = Feeds
