"""Reading from the archive: rows as plain frozen values, nothing decided here."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from monitor.archive.connection import GIVEN
from monitor.archive.stats import Scope
from monitor.core.clock import stamp, unstamp
from monitor.core.model import Metrics, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A coverage row: what one stream was asked, and why it ended."""

    source: str
    track: str
    stream: str
    ended_at: datetime
    since: datetime | None
    until: datetime | None
    outcome: str
    detail: str
    new: int
    retry_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A stored post with its writer. None: scrubbed, or the platform did not say."""

    id: int
    platform: str
    native_id: str
    url: str | None
    handle: str | None
    name: str | None
    text: str | None
    created_at: datetime
    day: date
    kind: str
    lang: str | None
    metrics: Metrics
    followers: int | None
    tone: Tone | None


_ROW = (
    "SELECT p.id, p.platform, p.native_id, p.url, a.handle, a.name, p.text, p.created_at, p.day, p.kind,"
    " p.lang, p.likes, p.reposts, p.replies, p.quotes, p.views, p.followers, p.tone"
    " FROM posts p CROSS JOIN authors a ON a.id = p.author_id"  # posts first: they are in the order asked for
)

_UNSCORED = (
    "FROM posts p WHERE text IS NOT NULL AND NOT EXISTS"
    " (SELECT 1 FROM tones WHERE post_id = p.id AND analyzer = ?)"
)


class Reading:
    """What looks into the archive."""

    db: Database
    zone: ZoneInfo

    @property
    def demo(self) -> bool:
        """Return whether the posts are made up."""
        return bool(self.db.execute("SELECT 1 FROM meta WHERE key = 'demo' AND value = 'yes'").fetchone())

    def count(self) -> int:
        """Return the number of posts in the archive."""
        return int(self.db.execute("SELECT count(*) FROM posts").fetchone()[0])

    def began(self) -> date | None:
        """Return the local day of the first post; None if there is none."""
        row = self.db.execute("SELECT day FROM posts ORDER BY created_at LIMIT 1").fetchone()
        return date.fromisoformat(row[0]) if row else None

    def cursors(self, track: str) -> dict[str, str]:
        """Return where each stream of a track goes on."""
        return dict(self.db.execute("SELECT stream, cursor FROM cursors WHERE track = ?", [track]).fetchall())

    def newest(self, scope: Scope, *, most: int = 10) -> list[Row]:
        """Return the newest posts of the days."""
        first, last = str(scope.first), str(scope.last)
        series = ", ".join(map(str, scope.series))
        rows = self.db.execute(
            f"{_ROW} WHERE p.created_at BETWEEN date(?, '-1 day') AND date(?, '+2 days')"
            " AND p.day BETWEEN ? AND ?"
            f" AND EXISTS (SELECT 1 FROM post_series WHERE post_id = p.id AND series IN ({series}))"
            f" ORDER BY p.created_at DESC, p.id DESC LIMIT {most}",
            [first, last, first, last],
        )
        return [_row(row) for row in rows]

    def posts(self, ids: Sequence[int]) -> list[Row]:
        """Return the posts with these archive ids, in this order."""
        rows = self.db.execute(f"{_ROW} WHERE p.id IN {GIVEN}", [json.dumps(ids)])
        found = {row[0]: _row(row) for row in rows}
        return [found[id] for id in ids]

    def search(self, words: str, *, most: int = 50) -> list[Row]:
        """Return the newest posts that hold all the words."""
        # FTS5 takes words in quotes as words; NUL would end the query, and half a character is no text.
        clean = words.encode("utf-8", "ignore").decode().replace("\x00", " ")
        quoted = " ".join('"' + word.replace('"', '""') + '"' for word in clean.split())
        if not quoted:
            return []
        rows = self.db.execute(
            f"{_ROW} WHERE p.id IN (SELECT rowid FROM posts_fts WHERE posts_fts MATCH ?)"
            f" ORDER BY p.created_at DESC LIMIT {most}",
            [quoted],
        )
        return [_row(row) for row in rows]

    def every_post(self, since: datetime | None = None) -> Iterator[Row]:
        """Yield all posts but those that are not ours, oldest first."""
        start = stamp(since) if since else ""
        ours = "p.id NOT IN (SELECT post_id FROM marks WHERE mark = 'not ours')"
        asked = f"{_ROW} WHERE p.created_at >= ? AND {ours} ORDER BY p.created_at, p.id"
        for row in self.db.execute(asked, [start]):
            yield _row(row)

    def unscored(
        self, analyzer: str, after: int = 0, most: int = 500, *, platform: str | None = None
    ) -> list[tuple[int, str, str | None]]:
        """Return id, text and language of the next readable posts that this analyzer has not scored, by id.

        Those that it would not score are among them. With a platform, its posts only.
        """
        # By its own index: a walk by id would look at every post there is.
        on = " AND id IN (SELECT id FROM posts WHERE platform = ?)" if platform else ""
        values = [platform] if platform else []
        asked = f"SELECT id, text, lang {_UNSCORED} AND id > ?{on} ORDER BY id LIMIT {most}"
        return [(id, text, lang) for id, text, lang in self.db.execute(asked, [analyzer, after, *values])]

    def unscored_number(self, analyzer: str) -> int:
        """Return how many readable posts this analyzer has not scored."""
        return int(self.db.execute(f"SELECT count(*) {_UNSCORED}", [analyzer]).fetchone()[0])

    def outdated(self, analyzer: str) -> int:
        """Return how many readable posts have a score by another analyzer than this."""
        asked = (
            "SELECT count(*) FROM tones n JOIN posts p ON p.id = n.post_id"
            " WHERE n.analyzer <> ? AND p.text IS NOT NULL"
        )
        return int(self.db.execute(asked, [analyzer]).fetchone()[0])

    def last_polls(
        self, now: datetime | None = None, tracks: Collection[str] | None = None
    ) -> dict[str, list[Poll]]:
        """Return for each source the rows of its last poll of each track, or of these only.

        Polls that began later than `now` were stored while the clock was ahead: they say nothing.
        """
        polls: dict[str, list[Poll]] = {}
        # CROSS JOIN: the few pairs first. By itself the planner begins with all polls there ever were.
        for row in self.db.execute(
            f"WITH {_PAIRS} SELECT {_POLL} FROM pairs CROSS JOIN coverage c ON c.source = pairs.source"
            " AND c.track = pairs.track AND c.started_at = (SELECT max(started_at) FROM coverage"
            " WHERE source = pairs.source AND track = pairs.track AND started_at <= ?"
            f" AND {REGULAR}) AND {REGULAR} ORDER BY c.id",
            [stamp(now) if now else _FOREVER],
        ):
            if tracks is None or row[1] in tracks:
                polls.setdefault(row[0], []).append(_poll(row))
        return polls

    def last_success(self) -> dict[str, datetime]:
        """Return for each source when it last gave a complete answer."""
        rows = self.db.execute(
            f"WITH {_PAIRS} SELECT source, (SELECT max(ended_at) FROM coverage"
            f" WHERE outcome = 'complete' AND source = pairs.source AND {REGULAR}) AS at"
            " FROM pairs WHERE at IS NOT NULL"
        )
        return {source: unstamp(at) for source, at in rows}

    def last_test(self, source: str) -> tuple[datetime, str] | None:
        """Return when a source was last asked for a common word, and what came of it; None: never."""
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", [f"test:{source}"]).fetchone()
        at, _, found = str(row[0]).partition(" ") if row else ("", "", "")
        return (unstamp(at), found) if row else None

    def covered(self, track: str, start: datetime, end: datetime) -> list[tuple[str, datetime, datetime]]:
        """Return (source, from, until) of the known time that touches [start, end), none overlapping."""
        rows = self.db.execute(
            "SELECT source, since, until FROM seen WHERE track = ? AND until >= ? AND since < ?",
            [track, stamp(start), stamp(end)],
        )
        return [(source, unstamp(a), unstamp(b)) for source, a, b in rows]

    def events(self, first: date, last: date) -> list[tuple[date, str]]:
        """Return (day, title) of the campaign's events on these days, the earliest first."""
        rows = self.db.execute(
            "SELECT day, title FROM events WHERE day BETWEEN ? AND ? ORDER BY day, id",
            [str(first), str(last)],
        )
        return [(date.fromisoformat(day), title) for day, title in rows]

    def definitions(self) -> list[tuple[str, int, date]]:
        """Return (number, version, first day) of each way of counting that was ever in use."""
        rows = self.db.execute("SELECT number, version, since FROM definitions ORDER BY since, number")
        return [
            (number, version, unstamp(since).astimezone(self.zone).date()) for number, version, since in rows
        ]

    def ids_of(self, platform: str, native_ids: Sequence[str]) -> dict[str, int]:
        """Return the archive ids of those of a platform's posts that are stored, by the platform's own."""
        found: dict[str, int] = {}
        for start in range(0, len(native_ids), 1000):
            some = native_ids[start : start + 1000]
            found |= self.db.execute(
                "SELECT native_id, id FROM posts WHERE platform = ?"
                f" AND native_id IN ({', '.join('?' * len(some))})",
                [platform, *some],
            ).fetchall()
        return found

    def latest_stored(self, platform: str, most: int) -> list[Row]:
        """Return the posts of a platform that were stored last, whenever they were written."""
        rows = self.db.execute(
            f"{_ROW} WHERE p.platform = ? AND p.text IS NOT NULL"
            f" ORDER BY p.first_seen_at DESC, p.id DESC LIMIT {most}",
            [platform],
        )
        return [_row(row) for row in rows]

    def last_save(self, source: str) -> int:
        """Return a number that grows whenever something from this source is stored; 0 before."""
        row = self.db.execute("SELECT max(id) FROM coverage WHERE source = ?", [source]).fetchone()
        return int(row[0] or 0)

    def heartbeat(self, name: str) -> datetime | None:
        """Return when the process `name` last said that it is alive."""
        row = self.db.execute("SELECT at FROM heartbeats WHERE name = ?", [name]).fetchone()
        return unstamp(row[0]) if row else None


# Every source and track that was ever polled: each found from the one before by the index, without
# looking at the hundreds of thousands of rows between.
_PAIRS = """RECURSIVE first_rows (id) AS (
    SELECT (SELECT id FROM coverage ORDER BY source, track LIMIT 1)
    UNION ALL
    SELECT (SELECT n.id FROM coverage n WHERE (n.source, n.track) > (c.source, c.track)
      ORDER BY n.source, n.track LIMIT 1)
    FROM first_rows JOIN coverage c ON c.id = first_rows.id),
  pairs AS (SELECT c.source, c.track FROM first_rows JOIN coverage c ON c.id = first_rows.id)"""
# A look back, or at what is known, says nothing of how it is going today.
REGULAR = "stream NOT GLOB 'back:*' AND stream NOT GLOB 'again:*'"
_FOREVER = "9999"  # later than any stamp
_POLL = (
    "c.source, c.track, c.stream, c.ended_at, c.covered_from, c.covered_until, c.outcome, c.detail, c.new,"
    " c.retry_at"
)


def _poll(row: tuple[Any, ...]) -> Poll:
    source, track, stream, ended_at, since, until, outcome, detail, new, retry_at = row
    return Poll(
        source=source, track=track, stream=stream, ended_at=unstamp(ended_at),
        since=unstamp(since) if since else None, until=unstamp(until) if until else None,
        outcome=outcome, detail=detail, new=int(new), retry_at=unstamp(retry_at) if retry_at else None,
    )  # fmt: skip


def _row(row: tuple[Any, ...]) -> Row:
    id, platform, native_id, url, handle, name, text, created_at, day, kind, lang, *rest = row
    likes, reposts, replies, quotes, views, followers, tone = rest
    return Row(
        id=id,
        platform=platform,
        native_id=native_id,
        url=url,
        handle=handle,
        name=name,
        text=text,
        created_at=unstamp(created_at),
        day=date.fromisoformat(day),
        kind=kind,
        lang=lang,
        metrics=Metrics(likes=likes, reposts=reposts, replies=replies, quotes=quotes, views=views),
        followers=followers,
        tone=Tone(tone) if tone else None,
    )
