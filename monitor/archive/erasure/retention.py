"""Texts and names that are older than the campaign, or their platform, lets them get; the counts stay."""

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor.archive.connection import GIVEN, Connection, WriteConnection
from monitor.archive.erasure.holds import HELD
from monitor.archive.erasure.scrub import COMPACT, forget_silent, scrub
from monitor.campaign import KeepSettings
from monitor.core.clock import stamp, unstamp
from monitor.platform_info import age_limits

_BATCH = 500
_UNTIL = "removed_until"  # of `meta`: before then there are no texts
# Of a platform's limit only what its own way brought: a person's file is theirs.
_LIMIT = (
    " OR p.platform = '{0}' AND {1} < unixepoch(:{0})"
    " AND p.origin IN (SELECT id FROM origins WHERE source = '{0}')"
)
_TIMES = {"writing": "p.created_unix", "reading": "ifnull(p.read_unix, p.seen_unix)"}
_DUE = (
    "FROM posts p WHERE p.scrubbed_at IS NULL AND (p.created_unix < unixepoch(:text) OR"
    " p.created_unix < unixepoch(:author)"
    " AND (SELECT max(created_unix) FROM posts WHERE author_id = p.author_id) < unixepoch(:author){})"
    f" AND NOT {HELD}"
).format("".join(_LIMIT.format(name, _TIMES[limit.since]) for name, limit in age_limits().items()))


@dataclass(frozen=True, slots=True)
class Retention:
    """What is due to be forgotten."""

    db: Connection

    def due(self, keep: KeepSettings, now: datetime) -> int:
        return self.db.number(f"SELECT count(*) {_DUE}", self._times(keep, now))

    def has_scrubbed(self, posts: Collection[int]) -> bool:
        """Return whether of some of these posts nothing is here any more but counts."""
        sql = f"SELECT 1 FROM posts WHERE id IN {GIVEN} AND scrubbed_at IS NOT NULL LIMIT 1"
        return self.db.execute(sql, [json.dumps([*posts])]).fetchone() is not None

    @property
    def removed_until(self) -> date | None:
        """Return until which day texts were removed; None where none were yet."""
        until = self.db.meta(_UNTIL)
        return unstamp(until).astimezone(self.db.zone).date() if until else None

    @property
    def is_compact(self) -> bool:
        """Return whether the file holds nothing of what was scrubbed."""
        return not self.db.execute("SELECT 1 FROM meta WHERE key = ?", [COMPACT]).fetchone()

    def _times(self, keep: KeepSettings, now: datetime) -> dict[str, str]:
        """Return before when a post was written, or its writer wrote last, that is to be scrubbed."""
        is_over = keep.end is not None and now.astimezone(self.db.zone).date() > keep.end
        days = {"text": keep.text_days, "author": keep.author_days}
        days |= {name: limit.days for name, limit in age_limits().items()}
        times = {name: stamp(now - timedelta(days=0 if is_over else n)) for name, n in days.items()}
        return times | {"now": stamp(now)}


@dataclass(frozen=True, slots=True)
class RetentionWriter(Retention):
    """The same, and what forgets it."""

    db: WriteConnection

    def note_compaction(self) -> None:
        """Note that the file was written anew since anything was scrubbed."""
        with self.db.transaction():
            self.db.execute("DELETE FROM meta WHERE key = ?", [COMPACT])

    def apply(
        self, keep: KeepSettings, now: datetime, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[int]:
        """Scrub what is due, the oldest first, each batch in its own transaction; yield how many it had.

        Ended midway, it goes on where it was. Names go last: of those who have written nothing since.
        """
        times = self._times(keep, now)
        posts = self.db.column(f"SELECT p.id {_DUE} ORDER BY p.created_unix, p.id", times)
        for start in range(0, len(posts), _BATCH):
            if stop():
                return
            batch = posts[start : start + _BATCH]
            with self.db.transaction():
                scrub(self.db, batch, stamp(now))
            yield len(batch)
        with self.db.transaction():
            forget_silent(self.db, times["author"])
            self.db.set_meta(_UNTIL, times["text"])
