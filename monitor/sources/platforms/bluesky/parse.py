"""Bluesky's records, as its stream and its views show them: read, and nothing asked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.core.clock import unstamp
from monitor.core.model import Author, Media, Metrics, Page, Post, PostKind, Query
from monitor.core.text import hashtags, matches
from monitor.sources.platforms.bluesky.search import is_hidden
from monitor.sources.shared.response_parsing import count, results
from monitor.sources.shared.safe_links import addresses

POSTS = "app.bsky.feed.post"
_COUNTS = {"likes": "likeCount", "reposts": "repostCount", "replies": "replyCount", "quotes": "quoteCount"}
_MEDIA = {"images": Media.IMAGE, "video": Media.VIDEO}
_QUOTES = {"record", "recordWithMedia"}


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
        created_at=min(unstamp(record["createdAt"]), instant(raw["time_us"])),  # it cannot be seen before
        kind=_kind(record),
        lang=(record.get("langs") or [None])[0],
        tags=tags_of(record),
        links=_links(record),
        media=frozenset(_MEDIA[name] for name in _embeds(record) if name in _MEDIA),
        reread_key=address(did, rkey),
        raw=raw,
    )


def search_page(views: Sequence[Any], query: Query, stream: str) -> tuple[Page, datetime | None]:
    """Return the posts of a search that match, and when the oldest of all that were shown is filed."""
    pairs, rejected = results(views, lambda view: (post_of_view(view), _hides(view)))
    posts = tuple(post for post, hides in pairs if not hides and matches(query, post.text, post.tags))
    oldest = min((post.created_at for post, _ in pairs), default=None)
    return Page(stream=stream, posts=posts, rejected=rejected), oldest


def reread_page(views: Sequence[Any]) -> Page:
    """Return known posts as they are now; those that are hidden by now are gone."""
    pairs, rejected = results(views, lambda view: (post_of_view(view), _hides(view)))
    return Page(
        stream="",
        posts=tuple(post for post, hides in pairs if not hides),
        rejected=rejected,
        deleted=tuple(post.id for post, hides in pairs if hides),
    )


def _hides(view: Mapping[str, Any]) -> bool:
    """Return whether a post, its writer or its record asks not to be shown."""
    return is_hidden(view) or is_hidden(view["author"]) or asks_to_hide(view["record"])


def post_of_view(view: Mapping[str, Any]) -> Post:
    """Return the post in one item of a search, which has its numbers."""
    did, rkey = view["uri"].removeprefix("at://").split(f"/{POSTS}/")
    indexed_at = micros(unstamp(view["indexedAt"]))
    event = {"did": did, "time_us": indexed_at, "commit": {"record": view["record"], "rkey": rkey}}
    counts = {ours: count(view, theirs) for ours, theirs in _COUNTS.items()}
    return replace(post_of(event), metrics=Metrics(**counts), raw=view)


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


def tags_of(record: Mapping[str, Any]) -> frozenset[str]:
    tags = [*(f["tag"] for f in _features(record, "tag")), *(record.get("tags") or ())]
    return frozenset(tag.casefold() for tag in tags) | hashtags(record["text"])


def asks_to_hide(record: Mapping[str, Any]) -> bool:
    values = (record.get("labels") or {}).get("values") or ()
    return is_hidden({"labels": values})


def _kind(record: Mapping[str, Any]) -> PostKind:
    if record.get("reply"):
        return PostKind.REPLY
    return PostKind.POST if _QUOTES.isdisjoint(_embeds(record)) else PostKind.QUOTE


def address(did: str, rkey: str) -> str:
    return f"at://{did}/{POSTS}/{rkey}"


def micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def instant(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
