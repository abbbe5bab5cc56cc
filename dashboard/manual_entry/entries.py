"""Keeping entries: each once, without a tone until the worker has scored it; and taking one back."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from dashboard.services import services
from monitor.campaign import Track
from monitor.core.errors import MonitorError
from monitor.core.model import Page, Post, Rejected
from monitor.manual_entry import BY_HAND
from monitor.manual_entry.csv_import import MOST_ROWS, entries

_FORM = "by-hand:dashboard"  # the stream of what is entered here


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryResult:
    """What became of entries: their posts' archive ids, how many are new, and what was wrong with others."""

    ids: tuple[int, ...]
    new: int
    duplicates: int
    wrong: tuple[str, ...] = ()


def save(track: Track, posts: Sequence[Post], wrong: Sequence[Rejected] = ()) -> EntryResult:
    """Store the entries that are not there yet, each once, in one transaction.

    Raises MonitorError if the archive cannot be written to; then none is stored.
    """
    by_id = {post.id: post for post in reversed(posts)}  # of two alike the first counts
    now = services().now()
    with services().write() as archive:
        existing = archive.posts.ids_of(BY_HAND, list(by_id))
        new = [post for key, post in by_id.items() if key not in existing][::-1]
        if new:
            archive.ingest.save(
                services().campaign.gazetteer.with_places(Page(stream=_FORM, posts=tuple(new))),
                source=BY_HAND, track=track.name, started_at=now, now=now,
                scores=[None] * len(new), analyzer="",  # the worker scores them
            )  # fmt: skip
        ids = archive.posts.ids_of(BY_HAND, list(by_id))
    reasons, duplicates = tuple(item.reason for item in wrong), len(posts) - len(new)
    return EntryResult(ids=tuple(ids.values()), new=len(new), duplicates=duplicates, wrong=reasons)


def save_file(track: Track, data: bytes) -> EntryResult:
    """Store the good rows of a file; raises MonitorError if it is no such table."""
    rows = entries(data, services().campaign.zone, services().now())
    items = list(islice(rows, MOST_ROWS + 1))
    if len(items) > MOST_ROWS:
        raise MonitorError(f"This file has more than {MOST_ROWS:,} rows. Split it into several.")
    wrong = [one for one in items if isinstance(one, Rejected)]
    return save(track, [one for one in items if isinstance(one, Post)], wrong)


def undo(entry_id: int) -> bool:
    """Remove an entry as if it had never been made; return whether there was one. Other posts stay."""
    with services().write() as archive:
        is_entry = (
            archive.posts.author_of(entry_id) is not None
            and archive.posts.by_ids([entry_id])[0].platform == BY_HAND
        )
        if is_entry:
            archive.ingest.delete([entry_id])
    return is_entry
