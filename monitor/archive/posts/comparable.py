"""Posts that are not counted when two times are compared, and the counts of a time without them."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from monitor.archive.connection import GIVEN
from monitor.archive.coverage import REGULAR
from monitor.archive.events import TrackWord
from monitor.archive.posts.readings import NUMBERS
from monitor.archive.stats import IN_WINDOW, Stats
from monitor.archive.values import IMPORT, AuthorCount, DayCount, Scope
from monitor.core.clock import stamp, unstamp

_ENOUGH = 0.9  # of the posts, for their numbers to be compared


class UnlikePost(NamedTuple):
    """A post that is left out of a comparison, and why: 'bridge', 'late', 'file', 'look back', or a word."""

    id: int
    platform: str
    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class ComparablePosts:
    """Questions about the few posts that make a difference; the rest is in the counts."""

    stats: Stats

    def unlike(self, scope: Scope, track: str, cut: datetime) -> list[UnlikePost]:
        """Return a window's posts that were not found as others are, as it was known at the instant `cut`.

        These are copies that a bridge made; and of time of which a regular poll had told by then: what came
        later, from a file, or by a look back. Time that was filled afterwards counts in full.
        """
        return _unlike(self.stats.rows(scope, _UNLIKE, name=track, cut=stamp(cut)))

    def by_words(
        self, scope: Scope, changed: Sequence[TrackWord], lasting: Sequence[TrackWord]
    ) -> list[UnlikePost]:
        """Return a window's posts that have one of the first words, and none of the second."""
        if not changed:
            return []
        words = {
            name: json.dumps([(word.kind, word.word, str(word)) for word in some])
            for name, some in (("changed", changed), ("lasting", lasting))
        }
        return _unlike(self.stats.rows(scope, _BY_WORDS, **words))

    def brought(
        self, scope: Scope, platforms: Collection[str], out: Collection[int]
    ) -> list[tuple[str, str, datetime, int]]:
        """Return (source, stream, when the first came, posts) of the files and looks back that brought posts.

        Of these platforms, only posts that are named count.
        """
        names = {"platforms": json.dumps([*platforms]), "these": _list(out)}
        rows = self.stats.rows(scope, _BROUGHT, **names)
        return [(source, stream, unstamp(at), posts) for source, stream, at, posts in rows]

    def between(self, scope: Scope, times: Iterable[tuple[str, datetime, datetime]]) -> frozenset[int]:
        """Return the posts of (platform, from, until), each from the first instant up to the second."""
        values = json.dumps([(platform, stamp(a), stamp(b)) for platform, a, b in times])
        return frozenset(post for (post,) in self.stats.rows(scope, _BETWEEN, times=values))

    def sums(self, scope: Scope, posts: Collection[int]) -> list[DayCount]:
        """Return what these posts add to the counts of each day and platform; no tones, and nobody new."""
        rows = self.stats.rows(scope, _SUMS, these=_list(posts))
        return [DayCount._make((date.fromisoformat(day), *sums, 0, 0, 0, 0, 0)) for day, *sums in rows]

    def readings(self, scope: Scope, without: Collection[int], cut: datetime) -> list[int] | None:
        """Return the numbers of a window's posts without these, as they had been read at the instant `cut`:
        likes to views, and of how many posts any of the first four, and the last, is known.

        None if it is so for under nine tenths of those of which it is now. Looks at each post.
        """
        rows = self.stats.rows(scope, _AS_OF, these=_list(without), cut=stamp(cut))
        engaged, viewed, *sums = rows[0]
        if sums[5] < _ENOUGH * engaged or sums[6] < _ENOUGH * viewed:
            return None
        return sums

    def crowd(self, scope: Scope, without: Collection[int]) -> AuthorCount:
        """Return the distinct authors of a window, without those of whom it has no other posts than these."""
        everyone = self.stats.everyone(scope)
        if not without:
            return everyone
        [absent] = self.stats.rows(scope, _ABSENT, these=_list(without))
        return AuthorCount(*(number - less for number, less in zip(everyone, absent, strict=True)))

    def copies(self, scope: Scope, without: Collection[int]) -> int:
        """Return how many posts say what another one says, as `Stats.copies` does, without these."""
        return int(self.stats.rows(scope, _COPIES, these=_list(without))[0][0])

    def terms(self, posts: Collection[int], kind: str) -> dict[str, int]:
        """Return how many of these posts have each term."""
        return dict(self.stats.db.execute(_TERMS, [_list(posts), kind]).fetchall())


def _unlike(rows: Iterable[tuple[int, str, str, str]]) -> list[UnlikePost]:
    return [UnlikePost(post, platform, date.fromisoformat(day), why) for post, platform, day, why in rows]


def _list(posts: Collection[int]) -> str:
    return json.dumps([*posts])


_THESE = GIVEN.replace("?", ":these")
_IN_TRACK = "EXISTS (SELECT 1 FROM post_series m WHERE m.post_id = p.id AND m.series IN ({ids}))"
_DAYS = "p.day >= :since AND p.day < :until"
# What polls by then had seen of the time of the posts, joined. A poll began after that, or while it went on.
# Joined first, as each post of a gap would look through all polls after it.
_STAMP = "strftime('%Y-%m-%dT%H:%M:%SZ'"
_POLLS = (
    "WITH polls AS (SELECT source, ifnull(covered_from, '') AS since,"
    f" min(covered_until, {_STAMP}, started_at, '+3601 seconds')) AS until FROM coverage"
    " INDEXED BY coverage_by_poll WHERE track = :name"
    " AND source IN (SELECT platform FROM series WHERE id IN ({ids}))"
    f" AND started_at BETWEEN {_STAMP}, :since, '-2 days') AND :cut AND ended_at <= :cut"
    " AND outcome IN ('complete', 'capped') AND covered_until IS NOT NULL"
    f" AND ifnull(covered_from, '') < {_STAMP}, :until, '+1 day') AND {REGULAR}),"
    " begun AS (SELECT *, ifnull(since > max(until) OVER (PARTITION BY source ORDER BY since"
    " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 1) AS begins FROM polls),"
    " islands AS (SELECT *, sum(begins) OVER (PARTITION BY source ORDER BY since"
    " ROWS UNBOUNDED PRECEDING) AS island FROM begun),"
    " polled AS MATERIALIZED (SELECT source, min(since) AS since, max(until) AS until FROM islands"
    " GROUP BY source, island) "
)
_POLLED = (
    "EXISTS (SELECT 1 FROM polled WHERE source = p.platform AND since <= p.created_at"
    " AND until > p.created_at)"
)
# Whole campaigns come from files: none of their posts need be looked at.
_WATCHED = (
    "EXISTS (SELECT 1 FROM series s JOIN coverage c ON c.source = s.platform AND c.track = :name"
    f" WHERE s.id IN ({{ids}}) AND {REGULAR})"
)
_NO_POLL = f"(source = '{IMPORT}' OR stream GLOB 'back:*')"
_UNPOLLED = f"p.origin IN (SELECT id FROM origins WHERE {_NO_POLL})"  # the index tells, before a join does
_LATE = "p.first_seen_at > strftime('%Y-%m-%dT%H:%M:%SZ', p.created_at, '+1 hour')"  # as the index has it
# INDEXED BY: an archive has no statistics by which the planner could choose the few.
_UNLIKE = (
    f"{_POLLS}SELECT p.id, p.platform, p.day, 'bridge' FROM posts p INDEXED BY posts_bridged"
    f" WHERE p.copy_of IS NOT NULL AND {_DAYS} AND {_IN_TRACK}"
    " UNION ALL SELECT p.id, p.platform, p.day, ifnull((SELECT iif(source = 'import', 'file', 'look back')"
    f" FROM origins WHERE id = p.origin AND {_NO_POLL}), 'late') FROM posts p INDEXED BY posts_late"
    f" WHERE {_LATE} AND {_DAYS} AND {_WATCHED}"
    f" AND (p.first_seen_at > :cut OR {_UNPOLLED})"
    f" AND p.copy_of IS NULL AND {_IN_TRACK} AND {_POLLED}"
)
_BROUGHT = (
    "SELECT o.source, o.stream, min(p.first_seen_at), count(*) FROM posts p INDEXED BY posts_late"
    f" JOIN origins o ON o.id = p.origin WHERE {_LATE} AND {_DAYS} AND {_UNPOLLED} AND {_IN_TRACK}"
    f" AND (p.platform NOT IN {GIVEN.replace('?', ':platforms')} OR p.id IN {_THESE}) GROUP BY p.origin"
)
_HAS = (
    "iif(w.value ->> 0 = 'tag', EXISTS (SELECT 1 FROM post_terms x JOIN terms t ON t.id = x.term_id"
    " WHERE x.post_id = p.id AND t.kind = 'tag' AND t.term = w.value ->> 1),"
    " instr(lower(ifnull(p.text, '')), w.value ->> 1) > 0)"
)
_BY_WORDS = (
    f"SELECT p.id, p.platform, p.day, (SELECT w.value ->> 2 FROM json_each(:changed) w WHERE {_HAS}) AS word"
    f" FROM posts p CROSS JOIN post_series m ON m.post_id = p.id WHERE {IN_WINDOW} AND word IS NOT NULL"
    f" AND NOT EXISTS (SELECT 1 FROM json_each(:lasting) w WHERE {_HAS})"
)
_BETWEEN = (
    "SELECT p.id FROM json_each(:times) t CROSS JOIN posts p INDEXED BY posts_by_time"
    " ON p.created_at >= t.value ->> 1 AND p.created_at < t.value ->> 2 AND p.platform = t.value ->> 0"
    f" WHERE {_IN_TRACK}"
)
_SUMS = (
    f"SELECT day, platform, count(*), {', '.join(f'sum(ifnull({name}, 0))' for name in NUMBERS)},"
    f" count(engagement), count(views) FROM posts WHERE id IN {_THESE} GROUP BY 1, 2"
)
_THEN = {name: f"iif(ifnull(p.read_at, '9') <= :cut, p.{name}, s.{name})" for name in NUMBERS}
_SUMS_THEN = ", ".join(f"ifnull(sum({number}), 0)" for number in _THEN.values())
_ANY = f"coalesce({', '.join(_THEN[name] for name in NUMBERS[:4])})"
_AS_OF = (
    f"SELECT count(p.engagement), count(p.views), {_SUMS_THEN}, count({_ANY}), count({_THEN['views']})"
    " FROM posts p CROSS JOIN post_series m ON m.post_id = p.id LEFT JOIN snapshots s"
    " ON ifnull(p.read_at, '9') > :cut AND s.post_id = p.id AND s.read_at ="
    " (SELECT max(read_at) FROM snapshots WHERE post_id = p.id AND read_at <= :cut)"
    f" WHERE {IN_WINDOW} AND p.id NOT IN {_THESE}"
)
_OF_AUTHOR = (
    "author_days d INDEXED BY author_days_by_author WHERE d.series IN ({ids}) AND d.author_id = a.author_id"
    " AND d.day BETWEEN :first AND :last"
)
_ABSENT = (
    "SELECT count(*), count(followers), ifnull(sum(followers), 0) FROM (SELECT"
    f" (SELECT d.followers FROM {_OF_AUTHOR} ORDER BY d.day DESC LIMIT 1) AS followers"
    f" FROM (SELECT author_id, count(*) AS posts FROM posts WHERE id IN {_THESE} GROUP BY 1) a"
    f" WHERE a.posts = (SELECT sum(d.posts) FROM {_OF_AUTHOR}))"
)
_COPIES = (
    "SELECT count(*) - count(DISTINCT message) FROM copies WHERE series IN ({ids})"
    f" AND day BETWEEN :first AND :last AND post_id NOT IN {_THESE}"
)
_TERMS = (  # CROSS JOIN: the few posts first, or all that ever had such a term are looked through
    "SELECT t.term, count(*) FROM json_each(?) j CROSS JOIN post_terms x ON x.post_id = j.value"
    " CROSS JOIN terms t ON t.id = x.term_id AND t.kind = ? GROUP BY 1"
)
