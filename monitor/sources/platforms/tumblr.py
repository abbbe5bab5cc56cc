"""Tumblr: public posts by tag, newest first, with a free key. Only this module knows Tumblr's words."""

import html
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, Self

from monitor.campaign.reader import read
from monitor.core.clock import of_epoch, stamp
from monitor.core.errors import Unreadable
from monitor.core.model import Author, Media, Page, Post, Query
from monitor.core.text import hashtags, matches, normal_tag, plain
from monitor.sources.contract import NO_WAITING, Cursors, Source, Waiting
from monitor.sources.shared import credentials, http, response_parsing, stream_reading
from monitor.sources.shared.safe_links import address, addresses, in_markup, pictures
from monitor.sources.shared.stream_reading import Stream

_LIMIT = 20  # the most that it gives at once
_MOST_PAGES = 10
_FIRST = timedelta(days=7)  # how far back a first look reads
_OVERLAP = timedelta(hours=1)  # how much is read again each time, for posts that it lists late
_WORDS = ("title", "question", "answer", "body", "caption", "text", "description")
_MEDIA = {"photo": Media.IMAGE, "video": Media.VIDEO, "audio": Media.AUDIO}
_MARKUP = {"<img": Media.IMAGE, "<video": Media.VIDEO, "<audio": Media.AUDIO}

_IMG, _ATTRIBUTE = re.compile(r"<img\b[^<>]*>"), re.compile(r'\b(src|alt)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Settings:
    api: Annotated[http.Address, "the address of Tumblr's service, for tests; leave it out"] = (
        "https://api.tumblr.com"
    )


@dataclass(slots=True)
class Tumblr:
    """Reads each tag and phrase, which are tags there too, newest first, back to the last look."""

    api: str
    key: str
    now: datetime

    @classmethod
    def open(cls, settings: Mapping[str, Any], env: Mapping[str, str], now: datetime) -> Self:
        own = read(Settings, settings, "sources.tumblr")
        [key] = credentials.of("tumblr", env)
        return cls(own.api, key, now)

    def search(self, query: Query, cursors: Cursors, waiting: Waiting = NO_WAITING) -> Iterator[Page]:
        """Yield pages of every tag and phrase; one that fails gives a page that says so."""
        terms = dict.fromkeys(term.lower() for term in (*query.tags, *query.phrases))
        streams = [Stream.of(cursors, f"tumblr:{term}", term) for term in terms]
        limit = stream_reading.left_alone(waiting, self.now, start="tumblr:")
        with http.BoundedSession() as session:
            yield from stream_reading.each(streams, partial(self._pages, session, query), limit)

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> Post:
        """Return the post in one item of an answer.

        It has no metrics: `note_count` is likes, reblogs and replies in one number, and none of the three.
        """
        markup = [raw[name] for name in _WORDS if raw.get(name)]
        text = "\n".join(plain(part) for part in markup)
        return Post(
            platform="tumblr",
            id=str(raw.get("id_string") or raw["id"]),
            url=address(raw["post_url"]),
            author=_author(raw),
            text=text,
            created_at=of_epoch(_seconds(raw["timestamp"])),
            tags=frozenset(map(normal_tag, raw.get("tags") or ())) - {""} | hashtags(text),
            links=addresses([raw.get("url"), *(link for part in markup for link in in_markup(part))]),
            media=_media(raw, markup),
            pictures=pictures(_pictures(raw, markup)),
            raw=raw,
        )

    def _pages(self, session: http.BoundedSession, query: Query, stream: Stream) -> Iterator[Page]:
        """Yield pages newest first; the cursor comes last, so a crash midway loses nothing."""
        last_look = stream.last_look(self.now)
        floor = int((last_look - _OVERLAP if last_look else self.now - _FIRST).timestamp())
        reading = _Progress(floor, int(self.now.timestamp()))
        for _ in range(_MOST_PAGES):
            items = self._items(session, stream, reading.before)
            page, times = _page(stream, query, items, reading.ids)
            if reading.is_ignored(times):
                raise Unreadable(stream_reading.REPEATS.format("Tumblr"))
            yield page
            if not reading.goes_on(times):
                break
        else:
            reading.is_cut = True
        since, oldest = last_look or self.now - _FIRST, of_epoch(reading.oldest)
        end = Page(stream=stream.name, cursor=stamp(self.now), since=since, until=self.now)
        yield stream_reading.cut_off(end, oldest) if reading.is_cut else end

    def _items(self, session: http.BoundedSession, stream: Stream, before: int | None) -> list[Any]:
        params = {"tag": stream.term, "limit": str(_LIMIT), "api_key": self.key}
        if before is not None:
            params["before"] = str(before)
        response = http.without(self.key, session.get(f"{self.api}/v2/tagged", params=params))
        answer = http.json_of(response, self.now)
        return response_parsing.listing(answer, "response", "Its answer is not in Tumblr's format.")


@dataclass(slots=True)
class _Progress:
    """How far back one stream has been read. `before` is where the next page begins, in seconds.

    A page is asked from one second above the last one's end, because two posts may share that second.
    """

    floor: int
    oldest: int
    before: int | None = None
    is_cut: bool = False
    ids: set[str] = field(default_factory=set)

    def is_ignored(self, times: Mapping[str, int]) -> bool:
        """Return whether the page is an old one again, from after the time that was asked for.

        One newer post among others is no sign of it: a post from a queue is listed where it was written.
        """
        if self.before is None or not times.keys() <= self.ids:
            return False
        return any(at >= self.before for at in times.values())

    def goes_on(self, times: Mapping[str, int]) -> bool:
        """Take in a page, the times of its posts by id; return whether there may be more below it.

        A post that was dated back lies among newer ones: it says nothing of how far this page reaches.
        """
        new = [at for native_id, at in times.items() if native_id not in self.ids and at >= self.floor]
        self.ids |= set(times)
        self.oldest = min([self.oldest, *new])
        if self.before is not None and len(times) >= _LIMIT and set(times.values()) == {self.before - 1}:
            self.before -= 1  # a second with more posts than a page: the others of it cannot be asked for
            self.is_cut = True
            return self.before > self.floor
        if new:
            self.before = min([min(new) + 1, *([self.before] if self.before else [])])
        return bool(new)


def _page(stream: Stream, query: Query, items: list[Any], earlier: Set[str]) -> tuple[Page, dict[str, int]]:
    """Return the page, and the times by which its items are sorted, by id, matching or not."""

    def parse(item: Mapping[str, Any]) -> tuple[Post, int, bool]:
        post = Tumblr.parse(item)
        # a tag that Tumblr features is sorted by when the post was featured
        at = _seconds(item.get("featured_timestamp") or item["timestamp"])
        return post, at, matches(query, "\n".join([post.text, *(item.get("tags") or ())]), post.tags)

    results, rejected = response_parsing.results(items, parse)
    posts = tuple(post for post, _, fits in results if fits and post.id not in earlier)
    times = {post.id: at for post, at, _ in results}
    return Page(stream=stream.name, posts=posts, rejected=rejected), times


def _author(raw: Mapping[str, Any]) -> Author:
    blog, name = raw.get("blog") or {}, raw["blog_name"]
    return Author(
        id=blog.get("uuid") or name,  # a blog may change its name
        handle=name,
        name=blog.get("title") or None,
        url=f"https://www.tumblr.com/{name}",
    )


def _seconds(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"{value!r} is not a time")
    return value


def _media(raw: Mapping[str, Any], markup: list[str]) -> frozenset[Media]:
    kinds = {_MEDIA[raw["type"]]} if raw.get("type") in _MEDIA else set()
    return frozenset(kinds | {kind for mark, kind in _MARKUP.items() if any(mark in part for part in markup)})


def _pictures(raw: Mapping[str, Any], markup: list[str]) -> Iterator[tuple[object, object]]:
    """Yield the words for each picture and its address: of a set of photos, and of those within the text."""
    for photo in raw.get("photos") or ():
        yield photo.get("caption"), (photo.get("original_size") or {}).get("url")
    for image in _IMG.findall(" ".join(markup)):
        attributes = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(image)}
        yield attributes.get("alt"), attributes.get("src")


SOURCE: type[Source] = Tumblr
