"""Tone and stance of posts, as far as they may be told: never of few people, nor of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from monitor.archive.connection import OF_SERIES, OWN, own_accounts
from monitor.archive.query import LATEST, PostQuery
from monitor.archive.query.criteria import Filter
from monitor.archive.stats import Stats
from monitor.archive.values import Scope, StanceCount
from monitor.core.model import Tone
from monitor.core.small_groups import LEAST, safe_groups

_GROUPS: Mapping[str, tuple[str | None, ...]] = {  # those that are sooner held back come first
    "tone": (None, Tone.UNCLEAR, Tone.NEUTRAL, Tone.POSITIVE, Tone.NEGATIVE),
    "stance": (None, "unclear", "support", "oppose"),
}
_TONELESS = "posts - positive - neutral - negative - unclear"
_WITHOUT = {
    "tone": "p.tone IS NULL",
    "stance": f"NOT EXISTS (SELECT 1 FROM labels l WHERE l.post_id = p.id AND field = 'stance' AND {LATEST}"
    f" AND value IS NOT NULL) AND p.author_id NOT IN {OWN}",
}
_STANCES = (
    "SELECT date(p.day, '-6 days', 'weekday 1') AS monday, value, count(*), count(DISTINCT p.author_id),"
    " sum(EXISTS (SELECT 1 FROM audited d JOIN audits a ON a.id = d.audit_id"
    " WHERE d.post_id = p.id AND a.track_id = :track))"
    " FROM labels l CROSS JOIN posts p ON p.id = l.post_id WHERE field = 'stance' AND value IS NOT NULL"
    f" AND p.day BETWEEN :since AND :last_day AND {LATEST} AND p.author_id NOT IN {OWN}"
    f" AND {OF_SERIES} GROUP BY monday, value ORDER BY monday"
)


@dataclass(frozen=True, slots=True)
class Opinions:
    """How posts sound, and whom they support."""

    post_query: PostQuery
    stats: Stats

    def is_safe(self, criteria: Filter) -> bool:
        """Return whether posts of a tone or stance may be counted and listed, among others like them.

        Not those of some platforms: less those of all, that would tell of the few who post elsewhere.
        """
        field = "tone" if criteria.tone else "stance"
        safe = self._safe_groups(criteria, field) if criteria.scope.is_whole else ()
        return (criteria.tone or criteria.stance) in safe

    def _safe_groups(self, criteria: Filter, field: str) -> list[str | None]:
        criteria = replace(criteria, tone=None, stance=None)
        numbers = self.stats.totals((*Tone, _TONELESS), criteria.scope)
        posts = dict(zip((*Tone, None), numbers, strict=True))
        return safe_groups({value: self._people(criteria, field, value, posts) for value in _GROUPS[field]})

    def tones(self, scope: Scope) -> dict[Tone, int]:
        """Return how many posts have each tone that may be told; nothing if that holds for none."""
        posts = dict(zip(Tone, self.stats.totals([*Tone], scope), strict=True))
        if not any(posts.values()):
            return posts
        safe = self._safe_groups(Filter(scope=scope), "tone") if scope.is_whole else []
        return {tone: number for tone, number in posts.items() if safe and (tone in safe or not number)}

    def stances(self, scope: Scope, own: Sequence[str]) -> list[StanceCount]:
        """Return what people labelled in each week, but of the `own` accounts. Not to be told as it is."""
        rows = self.stats.rows(scope, _STANCES, own=own_accounts(own), last_day=scope.last.isoformat())
        return [StanceCount(date.fromisoformat(monday), *counts) for monday, *counts in rows]

    def _people(
        self, criteria: Filter, field: str, value: str | None, posts: Mapping[str | None, int]
    ) -> int:
        """Return how many people wrote the posts of a tone or stance, or of none; at most LEAST."""
        least = LEAST if criteria.column == "posts" else 1
        if field == "tone" and posts[value] < least:
            return posts[value]
        if field == "tone" and self.post_query.db.meta("lake"):
            # More posts than those who posted most wrote together are by more people than these.
            busiest = self.stats.top_authors(criteria.scope, LEAST - 1)
            return LEAST if posts[value] > sum(one.posts for one in busiest) else LEAST - 1
        tone = Tone(value) if value and field == "tone" else None
        criteria = replace(criteria, tone=tone, stance=None if tone else value)
        return self.post_query.people(criteria, LEAST, *(() if value else (_WITHOUT[field],)))
