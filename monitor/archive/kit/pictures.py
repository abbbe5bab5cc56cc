"""Pictures of posts, and which version of the kit's they show: none is kept but by its words and address."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.archive.connection import Connection, WriteConnection
from monitor.core.clock import stamp
from monitor.kit import KitItem

MOST_A_DAY = 200  # pictures that are fetched
_AT_ONCE = 20
_WAITING = (
    "SELECT x.post_id, place, thumbnail, platform, (SELECT codes FROM pictures r"
    " WHERE r.thumbnail = x.thumbnail AND r.codes IS NOT NULL) FROM pictures x"
    " CROSS JOIN posts p ON p.id = x.post_id WHERE x.thumbnail IS NOT NULL AND x.looked_at IS NULL"
    " AND platform IN (SELECT value FROM json_each(?)) ORDER BY x.post_id DESC, place LIMIT ?"
)


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

    def waiting(self, platforms: Collection[str], now: datetime) -> list[WaitingPicture]:
        """Return a few pictures that may be fetched now, of the newest posts first."""
        day = "SELECT count(*) FROM pictures WHERE looked_at > ?"
        left = MOST_A_DAY - self.db.number(day, [stamp(now - timedelta(days=1))])
        rows = self.db.execute(_WAITING, [json.dumps([*platforms]), max(0, min(left, _AT_ONCE))])
        return [WaitingPicture._make(row) for row in rows]


@dataclass(frozen=True, slots=True)
class PicturesWriter(Pictures):
    """The same; and what is found is kept."""

    db: WriteConnection

    def claim(self, picture: WaitingPicture, now: datetime) -> None:
        """Note that a picture is asked for: whatever becomes of it, it is not asked for again."""
        with self.db.transaction():
            sql = "UPDATE pictures SET looked_at = ? WHERE post_id = ? AND place = ?"
            self.db.execute(sql, [stamp(now), picture.post, picture.place])

    def save(
        self, picture: WaitingPicture, codes: Collection[str], items: Mapping[str, KitItem], now: datetime
    ) -> None:
        """Keep the codes that were read in a picture, as far as they are of these items."""
        ours = {code: items[code] for code in codes if code in items}
        with self.db.transaction():
            sql = "UPDATE pictures SET codes = ? WHERE post_id = ? AND place = ?"
            if self.db.execute(sql, [" ".join(ours), picture.post, picture.place]).rowcount:
                self.db.executemany(
                    "INSERT OR IGNORE INTO kit_matches VALUES (?, ?, ?, 'code', NULL, '', ?)",
                    [(picture.post, item.id, item.version, stamp(now)) for item in ours.values()],
                )
