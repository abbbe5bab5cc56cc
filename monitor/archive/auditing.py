"""The weekly check of tone: which posts chance drew, and what a person said of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from monitor.archive.connected import Connected
from monitor.clock import stamp
from monitor.model import Tone

_WEEK = timedelta(days=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A post of a sample: as the program scored it then, and what a person has said of it."""

    post: int
    platform: str
    scored: Tone
    said: Tone | None
    stance: str | None
    is_gone: bool  # its text is not here any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """A week's sample in the order of chance, and how the program scored all posts it is drawn from."""

    track: str
    monday: date
    posts: int
    mean: float  # of net tone, -1 to 1
    variance: float
    sample: tuple[Drawn, ...]

    @property
    def sunday(self) -> date:
        """Return the last day of the week."""
        return self.monday + _WEEK

    @property
    def unread(self) -> tuple[Drawn, ...]:
        """Return what is still to be read."""
        return tuple(one for one in self.sample if one.said is None and not one.is_gone)


class Auditing(Connected):
    """Samples, drawn once and kept."""

    def draw(self, track: str, monday: date, most: int, *, chance: Random, now: datetime) -> None:
        """Draw a week's sample from its posts that have a text and a score, if that was not done before."""
        with self._at_once():
            if next(self.audits(track, monday, monday), None):
                return
            found = self._scored(track, monday)
            if not found:
                return
            nets = [tone.net for _, tone in found]
            mean = sum(nets) / len(nets)
            variance = sum((net - mean) ** 2 for net in nets) / len(nets)
            id = self._one(
                "INSERT INTO audits (track_id, monday, posts, mean, variance, drawn_at)"
                " SELECT id, ?, ?, ?, ?, ? FROM tracks WHERE name = ? RETURNING id",
                [monday.isoformat(), len(nets), mean, variance, stamp(now), track],
            )
            drawn = chance.sample(found, min(most, len(found)))
            self._many(
                "INSERT INTO audited (audit_id, place, post_id, scored) VALUES (?, ?, ?, ?)",
                [(id, place, post, tone.value) for place, (post, tone) in enumerate(drawn)],
            )

    def audits(self, track: str, first: date, last: date) -> Iterator[Audit]:
        """Yield the samples of weeks that begin on these days, the latest first."""
        rows = self.db.execute(
            "SELECT a.id, monday, posts, mean, variance FROM audits a JOIN tracks t ON t.id = a.track_id"
            " WHERE t.name = ? AND a.monday BETWEEN ? AND ? ORDER BY a.monday DESC",
            [track, first.isoformat(), last.isoformat()],
        ).fetchall()
        for id, monday, posts, mean, variance in rows:
            yield Audit(
                track=track, monday=date.fromisoformat(monday), posts=posts, mean=mean, variance=variance,
                sample=tuple(self._sample(id)),
            )  # fmt: skip

    def _sample(self, audit: int) -> Iterator[Drawn]:
        said = "(SELECT value FROM labels WHERE post_id = p.id AND field = '{}' ORDER BY id DESC LIMIT 1)"
        for post, platform, scored, tone, stance, is_gone in self.db.execute(
            f"SELECT p.id, p.platform, d.scored, {said.format('tone')}, {said.format('stance')},"
            " p.text IS NULL FROM audited d JOIN posts p ON p.id = d.post_id"
            " WHERE d.audit_id = ? ORDER BY d.place",
            [audit],
        ):
            yield Drawn(
                post=post, platform=platform, scored=Tone(scored), said=Tone(tone) if tone else None,
                stance=stance, is_gone=bool(is_gone),
            )  # fmt: skip

    def _scored(self, track: str, monday: date) -> list[tuple[int, Tone]]:
        """Return the posts of a week that have a text and a score, in the order of their ids."""
        near = (monday - timedelta(days=1), monday + timedelta(days=8))  # for the index: days are local
        rows = self.db.execute(
            "SELECT p.id, n.tone FROM posts p JOIN tones n ON n.post_id = p.id"
            " WHERE p.created_at BETWEEN ? AND ? AND p.day BETWEEN ? AND ? AND p.text IS NOT NULL"
            " AND p.id IN (SELECT m.post_id FROM post_series m JOIN series s ON s.id = m.series"
            " JOIN tracks t ON t.id = s.track_id WHERE m.post_id = p.id AND t.name = ?)"
            " GROUP BY p.id ORDER BY p.id",
            [*(day.isoformat() for day in (*near, monday, monday + _WEEK)), track],
        )
        return [(post, Tone(tone)) for post, tone in rows]
