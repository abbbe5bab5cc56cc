"""Fifteen questions of a dashboard: as straight SQL that any engine answers, and as the archive does.

The SQL asks one table of posts without joining tracks, which favours the other engines.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from monitor.archive import Archive
from monitor.archive.values import Scope
from monitor.core.model import Tone

TRACK = "calling-time-on-crime"
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; `{window}` in the SQL is the last four weeks, `{all}` the whole campaign."""

    name: str
    sql: str
    ours: Callable[[Archive, Scope], Rows]


_LAST = (
    "SELECT followers FROM (SELECT followers, row_number() OVER (PARTITION BY author_id"
    " ORDER BY created_at DESC, id DESC) AS place FROM posts WHERE {when}) AS p WHERE place = 1"
)
_TOP_AUTHORS = (
    "SELECT author_id, count(*), coalesce(sum(engagement), 0) FROM posts WHERE {when} GROUP BY 1"
    " ORDER BY 2 DESC, 3 DESC, 1 LIMIT 10"
)
_SUMS = (
    "SELECT platform, sum(likes), sum(reposts), sum(replies), sum(quotes), sum(views) FROM posts"
    " WHERE {when} GROUP BY 1"
)
_BY_DAY = "SELECT day, platform, count(*) FROM posts WHERE {when} GROUP BY 1, 2"
_NEW = (
    "SELECT count(*) FROM (SELECT author_id FROM posts GROUP BY 1"
    " HAVING min(day) BETWEEN '{first}' AND '{last}') AS p"
)


def _by_day(archive: Archive, scope: Scope) -> Rows:
    return [(str(count.day), count.platform, count.posts) for count in archive.stats.day_counts(scope)]


def _people(archive: Archive, scope: Scope) -> Rows:
    return [(archive.stats.everyone(scope).authors,)]  # with the accounts of bridges, as the SQL does


def _ceiling(archive: Archive, scope: Scope) -> Rows:
    return [(archive.stats.everyone(scope).followers,)]


def _sums(archive: Archive, scope: Scope) -> Rows:
    found: dict[str, list[int]] = {}
    for count in archive.stats.day_counts(scope):
        total = found.setdefault(count.platform, [0] * 5)
        said = (count.likes, count.reposts, count.replies, count.quotes, count.views)
        total[:] = [old + new for old, new in zip(total, said, strict=True)]
    return [(platform, *total) for platform, total in found.items()]


def _tones(archive: Archive, scope: Scope) -> Rows:
    counts = archive.stats.day_counts(scope)
    sums = [sum(column) for column in zip(*(count[10:14] for count in counts), strict=True)]
    return [(str(tone), number) for tone, number in zip(Tone, sums, strict=True) if number]


def _hours(archive: Archive, scope: Scope) -> Rows:
    return [tuple(count) for count in archive.stats.hour_counts(scope)]


def _top_posts(archive: Archive, scope: Scope) -> Rows:
    return [(post_id,) for post_id in archive.stats.top_post_ids(scope)]


def _authors(archive: Archive, scope: Scope) -> Rows:
    return [(one.id, one.posts, one.engagement) for one in archive.stats.top_authors(scope)]


def _tags(archive: Archive, scope: Scope) -> Rows:
    return list(archive.stats.top_terms(scope, "tag"))


def _newcomers(archive: Archive, scope: Scope) -> Rows:
    return [(sum(count.newcomers for count in archive.stats.day_counts(scope)),)]


_TAGS = (
    "SELECT tag, count(*) FROM post_tags JOIN posts ON posts.id = post_tags.post_id WHERE {when}"
    " GROUP BY 1 ORDER BY 2 DESC LIMIT 10"
)
_TOP = (
    "SELECT id FROM posts WHERE engagement > 0 AND {when}"
    " ORDER BY engagement DESC, created_at DESC, id DESC LIMIT 10"
)
_PEOPLE = "SELECT count(DISTINCT author_id) FROM posts WHERE {when}"
_CEILING = f"SELECT coalesce(sum(followers), 0) FROM ({_LAST}) AS q"
_TONES = "SELECT tone, count(*) FROM posts WHERE {when} AND tone IS NOT NULL GROUP BY 1"
_HOURS = (
    "SELECT {weekday}, CAST(substr(hour, 12, 2) AS INTEGER), count(*) FROM posts WHERE {when} GROUP BY 1, 2"
)
WEEKDAY = {
    "sqlite": "(strftime('%w', day) + 6) % 7",
    "duckdb": "isodow(CAST(day AS DATE)) - 1",
    "postgres": "extract(isodow FROM day::date) - 1",
}

# The same of the archive's own counts, by name, for another engine that has a copy of them: with the sums of
# a day in a row, and days as numbers.
COUNTED = (
    "days", "series", "spans", "track_heat", "ranks", "author_days", "author_totals", "track_term_days",
    "terms",
)  # fmt: skip
_OF_DAYS = "FROM days d JOIN series s ON s.id = d.series WHERE d.{when}"
_COUNTED: dict[Callable[[Archive, Scope], Rows], str] = {
    _by_day: "SELECT strftime(strptime(CAST(d.day AS VARCHAR), '%Y%m%d'), '%Y-%m-%d'), platform, posts"
    f" {_OF_DAYS}",
    _people: "SELECT sum(authors) FROM spans WHERE {when} AND next_day > {last}",
    _ceiling: "SELECT sum(followers) FROM spans WHERE {when} AND next_day > {last}",
    _sums: "SELECT platform, sum(likes), sum(reposts), sum(replies), sum(quotes), sum(views)"
    f" {_OF_DAYS} GROUP BY 1",
    _tones: "SELECT * FROM (SELECT unnest(['positive', 'neutral', 'negative', 'unclear']),"
    " unnest([sum(positive), sum(neutral), sum(negative), sum(unclear)]) AS n FROM days WHERE {when})"
    " WHERE n > 0",
    _hours: "SELECT cell // 24, cell % 24, sum(posts) FROM track_heat WHERE {when} GROUP BY 1, 2",
    _top_posts: "SELECT p.id FROM ranks r JOIN posts p ON p.id = r.post_id WHERE r.{when} AND r.size >="
    " (SELECT size FROM ranks WHERE {when} ORDER BY size DESC LIMIT 1 OFFSET 9)"
    " ORDER BY p.engagement DESC, p.created_at DESC, p.id DESC LIMIT 10",
    _authors: "SELECT author_id, sum(posts), sum(engagement) FROM author_days WHERE {when} GROUP BY 1"
    " ORDER BY 2 DESC, 3 DESC, 1 LIMIT 10",
    _tags: "SELECT t.term, sum(d.posts) FROM track_term_days d JOIN terms t ON t.id = d.term_id"
    " WHERE t.kind = 'tag' AND d.{when} GROUP BY 1 ORDER BY 2 DESC LIMIT 10",
    _newcomers: "SELECT sum(newcomers) FROM days WHERE {when}",
}  # fmt: skip

_ASKED: list[tuple[str, str, Callable[[Archive, Scope], Rows], bool]] = [
    ("posts by day, 4 weeks", _BY_DAY, _by_day, False),
    ("posts by day, all", _BY_DAY, _by_day, True),
    ("people, 4 weeks", _PEOPLE, _people, False),
    ("people, all", _PEOPLE, _people, True),
    ("audience ceiling, 4 weeks", _CEILING, _ceiling, False),
    ("audience ceiling, all", _CEILING, _ceiling, True),
    ("numbers by platform, 4 weeks", _SUMS, _sums, False),
    ("numbers by platform, all", _SUMS, _sums, True),
    ("tone, all", _TONES, _tones, True),
    ("posts by hour of the week, all", _HOURS, _hours, True),
    ("biggest posts, 4 weeks", _TOP, _top_posts, False),
    ("busiest people, 4 weeks", _TOP_AUTHORS, _authors, False),
    ("busiest people, all", _TOP_AUTHORS, _authors, True),
    ("commonest hashtags, 4 weeks", _TAGS, _tags, False),
    ("new people, 4 weeks", _NEW, _newcomers, False),
]


def questions(first: date, last: date, engine: str = "sqlite") -> list[tuple[Question, bool]]:
    """Return the fifteen, their SQL filled in, and whether each asks for the whole campaign."""
    recent = last - timedelta(days=27)
    found = []
    for name, sql, ours, is_all in _ASKED:
        when = f"day BETWEEN '{first if is_all else recent}' AND '{last}'"
        said = sql.format(when=when, first=recent, last=last, weekday=WEEKDAY[engine])
        found.append((Question(name, said, ours), is_all))
    return found


def counted(first: date, last: date) -> list[tuple[Question, bool]]:
    """Return the fifteen, asked of the archive's counts in SQL that DuckDB understands."""
    recent, found = last - timedelta(days=27), []
    for name, _, ours, is_all in _ASKED:
        begin, end = (int(f"{day:%Y%m%d}") for day in (first if is_all else recent, last))
        sql = _COUNTED[ours].format(when=f"day BETWEEN {begin} AND {end}", last=end)
        if is_all and ours is _authors:  # there are sums of the whole campaign
            sql = sql.replace("author_days", "author_totals").replace(
                f"WHERE day BETWEEN {begin} AND {end}", ""
            )
        found.append((Question(name, sql, ours), is_all))
    return found


def answers(archive: Archive, first: date, last: date) -> Callable[[Question, bool], Rows]:
    """Return what answers a question from the archive's own counts."""
    whole = archive.stats.scope(TRACK, first, last)
    recent = replace(whole, first=last - timedelta(days=27))
    return lambda question, is_all: question.ours(archive, whole if is_all else recent)
