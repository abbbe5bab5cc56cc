"""Files of posts that a person brings: what kind a file is, and the posts in it."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.clock import unstamp
from monitor.errors import MonitorError
from monitor.model import Author, Metrics, Post, Rejected
from monitor.sources import source
from monitor.text import hashtags

UNDERSTOOD = (
    "Understood are: twarc JSONL of X, Mastodon statuses and Bluesky posts as JSON or JSONL, and CSV with the"
    " columns platform, id, url, author, text, created_at."
)
_REQUIRED = ("platform", "text", "created_at")
_NUMBERS = ("likes", "reposts", "replies", "quotes", "views")
_WRONG = (KeyError, TypeError, ValueError, AttributeError, IndexError)
_Item = Mapping[str, Any]


def read_file(path: Path) -> Iterator[Post | Rejected]:
    """Yield the posts of a file, and a Rejected for each item that is none.

    Raises MonitorError, saying what was found and what is understood, for a file of another kind.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MonitorError(f"{path} cannot be read as text: {error}. {UNDERSTOOD}") from error
    start = text.lstrip()[:1]
    if not start:
        raise MonitorError(f"{path} is empty. {UNDERSTOOD}")
    return _json(path, text) if start in "[{" else _csv(path, text)


def _json(path: Path, text: str) -> Iterator[Post | Rejected]:
    items = _items(text)
    first = next((item for _, item in items if isinstance(item, dict)), None)
    reader = _reader(first) if first is not None else None
    if reader is None:
        keys = ", ".join(sorted(first)[:8]) if first else "no object that is a post"
        raise MonitorError(f"{path} is JSON of a kind that is not known (it holds: {keys}). {UNDERSTOOD}")
    for where, item in items:
        if isinstance(item, dict):
            yield from _each(reader, item, where)
        else:
            yield Rejected(reason=f"{where}: this is not a JSON object.", raw=str(item)[:2000])


def _items(text: str) -> list[tuple[str, Any]]:
    """Return every item with its place; a line that is no JSON stays text."""
    try:
        whole = json.loads(text)
    except ValueError:
        lines = enumerate(text.split("\n"), 1)  # not splitlines: U+2028 may stand in a post
        return [(f"line {n}", _line(line)) for n, line in lines if line.strip()]
    found = whole if isinstance(whole, list) else [whole]
    return [(f"item {n}", item) for n, item in enumerate(found, 1)]


def _line(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line


def _each(
    reader: Callable[[_Item], Iterator[Post | Rejected]], item: _Item, where: str
) -> Iterator[Post | Rejected]:
    try:
        yield from reader(item)
    except _WRONG as error:
        yield Rejected(reason=f"{where}: {error!r}"[:300], raw=json.dumps(item)[:2000])


def _reader(item: _Item) -> Callable[[_Item], Iterator[Post | Rejected]] | None:
    if "account" in item and "uri" in item:
        return lambda status: iter([source("mastodon").parse(status)])
    if "commit" in item and "did" in item:
        return _event
    if "record" in item and "uri" in item:
        return lambda view: iter([_view(view)])
    if "includes" in item or isinstance(item.get("data"), list):
        return _twarc_page
    if "author" in item and "author_id" in item:
        return _twarc_flat
    return None


def _event(event: _Item) -> Iterator[Post | Rejected]:
    if event["commit"].get("operation") != "delete":
        yield source("bluesky").parse(event)


def _view(view: _Item) -> Post:
    """Return a Bluesky post view, which has the names and numbers that a Jetstream event lacks."""
    did, collection, rkey = view["uri"].removeprefix("at://").split("/")
    seen = unstamp(view.get("indexedAt") or view["record"]["createdAt"])
    commit = {"operation": "create", "collection": collection, "rkey": rkey, "record": view["record"]}
    event = {"did": did, "time_us": int(seen.timestamp() * 1_000_000), "kind": "commit", "commit": commit}
    post, who = source("bluesky").parse(event), view.get("author") or {}
    names = ("likeCount", "repostCount", "replyCount", "quoteCount")
    likes, reposts, replies, quotes = (_whole(view.get(name)) for name in names)
    return replace(
        post,
        author=Author(id=did, handle=who.get("handle"), name=who.get("displayName"), url=post.author.url),
        metrics=Metrics(likes=likes, reposts=reposts, replies=replies, quotes=quotes),
    )


def _twarc_page(page: _Item) -> Iterator[Post | Rejected]:
    includes = page.get("includes") or {}
    users = {user["id"]: user for user in includes.get("users") or ()}
    originals = {post["id"]: post for post in includes.get("tweets") or includes.get("posts") or ()}
    data = page["data"]
    for item in data if isinstance(data, list) else [data]:
        shown = _original(item, originals)
        if shown is not None:
            raw = {"post": shown, "user": users.get(shown.get("author_id"))}
            yield from _each(lambda raw: iter([source("x").parse(raw)]), raw, f"post {item.get('id')}")


def _twarc_flat(item: _Item) -> Iterator[Post | Rejected]:
    embedded = {post["id"]: post for post in item.get("referenced_tweets") or () if "text" in post}
    shown = _original(item, embedded)
    if shown is not None:
        yield source("x").parse({"post": shown, "user": shown.get("author")})


def _original(item: _Item, originals: Mapping[str, _Item]) -> _Item | None:
    """Return the item, or the post that it only passes on; None if the file lacks that one."""
    for reference in item.get("referenced_tweets") or item.get("referenced_posts") or ():
        if reference["type"] in ("retweeted", "reposted"):
            return originals.get(reference["id"])
    return item


def _csv(path: Path, text: str) -> Iterator[Post | Rejected]:
    header = text.split("\n", 1)[0]
    mark = ";" if header.count(";") > header.count(",") else ","  # Excel in much of Europe
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark)
    names = [name.strip().casefold() for name in rows.fieldnames or ()]
    rows.fieldnames = names
    if missing := [name for name in _REQUIRED if name not in names]:
        raise MonitorError(
            f"{path} has no column called {', '.join(missing)}. It begins: {header[:80]!r}. {UNDERSTOOD}"
        )
    for row in rows:
        try:
            yield _row(row)
        except _WRONG as error:
            yield Rejected(reason=f"line {rows.line_num}: {error}", raw=str(row)[:2000])


def _row(row: Mapping[str, str | None]) -> Post:
    cells = {name: (value or "").strip() for name, value in row.items() if isinstance(value, str)}
    for name in _REQUIRED:
        if not cells.get(name):
            raise ValueError(f"the column {name} is empty")
    text, writer = cells["text"], cells.get("author") or "unknown"
    at = _time(cells["created_at"])
    numbers = {name: _count(name, cells.get(name, "")) for name in _NUMBERS}
    return Post(
        platform=cells["platform"].casefold(),
        id=cells.get("id") or cells.get("url") or f"{writer} {at.isoformat()}",
        url=cells.get("url", ""),
        author=Author(id=writer, handle=writer, followers=_count("followers", cells.get("followers", ""))),
        text=text,
        created_at=at,
        lang=cells.get("lang") or None,
        tags=hashtags(text),
        metrics=Metrics(**numbers),
    )


def _time(cell: str) -> datetime:
    try:
        return unstamp(cell)
    except ValueError as error:
        raise ValueError(
            f"created_at is {cell!r}. Write the year first, with time and zone, as in 2026-11-22T18:30:00Z:"
            " 03/04/2026 could be April or March."
        ) from error


def _count(name: str, cell: str) -> int | None:
    if not cell:
        return None
    if not (cell.isascii() and cell.isdecimal()):
        raise ValueError(f"{name} is {cell!r}, not a whole number")
    return int(cell)


def _whole(value: Any) -> int | None:
    return value if type(value) is int else None
