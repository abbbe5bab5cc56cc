"""X (formerly Twitter): search of the paid API, through tweepy. Only this room knows X's words.

X renamed "tweet" to "post" in its documents of August 2026; both spellings are read.
"""

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, Self

from monitor.campaign.reader import between, read
from monitor.core.errors import ConfigError, Refused, SourceError, SpendLimitError
from monitor.core.model import Outcome, Page, Post, Query
from monitor.core.text import quoted
from monitor.sources.contract import NO_WAITING, Budget, Cursors, Estimate, KnownPost, Source, Waiting
from monitor.sources.platforms.x.client import MOST, Client, Prices
from monitor.sources.platforms.x.parse import id_of, page_of, post_of, unavailable_ids
from monitor.sources.shared import credentials, http
from monitor.sources.shared.response_parsing import table, unless_excluded
from monitor.sources.shared.spend import DOLLAR, PaidSettings, UnsavedBudget

_LONGEST_QUERY, _LONGEST_OLD = 512, 1024
_WINDOW = timedelta(days=7)  # recent search shows no more
_LAG = timedelta(seconds=30)  # and nothing newer than this
_SETTLED = timedelta(hours=1)  # what search has not shown by then is not there
_EPOCH_MS = 1288834974657  # X's ids count milliseconds from here
_NEXT_MONTH = timedelta(minutes=10)  # after midnight, so that a clock that differs opens no month early
_BACK_PAGES, _PAUSE = 15, 1.0  # of a look back in a poll's time; X allows one a second
_KEPT = (
    "The money available so far this month for rechecking posts is used up; rechecking continues tomorrow."
)


@dataclass(frozen=True, slots=True)
class Settings(PaidSettings):
    max_pages: Annotated[int, between(1, 100), "the most pages of 100 posts to read in one check"] = 10
    search_all: Annotated[bool, "whether to pay for posts missed more than 7 days ago"] = False
    api: Annotated[http.Address, "the address of X's service; leave it out"] = "https://api.x.com"


class X:
    """Recent search: the last 7 days, newest first. Each post read costs money."""

    at_once: ClassVar[int] = 100
    a_minute: ClassVar[int] = 1000

    def __init__(self, settings: Settings, token: str, now: datetime) -> None:
        self._settings, self._now = settings, now
        self.ages = settings.ages  # to read a post again costs as much as the first time
        self.limit = _micros(settings.dollars_a_month)
        prices = Prices(_micros(settings.dollars_a_post), _micros(settings.dollars_a_person))
        self._client = Client(token, settings.api, prices, UnsavedBudget(self.limit), now)

    @property
    def budget(self) -> Budget:
        return self._client.budget

    @budget.setter
    def budget(self, budget: Budget) -> None:
        self._client.budget = budget

    @classmethod
    def open(cls, settings: Mapping[str, Any], env: Mapping[str, str], now: datetime) -> Self:
        own = read(Settings, settings, "sources.x")
        [token] = credentials.of("x", env)
        return cls(own, token, now)

    def search(self, query: Query, cursors: Cursors, waiting: Waiting = NO_WAITING) -> Iterator[Page]:
        """Yield pages, newest first; the cursor (the newest id) comes with the last one only."""
        stream = f"x:search:{query.track}".lower()
        question = _question(query)
        since_id = id_of(cursors.get(stream))
        start = _time_of(since_id) if since_id else None
        gap = start is not None and start < self._now - _WINDOW
        if gap and start:  # X refuses an id that is older than its window
            since_id = None
            if self._settings.search_all:
                gap = yield from self._fill(query, start)
        until = self._now - _LAG
        since = min(max(start, self._now - _WINDOW), until) if start else self._now - _WINDOW
        span = Page(stream=stream, since=since, until=until)
        for page in self._pages(question, since_id, span):
            yield _with_gap(page) if gap and page.since and page.outcome is Outcome.COMPLETE else page

    def estimate(self, query: Query, since: datetime, until: datetime) -> Estimate:
        """Return how many posts X counts, and the most that they can cost; raises Refused without money.

        To ask costs half a cent, or one for a time before the last 7 days.
        """
        question = _question(query, _LONGEST_OLD)
        recent = since > self._now - _WINDOW and len(question) <= _LONGEST_QUERY
        try:
            posts = self._client.count(question, since, min(until, self._now - _LAG), recent=recent)
        except SpendLimitError as error:
            raise Refused(self._broke()) from error
        dollars = posts * (self._settings.dollars_a_post + self._settings.dollars_a_person)
        return Estimate(posts=posts, requests=-(-posts // MOST), dollars=dollars)

    def back(self, query: Query, since: datetime, until: datetime, mark: str | None) -> Iterator[Page]:
        """Yield older posts, newest first, as long as the month's money reaches; the mark is X's own."""
        question, token = _question(query, _LONGEST_OLD), mark or None
        until = min(until, self._now - _LAG)
        span = Page(stream=f"x:all:{query.track}".lower(), since=since, until=until)
        ids: set[str] = set()
        for number in range(_BACK_PAGES):
            time.sleep(_PAUSE if number else 0)
            try:
                answer = self._client.older(question, start_time=since, end_time=until, next_token=token)
            except SpendLimitError:
                yield Page(stream=span.stream, outcome=Outcome.CAPPED, detail=self._broke())
                return
            page = replace(page_of(answer, ids, self.parse), stream=span.stream)
            token = table(answer.get("meta")).get("next_token")
            if not token:
                yield replace(page, since=span.since, until=span.until)
                return
            yield replace(page, cursor=str(token))
        yield Page(stream=span.stream, outcome=Outcome.CAPPED, cursor=str(token))

    def reread(self, posts: Sequence[KnownPost]) -> Iterator[Page]:
        """Yield the posts as they are now, those that there is money for."""
        some = {post.reread_key: post.id for post in posts[: self._client.affordable(len(posts))]}
        try:
            answer = self._client.posts(list(some)) if some else {}
        except SpendLimitError:  # somebody else was quicker
            some, answer = {}, {}
        page = page_of({**answer, "errors": ()}, set(), self.parse)
        ended = tuple(some[key] for key in unavailable_ids(answer) if key in some)
        page = replace(page, stream="x:again", deleted=ended)
        yield page if len(some) == len(posts) else replace(page, outcome=Outcome.CAPPED, detail=_KEPT)

    def _fill(self, query: Query, start: datetime) -> Generator[Page, None, bool]:
        """Yield what was posted between a cursor and the last 7 days; return whether a gap is left."""
        last = None
        try:
            for last in self.back(query, start, self._now - _WINDOW, None):
                # One by one: each is paid for, and kept even if the next one fails.
                yield replace(last, cursor=None, outcome=Outcome.COMPLETE, detail="")
        except SourceError:  # not every account may search so far back
            return True
        return last is None or last.outcome is not Outcome.COMPLETE

    def _pages(self, question: str, since_id: str | None, span: Page) -> Iterator[Page]:
        ids: set[str] = set()
        tokens: set[str] = set()
        newest = token = None
        for number in range(1, self._settings.max_pages + 1):
            try:
                answer = self._client.recent(question, since_id=since_id, next_token=token)
            except SpendLimitError:
                detail = self._broke("newer" if number == 1 else "older")
                yield Page(stream=span.stream, outcome=Outcome.CAPPED, cursor=newest, detail=detail)
                return
            meta = table(answer.get("meta"))
            newest = newest or id_of(meta.get("newest_id"))
            token = meta.get("next_token")
            page = replace(page_of(answer, ids, self.parse), stream=span.stream)
            if not token:
                quiet = number == 1 and not answer.get("data")
                cursor = _next_id(since_id, self._now) if quiet else newest
                yield replace(page, cursor=cursor, since=span.since, until=span.until)
                return
            if token in tokens:
                yield _capped_page(page, newest, "X gave the same page mark twice")
                return
            if number == self._settings.max_pages:
                yield _capped_page(
                    page, newest, f"X had more than {number} pages; raise max_pages to read more"
                )
                return
            tokens.add(token)
            yield page

    def _broke(self, unread: str = "newer") -> str:
        balance = max(0, self.budget.balance()) / DOLLAR
        billed = self._now.astimezone(UTC) - _NEXT_MONTH
        first = (billed.replace(day=1) + timedelta(days=32)).replace(day=1)
        stay = "posts from this check stay" if unread == "older" else "posts are left"
        return (
            f"Of this month's ${self._settings.dollars_a_month:.2f} for X only ${balance:.2f} is left, too "
            f"little for another check, so {unread} {stay} unread, and X is not searched until "
            f"{first:%-d %B}. To continue before then, raise dollars_a_month in the campaign file."
        )

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> Post:
        return post_of(raw)

    @staticmethod
    def pick(raw: Mapping[str, Any], query: Query, server: str) -> Post | None:
        """Return the post in what `parse` takes; the search has found the words, in its links too."""
        return unless_excluded(post_of(raw), query)


def _question(query: Query, longest: int = _LONGEST_QUERY) -> str:
    terms = [f"#{tag}" for tag in query.tags] + [quoted(phrase) for phrase in query.phrases]
    if not terms:
        raise ConfigError(f"Track {query.track!r} has no tags and no phrases, so X cannot be searched.")
    others = [*map(quoted, query.required), *(f"-{quoted(word)}" for word in query.excluded)]
    question = " ".join([f"({' OR '.join(terms)})", *others])
    if len(question) > longest:
        raise ConfigError(
            f"Track {query.track!r} makes a search of {len(question)} characters; X allows {longest}. "
            "Remove some tags, phrases or excluded words."
        )
    return question


def _micros(dollars: float) -> int:
    return round(dollars * DOLLAR)


def _next_id(since_id: str | None, now: datetime) -> str:
    """Return the id to go on from where nothing new came: X refuses one that a quiet week has left behind."""
    settled = (now - _SETTLED - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1) - _EPOCH_MS
    return max(since_id or "0", str(settled << 22), key=int)


def _capped_page(page: Page, newest: str | None, why: str) -> Page:
    # The cursor moves on: else every later poll would pay for these same pages again.
    oldest = min((post.created_at for post in page.posts), default=None)
    detail = f"{why}. So older posts in this period were not read. {page.detail}"
    return replace(page, cursor=newest, outcome=Outcome.CAPPED, since=oldest, detail=detail.strip())


def _with_gap(page: Page) -> Page:
    detail = f"The last check was more than 7 days ago; X shows nothing older. {page.detail}"
    return replace(page, outcome=Outcome.GAP, detail=detail.strip())


def _time_of(post_id: str) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=(int(post_id) >> 22) + _EPOCH_MS)


SOURCE: type[Source] = X
