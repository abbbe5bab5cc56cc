"""News and blogs by RSS and Atom, and Google News' search as a feed: no key, no numbers."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Annotated, Any, Self
from urllib.parse import quote_plus, urlsplit

import feedparser
from feedparser.encodings import convert_to_utf8

from monitor.campaign.reader import Rule, read
from monitor.core.clock import stamp, unstamp
from monitor.core.errors import SourceError, Unreadable
from monitor.core.model import WRONG, Author, Page, Post, PostKind, Query, Rejected
from monitor.core.text import hashtags, matches, plain
from monitor.sources.contract import NO_WAITING, Source
from monitor.sources.shared import stream_reading
from monitor.sources.shared.http import BoundedSession, check, in_turn
from monitor.sources.shared.response_parsing import results

_GOOGLE = "https://news.google.com/rss/search"
# Bytes of a feed. Each takes up to 25 in memory, and each tag, attribute and entity as much as these more.
MOST, MOST_ATTRIBUTES = 2 * 2**20, 5_000
_TAG, _ENTITY = 25, 8
_Address = Annotated[str, Rule("an address with https://", lambda at: at.startswith(("https://", "http://")))]


@dataclass(frozen=True, slots=True)
class Settings:
    """The feeds' table of the campaign file."""

    urls: Annotated[tuple[_Address, ...], "a list of feed addresses"] = ()
    google_news: Annotated[bool, "whether to search Google News, too"] = True
    google_news_base: Annotated[_Address, "another address for the Google News search, for tests"] = _GOOGLE


@dataclass(frozen=True, slots=True)
class _Feed:
    url: str
    stream: str
    is_search: bool  # its entries match already


@dataclass(slots=True)
class Feeds:
    """Fetches each feed when it has changed and keeps the entries that match."""

    settings: Settings
    now: datetime

    @classmethod
    def open(cls, settings: Mapping[str, Any], env: Mapping[str, str], now: datetime) -> Self:
        """Return a source for one poll; raises ConfigError for a wrong setting."""
        return cls(read(Settings, settings, "sources.feeds"), now)

    def search(
        self, query: Query, cursors: Mapping[str, str], waiting: Mapping[str, datetime] = NO_WAITING
    ) -> Iterator[Page]:
        """Yield one page a feed; a feed that fails gives a page that says so."""
        limited = {_place(stream): at for stream, at in waiting.items()}
        for feed, session in in_turn(self._feeds(query)):
            try:
                if limit := stream_reading.left_alone(limited, self.now, start=_place(feed.stream)):
                    raise limit
                yield self._page(session, query, feed, cursors.get(feed.stream))
            except SourceError as error:
                page = stream_reading.failed(feed.stream, error)
                if page.retry_at:
                    limited[_place(feed.stream)] = page.retry_at
                yield page

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
            tags=frozenset(tag.casefold() for tag in raw.get("tags") or ()) | hashtags(text),
            raw=raw,
        )

    def _feeds(self, query: Query) -> list[_Feed]:
        # the stream has the track's name: another track's "not changed" would hide a feed from this one
        feeds = [
            _Feed(url, _stream(query, urlsplit(url)._replace(scheme="").geturl()), False)
            for url in dict.fromkeys(self.settings.urls)
        ]
        if self.settings.google_news:
            terms = dict.fromkeys(term.lower() for term in (*query.phrases, *query.tags))
            feeds += [
                _Feed(_news(self.settings.google_news_base, term), _stream(query, f"google:{term}"), True)
                for term in terms
            ]
        return feeds

    def _page(self, session: BoundedSession, query: Query, feed: _Feed, cursor: str | None) -> Page:
        answer = session.get(feed.url, headers=_conditions(cursor))
        before = _last_look(cursor, self.now)
        page = Page(stream=feed.stream, until=self.now)
        if answer.status_code == 304:
            state = json.dumps(_state(cursor) | {"looked": stamp(self.now)})
            return replace(page, cursor=state, since=None if feed.is_search else before)
        check(answer, self.now)
        document = _document(answer.content)
        posts, rejected, oldest = _sort(document, feed, query)
        since = None if feed.is_search else _since(before, oldest, self.now)
        state = _validators(answer.headers, self.now)
        return replace(page, posts=posts, rejected=rejected, cursor=state, since=since)


def _document(content: bytes) -> Any:
    """Return the feed as feedparser reads it; raises Unreadable."""
    try:
        text = convert_to_utf8({}, content, {})  # as it does itself: in some encodings "<" is another byte
        if _is_too_much(text):
            raise Unreadable("This feed was far larger than a real one and was dropped.")
        # As a file: it takes bare bytes for the name of one on this machine.
        document = feedparser.parse(BytesIO(text), sanitize_html=False, resolve_relative_uris=False)
    except WRONG as error:
        raise Unreadable("This feed is broken: reading it made no sense.") from error
    if not document.version:
        raise Unreadable(
            "This is not a feed: it answered with a web page or something else. "
            "Look for its RSS or Atom address."
        )
    return document


def _is_too_much(text: bytes) -> bool:
    """Return whether reading a feed takes much memory, or time, which is squared for a tag's attributes."""
    tags = text.count(b"<") + text.count(b"=")
    if len(text) + _TAG * tags + _ENTITY * text.count(b"&") > MOST:
        return True
    return any(tag.count(b"=") > MOST_ATTRIBUTES for tag in text.split(b"<"))


def _sort(
    document: Any, feed: _Feed, query: Query
) -> tuple[tuple[Post, ...], tuple[Rejected, ...], datetime | None]:
    """Return the matching posts, the entries that are none, and the oldest date in the feed."""
    articles, rejected = results(
        document.entries, lambda item: Feeds.parse(_entry(item, document.feed, feed))
    )
    posts = tuple(post for post in articles if feed.is_search or matches(query, post.text, post.tags))
    return posts, rejected, min((post.created_at for post in articles), default=None)


def _entry(item: Any, channel: Any, feed: _Feed) -> dict[str, Any]:
    """Return one entry as plain data: what `parse` reads, and what the archive can keep."""
    at = item.get("published_parsed") or item.get("updated_parsed")
    content = item.get("content") or [{}]
    return {
        "id": item.get("id"),
        "link": item.get("link"),
        "title": item.get("title"),
        "body": content[0].get("value") or item.get("summary"),
        "at": _iso(at),
        "lang": (channel.get("language") or "")[:2].lower() or None,
        "tags": [tag["term"] for tag in item.get("tags") or () if tag.get("term")],
        "source": (item.get("source") or {}).get("title"),
        "feed": channel.get("title"),
        "url": feed.url,
        "is_search": feed.is_search,
    }


def _iso(at: time.struct_time | None) -> str | None:
    """Return feedparser's time, which is in UTC, as text; None for none or an impossible one."""
    try:
        return stamp(datetime(*at[:6], tzinfo=UTC)) if at else None
    except (TypeError, ValueError, OverflowError):
        return None


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
