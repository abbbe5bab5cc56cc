"""Which posts are to be read again, and when: their numbers grow, and what is deleted has to go here too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.archive.connection import Connection, WriteConnection
from monitor.core.clock import stamp, unstamp
from monitor.core.model import REREAD_ROUND

_SOON = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
_DAY, _MONTH = timedelta(days=1), timedelta(days=30)
_SELDOM = timedelta(days=28)  # what is to be read again within 30 days may be late


class DuePost(NamedTuple):
    """A post whose time has come."""

    id: int
    native_id: str
    reread_key: str  # what its source needs to read it again
    created_at: datetime


def next_reading(created_at: datetime, now: datetime) -> datetime:
    """Return when a post that is read now is to be read again.

    After 1, 6 and 24 hours, then each 20 hours until it is 30 days old, then each 28 days:
    platforms ask that deletions are followed within a day.
    """
    age = now - created_at
    if age >= _MONTH:
        return created_at + (age // _SELDOM + 1) * _SELDOM
    return min([now + REREAD_ROUND, *(created_at + step for step in _SOON if age < step)])


@dataclass(frozen=True, slots=True)
class RefreshQueue:
    """The posts that are due."""

    db: Connection

    def due(self, platform: str, now: datetime, most: int) -> list[DuePost]:
        """Return the posts of a platform that are to be read again by now.

        First those of the last 30 days, which are to be read within a day; of each, the longest due.
        """
        where = f"due_unix <= unixepoch(?) ORDER BY created_unix < unixepoch(?), due_unix LIMIT {most}"
        return self._posts(where, [platform, stamp(now), stamp(now - _MONTH)])

    def witnesses(self, platform: str, now: datetime) -> list[DuePost]:
        """Return two posts that were there when they were read: an answer without them is a wrong one."""
        return self._posts("due_unix > unixepoch(?) ORDER BY due_unix DESC LIMIT 2", [platform, stamp(now)])

    def _posts(self, where: str, values: list[str]) -> list[DuePost]:
        columns = "id, native_id, again, created_at"
        return self.db.records(DuePost, f"SELECT {columns} FROM posts WHERE platform = ? AND {where}", values)

    def backlog(self, platform: str, now: datetime) -> tuple[int, timedelta]:
        """Return how many posts of the last 30 days were last read over a day ago, and the longest time."""
        [(posts, first)] = self.db.execute(
            "SELECT count(*), min(due_at) FROM posts WHERE platform = ?"
            " AND due_unix <= unixepoch(?) AND created_unix > unixepoch(?)",
            [platform, stamp(now - _DAY + REREAD_ROUND), stamp(now - _MONTH)],
        )
        return posts, now - unstamp(first) + REREAD_ROUND if posts else timedelta()

    def of_last_week(self, platform: str, now: datetime) -> int:
        """Return how many posts of the last seven days can be read again."""
        return self.db.number(
            "SELECT count(*) FROM posts WHERE +platform = ? AND again IS NOT NULL AND created_unix >"
            " unixepoch(?)",
            [platform, stamp(now - timedelta(days=7))],
        )


@dataclass(frozen=True, slots=True)
class RefreshQueueWriter(RefreshQueue):
    """The same, and when each post is due next."""

    db: WriteConnection

    def bring_forward(self, platform: str, now: datetime, longest: timedelta) -> None:
        """Make due what would wait for longer, of the last 30 days: by a wrong clock, or other settings."""
        with self.db.transaction():
            self.db.execute(  # '+' keeps to the index by time: by what is due, all the older posts would come
                "UPDATE posts SET due_unix = unixepoch(?) WHERE +platform = ? AND due_at > ?"
                " AND created_unix > unixepoch(?)",
                [stamp(now), platform, stamp(now + longest), stamp(now - _MONTH)],
            )

    def schedule(self, when: Mapping[int, datetime | None]) -> None:
        """Store when posts are due next, by their archive ids; None: never again."""
        with self.db.transaction():
            self.db.executemany(
                "UPDATE posts SET due_unix = unixepoch(?) WHERE id = ? AND scrubbed_at IS NULL",
                [(stamp(at) if at else None, post) for post, at in when.items()],
            )
