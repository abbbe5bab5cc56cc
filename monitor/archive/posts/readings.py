"""Readings of a post's numbers, in whatever order they come: the latest counts, and all are kept in order."""

from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from monitor.archive.connection import WriteConnection
from monitor.core.clock import stamp
from monitor.core.model import Metrics, Post

NUMBERS = ("likes", "reposts", "replies", "quotes", "views")
numbers = attrgetter(*NUMBERS)  # of a post's metrics, or as they are stored

_READING = (*NUMBERS, "followers")
# Two readings of one second are one, of the larger numbers: which of them came first is not known.
_LARGER = ", ".join(
    f"{name} = max(ifnull({name}, excluded.{name}), ifnull(excluded.{name}, {name}))" for name in _READING
)
_INSERT = (
    f"INSERT INTO snapshots (post_id, read_unix, {', '.join(_READING)}) VALUES (?, unixepoch(?), ?,"
    " ?, ?, ?, ?, ?)"
    f" ON CONFLICT DO UPDATE SET {_LARGER}"
)
# What is stored was confirmed by each look since its snapshot, and the last of these looks has none.
_CONFIRM = (
    f"INSERT OR IGNORE INTO snapshots (post_id, read_unix, {', '.join(NUMBERS)})"
    f" SELECT id, unixepoch(?), {', '.join(NUMBERS)} FROM posts WHERE id = ?"
)
# Archives from before followers were kept with a reading have them in the post alone.
_FIRST_FOLLOWERS = (
    "UPDATE snapshots SET followers = (SELECT followers FROM posts WHERE id = :id) WHERE post_id = :id"
    " AND read_unix = (SELECT min(read_unix) FROM snapshots WHERE post_id = :id)"
    " AND NOT EXISTS (SELECT 1 FROM snapshots WHERE post_id = :id AND followers IS NOT NULL)"
)
_SAID = (
    "SELECT {0} FROM snapshots WHERE post_id = posts.id AND {0} IS NOT NULL ORDER BY read_unix {1} LIMIT 1"
)
_LATEST = ", ".join(f"{name} = ifnull(({_SAID.format(name, 'DESC')}), {name})" for name in NUMBERS)
_RECKON = f"UPDATE posts SET {_LATEST} WHERE id = ?"
# The followers of when it was written, as near as any reading came to that.
_RECKON_FOLLOWERS = (
    f"UPDATE posts SET followers = ifnull(({_SAID.format('followers', 'ASC')}), followers) WHERE id = ?"
)


def read_at(post: Post, now: datetime) -> str:
    """Return when a post's numbers were read, as it is stored."""
    return stamp(min(post.read_at, now) if post.read_at else now)


def row_of(post_id: int, post: Post, now: datetime) -> tuple[Any, ...]:
    """Return the row of `snapshots` for one reading of a post."""
    return (post_id, read_at(post, now), *numbers(post.metrics), post.author.followers)


def insert(db: WriteConnection, rows: list[tuple[Any, ...]]) -> None:
    db.executemany(_INSERT, rows)


def is_kept(post: Post) -> bool:
    """Return whether the first reading of a post is kept: a file's is, whatever it says."""
    return post.metrics != Metrics() or post.read_at is not None


def date_back(db: WriteConnection, post_id: int, now: datetime) -> str:
    """Date the readings of a post that a clock ahead of its time dated after `now` to just before it.

    Until then nothing that is read would be newer. Return when the last one was.
    """
    at = stamp(now - timedelta(seconds=1))
    db.execute(
        "UPDATE OR REPLACE snapshots SET read_unix = unixepoch(?) WHERE post_id = ? AND read_at > ?",
        [at, post_id, stamp(now)],
    )
    db.execute("UPDATE posts SET read_unix = unixepoch(?) WHERE id = ?", [at, post_id])
    return at


def add(db: WriteConnection, post_id: int, post: Post, last: str | None, now: datetime) -> None:
    """Store a later reading of a post that is known, whose latest one was at `last`."""
    read = read_at(post, now)
    if last and read < last:
        db.execute(_CONFIRM, [last, post_id])
        db.execute(_FIRST_FOLLOWERS, {"id": post_id})
    db.execute(_INSERT, row_of(post_id, post, now))
    db.execute(_RECKON, [post_id])
    if last and read <= last:  # of a later one they are none of when the post was written
        db.execute(_RECKON_FOLLOWERS, [post_id])
