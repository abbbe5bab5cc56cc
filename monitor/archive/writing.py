"""Writing to the archive: a page at a time, each in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from monitor.clock import stamp
from monitor.errors import ArchiveError
from monitor.model import Metrics, Outcome, Page, Post, Sentiment

_NUMBERS = ("likes", "reposts", "replies", "quotes", "views")


class Writing:
    """What changes the archive."""

    def __init__(self, db: Database, zone: ZoneInfo) -> None:
        self.db = db
        self.zone = zone

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        # IMMEDIATE: a deferred transaction that reads first fails with "database is locked".
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def save(
        self,
        page: Page,
        *,
        source: str,
        track: str,
        scores: Sequence[Sentiment],
        analyzer: str,
        started_at: datetime,
        now: datetime,
    ) -> int:
        """Store a page with its scores, cursor and coverage in one transaction; return the new posts."""
        new = 0
        at = stamp(now)
        with self._at_once():
            for post, score in zip(page.posts, scores, strict=True):
                id, is_new = self._post(post, at)
                new += is_new
                self.db.execute(
                    "INSERT OR IGNORE INTO post_tracks (post_id, track) VALUES (?, ?)", [id, track]
                )
                self._tone(id, score, analyzer, at)
            self._scrub_native(source, page, at)
            if page.cursor is not None:
                self.db.execute(
                    "INSERT INTO cursors (track, stream, cursor, updated_at) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT (track, stream)"
                    " DO UPDATE SET cursor = excluded.cursor, updated_at = excluded.updated_at",
                    [track, page.stream, page.cursor, at],
                )
            self._rejected(page, source, at)
            self._coverage(page, source, track, started_at, at, new)
        return new

    def save_failure(
        self,
        *,
        source: str,
        track: str,
        outcome: Outcome,
        detail: str,
        retry_at: datetime | None,
        started_at: datetime,
        now: datetime,
    ) -> None:
        """Store why a poll of a whole source ended early."""
        page = Page(stream=source, outcome=outcome, detail=detail, retry_at=retry_at)
        with self._at_once():
            self._coverage(page, source, track, started_at, stamp(now), 0)

    def save_break(self, *, source: str, track: str, now: datetime) -> None:
        """Store that a poll ended by a fault of this program."""
        self.save_failure(
            source=source,
            track=track,
            outcome=Outcome.UNREADABLE,
            detail="A fault in this program stopped the poll. It is tried again; the log says more.",
            retry_at=None,
            started_at=now,
            now=now,
        )

    def beat(self, name: str, pid: int, now: datetime) -> None:
        """Store that the process `name` is alive."""
        with self._at_once():
            self.db.execute(
                "INSERT INTO heartbeats (name, at, pid) VALUES (?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET at = excluded.at, pid = excluded.pid",
                [name, stamp(now), pid],
            )

    def save_tones(self, scored: Iterable[tuple[int, Sentiment]], analyzer: str, now: datetime) -> None:
        """Store scores of posts by their archive id, in one transaction."""
        with self._at_once():
            for id, score in scored:
                self._tone(id, score, analyzer, stamp(now))

    def scrub(self, ids: Iterable[int], now: datetime) -> None:
        """Forget text, address and writer of posts; their tallies stay."""
        with self._at_once():
            for id in ids:
                self._scrub(id, stamp(now))

    def delete(self, ids: Iterable[int]) -> None:
        """Remove posts with their tallies, as if they had never been collected."""
        with self._at_once():
            self.db.conn.executemany("DELETE FROM posts WHERE id = ?", [(id,) for id in ids])

    def _post(self, post: Post, at: str) -> tuple[int, bool]:
        numbers = [getattr(post.metrics, name) for name in _NUMBERS]
        found = self.db.execute(
            f"SELECT id, text, scrubbed_at, {', '.join(_NUMBERS)} FROM posts"
            " WHERE platform = ? AND native_id = ?",
            [post.platform, post.id],
        ).fetchone()
        if found:
            self._reread(found, post, numbers, at)
            return found[0], False
        day = post.created_at.astimezone(self.zone).date().isoformat()
        id = self.db.execute(
            "INSERT INTO posts (platform, native_id, author_id, url, text, created_at, day, kind, lang,"
            " likes, reposts, replies, quotes, views, followers, first_seen_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            [
                post.platform,
                post.id,
                self._author(post),
                post.url,
                post.text,
                stamp(post.created_at),
                day,
                str(post.kind),
                post.lang,
                *numbers,
                post.author.followers,
                at,
            ],
        ).fetchone()[0]
        self.db.conn.executemany(
            "INSERT OR IGNORE INTO post_tags (post_id, tag) VALUES (?, ?)", [(id, tag) for tag in post.tags]
        )
        if post.metrics != Metrics():
            self._snapshot(id, at, numbers)
        return id, True

    def _reread(self, found: tuple[object, ...], post: Post, numbers: list[int | None], at: str) -> None:
        id, text, scrubbed_at, *before = found
        if scrubbed_at is not None:
            return  # a scrubbed post stays scrubbed, whatever a late page says
        merged = [old if new is None else new for old, new in zip(before, numbers, strict=True)]
        if merged != before:
            changes = ", ".join(f"{name} = ?" for name in _NUMBERS)
            self.db.execute(f"UPDATE posts SET {changes} WHERE id = ?", [*merged, id])
            self._snapshot(id, at, merged)
        if post.text != text:
            self.db.execute("UPDATE posts SET text = ?, edited_at = ? WHERE id = ?", [post.text, at, id])
            self.db.execute("DELETE FROM tones WHERE post_id = ?", [id])
        self._author(post)

    def _author(self, post: Post) -> int:
        who = post.author
        row = self.db.execute(
            "INSERT INTO authors (platform, native_id, handle, name, url, followers)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (platform, native_id)"
            " DO UPDATE SET handle = ifnull(excluded.handle, handle),"
            " name = ifnull(excluded.name, name), url = ifnull(excluded.url, url),"
            " followers = ifnull(excluded.followers, followers) RETURNING id",
            [post.platform, who.id, who.handle, who.name, who.url, who.followers],
        ).fetchone()
        return int(row[0])

    def _snapshot(self, id: object, at: str, numbers: Sequence[object]) -> None:
        self.db.execute(
            f"INSERT OR IGNORE INTO snapshots (post_id, read_at, {', '.join(_NUMBERS)})"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [id, at, *numbers],
        )

    def _tone(self, id: int, score: Sentiment, analyzer: str, at: str) -> None:
        self.db.execute(
            "INSERT INTO tones (post_id, analyzer, tone, positive, neutral, negative, scored_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (post_id, analyzer) DO NOTHING",
            [id, analyzer, str(score.tone), score.positive, score.neutral, score.negative, at],
        )

    def _scrub_native(self, platform: str, page: Page, at: str) -> None:
        for native_id in page.deleted:
            for (id,) in self.db.execute(
                "SELECT id FROM posts WHERE platform = ? AND native_id = ?", [platform, native_id]
            ).fetchall():
                self._scrub(id, at)
        for native_id in page.deleted_authors:
            for (id,) in self.db.execute(
                "SELECT p.id FROM posts p JOIN authors a ON a.id = p.author_id"
                " WHERE a.platform = ? AND a.native_id = ?",
                [platform, native_id],
            ).fetchall():
                self._scrub(id, at)

    def _scrub(self, id: int, at: str) -> None:
        self.db.execute("UPDATE posts SET text = NULL, url = NULL, scrubbed_at = ? WHERE id = ?", [at, id])
        self.db.execute("DELETE FROM post_tags WHERE post_id = ?", [id])
        # The writer's name goes with their last readable post.
        self.db.execute(
            "UPDATE authors SET handle = NULL, name = NULL, url = NULL"
            " WHERE id = (SELECT author_id FROM posts WHERE id = ?)"
            " AND NOT EXISTS (SELECT 1 FROM posts WHERE author_id = authors.id AND scrubbed_at IS NULL)",
            [id],
        )

    def _rejected(self, page: Page, source: str, at: str) -> None:
        self.db.conn.executemany(
            "INSERT INTO rejected (source, stream, at, reason, raw) VALUES (?, ?, ?, ?, ?)",
            [(source, page.stream, at, item.reason, item.raw[:2000]) for item in page.rejected],
        )

    def _coverage(
        self,
        page: Page,
        source: str,
        track: str,
        started_at: datetime,
        at: str,
        new: int,
    ) -> None:
        self.db.execute(
            "INSERT INTO coverage (source, stream, track, started_at, ended_at, covered_from, covered_until,"
            " outcome, detail, got, new, rejected, retry_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [source, page.stream, track, stamp(started_at), at]
            + [stamp(t) if t else None for t in (page.since, page.until)]
            + [str(page.outcome), page.detail, len(page.posts), new, len(page.rejected)]
            + [stamp(page.retry_at) if page.retry_at else None],
        )

    def _remember(self, zone: ZoneInfo, demo: bool) -> None:
        said = {"time_zone": zone.key, "demo": "yes" if demo else "no"}
        with self._at_once():
            for key, value in said.items():
                self.db.execute("INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)", [key, value])
            kept = dict(self.db.execute("SELECT key, value FROM meta").fetchall())
        if kept["time_zone"] != said["time_zone"]:
            raise ArchiveError(
                f"This archive counts its days in {kept['time_zone']}, and the campaign file says {zone.key}."
                f" Set time_zone back to {kept['time_zone']!r}, or name another file with --archive."
            )
        if kept["demo"] != said["demo"]:
            raise ArchiveError(
                "Made-up and real posts may not share an archive. Name another file with --archive."
            )
