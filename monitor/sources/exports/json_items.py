"""Items of JSON files: twarc's of X, statuses of Mastodon, Bluesky's posts and events, browsers' captures."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from monitor.core.model import WRONG, Other, Post, Rejected
from monitor.sources import source
from monitor.sources.exports import browser_captures, tables

_Item = Mapping[str, Any]
Reader = Callable[[_Item], Iterator[Post | Rejected | Other]]


def reader_of(item: Any) -> Reader | None:
    """Return what reads an item of this kind; None for a kind that is not known."""
    if not isinstance(item, dict):
        return None
    if item.keys() >= {"platform", "native_id", "created_at"}:
        return lambda record: iter([tables.own_post(record)])
    if browser_captures.site_of(item):
        return lambda line: iter([browser_captures.post_of(line)])
    if "account" in item and "uri" in item:
        # a boost only passes a post on
        return lambda status: iter([source("mastodon").parse(status.get("reblog") or status)])
    if "did" in item and ("commit" in item or "time_us" in item):
        return _event
    if "record" in item and "uri" in item:
        return lambda view: iter([_view(view)])
    if "includes" in item or isinstance(item.get("data"), list):
        return _twarc_page
    if "author" in item and "author_id" in item:
        return _twarc_flat
    return None


def _event(event: _Item) -> Iterator[Post | Rejected]:
    commit = event.get("commit") or {}  # an event about an account has none
    if commit.get("collection") == "app.bsky.feed.post" and commit.get("operation") != "delete":
        yield source("bluesky").parse(event)


def _view(view: _Item) -> Post:
    """Return a Bluesky post view, which has the names and numbers that a Jetstream event lacks."""
    from monitor.sources.platforms.bluesky.parse import post_of_view

    post = post_of_view({**view, "indexedAt": view.get("indexedAt") or view["record"]["createdAt"]})
    who = view.get("author") or {}
    return replace(post, author=replace(post.author, handle=who.get("handle"), name=who.get("displayName")))


def _twarc_page(page: _Item) -> Iterator[Post | Rejected | Other]:
    from monitor.sources.platforms.x.parse import original_of

    includes = page.get("includes") or {}
    users = {user["id"]: user for user in includes.get("users") or ()}
    originals = {post["id"]: post for post in includes.get("tweets") or includes.get("posts") or ()}
    data = page["data"]
    for item in data if isinstance(data, list) else [data]:
        original = original_of(item, originals)
        if original is not None:
            raw = {"post": original, "user": users.get(original.get("author_id"))}
            yield from posts(lambda raw: iter([source("x").parse(raw)]), raw, f"post {item.get('id')}")


def _twarc_flat(item: _Item) -> Iterator[Post | Rejected]:
    from monitor.sources.platforms.x.parse import original_of

    embedded = {post["id"]: post for post in item.get("referenced_tweets") or () if "text" in post}
    original = original_of(item, embedded)
    if original is not None:
        yield source("x").parse({"post": original, "user": original.get("author")})


def posts(reader: Reader, item: _Item, where: str) -> Iterator[Post | Rejected | Other]:
    """Yield the posts of an item, a Rejected that names its place where it holds none."""
    try:
        yield from reader(item)
    except WRONG as error:
        yield Rejected.of(f"{where}: {error!r}", item)
