"""Bluesky by Jetstream, its public stream of everything posted: no key, no search limits.

With an app password its search reads older posts, and fills what the stream has forgotten.
"""

import json
import logging
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Self

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from monitor.campaign.reader import SOME, Rule, form, read
from monitor.core.clock import stamp, unstamp
from monitor.core.errors import RateLimited, SourceError, Unavailable, Unreadable
from monitor.core.model import WRONG, Outcome, Page, Post, Query, Rejected
from monitor.core.normal_text import WORD, without_accents
from monitor.core.text import matches, quoted
from monitor.sources.contract import NO_WAITING, Cursors, Estimate, KnownPost, Source, Waiting
from monitor.sources.platforms.bluesky import parse
from monitor.sources.platforms.bluesky.history import Histories
from monitor.sources.platforms.bluesky.search import Login, Views
from monitor.sources.shared import stream_reading
from monitor.sources.shared.http import NOT_REACHED, USER_AGENT, Address, BoundedSession, retry_at
from monitor.sources.shared.reread import missing_ids
from monitor.sources.shared.response_parsing import by_id, put_aside
from monitor.sources.shared.stream_reading import Stream
from monitor.sources.shared.time_limit import poll_seconds

log = logging.getLogger(__name__)

_DEFAULT = ("wss://jetstream2.us-east.bsky.network", "wss://jetstream1.us-west.bsky.network")
_POLL_SECONDS = 45.0
_CONNECT_SECONDS = 5.0
_QUIET_SECONDS = 5.0  # the stream brings dozens of posts a second: silence means that all was read
# Jetstream keeps 36 hours and skips or refuses what is older; 5 minutes are for its clock and ours.
_LOOK_BACK = timedelta(hours=35, minutes=55)
_AHEAD = timedelta(minutes=5)
_FIRST = timedelta(minutes=10)
_PAGE_EVENTS, _PAGE_SECONDS = 5_000, 3.0  # between two pages the program may be asked to stop
# Bytes of an event, and of a page's posts: in memory they take thirty times that. Real ones have 2,000.
_MOST_BYTES, _PAGE_BYTES = 2**16, 2**18
_TIME = re.compile(rb'"time_us":\s*(\d{1,18})')  # Jetstream writes it before the post's own fields
_ANSWERS = 20  # of a search, in one poll's time
_SEARCH_SECONDS = 10.0  # for what the stream forgot, before it is read on


_Stream = Annotated[
    str,
    Rule(
        f"addresses like {_DEFAULT[0]!r}",
        lambda at: at.startswith(("wss://", "ws://")),
        lambda at: at.rstrip("/"),
    ),
]
_Writer = Annotated[
    str, form(r"[a-z0-9.:%-]{3,260}", 'handles such as "name.bsky.social", in lower case, or IDs')
]


@dataclass(frozen=True, slots=True)
class Settings:
    hosts: Annotated[tuple[_Stream, ...], SOME, "a list of addresses of its stream, tried in order"] = (
        _DEFAULT
    )
    public: Annotated[Address, "where authors' names are looked up"] = "https://public.api.bsky.app"
    home: Annotated[Address, "the server of your account, where you log in"] = "https://bsky.social"
    directory: Annotated[Address, "the directory of which server holds a person's posts"] = (
        "https://plc.directory"
    )
    histories: Annotated[bool, "whether to search what people wrote before they used a tag"] = True
    writers: Annotated[tuple[_Writer, ...], "people whose older posts are also searched"] = ()


@dataclass(slots=True)
class _Batch:
    """What was read since the last page."""

    since: int
    reached: int  # newest microsecond seen
    latest: int  # an event from later than this does not set the cursor: it would skip what lies between
    began: float = field(default_factory=time.monotonic)
    events: int = 0
    size: int = 0  # bytes of the events that are its posts
    posts: list[Post] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    deleted_authors: list[str] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Return whether it is time for a page, so that what was read is kept."""
        return (
            self.events >= _PAGE_EVENTS
            or self.size >= _PAGE_BYTES
            or time.monotonic() - self.began >= _PAGE_SECONDS
        )


@dataclass(slots=True)
class Bluesky:
    """Reads the stream from the stored microsecond until now, and keeps what matches."""

    at_once: ClassVar[int] = 25
    a_minute: ClassVar[int] = 1000
    ages: ClassVar[tuple[timedelta, ...]] = ()

    settings: Settings
    now: datetime
    seconds: float
    views: Views

    @classmethod
    def open(cls, settings: Mapping[str, Any], env: Mapping[str, str], now: datetime) -> Self:
        own = read(Settings, settings, "sources.bluesky")
        views = Views(own.public, own.home, now, Login.read(env))
        return cls(own, now, min(_POLL_SECONDS, poll_seconds()), views)

    def search(self, query: Query, cursors: Cursors, waiting: Waiting = NO_WAITING) -> Iterator[Page]:
        """Yield pages of matching posts and of deletions.

        Raises Unavailable or RateLimited when no host answers, Unreadable when what it sends makes no sense.
        """
        stream = f"bluesky:jetstream:{query.track}".lower()
        start, oldest = self._start(cursors.get(stream)), parse.micros(self.now - _LOOK_BACK)
        if start < oldest:
            yield from self._fill_gap(query, stream, parse.instant(start), parse.instant(oldest))
            start = oldest
        deadline = time.monotonic() + self.seconds
        with self._connect(start) as socket:
            batch = _Batch(start, start, parse.micros(self.now + _AHEAD))
            for page in self._read(socket, query, batch, stream, deadline):
                yield self._with_profiles(page)

    def estimate(self, query: Query, since: datetime, until: datetime) -> Estimate:
        """Return how many posts Bluesky thinks it has; it costs nothing."""
        total = 0
        with BoundedSession() as session:
            for words in _searches(query):
                hits = self.views.search(session, words.term, since, until, 1).get("hitsTotal")
                if type(hits) is not int:
                    return Estimate(dollars=0.0)
                total += hits
        return Estimate(posts=total, dollars=0.0)

    def back(self, query: Query, since: datetime, until: datetime, mark: str | None) -> Iterator[Page]:
        """Yield older posts of each tag and phrase in turn, newest first; raises Refused without a log-in."""
        with BoundedSession() as session:
            self.views.token(session)  # a wrong password is no fault of one search

        def older(words: Stream, reached: str) -> Iterator[Page]:
            with BoundedSession() as session:
                end = unstamp(reached) if reached else until
                for page in self._older(session, query, words, (since, end)):
                    whole = page.outcome is Outcome.COMPLETE and page.cursor is None
                    yield self._with_profiles(replace(page, since=since, until=until) if whole else page)

        yield from stream_reading.onward(_searches(query), mark, older)

    def second_way(self) -> tuple[str, Source] | None:
        """Return its search, where there is a log-in for it: posts are collected from the stream."""
        return ("Bluesky's search", self) if self.views.login else None

    def histories(self, query: Query, writers: Sequence[str], cursors: Cursors) -> Iterator[Page]:
        """Yield what matches of all that these people ever wrote, and those of the campaign file."""
        people = (*self.settings.writers, *writers) if self.settings.histories else ()
        for page in Histories(self.views, self.settings.directory, self.now).pages(query, people, cursors):
            yield self._with_profiles(page)

    def reread(self, posts: Sequence[KnownPost]) -> Iterator[Page]:
        """Yield the posts as Bluesky's public view shows them now, with their numbers."""
        with BoundedSession() as session:
            some = [self._by_id(session, post) for post in posts]
            views = self.views.posts(session, [post.reread_key for post in some])
        page = parse.reread_page(views)
        # One that made no sense is there all the same.
        yield replace(page, deleted=(*page.deleted, *missing_ids(some, by_id(views, "uri"))))

    def thread(self, post: KnownPost) -> Page:
        """Return the conversation around a post as Bluesky's public view shows it."""
        with BoundedSession() as session:
            thread = self.views.thread(session, self._by_id(session, post).reread_key)
        return self._with_profiles(parse.thread_page(thread))

    def _by_id(self, session: BoundedSession, post: KnownPost) -> KnownPost:
        """Return a post by its writer's id, where it is called by the name that people see."""
        _, _, who, *_, rkey = post.reread_key.split("/")
        if who.startswith("did:"):
            return post
        did = next(iter(self.views.profiles(session, [who])), None)
        own = parse.address(did, rkey) if did else post.reread_key
        return KnownPost(id=own, reread_key=own)

    def _older(
        self, session: BoundedSession, query: Query, words: Stream, time: tuple[datetime, datetime]
    ) -> Iterator[Page]:
        """Read down from the end of the time, each answer from where the one before ended.

        Not by Bluesky's own cursor, which ends near 10,000 posts.
        """
        since, until = time
        for _ in range(_ANSWERS):
            answer = self.views.search(session, words.term, since, until)
            page, oldest = parse.search_page(answer["posts"], query, words.name)
            # Seconds are what a mark can say: the last one is read twice.
            reached = oldest.replace(microsecond=0) + timedelta(seconds=1) if oldest else since
            if reached >= until or reached <= since:
                yield page
                return
            until = reached
            yield replace(page, cursor=stamp(until))
        yield Page(stream=words.name, outcome=Outcome.CAPPED, cursor=stamp(until))

    def _fill_gap(self, query: Query, stream: str, since: datetime, until: datetime) -> Iterator[Page]:
        """Fill by search what the stream no longer has; else say that it is a gap."""
        searches = _searches(query) if self.views.login else []
        is_whole = bool(searches)
        try:
            with BoundedSession(seconds=_SEARCH_SECONDS) as session:
                for words in searches:
                    for page in self._older(session, query, words, (since, until)):
                        is_whole = is_whole and page.outcome is Outcome.COMPLETE
                        yield self._with_profiles(
                            replace(page, stream=stream, cursor=None, outcome=Outcome.COMPLETE)
                        )
        except SourceError as error:
            log.warning("bluesky: what the stream forgot could not be searched for: %s", error)
            is_whole = False
        page = Page(stream=stream, since=since, until=until)
        yield page if is_whole else replace(page, outcome=Outcome.GAP, detail=_gap(since, until))

    def _with_profiles(self, page: Page) -> Page:
        if not page.posts:
            return page
        posts, hiding = self.views.with_profiles(page.posts)
        return replace(page, posts=tuple(posts), deleted_authors=(*page.deleted_authors, *hiding))

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> Post:
        return parse.post_of(raw)

    @staticmethod
    def pick(raw: Mapping[str, Any], query: Query, server: str) -> Post | None:
        """Return the post in an event of the stream, or an item of a search, that matches."""
        return parse.pick(raw, query)

    def _start(self, cursor: str | None) -> int:
        now = parse.micros(self.now)
        if cursor is None or not cursor.isdecimal():
            return parse.micros(self.now - _FIRST)
        return min(int(cursor), now)

    def _connect(self, start: int) -> ClientConnection:
        error: RateLimited | Unavailable = Unavailable(NOT_REACHED)
        for host in self.settings.hosts:
            try:
                return connect(
                    f"{host}/subscribe?wantedCollections={parse.POSTS}&cursor={start}",
                    open_timeout=min(_CONNECT_SECONDS, self.seconds / len(self.settings.hosts)),
                    close_timeout=1,
                    proxy=None,
                    user_agent_header=USER_AGENT,
                )
            except InvalidStatus as refusal:
                status = refusal.response.status_code
                if status == 429:
                    at = retry_at(dict(refusal.response.headers.raw_items()), self.now)
                    error = RateLimited("It asked us to slow down.", at)
                else:
                    error = Unavailable(f"It did not open its stream ({status}).")
            except (OSError, WebSocketException) as failure:
                error = Unavailable(NOT_REACHED)
                log.debug("%s was not reached: %s", host, type(failure).__name__)
        raise error

    def _read(
        self, socket: ClientConnection, query: Query, batch: _Batch, stream: str, deadline: float
    ) -> Iterator[Page]:
        needles, until, end, any_read = _needles(query), parse.micros(self.now), None, False
        while end is None:
            raw = _next(socket, deadline)
            if isinstance(raw, bytes):
                any_read = _take(raw, batch, query, needles) or any_read
            else:
                end = raw
            if batch.reached >= until:
                end = (Outcome.COMPLETE, "")
            if end is None and batch.is_full:
                yield _page(stream, batch, Outcome.COMPLETE, "")
                batch = _Batch(batch.reached, batch.reached, batch.latest)
        if batch.events and not any_read:
            raise Unreadable("It sent something that is not in Jetstream's format.")
        if not any_read and end[0] is Outcome.COMPLETE:
            end = (Outcome.UNREACHABLE, "It opened its stream and then sent nothing.")
        yield _page(stream, batch, *end)


def _next(socket: ClientConnection, deadline: float) -> bytes | tuple[Outcome, str]:
    """Return the next event, or why there is none."""
    wait = min(deadline - time.monotonic(), _QUIET_SECONDS)
    try:
        if wait > 0:
            return socket.recv(timeout=wait, decode=False)
    except TimeoutError:
        if wait >= _QUIET_SECONDS:
            return Outcome.COMPLETE, ""
    except (ConnectionClosed, OSError):
        return Outcome.UNREACHABLE, "The connection broke; reading continues from there next time."
    return (
        Outcome.CAPPED,
        "There was more than could be read in the time; reading continues from there next time.",
    )


def _take(raw: bytes, batch: _Batch, query: Query, needles: tuple[bytes, ...]) -> bool:
    """Put one event in the batch; return whether it was an event at all."""
    batch.events += 1
    time_match = _TIME.search(raw)
    if time_match is None:
        put_aside(batch.rejected, "It has no time.", _excerpt(raw))
        return False
    if int(time_match[1]) <= batch.latest:
        batch.reached = max(batch.reached, int(time_match[1]))
    words = raw.lower() if raw.isascii() else without_accents(raw.decode(errors="replace")).encode()
    if any(needle in words for needle in needles):
        try:
            _act(raw, batch, query)
        except WRONG as error:
            put_aside(batch.rejected, error, _excerpt(raw))
    return True


def _act(raw: bytes, batch: _Batch, query: Query) -> None:
    if len(raw) > _MOST_BYTES:
        raise ValueError("It is far larger than a real one.")
    event = json.loads(raw)
    if event["kind"] == "account":
        if event["account"].get("status") in ("deleted", "takendown"):
            batch.deleted_authors.append(event["did"])
        return
    commit = event.get("commit") or {}
    if commit.get("collection") != parse.POSTS:
        return
    if commit["operation"] == "delete":
        batch.deleted.append(parse.address(event["did"], commit["rkey"]))
        return
    record = commit["record"]
    if matches(query, record["text"], parse.tags_of(record)) and not parse.asks_to_hide(record):
        batch.posts.append(Bluesky.parse(event))
        batch.size += len(raw)


def _page(stream: str, batch: _Batch, outcome: Outcome, detail: str) -> Page:
    return Page(
        stream=stream,
        posts=tuple(batch.posts),
        rejected=tuple(batch.rejected),
        deleted=tuple(batch.deleted),
        deleted_authors=tuple(batch.deleted_authors),
        cursor=str(batch.reached),
        since=parse.instant(batch.since),
        until=parse.instant(batch.reached),
        outcome=outcome,
        detail=detail,
    )


def _searches(query: Query) -> list[Stream]:
    terms = [f"#{tag}" for tag in query.tags] + [quoted(phrase) for phrase in query.phrases]
    words = dict.fromkeys(term.casefold() for term in terms)
    return [Stream.of({}, f"bluesky:search:{query.track}:{text}", text) for text in words]


def _gap(since: datetime, until: datetime) -> str:
    return (
        f"Bluesky's stream only goes back 36 hours. Posts from {stamp(since)} to {stamp(until)} were not"
        " seen, because the monitor was not running. They are unknown, not zero."
    )


def _needles(query: Query) -> tuple[bytes, ...]:
    """Return words of which every event that is to be read has one: a phrase's longest, as spaces may differ.

    JSON's own spelling of a letter, as in "\\u2019", is only undone by reading.
    """
    phrases = map(without_accents, query.phrases)
    words = [max(re.findall(rf"[{WORD}]+", phrase) or [phrase], key=len) for phrase in phrases]
    words += map(without_accents, query.tags)
    return (b'"delete', b'"account"', b"\\u", *(word.encode() for word in words))


def _excerpt(raw: bytes) -> str:
    return raw[: _MOST_BYTES + 1].decode(errors="replace")


SOURCE: type[Source] = Bluesky
