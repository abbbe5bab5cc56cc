"""Instagram: public pictures and films by hashtag, of the last 24 hours, for apps that Meta has reviewed.

Built to Meta's documents of 2026 and not yet tried with an approved app.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, Self

from monitor.campaign.reader import form, read
from monitor.core.clock import stamp, unstamp
from monitor.core.errors import Closed, ConfigError, Refused, SourceError, Unreadable
from monitor.core.model import UNSIGNED, WRONG, Author, Media, Metrics, Outcome, Page, Post, Query
from monitor.core.text import hashtags, matches
from monitor.sources.contract import NO_WAITING, Cursors, Source, Waiting
from monitor.sources.shared import credentials, http, meta_graph, response_parsing, stream_reading
from monitor.sources.shared.safe_links import address, pictures
from monitor.sources.shared.stream_reading import Stream

_LIMIT = 50  # the most that it gives at once
_MOST_PAGES = 10
_MOST_TAGS = 30  # different ones that an account may ask for in 7 days
_WINDOW = timedelta(hours=24)  # it shows nothing older
_FIELDS = ("id", "caption", "media_type", "permalink", "timestamp", "like_count", "comments_count")
_MEDIA = {"IMAGE": Media.IMAGE, "VIDEO": Media.VIDEO}


_Version = Annotated[
    str, form(r"v[1-9][0-9]?\.[0-9]", "a text like 'v24.0'"), "the version of Meta's Graph API"
]


@dataclass(frozen=True, slots=True)
class Settings:
    version: _Version = "v24.0"
    api: Annotated[http.Address, "the address of Meta's service, for tests; leave it out"] = (
        "https://graph.facebook.com"
    )


@dataclass(slots=True)
class Instagram:
    """Reads all that each hashtag has of the last 24 hours anew each time, in whatever order it comes."""

    api: str
    user: str
    token: str
    now: datetime

    @classmethod
    def open(cls, settings: Mapping[str, Any], env: Mapping[str, str], now: datetime) -> Self:
        own = read(Settings, settings, "sources.instagram")
        token, user = credentials.of("instagram", env)
        return cls(f"{own.api}/{own.version}", user, token, now)

    def search(self, query: Query, cursors: Cursors, waiting: Waiting = NO_WAITING) -> Iterator[Page]:
        """Yield pages of every tag; one that fails gives a page that says so. Phrases cannot be asked for."""
        tags = list(dict.fromkeys(tag.lower() for tag in query.tags))
        if len(tags) > _MOST_TAGS:
            raise ConfigError(
                f"Track {query.track!r} has {len(tags)} hashtags; Instagram allows {_MOST_TAGS} in 7 days."
            )
        streams = [Stream.of(cursors, f"instagram:{tag}", tag) for tag in tags]
        limit = stream_reading.left_alone(waiting, self.now, start="instagram:")
        with http.BoundedSession() as session:
            meta = meta_graph.Graph(session, self.api, self.token, self.now, _special())
            yield from stream_reading.each(streams, partial(self._pages, meta, query), limit)

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> Post:
        """Return the post in one item of an answer; `found_by` is the hashtag that it was found by.

        Instagram does not say who wrote it. So each post has a writer of its own, without a name.
        """
        own, text = meta_graph.native(raw), str(raw.get("caption") or "")
        media = [raw, *((raw.get("children") or {}).get("data") or ())]
        kinds = [item.get("media_type") for item in media]
        return Post(
            platform="instagram",
            id=own,
            url=address(raw["permalink"]),
            author=Author(id=f"{UNSIGNED}{own}"),
            text=text,
            created_at=unstamp(raw["timestamp"]),
            tags=hashtags(text) | ({raw["found_by"].casefold()} if raw.get("found_by") else set()),
            media=frozenset(_MEDIA[kind] for kind in kinds if kind in _MEDIA),
            pictures=pictures(
                (None, item.get("media_url")) for item in media if item.get("media_type") == "IMAGE"
            ),
            # like_count is left out where the writer hides it: then it is unknown, not 0
            metrics=Metrics(
                likes=response_parsing.count(raw, "like_count"),
                replies=response_parsing.count(raw, "comments_count"),
            ),
            raw=raw,
        )

    def _pages(self, meta: meta_graph.Graph, query: Query, stream: Stream) -> Iterator[Page]:
        """Yield every page; the cursor, which is when all was last read, comes with the end."""
        params = {
            "user_id": self.user,
            "fields": ",".join([*_FIELDS, "media_url", "children{media_type,media_url}"]),
            "limit": str(_LIMIT),
        }
        edge, earlier = f"{self._hashtag(meta, stream.term)}/recent_media", set[str]()
        for number in range(_MOST_PAGES):
            answer = meta.ask(edge, params)
            page, ids = _page(stream, query, meta_graph.items(answer), earlier)
            yield page
            # its mark is the same on every page, so only the posts can tell that it stands still
            if number and meta_graph.items(answer) and ids <= earlier:
                raise Unreadable(stream_reading.REPEATS.format("Instagram"))
            earlier |= ids
            after = meta_graph.mark(answer)
            if after is None or not meta_graph.goes_on(answer):
                yield self._end(stream)
                return
            params["after"] = after
        yield Page(stream=stream.name, outcome=Outcome.CAPPED, detail=_CAPPED)

    def _end(self, stream: Stream) -> Page:
        """Return the page that says what is now known: 24 hours, or less, and whether some were missed."""
        window = self.now - _WINDOW
        before = stream.last_look(self.now) or window
        gap = before < window
        return Page(
            stream=stream.name,
            cursor=stamp(self.now),
            since=max(before, window),
            until=self.now,
            outcome=Outcome.GAP if gap else Outcome.COMPLETE,
            detail=_GAP if gap else "",
        )

    def _hashtag(self, meta: meta_graph.Graph, tag: str) -> str:
        """Return a hashtag's number; asking for the same one again costs nothing of the 30."""
        answer = meta.ask("ig_hashtag_search", {"user_id": self.user, "q": tag})
        items = meta_graph.items(answer) if "data" in answer else [answer]
        try:
            return meta_graph.native(items[0])
        except WRONG as error:
            raise Closed(_NOT_SHOWN) from error


_CAPPED = "There was more than can be read at one time, in no particular order; some posts were missed."
_GAP = "The last check was more than 24 hours ago; Instagram shows nothing older."
_NOT_SHOWN = (
    "Instagram does not show this hashtag: either nobody has used it yet, or it is one that Instagram hides. "
    "It does not say which, so the number of its posts is unknown, not zero."
)


def _special() -> dict[int, SourceError]:
    """Return what errors mean here only, as others met them: Meta's documents name no number for either."""
    return {
        18: Refused(
            f"This account has asked for {_MOST_TAGS} different hashtags in 7 days, and Instagram allows no "
            "more. Remove some from the tracks, or wait until those 7 days are over."
        ),
        24: Closed(_NOT_SHOWN),
    }


def _page(stream: Stream, query: Query, items: list[Any], earlier: Set[str]) -> tuple[Page, set[str]]:
    """Return the page's posts that are not in `earlier`, and the ids of all."""
    # The hashtag may stand in a comment, and not in the caption.
    candidates, rejected = response_parsing.results(
        items, Instagram.parse, lambda item: {**item, "found_by": stream.term}
    )
    new = {post.id: post for post in candidates if post.id not in earlier}
    posts = tuple(post for post in new.values() if matches(query, post.text, post.tags))
    return Page(stream=stream.name, posts=posts, rejected=rejected), {post.id for post in candidates}


SOURCE: type[Source] = Instagram
