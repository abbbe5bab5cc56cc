"""GDELT, which reads the world's news sites: a search of British articles, no key, no numbers."""

import json
import math
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any, Self

import requests

from monitor.campaign.reader import read
from monitor.core.clock import stamp, unstamp
from monitor.core.errors import Closed, RateLimited, SourceError, Unavailable, Unreadable
from monitor.core.model import WRONG, Author, Outcome, Page, Post, PostKind, Query, Rejected
from monitor.core.text import hashtags, plain, quoted
from monitor.sources.contract import NO_WAITING, Cursors, Estimate, Source, Waiting
from monitor.sources.shared import response_parsing, stream_reading
from monitor.sources.shared.http import Address, BoundedSession, check
from monitor.sources.shared.safe_links import addresses, pictures
from monitor.sources.shared.stream_reading import Stream

_SPACING = timedelta(seconds=7)  # it allows one question in 5 seconds, by its own clock
_MOST = 250  # articles in an answer, and there is no second page
_MOST_BYTES = 2**20  # of an answer, which is read twice where it is torn; real ones have 150,000
_FIRST = timedelta(days=7)  # of a first look
_LATE = timedelta(days=1)  # an article may be found hours after it was published
_KNOWN = timedelta(days=90)  # it forgets what is older
_PARTS = 5  # answers of a look back in one poll's time, with the pauses between
_LONGEST = 200  # characters of a question; those of over 250 were refused
_COUNTRY = "sourcecountry:UK"
_LANGUAGES = {"English": "en", "Welsh": "cy", "Gaelic": "gd", "Irish": "ga"}
_TORN = re.compile(r"(?<!\s)\s+(?=[,.;:!?])")  # it writes headlines with a space before each of these
_LOOSE = re.compile(r'\\(?!["\\/bfnrtu])')  # backslashes that JSON does not know
_REFUSED = ("too short", "too long", "too common", "illegal character")


@dataclass(frozen=True, slots=True)
class Settings:
    api: Annotated[Address, "the address of GDELT's service; leave it out"] = "https://api.gdeltproject.org"


@dataclass(slots=True)
class Gdelt:
    """Asks for the articles of British news sites that name one of the track's phrases, newest first."""

    api: str
    now: datetime
    _opened: float = field(default_factory=time.monotonic, init=False)
    _free_at: datetime | None = field(default=None, init=False)  # when the next question may be asked

    @classmethod
    def open(cls, settings: Mapping[str, Any], env: Mapping[str, str], now: datetime) -> Self:
        return cls(read(Settings, settings, "sources.gdelt").api, now)

    def search(self, query: Query, cursors: Cursors, waiting: Waiting = NO_WAITING) -> Iterator[Page]:
        """Yield a page a question, that asked longest ago first; one that fails gives a page that says so."""
        streams = [_stream(query, terms, cursors) for terms in _questions(query)]
        until = max(waiting.values(), default=self.now)
        soon = until <= self.now + 2 * _SPACING  # only another track's question, a moment ago
        limit = None if soon else stream_reading.left_alone(waiting, self.now)
        self._free_at = until if soon else self.now
        with BoundedSession() as session:
            streams.sort(key=lambda stream: stream.cursor or "")
            for page in stream_reading.each(streams, partial(self._pages, session, query), limit):
                # so that the next track, too, leaves it the seconds that it asks for
                yield page if page.retry_at else replace(page, retry_at=self._free_at)

    def estimate(self, query: Query, since: datetime, until: datetime) -> Estimate:
        """Return that it costs nothing; how many articles there are it does not say beforehand."""
        return Estimate(dollars=0.0)

    def back(self, query: Query, since: datetime, until: datetime, mark: str | None) -> Iterator[Page]:
        """Yield the articles of an older time, newest first, as far back as GDELT remembers."""
        streams = [_stream(query, terms, {}) for terms in _questions(query)]
        self._free_at = self.now + _SPACING if mark else self.now  # the part before asked just now

        def older(stream: Stream, reached: str) -> Iterator[Page]:
            with BoundedSession() as session:
                start, end = max(since, self.now - _KNOWN), unstamp(reached) if reached else until
                yield from self._older(session, query, stream, (start, end))

        yield from stream_reading.onward(streams, mark, older)

    def _older(
        self, session: BoundedSession, query: Query, stream: Stream, time: tuple[datetime, datetime]
    ) -> Iterator[Page]:
        """Read down from the end of the time, each answer from where the one before ended."""
        since, until = time
        for _ in range(_PARTS):
            if until <= since or session.seconds_left < 2 * _SPACING.total_seconds():
                break
            bounds = {"startdatetime": _digits(since), "enddatetime": _digits(until)}
            items = self._articles(session, stream.term, bounds)
            posts, rejected = _sort(items, query)
            page = Page(stream=stream.name, posts=posts, rejected=rejected)
            oldest = min((post.created_at for post in posts), default=since)
            if len(items) < _MOST:
                yield replace(page, since=since, until=time[1])
                return
            if oldest >= until:  # more in one second than it shows
                yield replace(page, outcome=Outcome.CAPPED, detail=_CAPPED)
                return
            until = oldest
            yield replace(page, cursor=stamp(until))
        if until > since:
            yield Page(stream=stream.name, outcome=Outcome.CAPPED, cursor=stamp(until))

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> Post:
        [url] = addresses([raw["url"]])
        domain, text = raw["domain"].strip().lower(), _TORN.sub("", plain(raw["title"]))
        if not domain or not text:
            raise ValueError("It has no headline, or no site.")
        return Post(
            platform="gdelt",
            id=url,
            url=url,
            author=Author(id=domain, name=domain),
            text=text,
            created_at=datetime.strptime(raw["seendate"], "%Y%m%dT%H%M%S%z").astimezone(UTC),
            kind=PostKind.ARTICLE,
            lang=_LANGUAGES.get(raw.get("language") or ""),
            tags=hashtags(text),
            pictures=pictures([(None, raw["socialimage"])] if raw.get("socialimage") else ()),
            raw=raw,
        )

    @staticmethod
    def pick(raw: Mapping[str, Any], query: Query, server: str) -> Post | None:
        """Return the article in an item; its search has found the words in it, and not in its headline."""
        return response_parsing.unless_excluded(Gdelt.parse(raw), query)

    def _pages(self, session: BoundedSession, query: Query, stream: Stream) -> Iterator[Page]:
        before = stream.last_look(self.now)
        since = max(before, self.now - _KNOWN) if before else self.now - _FIRST
        hours = math.ceil((self.now - min(since, self.now - _LATE)) / timedelta(hours=1))
        items = self._articles(session, stream.term, {"timespan": f"{hours}h"})
        posts, rejected = _sort(items, query)
        page = Page(stream=stream.name, posts=posts, rejected=rejected)
        page = replace(page, cursor=stamp(self.now), since=since, until=self.now)
        oldest = min((post.created_at for post in posts), default=self.now)
        yield stream_reading.cut_off(page, oldest, _CAPPED) if len(items) >= _MOST else page

    def _articles(self, session: BoundedSession, question: str, time: Mapping[str, str]) -> list[Any]:
        self._wait(session)
        params = {"query": question, "mode": "artlist", "format": "json", "sort": "datedesc"}
        params |= {"maxrecords": str(_MOST), **time}
        return _items(session.get(f"{self.api}/api/v2/doc/doc", params=params), self.now)

    def _wait(self, session: BoundedSession) -> None:
        """Leave GDELT the seconds between two questions that it asks for; raises Unavailable without time."""
        at = self.now + timedelta(seconds=time.monotonic() - self._opened)
        seconds = ((self._free_at or at) - at).total_seconds()
        if seconds >= session.seconds_left:
            raise Unavailable(
                "There was no time left to search GDELT, which requires pauses; it will be searched next"
                " time."
            )
        if seconds > 0:
            time.sleep(seconds)
        self._free_at = max(at, self._free_at or at) + _SPACING


_CAPPED = f"GDELT returns {_MOST} articles at most, and there were more; the older ones were missed."


def _questions(query: Query) -> list[list[str]]:
    """Return the terms of as few questions as will do: phrases, or hashtags if there are none."""
    groups: list[list[str]] = []
    for words in dict.fromkeys(term.lower() for term in (query.phrases or query.tags)):
        # a quoted word is "too short", and an unquoted one may have nothing but letters and digits
        term = words if words.isalnum() else quoted(words)
        if groups and len(_question([*groups[-1], term])) <= _LONGEST:
            groups[-1].append(term)
        else:
            groups.append([term])
    return groups


def _question(terms: Sequence[str]) -> str:
    joined = " OR ".join(terms)
    return f"({joined}) {_COUNTRY}" if len(terms) > 1 else f"{joined} {_COUNTRY}"  # else it is refused


def _stream(query: Query, terms: list[str], cursors: Cursors) -> Stream:
    return Stream.of(cursors, f"gdelt:{query.track}:{' or '.join(terms)}", _question(terms))


def _digits(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%d%H%M%S}"


def _items(response: requests.Response, now: datetime) -> list[Any]:
    """Return the articles of an answer; raises the SourceError that it stands for."""
    check(response, now)
    if len(response.content) > _MOST_BYTES:
        raise Unreadable("GDELT's answer was larger than 1 MiB and was ignored.")
    text = response.content.decode("utf-8", "replace").strip()
    if not text.startswith("{"):
        raise _refusal(text, now)
    try:
        try:
            answer = json.loads(text, strict=False)
        except ValueError:  # headlines come with backslashes as they are
            answer = json.loads(_LOOSE.sub(r"\\\\", text), strict=False)
        items = answer.get("articles", [])
    except WRONG as error:
        raise Unreadable("GDELT's answer is broken and cannot be read.") from error
    if not isinstance(items, list):
        raise Unreadable("GDELT answered with data that is not a list of articles.")
    return items


def _refusal(text: str, now: datetime) -> SourceError:
    """Return what a sentence stands for that GDELT gives, with status 200, where data was asked for."""
    folded, excerpt = text.lower(), plain(text)[:200]
    if "limit requests" in folded:
        return RateLimited("It asked us to slow down.", now + timedelta(minutes=15))
    if any(words in folded for words in _REFUSED):
        return Closed(
            f"GDELT did not search for this track's words; its answer: “{excerpt}” If this "
            "keeps happening, use phrases of two to five longer words, or switch GDELT off."
        )
    if not text or text.startswith("<"):
        return Unreadable("It answered with something that is not data.")
    return Unreadable(f"GDELT answered with a sentence instead of articles: “{excerpt}”")


def _sort(items: list[Any], query: Query) -> tuple[tuple[Post, ...], tuple[Rejected, ...]]:
    """Return the articles, without those whose headline has an excluded word, and what is none."""
    articles, rejected = response_parsing.results(items, Gdelt.parse)
    return tuple(post for post in articles if response_parsing.unless_excluded(post, query)), rejected


SOURCE: type[Source] = Gdelt
