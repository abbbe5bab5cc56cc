"""X (formerly Twitter): recent search of the paid API, through tweepy. Only this module knows X's words.

X renamed "tweet" to "post" in its documents of August 2026; both spellings are read.
"""

import html
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self

import requests
import tweepy

from monitor.clock import unstamp
from monitor.errors import ConfigError, RateLimited, Refused, SourceError, Unreadable
from monitor.model import WRONG, Author, Kind, Media, Metrics, Outcome, Page, Post, Query, Rejected
from monitor.sources import NO_WAITING, Source, quoted
from monitor.sources.wire import http
from monitor.sources.wire.links import addresses
from monitor.text import hashtags

# At DEBUG these write the Authorization header, and so the key, into the log.
for _name in ("tweepy", "urllib3"):
    logging.getLogger(_name).setLevel(logging.INFO)

_BUILT_IN = "https://api.twitter.com"  # tweepy's, without a setting for another
_LONGEST_QUERY = 512
_WINDOW = timedelta(days=7)  # recent search shows no more
_LAG = timedelta(seconds=30)  # and nothing newer than this
_SETTLED = timedelta(hours=1)  # what search has not shown by then is not there
_EPOCH_MS = 1288834974657  # X's ids count milliseconds from here
_ID = re.compile(r"[0-9]{1,20}")  # a whole number of 64 bits; a longer one is later than the calendar
_NO_LANGUAGE = {"und", "zxx", "qam", "qct", "qht", "qme", "qst"}
_MEDIA = {"photo": Media.IMAGE, "video": Media.VIDEO, "animated_gif": Media.VIDEO}
_REPOST = {"retweeted", "reposted"}
_ASKED: Mapping[str, Any] = {
    "max_results": 100,
    "tweet_fields": [
        "created_at", "public_metrics", "lang", "entities", "referenced_tweets", "conversation_id",
        "edit_history_tweet_ids", "author_id", "note_tweet", "attachments",
    ],
    "expansions": ["author_id", "referenced_tweets.id", "attachments.media_keys"],
    "media_fields": ["type"],
    "user_fields": ["public_metrics", "username", "name"],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """X's table of the campaign file. `max_pages`: of 100 posts each, in one poll."""

    api: str = "https://api.x.com"
    max_pages: int = 10

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        """Return the settings; raises ConfigError naming the key and what is allowed."""
        if unknown := sorted(set(table) - {"api", "max_pages"}):
            raise ConfigError(f"sources.x.{unknown[0]} is not a setting. Allowed: api, max_pages.")
        api, pages = table.get("api", cls().api), table.get("max_pages", cls().max_pages)
        if not isinstance(api, str) or not http.is_safe(api):
            raise ConfigError(f"sources.x.api must be an address that begins with https://, not {api!r}.")
        if type(pages) is not int or not 1 <= pages <= 100:
            raise ConfigError(f"sources.x.max_pages must be a whole number from 1 to 100, not {pages!r}.")
        return cls(api.rstrip("/"), pages)


class X:
    """Recent search: the last 7 days, newest first. Each post read costs money."""

    title: ClassVar[str] = "X"
    keys: ClassVar[tuple[str, ...]] = ("X_BEARER_TOKEN",)
    how_to: ClassVar[str] = (
        "Open an account at developer.x.com, buy credit, create an app and copy its Bearer Token; "
        "each post read costs about half a US cent and each author about one cent."
    )

    def __init__(self, settings: Settings, token: str, now: datetime) -> None:
        self._settings, self._now = settings, now
        # tweepy's own waiting has no limit: without a reset time it calls itself until Python stops it.
        self._client = tweepy.Client(token, return_type=requests.Response, wait_on_rate_limit=False)
        self._client.session = _Session(settings.api, now)
        self._client.user_agent = http.USER_AGENT

    @classmethod
    def open(cls, settings: Mapping[str, Any], env: Mapping[str, str], now: datetime) -> Self:
        """Return X for one poll; raises ConfigError or Refused."""
        read = Settings.read(settings)
        token = env.get("X_BEARER_TOKEN", "").strip()
        if not token:
            raise Refused(f"X_BEARER_TOKEN is missing from .env. {cls.how_to}")
        return cls(read, token, now)

    def search(
        self, query: Query, cursors: Mapping[str, str], waiting: Mapping[str, datetime] = NO_WAITING
    ) -> Iterator[Page]:
        """Yield pages, newest first; the cursor (the newest id) comes with the last one only."""
        stream = f"x:search:{query.track}".lower()
        asked = _question(query)
        since_id = _id(cursors.get(stream))
        start = _time_of(since_id) if since_id else None
        gap = start is not None and start < self._now - _WINDOW
        if gap:  # X refuses an id that is older than its window
            since_id = None
        until = self._now - _LAG
        since = min(max(start, self._now - _WINDOW), until) if start else self._now - _WINDOW
        known = Page(stream=stream, since=since, until=until)
        for page in self._pages(asked, since_id, known):
            yield _with_gap(page) if gap and page.since and page.outcome is Outcome.COMPLETE else page

    def _pages(self, asked: str, since_id: str | None, known: Page) -> Iterator[Page]:
        seen: set[str] = set()
        tokens: set[str] = set()
        newest = token = None
        for number in range(1, self._settings.max_pages + 1):
            answer = self._ask(asked, since_id, token)
            meta = _table(answer.get("meta"))
            newest = newest or _id(meta.get("newest_id"))
            token = meta.get("next_token")
            page = replace(_page(answer, seen), stream=known.stream)
            if not token:
                quiet = number == 1 and not answer.get("data")
                cursor = _moved_on(since_id, self._now) if quiet else newest
                yield replace(page, cursor=cursor, since=known.since, until=known.until)
                return
            if token in tokens:
                yield _capped(page, newest, "X gave the same page mark twice")
                return
            if number == self._settings.max_pages:
                yield _capped(page, newest, f"X had more than {number} pages; raise max_pages to read more")
                return
            tokens.add(token)
            yield page

    def _ask(self, asked: str, since_id: str | None, token: str | None) -> Mapping[str, Any]:
        response = self._client.search_recent_tweets(asked, since_id=since_id, next_token=token, **_ASKED)
        answer = http.json_of(response, self._now)
        if not isinstance(answer, dict) or not isinstance(answer.get("data", []), list):
            raise Unreadable("X answered with data that is not a list of posts.")
        return answer

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> Post:
        """Return the post in `{"post": ..., "user": ... or None, "media": its kinds, as X calls them}`."""
        post, user = raw["post"], raw["user"]
        own_id = _digits(post["id"])
        long = post.get("note_tweet") or post.get("note_post") or {}
        text = html.unescape(long.get("text") or post["text"])
        chain = post.get("edit_history_tweet_ids") or post.get("edit_history_post_ids") or [own_id]
        lang = post.get("lang")
        return Post(
            platform="x",
            id=_digits(chain[0]),
            url=f"https://x.com/{user['username'] if user else 'i'}/status/{own_id}",
            author=_author(post, user),
            text=text,
            created_at=unstamp(post["created_at"]),
            kind=_kind(post),
            lang=None if lang in _NO_LANGUAGE else lang,
            tags=_tags(post) | _tags(long) | hashtags(text),
            links=_links(post) | _links(long),
            media=frozenset(_MEDIA[kind] for kind in raw.get("media") or () if kind in _MEDIA),
            metrics=_metrics(post.get("public_metrics") or {}),
            raw=raw,
        )


class _Session(http.Session):
    """Turns X's refusals into our errors before tweepy, which trips over odd ones, sees them."""

    def __init__(self, api: str, now: datetime) -> None:
        super().__init__(rewrite={_BUILT_IN: api})
        self._now = now

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        response = super().request(*args, **kwargs)
        if response.status_code >= 400:
            raise _error(response, self._now)
        http.check(response, self._now)
        return response


def _error(response: requests.Response, now: datetime) -> SourceError:
    problem = _problem(response)
    said = str(problem.get("detail") or problem.get("title") or "")[:200]
    if response.status_code == 429 and str(problem.get("type", "")).endswith("/usage-capped"):
        return RateLimited(
            "X's monthly allowance of posts is used up. Wait for the next month, or raise the limit "
            "in X's developer console.",
            now + timedelta(hours=1),
        )
    if response.status_code == 402:
        return Refused("X asks for money: the account's credit is used up. Buy credit at developer.x.com.")
    try:
        http.check(response, now)
    except RateLimited as error:
        return error
    except SourceError as error:
        return type(error)(f"{error} X says: {said}" if said else str(error))
    return Unreadable(f"X answered with status {response.status_code}.")


def _problem(response: requests.Response) -> Mapping[str, Any]:
    try:
        return _table(response.json())
    except (ValueError, RecursionError):
        return {}


def _question(query: Query) -> str:
    wanted = [f"#{tag}" for tag in query.tags] + [quoted(phrase) for phrase in query.phrases]
    if not wanted:
        raise ConfigError(f"Track {query.track!r} has no tags and no phrases, so X cannot be searched.")
    asked = " ".join([f"({' OR '.join(wanted)})", *(f"-{quoted(word)}" for word in query.excluded)])
    if len(asked) > _LONGEST_QUERY:
        raise ConfigError(
            f"Track {query.track!r} makes a search of {len(asked)} characters; X allows {_LONGEST_QUERY}. "
            "Take out some tags, phrases or excluded words."
        )
    return asked


def _page(answer: Mapping[str, Any], seen: set[str]) -> Page:
    """Return the answer's posts that are not in `seen`, and add them to it."""
    posts: list[Post] = []
    rejected: list[Rejected] = []
    includes = _table(answer.get("includes"))
    users = _by_id(includes.get("users"))
    originals = _by_id(includes.get("tweets") or includes.get("posts"))
    media = _by_id(includes.get("media"), "media_key")
    for item in answer.get("data", []):
        try:
            shown = _original(item, originals)
            if shown is None:
                continue
            keys = (shown.get("attachments") or {}).get("media_keys") or ()
            kinds = [media[key].get("type") for key in keys if key in media]
            post = X.parse({"post": shown, "user": users.get(shown.get("author_id")), "media": kinds})
        except WRONG as error:
            rejected.append(Rejected.of(error, item))
            continue
        if post.id not in seen:
            seen.add(post.id)
            posts.append(post)
    hidden = len(answer.get("errors") or ())
    detail = f"X could not show {hidden} posts or authors that were mentioned." if hidden else ""
    return Page(stream="", posts=tuple(posts), rejected=tuple(rejected), detail=detail)


def _original(item: Mapping[str, Any], originals: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the item, or the post that it only passes on; None if X did not send that one."""
    for reference in _references(item):
        if reference["type"] in _REPOST:
            return originals.get(reference["id"])
    return item


def _moved_on(since_id: str | None, now: datetime) -> str:
    """Return the id to go on from where nothing new came: X refuses one that a quiet week has left behind."""
    settled = (now - _SETTLED - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1) - _EPOCH_MS
    return max(since_id or "0", str(settled << 22), key=int)


def _capped(page: Page, newest: str | None, why: str) -> Page:
    # The cursor moves on: else every later poll would pay for these same pages again.
    oldest = min((post.created_at for post in page.posts), default=None)
    detail = f"{why}. So older posts of this window were not read. {page.detail}"
    return replace(page, cursor=newest, outcome=Outcome.CAPPED, since=oldest, detail=detail.strip())


def _with_gap(page: Page) -> Page:
    detail = f"The last look was more than 7 days ago; X shows nothing older. {page.detail}"
    return replace(page, outcome=Outcome.GAP, detail=detail.strip())


def _references(post: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return post.get("referenced_tweets") or post.get("referenced_posts") or ()


def _kind(post: Mapping[str, Any]) -> Kind:
    types = {reference["type"] for reference in _references(post)}
    if "replied_to" in types:
        return Kind.REPLY
    return Kind.QUOTE if "quoted" in types else Kind.POST


def _author(post: Mapping[str, Any], user: Mapping[str, Any] | None) -> Author:
    if user is None:
        return Author(id=_digits(post["author_id"]))
    return Author(
        id=_digits(post["author_id"]),
        handle=user["username"],
        name=user.get("name"),
        url=f"https://x.com/{user['username']}",
        followers=_count(user.get("public_metrics") or {}, "followers_count"),
    )


def _metrics(said: Mapping[str, Any]) -> Metrics:
    return Metrics(
        likes=_count(said, "like_count"),
        reposts=_count(said, "retweet_count", "repost_count"),
        replies=_count(said, "reply_count"),
        quotes=_count(said, "quote_count"),
        views=_count(said, "impression_count"),
    )


def _count(said: Mapping[str, Any], *names: str) -> int | None:
    found = next((said[name] for name in names if said.get(name) is not None), None)
    if found is not None and type(found) is not int:
        raise TypeError(f"{names[0]} is {found!r}, not a whole number")
    return found


def _tags(post: Mapping[str, Any]) -> frozenset[str]:
    found = (post.get("entities") or {}).get("hashtags") or ()
    return frozenset(hashtag["tag"].casefold() for hashtag in found)


def _links(post: Mapping[str, Any]) -> frozenset[str]:
    """Return where the post's short links lead, without those to its own pictures."""
    found = [u for u in (post.get("entities") or {}).get("urls") or () if not _is_own_picture(u)]
    return addresses(u.get("unwound_url") or u.get("expanded_url") for u in found)


def _is_own_picture(link: Mapping[str, Any]) -> bool:
    return str(link.get("display_url")).startswith(("pic.twitter.com/", "pic.x.com/"))


def _by_id(items: Any, name: str = "id") -> dict[Any, Mapping[str, Any]]:
    return {item[name]: item for item in items or () if isinstance(item, dict) and name in item}


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _id(value: Any) -> str | None:
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _digits(value: Any) -> str:
    if (found := _id(value)) is None:
        raise ValueError(f"{value!r} is not an id")
    return found


def _time_of(post_id: str) -> datetime:
    """Return when an id was given out."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=(int(post_id) >> 22) + _EPOCH_MS)


SOURCE: type[Source] = X
