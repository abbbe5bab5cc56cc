"""Files of posts that a person brings: what kind a file is, and the posts in it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.collect.imports.table_import import read_table
from monitor.core.clock import of_epoch
from monitor.core.errors import MonitorError
from monitor.core.files.contents import Item
from monitor.core.files.opening import Buffered, Progress, opened, text_of
from monitor.core.model import Post, Rejected
from monitor.manual_entry.csv_import import entries
from monitor.sources.exports import UNDERSTOOD
from monitor.sources.exports.account_archives import items
from monitor.sources.exports.json_reader import is_json, read_items, read_json


def read_file(
    path: Path, answers: Mapping[str, str], zone: ZoneInfo, progress: Progress = lambda _: None
) -> Iterator[Item]:
    """Yield the posts of a file, an item at a time, and for each item that is none why.

    `answers` are those to its questions, by their keys; `zone` is the campaign's; `progress` gets the number
    of bytes of each read.
    Raises MonitorError, saying what was found and what is understood, for a file of another kind.
    """
    if packed := items(path):
        progress(path.stat().st_size)
        yield from read_items(path, packed)
        return
    with opened(path, progress) as file:
        start = _start(file)
        if not start:
            raise MonitorError(f"{path} is empty. {UNDERSTOOD}")
        if is_json(start):
            with text_of(file) as text:
                yield from read_json(path, text)
        else:
            yield from read_table(path, file, answers, zone)


def is_table(path: Path) -> bool:
    """Return whether a file is read as a table, not as JSON."""
    if items(path):
        return False
    with opened(path) as file:
        return not is_json(_start(file))


def _start(file: Buffered) -> str:
    return file.peek(100)[:100].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").decode("latin-1").replace("\0", "")


def as_of(path: Path, now: datetime) -> datetime:
    """Return when a file was written, as far as its folder knows: its numbers were read then, or before."""
    return min(of_epoch(int(path.stat().st_mtime)), now)


def read_by_hand(
    path: Path, zone: ZoneInfo, now: datetime, progress: Progress = lambda _: None
) -> Iterator[Post | Rejected]:
    """Yield the entries of a file in the form of the by-hand template, and a Rejected for each wrong row.

    `progress` gets the number of bytes. Raises MonitorError if the file is no such table.
    """
    with opened(path, progress) as file:
        yield from entries(file.read(), zone, now)
