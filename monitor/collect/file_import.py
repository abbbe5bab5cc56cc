"""Files of posts that a person brings: what kind a file is, and the posts in it."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from monitor.collect.table_import import read_table
from monitor.core.clock import of_epoch
from monitor.core.errors import MonitorError
from monitor.core.file_contents import Item
from monitor.core.file_opening import Buffered, Progress, opened, text_of
from monitor.core.model import Post, Rejected
from monitor.manual_entry.csv_import import entries
from monitor.sources.exports import UNDERSTOOD
from monitor.sources.exports.json_items import posts, reader_of
from monitor.sources.shared.response_parsing import is_too_large

_CHUNK = 1 << 16  # characters that are read at once
_LONGEST = 2_000_000  # characters of an item; 500 posts of X, which may be one, have 1.8 million
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()
_HEAD = 100  # items in which there must be one of a known kind


def read_file(
    path: Path,
    answers: Mapping[str, str],
    zone: ZoneInfo,
    progress: Progress = lambda _: None,
) -> Iterator[Item]:
    """Yield the posts of a file, an item at a time, and for each item that is none why.

    `answers` are those to its questions, by their keys; `zone` is the campaign's; `progress` gets the number
    of bytes of each read.
    Raises MonitorError, saying what was found and what is understood, for a file of another kind.
    """
    try:
        with opened(path, progress) as file:
            start = _start(file)
            if not start:
                raise MonitorError(f"{path} is empty. {UNDERSTOOD}")
            if start in "[{":
                with text_of(file) as text:
                    yield from _json(path, text, start)
            else:
                yield from read_table(path, file, answers, zone)
    except OSError as error:
        raise MonitorError(f"{path} cannot be read: {error.strerror or error}.") from error


def is_table(path: Path) -> bool:
    """Return whether a file is read as a table, not as JSON."""
    with opened(path) as file:
        return _start(file) not in "[{"


def _start(file: Buffered) -> str:
    """Return the first letter of a file."""
    return file.peek(_CHUNK)[:_CHUNK].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1].decode("latin-1")


def as_of(path: Path, now: datetime) -> datetime:
    """Return when a file was written, as far as its folder knows: its numbers were read then, or before."""
    return min(of_epoch(int(path.stat().st_mtime)), now)


def read_by_hand(
    path: Path, zone: ZoneInfo, now: datetime, progress: Progress = lambda _: None
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


def _json(path: Path, file: TextIO, start: str) -> Iterator[Item]:
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
