"""Items of JSON files: what kind each is, and the posts in it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from monitor.core.clock import unstamp
from monitor.core.errors import NotPublicError
from monitor.core.files.contents import Item
from monitor.core.model import WRONG, Deleted, Other, Post, Rejected
from monitor.platform_info.post_urls import pointers
from monitor.sources import source
from monitor.sources.exports import NOT_PUBLIC, tables
from monitor.sources.exports.forms import OTHER, REPOST, Form, at, form_of, instant
from monitor.sources.shared.response_parsing import by_id, table

_Item = Mapping[str, Any]
_PRIVATE = re.compile(  # what may be a letter, by Mastodon's words, Bluesky's and X's
    r'"visibility"\s*:\s*"(?!public|unlisted)|"(?:is_?)?(?:private|protected)"\s*:\s*true'
    r'|"(?:\$type|event_type)"\s*:\s*"(?:chat\.bsky\.|MessageCreate)|"dm_?conversation',
    re.IGNORECASE,
)
Reader = Callable[[_Item], Iterator[Item]]
LISTS = (
    "orderedItems", "records", "items", "posts", "feed", "statuses", "data.children",
    "text_post_app_text_posts", "ancestors", "descendants",
)  # fmt: skip
# Where an answer has a post or several, besides these lists, in which items of any kind may stand.
_WRAPS = "post|node|tweet|data|thread|status|last_status|_source|post_view|comment_view|response|entries"
# Sites of which Zeeschuimer's captures are read; it writes the same forms for others, too.
_CAPTURED = {"x", "twitter", "tiktok", "instagram", "threads", "bsky"}
_STATUSES = 100_000  # of a stream's capture, whose later deletions are known by the server's numbers


class ItemReader:
    """Reads the items of one file: what some are about stands in others before them."""

    def __init__(self) -> None:
        self._uris: dict[str, str] = {}  # of statuses, by the number that their server gave them
        self._deleted_at: dict[str, datetime] = {}  # posts on Bluesky, as events in any order say
        self._of_streams = (
            ({"event", "payload"}, self._stream_event),
            ({"did", "time_us"}, self._jetstream_event),
            ({"did", "commit"}, self._jetstream_event),
        )

    def reader_of(self, item: Any, wraps: int = 2) -> Reader | None:
        """Return what reads an item of this kind; None for one that is not known."""
        if isinstance(item, list):
            return self._list_reader(item, wraps)
        if not isinstance(item, dict):
            return None
        if "__import_meta" in item or {"source_platform", "data"} <= item.keys():
            return self._captured
        readers = (*self._of_streams, *_READERS)
        if by_names := next((reader for names, reader in readers if names <= item.keys()), None):
            return by_names
        if form := form_of(item):
            return partial(self._formed, form)
        if isinstance(data := item.get("data"), list):
            return self._list_reader(data, wraps) or _twarc_page
        inner = at(item, _WRAPS)
        if wraps and type(inner) in (dict, list) and (inside := self.reader_of(inner, wraps - 1)):
            return lambda item: inside(inner)
        lists = [items for name in LISTS if isinstance(items := at(item, name), list)]
        if isinstance(comments := item.get("comments"), list) and self._list_reader(comments, wraps):
            lists.append(comments)
        return (lambda item: self._each([part for items in lists for part in items])) if lists else None

    def _list_reader(self, items: list[Any], wraps: int) -> Reader | None:
        is_known = wraps and any(self.reader_of(part, wraps - 1) for part in items[:10])  # its first tell
        return (lambda item: self._each(items)) if is_known else None

    def items(self, item: _Item, where: str) -> Iterator[Item]:
        """Yield what is in an item; what cannot be read is Rejected, with its place and why."""
        if reader := self.reader_of(item):
            yield from posts(reader, item, where)
        else:
            yield _rejected(f"{where}: this is not a known kind of post, or is too large.", item)

    def _each(self, items: list[Any], **more: Any) -> Iterator[Item]:
        for number, item in enumerate(items, 1):
            yield from self.items({**item, **more} if isinstance(item, dict) else item, f"entry {number}")

    def _formed(self, form: Form, item: _Item) -> Iterator[Item]:
        if not form.parts or form.raw:
            yield form.item_of(item)
        whole = {name: part for name, part in item.items() if name not in form.parts}
        for path in form.parts:
            inner = at(item, path) or []
            yield from self._each(inner if isinstance(inner, list) else [inner], whole=whole)

    def _captured(self, item: _Item) -> Iterator[Item]:
        """Yield what Zeeschuimer kept, or 4CAT handed on, with the time when it was shown."""
        meta = item.get("__import_meta") or item
        content = item if "__import_meta" in item else item["data"]
        site = str(meta.get("source_platform")).removeprefix("www.").partition(".")[0]
        content = {name: part for name, part in content.items() if name != "__import_meta"}
        reader = self.reader_of(content) if site in _CAPTURED else None
        if reader is None:
            raise NotPublicError(
                f"Captures of {site} are not read. Let 4CAT write them as a table (CSV), and import that."
            )
        at_once = meta.get("timestamp_collected")
        for part in reader(content):
            yield replace(part, read_at=instant(at_once)) if at_once and isinstance(part, Post) else part

    def _stream_event(self, event: _Item) -> Iterator[Item]:
        """Yield what an event of Mastodon's stream says: https://docs.joinmastodon.org/methods/streaming/"""
        kind, payload = event["event"], event["payload"]
        if kind in ("update", "status.update"):
            status = json.loads(payload) if isinstance(payload, str) else payload
            for item in _status(status):
                if isinstance(item, Post) and len(self._uris) < _STATUSES:
                    self._uris[str(status["id"])] = item.id
                yield item
        elif kind == "delete" and (uri := self._uris.get(str(payload))):
            yield Deleted(platform="mastodon", id=uri)
        else:
            yield Other(reason=OTHER)

    def _jetstream_event(self, event: _Item) -> Iterator[Item]:
        """Yield what an event of Bluesky's stream says as of its time; after a later deletion, nothing."""
        for item in _jetstream(event):
            at = instant(event["time_us"])
            if isinstance(item, Deleted) and item.id and len(self._deleted_at) < _STATUSES:
                self._deleted_at[item.id] = max(at, self._deleted_at.get(item.id, at))
            elif isinstance(item, Post) and at < self._deleted_at.get(item.id, at):
                item = Deleted(platform=item.platform, id=item.id)
            yield replace(item, read_at=max(at, item.created_at)) if isinstance(item, Post) else item


def posts(reader: Reader, item: _Item, where: str) -> Iterator[Item]:
    """Yield what a reader finds in an item, a Rejected that names its place where it cannot be read."""
    try:
        for part in reader(item):
            if isinstance(part, Rejected):  # with its place in the item
                part = replace(part, reason=f"{where}, {part.reason}"[:300])
            yield part
    except NotPublicError as error:
        yield Rejected(reason=f"{where}: {error}", raw="")
    except WRONG as error:
        yield _rejected(f"{where}: {sentence(error)}", item)


def _rejected(reason: str, item: Any) -> Rejected:
    """Return an item that is put aside; nothing is kept of what may not be for everybody."""
    with suppress(RecursionError):  # in all of it, and not in the beginning that would be kept
        if _PRIVATE.search(item if isinstance(item, str) else json.dumps(item)):
            return Rejected(reason=reason[:300], raw="")
    return Rejected.of(reason, item)


def sentence(error: Exception) -> str:
    """Return why an item cannot be read, for people."""
    text = str(error)
    if isinstance(error, KeyError):
        return f"This is not a readable post: it has no {text}."
    if isinstance(error, ValueError) and text[:1].isupper() and text.endswith("."):
        return text
    return f"This is not a readable post: {text}."


def _status(status: _Item) -> Iterator[Item]:
    yield source("mastodon").parse(status.get("reblog") or status)  # a boost only passes a post on


def _jetstream(event: _Item) -> Iterator[Item]:
    """Yield what an event of Bluesky's stream says: https://github.com/bluesky-social/jetstream"""
    from monitor.sources.platforms.bluesky.parse import POSTS, address, asks_to_hide

    commit = event.get("commit") or {}  # an event about an account has none
    if table(event.get("account")).get("status") in ("deleted", "takendown"):
        yield Deleted(platform="bluesky", author=event["did"])
    elif commit.get("collection") != POSTS:
        yield Other(reason=OTHER)
    elif commit.get("operation") == "delete":
        yield Deleted(platform="bluesky", id=address(event["did"], commit["rkey"]))
    elif asks_to_hide(commit["record"]):
        raise NotPublicError(NOT_PUBLIC)
    else:
        yield source("bluesky").parse(event)


def _view(view: _Item) -> Iterator[Item]:
    """Yield a Bluesky post view, which has the names and numbers that an event lacks."""
    from monitor.sources.platforms.bluesky.parse import hides, post_of_view

    if hides(view):
        raise NotPublicError(NOT_PUBLIC)
    who = view["author"]
    post = post_of_view({**view, "indexedAt": view.get("indexedAt") or view["record"]["createdAt"]})
    yield replace(post, author=replace(post.author, handle=who.get("handle"), name=who.get("displayName")))


def _record(item: _Item) -> Iterator[Item]:
    """Yield a record as com.atproto.repo.listRecords gives it; its key mostly says when it was filed."""
    from monitor.sources.platforms.bluesky.parse import micros

    did, collection, rkey = item["uri"].removeprefix("at://").split("/")
    [pointer] = pointers(f"https://bsky.app/profile/{did}/post/{rkey}", ["bluesky"])
    filed = micros(pointer.written_at or unstamp(item["value"]["createdAt"]))
    commit = {"collection": collection, "rkey": rkey, "record": item["value"]}
    yield from _jetstream({"did": did, "time_us": filed, "commit": commit})


def _twarc_page(page: _Item) -> Iterator[Item]:
    from monitor.sources.platforms.x.parse import unavailable_ids

    data, removed = page.get("data") or [], unavailable_ids(page)
    for number, item in enumerate(data if isinstance(data, list) else [data], 1):
        for part in posts(lambda item: _tweet(item, page), item, f"post {number}"):
            if isinstance(part, Rejected) and part.raw:  # what it names is kept with it, to read it again
                part = Rejected.of(part.reason, {"data": [item], "includes": _includes_of(item, page)})
            yield part
    yield from (Deleted(platform="x", id=native_id) for native_id in sorted(removed))
    if not data and not removed:
        yield Other(reason="answers without posts")


def _includes_of(item: Any, page: _Item) -> dict[str, list[Any]]:
    """Return what a page says of the posts, accounts and media that are named in one of its posts."""
    includes = {kind: known for kind, known in table(page.get("includes")).items() if isinstance(known, list)}
    mention = json.dumps(item)
    for post in _items_in(mention, includes.get("tweets") or includes.get("posts") or []):
        mention += json.dumps(post)  # whose account and media are wanted as well
    return {kind: _items_in(mention, known) for kind, known in includes.items()}


def _items_in(mention: str, known: list[Any]) -> list[Any]:
    keys = [(one, one.get("id") or one.get("media_key")) for one in known if isinstance(one, dict)]
    return [one for one, key in keys if isinstance(key, str) and f'"{key}"' in mention]


def _tweet(item: _Item, page: _Item) -> Iterator[Item]:
    """Yield the post in an item of a page, or of one that twarc has flattened, with its own page in it."""
    from monitor.sources.platforms.x.parse import original_of

    if "text" not in item and "username" in item:
        raise ValueError("This is an account, not a post.")
    includes = table(page.get("includes"))
    embedded = [post for post in item.get("referenced_tweets") or () if "text" in post]
    original = original_of(item, by_id(includes.get("tweets") or includes.get("posts") or embedded))
    if original is None:
        yield Other(reason=REPOST, platform="x", id=str(at(item, "referenced_tweets.0.id") or ""))
        return
    media = by_id(includes.get("media"), "media_key")
    attached = [media[key] for key in at(original, "attachments.media_keys") or () if key in media]
    user = original.get("author") or by_id(includes.get("users")).get(original.get("author_id"))
    raw = {"post": original, "user": user, "media": at(original, "attachments.media") or attached}
    read = at(item, "__twarc.retrieved_at") or at(page, "__twarc.retrieved_at")
    yield replace(source("x").parse(raw), read_at=instant(read) if read else None)


_READERS: tuple[tuple[set[str], Reader], ...] = (
    ({"platform", "native_id", "created_at"}, lambda record: iter([tables.own_post(record)])),
    ({"account", "uri"}, _status),
    ({"record", "uri"}, _view),
    ({"uri", "value"}, _record),
    ({"author", "author_id", "created_at"}, lambda item: _tweet(item, {})),
    ({"includes"}, _twarc_page),
)
