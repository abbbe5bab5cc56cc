"""What the counts that SQLite keeps should be, and their rebuild from the posts.

Most are kept by series, a track on one platform. What pages ask of all platforms at once is kept by track,
too (`track_...`), made from the counts by series.

Triggers keep them, so that no code path can forget; the migrations make these. `spans` gives exact distinct
authors in any window [a, b]: an author counts at their last active day in it, which is
`day >= a AND day <= b AND next_day > b`. `size` sorts a total by its power of two: the largest are found from
the top down, and its index moves only when a power is passed.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from time import monotonic, sleep
from typing import Any, NamedTuple

from monitor.archive.connection import WriteConnection, check_posts
from monitor.archive.erasure.scrub import forget_ids
from monitor.archive.posts import messages, search_index
from monitor.sqlite import Database

NEVER = 99991231  # the next day of an author who has not posted again
_BATCH = 5000  # rows that are set right at a time
BANDS = 6  # of followers; see `band`

_NUMBERS = ("likes", "reposts", "replies", "quotes", "views")
_TONES = ("positive", "neutral", "negative", "unclear")


def _number(day: str) -> str:
    return f"CAST(replace({day}, '-', '') AS INTEGER)"


def cell(hour: str) -> str:
    """Return SQL for the hour of the week that a local hour is: 0 begins on Monday at midnight."""
    return f"((strftime('%w', substr({hour}, 1, 10)) + 6) % 7 * 24 + CAST(substr({hour}, 12, 2) AS INTEGER))"


def _size(number: str) -> str:
    """Return SQL for the binary digits of a number: 0 for 0, 1 for 1, 2 for 2 and 3, 3 for 4 to 7."""
    steps = " ".join(f"WHEN {number} < {2**n} THEN {n}" for n in range(1, 32))
    return f"(CASE WHEN {number} <= 0 THEN 0 {steps} ELSE 32 END)"


def band(followers: str) -> str:
    """Return SQL for the band of a number of followers: 0 not known, 1 under 1,000, 2 under 10,000, to 5."""
    steps = " ".join(f"WHEN {followers} < {10 ** (n + 2)} THEN {n}" for n in range(1, BANDS - 1))
    return f"(CASE WHEN {followers} IS NULL THEN 0 {steps} ELSE {BANDS - 1} END)"


_TONE = """coalesce(
    (SELECT value FROM labels WHERE post_id = posts.id AND field = 'tone' ORDER BY id DESC LIMIT 1),
    (SELECT tone FROM tones WHERE post_id = posts.id ORDER BY scored_at DESC, analyzer DESC LIMIT 1))"""
_DAY = _number("p.day")
_SUMS = ", ".join(f"sum(ifnull(p.{name}, 0)) AS {name}" for name in _NUMBERS)
_TONED = ", ".join(f"count(*) FILTER (WHERE p.tone = '{tone}') AS {tone}" for tone in _TONES)
_MEMBERS = "FROM post_series m JOIN posts p ON p.id = m.post_id"
SEEN = """
  SELECT source, track, min(covered_from) AS since, max(covered_until) AS until FROM (
    SELECT *, sum(begins) OVER (PARTITION BY source, track ORDER BY covered_from, id) AS island FROM (
      SELECT *, ifnull(covered_from > max(covered_until) OVER (PARTITION BY source, track
        ORDER BY covered_from, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 1) AS begins
      FROM coverage WHERE outcome IN ('complete', 'capped') AND covered_from < covered_until))
  GROUP BY source, track, island"""  # source, track, since, until
_FROM_POSTS = {
    "hours": f"SELECT m.series, p.hour, count(*) AS posts {_MEMBERS} GROUP BY 1, 2",
    "track_heat": f"""
      SELECT s.track_id, {cell("h.hour")} AS cell, {_number("substr(h.hour, 1, 10)")} AS day,
        sum(h.posts) AS posts
      FROM hours h JOIN series s ON s.id = h.series GROUP BY 1, 2, 3""",
    "author_days": f"""
      SELECT series, author_id, day, posts, engagement, engagement_known, last_id, followers, bridged FROM (
        SELECT m.series, p.author_id, {_DAY} AS day, p.id AS last_id, p.followers,
          count(*) OVER every AS posts, sum(ifnull(p.engagement, 0)) OVER every AS engagement,
          count(p.engagement) OVER every AS engagement_known, count(p.copy_of) OVER every AS bridged,
          row_number() OVER (PARTITION BY m.series, p.author_id, p.day
            ORDER BY p.created_unix DESC, p.id DESC) AS place
        {_MEMBERS} JOIN authors a ON a.id = p.author_id WHERE a.native_id <> ''
        WINDOW every AS (PARTITION BY m.series, p.author_id, p.day))
      WHERE place = 1""",
    "author_totals": f"""
      SELECT series, author_id, sum(posts) AS posts, {_size("sum(posts)")} AS size, min(day) AS first_day,
        sum(engagement) AS engagement
      FROM author_days GROUP BY 1, 2""",
    "days": f"""
      SELECT *, (SELECT count(*) FROM author_totals t WHERE t.series = d.series AND t.first_day = d.day)
        AS newcomers FROM (SELECT m.series, {_DAY} AS day, count(*) AS posts, {_SUMS},
        count(p.engagement) AS engagement_known, count(p.views) AS views_known, {_TONED}
        {_MEMBERS} GROUP BY 1, 2) d""",
    "spans": f"""
      SELECT series, day, next_day, band, count(*) AS authors, sum(ifnull(followers, 0)) AS followers FROM (
        SELECT series, day, followers, {band("followers")} AS band,
          lead(day, 1, {NEVER}) OVER (PARTITION BY series, author_id ORDER BY day) AS next_day
        FROM author_days) GROUP BY 1, 2, 3, 4""",
    "track_spans": """
      SELECT s.track_id, n.day, n.next_day, sum(n.authors) AS authors,
        sum(n.authors * (n.band > 0)) AS known, sum(n.followers) AS followers
      FROM spans n JOIN series s ON s.id = n.series GROUP BY 1, 2, 3""",
    "term_days": f"""
      SELECT m.series, t.term_id, {_DAY} AS day, count(*) AS posts
      {_MEMBERS} JOIN post_terms t ON t.post_id = p.id GROUP BY 1, 2, 3""",
    "track_term_days": """
      SELECT s.track_id, d.term_id, d.day, sum(d.posts) AS posts
      FROM term_days d JOIN series s ON s.id = d.series GROUP BY 1, 2, 3""",
    "term_totals": f"""
      SELECT s.track_id, d.term_id, t.kind, sum(d.posts) AS posts, {_size("sum(d.posts)")} AS size
      FROM term_days d JOIN terms t ON t.id = d.term_id JOIN series s ON s.id = d.series GROUP BY 1, 2""",
    "ranks": f"""
      SELECT m.series, {_size("p.engagement")} AS size, {_DAY} AS day, p.id AS post_id
      {_MEMBERS} WHERE p.engagement > 0""",
    "copies": f"""
      SELECT m.series, {_DAY} AS day, p.message, p.id AS post_id,
        CASE WHEN p.copy_of IS NOT NULL THEN p.author_id END AS bridge {_MEMBERS} WHERE p.message > 0""",
    "repeats": """
      SELECT track_id, unbridged, before, day, count(*) AS posts FROM (
        SELECT s.track_id, o.unbridged, c.day,
          lag(c.day) OVER (PARTITION BY s.track_id, o.unbridged, c.message ORDER BY c.day) AS before
        FROM copies c JOIN series s ON s.id = c.series
        JOIN (SELECT 0 AS unbridged UNION ALL SELECT 1) o ON c.bridge IS NULL OR o.unbridged = 0)
      WHERE before IS NOT NULL GROUP BY 1, 2, 3, 4""",
    "bridges": f"""
      SELECT w.series, w.day, w.author_id, w.next_day, w.since, w.active, w.unbridged, d.followers FROM (
        SELECT series, author_id, day, lead(day, 1, {NEVER}) OVER until AS next_day,
          max(max(since)) OVER until AS since, max(max(active)) OVER until AS active,
          max(max(unbridged)) OVER until AS unbridged FROM (
            SELECT c.series, c.bridge AS author_id, max(c.day, o.day) AS day, min(c.day, o.day) AS since,
              0 AS active, 0 AS unbridged
            FROM copies c JOIN series s ON s.id = c.series JOIN series t ON t.track_id = s.track_id
            JOIN copies o ON o.message = c.message AND o.series = t.id AND o.bridge IS NULL
            WHERE c.bridge IS NOT NULL
            UNION ALL SELECT d.series, d.author_id, d.day, 0, d.day, d.day * (d.posts > d.bridged)
            FROM (SELECT DISTINCT series, author_id FROM author_days INDEXED BY author_days_bridged
              WHERE bridged > 0) b CROSS JOIN author_days d INDEXED BY author_days_by_author
              ON d.series = b.series AND d.author_id = b.author_id)
        GROUP BY 1, 2, 3 WINDOW until AS (PARTITION BY series, author_id ORDER BY day)) w
      LEFT JOIN author_days d ON (d.series, d.day, d.author_id) = (w.series, w.active, w.author_id)""",
    "kit_days": f"""
      SELECT m.series, {_DAY} AS day, k.item, k.version, k.how, iif(k.item, '', ifnull(p.tone, '')) AS tone,
        count(*) AS posts
      FROM kit_parts k CROSS JOIN posts p ON p.id = k.post_id CROSS JOIN post_series m ON m.post_id = p.id
      GROUP BY 1, 2, 3, 4, 5, 6""",
    "word_days": f"""
      SELECT track_id, day, words, count(*) AS posts FROM (
        SELECT s.track_id, {_DAY} AS day, (SELECT json_group_array(name) FROM (
          SELECT DISTINCT w.kind || ' ' || w.word AS name
          FROM tracks t CROSS JOIN track_words w ON w.track = t.name
          WHERE t.id = s.track_id AND iif(w.kind = 'tag',
            EXISTS (SELECT 1 FROM terms x CROSS JOIN post_terms y ON y.term_id = x.id
              WHERE x.kind = 'tag' AND x.term = w.word AND y.post_id = p.id),
            instr(lower(ifnull(p.text, '')), w.word) > 0) ORDER BY 1)) AS words
        {_MEMBERS} JOIN series s ON s.id = m.series) WHERE words <> '[]' GROUP BY 1, 2, 3""",
    "seen": SEEN,
}

KEPT = tuple(_FROM_POSTS)


def differences(db: Database, note: Callable[[int], object]) -> list[str]:
    """Return one line for each count that a rebuild would change; `note` is told after each of STEPS."""
    check_posts(db)
    lines = list[str]()
    for part in (*_DERIVATIONS, _SEARCH):
        lines += [part.words.format(*row) for row in part.wrong(db)]
        note(1)
    return lines


def mend(db: WriteConnection) -> Iterator[list[str]]:
    """Set right what a rebuild would change, while others save; yield it, some parts after the other.

    No lock is held to look, and a short one to change a few rows, where these are still as they were: what
    somebody changed meanwhile may be left for the next time. The search index is made anew, the newest
    posts first.
    """
    check_posts(db)
    for part in _DERIVATIONS:
        lines, rows = list[str](), iter(part.wrong(db))
        while batch := [*islice(rows, _BATCH)]:
            with _turn(db), no_triggers(db):
                part.mend(db, batch)
            lines += [part.words.format(*row) for row in batch]
        yield lines
    lines = [_SEARCH.words.format(*row) for row in _SEARCH.wrong(db)]
    with _turn(db):
        search_index.clear(db)
    posts = iter(search_index.absent(db))
    while batch := [*islice(posts, _BATCH)]:
        with _turn(db):
            search_index.index(db, batch)
    yield lines


def rebuild(db: Database) -> None:
    """Make all counts and the search index anew from the posts, in one transaction."""
    check_posts(db)
    with db.atomic(), no_triggers(db):
        forget_ids(db)
        db.execute(f"UPDATE posts SET tone = {_TONE}")
        messages.rebuild(db)
        for table in KEPT:
            db.execute(f"DELETE FROM {table}")
        fill(db, KEPT)
        search_index.rebuild(db)


def counted_by(table: str) -> str:
    """Return the SQL that counts; DuckDB reads it, too, but for the hours of a week and what is seen."""
    return _FROM_POSTS[table]


def fill(db: Database, tables: Iterable[str]) -> None:
    """Make these counts, which are empty, from what they are counted from."""
    for table in tables:
        names = _names(db, _FROM_POSTS[table])
        db.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM ({_FROM_POSTS[table]})")


def _wrong(table: str, db: Database) -> list[tuple[str, tuple[Any, ...]]]:
    """Return the rows of a count that should not be there, then those that should."""
    names = _names(db, _FROM_POSTS[table])
    right, actual = f"SELECT {names} FROM ({_FROM_POSTS[table]})", f"SELECT {names} FROM {table}"
    # Some series after the other: what is sorted to be counted stands in memory.
    slices = [f"WHERE series & 3 = {n}" for n in range(4)] if "series" in names.split(", ") else [""]
    return [
        (word, row)
        for word, first, second in (("wrong", actual, right), ("missing", right, actual))
        for some in slices
        for row in db.execute(f"SELECT * FROM ({first}) {some} EXCEPT SELECT * FROM ({second}) {some}")
    ]


def _mend(table: str, db: Database, rows: Collection[tuple[str, tuple[Any, ...]]]) -> None:
    names = _names(db, _FROM_POSTS[table])
    is_row = " AND ".join(f"{name} IS ?" for name in names.split(", "))
    values = ", ".join("?" for _ in names.split(", "))
    for word, sql in (
        ("wrong", f"DELETE FROM {table} WHERE {is_row}"),
        ("missing", f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({values})"),
    ):
        db.conn.executemany(sql, [row for kind, row in rows if kind == word])


class _Derivation(NamedTuple):
    """A kind of thing that follows from the posts."""

    words: str  # of a row that is wrong
    wrong: Callable[[Database], Iterable[Any]]
    mend: Callable[[Database, list[Any]], object]


_DERIVATIONS = (
    _Derivation(
        "posts: the tone of post {} is {}",
        lambda db: db.execute(f"SELECT id, tone FROM posts WHERE tone IS NOT {_TONE}").fetchall(),
        lambda db, rows: db.conn.executemany(
            f"UPDATE posts SET tone = {_TONE} WHERE id = ? AND tone IS ?", rows
        ),
    ),
    _Derivation("{}: those of post {} are wrong", messages.wrong_keys, messages.mend_keys),
    _Derivation("posts: the message of post {0} is {2}", messages.wrong, messages.mend),
    *(_Derivation(f"{table}: {{}}: {{}}", partial(_wrong, table), partial(_mend, table)) for table in KEPT),
    _Derivation("spellings: wrong: post {}", search_index.misspelt, search_index.respell),
)
_SEARCH = _Derivation("posts_fts: post {} cannot be searched for", search_index.absent, search_index.index)
STEPS = len(_DERIVATIONS) + 1


@contextmanager
def _turn(db: WriteConnection) -> Iterator[None]:
    """Hold the archive's lock for a moment, then let others have it for as long."""
    began = monotonic()
    with db.transaction():
        yield
    sleep(monotonic() - began)


def _names(db: Database, query: str) -> str:
    """Return the columns that a query gives, for a statement; the table may have others of other programs."""
    return ", ".join(name for name, *_ in db.execute(f"SELECT * FROM ({query}) LIMIT 0").description)


@contextmanager
def no_triggers(db: Database) -> Iterator[None]:
    """Take the archive's triggers away for a while: they would count what is written."""
    triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        db.execute(f'DROP TRIGGER "{name}"')
    yield
    for _, sql in triggers:
        db.execute(sql)
