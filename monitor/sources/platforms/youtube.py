"""YouTube through its Data API: 100 searches a day, spread over the day. Only this module knows its words."""

import json
import math
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Annotated, Any, ClassVar, Self
from zoneinfo import ZoneInfo

import requests

from monitor.campaign.reader import between, read
from monitor.core.clock import stamp, unstamp
from monitor.core.errors import Closed, ConfigError, RateLimited, Refused, SourceError, Unreadable
from monitor.core.files.written_values import whole_number
from monitor.core.model import WRONG, Author, Media, Metrics, Outcome, Page, Post, PostKind, Query, Rejected
from monitor.core.text import belongs, hashtags, matches, plain, quoted
from monitor.platform_info import about
from monitor.sources.contract import NO_WAITING, Cursors, KnownPost, Source, Waiting
from monitor.sources.shared import credentials, http, response_parsing, stream_reading
from monitor.sources.shared.reread import missing_ids
from monitor.sources.shared.response_parsing import by_id, count, table
from monitor.sources.shared.safe_links import addresses

_CALIFORNIA = ZoneInfo("America/Los_Angeles")  # the day of a quota begins at midnight there
_SEARCHES = 100  # a day, a page each: https://developers.google.com/youtube/v3/determine_quota_cost
_MOST_PAGES = 4  # of 50 videos, in one poll
_WINDOW = timedelta(days=7)  # of a first look
_LATE = timedelta(days=2)  # a video may be found long after it was published: these days are read again
_ID = re.compile(r"[A-Za-z0-9_.-]{1,128}")  # an answer to a comment has that one's id, and a dot
_LINK = re.compile(r"https?://[^\s<>\"']+")
_SPENT = "youtube:spent:"  # and the track: the stream that keeps what was spent
# https://developers.google.com/youtube/v3/docs/comments
_COMMENT = "id,snippet(parentId,textDisplay,authorDisplayName,authorChannelId,likeCount,publishedAt)"
_ASKED = {
    "search": "nextPageToken,items(id/videoId,snippet/publishedAt)",
    "videos": "items(id,snippet(publishedAt,channelId,channelTitle,title,description,"
    "defaultLanguage,defaultAudioLanguage),status/privacyStatus,statistics(viewCount,likeCount,commentCount))",
    "commentThreads": f"items(snippet(totalReplyCount,topLevelComment({_COMMENT})),"
    f"replies/comments({_COMMENT}))",
    "comments": f"items({_COMMENT})",
    "channels": "items(id,snippet/customUrl,statistics(subscriberCount,hiddenSubscriberCount))",
}
_PARTS = {"videos": "snippet,statistics,status", "channels": "snippet,statistics", "comments": "snippet"}
_WRONG_KEY = {"keyInvalid", "keyExpired", "API_KEY_INVALID", "API_KEY_EXPIRED"}
_NOT_ON = {"accessNotConfigured", "SERVICE_DISABLED"}
_USED_UP = {"quotaExceeded", "dailyLimitExceeded"}
_TOO_FAST = {"rateLimitExceeded", "userRateLimitExceeded"}


@dataclass(frozen=True, slots=True)
class Settings:
    searches_a_day: Annotated[int, between(1, 100_000), "the most searches to make per day"] = _SEARCHES
    api: Annotated[http.Address, "the address of YouTube's service; leave it out"] = (
        "https://www.googleapis.com"
    )


@dataclass(frozen=True, slots=True)
class _SearchBudget:
    """What one track has spent of a day's searches, and its share of them."""

    day: date
    spent: int
    share: int
    tracks: int

    @classmethod
    def read(cls, cursor: str | None, tracks: int, searches: int, now: datetime) -> Self:
        """Return today's budget. A day that lies ahead was kept before the clock was set back: it counts."""
        today, ledger = now.astimezone(_CALIFORNIA).date(), _ledger(cursor)
        if ledger.get("day", "") < str(today):
            ledger = {}
        tracks = max(tracks, ledger.get("tracks", 1))
        return cls(today, ledger.get("spent", 0), searches // tracks, tracks)

    @property
    def cursor(self) -> str:
        return json.dumps({"day": str(self.day), "spent": self.spent, "tracks": self.tracks})

    @property
    def next_at(self) -> datetime:
        """Return when the next search may be made: their times are spread evenly over the day."""
        start, end = _midnight(self.day), _midnight(self.day + timedelta(days=1))
        if self.spent >= self.share:
            return end
        # the archive keeps whole seconds, and a second too early is too early
        return start + timedelta(seconds=math.ceil((end - start).total_seconds() * self.spent / self.share))


@dataclass(frozen=True, slots=True)
class _Look:
    """A stretch of time that is read from its end back to its start, if need be by several polls."""

    since: datetime
    until: datetime
    reached: datetime  # from its end back to here it has been read

    @classmethod
    def read(cls, cursor: str | None, now: datetime) -> Self:
        """Return what to read now: the rest of a look that was broken off, or all since the last one."""
        try:
            since, *rest = [min(unstamp(word), now) for word in (cursor or "").split()]
        except ValueError:  # the first look, or a text that is no cursor
            return cls(now - _WINDOW, now, now)
        return cls(since, *rest) if len(rest) == 2 else cls(since, now, now)

    @property
    def cursor(self) -> str:
        """Return it as a cursor, to be read on from."""
        return f"{stamp(self.since)} {stamp(self.until)} {stamp(self.reached)}"

    @property
    def params(self) -> dict[str, str]:
        """Return the question for its time."""
        if self.reached == self.until:
            return {"publishedAfter": stamp(self.since - _LATE)}
        before = self.reached + timedelta(seconds=1)  # others may be of the same second
        return {"publishedAfter": stamp(self.since), "publishedBefore": stamp(before)}


# A page of the search: the videos that match, when all of it was published, the next page's mark.
_Hits = tuple[Page, tuple[datetime, ...], str | None]


@dataclass(slots=True)
class YouTube:
    """Search of videos by title and description, newest first; then their numbers, 50 at a time."""

    at_once: ClassVar[int] = 50
    a_minute: ClassVar[int] = 150  # of 10,000 answers a day
    ages: ClassVar[tuple[timedelta, ...]] = ()

    settings: Settings
    key: str
    now: datetime

    @classmethod
    def open(cls, settings: Mapping[str, Any], env: Mapping[str, str], now: datetime) -> Self:
        own = read(Settings, settings, "sources.youtube")
        [key] = credentials.of("youtube", env)
        return cls(own, key, now)

    def search(self, query: Query, cursors: Cursors, waiting: Waiting = NO_WAITING) -> Iterator[Page]:
        """Yield pages, newest first, each after one of what was spent; the cursor comes with the last one.

        The cursor is the time of the look. Other tracks of the same key are known by their streams.
        """
        question, spent, stream = _question(query), f"{_SPENT}{query.track}".lower(), _stream(query)
        tracks = {spent, *(one for one in waiting if one.startswith(_SPENT))}
        budget = _SearchBudget.read(cursors.get(spent), len(tracks), self.settings.searches_a_day, self.now)
        if budget.next_at > self.now:
            yield _no_more(spent, budget, self.settings.searches_a_day)
            return
        look = _Look.read(cursors.get(stream), self.now)
        videos: dict[str, int] = {}
        with http.BoundedSession() as session:
            for page in self._pages(session, query, question, look, budget):
                videos |= {post.id: post.metrics.replies or 0 for post in page.posts}
                yield page
            stream = f"youtube:comments:{query.track}".lower()
            read = partial(self._below, session, query, stream)
            yield from stream_reading.comments(stream, videos, cursors.get(stream), read)

    def reread(self, posts: Sequence[KnownPost]) -> Iterator[Page]:
        """Yield videos and comments as they are now; an answer costs one of 10,000 units a day, no search."""
        keys = [post.reread_key for post in posts]
        below = {own_id: video for video, slash, own_id in (key.partition("/") for key in keys) if slash}
        with http.BoundedSession() as session:
            videos = self._items(session, "videos", [key for key in keys if "/" not in key])
            comments = self._items(session, "comments", [*below])
        current, wrong = _posts(videos, {})
        others, odd = response_parsing.results(
            comments, lambda item: YouTube.parse({"comment": item, "below": below[item["id"]]})
        )
        missing = missing_ids(posts, by_id([*videos, *comments]))
        yield Page(
            stream="youtube:again", posts=(*current, *others), rejected=(*wrong, *odd), deleted=missing
        )

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> Post:
        """Return the post in `{"video": ..., "channel": ... or None}` or `{"comment": ..., "below": ...}`."""
        if "comment" in raw:
            return _comment(raw)
        video, snippet = raw["video"], raw["video"]["snippet"]
        own_id = _id(video["id"])
        text = "\n".join(part for part in (snippet["title"], snippet.get("description")) if part)
        counts = video.get("statistics") or {}
        lang = (snippet.get("defaultAudioLanguage") or snippet.get("defaultLanguage") or "").split("-")[0]
        return Post(
            platform="youtube",
            id=own_id,
            url=f"https://www.youtube.com/watch?v={own_id}",
            author=_author(snippet, raw.get("channel") or {}),
            text=text,
            created_at=unstamp(snippet["publishedAt"]),
            lang=None if lang in ("", "und", "zxx") else lang.lower(),
            tags=hashtags(text),
            links=_links(text),
            media=frozenset({Media.VIDEO}),
            metrics=Metrics(
                likes=whole_number(counts.get("likeCount")),
                replies=whole_number(counts.get("commentCount")),
                views=whole_number(counts.get("viewCount")),
            ),
            reread_key=own_id,
            raw=raw,
        )

    def _pages(
        self, session: http.BoundedSession, query: Query, question: str, look: _Look, budget: _SearchBudget
    ) -> Iterator[Page]:
        params, tokens, began = {"q": question} | look.params, set[str](), look.reached
        for number in range(1, _MOST_PAGES + 1):
            budget = replace(budget, spent=budget.spent + 1)
            page, times, token = yield from self._paid(session, query, params, budget)
            if token in tokens:
                detail = stream_reading.REPEATS.format("YouTube")
                yield replace(page, outcome=Outcome.UNREADABLE, detail=detail)
                return
            look = replace(look, reached=min((look.reached, *times)))
            is_poor = number == _MOST_PAGES or budget.next_at > self.now
            # below what is new lie the days that are read again: as far as the day's searches go
            if not token or not times or (is_poor and look.reached < look.since):
                yield self._complete(page, look, budget)
                return
            if is_poor:
                stuck = look.reached == began  # with a page full of videos of one second
                rest = replace(look, reached=began - timedelta(seconds=1)) if stuck else look
                complete = replace(self._complete(page, rest, budget), cursor=rest.cursor)
                yield stream_reading.cut_off(complete, rest.reached, _CAPPED)
                return
            tokens.add(token)
            params["pageToken"] = token
            yield page

    def _paid(
        self, session: http.BoundedSession, query: Query, params: Mapping[str, str], budget: _SearchBudget
    ) -> Generator[Page, None, _Hits]:
        """Yield what was spent, before anything can stop the poll, and return what was found."""
        spent = f"{_SPENT}{query.track}".lower()
        try:
            hits = self._search_page(session, query, params)
        except SourceError as error:
            failed = stream_reading.failed(spent, error)
            yield replace(failed, cursor=budget.cursor, retry_at=failed.retry_at or budget.next_at)
            raise
        yield Page(stream=spent, cursor=budget.cursor, retry_at=budget.next_at)
        return hits

    def _complete(self, page: Page, look: _Look, budget: _SearchBudget) -> Page:
        cursor = stamp(look.until)
        return replace(page, cursor=cursor, since=look.since, until=look.until, retry_at=budget.next_at)

    def _search_page(self, session: http.BoundedSession, query: Query, params: Mapping[str, str]) -> _Hits:
        usual = {"part": "snippet", "type": "video", "order": "date", "maxResults": "50"}
        answer = self._answer(session, "search", {**usual, **params})
        times, ids, rejected = _hits(answer.get("items", []), self.now)
        posts, wrong = self._videos(session, query, ids)
        page = Page(stream=_stream(query), posts=tuple(posts), rejected=(*rejected, *wrong))
        token = answer.get("nextPageToken")
        return page, times, token if isinstance(token, str) else None

    def _below(self, session: http.BoundedSession, query: Query, stream: str, video: str) -> Page:
        """Return the comments below a video that match: of the newest 100, and the answers beside them."""
        params = {"part": "snippet,replies", "videoId": video, "order": "time", "maxResults": "100"}
        answer = self._answer(session, "commentThreads", {**params, "textFormat": "plainText"})
        items = [item for thread in answer.get("items", []) for item in _comments(table(thread), video)]
        posts, rejected = response_parsing.results(items, YouTube.parse)
        fitting = tuple(post for post in posts if belongs(query, post))
        return Page(stream=stream, posts=fitting, rejected=rejected)

    def _videos(
        self, session: http.BoundedSession, query: Query, ids: list[str]
    ) -> tuple[list[Post], tuple[Rejected, ...]]:
        """Return the videos that match, with their numbers; the search itself finds more and says less."""
        candidates, wrong = _posts(self._items(session, "videos", ids), {})
        posts = [post for post in candidates if matches(query, post.text)]
        channels = by_id(self._items(session, "channels", [post.author.id for post in posts]))
        complete, odd = _posts([post.raw["video"] for post in posts], channels)
        return complete, (*wrong, *odd)

    def _items(self, session: http.BoundedSession, what: str, ids: list[str]) -> list[Any]:
        if not ids:
            return []
        params = {"part": _PARTS[what], "id": ",".join(dict.fromkeys(ids))}
        if what == "comments":
            params["textFormat"] = "plainText"
        if what == "channels":  # of these it gives five unless it is asked for more; of videos, all
            params["maxResults"] = "50"
        items: list[Any] = self._answer(session, what, params).get("items", [])
        # Whoever knows the id of an unlisted video is shown it.
        return [item for item in items if _privacy(item) in ("public", None)]

    def _answer(
        self, session: http.BoundedSession, what: str, params: Mapping[str, str]
    ) -> Mapping[str, Any]:
        response = session.get(
            f"{self.settings.api}/youtube/v3/{what}",
            params={**params, "fields": _ASKED[what]},
            headers={"X-Goog-Api-Key": self.key},  # not in the address, which may be written down
        )
        if response.status_code >= 400:
            _refuse(response, self.now)
        answer = http.json_of(response, self.now)
        if not isinstance(answer, dict) or not isinstance(answer.get("items", []), list):
            raise Unreadable("YouTube answered with data that is not a list of videos.")
        return answer


_CAPPED = "There were more videos than can be read at one time; the older ones will be read next time."


def _stream(query: Query) -> str:
    return f"youtube:search:{query.track}".lower()


def _question(query: Query) -> str:
    terms = [quoted(words) for words in dict.fromkeys((*query.tags, *query.phrases))]
    if not terms:
        raise ConfigError(f"Track {query.track!r} has no tags and no phrases, so YouTube cannot be searched.")
    return "|".join(terms)


def _no_more(stream: str, budget: _SearchBudget, searches: int) -> Page:
    among = f", shared by {budget.tracks} tracks" if budget.tracks > 1 else ""
    return Page(
        stream=stream,
        outcome=Outcome.RATE_LIMITED,
        detail=f"YouTube allows {searches} searches a day{among}. They are spread over the day, "
        f"and the next one is at {stamp(budget.next_at)}.",
        retry_at=budget.next_at,
    )


def _ledger(cursor: str | None) -> dict[str, Any]:
    """Return what a budget wrote down; nothing for any other text."""
    try:
        ledger = json.loads(cursor or "{}")
        date.fromisoformat(ledger["day"])
    except WRONG:
        return {}
    is_valid = type(ledger.get("spent")) is int and type(ledger.get("tracks")) is int
    return ledger if is_valid and ledger["spent"] >= 0 and ledger["tracks"] >= 1 else {}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), _CALIFORNIA).astimezone(UTC)


def _hits(items: list[Any], now: datetime) -> tuple[tuple[datetime, ...], list[str], tuple[Rejected, ...]]:
    """Return the times and ids in a page of the search, and what is neither."""
    hits, rejected = response_parsing.results(
        items, lambda item: (unstamp(item["snippet"]["publishedAt"]), _id(item["id"]["videoId"]))
    )
    return tuple(min(at, now) for at, _ in hits), [own_id for _, own_id in hits[:50]], rejected


def _posts(videos: list[Any], channels: Mapping[str, Any]) -> tuple[list[Post], tuple[Rejected, ...]]:
    def prepare(video: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"video": video, "channel": channels.get(video["snippet"]["channelId"])}

    return response_parsing.results(videos, YouTube.parse, prepare)


def _comments(thread: Mapping[str, Any], video: str) -> Iterator[Mapping[str, Any]]:
    """Yield the comment that begins a thread, and those of its answers that YouTube shows beside it."""
    top = table(thread.get("snippet"))
    yield {"comment": top.get("topLevelComment"), "below": video, "replies": top.get("totalReplyCount")}
    for answer in table(thread.get("replies")).get("comments") or ():
        yield {"comment": answer, "below": video}


def _comment(raw: Mapping[str, Any]) -> Post:
    """Return the post in a comment, which answers another one or the video: with that, all begins."""
    own_id, snippet, video = _id(raw["comment"]["id"]), raw["comment"]["snippet"], _id(raw["below"])
    text, writer = snippet["textDisplay"], _id(snippet["authorChannelId"]["value"])
    return Post(
        platform="youtube",
        id=own_id,
        url=f"https://www.youtube.com/watch?v={video}&lc={own_id}",
        author=Author(
            id=writer,
            name=snippet.get("authorDisplayName") or None,
            url=f"https://www.youtube.com/channel/{writer}",
        ),
        text=text,
        created_at=unstamp(snippet["publishedAt"]),
        kind=PostKind.REPLY,
        parent=snippet.get("parentId") or video,
        root=video,
        tags=hashtags(text),
        links=_links(text),
        metrics=Metrics(likes=count(snippet, "likeCount"), replies=count(raw, "replies")),
        reread_key=f"{video}/{own_id}",
        raw=raw,
    )


def _links(text: str) -> frozenset[str]:
    return addresses(link.rstrip(".,;:!?)]") for link in _LINK.findall(text))


def _privacy(item: object) -> Any:
    return table(table(item).get("status")).get("privacyStatus")


def _author(snippet: Mapping[str, Any], channel: Mapping[str, Any]) -> Author:
    own_id, counts = _id(snippet["channelId"]), channel.get("statistics") or {}
    handle = (channel.get("snippet") or {}).get("customUrl") or ""
    followers = whole_number(counts.get("subscriberCount"))
    return Author(
        id=own_id,
        handle=handle.removeprefix("@") or None,
        name=snippet.get("channelTitle") or None,
        url=f"https://www.youtube.com/channel/{own_id}",
        followers=None if counts.get("hiddenSubscriberCount") else followers,
    )


def _id(value: Any) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError(f"{value!r} is not an id")
    return value


def _refuse(response: requests.Response, now: datetime) -> None:
    """Raise the SourceError that an answer with an error stands for."""
    message, reasons = _problem(response)
    if reasons & _WRONG_KEY:
        raise Refused(f"YouTube does not accept the key in YOUTUBE_API_KEY. {about('youtube').how_to}")
    if reasons & _NOT_ON:
        raise Refused(
            "The key's project may not use YouTube yet: at console.cloud.google.com, "
            "switch on 'YouTube Data API v3' for it, and wait a few minutes."
        )
    if reasons & _USED_UP or "per day" in message:  # for a day's searches it gives the reason of _TOO_FAST
        midnight = _midnight(now.astimezone(_CALIFORNIA).date() + timedelta(days=1))
        raise RateLimited(
            "YouTube reports that today's searches are used up: another program may be using the "
            "same key. It will be retried automatically.",
            min(midnight, now + timedelta(hours=1)),
        )
    if "commentsDisabled" in reasons:
        raise Closed("Comments on a video are switched off.")
    if reasons & _TOO_FAST:
        raise RateLimited("It asked us to slow down.", http.retry_at(response.headers, now))
    http.check(response, now, f"YouTube's answer: {message}" if message else "")


def _problem(response: requests.Response) -> tuple[str, set[str]]:
    """Return what YouTube says about an error, and its names for it."""
    try:
        error = response.json()["error"]
        listed = [*(error.get("errors") or ()), *(error.get("details") or ())]
        return plain(str(error.get("message") or ""))[:200], {str(one.get("reason")) for one in listed}
    except WRONG:
        return "", set()


SOURCE: type[Source] = YouTube
