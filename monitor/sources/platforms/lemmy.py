"""Lemmy, a network of discussion servers like Reddit: public search, no key."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

from monitor.campaign.reader import read
from monitor.core.clock import stamp
from monitor.core.errors import NotPublicError, Unreadable
from monitor.core.files.written_values import written_time
from monitor.core.model import WRONG, Author, Media, Metrics, Page, Post, PostKind, Query, Rejected
from monitor.core.text import hashtags, matches
from monitor.sources.contract import NO_WAITING, Cursors, KnownPost, Source, Waiting
from monitor.sources.shared import response_parsing, stream_reading
from monitor.sources.shared.http import BoundedSession, Server, Servers, in_turn, json_of
from monitor.sources.shared.reread import one_by_one
from monitor.sources.shared.safe_links import address, addresses, pictures
from monitor.sources.shared.stream_reading import Stream

_LISTS = {"Posts": "posts", "Comments": "comments"}  # what to ask for: where the answer has it
_VIEWS = {"post": "post_view", "comment": "comment_view"}
# https://github.com/LemmyNet/lemmy-js-client/blob/main/src/types/CommunityVisibility.ts, of version 1.0 too
_MEMBERS_ONLY = {"LocalOnly", "LocalOnlyPrivate", "Private"}
_MOST_PAGES = 4
_OVERLAP = timedelta(days=1)  # how much before the newest known item is read again each time


@dataclass(frozen=True, slots=True)
class Settings:
    servers: Annotated[Servers, "a list of servers to read"] = ("https://lemmy.world",)
    second_server: Annotated[Server, "another server, to check what these miss"] = "https://feddit.uk"


@dataclass(slots=True)
class Lemmy:
    """Searches each server for each tag and phrase, newest first, back to where it last stopped."""

    at_once: ClassVar[int] = 50  # each is a request
    a_minute: ClassVar[int] = 30
    ages: ClassVar[tuple[timedelta, ...]] = ()

    servers: tuple[str, ...]  # addresses without a slash at the end
    now: datetime
    second_server: str = ""

    @classmethod
    def open(cls, settings: Mapping[str, Any], env: Mapping[str, str], now: datetime) -> Self:
        own = read(Settings, settings, "sources.lemmy")
        return cls(own.servers, now, own.second_server)

    def search(self, query: Query, cursors: Cursors, waiting: Waiting = NO_WAITING) -> Iterator[Page]:
        """Yield pages of every server; one that fails gives a page that says so."""
        terms = dict.fromkeys(term.lower() for term in (*query.tags, *query.phrases))
        for server, session in in_turn(self.servers):
            host = f"lemmy:{urlsplit(server).netloc}:"
            streams = [
                Stream.of(cursors, f"{host}{sort}:{term}", term, kind=sort, server=server)
                for term in terms
                for sort in _LISTS
            ]
            limit = stream_reading.left_alone(waiting, self.now, start=host)
            yield from stream_reading.each(streams, partial(self._pages, session, query), limit)

    def second_way(self) -> tuple[str, Source] | None:
        """Return another server, unless it is among those that are read."""
        if self.second_server in ("", *self.servers):
            return None
        return urlsplit(self.second_server).netloc, Lemmy((self.second_server,), self.now)

    def reread(self, posts: Sequence[KnownPost]) -> Iterator[Page]:
        """Yield each post or comment as the server that showed it does now; only listed servers are asked."""
        return one_by_one(posts, (*self.servers, self.second_server), self._as_it_is)

    def _as_it_is(self, session: BoundedSession, server: str, key: str, post: KnownPost) -> Page | None:
        sort, _, number = key.partition("/")
        if sort not in _VIEWS or not number.isdecimal():
            return None
        response = session.get(f"{server}/api/v3/{sort}", params={"id": number})
        error = response_parsing.json_table(response).get("error")
        if response.status_code in (400, 404) and error in (f"couldnt_find_{sort}", "not_found"):
            return Page(stream="", deleted=(post.id,))
        answer = json_of(response, self.now)
        try:
            item = answer[_VIEWS[sort]]
            current = replace(Lemmy.parse({**item, "server": server}), reread_key=post.reread_key)
            ended = _is_gone(item)
        except WRONG as error:
            return Page(stream="", rejected=(Rejected.of(error, answer),))
        if post.id not in ("", current.id):
            return None
        return Page(stream="", deleted=(post.id,)) if ended else Page(stream="", posts=(current,))

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> Post:
        """Return the post or comment in one view of a search; `server` is who showed it, if known."""
        if (raw.get("community") or {}).get("visibility") in _MEMBERS_ONLY:
            raise NotPublicError(
                "This was written for a community's members only. Only public posts are kept."
            )
        entry, creator, counts = raw.get("comment") or raw["post"], raw["creator"], raw.get("counts") or {}
        is_comment, text = "comment" in raw, _text(raw)
        parent, root = _conversation(raw) if is_comment else (None, None)
        media = frozenset() if is_comment else _media(entry)
        return Post(
            platform="lemmy",
            id=address(entry["ap_id"]),
            url=entry["ap_id"],
            author=Author(
                id=creator["actor_id"],
                handle=f"{creator['name']}@{urlsplit(creator['actor_id']).netloc}",
                name=creator.get("display_name") or None,
                url=address(creator["actor_id"]),
            ),
            text=text,
            # servers before 0.19 leave out the zone and mean UTC
            created_at=written_time(entry["published"]).instant(UTC),
            kind=PostKind.REPLY if is_comment else PostKind.POST,
            parent=parent,
            root=root,
            tags=hashtags(text),
            links=frozenset() if is_comment else addresses([entry.get("url")]),
            media=media,
            pictures=pictures([(entry.get("alt_text"), entry.get("url"))] if Media.IMAGE in media else ()),
            metrics=Metrics(
                likes=counts.get("upvotes"), replies=counts.get("child_count" if is_comment else "comments")
            ),
            raw=raw,
        )

    @staticmethod
    def pick(raw: Mapping[str, Any], query: Query, server: str) -> Post | None:
        """Return the post or comment in a view of a server's stream that matches, unless it is gone."""
        post = replace(Lemmy.parse(raw), reread_key=_reread_key(server, raw) if server else None)
        return post if matches(query, post.text) and not _is_gone(raw) else None

    def _pages(self, session: BoundedSession, query: Query, stream: Stream) -> Iterator[Page]:
        """Yield pages newest first; the cursor comes last, so a crash midway loses nothing.

        A post that comes late from another server has its place where it was written, and one that
        goes while pages are turned moves the rest up: so some of what is known is read again.
        """
        before = stream.last_look(self.now)
        newest, oldest, earlier, is_cut = before, self.now, set[str](), False
        for number in range(1, _MOST_PAGES + 1):
            items = self._items(session, stream, number)
            page, times, ids = _page(stream, query, items)
            times = [min(at, self.now) for at in times]  # whose clock is ahead must not set the cursor
            if ids and ids <= earlier:
                raise Unreadable(stream_reading.REPEATS.format("The server"))
            earlier |= ids
            newest = max([*times, *([newest] if newest else [])], default=None)
            oldest = min([oldest, *times])
            yield page
            if not items or (before and times and min(times) < before - _OVERLAP):
                break
        else:
            is_cut = before is not None and oldest >= before
        since = before or stream_reading.first_since(oldest, self.now)
        end = Page(stream=stream.name, since=since, until=self.now, cursor=stamp(newest) if newest else None)
        yield stream_reading.cut_off(end, oldest) if is_cut else end

    def _items(self, session: BoundedSession, stream: Stream, number: int) -> list[Any]:
        params = {"q": stream.term, "type_": stream.kind, "sort": "New", "listing_type": "All"}
        params |= {"page": str(number), "limit": "50"}
        answer = json_of(session.get(f"{stream.server}/api/v3/search", params=params), self.now)
        complaint = "Its search answer is not in Lemmy's format."
        return response_parsing.listing(answer, _LISTS[stream.kind], complaint)


def _page(stream: Stream, query: Query, items: list[Any]) -> tuple[Page, list[datetime], set[str]]:
    """Return the page, the times of its items and their ids, matching or not."""
    pairs, rejected = response_parsing.results(
        items, lambda item: (item, Lemmy.parse({**item, "server": stream.server}))
    )
    posts = tuple(
        replace(post, reread_key=_reread_key(urlsplit(stream.server).netloc, item))
        for item, post in pairs
        if not _is_gone(item) and matches(query, post.text)
    )
    times, ids = [post.created_at for _, post in pairs], {post.id for _, post in pairs}
    return Page(stream=stream.name, posts=posts, rejected=rejected), times, ids


def _reread_key(host: str, item: Mapping[str, Any]) -> str | None:
    sort = "comment" if "comment" in item else "post"
    number = item[sort].get("id")
    return f"{host}/{sort}/{number}" if type(number) is int and number > 0 else None


def _media(post: Mapping[str, Any]) -> frozenset[Media]:
    kind = str(post.get("url_content_type") or "").split("/")[0]
    return frozenset(media for media in Media if media == kind)


def _conversation(raw: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the addresses of what a comment answers, and of the post that it is below.

    A comment's `path` has the numbers of those above it on this server, and its own last: "0.12.34".
    https://join-lemmy.org/docs/contributors/04-api.html
    """
    root = next(iter(addresses([response_parsing.table(raw.get("post")).get("ap_id")])), None)
    above = str(raw["comment"].get("path")).split(".")[1:-1]
    if not above:
        return root, root
    is_known = "server" in raw and above[-1].isdecimal()
    return f"{raw['server']}/comment/{above[-1]}" if is_known else None, root


def _text(raw: Mapping[str, Any]) -> str:
    if "comment" in raw:
        return str(raw["comment"]["content"])
    return "\n".join(part for part in (raw["post"]["name"], raw["post"].get("body")) if part)


def _is_gone(raw: Mapping[str, Any]) -> bool:
    entry = raw.get("comment") or raw["post"]
    return bool(entry.get("deleted") or entry.get("removed"))


SOURCE: type[Source] = Lemmy
