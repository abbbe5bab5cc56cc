"""Bluesky's records, as its stream and its views show them: read, and nothing asked."""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.core.clock import unstamp
from monitor.core.model import LONGEST_THREAD, Author, Media, Metrics, Page, Picture, Post, PostKind, Query
from monitor.core.text import hashtags, matches, normal_tag
from monitor.sources.platforms.bluesky.search import is_hidden
from monitor.sources.shared.response_parsing import count, results, table
from monitor.sources.shared.safe_links import addresses, pictures

POSTS = "app.bsky.feed.post"
_COUNTS = {"likes": "likeCount", "reposts": "repostCount", "replies": "replyCount", "quotes": "quoteCount"}
_MEDIA = {"images": Media.IMAGE, "video": Media.VIDEO}
_QUOTES = {"record", "recordWithMedia"}
# https://github.com/bluesky-social/atproto/blob/main/packages/bsky/src/image/uri.ts
_PICTURE = "https://cdn.bsky.app/img/feed_fullsize/plain/{did}/{cid}"
_FIRST = datetime(1990, 1, 1, tzinfo=UTC)
_CID = re.compile(r"[0-9A-Za-z]{1,100}")


def post_of(raw: Mapping[str, Any]) -> Post:
    """Return the post in one Jetstream event that creates or updates it; numbers are not known."""
    did, commit = raw["did"], raw["commit"]
    record, rkey = commit["record"], commit["rkey"]
    if not isinstance(record["text"], str) or not did.startswith("did:") or not rkey:
        raise ValueError("not a post")
    return Post(
        platform="bluesky",
        id=address(did, rkey),
        url=f"https://bsky.app/profile/{did}/post/{rkey}",
        author=Author(id=did, url=f"https://bsky.app/profile/{did}"),
        text=record["text"],
        created_at=_written_at(record["createdAt"], instant(raw["time_us"])),
        kind=_kind(record),
        parent=_parent(record),
        root=_uri(record, "reply", "root"),
        lang=(record.get("langs") or [None])[0],
        tags=tags_of(record),
        links=_links(record),
        # https://github.com/snarfed/bridgy-fed/blob/main/atproto.py: what its bridge copied from elsewhere
        copy_of=next(iter(addresses([record.get("bridgyOriginalUrl")])), None),
        media=frozenset(_MEDIA[name] for name in _embeds(record) if name in _MEDIA),
        pictures=pictures(_pictures(did, record)),
        reread_key=address(did, rkey),
        raw=raw,
    )


def search_page(views: Sequence[Any], query: Query, stream: str) -> tuple[Page, datetime | None]:
    """Return the posts of a search that match, and when the oldest of all that were shown is filed."""
    pairs, rejected = results(views, lambda view: (post_of_view(view), hides(view)))
    posts = tuple(post for post, hides in pairs if not hides and matches(query, post.text, post.tags))
    oldest = min((post.created_at for post, _ in pairs), default=None)
    return Page(stream=stream, posts=posts, rejected=rejected), oldest


def reread_page(views: Sequence[Any]) -> Page:
    """Return known posts as they are now; those that are hidden by now are gone."""
    pairs, rejected = results(views, lambda view: (post_of_view(view), hides(view)))
    return Page(
        stream="",
        posts=tuple(post for post, hides in pairs if not hides),
        rejected=rejected,
        deleted=tuple(post.id for post, hides in pairs if hides),
    )


def thread_page(thread: Any) -> Page:
    """Return the posts of a conversation; of what is gone or blocked it has none.

    https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/getPostThread.json
    """
    views, waiting = list[Any](), deque([thread])
    while waiting and len(views) < LONGEST_THREAD:
        place = table(waiting.popleft())
        replies = place.get("replies")
        views += [place["post"]] if "post" in place else []
        waiting += filter(None, [place.get("parent"), *(replies if isinstance(replies, list) else ())])
    return reread_page(views)


def pick(raw: Mapping[str, Any], query: Query) -> Post | None:
    """Return the post in a view or an event that matches; None if it asks not to be shown."""
    if "record" in raw:
        post, is_hiding = post_of_view(raw), hides(raw)
    else:
        post, is_hiding = post_of(raw), asks_to_hide(raw["commit"]["record"])
    return post if not is_hiding and matches(query, post.text, post.tags) else None


def hides(view: Mapping[str, Any]) -> bool:
    """Return whether a post, its writer or its record asks not to be shown."""
    return is_hidden(view) or is_hidden(view["author"]) or asks_to_hide(view["record"])


def post_of_view(view: Mapping[str, Any]) -> Post:
    """Return the post in one item of a search, which has its numbers."""
    did, rkey = view["uri"].removeprefix("at://").split(f"/{POSTS}/")
    indexed_at = micros(unstamp(view["indexedAt"]))
    event = {"did": did, "time_us": indexed_at, "commit": {"record": view["record"], "rkey": rkey}}
    counts = {ours: count(view, theirs) for ours, theirs in _COUNTS.items()}
    post = replace(post_of(event), metrics=Metrics(**counts), raw=view)
    if any(part.get("labels") for part in (view, view["author"], view["record"])):
        return post
    return replace(post, pictures=tuple(map(_small, post.pictures)))  # the stream does not tell of labels


def _written_at(claim: str, filed: datetime) -> datetime:
    """Return when a post was written, as its writer's program says; when it was filed if that is no time.

    Programs may write any year. Bluesky sorts a post by the earlier of both, too:
    https://docs.bsky.app/docs/advanced-guides/timestamps#sortat
    """
    with suppress(ValueError):
        at = unstamp(claim)
        return at if _FIRST <= at <= filed else filed
    return filed


def _features(record: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    features = [f for facet in record.get("facets") or () for f in facet.get("features") or ()]
    return [f for f in features if f.get("$type") == f"app.bsky.richtext.facet#{name}"]


def _embeds(record: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return what a post shows below its text, by kind; a quote may have a picture as well."""
    embed = record.get("embed") or {}
    both = [embed, embed.get("media") or {}]
    return {str(part["$type"]).removeprefix("app.bsky.embed."): part for part in both if part.get("$type")}


def _links(record: Mapping[str, Any]) -> frozenset[str]:
    card = _embeds(record).get("external", {}).get("external") or {}
    return addresses([card.get("uri"), *(f.get("uri") for f in _features(record, "link"))])


def _pictures(did: str, record: Mapping[str, Any]) -> Iterator[tuple[object, object]]:
    """Yield the words for each picture or film, and where Bluesky shows it, which a record does not say."""
    for name, embed in _embeds(record).items():
        for media in embed.get("images") or ([embed] if name == "video" else ()):
            cid = table(table(media.get("image")).get("ref")).get("$link")
            is_cid = isinstance(cid, str) and _CID.fullmatch(cid)
            yield media.get("alt"), _PICTURE.format(did=did, cid=cid) if is_cid else None


def _small(picture: Picture) -> Picture:
    """Return a picture with the address of its small copy, which may be fetched."""
    small = picture.address and picture.address.replace("feed_fullsize", "feed_thumbnail", 1)
    return replace(picture, thumbnail=small)


def tags_of(record: Mapping[str, Any]) -> frozenset[str]:
    tags = [*(f["tag"] for f in _features(record, "tag")), *(record.get("tags") or ())]
    return frozenset(map(normal_tag, tags)) | hashtags(record["text"])


def asks_to_hide(record: Mapping[str, Any]) -> bool:
    values = (record.get("labels") or {}).get("values") or ()
    return is_hidden({"labels": values})


def _kind(record: Mapping[str, Any]) -> PostKind:
    if record.get("reply"):
        return PostKind.REPLY
    return PostKind.POST if _QUOTES.isdisjoint(_embeds(record)) else PostKind.QUOTE


def _parent(record: Mapping[str, Any]) -> str | None:
    """Return the address of what a post answers, or else quotes; a list or a feed may be quoted, too."""
    if record.get("reply"):
        return _uri(record, "reply", "parent")
    # One that shows a picture as well has it a level deeper.
    return _uri(record, "embed", "record", "record") or _uri(record, "embed", "record")


def _uri(record: Mapping[str, Any], *names: str) -> str | None:
    for name in names:
        record = table(record.get(name))
    uri = record.get("uri")
    return uri if isinstance(uri, str) and uri.startswith("at://") else None


def address(did: str, rkey: str) -> str:
    return f"at://{did}/{POSTS}/{rkey}"


def micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def instant(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
