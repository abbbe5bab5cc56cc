"""Lists of posts: filtered, ordered, and paged by the last post shown."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import islice
from math import isqrt
from typing import Any, NamedTuple

from monitor.archive.connection import OF_SERIES, OWN, Connection, own_accounts
from monitor.archive.posts.messages import FOLD, MEMBERS
from monitor.archive.query.criteria import MOST_COUNTED, Cursor, Filter, Order, PostPage, Total
from monitor.archive.query.search_terms import SearchTerm, TermGroup, half_word, term_groups, words_of
from monitor.archive.stats import SCANNED, Stats, number
from monitor.archive.values import Scope
from monitor.core.clock import stamp, unstamp
from monitor.core.model import Tone
from monitor.core.normal_text import cleaned, normal
from monitor.core.spelling import nearest
from monitor.kit import KitUse

_FEW = 3_000  # posts that can be sorted in a page's time; more are walked through in their order
_SIEVE = 10_000  # posts of a set, of which those of the days are looked for
# Of a word in more posts than this times the square root of all, each post is asked for its words: looking up
# all ids would take longer than walking on to the next post that has it.
_MANY = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """A way to come by posts in their order: where from, what else must hold, and the order."""

    start: str
    tests: tuple[str, ...] = ()
    order: str = "1"
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """How a filter's posts are looked for."""

    criteria: Filter
    few: str | None  # SQL for a set of few posts that holds all that are asked for
    words: Sequence[str]  # tests in SQL
    many: tuple[str, str] | None  # SQL for such a set whatever its size, and the test that it stands for
    values: Mapping[str, Any]

    @property
    def start(self) -> str:
        """Return SQL for where to begin: with the few posts, or else with all."""
        return _FROM_SET.format(set=self.few) if self.few else _POSTS


class _ListRow(NamedTuple):
    """A post as it is placed in a list."""

    id: int
    created_at: str
    engagement: int
    author: int

    @property
    def cursor(self) -> Cursor:
        """Return where a list goes on after it."""
        return Cursor(engagement=self.engagement, created_at=self.created_at, id=self.id)


@dataclass(frozen=True, slots=True)
class PostQuery:
    """Posts that are asked for by a Filter."""

    db: Connection
    stats: Stats

    def page(self, criteria: Filter, *, after: Cursor | None = None, most: int = 50) -> PostPage:
        """Return a page of the posts that are asked for."""
        rows = [*islice(self._read(self._plan(criteria), after, most + 1), most + 1)]
        after = rows[most - 1].cursor if len(rows) > most else None
        return PostPage(authors={row.id: row.author for row in rows[:most]}, next=after)

    def folded(self, criteria: Filter, *, after: Cursor | None = None, most: int = 50) -> PostPage:
        """Return a page of the posts that are asked for: of those in the same words the first in the order.

        It is short where very many in a row say the same as an earlier one.
        """
        plan, firsts, seen, begin = self._plan(criteria), dict[int | str, _ListRow](), set[int | str](), after
        rows, row = self._read(plan, after, _LOOKED_AT * most + 1), None
        block = [*islice(rows, 2 * most)]
        for _ in range(_LOOKED_AT // 2):
            folds = self._folds([row.id for row in block])
            seen |= self._earlier(plan, begin, set(folds) - seen) if begin else set()
            while block and len(firsts) < most:
                row, fold = block.pop(0), folds.pop(0)
                if fold not in seen:
                    firsts[fold] = row
                    seen.add(fold)
            block = block or [*islice(rows, 2 * most)]
            if len(firsts) == most or not block:
                break
        sizes = self._sizes(plan, firsts, _Way(start=_OF_FOLD), MOST_COUNTED + 2)
        more = {row.id: sizes[fold] - 1 for fold, row in firsts.items() if sizes.get(fold, 1) > 1}
        after = row.cursor if row and block else None
        return PostPage(authors={row.id: row.author for row in firsts.values()}, next=after, alike=more)

    def _folds(self, ids: Sequence[int]) -> list[int | str]:
        """Return the fold that each post is in; one that is gone is in one by itself."""
        sql = f"SELECT p.id, {_FOLD} FROM posts p WHERE p.id IN (SELECT value FROM json_each(?))"
        folds = dict(self.db.execute(sql, [json.dumps(ids)]))
        return [folds[post] for post in ids if post in folds]

    def _earlier(self, plan: _Plan, begin: Cursor, folds: Iterable[int | str]) -> set[int | str]:
        """Return which of these folds have a post before a page begins."""
        older = _OLDER if plan.criteria.order == Order.NEWEST else _SMALLER
        way = _Way(start=_OF_FOLD, tests=(f"NOT {older}",), values=asdict(begin))
        return {fold for fold, number in self._sizes(plan, folds, way, 1).items() if number}

    def _sizes(self, plan: _Plan, folds: Iterable[int | str], way: _Way, most: int) -> dict[int | str, int]:
        """Return how many posts there are in each fold, at most; of what is gone nothing."""
        sql, values = self._query(plan, way, "1")
        sizes = f"SELECT value, (SELECT count(*) FROM ({sql} LIMIT {most})) FROM json_each(:folds) f"
        known = json.dumps([fold for fold in folds if isinstance(fold, int)])
        return dict(self.db.execute(sizes, values | {"folds": known}).fetchall())

    def total(self, criteria: Filter) -> Total | None:
        """Return how many posts there are, None where finding out would take longer than a page may."""
        known = self.stats.total(criteria.column, criteria.scope) if criteria.column else None
        if known is not None and known > MOST_COUNTED:
            return Total(posts=known)
        plan = self._plan(criteria)
        if not plan.few and self.stats.total("posts", criteria.scope) > SCANNED:
            if known is not None:
                return Total(posts=known)
            return Total(posts=MOST_COUNTED, more=True) if plan.many and self._has_many(plan) else None
        sql, values = self._query(plan, _Way(start=plan.start), f"{_FOLD} AS fold")
        counts = f"SELECT count(*), count(DISTINCT fold) FROM ({sql} LIMIT {MOST_COUNTED + 1})"
        [(posts, folds)] = self.db.execute(counts, values)
        has_more = posts > MOST_COUNTED
        return Total(posts=min(posts, MOST_COUNTED), more=has_more, folds=None if has_more else folds)

    def _has_many(self, plan: _Plan) -> bool:
        """Return whether more posts than are counted are among those that were stored last with a word."""
        ids, test = plan.many or ("", "")
        start = _FROM_SET.format(set=f"SELECT id FROM ({ids}) ORDER BY id DESC LIMIT {_FEW}")
        others = replace(plan, words=[other for other in plan.words if other != test])
        sql, values = self._query(others, _Way(start=start), "1")
        return not self._is_within(MOST_COUNTED, sql, values)

    def people(self, criteria: Filter, most: int, *tests: str) -> int:
        """Return how many people wrote the posts asked for that pass tests in SQL; `most` at most."""
        plan = self._plan(criteria)
        sql, values = self._query(plan, _Way(start=plan.start, tests=tests), "DISTINCT p.author_id")
        return self.db.number(f"SELECT count(*) FROM ({sql} LIMIT {most})", values)

    def has_tag(self, tag: str) -> bool:
        return not self._is_within(0, "SELECT id FROM terms WHERE kind = 'tag' AND term = :tag", {"tag": tag})

    def similar(self, criteria: Filter) -> str | None:
        """Return a question that finds posts: with words of the newest ones for those that are in no post."""
        words = words_of(criteria.words)
        unknown = [word for word in words if self._is_within(0, _MATCHES, {"words": f'"{word}"'})]
        if not unknown:
            return None
        sql, values = self._query(self._plan(Filter(scope=criteria.scope)), _Way(start=_POSTS), "p.text")
        texts = self.db.column(f"{sql} ORDER BY {_BY_TIME} LIMIT {_SAMPLE}", values)
        known = {word for text in filter(None, texts) for word in _KNOWN.findall(normal(text)) if word}
        question = cleaned(criteria.words)
        for word in unknown:
            question = re.sub(re.escape(word), nearest(word, known) or word, question, flags=re.IGNORECASE)
        return question if self.page(replace(criteria, words=question), most=1).ids else None

    def _read(self, plan: _Plan, after: Cursor | None, most: int) -> Iterator[_ListRow]:
        """Yield the posts that are asked for after another, of which no more are read than are taken."""
        criteria = plan.criteria
        if self.db.meta("lake") or (criteria.tone and not self.stats.total(criteria.tone, criteria.scope)):
            return  # rather than looking through all
        for way in self._ways(plan, after):
            yield from map(_ListRow._make, self._rows(plan, way, most))

    def _ways(self, plan: _Plan, after: Cursor | None) -> Iterator[_Way]:
        """Yield the ways to the posts that are asked for, those that come first in the order first."""
        if plan.criteria.order == Order.NEWEST:
            yield _newest(_Way(start=plan.start), plan, after)
        elif plan.few:
            tests, values = ((_SMALLER,), asdict(after)) if after else ((), {})
            yield _Way(start=plan.start, tests=tests, order=_BY_SIZE, values=values)
        else:
            yield from self._by_size(plan, after)

    def _by_size(self, plan: _Plan, after: Cursor | None) -> Iterator[_Way]:
        """Yield ways by the size of engagement, the largest first, and one for what had none."""
        scope, below = plan.criteria.scope, after.engagement if after else 2**63
        if after and below:  # what had as much as the last post, and is older
            yield _newest(
                _Way(start=_BY_SIZE_INDEX, tests=(_ENGAGED, "p.engagement = :engagement")), plan, after
            )
        for low, high, is_many in self._sizes_of(scope, min(_LARGEST, max(0, below - 1).bit_length())):
            start = _BY_SIZE_INDEX if is_many else _FROM_RANKS.format(ids=scope.ids)
            most = min(below, 2 ** (63 if high == _LARGEST else high)) - 1
            values = {"low": low, "high": high, "least": 2 ** (low - 1), "most": most}
            tests = (_ENGAGED, "p.engagement BETWEEN :least AND :most")
            yield _Way(start=start, tests=tests, order=_BY_ENGAGEMENT, values=values)
        none = _Way(start=_POSTS, tests=("ifnull(p.engagement, 0) = 0",))
        yield _newest(none, plan, None if below else after)

    def _sizes_of(self, scope: Scope, largest: int) -> Iterator[tuple[int, int, bool]]:
        """Yield ranges of sizes, from the largest down, each of as many posts as are worth a question.

        A size by itself if it has too many to be sorted: then the last value is true.
        """
        high, posts = largest, 0
        for size in range(largest, 0, -1):
            ranked = f"SELECT 1 FROM {_RANKS.format(ids=scope.ids)} AND size = :size LIMIT {_FEW}"
            number_of = self.db.number(f"SELECT count(*) FROM ({ranked})", _days(scope) | {"size": size})
            if posts and posts + number_of >= _FEW // 8:  # a page needs few
                yield size + 1, high, False
                high, posts = size, 0
            if number_of == _FEW:
                yield size, size, True
                high, number_of = size - 1, 0
            posts += number_of
        if posts:
            yield 1, high, False

    def _rows(self, plan: _Plan, way: _Way, most: int) -> Iterable[tuple[Any, ...]]:
        sql, values = self._query(plan, way, _COLUMNS)
        if way.start not in (_POSTS, _BY_SIZE_INDEX) and not plan.few and plan.words:
            # First in their order, which a subquery with a LIMIT keeps: a common word is soon found there.
            rows, _ = self._query(
                replace(plan, words=()),
                way,
                "p.id, p.created_unix, p.created_at, p.engagement, p.author_id, p.text",
            )
            tests = " AND ".join(plan.words)
            sql = f"SELECT {_COLUMNS} FROM ({rows} ORDER BY {way.order} LIMIT -1) p WHERE {tests}"
            return self.db.execute(f"{sql} LIMIT {most}", values)
        return self.db.execute(f"{sql} ORDER BY {way.order} LIMIT {most}", values)

    def _plan(self, criteria: Filter) -> _Plan:
        """Return how the posts are looked for: by how many there may be of each thing that is asked for."""
        words, values = self._words(criteria), self._values(criteria)
        groups = [*words, *_name_groups(criteria)]
        for group in groups:
            values |= group.values
        total = self.stats.total("posts", criteria.scope)
        if groups and total <= SCANNED:  # of few days, only their part of an index is looked at
            [(first, last, posts)] = self.db.execute(_IDS, values)
            values |= {"first_id": first, "last_id": last} if posts <= SCANNED else {}
        most = max(_FEW, _MANY * isqrt(total))
        tests = {  # what is left out, most posts do not have: each is asked at once
            group.ids: group.test(is_common=group.is_left_out or not self._is_within(most, group.ids, values))
            for group in groups
        }
        sets = [group.ids for group in groups if not group.is_left_out]
        few, these = self._few(criteria, sets, values, most)
        if these is not None:  # no other statement need look for them
            tests |= {few: f"+p.id IN ({_THESE})"} if few in tests else {}
            few, values = _THESE, values | {"these": json.dumps(these)}
        return _Plan(
            criteria=criteria, few=few, many=next(((ids, tests[ids]) for ids in sets), None), values=values,
            words=["false"] if criteria.words and not words else [*tests.values()],
        )  # fmt: skip

    def _words(self, criteria: Filter) -> list[TermGroup]:
        """Return what the words ask for; the last one may be half typed where few posts go on like it."""
        half = half_word(criteria.words)
        is_half = half is not None and self._is_within(_FEW, _MATCHES, {"words": half})
        return term_groups(criteria.words, is_half=is_half, place=criteria.named_place)

    def _is_within(self, most: int, ids: str, values: dict[str, Any]) -> bool:
        """Return whether a set has no more posts than this."""
        return (
            self.db.number(f"SELECT count(*) FROM (SELECT 1 FROM ({ids}) LIMIT {most + 1})", values) <= most
        )

    def _few(
        self, criteria: Filter, sets: Sequence[str], values: dict[str, Any], most: int
    ) -> tuple[str | None, list[int] | None]:
        """Return SQL for a set of few posts that holds all that are asked for, with these where it was run.

        None if there is none. `sets` are those that are looked for besides what the criteria have; `most` is
        how many posts of one are looked up at once.
        """
        names = [
            name for name in _SETS if getattr(criteria, name) and getattr(criteria, name) != Tone.NEUTRAL
        ]
        own = [_SETS[name].replace("{ids}", criteria.scope.ids) for name in names]
        if criteria.mark or criteria.author is not None:
            return own[0], None  # as many as people mark by hand, or as one person writes
        rare = [_OF_SERIES.format(ids=criteria.scope.ids)] if self._is_rare(criteria.scope) else []
        is_by_size = criteria.order == Order.BIGGEST  # where all the sizes are walked through, one by one
        few, most = (max(_FEW, most * 2 // 5), max(_SIEVE, most)) if is_by_size else (_FEW, 0)
        for ids in (*own, *sets, *rare):
            posts = self.db.column(f"SELECT id FROM ({ids}) LIMIT {few + 1}", values)
            if len(posts) > few and most and self._is_within(most, ids, values):
                of_days = f"SELECT p.id FROM {_FROM_SET.format(set=ids)} WHERE {_IN_TIME}"
                posts = self.db.column(f"{of_days} LIMIT {few + 1}", values)
            if len(posts) <= few:
                return ids, posts
        return None, None

    def _is_rare(self, scope: Scope) -> bool:
        """Return whether platforms of few posts are asked for, which hide among the many of others."""
        sql = f"SELECT ifnull(sum(posts), 0) FROM days WHERE series IN ({scope.ids})"
        return self.db.number(sql) <= SCANNED

    def _query(self, plan: _Plan, way: _Way, columns: str) -> tuple[str, dict[str, Any]]:
        """Return SQL for what is asked for, come by in this way, and the values in it."""
        criteria = plan.criteria
        # Where such a post is remembered.
        members = "set_aside" if criteria.mark == "not ours" else "post_series"
        tests = [
            _IN_TIME,
            *(test for test in plan.words if "posts_fts" not in test),  # most fail, before a post is read
            OF_SERIES.replace("post_series", members),
            *(test for name, test in _TESTS.items() if getattr(criteria, name)),
            *(test for test in plan.words if "posts_fts" in test),
            *way.tests,
        ]
        where = " AND ".join(tests).replace("{ids}", criteria.scope.ids)
        return f"SELECT {columns} FROM {way.start} WHERE {where}", {**plan.values, **way.values}

    def _values(self, criteria: Filter) -> dict[str, Any]:
        first, last = criteria.scope.first, criteria.scope.last
        return {
            "since": stamp(datetime.combine(first, time.min, self.db.zone)),
            "until": stamp(datetime.combine(last + timedelta(days=1), time.min, self.db.zone)),
            "author": criteria.author,
            "tone": criteria.tone,
            "stance": criteria.stance,
            "own": own_accounts(criteria.own),
            "mark": criteria.mark,
            "ids": json.dumps(criteria.ids),
            "fold": next(iter(self._folds([criteria.like])), None) if criteria.like else None,
            "first_id": 0,
            "last_id": 2**63 - 1,
        } | _days(criteria.scope)


_LOOKED_AT = 32  # times as many posts as a page has, at most, to find those of a folded one
_COLUMNS = "p.id, p.created_at, ifnull(p.engagement, 0), p.author_id"
_SAMPLE = 5_000  # posts whose words are offered
_KNOWN = re.compile(r"@\S+|(\w{4,})")  # words, but not of accounts
_MATCHES = "SELECT rowid AS id FROM posts_fts WHERE posts_fts MATCH :words"
_IN_TIME = "p.created_unix >= unixepoch(:since) AND p.created_unix < unixepoch(:until)"
_IDS = (
    f"SELECT min(id), max(id), count(*) FROM (SELECT p.id FROM posts p WHERE {_IN_TIME} LIMIT {SCANNED + 1})"
)
_THESE = "SELECT value AS id FROM json_each(:these)"
_POSTS = "posts p"
_FROM_SET = "(SELECT DISTINCT id FROM ({set})) c CROSS JOIN posts p ON p.id = c.id"
_OF_FOLD = MEMBERS.format(fold="f.value")
_FOLD = f"iif(p.text IS NULL, 'gone ' || p.id, {FOLD})"
_RANKS = "ranks WHERE series IN ({ids}) AND day BETWEEN :first AND :last"
_FROM_RANKS = (
    f"(SELECT post_id FROM {_RANKS} AND size BETWEEN :low AND :high) c CROSS JOIN posts p ON p.id = c.post_id"
)
_BY_TIME = "p.created_unix DESC, p.id DESC"
_BY_SIZE = f"ifnull(p.engagement, 0) DESC, {_BY_TIME}"
_BY_ENGAGEMENT = f"p.engagement DESC, {_BY_TIME}"  # as the index has it
_BY_SIZE_INDEX, _ENGAGED = "posts p INDEXED BY posts_by_size", "p.engagement > 0"
_LARGEST = 32  # size, which has no upper end
_OLDER = "(p.created_unix, p.id) < (unixepoch(:created_at), :id)"
_SMALLER = "(ifnull(p.engagement, 0), p.created_unix, p.id) < (:engagement, unixepoch(:created_at), :id)"
LATEST = "l.id = (SELECT max(id) FROM labels WHERE post_id = l.post_id AND field = 'stance')"

# What may hold for few posts: as a set of ids, and as a question about one post.
_SETS = {
    "mark": "SELECT post_id AS id FROM marks WHERE mark = :mark",
    "author": "SELECT id FROM posts WHERE author_id = :author",
    "stance": f"SELECT post_id AS id FROM labels l WHERE field = 'stance' AND value = :stance AND {LATEST}"
    f" AND (SELECT author_id FROM posts WHERE id = l.post_id) NOT IN {OWN}",
    "tone": "SELECT id FROM posts WHERE tone IS NOT 'neutral' AND tone = :tone",
    "new_voices": "SELECT p.id FROM author_totals n CROSS JOIN posts p ON p.author_id = n.author_id"
    " WHERE n.series IN ({ids}) AND n.first_day BETWEEN :first AND :last"
    f" AND {_IN_TIME}",
    "ids": "SELECT value AS id FROM json_each(:ids)",
    "like": f"SELECT p.id FROM {MEMBERS.format(fold=':fold')}",
}
_TESTS = {  # "+": the time index leads, not these
    **{name: f"+p.id IN ({ids})" for name, ids in _SETS.items()},
    "author": "+p.author_id = :author",
    "tone": "p.tone = :tone",
    "new_voices": "EXISTS (SELECT 1 FROM author_totals WHERE series IN ({ids}) AND author_id = p.author_id"
    " AND +first_day >= :first)",
}
# By who wrote on these days, of whom there is one on each platform whose posts nobody knows the writer of.
_OF_SERIES = (
    "SELECT p.id FROM (SELECT author_id FROM author_days WHERE series IN ({ids})"
    " AND day BETWEEN :first AND :last UNION ALL SELECT id FROM authors WHERE native_id = '' AND platform IN"
    " (SELECT platform FROM series WHERE id IN ({ids}))) d CROSS JOIN posts p ON p.author_id = d.author_id"
    " AND p.created_unix >= unixepoch(:since) AND p.created_unix < unixepoch(:until)"
)


def _newest(way: _Way, plan: _Plan, after: Cursor | None) -> _Way:
    """Return a way with the newest posts first; after a post, its time ends what the index is asked for.

    SQLite takes one upper bound of an index, and that has to be the nearer one.
    """
    if after is None:
        return replace(way, order=_BY_TIME)
    end = stamp(unstamp(after.created_at) + timedelta(seconds=1))
    values = asdict(after) | {"until": min(plan.values["until"], end)}
    return replace(way, tests=(*way.tests, _OLDER), order=_BY_TIME, values=values)


def _name_groups(criteria: Filter) -> Iterator[TermGroup]:
    """Yield what is asked for by name: a tag, a place, a theme, or a use of the share kit."""
    tag = criteria.tag.lstrip("#").casefold()
    for sign, name in (("#", tag), ("place", criteria.place), ("theme", criteria.theme)):
        if name:
            yield TermGroup(sign.replace("#", "tag"), (SearchTerm(sign, name),))
    if criteria.kit:
        is_own = criteria.kit == KitUse.OWN
        uses = (KitUse.EXACT, KitUse.NEAR) if is_own else (criteria.kit,)
        yield TermGroup("kit", tuple(SearchTerm("kit", use) for use in uses), is_own)


def _days(scope: Scope) -> dict[str, int]:
    return {"first": number(scope.first), "last": number(scope.last)}
