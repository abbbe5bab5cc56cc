"""Files of posts that a person brings: what kind a file is, and the posts in it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from io import BufferedReader, FileIO, TextIOWrapper
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from monitor.core.clock import unstamp
from monitor.core.csv_reader import LONGEST_ROW, CsvRow, rows
from monitor.core.errors import MissingColumnsError, MonitorError
from monitor.core.model import WRONG, Author, Metrics, Post, Rejected
from monitor.core.text import hashtags
from monitor.manual_entry.csv_import import entries
from monitor.sources.exports import UNDERSTOOD, browser_captures
from monitor.sources.exports.json_items import posts, reader_of
from monitor.sources.shared.response_parsing import is_too_large

_CHUNK = 1 << 16  # characters that are read at once
_LONGEST = 2_000_000  # characters of an item; 500 posts of X, which may be one, have 1.8 million
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()
_HEAD = 100  # items in which there must be one of a known kind
_REQUIRED = ("platform", "text", "created_at")
_NUMBERS = ("likes", "reposts", "replies", "quotes", "views")


def read_file(path: Path, progress: Callable[[int], object] = lambda _: None) -> Iterator[Post | Rejected]:
    """Yield the posts of a file, a line at a time, and a Rejected for each item that is none.

    `progress` gets the number of bytes of each read.
    Raises MonitorError, saying what was found and what is understood, for a file of another kind.
    """
    try:
        binary = BufferedReader(_CountingFile(path, progress))
        with TextIOWrapper(binary, encoding="utf-8-sig", newline="") as file:
            start = file.read(4096).lstrip()[:1]
            file.seek(0)
            if not start:
                raise MonitorError(f"{path} is empty. {UNDERSTOOD}")
            yield from _json(path, file, start) if start in "[{" else _csv(path, file)
    except (OSError, UnicodeDecodeError) as error:
        raise MonitorError(f"{path} cannot be read as text: {error}. {UNDERSTOOD}") from error


def read_by_hand(
    path: Path, zone: ZoneInfo, now: datetime, progress: Callable[[int], object] = lambda _: None
) -> Iterator[Post | Rejected]:
    """Yield the entries of a file in the form of the by-hand template, and a Rejected for each wrong row.

    `progress` gets the number of bytes. Raises MonitorError if the file is no such table.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MonitorError(f"{path} cannot be read: {error.strerror}.") from error
    progress(len(data))
    yield from entries(data, zone, now)


class _CountingFile(FileIO):
    """A file that reports how many bytes each read brought."""

    def __init__(self, path: Path, progress: Callable[[int], object]) -> None:
        super().__init__(path)
        self._progress = progress

    def readinto(self, buffer: Any) -> int:
        number = super().readinto(buffer) or 0
        self._progress(number)
        return number


def _json(path: Path, file: TextIO, start: str) -> Iterator[Post | Rejected]:
    items = _of_list(path, file) if start == "[" else _lines(file)
    # What was read is not kept for later, but as rejected, which is short: an item may be as large as a file.
    is_known, unread, keys = False, list[Rejected](), ""
    for where, item in items:
        if reader := reader_of(item):
            is_known = True
            yield from unread
            unread.clear()
            yield from posts(reader, item, where)
            continue
        keys = keys or (", ".join(sorted(item)[:8]) if isinstance(item, dict) else "")
        unread.append(
            Rejected.of(f"{where}: this is not a post of a kind that is known, or is too large.", item)
        )
        if is_known:
            yield unread.pop()
        elif len(unread) == _HEAD:
            break
    if not is_known:
        keys = keys or "no object that is a post"
        raise MonitorError(f"{path} is JSON of a kind that is not known (it holds: {keys}). {UNDERSTOOD}")


def _of_list(path: Path, file: TextIO) -> Iterator[tuple[str, Any]]:
    """Yield the items of a JSON list with their places, without having all of it in memory."""
    text, number = file.read(_CHUNK), 1
    at = text.index("[") + 1
    while not text.startswith("]", at := _BETWEEN.match(text, at).end()):  # type: ignore[union-attr]
        try:
            item, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            why = str(error)
        else:
            yield f"item {number}", item
            number += 1
            continue
        text, at = text[at:], 0
        is_full = len(text) > _LONGEST or is_too_large(text.encode())
        more = "" if is_full else file.read(max(_CHUNK, len(text) // 4))
        if not more:
            raise MonitorError(
                f"{path} is a JSON list that is broken or ends early at item {number}, or has one that is far"
                f" larger than a post ({why}). What is before it was read."
            )
        text += more


def _lines(file: TextIO) -> Iterator[tuple[str, Any]]:
    """Return every item with its place; a line that is no JSON, or longer than any post, stays text."""
    if isinstance(_line(file.readline(_LONGEST)), str):
        file.seek(0)
        if isinstance(whole := _line(file.read(_LONGEST + 1)), dict):
            return iter([("item 1", whole)])  # one object, spread over lines
    file.seek(0)
    return ((f"line {n}", _line(line)) for n, line in enumerate(_short(file), 1) if line.strip())


def _short(file: TextIO) -> Iterator[str]:
    """Yield each line, and of one that is longer than any post its beginning."""
    while line := file.readline(_LONGEST):
        yield line
        while len(line) == _LONGEST and line[-1] not in "\r\n":
            line = file.readline(_LONGEST)


def _line(line: str) -> Any:
    try:
        return line[:_CHUNK] if is_too_large(line.encode()) else json.loads(line)
    except (ValueError, RecursionError):
        return line[:_CHUNK]


def _csv(path: Path, file: TextIO) -> Iterator[Post | Rejected]:
    header = file.readline(LONGEST_ROW).casefold()
    file.seek(0)
    foreign = browser_captures.is_table(header)
    try:
        for row in rows(file, browser_captures.COLUMNS if foreign else _REQUIRED):
            yield _read(row, browser_captures.renamed if foreign else dict)
    except MissingColumnsError as error:
        raise MonitorError(f"{path} {error} {UNDERSTOOD}") from error


def _read(row: CsvRow, cells_of: Callable[[Mapping[str, str]], Mapping[str, str]]) -> Post | Rejected:
    if row.broken:
        return Rejected.of(f"line {row.line}: {row.broken}", row.broken)
    try:
        return _row(cells_of(row.cells))
    except WRONG as error:
        return Rejected.of(f"line {row.line}: {error}", dict(row.cells))


def _row(cells: Mapping[str, str]) -> Post:
    for name in _REQUIRED:
        if not cells.get(name):
            raise ValueError(f"the column {name} is empty")
    text, writer = cells["text"], cells.get("author") or "unknown"
    at, mark = _time(cells["created_at"]), sha256(cells["text"].encode()).hexdigest()[:16]
    numbers = {name: _count(name, cells.get(name, "")) for name in _NUMBERS}
    return Post(
        platform=cells["platform"].casefold(),
        # a writer may say two things in a minute
        id=cells.get("id") or cells.get("url") or f"{writer} {at.isoformat()} {mark}",
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
