"""Mastodon and the servers that speak like it: public hashtag timelines, no key."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import quote, urlsplit

from monitor.campaign.reader import read
from monitor.core.clock import stamp, unstamp
from monitor.core.errors import Closed, SourceError, Unreadable
from monitor.core.model import WRONG, Metrics, Outcome, Page, Post, Query, Rejected
from monitor.sources.contract import NO_WAITING, Cursors, Estimate, KnownPost, Source, Waiting
from monitor.sources.platforms.mastodon import parse
from monitor.sources.platforms.mastodon.parse import ID, home_of, is_wanted, reread_key, wants_no_index
from monitor.sources.shared import response_parsing, stream_reading
from monitor.sources.shared.http import BoundedSession, Server, Servers, in_turn, json_of
from monitor.sources.shared.reread import one_by_one
from monitor.sources.shared.stream_reading import Stream

_USUAL = tuple(f"https://{host}" for host in ("mastodon.social", "mastodonapp.uk", "mas.to", "mstdn.social"))
_LIMIT = 40  # the most that a server gives at once
_FIRST_PAGES = 5  # how far back the first poll reads
_MOST_PAGES = 20
_SNOWFLAKE_DIGITS = 18  # Mastodon's ids since 2016: milliseconds since 1970 and 16 bits
_OVERLAP_PAGES, _OVERLAP = 5, timedelta(days=1)  # how much below the cursor is read again each time
_CLOSED = (
    "This server shows hashtags only to its members, so its posts are unknown, not zero. Remove it from"
    " sources.mastodon.servers or leave it: the other servers are read as usual."
)
_CONTEXT, _NO_CONTEXT = ("ancestors", "descendants"), "Its conversation is not in Mastodon's format."


@dataclass(frozen=True, slots=True)
class Settings:
    servers: Annotated[Servers, "a list of servers to read"] = _USUAL
    second_server: Annotated[Server, "another server, to check what these miss"] = "https://mastodon.world"


@dataclass(slots=True)
class Mastodon:
    """Reads each tag's public timeline on each server, forward from where it last stopped."""

    at_once: ClassVar[int] = 50  # each is a request
    a_minute: ClassVar[int] = 30
    ages: ClassVar[tuple[timedelta, ...]] = ()

    servers: tuple[str, ...]  # addresses without a slash at the end
    now: datetime
    second_server: str = ""
    metric_hosts: dict[str, str] = field(default_factory=dict)  # the server whose numbers a post has
    silent: set[str] = field(default_factory=set)  # servers that gave nothing in this poll
    pending: dict[str, Post] = field(default_factory=dict)  # by id: left for its author's own server to count

    @classmethod
    def open(cls, settings: Mapping[str, Any], env: Mapping[str, str], now: datetime) -> Self:
        own = read(Settings, settings, "sources.mastodon")
        return cls(own.servers, now, own.second_server)

    def search(self, query: Query, cursors: Cursors, waiting: Waiting = NO_WAITING) -> Iterator[Page]:
        """Yield pages of every server; one that fails gives a page that says so."""
        for server, session in in_turn(self.servers):
            streams = _streams(query, server, cursors)
            host = urlsplit(server).netloc
            limit = stream_reading.left_alone(waiting, self.now, start=f"mastodon:{host}:")
            # asked once a server, and before its first timeline
            shows_tags = cache(partial(self._shows_tags, session))
            for page in stream_reading.each(streams, partial(self._pages, session, query, shows_tags), limit):
                yield self._with_metrics(page, host)
        uncounted = (post for post in self.pending.values() if post.id not in self.metric_hosts)
        orphans = [post for post in uncounted if home_of(post) in self.silent]
        if orphans:
            yield Page(stream="mastodon:numbers", posts=tuple(orphans))

    def estimate(self, query: Query, since: datetime, until: datetime) -> Estimate:
        """Return that it costs nothing; how many posts there are nobody can say before."""
        return Estimate(dollars=0.0)

    def back(self, query: Query, since: datetime, until: datetime, mark: str | None) -> Iterator[Page]:
        """Yield older pages of each tag on each server in turn, newest first."""
        streams = [stream for server in self.servers for stream in _streams(query, server, {})]
        hosts = {stream.name: urlsplit(stream.server).netloc for stream in streams}

        def older(stream: Stream, oldest: str) -> Iterator[Page]:
            with BoundedSession() as session:
                if not self._shows_tags(session, stream.server):
                    raise Closed(_CLOSED)
                yield from Timeline(session, query, stream, self.now).older(since, until, oldest)

        for page in stream_reading.onward(streams, mark, older):
            yield self._with_metrics(page, hosts[page.stream])

    def second_way(self) -> tuple[str, Source] | None:
        """Return another server, unless it is among those that are read."""
        if self.second_server in ("", *self.servers):
            return None
        return urlsplit(self.second_server).netloc, Mastodon((self.second_server,), self.now)

    def picture_hosts(self) -> Iterator[str]:
        """Yield each server's host, and the one of its own picture, which lies where all its pictures do.

        https://github.com/mastodon/mastodon/blob/main/app/serializers/rest/instance_serializer.rb
        """
        for server, session in in_turn(self.servers):
            yield urlsplit(server).netloc
            with suppress(SourceError, ValueError):  # one that does not say shows them itself
                answer = json_of(session.get(f"{server}/api/v2/instance"), self.now)
                link = response_parsing.table(response_parsing.table(answer).get("thumbnail")).get("url")
                yield urlsplit(str(link)).netloc

    def reread(self, posts: Sequence[KnownPost]) -> Iterator[Page]:
        """Yield each post as the server that counts for it shows it now; only listed servers are asked."""
        return one_by_one(posts, (*self.servers, self.second_server), self._as_it_is)

    def _as_it_is(self, session: BoundedSession, server: str, key: str, post: KnownPost) -> Page | None:
        if not ID.fullmatch(key):
            return None
        response = session.get(f"{server}/api/v1/statuses/{key}")
        if response.status_code in (401, 403):  # shown to members only by now: of the post that says nothing
            return None
        error = response_parsing.json_table(response).get("error")
        if response.status_code in (404, 410) and isinstance(error, str):  # by Mastodon, not by a proxy
            return Page(stream="", deleted=(post.id,))
        item = json_of(response, self.now)
        try:
            current = replace(Mastodon.parse({**item, "server": server}), reread_key=post.reread_key)
            silent = (current.author.id,) if current.is_only_counted else ()
        except WRONG as error:
            return Page(stream="", rejected=(Rejected.of(error, item),))
        posts = (current,) if post.id in ("", current.id) else ()
        return Page(stream="", posts=posts, deleted_authors=silent)

    def thread(self, post: KnownPost) -> Page:
        """Return what the server that counts for a post shows around it; nothing where it is not listed.

        It shows strangers 40 posts above and 60 below, and may be fetching more from other servers:
        https://docs.joinmastodon.org/methods/statuses/#context
        https://docs.joinmastodon.org/methods/async_refreshes
        """
        host, _, key = post.reread_key.partition("/")
        servers = {urlsplit(server).netloc: server for server in (*self.servers, self.second_server)}
        if host not in servers or not ID.fullmatch(key):
            return Page(stream="")
        with BoundedSession() as session:
            response = session.get(f"{servers[host]}/api/v1/statuses/{key}/context")
        answer = json_of(response, self.now)
        above, below = (response_parsing.listing(answer, name, _NO_CONTEXT) for name in _CONTEXT)
        page = parse.thread_page(above, {key: post.id}, below, servers[host])
        is_fetching = "Mastodon-Async-Refresh" in response.headers
        return replace(page, retry_at=self.now + timedelta(minutes=1) if is_fetching else None)

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> Post:
        return parse.post_of(raw)

    @staticmethod
    def pick(raw: Mapping[str, Any], query: Query, server: str) -> Post | None:
        """Return the post in a status that matches, unless its writer asks not to be found."""
        if not is_wanted(raw, query) or wants_no_index(raw["account"]):
            return None
        post = Mastodon.parse(raw)
        metrics = post.metrics if server == home_of(post) else Metrics()
        return replace(post, metrics=metrics, reread_key=reread_key(post, server) if server else None)

    def _pages(
        self, session: BoundedSession, query: Query, shows_tags: Callable[[str], bool], stream: Stream
    ) -> Iterator[Page]:
        if not shows_tags(stream.server):
            raise Closed(_CLOSED)
        return Timeline(session, query, stream, self.now).pages()

    def _shows_tags(self, session: BoundedSession, server: str) -> bool:
        """Ask whether the tag timelines are public; a closed one would answer with an empty list."""
        access = json_of(session.get(f"{server}/api/v2/instance"), self.now)
        for key in ("configuration", "timelines_access", "hashtag_feeds"):
            access = access.get(key) or {} if isinstance(access, dict) else None
        if not isinstance(access, dict):
            raise Unreadable("Its description of itself is not in Mastodon's format.")
        return all(access.get(side, "public") == "public" for side in ("local", "remote"))

    def _with_metrics(self, page: Page, host: str) -> Page:
        """Return the page with numbers only where this server is the one to give them."""
        if page.outcome is not Outcome.COMPLETE and not page.posts:
            self.silent.add(host)
        return replace(
            page,
            posts=tuple(
                replace(post, reread_key=reread_key(post, host))
                if self._counts(post, host)
                else replace(post, metrics=Metrics())
                for post in page.posts
            ),
        )

    def _counts(self, post: Post, host: str) -> bool:
        """Return whether a post's numbers are taken from here: from its author's own server, else the first.

        Others know only of what reached them. Two that disagree would make the numbers jump at each poll.
        """
        home = home_of(post)
        if home == host:
            self.metric_hosts[post.id] = home
        elif post.id not in self.metric_hosts and home in self._hosts - self.silent:
            self.pending.setdefault(post.id, post)
            return False
        return self.metric_hosts.setdefault(post.id, host) == host

    @property
    def _hosts(self) -> set[str]:
        return {urlsplit(server).netloc for server in self.servers}


@dataclass(frozen=True, slots=True)
class Timeline:
    """One tag on one server; a cursor is the newest id seen, and the time that it is known up to."""

    session: BoundedSession
    query: Query
    stream: Stream
    now: datetime

    def pages(self) -> Iterator[Page]:
        """Yield what came since the last look, or the newest pages for the first time."""
        newest, _, last_look = (self.stream.cursor or "").partition(" ")
        since = min(unstamp(last_look), self.now) if last_look else None
        if newest:
            yield from self._late_posts(newest, since or self.now)
            yield from self._forward(newest, since)
        else:
            yield from self._back()

    def _forward(self, newest: str, since: datetime | None) -> Iterator[Page]:
        """Read on from the cursor, oldest first; each page may be kept as soon as it is stored."""
        for _ in range(_MOST_PAGES):
            items = self._items(min_id=newest)
            if not items:
                yield self._end(newest, since)
                return
            reached = _newest(items, newest)
            if reached == newest:
                raise Unreadable(stream_reading.REPEATS.format("The server"))
            newest = reached
            yield replace(self._page(items), cursor=f"{newest} {stamp(since)}" if since else newest)
        yield Page(
            stream=self.stream.name,
            outcome=Outcome.CAPPED,
            detail="There was more than can be read at one time; the rest will be read next time.",
        )

    def _late_posts(self, oldest: str, last_look: datetime) -> Iterator[Page]:
        """Read what lies just below the cursor once more, for the posts that came late from other servers.

        A server files a post under the time when it was written, so a late one has an old id:
        https://github.com/mastodon/mastodon/blob/main/lib/mastodon/snowflake.rb
        It comes before the cursor moves: else a poll that fails later leaves the late ones far below.
        A post that comes more than a day, or these pages, after it was written stays unseen.
        """
        # Counted from the last look, not from now: what came while nobody looked may be older than a day.
        back_to = last_look - _OVERLAP
        for items, _ in self._down(oldest, _OVERLAP_PAGES):
            page = self._page(items)
            yield page
            if any(post.created_at < back_to for post in page.posts):
                return

    def _back(self) -> Iterator[Page]:
        """Read the newest pages for the first time; the cursor comes last, so a crash loses nothing."""
        newest, since = "0", self.now
        for items, _ in self._down("", _FIRST_PAGES):
            newest, page = _newest(items, newest), self._page(items)
            since = min([since, *(post.created_at for post in page.posts)])
            yield page
        yield self._end(newest, stream_reading.first_since(since, self.now))

    def older(self, since: datetime, until: datetime, oldest: str) -> Iterator[Page]:
        """Read down from an id, or else from the end of the time, to its beginning."""
        start, number = oldest or self._id_of(until), 0
        for items, oldest in self._down(start, _MOST_PAGES):
            number += 1
            page = self._page(items)
            if any(post.created_at < since for post in page.posts):
                posts = tuple(post for post in page.posts if post.created_at >= since)
                yield replace(page, posts=posts, since=since, until=until)
                return
            yield replace(page, posts=tuple(p for p in page.posts if p.created_at < until), cursor=oldest)
        if number < _MOST_PAGES:  # there is nothing older
            yield Page(stream=self.stream.name, since=since, until=until)
        else:
            yield Page(stream=self.stream.name, outcome=Outcome.CAPPED, cursor=oldest)

    def _down(self, oldest: str, most: int) -> Iterator[tuple[list[Any], str]]:
        """Yield the items below an id, or the newest for "", with the lowest id of them, page by page."""
        for _ in range(most):
            items = self._items(**({"max_id": oldest} if oldest else {}))
            if not items:
                return
            reached = min((item["id"] for item in items if item["id"] != "0"), key=_order)
            if reached == oldest:
                raise Unreadable(stream_reading.REPEATS.format("The server"))
            yield items, reached
            oldest = reached

    def _id_of(self, at: datetime) -> str:
        """Return an id that Mastodon would give a little after a time; "" where ids are of another kind."""
        newest = _newest(self._items(), "0")
        if not newest.isdecimal() or len(newest) < _SNOWFLAKE_DIGITS:
            return ""
        snowflake = int((at + _OVERLAP).timestamp() * 1000) << 16
        return str(snowflake) if snowflake < int(newest) else ""

    def _end(self, newest: str, since: datetime | None) -> Page:
        cursor = f"{newest} {stamp(self.now)}"
        return Page(stream=self.stream.name, cursor=cursor, since=since, until=self.now)

    def _page(self, items: Sequence[Mapping[str, Any]]) -> Page:
        def parse(item: Mapping[str, Any]) -> Post | None:
            is_ours = is_wanted(item, self.query)
            return Mastodon.parse({**item, "server": self.stream.server}) if is_ours else None

        results, rejected = response_parsing.results(items, parse)
        posts = tuple(filter(None, results))
        # what was kept before they said so goes too
        silent = tuple(post.author.id for post in posts if post.is_only_counted)
        return Page(stream=self.stream.name, posts=posts, rejected=rejected, deleted_authors=silent)

    def _items(self, **at: str) -> list[Any]:
        address = f"{self.stream.server}/api/v1/timelines/tag/{quote(self.stream.term)}"
        answer = json_of(self.session.get(address, params={"limit": str(_LIMIT), **at}), self.now)
        if not isinstance(answer, list) or (answer and not any(_has_id(item) for item in answer)):
            raise Unreadable("Its timeline is not in Mastodon's format.")
        return [item if _has_id(item) else {"id": "0", "not_a_status": item} for item in answer]


def _streams(query: Query, server: str, cursors: Cursors) -> list[Stream]:
    """Return each tag on a server; a cursor is the newest id seen, and the time that it is known up to."""
    tags, host = dict.fromkeys(tag.casefold() for tag in query.tags), urlsplit(server).netloc
    return [Stream.of(cursors, f"mastodon:{host}:{tag}", tag, server=server) for tag in tags]


def _has_id(item: Any) -> bool:
    """Return whether this has an id to go on from: a bad one must not become the newest for ever."""
    native_id = item.get("id") if isinstance(item, dict) else None
    return isinstance(native_id, str) and ID.fullmatch(native_id) is not None


def _order(native: str) -> tuple[int, str]:
    """Ids are text (numbers on Mastodon, ULIDs on GoToSocial): a longer one is newer."""
    return len(native), native


def _newest(items: Sequence[Mapping[str, Any]], before: str) -> str:
    ids: list[str] = [before, *(item["id"] for item in items)]
    return max(ids, key=_order)


SOURCE: type[Source] = Mastodon
