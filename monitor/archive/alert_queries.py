"""What has just happened: hours, people and numbers that moved, for alerts."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.archive.connection import ENGAGEMENT, GIVEN, OF_SERIES
from monitor.archive.coverage import REGULAR
from monitor.archive.stats import Stats
from monitor.archive.values import IMPORT, Joiners, PostGain, Scope
from monitor.core.clock import stamp, unstamp
from monitor.manual_entry import BY_HAND

# What a post had of a number at an instant, by the last reading until then that says it.
_BEFORE = (
    "(SELECT {0} FROM snapshots WHERE post_id = p.id AND read_unix <= unixepoch(:then) AND {0} IS NOT NULL"
    " ORDER BY read_unix DESC LIMIT 1) AS {0}"
)
_NUMBERS_BEFORE = ", ".join(map(_BEFORE.format, ("likes", "reposts", "replies", "quotes")))
_ENTERED = (BY_HAND, IMPORT)
_NOT_SEEN = f"source IN {GIVEN.replace('?', ':entered')} OR NOT ({REGULAR})"
_JOINERS = (
    "SELECT hour, platform, count(*), sum(before IS NULL AND NOT EXISTS (SELECT 1 FROM posts e"
    " WHERE e.author_id = j.author_id AND e.created_unix < j.created_unix"
    " AND e.id NOT IN (SELECT post_id FROM replies)))"
    " FROM (SELECT p.hour, p.platform, p.author_id, p.created_unix,"
    " lag(p.created_unix) OVER (PARTITION BY p.author_id ORDER BY p.created_unix, p.id) AS before"
    " FROM posts p WHERE p.created_unix BETWEEN unixepoch(:from, '-6 hours') AND unixepoch(:to)"
    " AND p.copy_of IS NULL AND EXISTS"
    " (SELECT 1 FROM post_series m WHERE m.post_id = p.id AND +m.series IN ({ids}))"
    " AND NOT EXISTS (SELECT 1 FROM posts q JOIN post_series m ON m.post_id = q.id"
    " WHERE q.message = p.message AND (q.created_unix, q.id) < (p.created_unix, p.id) AND m.series"
    " IN ({ids}))"
    f" AND ifnull(p.origin, 0) NOT IN (SELECT id FROM origins WHERE {_NOT_SEEN})) j WHERE"
    " created_unix >= unixepoch(:from)"
    " AND (before IS NULL OR created_unix - before >= 6 * 3600) GROUP BY 1, 2"
)


@dataclass(frozen=True, slots=True)
class AlertQueries:
    """Questions about the last hours only."""

    stats: Stats

    def joiners(self, scope: Scope, since: datetime, until: datetime) -> list[Joiners]:
        """Return who joined in, in each hour between two instants: people who had not posted for six hours.

        A bridge is none of them, nor who passes on what others have said already. What came from a file, by
        hand or from a look back is left out, too: nobody saw it happen.
        """
        rows = self.stats.rows(
            scope, _JOINERS, **{"from": stamp(since), "to": stamp(until), "entered": json.dumps(_ENTERED)}
        )
        return [Joiners(_hour(hour), *numbers) for hour, *numbers in rows]

    def arrivals(self, after: int | None) -> tuple[int, datetime | None]:
        """Return the highest id of all posts, and when the earliest of those with one `after` was written."""
        newest, earliest = self.stats.db.execute(
            # NOT INDEXED: by their ids; by time it would look through all posts.
            "SELECT (SELECT max(id) FROM posts), min(created_at) FROM posts NOT INDEXED WHERE id > ?",
            [after],
        ).fetchone()
        return newest or 0, unstamp(earliest) if earliest else None

    def gains(self, scope: Scope, *, oldest: datetime, since: datetime, least: int) -> list[PostGain]:
        """Return the posts written since `oldest` that got `least` or more since `since`, the most first."""
        rows = self.stats.rows(
            scope,
            "SELECT id, now - ifnull(before, 0) AS more FROM (SELECT p.id, p.engagement AS now,"
            f" (SELECT {ENGAGEMENT} FROM (SELECT {_NUMBERS_BEFORE}) s) AS before,"
            " p.created_unix FROM posts p WHERE p.created_unix >= unixepoch(:oldest)"
            f" AND p.engagement >= :least AND p.text IS NOT NULL AND {OF_SERIES})"
            # One that we saw for the first time just now may have got them long ago.
            " WHERE more >= :least AND (before IS NOT NULL OR created_unix >= unixepoch(:then))"
            " ORDER BY more DESC, id",
            oldest=stamp(oldest), then=stamp(since), least=least,
        )  # fmt: skip
        return [PostGain(*row) for row in rows]

    def questions(self, scope: Scope, *, since: datetime, least: int) -> list[PostGain]:
        """Return the posts written since an instant that may ask something, with so many reactions or more.

        Those that somebody has answered or marked are left out; the most reactions first.
        """
        rows = self.stats.rows(
            scope,
            "SELECT p.id, p.engagement FROM posts p WHERE p.created_unix >= unixepoch(:from) AND"
            " p.engagement >= :least"
            " AND p.text LIKE '%?%' AND NOT ifnull(p.replies, 0)"
            f" AND NOT EXISTS (SELECT 1 FROM marks WHERE post_id = p.id) AND {OF_SERIES}"
            " ORDER BY p.engagement DESC, p.id LIMIT 20",
            **{"from": stamp(since), "least": least},
        )  # fmt: skip
        return [PostGain(*row) for row in rows]


def _hour(text: str) -> datetime:
    """Return the beginning of a local hour such as 2026-10-25T01+01:00, in UTC."""
    return datetime.fromisoformat(f"{text[:13]}:00{text[13:]}").astimezone(UTC)
