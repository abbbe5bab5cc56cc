"""What could not be read is read again, by the readers that there are now."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from monitor.archive.posts.rejected import RejectedItem
from monitor.collect import Collector
from monitor.collect.imports.file_import import read_by_hand, read_file
from monitor.collect.imports.file_inspection import inspect_again
from monitor.collect.validation import storable
from monitor.core.errors import MonitorError
from monitor.core.model import WRONG, Page, Post, Query, Rejected
from monitor.core.text import belongs
from monitor.platform_info import names
from monitor.sources import source
from monitor.sources.contract import Picks

_AGAIN = "again:"  # how the streams begin of what is no poll


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayResult:
    """How many items were read now, how many new posts they gave, and how many still cannot be read."""

    read: int = 0
    new: int = 0
    unread: int = 0


def replay(collector: Collector) -> ReplayResult:
    """Read what was put aside, store its posts, and let go of what was read. Ended midway, it may go on."""
    result = ReplayResult()
    for item in collector.archive.rejected.every():
        try:
            new = _save(collector, item)
        except (*WRONG, MonitorError):
            result = replace(result, unread=result.unread + 1)
        else:
            collector.archive.rejected.remove(item.id)
            result = replace(result, read=result.read + 1, new=result.new + new)
    return result


def _save(collector: Collector, item: RejectedItem) -> int:
    """Store the posts of an item, as of when it came, and return how many are new.

    Raises MonitorError, or one of `WRONG`, if it cannot be read.
    """
    raw, new, now = json.loads(item.raw), 0, collector.clock()
    is_live = item.source in names()
    for track in collector.campaign.tracks:
        if item.track in ("", track.name):
            query = track.query
            posts = _picked(item, raw, query) if is_live else _of_file(collector, item, raw, query)
            read = tuple(replace(post, read_at=post.read_at or item.at) for post in posts)
            if any(isinstance(storable(post, now), Rejected) for post in read):
                raise ValueError("It still cannot be kept.")
            # This was no poll: what is read on from, and how the source is doing, stays as it is.
            page = Page(stream=f"{_AGAIN}{item.source}" if is_live else item.stream, posts=read)
            new += collector.save(page, item.source, track, now)[1] if read else 0
    return new


def _picked(item: RejectedItem, raw: Any, query: Query) -> Iterator[Post]:
    """Yield the post in an item of a platform, if it belongs to the track."""
    if item.stream.startswith(_AGAIN):  # the platform is asked for its post again by itself
        return
    platform, parts = source(item.source), item.stream.split(":")
    if issubclass(platform, Picks):
        post = platform.pick(raw, query, parts[1] if parts[0] == item.source else "")
    else:
        post = platform.parse(raw)
        post = post if belongs(query, post) else None
    if post:
        yield post


def _of_file(collector: Collector, item: RejectedItem, raw: Any, query: Query) -> Iterator[Post]:
    """Yield the posts in an item or a row of a file, which is read as a file of its own."""
    zone, now = collector.campaign.zone, collector.clock()
    is_row = isinstance(raw, dict) and all(isinstance(value, str) for value in raw.values())
    with TemporaryDirectory() as folder:
        path = Path(folder) / "item"
        with path.open("w", encoding="utf-8", newline="") as file:
            if is_row:
                csv.writer(file).writerows([raw.keys(), raw.values()])
            else:
                json.dump(raw, file)
        is_by_hand = isinstance(raw, dict) and {"where", "when"} <= raw.keys()
        remembered = collector.archive.import_answers.of
        answers = inspect_again(path, {}, remembered, zone, now)[1] if is_row and not is_by_hand else {}
        for part in read_by_hand(path, zone, now) if is_by_hand else read_file(path, answers, zone):
            if isinstance(part, Rejected):
                raise ValueError(part.reason)
            if isinstance(part, Post) and (item.track or belongs(query, part)):
                yield part
