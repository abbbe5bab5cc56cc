"""What became of one post: whether it is here, was put aside, or could have come at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.archive.connection import Connection
from monitor.archive.coverage import REGULAR
from monitor.core.clock import stamp, unstamp
from monitor.core.messages import page_key
from monitor.core.model import Pointer

# Between the time in a post's id and the time that it says itself: the most that a time zone makes, and more.
_NEAR = timedelta(hours=15)


class StoredPost(NamedTuple):
    """A post that is here. `tracks` is empty for one that is counted nowhere."""

    id: int
    first_seen_at: datetime
    is_scrubbed: bool
    mark: str | None
    tracks: tuple[str, ...]


class KnownTime(NamedTuple):
    """The time around an instant: where what is known ends before it, and goes on after it.

    Both are the instant itself if it lies in known time; None: nothing is known on that side.
    """

    until: datetime | None
    since: datetime | None

    @property
    def is_known(self) -> bool:
        """Return whether the instant lies in known time."""
        return self.until is not None and self.until == self.since


# The names of one post differ between platforms, but each ends with what its address ends with.
_ENDS = "({0} = :id OR substr({0}, -1 - length(:id)) IN ('/' || :id, '_' || :id, '=' || :id))"
_ANY = " OR ".join(_ENDS.format(name) for name in ("native_id", "again", "rtrim(url, '/')"))
_ON_SERVER = (
    "(:server = '' OR again LIKE :server || '/%' OR instr(native_id, '//' || :server || '/')"
    " OR instr(url, '//' || :server || '/'))"
)
_EXACT = (
    "platform = :platform AND native_id IN (SELECT value FROM json_each(json_array(:id, :key)) UNION ALL"
    " SELECT gone_id(salt, :platform, value) FROM json_each(json_array(:id, :key)), salts)"
    f" AND (scrubbed_at IS NOT NULL OR {_ON_SERVER})"
)
_AT = (  # what came with a conversation has no key
    "p.id IN (SELECT post_id FROM post_keys WHERE key = :key UNION ALL SELECT post_id FROM replies)"
    " AND rtrim(url, '/') = :address"
)
_FOUND = (
    "SELECT p.id, first_seen_at, scrubbed_at IS NOT NULL, (SELECT mark FROM marks WHERE post_id = p.id),"
    " (SELECT group_concat(track, ' ') FROM (SELECT track FROM post_tracks WHERE post_id = p.id ORDER BY 1))"
    " FROM posts p WHERE"
)


@dataclass(frozen=True, slots=True)
class PostStatus:
    """What became of single posts."""

    db: Connection

    def find(self, pointer: Pointer) -> StoredPost | None:
        """Return the post that an address points to, if it is here."""
        values = {"platform": pointer.platform, "id": pointer.id, "server": pointer.server}
        key = pointer.reread_key or pointer.id
        exact = self._row_of(_EXACT, None, **values, key=key)
        sign = "+" if pointer.written_at else ""  # the time leads, if it is known
        where = f"{sign}platform = :platform AND ({_ANY}) AND {_ON_SERVER}"
        return exact or self._row_of(where, pointer.written_at, **values)

    def find_at(self, address: str, near: datetime | None = None) -> StoredPost | None:
        """Return the post with this very address, if it is here; written about then, if that is given."""
        address = address.strip().rstrip("/")
        return self._row_of(_AT, near, address=address, key=page_key(address))

    def may_be_scrubbed(self, pointer: Pointer) -> bool:
        """Return whether posts of that time are here without an id that an address could be compared with."""
        values, at = {"platform": pointer.platform}, pointer.written_at
        if self._row_of("platform = :platform AND native_id GLOB 'gone:*'", None, **values) is None:
            return False
        return (
            at is None
            or self._row_of("+platform = :platform AND scrubbed_at <> ''", at, **values) is not None
        )

    def put_aside(self, pointer: Pointer) -> tuple[datetime, str] | None:
        """Return when a post came that could not be read, and why not."""
        row = self.db.execute(
            "SELECT at, reason FROM rejected WHERE source = ? AND instr(raw, ?) ORDER BY id DESC LIMIT 1",
            [pointer.platform, pointer.id],
        ).fetchone()
        return (unstamp(row[0]), str(row[1])) if row else None

    def unread(self, since: datetime, until: datetime) -> dict[str, int]:
        """Return of each source how many items that came between two instants could not be read, if any.

        Those are not among them that not everybody may read: nothing of these is kept.
        """
        sql = "SELECT source, count(*) FROM rejected WHERE at >= ? AND at < ? AND raw <> '' GROUP BY source"
        return dict(self.db.execute(sql, [stamp(since), stamp(until)]).fetchall())

    def known_around(self, source: str, track: str, at: datetime) -> KnownTime:
        """Return where the time that a source is known to have covered ends and begins around an instant."""
        sql = "SELECT {} FROM seen WHERE source = :source AND track = :track AND "
        values = {"source": source, "track": track, "at": stamp(at)}
        if self.db.execute(sql.format("1") + ":at BETWEEN since AND until", values).fetchone():
            return KnownTime(at, at)
        [until] = self.db.execute(sql.format("max(until)") + "until < :at", values).fetchone()
        [since] = self.db.execute(sql.format("min(since)") + "since > :at", values).fetchone()
        return KnownTime(unstamp(until) if until else None, unstamp(since) if since else None)

    def troubles(self, source: str, track: str, since: datetime, until: datetime, most: int = 3) -> list[str]:
        """Return what was said of the polls between two instants that did not bring all, the latest first."""
        return self.db.column(
            "SELECT detail FROM coverage WHERE source = ? AND track = ? AND started_at BETWEEN ? AND ?"
            f" AND outcome <> 'complete' AND detail <> '' AND {REGULAR}"
            f" GROUP BY detail ORDER BY max(id) DESC LIMIT {most}",
            [source, track, stamp(since), stamp(until)],
        )

    def _row_of(self, where: str, near: datetime | None, **values: str | int | None) -> StoredPost | None:
        if near:  # then an index spares a look at every post there is
            where += " AND created_unix BETWEEN unixepoch(:after) AND unixepoch(:before)"
            values |= {"after": stamp(near - _NEAR), "before": stamp(near + _NEAR)}
        row = self.db.execute(f"{_FOUND} {where} LIMIT 1", values).fetchone()
        if row is None:
            return None
        post, seen_at, is_scrubbed, mark, tracks = row
        return StoredPost(post, unstamp(seen_at), bool(is_scrubbed), mark, tuple((tracks or "").split()))
