"""The weekly check of tone: which posts chance drew, and what a person said of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from monitor.archive.connection import OF_DAYS, Connection, WriteConnection
from monitor.archive.stats import number
from monitor.archive.values import Audit, SampledPost
from monitor.core.clock import stamp
from monitor.core.model import Tone
from monitor.core.text import fingerprint

_WEEK = timedelta(days=6)
_TONES = {tone.value: tone for tone in Tone}
_LABEL = "(SELECT value FROM labels WHERE post_id = p.id AND field = 'tone' ORDER BY id DESC LIMIT 1)"
_GONE = "(p.text IS NULL OR EXISTS (SELECT 1 FROM marks WHERE post_id = p.id AND mark = 'not ours'))"
_MOST_TEXTS = 5000  # more take long to learn from, and teach three numbers nothing new
_COUNTED = (
    "(SELECT ifnull(sum(d.positive + d.neutral + d.negative + d.unclear), 0) FROM days d"
    " JOIN series s ON s.id = d.series WHERE s.track_id = t.id AND d.day BETWEEN ? AND ?)"
)


@dataclass(frozen=True, slots=True)
class ToneAudits:
    """The samples that were drawn."""

    db: Connection

    def toned(self, track: str, monday: date) -> int:
        sql = f"SELECT {_COUNTED} FROM tracks t WHERE t.name = ?"
        row = self.db.execute(sql, [*_days(monday), track]).fetchone()
        return int(row[0]) if row else 0

    def labelled(self, track: str, first: date, last: date) -> int:
        """Return how many posts of some days have a tone because a person said so."""
        return self.db.number(
            # CROSS JOIN: the labels first, which are few. By itself the planner begins with all days' posts.
            "SELECT count(*) FROM (SELECT DISTINCT post_id FROM labels WHERE field = 'tone') l"
            " CROSS JOIN posts p ON p.id = l.post_id"
            f" WHERE p.day BETWEEN ? AND ? AND {_LABEL} IS NOT NULL"
            " AND EXISTS (SELECT 1 FROM post_tracks WHERE post_id = p.id AND track = ?)",
            [first.isoformat(), last.isoformat(), track],
        )

    def samples(self, track: str, first: date, last: date) -> Iterator[Audit]:
        """Yield the samples of weeks that begin on these days, the latest first."""
        rows = self.db.execute(
            "SELECT a.id, monday, posts, mean, variance, counted FROM audits a"
            " JOIN tracks t ON t.id = a.track_id WHERE t.name = ? AND a.monday BETWEEN ? AND ?"
            " ORDER BY a.monday DESC",
            [track, first.isoformat(), last.isoformat()],
        ).fetchall()
        for audit, monday, posts, mean, variance, toned in rows:
            began = date.fromisoformat(monday)
            yield Audit(
                track=track, monday=began, posts=posts, mean=mean, variance=variance,
                late=max(0, self.toned(track, began) - toned), sample=self._sample(audit),
            )  # fmt: skip

    def texts(self) -> list[tuple[str, str | None, Tone]]:
        """Return text, language and tone of what was drawn and read, called clear, and can be scored.

        Each text is there once. What was read is that of `Audit.labelled`.
        """
        rows = self.db.execute(
            "SELECT text, lang, tone FROM (SELECT *, sum(tone IS NULL) OVER (PARTITION BY audit_id ORDER BY"
            f" place) AS unread FROM (SELECT p.id, text, lang, audit_id, place, {_LABEL} AS tone"
            f" FROM audited d JOIN posts p ON p.id = d.post_id WHERE NOT {_GONE})) WHERE unread = 0"
            " AND tone <> ? AND EXISTS (SELECT 1 FROM scores WHERE post_id = id)"
            f" ORDER BY audit_id DESC, place LIMIT {_MOST_TEXTS}",
            [Tone.UNCLEAR.value],
        )
        texts = {fingerprint(text) or text: (text, lang, Tone(tone)) for text, lang, tone in rows}
        return [*texts.values()]

    def _sample(self, audit: int) -> tuple[SampledPost, ...]:
        rows = self.db.execute(
            f"SELECT p.id, p.platform, d.scored, {_LABEL}, {_GONE},"
            " (SELECT tone FROM tones WHERE post_id = p.id ORDER BY scored_at DESC, analyzer DESC LIMIT 1)"
            " FROM audited d JOIN posts p ON p.id = d.post_id"
            " WHERE d.audit_id = ? ORDER BY d.place",
            [audit],
        ).fetchall()
        tone = _TONES.get
        return tuple([
            SampledPost(post, platform, _TONES[scored], tone(label), bool(is_gone), tone(rescored))
            for post, platform, scored, label, is_gone, rescored in rows
        ])  # fmt: skip


@dataclass(frozen=True, slots=True)
class ToneAuditsWriter(ToneAudits):
    """Samples, drawn once and kept."""

    db: WriteConnection

    def draw(self, track: str, monday: date, most: int, *, chance: Random, now: datetime) -> bool:
        """Draw a week's sample from its posts that have a text and a score; return whether there is one now.

        One that was drawn before stays, unless many posts came later. What people said of posts stays anyway.
        """
        with self.db.durable_transaction():
            before = next(self.samples(track, monday, monday), None)
            if before and not before.is_outdated:
                return True
            posts = self._scored(track, monday)
            if not posts:
                return False
            nets = [tone.net for _, tone in posts]
            self.db.execute(
                "DELETE FROM audits WHERE monday = ? AND track_id = (SELECT id FROM tracks WHERE name = ?)",
                [monday.isoformat(), track],
            )
            mean = sum(nets) / len(nets)
            variance = sum((net - mean) ** 2 for net in nets) / len(nets)
            audit = self.db.number(
                "INSERT INTO audits (track_id, monday, posts, counted, mean, variance, drawn_at)"
                f" SELECT t.id, ?, ?, {_COUNTED}, ?, ?, ? FROM tracks t WHERE t.name = ?"
                " RETURNING id",
                [monday.isoformat(), len(nets), *_days(monday), mean, variance, stamp(now), track],
            )
            sample = chance.sample(posts, min(most, len(posts)))
            self.db.executemany(
                "INSERT INTO audited (audit_id, place, post_id, scored) VALUES (?, ?, ?, ?)",
                [(audit, place, post, tone.value) for place, (post, tone) in enumerate(sample)],
            )
        return True

    def _scored(self, track: str, monday: date) -> list[tuple[int, Tone]]:
        """Return the posts of a week that have a text and a score, in the order of their ids."""
        rows = self.db.execute(
            f"SELECT p.id, n.tone FROM posts p JOIN tones n ON n.post_id = p.id WHERE {OF_DAYS}"
            " AND p.text IS NOT NULL"
            " AND EXISTS (SELECT 1 FROM post_tracks WHERE post_id = p.id AND track = :track)"
            " GROUP BY p.id ORDER BY p.id",
            {"since": str(monday), "until": str(monday + timedelta(weeks=1)), "track": track},
        )
        return [(post, Tone(tone)) for post, tone in rows]


def _days(monday: date) -> tuple[int, int]:
    """Return the week's first and last day as the counts have them."""
    return number(monday), number(monday + _WEEK)
