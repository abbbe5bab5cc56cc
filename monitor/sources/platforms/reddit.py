"""Reddit: a week's search of submissions and their comments, through praw. Only it knows Reddit's words."""

import configparser
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from importlib.resources import files
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

import praw
import prawcore
import requests
from praw.config import Config

from monitor.campaign.reader import SOME, form, read
from monitor.core.clock import of_epoch
from monitor.core.errors import (
    ConfigError,
    NotPublicError,
    RateLimited,
    Refused,
    SourceError,
    Unavailable,
    Unreadable,
)  # fmt: skip
from monitor.core.model import WRONG, Author, Media, Metrics, Page, Post, PostKind, Query
from monitor.core.text import belongs, hashtags, quoted
from monitor.platform_info import about
from monitor.sources.contract import NO_WAITING, Cursors, KnownPost, Source, Waiting
from monitor.sources.shared import credentials, http, response_parsing, stream_reading
from monitor.sources.shared.reread import missing_ids
from monitor.sources.shared.response_parsing import by_id, table
from monitor.sources.shared.safe_links import addresses, pictures

# At DEBUG prawcore writes what is sent, and so perhaps a key, into the log.
logging.getLogger("prawcore").setLevel(logging.INFO)

_MOST = 250
_PAGE = 100
_WINDOW = timedelta(days=7)
_OWN = re.compile(r"(^|\.)(reddit\.com|redd\.it)$")
_CLOSED = {"private", "employees_only", "gold_only"}  # places that not everybody can read
_GONE = {"[deleted]", "[removed]"}
_COMMENTS = 500  # the most of a thread that Reddit shows at once


_Name = Annotated[str, form(r"\w{2,50}", 'names without "r/", such as "london"')]


@dataclass(frozen=True, slots=True)
class Settings:
    subreddits: Annotated[tuple[_Name, ...], SOME, "a list of places to search, without `r/`"] = ("all",)
    oauth_url: Annotated[http.Address, "an address for tests; leave it out"] = "https://oauth.reddit.com"
    reddit_url: Annotated[http.Address, "an address for tests; leave it out"] = "https://www.reddit.com"


class Reddit:
    """Search of submissions of the last week, newest first, and the comments below what it found."""

    at_once: ClassVar[int] = 100
    a_minute: ClassVar[int] = 1000
    ages: ClassVar[tuple[timedelta, ...]] = ()

    def __init__(self, settings: Settings, client_id: str, secret: str, now: datetime) -> None:
        self._settings, self._now = settings, now
        self._order = {"sort": "new", "t": "week"}
        _forget_praw_ini()
        # A fresh one each poll: prawcore would sleep up to 600 s before a later call of this one.
        self._reddit = praw.Reddit(
            "DEFAULT",  # not the site that an environment variable names
            requestor_kwargs={"session": _RedditSession(now)},
            client_id=client_id,
            client_secret=secret,
            user_agent=http.USER_AGENT,
            check_for_updates=False,  # else its making asks PyPI
            oauth_url=settings.oauth_url,
            reddit_url=settings.reddit_url,
            ratelimit_seconds=0,
            username=None,  # these four: not from the environment's praw_*
            password=None,
            refresh_token=None,
            redirect_uri=None,
        )
        self._reddit.read_only = True

    @classmethod
    def open(cls, settings: Mapping[str, Any], env: Mapping[str, str], now: datetime) -> Self:
        own = read(Settings, settings, "sources.reddit")
        client_id, secret = credentials.of("reddit", env)
        return cls(own, client_id, secret, now)

    def search(self, query: Query, cursors: Cursors, waiting: Waiting = NO_WAITING) -> Iterator[Page]:
        """Yield the week's submissions anew each time; the cursor only tells the newest one's time."""
        stream = f"reddit:search:{query.track}".lower()
        count, posts = 0, list[Post]()
        for batch in self._batches(_question(query)):
            page = _page(stream, batch)
            count += len(batch)
            posts += page.posts
            yield page
        yield self._last(stream, count, posts)
        threads = {post.id: post.metrics.replies or 0 for post in posts}
        stream = f"reddit:comments:{query.track}".lower()
        # Its search does not find comments.
        read = partial(self._below, query, stream)
        yield from stream_reading.comments(stream, threads, cursors.get(stream), read)

    def second_way(self) -> tuple[str, Source] | None:
        """Return its search in another order: https://www.reddit.com/dev/api#GET_search has these."""
        second = copy(self)
        second._order = {"sort": "relevance", "t": "month"}
        return "Reddit's search by relevance", second

    def _below(self, query: Query, stream: str, thread: str) -> Page:
        """Return the comments below a submission that match."""
        page = _page(stream, self._thread(thread))
        return replace(page, posts=tuple(post for post in page.posts if belongs(query, post)))

    def _thread(self, thread: str) -> list[Any]:
        """Return the comments that Reddit shows at once of a submission, answers to answers, too."""
        answer = self._ask(f"comments/{thread.removeprefix('t3_')}/", {"limit": _COMMENTS, "sort": "new"})
        if not isinstance(answer, list) or len(answer) < 2:
            raise Unreadable("Reddit answered with something that is not a list of comments.")
        comments, waiting = list[Any](), [answer[1:]]
        while waiting:
            for child in _children(waiting.pop()):
                comments.append(child)
                waiting.append([child["data"].get("replies")])
        return comments

    def reread(self, posts: Sequence[KnownPost]) -> Iterator[Page]:
        """Yield the submissions as they are now; Reddit leaves out what it does not know any more."""
        children = self._listing("api/info/", {"id": ",".join(post.reread_key for post in posts)})["children"]
        page = _page("reddit:again", children)
        # One that made no sense is there all the same.
        there = by_id([table(child).get("data") for child in children], "name")
        yield replace(page, deleted=(*page.deleted, *missing_ids(posts, there)))

    def _last(self, stream: str, count: int, posts: Sequence[Post]) -> Page:
        past = self._now - _WINDOW
        times = [min(max(post.created_at, past), self._now) for post in posts]
        cursor = str(int(max(times, default=past).timestamp())) if count else None
        page = Page(stream=stream, cursor=cursor, since=past, until=self._now)
        if count < _MOST:
            return page
        detail = f"Reddit had more than {_MOST} posts this week; the older ones were not read."
        return stream_reading.cut_off(page, min(times, default=self._now), detail)

    def _batches(self, question: str) -> Iterator[list[Any]]:
        """Yield what each listing holds, as it came, up to the most that is read.

        praw's own search builds objects of a whole listing at once, so one odd item would cost
        them all, and touching a field that one lacks asks Reddit again; plain data does neither.
        """
        count, after, where = 0, None, "+".join(self._settings.subreddits)
        usual = self._order | {"q": question, "syntax": "lucene", "restrict_sr": where != "all"}
        while count < _MOST:
            params = usual | {"limit": min(_PAGE, _MOST - count), "after": after}
            listing = self._listing(f"r/{where}/search/", params)
            children = listing["children"][: _MOST - count]
            if children:
                yield children
            count += len(children)
            if not children or listing.get("after") is None:
                return
            if listing["after"] == after:
                raise Unreadable("Reddit keeps returning the same page, so reading was stopped.")
            after = listing["after"]

    def _listing(self, path: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        listing = table(table(self._ask(path, params)).get("data"))
        response_parsing.listing(
            listing, "children", "Reddit answered with data that is not a list of posts."
        )
        return listing

    def _ask(self, path: str, params: Mapping[str, Any]) -> object:
        try:
            return self._reddit.request(method="GET", path=path, params=dict(params))
        except prawcore.PrawcoreException as error:
            raise _error(error) from error
        except (praw.exceptions.PRAWException, *WRONG) as error:
            raise Unreadable(f"Reddit's answer could not be read ({type(error).__name__}).") from error

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> Post:
        """Return the post in the own fields of a submission or a comment, `author` being a name or None."""
        name = raw["name"]
        is_comment = name.startswith("t1_")
        path = urlsplit(raw["permalink"]).path
        if not name.startswith(("t3_", "t1_")) or not path.startswith("/"):
            raise ValueError(f"{name!r} at {path!r} is not a submission or a comment")
        if raw.get("subreddit_type") in _CLOSED:
            raise NotPublicError("This was written in a private place on Reddit. Only public posts are kept.")
        parts = (raw["body"],) if is_comment else (raw["title"], raw.get("selftext"))
        text = "\n\n".join(part for part in parts if part)
        score = response_parsing.count(raw, "score")
        if score == 1 and (raw.get("score_hidden") or raw.get("hide_score")):
            score = None  # a hidden one says 1; a listing of its own gives some all the same
        return Post(
            platform="reddit",
            id=name,
            url=f"https://www.reddit.com{path}",
            author=_author(raw.get("author"), name),
            text=text,
            created_at=of_epoch(raw["created_utc"]),
            kind=PostKind.REPLY if is_comment else PostKind.POST,
            parent=raw.get("parent_id") if is_comment else raw.get("crosspost_parent"),
            root=raw.get("link_id") if is_comment else None,
            tags=hashtags(text),
            links=_links(raw),
            media=_media(raw),
            pictures=pictures(_pictures(raw)),
            metrics=Metrics(
                likes=None if score is None else max(0, score),
                replies=response_parsing.count(raw, "num_comments"),
                reposts=response_parsing.count(raw, "num_crossposts"),
            ),
            reread_key=name,
            raw=raw,
        )

    @staticmethod
    def pick(raw: Mapping[str, Any], query: Query, server: str) -> Post | None:
        """Return the post in what `parse` takes, None if it is gone; the search has found the words."""
        return None if _is_gone(raw) else response_parsing.unless_excluded(Reddit.parse(raw), query)


class _RedditSession(http.BoundedSession):
    """Raises our errors at once, and keeps the rate limit to itself: prawcore would sleep on both."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self._now = now
        self._used_up: RateLimited | None = None

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        if self._used_up:
            raise self._used_up
        response = super().request(*args, **kwargs)
        http.check(response, self._now)
        if _allowance(response.headers.get("x-ratelimit-remaining")) < 1:
            at = http.retry_at(response.headers, self._now)
            self._used_up = RateLimited("Reddit's allowance for these ten minutes is used up.", at)
        for name in [name for name in response.headers if name.lower().startswith("x-ratelimit")]:
            del response.headers[name]
        return response


def _allowance(header: str | None) -> float:
    try:
        return float(header) if header else 1.0
    except ValueError:
        return 1.0


def _forget_praw_ini() -> None:
    """Give praw its own defaults only: a praw.ini in the working folder could send the key elsewhere."""
    own = configparser.ConfigParser(interpolation=None)
    own.read_string(files("praw").joinpath("praw.ini").read_text())
    Config.CONFIG = own


def _question(query: Query) -> str:
    terms = [quoted(words) for words in (*query.tags, *query.phrases)]
    if not terms:
        raise ConfigError(f"Track {query.track!r} has no tags and no phrases, so Reddit cannot be searched.")
    unwanted = "".join(f" NOT {quoted(word)}" for word in query.excluded)
    return f"({' OR '.join(terms)}){unwanted}" if unwanted else " OR ".join(terms)


def _page(stream: str, batch: list[Any]) -> Page:
    def parse(raw: Mapping[str, Any]) -> tuple[Post, bool]:
        return Reddit.parse(raw), _is_gone(raw)

    pairs, rejected = response_parsing.results(batch, parse, lambda child: child["data"])
    posts = tuple(post for post, is_gone in pairs if not is_gone)
    deleted = tuple(post.id for post, is_gone in pairs if is_gone)
    return Page(stream=stream, posts=posts, rejected=rejected, deleted=deleted)


def _is_gone(raw: Mapping[str, Any]) -> bool:
    return bool(raw.get("removed_by_category") or _GONE & {raw.get("selftext"), raw.get("body")})


def _children(listings: object) -> Iterator[Mapping[str, Any]]:
    """Yield what comments there are in listings, as far as they make sense."""
    for listing in listings if isinstance(listings, list) else ():
        children = table(table(listing).get("data")).get("children")
        for child in map(table, children if isinstance(children, list) else ()):
            if child.get("kind") == "t1" and isinstance(child.get("data"), dict):
                yield child


def _links(raw: Mapping[str, Any]) -> frozenset[str]:
    """Return the address that the post is about; none for one of Reddit's own, such as its pictures."""
    links = addresses([raw.get("url")])
    return frozenset(link for link in links if not _OWN.search(urlsplit(link).hostname or ""))


def _media(raw: Mapping[str, Any]) -> frozenset[Media]:
    hint = str(raw.get("post_hint"))
    if raw.get("is_video") or hint.endswith(":video"):
        return frozenset({Media.VIDEO})
    return frozenset({Media.IMAGE}) if raw.get("is_gallery") or hint == "image" else frozenset()


def _pictures(raw: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    """Yield the caption and address of each picture: those of a gallery in its order, or the one there is.

    The one there is may be fetched if the post is for all ages.
    """
    metadata = table(raw.get("media_metadata"))
    for item in table(raw.get("gallery_data")).get("items") or ():
        yield item.get("caption"), table(table(metadata.get(item.get("media_id"))).get("s")).get("u")
    if raw.get("post_hint") == "image":
        yield None, raw.get("url"), raw.get("url") if raw.get("over_18") is False else None


def _author(name: str | None, post: str) -> Author:
    if name is None or name in _GONE:  # who they were is not said: one each, not one for all
        return Author(id=f"[deleted]:{post}")
    return Author(id=name, handle=name, url=f"https://www.reddit.com/user/{name}")


def _error(error: prawcore.PrawcoreException) -> SourceError:
    if isinstance(error, prawcore.RequestException):
        ours = error.original_exception
        return ours if isinstance(ours, SourceError) else Unavailable(http.NOT_REACHED)
    if isinstance(error, prawcore.OAuthException):
        return Refused(f"Reddit does not accept the key ({error.error}). {about('reddit').how_to}")
    if isinstance(error, prawcore.BadJSON):
        return Unreadable("Reddit answered with something that is not data.")
    return Unreadable(f"Reddit's answer could not be read ({type(error).__name__}).")


SOURCE: type[Source] = Reddit
