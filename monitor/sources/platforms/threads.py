"""Threads: search of public posts by topic and by words, for apps that Meta has reviewed.

Built to Meta's documents of January 2026 and not yet tried with an approved app.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, Self

from monitor.campaign.reader import read
from monitor.core.clock import stamp, unstamp
from monitor.core.errors import Closed, Unreadable
from monitor.core.model import Author, Media, Page, Post, PostKind, Query
from monitor.core.text import hashtags, matches, normal_tag
from monitor.sources.contract import NO_WAITING, Cursors, Source, Waiting
from monitor.sources.shared import credentials, http, meta_graph, response_parsing, stream_reading
from monitor.sources.shared.response_parsing import table
from monitor.sources.shared.safe_links import address, addresses, pictures
from monitor.sources.shared.stream_reading import Stream

_LIMIT = 100  # the most that it gives at once
_MOST_PAGES = 10
_FIRST = timedelta(days=7)  # how far back a first look reads
_OVERLAP = timedelta(hours=1)  # how much is read again each time, for posts that its search finds late
_LAG = timedelta(minutes=1)  # it refuses to be asked up to a time that is not past on its own clock
# https://developers.facebook.com/docs/threads/reference/media-retrieval: a search gives all but the owner
_FIELDS = (
    "id", "text", "media_type", "permalink", "timestamp", "username", "is_quote_post", "is_reply",
    "link_attachment_url", "topic_tag", "replied_to", "root_post", "quoted_post", "alt_text", "media_url",
)  # fmt: skip
_MEDIA = {"IMAGE": Media.IMAGE, "VIDEO": Media.VIDEO, "AUDIO": Media.AUDIO}


@dataclass(frozen=True, slots=True)
class Settings:
    reviewed: Annotated[bool, "whether Meta has approved `threads_keyword_search` for your app"] = False
    api: Annotated[http.Address, "the address of Threads' service, for tests; leave it out"] = (
        "https://graph.threads.net"
    )


@dataclass(slots=True)
class Threads:
    """Searches each tag as a topic and each phrase as words, newest first, from the last look on."""

    api: str
    reviewed: bool
    token: str
    now: datetime

    @classmethod
    def open(cls, settings: Mapping[str, Any], env: Mapping[str, str], now: datetime) -> Self:
        own = read(Settings, settings, "sources.threads")
        [token] = credentials.of("threads", env)
        return cls(f"{own.api}/v1.0", own.reviewed, token, now)

    def search(self, query: Query, cursors: Cursors, waiting: Waiting = NO_WAITING) -> Iterator[Page]:
        """Yield pages of every tag and phrase; one that fails gives a page that says so."""
        terms = [("TAG", tag.lower()) for tag in query.tags]
        terms += [("KEYWORD", phrase.lower()) for phrase in query.phrases]
        streams = [
            Stream.of(cursors, f"threads:{mode}:{term}", term, kind=mode)
            for mode, term in dict.fromkeys(terms)
        ]
        limit = stream_reading.left_alone(waiting, self.now, start="threads:")
        with http.BoundedSession() as session:
            pages = partial(self._pages, meta_graph.Graph(session, self.api, self.token, self.now), query)
            yield from stream_reading.each(streams, pages, limit)

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> Post:
        """Return the post in one item of an answer; `topic` is the tag that it was searched by, if any.

        It has no metrics: Threads gives them to a post's own writer only. `has_replies` is not
        asked for: it would make every known number of replies a 0.
        """
        text, name = str(raw.get("text") or ""), raw["username"]
        topics = {normal_tag(raw[key]) for key in ("topic", "topic_tag") if raw.get(key)}
        return Post(
            platform="threads",
            id=meta_graph.native(raw),
            url=address(raw["permalink"]),
            # no id of the writer comes from a search, so one who takes a new name counts as a new person
            author=Author(id=name, handle=name, url=f"https://www.threads.net/@{name}"),
            text=text,
            created_at=unstamp(raw["timestamp"]),
            kind=_kind(raw),
            parent=table(raw.get("quoted_post" if raw.get("is_quote_post") else "replied_to")).get("id"),
            root=table(raw.get("root_post")).get("id"),
            tags=hashtags(text) | topics,
            links=addresses([raw.get("link_attachment_url")]),
            media=frozenset({_MEDIA[raw["media_type"]]} if raw.get("media_type") in _MEDIA else ()),
            pictures=pictures(
                [(raw.get("alt_text"), raw.get("media_url"))] if raw.get("media_type") == "IMAGE" else ()
            ),
            raw=raw,
        )

    def _pages(self, meta: meta_graph.Graph, query: Query, stream: Stream) -> Iterator[Page]:
        """Yield pages newest first; the cursor comes last, so a crash midway loses nothing."""
        until = self.now - _LAG
        since = stream.last_look(until) or until - _FIRST
        params = {
            "q": stream.term, "search_mode": stream.kind, "search_type": "RECENT", "limit": str(_LIMIT),
            "fields": ",".join(_FIELDS), "since": _epoch(since - _OVERLAP), "until": _epoch(until),
        }  # fmt: skip
        marks, oldest = set[str](), until
        for _ in range(_MOST_PAGES):
            answer = meta.ask("keyword_search", params)
            items = meta_graph.items(answer)
            page = _page(stream, query, items)
            oldest = min([oldest, *(post.created_at for post in page.posts)])
            yield page
            after = meta_graph.mark(answer) if items or meta_graph.goes_on(answer) else None
            if after is None:
                yield self._end(stream, since, until)
                return
            if after in marks:
                raise Unreadable(stream_reading.REPEATS.format("Threads"))
            marks.add(after)
            params["after"] = after
        yield stream_reading.cut_off(self._end(stream, since, until), oldest)

    def _end(self, stream: Stream, since: datetime, until: datetime) -> Page:
        """Return the page that says what is now known; raises Closed while Meta shows our own posts only."""
        if not self.reviewed:
            raise Closed(_OWN_ONLY)
        return Page(stream=stream.name, cursor=stamp(until), since=since, until=until)


_OWN_ONLY = (
    "Until Meta has reviewed the app, Threads shows it only your own posts, so those of others are unknown, "
    "not zero. Once Meta has approved threads_keyword_search, set reviewed = true under [sources.threads]."
)


def _page(stream: Stream, query: Query, items: list[Any]) -> Page:
    # a post that was found by a topic need not say it itself
    topic = {"topic": stream.term} if stream.kind == "TAG" else {}
    items = [item for item in items if table(item).get("media_type") != "REPOST_FACADE"]  # reposts
    candidates, rejected = response_parsing.results(items, Threads.parse, lambda item: {**item, **topic})
    posts = tuple(post for post in candidates if matches(query, post.text, post.tags))
    return Page(stream=stream.name, posts=posts, rejected=rejected)


def _kind(raw: Mapping[str, Any]) -> PostKind:
    if raw.get("is_quote_post"):
        return PostKind.QUOTE
    return PostKind.REPLY if raw.get("is_reply") else PostKind.POST


def _epoch(at: datetime) -> str:
    return str(int(at.timestamp()))


SOURCE: type[Source] = Threads
