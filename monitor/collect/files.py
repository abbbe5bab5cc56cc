"""Posts from files: twarc, Mastodon and Bluesky JSON, and plain CSV."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from monitor.clock import unstamp
from monitor.errors import MonitorError
from monitor.model import Author, Metrics, Post, Rejected
from monitor.sources import source

Raw = Mapping[str, Any]

_NEEDED = ("platform", "text", "created_at")
_NUMBERS = ("likes", "reposts", "replies", "quotes", "views")
_BAD = (KeyError, TypeError, ValueError, AttributeError)
_KNOWN = (
    "Understood are twarc's JSON lines, lists of Mastodon or Bluesky posts as JSON,"
    f" and CSV with the columns {', '.join(_NEEDED)}."
)


def read_file(path: Path) -> Iterator[Post | Rejected]:
    """Yield each post of a file, or why an item is none.

    Raises MonitorError when the file is of no kind that is understood.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MonitorError(f"{path} cannot be read as text: {error}. {_KNOWN}") from error
    if text.lstrip().startswith(("{", "[")):
        yield from _read_json(text, path)
    else:
        yield from _read_csv(text, path)


def _read_json(text: str, path: Path) -> Iterator[Post | Rejected]:
    found = 0
    for item in _items(text):
        if isinstance(item, Rejected):
            yield item
            continue
        for name, raw in _posts(item):
            found += 1
            yield _parsed(source(name).parse, raw)
    if not found:
        raise MonitorError(f"No posts were found in {path}. {_KNOWN}")


def _items(text: str) -> Iterator[Raw | Rejected]:
    try:
        whole = json.loads(text)
    except ValueError:
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield _line(line, number)
        return
    for item in whole if isinstance(whole, list) else [whole]:
        if isinstance(item, dict):
            yield item
        else:
            yield Rejected(reason="not a post", raw=repr(item)[:2000])


def _line(line: str, number: int) -> Raw | Rejected:
    try:
        item = json.loads(line)
    except ValueError as error:
        return Rejected(reason=f"line {number}: {error}", raw=line[:2000])
    return item if isinstance(item, dict) else Rejected(reason=f"line {number}: not a post", raw=line[:2000])


def _posts(item: Raw) -> Iterator[tuple[str, Raw]]:
    """Yield (platform, what its module parses) of one item."""
    if "data" in item:
        users = {user["id"]: user for user in item.get("includes", {}).get("users", [])}
        data = item["data"] if isinstance(item["data"], list) else [item["data"]]
        yield from (("x", {"post": post, "user": users.get(post.get("author_id"))}) for post in data)
    elif "author_id" in item:
        yield "x", {"post": item, "user": item.get("author")}
    elif "account" in item:
        yield "mastodon", item
    elif "commit" in item:
        yield "bluesky", item


def _parsed(parse: Callable[[Raw], Post], raw: Raw) -> Post | Rejected:
    try:
        return parse(raw)
    except _BAD as error:
        return Rejected(reason=f"{type(error).__name__}: {error}", raw=repr(raw)[:2000])


def _read_csv(text: str, path: Path) -> Iterator[Post | Rejected]:
    heading = text.partition("\n")[0]
    rows = csv.DictReader(text.splitlines(keepends=True), delimiter=_delimiter(heading))
    if missing := [name for name in _NEEDED if name not in (rows.fieldnames or ())]:
        raise MonitorError(f"{path} has no column {missing[0]!r}. {_KNOWN}")
    for row in rows:
        try:
            yield _row({key: value for key, value in row.items() if key and value})
        except _BAD as error:
            yield Rejected(reason=f"line {rows.line_num}: {_why(error)}", raw=repr(row)[:2000])


def _delimiter(heading: str) -> str:
    return ";" if heading.count(";") > heading.count(",") else ","  # Excel in some countries


def _why(error: Exception) -> str:
    return f"the cell {error} is empty" if isinstance(error, KeyError) else str(error)


def _row(cells: Mapping[str, str]) -> Post:
    text, at = cells["text"], unstamp(cells["created_at"])
    handle = cells.get("author", cells.get("handle"))
    return Post(
        platform=cells["platform"].strip().lower(),
        id=cells.get("id") or cells.get("url") or f"{at.isoformat()} {text[:80]}",
        url=cells.get("url", ""),
        author=Author(id=handle or "unknown", handle=handle, followers=_number(cells.get("followers"))),
        text=text,
        created_at=at,
        lang=cells.get("lang"),
        metrics=Metrics(**{name: _number(cells.get(name)) for name in _NUMBERS}),
    )


def _number(cell: str | None) -> int | None:
    return None if cell is None else int(cell.replace(",", "").replace(" ", ""))
