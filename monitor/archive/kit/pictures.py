"""Pictures of posts, and which version of the kit's they show: none is kept but by its words and address."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.archive.connection import OF_SERIES, Connection, WriteConnection
from monitor.archive.stats import Stats
from monitor.archive.values import Scope
from monitor.core.clock import stamp, unstamp
from monitor.kit import KitItem

MOST_A_DAY = 200  # pictures that are fetched
_ASKED = "pictures"  # of `meta`: since when, and how many: posts that are erased give no request back
_LATEST = 200
_WAITING = (
    "SELECT x.post_id, place, thumbnail, platform, (SELECT codes FROM pictures r"
    " WHERE r.thumbnail = x.thumbnail AND r.codes IS NOT NULL) FROM pictures x"
    " CROSS JOIN posts p ON p.id = x.post_id WHERE x.thumbnail IS NOT NULL AND x.looked_at IS NULL"
    " AND platform IN (SELECT value FROM json_each(?)) AND x.thumbnail NOT IN (SELECT thumbnail FROM pictures"
    " WHERE looked_at IS NOT NULL AND codes IS NULL AND thumbnail IS NOT NULL)"
    " ORDER BY x.post_id DESC, place LIMIT 1"
)
_VERSIONS = (
    "SELECT i.code, count(DISTINCT p.id), count(DISTINCT p.author_id),"
    " iif(count(verdict), count(DISTINCT iif(verdict = 'altered', p.id, NULL)), NULL),"
    " json_group_array(DISTINCT p.id) FROM kit_matches m JOIN kit_items i"
    " ON i.id = m.item AND i.version = m.version CROSS JOIN posts p ON p.id = m.post_id"
    " LEFT JOIN pictures x ON x.post_id = p.id WHERE m.how IN ('code', 'alt') AND (m.how = 'code' OR"
    " NOT EXISTS (SELECT 1 FROM kit_matches WHERE post_id = p.id AND item = m.item AND how = 'code'))"
    " AND p.day >= :since AND p.day < :until"
    f" AND {OF_SERIES} GROUP BY m.item, m.version"
)
_DOUBTFUL = (
    "SELECT m.post_id, m.item, m.version, p.created_at > ifnull(i.until, 'z') AS is_old FROM kit_matches m"
    " JOIN kit_items i ON i.id = m.item AND i.version = m.version JOIN posts p ON p.id = m.post_id"
    " WHERE m.how = 'code' AND m.said_by = '' AND p.scrubbed_at IS NULL AND (is_old"
    " OR (EXISTS (SELECT 1 FROM pictures WHERE post_id = p.id AND alt IS NOT NULL AND codes <> '')"
    " AND NOT EXISTS (SELECT 1 FROM kit_matches WHERE post_id = p.id AND item = m.item AND how = 'alt')))"
    " ORDER BY m.post_id DESC LIMIT 3"
)


class ShownVersion(NamedTuple):
    """How many posts show a version of a picture: by its code, or where none was read by its words."""

    code: str
    posts: int
    people: int
    altered: int | None  # of the posts, as somebody said who looked; None: nobody has
    latest: list[int]  # 200 of them


class DoubtfulPicture(NamedTuple):
    """A picture with our code that may be another than ours: a person has to look."""

    post: int
    item: int
    version: int
    is_old: bool  # posted when this version was suggested no longer; else its description is not ours


class WaitingPicture(NamedTuple):
    """A picture that nobody has looked at."""

    post: int
    place: int
    address: str
    platform: str
    codes: str | None  # that were read in it at another post


@dataclass(frozen=True, slots=True)
class Pictures:
    """What was read in pictures."""

    db: Connection
    stats: Stats

    def versions(self, scope: Scope) -> list[ShownVersion]:
        rows = self.stats.rows(scope, _VERSIONS)
        return [ShownVersion._make((*row, sorted(json.loads(ids))[-_LATEST:])) for *row, ids in rows]

    def doubtful(self) -> list[DoubtfulPicture]:
        """Return what nobody has looked at yet, of the newest posts first: three at most."""
        return [DoubtfulPicture._make(row) for row in self.db.execute(_DOUBTFUL)]

    def progress(self) -> tuple[int, int]:
        """Return how many pictures were asked for, and in how many of them it was looked for codes."""
        sql = (
            "SELECT count(DISTINCT thumbnail), count(DISTINCT iif(codes IS NULL, NULL, thumbnail))"
            " FROM pictures WHERE looked_at > ''"
        )
        [(requests, readings)] = self.db.execute(sql)
        return requests, readings

    def waiting(self, platforms: Collection[str], now: datetime) -> WaitingPicture | None:
        """Return a picture that may be fetched now, of the newest post that has one, or None."""
        if self._requests_today(now)[1] >= MOST_A_DAY:
            return None
        rows = self.db.execute(_WAITING, [json.dumps([*platforms])])
        return next(map(WaitingPicture._make, rows), None)

    def _requests_today(self, now: datetime) -> tuple[datetime, int]:
        """Return when the present day of requests began, and how many there were."""
        since, _, number = self.db.meta(_ASKED).partition(" ")
        is_today = since and now <= unstamp(since) + timedelta(days=1)
        return (unstamp(since), int(number)) if is_today else (now, 0)


@dataclass(frozen=True, slots=True)
class PicturesWriter(Pictures):
    """The same; and what is found is kept."""

    db: WriteConnection

    def judge(self, post: int, item: int, verdict: str, by: str) -> None:
        """Keep what somebody says who looked at the picture of a post: 'ours' or 'altered'."""
        with self.db.transaction():
            sql = "UPDATE kit_matches SET said_by = ? WHERE post_id = ? AND item = ? AND how = 'code'"
            self.db.execute(sql, [by, post, item])
            sql = "UPDATE pictures SET verdict = ? WHERE post_id = ? AND codes <> ''"
            self.db.execute(sql, [verdict, post])

    def claim(self, picture: WaitingPicture, now: datetime) -> None:
        """Note that a picture is asked for: whatever becomes of it, it is not asked for again."""
        since, number = self._requests_today(now)
        with self.db.transaction():
            self.db.set_meta(_ASKED, f"{stamp(since)} {number + 1}")
            self._look(picture, now, None)

    def save(
        self, picture: WaitingPicture, codes: Collection[str], items: Mapping[str, KitItem], now: datetime
    ) -> None:
        """Keep the codes that were read in a picture, as far as they are of these items."""
        ours = {code: items[code] for code in codes if code in items}
        with self.db.transaction():
            if self._look(picture, now, " ".join(ours)):
                self.db.executemany(
                    "INSERT OR IGNORE INTO kit_matches VALUES (?, ?, ?, 'code', NULL, '', ?)",
                    [(picture.post, item.id, item.version, stamp(now)) for item in ours.values()],
                )

    def _look(self, picture: WaitingPicture, now: datetime, codes: str | None) -> int:
        sql = "UPDATE pictures SET looked_at = ?, codes = ? WHERE post_id = ? AND place = ?"
        return self.db.execute(sql, [stamp(now), codes, picture.post, picture.place]).rowcount
