"""Files of posts that a person brings: what kind a file is, and the posts in it."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from io import BufferedReader, FileIO, TextIOWrapper
from itertools import chain, islice
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from monitor.core.clock import unstamp
from monitor.core.csv_reader import CsvRow, rows
from monitor.core.errors import MissingColumnsError, MonitorError
from monitor.core.model import WRONG, Author, Metrics, Post, Rejected
from monitor.core.text import hashtags
from monitor.manual_entry.csv_import import entries
from monitor.sources.exports import UNDERSTOOD, browser_captures
from monitor.sources.exports.json_items import posts, reader_of

WHOLE = 100_000_000  # bytes of a JSON list, which is read at once
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
    items = _whole_list(path, file) if start == "[" else _lines(path, file)
    head = list(islice(items, _HEAD))
    if not any(reader_of(item) for _, item in head):
        first = next((item for _, item in head if isinstance(item, dict)), {})
        keys = ", ".join(sorted(first)[:8]) or "no object that is a post"
        raise MonitorError(f"{path} is JSON of a kind that is not known (it holds: {keys}). {UNDERSTOOD}")
    for where, item in chain(head, items):
        reader = reader_of(item)
        if reader is not None:
            yield from posts(reader, item, where)
        else:
            yield Rejected.of(f"{where}: this is not a post of a kind that is known.", item)


def _whole_list(path: Path, file: TextIO) -> Iterator[tuple[str, Any]]:
    if path.stat().st_size > WHOLE:
        raise MonitorError(
            f"{path} is one JSON list of more than {WHOLE // 1_000_000} MB. A list must be read at once and"
            " may not fit in memory. Write one item a line instead, for example with:"
            f" jq -c '.[]' {path.name} > posts.jsonl"
        )
    try:
        items = json.load(file)
    except (ValueError, RecursionError) as error:
        raise MonitorError(
            f"{path} is a JSON list that is broken or ends early ({error}). Save or download it again."
        ) from error
    return ((f"item {n}", item) for n, item in enumerate(items, 1))


def _lines(path: Path, file: TextIO) -> Iterator[tuple[str, Any]]:
    """Return every item with its place; a line that is no JSON stays text."""
    if path.stat().st_size <= WHOLE and isinstance(_line(file.readline()), str):
        file.seek(0)
        if isinstance(whole := _line(file.read()), dict):
            return iter([("item 1", whole)])  # one object, spread over lines
    file.seek(0)
    return ((f"line {n}", _line(line)) for n, line in enumerate(file, 1) if line.strip())


def _line(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return line


def _csv(path: Path, file: TextIO) -> Iterator[Post | Rejected]:
    header = file.readline().casefold()
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
