"""Which posts are to be read again, and when: their numbers grow, and what is deleted has to go here too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.archive.connection import Connection, WriteConnection
from monitor.core.clock import stamp, unstamp

_SOON = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
_DAY, _MONTH = timedelta(days=1), timedelta(days=30)


class DuePost(NamedTuple):
    """A post whose time has come."""

    id: int
    native_id: str
    reread_key: str  # what its source needs to read it again
    created_at: datetime


def next_reading(created_at: datetime, now: datetime) -> datetime:
    """Return when a post is to be read again: after 1 and 6 hours, daily for 30 days, then each 30 days.

    Daily, because platforms ask that deletions are followed within a day.
    """
    age = max(now - created_at, timedelta())
    for step in _SOON:
        if age < step:
            return created_at + step
    step = _DAY if age < _MONTH else _MONTH
    return created_at + (age // step + 1) * step


@dataclass(frozen=True, slots=True)
class RefreshQueue:
    """The posts that are due."""

    db: Connection

    def due(self, platform: str, now: datetime, most: int) -> list[DuePost]:
        """Return the posts of a platform that are to be read again by now, the longest due first."""
        rows = self.db.execute(
            "SELECT id, native_id, again, created_at FROM posts"
            f" WHERE platform = ? AND due_at <= ? ORDER BY due_at LIMIT {most}",
            [platform, stamp(now)],
        )
        return [DuePost(post, native, key, unstamp(at)) for post, native, key, at in rows]


@dataclass(frozen=True, slots=True)
class RefreshQueueWriter(RefreshQueue):
    """The same, and when each post is due next."""

    db: WriteConnection

    def schedule(self, when: Mapping[int, datetime | None]) -> None:
        """Store when posts are due next, by their archive ids; None: never again."""
        with self.db.transaction():
            self.db.executemany(
                "UPDATE posts SET due_at = ? WHERE id = ? AND scrubbed_at IS NULL",
                [(stamp(at) if at else None, post) for post, at in when.items()],
            )
