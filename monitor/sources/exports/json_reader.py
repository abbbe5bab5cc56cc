"""JSON as programs write it: an item a line, a list, a list in an object, or one object; read bit by bit."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from monitor.core.errors import MonitorError
from monitor.core.files.contents import Item
from monitor.sources.exports import UNDERSTOOD
from monitor.sources.exports.json_items import LISTS, ItemReader
from monitor.sources.shared.response_parsing import is_too_large

_CHUNK = 1 << 16  # characters that are read at once
_LONGEST = 2_000_000  # characters of an item; 500 posts of X, which may be one, have 1.8 million
_BETWEEN = re.compile(r"(?:[\s,]|\]\s*\[)*")
_DECODER = json.JSONDecoder()
_HEAD = 100  # items in which there must be one of a known kind
_VARIABLE = "window.YTD."
_LIST = re.compile(r"\s*(?:window\.YTD\.\w+\.part\d+\s*=\s*)?\[")
_NAMED_LIST = re.compile(rf'"(?:{"|".join(LISTS)})"\s*:\s*\[')


def is_json(start: str) -> bool:
    """Return whether a file that begins so is JSON; X's own archive puts each list into a variable."""
    return start.startswith(("[", "{", _VARIABLE))


def read_json(path: Path, file: TextIO) -> Iterator[Item]:
    """Yield what is in a file of lines, a list or one object; raises MonitorError for other things."""
    start = file.read(_CHUNK).lstrip()
    file.seek(0)
    yield from read_items(path, _lines(path, file) if start.startswith("{") else of_list(path.name, file))


def read_items(path: Path, items: Iterable[tuple[str, Any]]) -> Iterator[Item]:
    """Yield what is in the items, which are given with their places.

    Raises MonitorError if none of the first is of a kind that is known.
    """
    # What was read is not kept for later, but as rejected, which is short: an item may be as large as a file.
    is_known, unread, keys, reader = False, list[Item](), "", ItemReader()
    for where, item in items:
        if is_known or reader.reader_of(item):
            is_known = True
            yield from unread
            unread.clear()
            yield from reader.items(item, where)
            continue
        keys = keys or (", ".join(sorted(item)[:8]) if isinstance(item, dict) else "")
        unread += reader.items(item, where)
        if len(unread) == _HEAD:
            break
    if not is_known:
        keys = keys or "no object that is a post"
        raise MonitorError(f"{path} is an unknown kind of JSON (it contains: {keys}). {UNDERSTOOD}")


def of_list(name: str, file: TextIO) -> Iterator[tuple[str, Any]]:
    """Yield the items of a list with their places, without having all of it in memory.

    It may stand in an object, under one of the names that `LISTS` has for such. Raises MonitorError.
    """
    text = file.read(_CHUNK)
    begin = _LIST.match(text) or _NAMED_LIST.search(text)
    if begin is None:
        raise MonitorError(f"{name} is a single item far larger than a post, or not a list. {UNDERSTOOD}")
    return _values(name, file, text[begin.end() :])


def _values(name: str, file: TextIO, text: str = "", *, is_list: bool = True) -> Iterator[tuple[str, Any]]:
    """Yield the items that follow, to the end of their list; without one, to the end of the file."""
    at, number = 0, 1
    while True:
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
        if text.startswith("]", at):  # what follows in an object is no item; of a file, another list may
            more = "" if text[at + 1 :].strip() else file.read(_CHUNK)
            if not more:
                return
            text += more
            continue
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
        if not (more or text or is_list):
            return
        if not more:
            raise MonitorError(
                f"{name} is JSON that is broken or ends early at item {number}, or has an"
                f" item far larger than a post ({why}). Everything before it was read."
            )
        text += more


def _lines(path: Path, file: TextIO) -> Iterator[tuple[str, Any]]:
    """Return every item with its place; a line that is no JSON, or longer than any post, stays text."""
    if isinstance(_line(start := file.readline(_LONGEST)), str):
        file.seek(0)
        whole = file.read(_LONGEST + 1).lstrip()
        file.seek(0)
        if not start.rstrip().endswith("}") and _begins_whole(whole):  # spread over lines, as jq writes them
            return _values(path.name, file, is_list=False)
        # One that is longer than any post is a list in an object; lines may begin with a broken one.
        if _NAMED_LIST.search(start if start.strip() != "{" else whole):
            return of_list(path.name, file)
    file.seek(0)
    return ((f"line {n}", _line(line)) for n, line in enumerate(_short(file), 1) if line.strip())


def _begins_whole(text: str) -> bool:
    """Return whether there is an item at the beginning, no larger than a post or an answer may be."""
    try:
        return not is_too_large(text[: _DECODER.raw_decode(text)[1]].encode())
    except (ValueError, RecursionError):
        return False


def _short(file: TextIO) -> Iterator[str]:
    """Yield each line, and of one that is longer than any post its beginning."""
    while line := file.readline(_LONGEST):
        yield line
        while len(line) == _LONGEST and line[-1] not in "\r\n":
            line = file.readline(_LONGEST)


def _line(line: str) -> Any:
    try:
        is_long = is_too_large(line.encode())
        return line[:_CHUNK] if is_long else json.loads(line.rstrip().removesuffix(","))
    except (ValueError, RecursionError):
        return line[:_CHUNK]
