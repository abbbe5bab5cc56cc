"""What reading an answer has in common on every platform: its list, its items, and their numbers."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import requests

from monitor.core.errors import Unreadable
from monitor.core.files.written_values import whole_number
from monitor.core.model import WRONG, Post, Query, Rejected
from monitor.core.text import allows

T = TypeVar("T")

# Bytes of an answer. Read, each takes up to eighteen in memory, and each part of JSON as much as twelve more.
# The largest of real answers, 500 posts of X, are 1.8 MB of 73,000 parts.
MOST, _PART = 2_750_000, 12
_MOST_REJECTED = 100


def is_too_large(body: bytes | bytearray) -> bool:
    """Return whether reading it, be it JSON, would take more than 50 MiB of memory."""
    return len(body) + _PART * sum(map(body.count, (b"{", b"[", b","))) > MOST


def table(value: Any) -> Mapping[str, Any]:
    """Return the value if it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}


def json_table(response: requests.Response) -> Mapping[str, Any]:
    """Return the table that an answer of any status holds as JSON; an empty one if it holds none."""
    try:
        return table(response.json())
    except (ValueError, RecursionError):
        return {}


def listing(answer: Any, key: str, complaint: str) -> list[Any]:
    """Return the list that an answer has under a key; raises Unreadable with the complaint if it has none."""
    items = table(answer).get(key)
    if not isinstance(items, list):
        raise Unreadable(complaint)
    return items


def by_id(items: Any, name: str = "id") -> dict[Any, Mapping[str, Any]]:
    """Return the items that have an id of this name, by it: none for what is no list."""
    tables = [table(item) for item in items] if isinstance(items, list) else []
    return {item[name]: item for item in tables if isinstance(item.get(name), str)}


def results(
    items: Iterable[Any], parse: Callable[[Any], T], prepare: Callable[[Any], Any] = lambda item: item
) -> tuple[list[T], tuple[Rejected, ...]]:
    """Return what `parse` makes of each item, and the items that it can make nothing of.

    `prepare` puts to an item what `parse` needs besides, so that a rejected one can be read by it later.
    """
    parts: list[T] = []
    rejected: list[Rejected] = []
    for item in items:
        raw = item
        try:
            raw = prepare(item)
            parts.append(parse(raw))
        except WRONG as error:
            put_aside(rejected, error, raw)
    return parts, tuple(rejected)


def put_aside(rejected: list[Rejected], why: str | Exception, item: Any) -> None:
    """Add an item that could not be read. All are counted; of so many, few are kept in memory."""
    rejected.append(Rejected.of(why, item) if len(rejected) < _MOST_REJECTED else rejected[-1])


def unless_excluded(post: Post, query: Query) -> Post | None:
    """Return a post that its platform's own search has found, None if its words are not allowed."""
    return post if allows(query, post.text) else None


def count(raw: Mapping[str, Any], *names: str) -> int | None:
    """Return a number of an item under the first of these names that has one, None if none has.

    Raises TypeError for one that is not whole.
    """
    number = next((raw[name] for name in names if raw.get(name) is not None), None)
    with suppress(ValueError):
        if not isinstance(number, str):
            return whole_number(number)
    raise TypeError(f"{names[0]} is {number!r}, not a whole number")
