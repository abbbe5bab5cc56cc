"""What the program scored: which posts still need a score, and their scores stored."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.archive.connection import GIVEN, Connection, WriteConnection
from monitor.core.clock import stamp
from monitor.core.model import Sentiment, Tone

TONES = (Tone.POSITIVE, Tone.NEUTRAL, Tone.NEGATIVE, Tone.UNCLEAR)  # as the view `tones` numbers them
_ANALYZER = "(SELECT id FROM analyzers WHERE name = ?)"
_UNSCORED = (
    "FROM posts p WHERE text IS NOT NULL AND NOT EXISTS"
    " (SELECT 1 FROM tones WHERE post_id = p.id AND analyzer = ?)"
)
_SAMPLE = 1_000  # posts from which it is told how far a rescoring is: a count of all takes long
_READABLE = "FROM scores s JOIN posts p ON p.id = s.post_id WHERE p.text IS NOT NULL"
# Which analyzers took over from each other, each with a number; and of each, since when all posts are by it.
_NEWEST = (
    "SELECT substr(number, 11) AS name, version FROM definitions"
    " WHERE number LIKE 'analyzer: %' ORDER BY version DESC LIMIT 1"
)
# An archive that is older than this list begins with the analyzer that it had.
_FIRST = (
    "INSERT INTO definitions SELECT 'analyzer: ' || name, 1, :at FROM analyzers"
    f" WHERE name > '' AND NOT EXISTS ({_NEWEST}) ORDER BY id DESC LIMIT 1"
)
# Whoever writes it: what began before a change, as a long import, may end after it.
_MIX = f"INSERT OR IGNORE INTO meta SELECT 'mixed_tones', :at WHERE :name <> (SELECT name FROM ({_NEWEST}))"
_TAKE_OVER = (
    "INSERT INTO definitions SELECT 'analyzer: ' || :name, version + 1, :at"
    f" FROM ({_NEWEST}) WHERE name <> :name"
)


@dataclass(frozen=True, slots=True)
class ToneScores:
    """The posts that an analyzer has scored, or has not."""

    db: Connection

    def unscored(
        self, analyzer: str, after: int = 0, most: int = 500, *, platform: str | None = None
    ) -> list[tuple[int, str, str | None]]:
        """Return id, text and language of the next readable posts that this analyzer has not scored, by id.

        Those that it would not score are among them. With a platform, its posts only.
        """
        # By its own index: a walk by id would look at every post there is.
        on = " AND id IN (SELECT id FROM posts WHERE platform = ?)" if platform else ""
        values = [platform] if platform else []
        sql = f"SELECT id, text, lang {_UNSCORED} AND id > ?{on} ORDER BY id LIMIT {most}"
        return self.db.execute(sql, [analyzer, after, *values]).fetchall()

    def unscored_number(self, analyzer: str) -> int:
        """Return how many readable posts this analyzer has not scored."""
        return self.db.number(f"SELECT count(*) {_UNSCORED}", [analyzer])

    @property
    def is_mixed(self) -> bool:
        """Return whether there may be scores by another analyzer than that to which all were to go over."""
        return bool(self.db.meta("mixed_tones"))

    @property
    def newest(self) -> str:
        """Return the analyzer to which all posts were to go over last; "" before any was scored."""
        return next(iter(self.db.column(f"SELECT name FROM ({_NEWEST})")), "")

    def outdated(self, analyzer: str) -> int:
        """Return how many readable posts have a score by another analyzer than this."""
        return self.db.number(f"SELECT count(*) {_READABLE} AND s.analyzer IS NOT {_ANALYZER}", [analyzer])

    def progress(self, analyzer: str) -> tuple[int, int]:
        """Return how many readable posts have a score by this analyzer, and how many by another.

        Of many it looks at a thousand or two, spread evenly over their ids: in this order they are scored.
        """
        last = self.db.number("SELECT ifnull(max(id), 0) FROM posts")
        sample = json.dumps([*range(last, 0, -max(1, last // _SAMPLE))])
        sql = f"SELECT s.analyzer IS {_ANALYZER} {_READABLE} AND s.post_id IN {GIVEN}"
        same = self.db.column(sql, [analyzer, sample])
        return sum(same), len(same) - sum(same)

    def adjustment(self, analyzer: str) -> str:
        """Return what was learned from labels for this analyzer; "" if nothing was."""
        return self.db.meta(f"adjustment:{analyzer}")


@dataclass(frozen=True, slots=True)
class ToneScoresWriter(ToneScores):
    """The same, and new scores stored."""

    db: WriteConnection

    def save(
        self,
        scored: Sequence[tuple[int, Sentiment | None]],
        analyzer: str,
        now: datetime,
        of: Mapping[int, str] | None = None,
    ) -> None:
        """Store scores of posts by their archive id, in place of earlier ones, in one transaction.

        `of` has the texts that were scored: a post that says something else by now is left alone.
        """
        with self.db.transaction():
            scored = scored if of is None else [one for one in scored if self._still_says(one[0], of)]
            insert(self.db, scored, analyzer, stamp(now))
            remove_replaced(self.db, scored, analyzer)

    def save_adjustment(self, analyzer: str, words: str) -> None:
        """Store what was learned from labels for this analyzer, in place of what was before."""
        with self.db.transaction():
            self.db.set_meta(f"adjustment:{analyzer}", words)

    def take_over(self, analyzer: str, now: datetime) -> None:
        """Note that this analyzer is to score all posts from now on: nobody else says so by a score."""
        with self.db.transaction():
            for sql in (_FIRST, _MIX, _TAKE_OVER):
                self.db.execute(sql, {"name": analyzer, "at": stamp(now)})

    def finish(self, analyzer: str) -> None:
        """Note that all posts are by this analyzer, from the first day on whose texts are still there.

        Nothing is noted if another took over, or something that began before wrote its scores meanwhile.
        """
        with self.db.transaction():
            if self.newest != analyzer or (self.is_mixed and self.outdated(analyzer)):
                return
            self.db.execute("DELETE FROM meta WHERE key = 'mixed_tones'")
            self.db.execute(
                "INSERT OR IGNORE INTO definitions SELECT 'rescored', version,"
                " ifnull((SELECT value FROM meta WHERE key = 'removed_until'), '1970-01-01T00:00:00Z')"
                f" FROM ({_NEWEST})"
            )

    def _still_says(self, post: int, texts: Mapping[int, str]) -> bool:
        row = self.db.execute("SELECT text FROM posts WHERE id = ?", [post]).fetchone()
        return row is not None and row[0] == texts[post]


def insert(
    db: WriteConnection, scored: Iterable[tuple[int, Sentiment | None]], analyzer: str, at: str
) -> None:
    scores = [(post, score) for post, score in scored if score]
    if not scores:
        return
    # Before: an archive's analyzer of until now; after: that of a new archive.
    for sql in (_FIRST, "INSERT OR IGNORE INTO analyzers (name) VALUES (:name)", _FIRST, _MIX):
        db.execute(sql, {"name": analyzer, "at": at})
    db.executemany(
        "INSERT INTO scores (post_id, analyzer, tone, positive, neutral, negative, scored_unix)"
        f" VALUES (?, {_ANALYZER}, ?, ?, ?, ?, unixepoch(?)) ON CONFLICT (post_id, analyzer) DO NOTHING",
        [(post, analyzer, TONES.index(s.tone), s.positive, s.neutral, s.negative, at) for post, s in scores],
    )


def remove_replaced(
    db: WriteConnection, scored: Iterable[tuple[int, Sentiment | None]], analyzer: str
) -> None:
    """Take away what other analyzers said of posts, and all that was said of those not scored."""
    db.executemany(
        f"DELETE FROM scores WHERE post_id = ? AND (analyzer IS NOT {_ANALYZER} OR ?)",
        [(post, analyzer, score is None) for post, score in scored],
    )
