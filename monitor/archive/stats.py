"""Counts of any window of days, from the counts that triggers keep: small tables, exact answers."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from monitor.archive.connection import ENGAGEMENT, GIVEN, OF_DAYS, Connection
from monitor.archive.schema.rollups import BANDS, NEVER, band, cell
from monitor.archive.values import (
    Audience,
    AuthorCount,
    DayCount,
    HourCount,
    LargestAccount,
    Poster,
    Scope,
    Story,
    ViewedPost,
)

SCANNED = 20_000  # posts that can be looked through in a page's time, if not sorted
_DAY = timedelta(days=1)
_FEW = 3_000  # posts in a window below which reading them all beats walking down the totals


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts of any window; each answer costs the rows of a small table, not the posts."""

    db: Connection

    def scope(self, track: str, first: date, last: date, platforms: frozenset[str] = frozenset()) -> Scope:
        """Return the days of a track, on these platforms or on all."""
        rows = self.db.execute(
            "SELECT t.id, s.id, s.platform FROM tracks t JOIN series s ON s.track_id = t.id WHERE t.name = ?"
            " ORDER BY s.id",
            [track],
        ).fetchall()
        chosen = {series: platform for _, series, platform in rows if not platforms or platform in platforms}
        return Scope(
            first=first, last=last, track=rows[0][0] if rows else 0, series=chosen,
            is_whole=len(chosen) == len(rows),
        )  # fmt: skip

    def day_counts(self, scope: Scope) -> list[DayCount]:
        """Return the sums of each day and platform that has posts, oldest first."""
        rows = self.rows(
            scope, f"SELECT day, series, {', '.join(DayCount._fields[2:])} FROM days WHERE {_DAYS}"
        )
        rows.sort()  # sooner done than by SQLite, which keeps them by series
        return [DayCount._make((_date(row[0]), scope.series[row[1]], *row[2:])) for row in rows]

    def sums(self, scope: Scope) -> list[DayCount]:
        """Return the same sums of all these days together, by platform, as if they were of the first."""
        rows = self.rows(scope, f"SELECT series, {_SUMS} FROM days WHERE {_DAYS} GROUP BY series")
        return [DayCount._make((scope.first, scope.series[row[0]], *row[1:])) for row in rows]

    def platforms(self, scope: Scope) -> set[str]:
        """Return the platforms that have posts in these days."""
        rows = self.rows(scope, f"SELECT platform FROM series s WHERE id IN ({{ids}}) AND {_HAS}")
        return {platform for (platform,) in rows}

    def posts_by_day(self, scope: Scope) -> list[tuple[int, int, int, int | None]]:
        """Return each day, as the number that the counts have of it, series, posts and engagement."""
        engaged = f"iif(engagement_known, {ENGAGEMENT}, NULL)"
        return self.rows(scope, f"SELECT day, series, posts, {engaged} FROM days s WHERE {_DAYS}")

    def hour_counts(self, scope: Scope) -> list[HourCount]:
        """Return the posts of each hour of the week that has any."""
        return [HourCount(*row) for row in self.rows(scope, _HEAT if scope.is_whole else _HOURS)]

    def audience(self, scope: Scope) -> list[Audience]:
        """Return the distinct authors, with their followers at their last post in the window."""
        sql = f"SELECT series, {_BY_BAND} FROM spans WHERE {_DAYS} AND {self._last_day(scope)}"
        rows = self.rows(scope, f"{sql} GROUP BY series")
        parts = {
            (series, band): (authors, followers)
            for series, *sums in rows
            for band, (authors, followers) in enumerate(zip(sums[::2], sums[1::2], strict=True))
            if authors is not None
        }
        for series, of, authors, followers in self.rows(
            scope, f"{_BAND_SUMS} {_BRIDGES_OF_TRACK} GROUP BY 1, 2" if scope.is_whole else _BRIDGES
        ):
            before = parts[series, of]
            parts[series, of] = before[0] - authors, before[1] - followers
        return [
            Audience(
                platform=scope.series[series],
                band=band,
                authors=authors,
                followers=followers if band else None,
            )
            for (series, band), (authors, followers) in parts.items()
            if authors
        ]

    def everyone(self, scope: Scope) -> AuthorCount:
        """Return the distinct authors all together, with accounts that a bridge made: sooner than by band."""
        last_day = self._last_day(scope)
        sql = f"SELECT {_TOGETHER} FROM spans WHERE {_DAYS} AND {last_day}"
        if scope.is_whole and last_day == _LAST_DAY:  # else a small index is sooner still
            sql = _CROWD
        return AuthorCount._make(self.rows(scope, sql)[0])

    def account_above(self, scope: Scope, followers: int) -> LargestAccount | None:
        """Return an account that has more followers at its last post in these days; None if none has."""
        bridges = f"SELECT series, author_id {_BRIDGES_OF_TRACK}" if scope.is_whole else _BRIDGE_ACCOUNTS
        sql = _ABOVE.replace("{last_day}", self._last_day(scope)).replace("{bridges}", bridges)
        for platform, handle, number_of in self.rows(scope, sql, above=followers):
            return LargestAccount(platform=platform, handle=handle, followers=number_of)
        return None

    def copies(self, scope: Scope) -> int:
        """Return how many posts say what another post of the window says: all of a message but one."""
        sql = REPEATS.format(unbridged=0) if scope.is_whole else COPIES
        return int(self.rows(scope, sql)[0][0])

    def texts(self, tag: str, most: int = 20) -> list[str]:
        """Return the texts of the posts that were last stored with a hashtag."""
        sql = (
            "SELECT p.text FROM terms t JOIN post_terms x ON x.term_id = t.id JOIN posts p ON p.id ="
            " x.post_id WHERE t.kind = 'tag' AND t.term = ? AND p.text IS NOT NULL ORDER BY x.post_id DESC"
            f" LIMIT {most}"
        )
        return self.db.column(sql, [tag])

    def biggest_story(self, scope: Scope) -> Story | None:
        """Return the message on most news sites, of those with most posts; None if none is on three."""
        rows = self.rows(scope, _STORIES)
        return Story(posts=(*sorted(json.loads(rows[0][0])),), sites=rows[0][1]) if rows else None

    def viewed_posts(self, scope: Scope, most: int = 300) -> list[ViewedPost]:
        """Return each platform's latest posts, until the last day, of known views and followers."""
        return [
            ViewedPost._make(row)
            for series, platform in scope.series.items()
            for row in self.rows(scope, f"{_VIEWED} LIMIT {most}", platform=platform, series=series)
        ]

    def new_voices(self, scope: Scope, ids: Sequence[int]) -> frozenset[int]:
        """Return which of these posts are by authors who posted for the first time in the window."""
        sql = (
            f"SELECT p.id FROM posts p WHERE p.id IN {_THESE} AND EXISTS (SELECT 1 FROM author_totals"
            f" WHERE {_SERIES} AND author_id = p.author_id AND +first_day BETWEEN :first AND :last)"
        )
        return frozenset(post for (post,) in self.rows(scope, sql, these=json.dumps(ids)))

    def top_authors(self, scope: Scope, most: int = 10) -> list[Poster]:
        """Return who posted most; of equals, who was engaged with more, then who came first."""
        if self._is_small(scope):
            rows = self.rows(scope, f"{_FEW_AUTHORS} ORDER BY 2 DESC, 3 DESC, 1 LIMIT {most}")
            best = {author: (posts, engaged) for author, posts, *engaged in rows}
        else:
            best = self.walk("author", scope, most)
        order = sorted(best, key=lambda author: (-best[author][0], -best[author][1][0], author))[:most]
        who = {author: rest for author, *rest in self.rows(scope, _POSTERS, these=json.dumps(order))}
        return [poster(scope, author, best[author], who[author]) for author in order]

    def top_terms(self, scope: Scope, kind: str, most: int = 10) -> list[tuple[str, int]]:
        """Return (term, posts) of the commonest tags, links or media; of equals, the first to come."""
        if self._is_small(scope):
            rows = self.rows(scope, f"{_FEW_TERMS} ORDER BY 2 DESC, 1 LIMIT {most}", kind=kind)
            best: dict[int, tuple[int, list[int]]] = {term: (posts, []) for term, posts in rows}
        else:
            best = self.walk("term", scope, most, kind)
        order = sorted(best, key=lambda term: (-best[term][0], term))[:most]
        names = f"SELECT id, term FROM terms WHERE id IN {_THESE}"
        terms = dict(self.rows(scope, names, these=json.dumps(order)))
        return [(terms[term], best[term][0]) for term in order]

    def term_counts(
        self, scope: Scope, kind: str, windows: Sequence[tuple[date, date]], terms: Sequence[str] = ()
    ) -> list[dict[str, int]]:
        """Return the posts of these terms, or of every term of a kind of which there are few, such as places.

        In each window, from its first to its last day, whatever the days of the scope.
        """
        sums = ", ".join(
            f"sum(d.posts) FILTER (WHERE d.day BETWEEN :first{n} AND :last{n})" for n in range(len(windows))
        )
        firsts, lasts = zip(*windows, strict=True)
        whole = replace(scope, first=min(firsts), last=max(lasts))
        sql = (_THESE_TERMS if terms else _ALL_TERMS).replace("{days}", _term_days(scope))
        sql = sql.replace("{sums}", sums)
        bound = {f"first{n}": number(day) for n, day in enumerate(firsts)}
        bound |= {f"last{n}": number(day) for n, day in enumerate(lasts)}
        rows = self.rows(whole, sql, kind=kind, these=json.dumps(terms), **bound)
        return [{row[0]: row[n] for row in rows if row[n]} for n in range(1, len(windows) + 1)]

    def term_people(
        self,
        scope: Scope,
        terms: Collection[tuple[str, str]],
        windows: Sequence[tuple[date, date]],
        without: Collection[int] = (),
    ) -> dict[tuple[str, str], list[int]]:
        """Return how many authors used each term (kind, term) in each window, looking through all its posts.

        Posts `without` are not counted.
        """
        names = {row[0]: row[1:] for row in self.db.execute(_TERM_IDS, [json.dumps([*terms])])}
        people: dict[tuple[str, str], list[int]] = {term: [] for term in terms}
        for first, last in windows if terms else ():
            days, these = replace(scope, first=first, last=last), json.dumps([*names])
            users = dict(self.rows(days, _USERS, these=these, out=json.dumps([*without])))
            for key, name in names.items():
                people[name].append(users.get(key, 0))
        return people

    def place_people(self, scope: Scope) -> dict[str, tuple[int, int]]:
        """Return how many authors named each place, and how many of them are new, by looking at all posts."""
        return {place: (people, new) for place, people, new in self.rows(scope, _PLACE_PEOPLE)}

    def author_days(
        self, scope: Scope, ids: Sequence[int], without: Collection[int] | None = None
    ) -> dict[int, Counter[date]]:
        """Return the posts of these authors on each day of the scope that has any.

        But posts `without`, where some may be, and copies that bridges made.
        """
        authors = {author: Counter[date]() for author in ids}
        number_of = "posts" if without is None else "posts - bridged"
        these, out = json.dumps(ids), json.dumps([*(without or ())])
        for author, day, posts in self.rows(
            scope, _AUTHOR_DAYS.replace("{posts}", number_of), these=these, out=out
        ):
            authors[author][_date(day)] += posts
        return authors

    def top_post_ids(self, scope: Scope, most: int = 10) -> list[int]:
        """Return the ids of the posts with most engagement; none that had none; of equals, the newest."""
        rows: list[tuple[int, str, int]] = []
        for size in self._sizes("rank", scope):
            rows += self.rows(scope, _RANKED, size=size)
            if len(rows) >= most:
                break
        return [post for _, _, post in sorted(rows, reverse=True)[:most]]

    def walk(
        self, of: str, scope: Scope, most: int, kind: str = "", *, earliest: int = 0
    ) -> dict[int, tuple[int, list[int]]]:
        """Return the best of a window, and perhaps more, walking down from the largest totals.

        Each with its posts; an author also with their engagement, and of how many posts it is known; by
        "engagement" with that, and then posts. Only authors whose first day is not before the `earliest`.

        Nothing can have more posts in a window than in all: once the last place is safe from
        what is still to come, the rest need not be looked at (Fagin's threshold algorithm).
        """
        best: dict[int, tuple[int, list[int]]] = {}
        last_place = 0
        if scope.first == scope.last and of in _ON_DAY and not earliest:  # those of a day are in one place
            rows = self.rows(scope, f"{_ON_DAY[of]} LIMIT {most}")
            return {author: (posts, engaged) for author, posts, *engaged in rows if posts}
        for size in range(62, 0, -1) if of == "engagement" else self._sizes(of, scope, kind):
            sql = f"{_WALK[of].replace('{days}', _term_days(scope))} LIMIT {most}"
            rows = self.rows(scope, sql, kind=kind, size=size, least=last_place, earliest=earliest)
            best |= {item: (posts, engaged) for item, posts, *engaged in rows if posts}
            places = sorted((posts for posts, _ in best.values()), reverse=True)
            last_place = places[most - 1] if len(places) >= most else 0
            if last_place >= 2 ** (size - 1):  # all others have fewer in all
                break
        return best

    def _sizes(self, of: str, scope: Scope, kind: str = "") -> list[int]:
        """Return the sizes that there are, the largest first."""
        largest = _LARGEST[of]
        sql = (
            f"WITH RECURSIVE sizes (size) AS (SELECT ({largest.format(below=64)}) UNION ALL"
            f" SELECT ({largest.format(below='sizes.size')}) FROM sizes WHERE sizes.size IS NOT NULL)"
            " SELECT size FROM sizes WHERE size > 0"
        )
        return [size for (size,) in self.rows(scope, sql, kind=kind)]

    def _last_day(self, scope: Scope) -> str:
        """Return SQL for what holds of an author's last day in the scope, and of no other."""
        ((newest,),) = self.rows(scope, f"SELECT ifnull(max(day), 0) FROM days WHERE {_SERIES}")
        # Nobody is active after the newest day: then a small index has all that is asked for.
        return f"next_day = {NEVER}" if number(scope.last) >= newest else _LAST_DAY

    def total(self, column: str, scope: Scope) -> int:
        """Return the sum of a column of the days' counts: "posts", or a tone."""
        return self.totals([column], scope)[0]

    def totals(self, columns: Iterable[str], scope: Scope) -> tuple[int, ...]:
        """Return the sums of several."""
        sums = ", ".join(f"ifnull(sum({column}), 0)" for column in columns)
        return self.rows(scope, f"SELECT {sums} FROM days WHERE {_DAYS}")[0]

    def _is_small(self, scope: Scope) -> bool:
        posts = self.total("posts", scope) if scope.posts is None else scope.posts
        return posts < _FEW and not self.db.meta("lake")  # which has no posts

    def rows(self, scope: Scope, sql: str, **more: Any) -> list[tuple[Any, ...]]:
        """Return the rows; `{ids}` stands for the scope's series."""
        values = {
            "track": scope.track,
            "first": number(scope.first),
            "last": number(scope.last),
            "since": scope.first.isoformat(),
            "until": (scope.last + _DAY).isoformat(),
        }
        statement = sql.replace("{ids}", scope.ids)
        return self.db.execute(statement, values | more).fetchall()


def number(day: date) -> int:
    """Return a day as the counts have it: 20261025."""
    return day.year * 10_000 + day.month * 100 + day.day


# Texts of statements do not differ with what was found: SQLite keeps what it has made of a text it knows.
# A LIMIT is written out, for it plans anew each time that one is bound, which took a tenth of a page.
# https://github.com/sqlite/sqlite/blob/master/src/expr.c (sqlite3ExprIsInteger)
_THESE = GIVEN.replace("?", ":these")
_SERIES = "series IN ({ids})"
_DAYS = f"{_SERIES} AND day BETWEEN :first AND :last"
_HAS = "EXISTS (SELECT 1 FROM days WHERE series = s.id AND day BETWEEN :first AND :last)"
_SUMS = ", ".join(f"sum({name})" for name in DayCount._fields[2:])
_BY_BAND = ", ".join(  # in columns: the rows come by series, so nothing has to be sorted
    f"sum({name}) FILTER (WHERE band = {n})" for n in range(BANDS) for name in ("authors", "followers")
)
_TOGETHER = (
    "ifnull(sum(authors), 0), ifnull(sum(authors) FILTER (WHERE band > 0), 0),"
    " ifnull(sum(followers) FILTER (WHERE band > 0), 0)"
)
COPIES = f"SELECT count(*) - count(DISTINCT message) FROM copies WHERE {_DAYS}"
REPEATS = (
    "SELECT ifnull(sum(posts), 0) FROM repeats WHERE track_id = :track AND unbridged = {unbridged}"
    " AND day BETWEEN :first AND :last AND before >= :first"
)
_STORIES = (
    "SELECT json_group_array(p.id), count(DISTINCT p.author_id) AS sites FROM"
    f" (SELECT message FROM copies WHERE {_DAYS} GROUP BY message ORDER BY count(*) DESC, message LIMIT 10) c"
    " CROSS JOIN posts p ON p.message = c.message AND p.day >= :since AND p.day < :until"
    f" AND p.kind = 'article' AND EXISTS (SELECT 1 FROM post_series WHERE post_id = p.id AND {_SERIES})"
    " GROUP BY c.message HAVING sites >= 3 ORDER BY sites DESC, min(p.id) LIMIT 1"
)
# Accounts that a bridge made, where the account that they repeat has posted in the window, too: one person.
# One whose name is not known was never counted.
_BRIDGE_ACCOUNTS = (
    "SELECT DISTINCT m.series, p.author_id FROM posts p"
    " CROSS JOIN post_series m ON m.post_id = p.id CROSS JOIN authors a ON a.id = p.author_id"
    " WHERE p.copy_of IS NOT NULL AND p.message IS NOT NULL AND a.native_id <> ''"
    f" AND p.day >= :since AND p.day < :until AND +m.{_SERIES} AND EXISTS (SELECT 1 FROM posts o"
    " CROSS JOIN post_series n ON n.post_id = o.id WHERE o.message = p.message AND o.copy_of IS NULL"
    f" AND o.day >= :since AND o.day < :until AND +n.{_SERIES})"
)
_BRIDGES_OF_TRACK = f"FROM bridges WHERE {_DAYS} AND next_day > :last AND since >= :first AND active > 0"
_BAND_SUMS = f"SELECT series, {band('followers')} AS band, count(*), sum(ifnull(followers, 0))"
_BRIDGES = (  # MATERIALIZED, or an account's followers would be looked up once for each band
    "WITH accounts AS MATERIALIZED (SELECT series, (SELECT d.followers FROM author_days d INDEXED BY"
    " author_days_by_author WHERE d.series = b.series AND d.author_id = b.author_id"
    " AND d.day BETWEEN :first AND :last ORDER BY d.day DESC LIMIT 1)"
    f" AS followers FROM ({_BRIDGE_ACCOUNTS}) b) {_BAND_SUMS} FROM accounts GROUP BY 1, 2"
)
_ABOVE = (  # a day's accounts together have to have as many before they are looked at one by one
    "SELECT a.platform, a.handle, d.followers FROM (SELECT DISTINCT series, day FROM spans"
    f" WHERE {_DAYS} AND {{last_day}} AND followers > :above) s"
    " CROSS JOIN author_days d ON d.series = s.series AND d.day = s.day AND d.followers > :above"
    " CROSS JOIN authors a ON a.id = d.author_id"
    " WHERE NOT EXISTS (SELECT 1 FROM author_days l INDEXED BY author_days_by_author"
    " WHERE l.series = d.series AND l.author_id = d.author_id AND l.day > d.day AND l.day <= :last)"
    " AND (d.series, d.author_id) NOT IN ({bridges})"
)
_LAST_DAY = "next_day > :last"  # an author counts at their last active day of the window, so once
_CROWD = (
    "SELECT ifnull(sum(authors), 0), ifnull(sum(known), 0), ifnull(sum(followers), 0) FROM track_spans"
    f" WHERE track_id = :track AND day BETWEEN :first AND :last AND {_LAST_DAY}"
)
# The plus: a post's series are looked up once, not once for each that counts.
IN_WINDOW = f"+m.{_SERIES} AND {OF_DAYS}"
# CROSS JOIN: the posts of the days first, whatever the planner thinks of the other tables. INDEXED BY:
# an archive has no statistics that it could think by.
_FEW_AUTHORS = (
    "SELECT p.author_id, count(*), sum(ifnull(p.engagement, 0)), count(p.engagement) FROM posts p"
    " CROSS JOIN post_series m ON m.post_id = p.id CROSS JOIN authors a ON a.id = p.author_id"
    f" WHERE {IN_WINDOW} AND a.native_id <> '' GROUP BY 1"
)
_FEW_TERMS = (
    "SELECT t.id, count(*) FROM posts p CROSS JOIN post_series m ON m.post_id = p.id"
    " CROSS JOIN post_terms x ON x.post_id = p.id CROSS JOIN terms t ON t.id = x.term_id"
    f" WHERE {IN_WINDOW} AND t.kind = :kind GROUP BY 1"
)
_HOURS = (
    f"SELECT {cell('hour')} / 24, {cell('hour')} % 24, sum(posts)"
    " FROM (SELECT hour, sum(posts) AS posts FROM hours"
    f" WHERE hour >= :since AND hour < :until AND {_SERIES} GROUP BY hour) GROUP BY 1, 2"
)
_HEAT = (  # each cell is named, so that its days are looked up and no others
    "SELECT cell / 24, cell % 24, sum(posts) FROM track_heat WHERE track_id = :track"
    f" AND cell IN ({', '.join(map(str, range(7 * 24)))}) AND day BETWEEN :first AND :last GROUP BY cell"
)
_ALL_TERMS = (  # CROSS JOIN: the few terms first, then their days
    "SELECT t.term, {sums} FROM terms t CROSS JOIN {days}"
    " AND t.kind = :kind AND d.term_id = t.id AND d.day BETWEEN :first AND :last GROUP BY t.id"
)
_THESE_TERMS = _ALL_TERMS.replace("t.kind = :kind", f"t.kind = :kind AND t.term IN {_THESE}")
_OUT = GIVEN.replace("?", ":out")
_TERM_IDS = (
    "SELECT t.id, t.kind, t.term FROM json_each(?) j CROSS JOIN terms t"
    " ON t.kind = j.value ->> 0 AND t.term = j.value ->> 1"
)
_USERS = (
    "SELECT x.term_id, count(DISTINCT p.author_id) FROM posts p CROSS JOIN post_series m ON m.post_id = p.id"
    " CROSS JOIN post_terms x ON x.post_id = p.id"
    f" WHERE {IN_WINDOW} AND x.term_id IN {_THESE} AND p.id NOT IN {_OUT} GROUP BY 1"
)
_PLACE_PEOPLE = (
    "SELECT t.term, count(DISTINCT p.author_id), count(DISTINCT iif(EXISTS (SELECT 1 FROM author_totals WHERE"
    f" {_SERIES} AND author_id = p.author_id AND +first_day BETWEEN :first AND :last), p.author_id, NULL))"
    " FROM posts p CROSS JOIN post_series m ON m.post_id = p.id CROSS JOIN post_terms x ON x.post_id = p.id"
    f" CROSS JOIN terms t ON t.id = x.term_id WHERE {IN_WINDOW} AND t.kind = 'place' GROUP BY 1"
)
_AUTHOR_DAYS = (
    "SELECT author_id, day, {posts} FROM author_days INDEXED BY author_days_by_author"
    f" WHERE {_SERIES} AND author_id IN {_THESE} AND day BETWEEN :first AND :last UNION ALL"
    " SELECT author_id, CAST(replace(day, '-', '') AS INTEGER), -count(*) FROM posts"
    f" WHERE id IN {_OUT} AND author_id IN {_THESE} GROUP BY 1, 2"
)
_POSTERS = (
    "SELECT id, platform, handle, name, url, followers,"
    f" (SELECT min(first_day) FROM author_totals WHERE {_SERIES} AND author_id = authors.id)"
    f" FROM authors WHERE id IN {_THESE}"
)
_RANKED = (
    "SELECT p.engagement, p.created_unix, p.id FROM ranks r JOIN posts p ON p.id = r.post_id"
    f" WHERE r.{_SERIES} AND r.size = :size AND r.day BETWEEN :first AND :last"
)
_VIEWED = (
    f"SELECT platform, {band('followers')}, followers, views FROM posts"
    " WHERE platform = :platform AND views IS NOT NULL AND followers > 0 AND created_unix < midnight(:until)"
    " AND EXISTS (SELECT 1 FROM post_series WHERE post_id = posts.id AND series = :series)"
    " ORDER BY created_unix DESC"
)
_LARGEST = {
    of: f"SELECT max(n.size) FROM {table} n WHERE {where} AND n.size < {{below}}"
    for of, table, where in (
        ("author", "author_totals", f"n.{_SERIES}".replace("{ids}", "{{ids}}")),
        ("term", "term_totals", "n.track_id = :track AND n.kind = :kind"),
        ("rank", "ranks", f"n.{_SERIES}".replace("{ids}", "{{ids}}")),
    )
}
_WALK_AUTHORS = """
  SELECT c.author_id, {sums}, sum(d.engagement_known)
  FROM (SELECT series, author_id FROM author_totals INDEXED BY {index}
        WHERE series IN ({{ids}}) AND {large} AND first_day BETWEEN :earliest AND :last
        ORDER BY series, author_id) c
  CROSS JOIN author_days d INDEXED BY author_days_by_author
    ON d.series = c.series AND d.author_id = c.author_id
  WHERE d.day BETWEEN :first AND :last GROUP BY 1 ORDER BY 2 DESC, 3 DESC, 1"""
_WALK = {  # The few candidates, each with its own days. An author has one platform, so one series.
    "author": _WALK_AUTHORS.format(
        index="author_totals_by_size",
        large="size = :size AND posts >= :least",
        sums="sum(d.posts), sum(d.engagement)",
    ),
    "engagement": _WALK_AUTHORS.format(
        index="author_totals_by_engagement",
        sums="sum(d.engagement), sum(d.posts)",
        large="engagement > 0 AND engagement BETWEEN max(:least, 1 << (:size - 1)) AND (1 << :size) - 1",
    ),
    "term": """
      SELECT c.term_id, (SELECT sum(d.posts) FROM {days}
        AND d.term_id = c.term_id AND d.day BETWEEN :first AND :last) AS n
      FROM term_totals c INDEXED BY term_totals_by_size
      WHERE c.track_id = :track AND c.kind = :kind AND c.size = :size AND c.posts >= :least
      ORDER BY n DESC, 1""",  # a condition on `n` would make each sum twice; none come last, as NULL
}
_ON_DAY = {
    of: f"SELECT author_id, {two}, engagement_known FROM author_days WHERE {_DAYS} ORDER BY 2 DESC, 3 DESC, 1"
    for of, two in (("author", "posts, engagement"), ("engagement", "engagement, posts"))
}


def _term_days(scope: Scope) -> str:
    """Return SQL for the days of terms; more that must hold can follow it."""
    return (
        "track_term_days d WHERE d.track_id = :track" if scope.is_whole else f"term_days d WHERE d.{_SERIES}"
    )


def poster(scope: Scope, author: int, counts: tuple[int, list[int]], profile: list[Any]) -> Poster:
    """Return an author as counted: posts, then engagement and of how many it is known; and as `said`."""
    platform, handle, name, url, followers, first_day = profile
    posts, (engagement, engagement_known) = counts
    return Poster(
        id=author, platform=platform, handle=handle, name=name, url=url, followers=followers, posts=posts,
        engagement=engagement if engagement_known else None, is_new=first_day >= number(scope.first),
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _date(day: int) -> date:
    return date(day // 10_000, day // 100 % 100, day % 100)
