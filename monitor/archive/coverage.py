"""The log of collecting: what each poll covered and why it ended, where each stream goes on, who is alive."""

import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from monitor.archive.connection import GIVEN, Connection, WriteConnection
from monitor.archive.erasure.tombstones import Tombstones
from monitor.archive.schema.rollups import SEEN
from monitor.archive.values import FileClaim, Poll, RecallSample
from monitor.core.clock import stamp, unstamp
from monitor.core.model import ANSWERS, Outcome, Page
from monitor.core.records import record
from monitor.core.storage import write_whole

_BREAK = "A fault in this program stopped it. It will be retried automatically; see the log for details."


@dataclass(frozen=True, slots=True)
class Coverage:
    """The polls of every source, and the time that they covered."""

    db: Connection

    def cursors(self, track: str) -> dict[str, str]:
        """Return where each stream of a track goes on."""
        return dict(self.db.execute("SELECT stream, cursor FROM cursors WHERE track = ?", [track]).fetchall())

    def last_polls(
        self, now: datetime | None = None, tracks: Collection[str] | None = None
    ) -> dict[str, list[Poll]]:
        """Return for each source the rows of its last poll of each track, or of these only.

        Polls that began or ended later than `now` were stored while the clock was ahead: they say nothing.
        """
        polls: dict[str, list[Poll]] = {}
        # CROSS JOIN: the few pairs first. By itself the planner begins with all polls there ever were.
        for row in self.db.execute(
            f"WITH {PAIRS} SELECT {_POLL} FROM pairs CROSS JOIN coverage c ON c.source = pairs.source"
            " AND c.track = pairs.track AND c.started_at = (SELECT max(started_at) FROM coverage"
            " WHERE source = pairs.source AND track = pairs.track AND started_at <= ?"
            f" AND {REGULAR}) AND {REGULAR} ORDER BY c.id",
            [stamp(now) if now else _FOREVER],
        ):
            is_past = now is None or row[3] <= stamp(now)  # else the clock jumped while it was polled
            if is_past and (tracks is None or row[1] in tracks):
                polls.setdefault(row[0], []).append(record(Poll, row))
        return polls

    def last_success(self, now: datetime | None = None) -> dict[str, datetime]:
        """Return for each source when it last gave a complete answer, until `now`."""
        rows = self.db.execute(
            f"WITH {PAIRS} SELECT source, max((SELECT max(ended_at) FROM coverage WHERE outcome = 'complete'"
            f" AND source = pairs.source AND track = pairs.track AND ended_at <= ? AND {REGULAR})) AS at"
            " FROM pairs GROUP BY source HAVING at IS NOT NULL",
            [stamp(now) if now else _FOREVER],
        )
        return {source: unstamp(at) for source, at in rows}

    def first_poll(self, source: str, track: str) -> datetime | None:
        """Return when a source was first asked for a track; None if it never was."""
        row = self.db.execute(
            "SELECT started_at FROM coverage WHERE source = ? AND track = ?"
            f" AND {REGULAR} ORDER BY started_at LIMIT 1",
            [source, track],
        ).fetchone()
        return unstamp(row[0]) if row else None

    def last_answers(self, source: str) -> dict[str, datetime]:
        rows = self.db.execute(
            "SELECT stream, max(ended_at) FROM coverage WHERE source = ?"
            f" AND outcome IN {GIVEN} AND {REGULAR} GROUP BY stream",
            [source, json.dumps([*ANSWERS])],
        )
        return {stream: unstamp(at) for stream, at in rows}

    def last_canary(self, source: str) -> tuple[datetime, str] | None:
        """Return when a source was last asked for a common word, and what came of it; None: never."""
        at, _, result = self.db.meta(f"test:{source}").partition(" ")
        return (unstamp(at), result) if at else None

    def last_recall(self, source: str, now: datetime) -> RecallSample | None:
        """Return what came of the last look for what was missed, until `now`, that came to an end."""
        rows = self.db.execute(
            "SELECT cause, posts, monday, way FROM recall_samples WHERE source = ?1 AND monday ="
            " (SELECT max(monday) FROM recall_samples WHERE source = ?1 AND at <= ?2 AND posts IS NOT NULL)"
            " ORDER BY posts DESC, cause",
            [source, stamp(now)],
        ).fetchall()
        if not rows:
            return None
        causes, (_, _, monday, way) = {cause: posts for cause, posts, *_ in rows}, rows[0]
        whole, here = sum(causes.values()), causes.pop("")
        return RecallSample(source, date.fromisoformat(monday), way, whole, here, causes)

    def covered(self, track: str, start: datetime, end: datetime) -> list[tuple[str, datetime, datetime]]:
        """Return (source, from, until) of the known time that touches [start, end), none overlapping."""
        rows = self.db.execute(
            f"WITH {PAIRS} SELECT source, since, until FROM pairs CROSS JOIN seen USING (source, track)"
            " WHERE track = :track AND until >= :start AND since < :end"
            f" AND since >= ifnull((SELECT max(since) {_SEEN} AND since <= :start), '')",
            {"track": track, "start": stamp(start), "end": stamp(end)},
        )
        return [(source, unstamp(a), unstamp(b)) for source, a, b in rows]

    def watched(self, track: str) -> dict[str, tuple[datetime, datetime]]:
        """Return when the known time of each source begins and ends; not of those known from files."""
        rows = self.db.execute(
            f"WITH {PAIRS} SELECT source, (SELECT min(since) {_SEEN}) AS since,"
            f" (SELECT until {_SEEN} ORDER BY since DESC LIMIT 1)"
            " FROM pairs WHERE track = ? AND since IS NOT NULL",
            [track],
        )
        files = {claim.source for claim in self.file_claims(track)}
        return {source: (unstamp(a), unstamp(b)) for source, a, b in rows if source not in files}

    def untimed(self, source: str, track: str) -> tuple[datetime, datetime] | None:
        """Return when a source first and last answered without telling what time that covers; None: never."""
        sql = (
            "SELECT started_at, ended_at FROM coverage WHERE outcome = 'complete' AND source = ?"
            f" AND track = ? AND {REGULAR} AND covered_from IS NULL AND covered_until IS NOT NULL"
            " ORDER BY ended_at {} LIMIT 1"
        )
        first, last = (self.db.execute(sql.format(way), [source, track]).fetchone() for way in ("", "DESC"))
        return (unstamp(first[0]), unstamp(last[1])) if first else None

    def file_claims(self, track: str) -> list[FileClaim]:
        """Return which times are known from files, the latest time first."""
        rows = self.db.execute(
            "SELECT stream, cursor, updated_at FROM cursors WHERE track = ? AND stream GLOB 'file:*'"
            " ORDER BY stream DESC",
            [track],
        )
        return [_claim(*row) for row in rows]

    def last_save(self, source: str) -> int:
        """Return a number that grows whenever something from this source is stored; 0 before."""
        return self.db.number(
            f"WITH {PAIRS} SELECT ifnull(max((SELECT id FROM coverage WHERE source = pairs.source AND track ="
            " pairs.track ORDER BY started_at DESC, id DESC LIMIT 1)), 0) FROM pairs WHERE source = ?",
            [source],
        )

    def heartbeat(self, name: str, now: datetime) -> datetime | None:
        """Return when the process `name` last said that it is alive; None if that cannot be known.

        What is more than a minute later than `now` was said while the clock was ahead.
        """
        with suppress(OSError, ValueError), self._heartbeat(name).open(encoding="ascii") as file:
            beat = unstamp(file.read(32))
            return beat if beat <= now + timedelta(minutes=1) else None
        return None

    def _heartbeat(self, name: str) -> Path:
        """Return a file of its own: in the archive each beat would be a change of what pages show."""
        return self.db.path.with_name(f"{self.db.path.name}.{name}-heartbeat")


@dataclass(frozen=True, slots=True)
class CoverageWriter(Coverage):
    """The same, and what is stored of polls that brought no page."""

    db: WriteConnection

    def save_failure(self, page: Page, track: str, *, started_at: datetime, now: datetime) -> None:
        """Store how a poll ended that brought no posts: why it failed, or where the stream goes on."""
        with self.db.transaction():
            if page.cursor is not None:
                save_cursor(self.db, track, page.stream, page.cursor, stamp(now))
            save_poll(self.db, page, page.stream, track, started_at, stamp(now), 0)

    def save_break(self, *, source: str, track: str, now: datetime, detail: str = _BREAK) -> None:
        """Store that a poll ended by a fault of this program, or of the disk."""
        page = Page(stream=source, outcome=Outcome.BROKEN, detail=detail)
        self.save_failure(page, track, started_at=now, now=now)

    def save_file_claim(self, claim: FileClaim, track: str) -> None:
        """Store that a file had everything on a platform of some time, which is known from then on."""
        page = Page(stream=claim.stream, since=claim.since, until=claim.until)
        with self.db.durable_transaction():
            save_cursor(self.db, track, page.stream, claim.file, stamp(claim.at))
            save_poll(self.db, page, claim.source, track, claim.at, stamp(claim.at), 0)

    def withdraw(self, claim: FileClaim, track: str) -> None:
        """Forget what was said of a file: its time is known only as far as something else tells."""
        place = [claim.source, track]
        with self.db.durable_transaction():
            self.db.execute("DELETE FROM cursors WHERE track = ? AND stream = ?", [track, claim.stream])
            self.db.execute(
                "DELETE FROM coverage WHERE source = ? AND track = ? AND stream = ?", [*place, claim.stream]
            )
            self.db.execute("DELETE FROM seen WHERE source = ? AND track = ?", place)
            self.db.execute(
                "INSERT INTO seen (source, track, since, until)"
                f" SELECT source, track, since, until FROM ({SEEN}) WHERE source = ? AND track = ?",
                place,
            )

    def beat(self, name: str, now: datetime) -> None:
        """Store that the process `name` is alive, in one piece whenever it is killed. Raises StorageError."""
        write_whole(self._heartbeat(name), stamp(now).encode())

    def claim_recall(self, source: str, monday: date, now: datetime, pause: timedelta) -> bool:
        """Return whether to look for what a week missed: no look came to an end, or began in the pause."""
        with self.db.transaction():
            row = self.db.execute(
                "INSERT INTO recall_samples (source, monday, cause, at) VALUES (?, ?, '', ?) ON CONFLICT"
                " DO UPDATE SET at = excluded.at WHERE posts IS NULL AND NOT (at > ? AND at <= excluded.at)"
                " RETURNING 1",
                [source, monday.isoformat(), stamp(now), stamp(now - pause)],
            ).fetchone()
        return row is not None

    def save_recall(self, sample: RecallSample, now: datetime) -> None:
        """Store what came of a look that was claimed."""
        numbers = {"": sample.here, **sample.causes}
        with self.db.transaction():
            self.db.executemany(
                "INSERT INTO recall_samples (source, monday, cause, posts, way, at) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET posts = excluded.posts, way = excluded.way",
                [
                    (sample.source, sample.monday.isoformat(), *number, sample.way, stamp(now))
                    for number in numbers.items()
                ],
            )

    def save_canary(self, source: str, result: str, now: datetime) -> None:
        """Store what came of asking a source for a common word."""
        with self.db.transaction():
            self.db.set_meta(f"test:{source}", f"{stamp(now)} {result}")


def save_poll(
    db: WriteConnection,
    page: Page,
    source: str,
    track: str,
    started_at: datetime,
    at: str,
    new: int,
) -> None:
    """Store what a page of a poll covered, as part of the transaction that stores its posts.

    Who is forgotten is not named by what it says.
    """
    detail = Tombstones.beside(db.path).mask(page.detail, source) if page.detail else ""
    db.execute(
        "INSERT INTO coverage (source, stream, track, started_at, ended_at, covered_from, covered_until,"
        " outcome, detail, got, new, rejected, retry_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [source, page.stream, track, stamp(started_at), at]
        + [stamp(t) if t else None for t in (page.since, page.until)]
        + [str(page.outcome), detail, len(page.posts), new, len(page.rejected)]
        + [stamp(page.retry_at) if page.retry_at else None],
    )


def save_cursor(db: WriteConnection, track: str, stream: str, cursor: str, at: str) -> None:
    """Store where a stream goes on, as part of a transaction."""
    db.execute(
        "INSERT OR REPLACE INTO cursors (track, stream, cursor, updated_at) VALUES (?, ?, ?, ?)",
        [track, stream, cursor, at],
    )


# Every source and track that was ever polled: each found from the one before by the index. A comparison of
# rows, `(source, track) > (?, ?)`, would use its first column only, and look through all polls of a source.
PAIRS = """RECURSIVE sources (source) AS (
    SELECT min(source) FROM coverage
    UNION ALL
    SELECT (SELECT min(source) FROM coverage WHERE source > s.source)
    FROM sources s WHERE s.source IS NOT NULL),
  tracks (source, track) AS (
    SELECT source, (SELECT min(track) FROM coverage WHERE source = s.source) FROM sources s
    UNION ALL
    SELECT source, (SELECT min(track) FROM coverage WHERE source = t.source AND track > t.track)
    FROM tracks t WHERE t.track IS NOT NULL),
  pairs AS (SELECT source, track FROM tracks WHERE track IS NOT NULL)"""
_SEEN = "FROM seen WHERE source = pairs.source AND track = pairs.track"
# A look back, or at what is known, or into a file, says nothing of how it is going today.
REGULAR = "stream NOT GLOB 'back:*' AND stream NOT GLOB 'again:*' AND stream NOT GLOB 'file:*'"
_FOREVER = "9999"  # later than any stamp
_POLL = (
    "c.source, c.track, c.stream, c.ended_at, c.covered_from, c.covered_until, c.outcome, c.detail, c.new,"
    " c.retry_at"
)


def _claim(stream: str, file: str, at: str) -> FileClaim:
    since, until, source = stream.removeprefix("file:").split("/", 2)
    return FileClaim(source=source, since=unstamp(since), until=unstamp(until), file=file, at=unstamp(at))
