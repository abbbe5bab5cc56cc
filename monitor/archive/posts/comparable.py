"""Posts that are not counted when two times are compared, and the counts of a time without them."""

import json
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from monitor.archive.connection import GIVEN
from monitor.archive.coverage import REGULAR
from monitor.archive.events import TrackWord
from monitor.archive.posts.readings import NUMBERS
from monitor.archive.stats import COPIES, IN_WINDOW, REPEATS, SCANNED, Stats, number
from monitor.archive.values import ERASED, IMPORT, AuthorCount, Scope
from monitor.core.clock import stamp, unstamp


class UnlikePost(NamedTuple):
    """A post that is left out of a comparison, and why: 'late', 'file', 'look back', 'erased', or a word."""

    id: int
    day: str
    series: int
    author: int
    is_bridged: int  # left out for that already
    reason: str


class KindOfReaction(NamedTuple):
    """For which part (0 to 1) of its posts with any reactions a platform gives one kind, such as likes.

    `part` is how much of all reactions of all platforms that kind is.
    """

    known: float
    part: float


_DAY = timedelta(days=1)
_RARE = 3  # times the posts of some series: if all are more, most of them need not be looked at
LeftOutPosts = dict[int, tuple[str, int, int]]  # day, series and author, by the post's id


@dataclass(frozen=True, slots=True)
class ComparablePosts:
    """Questions about the few posts that make a difference; the rest is in the counts.

    Copies that a bridge made never count; posts `without` are others.
    """

    stats: Stats

    def unlike(self, scope: Scope, track: str, cut: datetime) -> list[UnlikePost]:
        """Return a window's posts that were not found as others are, as it was known at the instant `cut`.

        Of time of which a regular poll had told by then, these are what came later, from a file, or by a look
        back. Time that was filled afterwards counts in full.
        """
        rows = self.stats.rows(scope, _UNLIKE, name=track, cut=stamp(cut)) if scope.series else []
        known = self._polled(scope, track, cut, rows) if rows else {}
        return [
            UnlikePost(*post) for *post, at in rows if _until(known.get(scope.series[post[2]], ()), at) > at
        ]

    def _polled(
        self, scope: Scope, track: str, cut: datetime, late: Sequence[tuple[Any, ...]]
    ) -> dict[str, list[tuple[str, str]]]:
        """Return for each source from when on polls by `cut` had seen the time of posts, and until when."""
        few = replace(scope, series={row[2]: scope.series[row[2]] for row in late})
        times = [row[-1] for row in late]
        polls: dict[str, list[tuple[str, str]]] = {}
        for source, since, until in self.stats.rows(
            few, _POLLS, name=track, cut=stamp(cut), begin=min(times), end=max(times)
        ):
            known = polls.setdefault(source, [])
            known.append((since, max(until, known[-1][1]) if known else until))
        return polls

    def bridged(self, scope: Scope) -> list[tuple[str, int, int]]:
        """Return (day, series, posts) of the copies that bridges made."""
        return self.stats.rows(scope, _BRIDGED) if scope.series else []

    def bridged_ids(self, scope: Scope) -> set[int]:
        """Return these copies."""
        return {post for (post,) in self.stats.rows(scope, f"SELECT p.id {_FROM_BRIDGES}")}

    def by_words(
        self, scope: Scope, changed: Sequence[TrackWord], lasting: Sequence[TrackWord]
    ) -> list[UnlikePost]:
        """Return a window's posts that have one of the first words, and none of the second."""
        if not (changed and scope.series):
            return []
        words = {
            name: json.dumps([(word.kind, word.word, str(word)) for word in some])
            for name, some in (("changed", changed), ("lasting", lasting))
        }
        are_tags = all(word.kind == "tag" for word in changed)
        sql = _BY_TAGS if are_tags and self.stats.total("posts", scope) > SCANNED else _BY_WORDS
        return [UnlikePost(*row) for row in self.stats.rows(scope, sql, **words)]

    def erased(self, before: datetime) -> tuple[int, ...]:
        """Return the people who were erased before an instant, as far as that is noted."""
        keys = self.stats.db.column(_ERASED, [f"{ERASED}*", stamp(before)])
        return tuple(int(key.removeprefix(ERASED)) for key in keys)

    def by_people(self, scope: Scope, people: Collection[int]) -> list[UnlikePost]:
        """Return a window's posts by people who were erased."""
        rows = self.stats.rows(scope, _BY_PEOPLE, these=_list(people)) if people and scope.series else []
        return [UnlikePost(*row) for row in rows]

    def number_by_words(
        self, scope: Scope, changed: Sequence[TrackWord], lasting: Sequence[TrackWord]
    ) -> int:
        """Return how many these are, of words that the track ever asked for: sooner than listed."""
        if not scope.is_whole:
            return len(self.by_words(scope, changed, lasting))
        these, others = ({f"{word.kind} {word.word}" for word in some} for some in (changed, lasting))
        rows = [(set(json.loads(words)), posts) for words, posts in self.stats.rows(scope, _WORD_DAYS)]
        return sum(posts for words, posts in rows if words & these and not words & others)

    def brought(
        self, scope: Scope, compared: Scope | None, out: Collection[int]
    ) -> list[tuple[str, str, datetime, int]]:
        """Return (source, stream, when the first came, posts) of the files and looks back that brought posts.

        Of what is compared, only posts that are named count, and bridged ones.
        """
        platforms = json.dumps([*compared.series.values()] if compared else [])
        names = {"platforms": platforms, "these": _list(out), "end": str((compared or scope).last)}
        rows = self.stats.rows(scope, _BROUGHT, **names)
        return [(source, stream, unstamp(at), posts) for source, stream, at, posts in rows]

    def between(self, scope: Scope, times: Iterable[tuple[str, datetime, datetime]]) -> LeftOutPosts:
        """Return the posts of (platform, from, until), each from the first instant up to the second."""
        ids = {platform: series for series, platform in scope.series.items()}
        ways: dict[str, list[tuple[int, str, str, int, int]]] = defaultdict(list)
        for name, begin, end in times:
            if series := ids.get(name):
                first, last = (at.astimezone(self.stats.db.zone).date() for at in (begin, end))
                days = replace(scope, first=first, last=last)
                way = _BY_WRITERS if end - begin >= _DAY and self._is_rare(days, {series: name}) else _BETWEEN
                ways[way].append((series, stamp(begin), stamp(end), number(first), number(last)))
        return {
            row[0]: row[1:]
            for way, some in ways.items()
            for row in self.stats.rows(scope, way, times=json.dumps(some))
        }

    def _is_rare(self, days: Scope, series: dict[int, str]) -> bool:
        """Return whether some series have few posts of these days: who wrote them then leads there sooner."""
        own, every = (self.stats.total("posts", some) for some in (replace(days, series=series), days))
        return _RARE * own < every

    def sums(self, scope: Scope, posts: Collection[int]) -> list[int]:
        """Return likes, reposts, replies, quotes and views of these posts and of copies that bridges made.

        And of how many any of the first four, and the last, is known.
        """
        return [*self.stats.rows(scope, _SUMS, these=_list(posts))[0]]

    def moved(self, scope: Scope, without: Collection[int], cut: datetime) -> list[int]:
        """Return the same of what a window's posts without these had at the instant `cut`, less what they
        have now. Looks at each post.
        """
        return [*self.stats.rows(scope, _MOVED, these=_list(without), cut=stamp(cut))[0]]

    def kinds(self, scope: Scope) -> dict[tuple[str, str], KindOfReaction]:
        """Return by platform and column what is known of each kind of reactions. Looks at each post."""
        rows = self.stats.rows(scope, _KINDS) if scope.series else []
        every = sum(engagement for _, _, engagement, *_ in rows) or 1
        return {
            (scope.series[series], name): KindOfReaction(known / of, number / every)
            for series, of, _, *numbers in rows
            for name, known, number in zip(NUMBERS[:4], numbers[:4], numbers[4:], strict=True)
        }

    def crowd(self, scope: Scope, without: LeftOutPosts) -> AuthorCount:
        """Return the distinct authors of a window, without those of whom it has no other posts than these."""
        [absent] = self.stats.rows(scope, _BRIDGE_PEOPLE)
        counts = [number - less for number, less in zip(self.stats.everyone(scope), absent, strict=True)]
        authors: dict[int, dict[int, int]] = {}
        for (series, author), posts in Counter(map(itemgetter(1, 2), without.values())).items():
            authors.setdefault(series, {})[author] = posts
        for series, of in authors.items():
            [absent] = self.stats.rows(scope, _ABSENT, of=series, posts=json.dumps(of))
            counts = [number - less for number, less in zip(counts, absent, strict=True)]
        return AuthorCount(*counts)

    def copies(self, scope: Scope, without: Collection[int]) -> int:
        """Return how many posts say what another one says, as `Stats.copies` does, without these."""
        every = REPEATS.format(unbridged=1) if scope.is_whole else f"{COPIES} AND bridge IS NULL"
        sql = f"SELECT ({every}) - {_COPIES_OUT}"
        return int(self.stats.rows(scope, sql, these=_list(without))[0][0])

    def terms(self, scope: Scope, posts: Collection[int], kind: str) -> dict[str, int]:
        """Return how many of these posts, and of copies that bridges made, have each term."""
        return dict(self.stats.rows(scope, _TERMS, these=_list(posts), kind=kind))


def _until(known: Sequence[tuple[str, str]], at: str) -> str:
    """Return until when what was known of an instant lasts; nothing if it was not."""
    place = bisect_right(known, at, key=itemgetter(0))
    return known[place - 1][1] if place else ""


def _list(posts: Collection[int]) -> str:
    return json.dumps([*posts])


_THESE = GIVEN.replace("?", ":these")
_MEMBER = "CROSS JOIN post_series m ON m.post_id = p.id"
_POST = "p.id, p.day, m.series, p.author_id, p.copy_of IS NOT NULL"
# What polls by then had seen of the time of the posts. A poll began after that, or while it went on.
_STAMP = "strftime('%Y-%m-%dT%H:%M:%SZ'"
_POLLS = (
    f"SELECT source, ifnull(covered_from, '') AS since, min(covered_until, {_STAMP}, started_at,"
    " '+3601 seconds')) FROM coverage INDEXED BY coverage_by_poll WHERE track = :name"
    " AND source IN (SELECT platform FROM series WHERE id IN ({ids}))"
    f" AND started_at BETWEEN {_STAMP}, :begin, '-3601 seconds') AND :cut AND ended_at <= :cut AND outcome"
    f" IN ('complete', 'capped') AND covered_until > :begin AND since <= :end AND {REGULAR} ORDER BY since"
)
# Whole campaigns come from files: none of their posts need be looked at.
_WATCHED = (
    "EXISTS (SELECT 1 FROM series s JOIN coverage c ON c.source = s.platform AND c.track = :name"
    f" WHERE s.id IN ({{ids}}) AND {REGULAR})"
)
_NO_POLL = f"(source = '{IMPORT}' OR stream GLOB 'back:*')"
_UNPOLLED = f"p.origin IN (SELECT id FROM origins WHERE {_NO_POLL})"  # the index tells, before a join does
_LATE = "p.seen_unix > p.created_unix + 3600"  # as the index has it
# INDEXED BY: an archive has no statistics by which the planner could choose the few.
_UNLIKE = (
    f"SELECT {_POST}, ifnull((SELECT iif(source = 'import', 'file', 'look back') FROM origins"
    f" WHERE id = p.origin AND {_NO_POLL}), 'late'), p.created_at FROM posts p INDEXED BY posts_late"
    f" {_MEMBER} WHERE {_LATE} AND {IN_WINDOW} AND {_WATCHED} AND (p.seen_unix >"
    f" unixepoch(:cut) OR {_UNPOLLED}) AND p.copy_of IS NULL"
)
_FROM_BRIDGES = (  # by what the index has
    f"FROM posts p INDEXED BY posts_bridged {_MEMBER} WHERE p.copy_of IS NOT NULL AND p.day >= :since"
    " AND p.day < :until AND +m.series IN ({ids})"
)
# Those whose writer is not known are no author's day's.
_BRIDGED = (
    "SELECT substr(day, 1, 4) || '-' || substr(day, 5, 2) || '-' || substr(day, 7), series, sum(bridged)"
    " FROM author_days INDEXED BY author_days_bridged WHERE series IN ({ids}) AND bridged > 0"
    " AND day BETWEEN :first AND :last GROUP BY day, series UNION ALL"
    f" SELECT p.day, m.series, count(*) {_FROM_BRIDGES}"
    " AND p.author_id IN (SELECT a.id FROM series s CROSS JOIN authors a ON a.platform = s.platform"
    " AND a.native_id = '' WHERE s.id IN ({ids})) GROUP BY 1, 2"
)
_OUT = f"(SELECT value FROM json_each(:these) UNION ALL SELECT p.id {_FROM_BRIDGES})"
_BROUGHT = (
    "SELECT o.source, o.stream, min(p.first_seen_at), count(*) FROM posts p INDEXED BY posts_late"
    f" {_MEMBER} JOIN origins o ON o.id = p.origin WHERE {_LATE} AND {IN_WINDOW} AND {_UNPOLLED}"
    f" AND (p.platform NOT IN {GIVEN.replace('?', ':platforms')} OR p.id IN {_THESE}"
    " OR p.copy_of IS NOT NULL AND p.day <= :end) GROUP BY p.origin"
)
# Words with the ids of tags, looked up once. Materialized, or they would be for each post.
_WORDS = (
    "{0} AS MATERIALIZED (SELECT w.key AS place, w.value ->> 0 AS kind, w.value ->> 1 AS word, w.value ->> 2"
    " AS name, t.id AS term FROM json_each(:{0}) w LEFT JOIN terms t ON w.value ->> 0 = 'tag'"
    " AND t.kind = 'tag' AND t.term = w.value ->> 1)"
)
_HAS = (
    "iif(w.kind = 'tag', EXISTS (SELECT 1 FROM post_terms x WHERE x.post_id = p.id AND x.term_id = w.term),"
    " instr(lower(ifnull(p.text, '')), w.word) > 0)"
)
_FIRST = f"(SELECT w.name FROM changed w WHERE {_HAS})"
_BY_WORDS = (
    f"WITH {_WORDS.format('changed')}, {_WORDS.format('lasting')} SELECT {_POST}, {_FIRST} AS word FROM posts"
    f" p {_MEMBER} WHERE {IN_WINDOW} AND word IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lasting w"
    f" WHERE {_HAS})"
)
_BY_TAGS = _BY_WORDS.replace(_FIRST, "c.name").replace(  # those that have one, if fewer than the days' posts
    " FROM posts p ",
    " FROM (SELECT x.post_id, w.name, min(w.place) FROM changed w CROSS JOIN post_terms x"
    " ON x.term_id = w.term GROUP BY 1) c CROSS JOIN posts p ON p.id = c.post_id ",
)
_ERASED = "SELECT key FROM meta WHERE key GLOB ? AND value < ?"
_BY_PEOPLE = (
    f"SELECT {_POST}, 'erased' FROM posts p INDEXED BY posts_by_author {_MEMBER}"
    f" WHERE p.author_id IN {_THESE} AND {IN_WINDOW}"
)
_WORD_DAYS = (
    "SELECT words, sum(posts) FROM word_days WHERE track_id = :track AND day BETWEEN :first AND :last"
    " GROUP BY words"
)
_TIMES = (
    "WITH times AS MATERIALIZED (SELECT value ->> 0 AS series, value ->> 1 AS since, value ->> 2 AS until,"
    " value ->> 3 AS first, value ->> 4 AS last FROM json_each(:times))"
)
_IN_TIME = (
    "p.created_unix >= unixepoch(t.since) AND p.created_unix < unixepoch(t.until)"
    f" {_MEMBER} AND m.series = t.series WHERE p.copy_of IS NULL"
)
_BETWEEN = f"{_TIMES} SELECT {_POST} FROM times t CROSS JOIN posts p INDEXED BY posts_by_time ON {_IN_TIME}"
# The same by who wrote on these days, and those of a platform whose writers are not known.
_BY_WRITERS = (
    f"{_TIMES}, writers AS MATERIALIZED (SELECT DISTINCT t.*, d.author_id FROM times t CROSS JOIN author_days"
    " d ON d.series = t.series AND d.day BETWEEN t.first AND t.last UNION ALL SELECT t.*, a.id FROM times t"
    " CROSS JOIN series s ON s.id = t.series CROSS JOIN authors a ON a.platform = s.platform"
    f" AND a.native_id = '') SELECT {_POST} FROM writers t CROSS JOIN posts p INDEXED BY posts_by_author"
    f" ON p.author_id = t.author_id AND {_IN_TIME}"
)
_SUMS = (
    f"SELECT {', '.join(f'ifnull(sum({name}), 0)' for name in NUMBERS)}, count(engagement), count(views)"
    f" FROM {_OUT} j CROSS JOIN posts ON id = j.value"
)
_MORE = ", ".join(f"ifnull(sum(ifnull(s.{name}, 0) - ifnull(p.{name}, 0)), 0)" for name in NUMBERS)
_ANY = ", ".join(f"s.{name}" for name in NUMBERS[:4])
_MOVED = (
    f"SELECT {_MORE}, count(coalesce({_ANY})) - count(p.engagement), count(s.views) - count(p.views) FROM"
    f" posts p {_MEMBER} LEFT JOIN snapshots s ON s.post_id = p.id AND s.read_unix = (SELECT max(read_unix)"
    f" FROM snapshots WHERE post_id = p.id AND read_unix <= unixepoch(:cut)) WHERE {IN_WINDOW} AND"
    f" ifnull(p.read_at, '9') > :cut AND p.copy_of IS NULL AND p.id NOT IN {_THESE}"
)
_KINDS = (
    f"SELECT m.series, count(*), sum(engagement), {', '.join(f'count({name})' for name in NUMBERS[:4])},"
    f" {', '.join(f'ifnull(sum({name}), 0)' for name in NUMBERS[:4])}"
    f" FROM posts p {_MEMBER} WHERE {IN_WINDOW} AND p.engagement IS NOT NULL GROUP BY 1"
)
_OF_AUTHOR = (
    "author_days d INDEXED BY author_days_by_author WHERE d.series = :of AND d.author_id = CAST(a.key AS INT)"
    " AND d.day BETWEEN :first AND :last"
)
_ABSENT = (  # MATERIALIZED, or each one's followers would be looked up twice
    "WITH absent AS MATERIALIZED (SELECT (SELECT d.followers FROM"
    f" {_OF_AUTHOR} ORDER BY d.day DESC LIMIT 1) AS followers FROM json_each(:posts) a WHERE a.value ="
    f" (SELECT sum(d.posts - d.bridged) FROM {_OF_AUTHOR})) SELECT count(*), count(followers),"
    " ifnull(sum(followers), 0) FROM absent"
)
_BRIDGE_PEOPLE = (  # who has only posts that a bridge made
    "SELECT count(*), count(followers), ifnull(sum(followers), 0) FROM bridges WHERE series IN ({ids})"
    " AND day BETWEEN :first AND :last AND next_day > :last AND active >= :first AND unbridged < :first"
)
# All of these, but one of each message that has no others.
_COPIES_OUT = (
    "ifnull(sum(o.posts - NOT EXISTS (SELECT 1 FROM copies WHERE message = o.message AND bridge IS NULL"
    " AND day BETWEEN :first AND :last AND series IN ({ids})"
    f" AND post_id NOT IN {_THESE})), 0) FROM (SELECT message, count(*) AS posts FROM posts WHERE id IN"
    f" {_THESE} AND message > 0 GROUP BY 1) o"
)
_TERMS = (  # CROSS JOIN: the few posts first, or all that ever had such a term are looked through
    f"SELECT t.term, count(*) FROM {_OUT} j CROSS JOIN post_terms x ON x.post_id = j.value"
    " CROSS JOIN terms t ON t.id = x.term_id AND t.kind = :kind GROUP BY 1"
)
