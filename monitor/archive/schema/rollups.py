"""The counts that SQLite keeps by itself, and their rebuild from the posts.

Most are kept by series, a track on one platform. What pages ask of all platforms at once is kept by track,
too (`track_...`), made from the counts by series.

Triggers keep them, so that no code path can forget. `spans` gives exact distinct authors
in any window [a, b]: an author counts at their last active day in it, which is
`day >= a AND day <= b AND next_day > b`. `size` sorts a total by its power of two: the
largest are found from the top down, and its index moves only when a power is passed.
"""

from sqlite_utils import Database

from monitor.core.sql_script import run

NEVER = 99991231  # the next day of an author who has not posted again
BANDS = 6  # of followers; see `band`

_NUMBERS = ("likes", "reposts", "replies", "quotes", "views")
_TONES = ("positive", "neutral", "negative", "unclear")
_COUNTS = ("posts", *_NUMBERS, "engagement_known", "views_known", *_TONES)


def _number(day: str) -> str:
    return f"CAST(replace({day}, '-', '') AS INTEGER)"


def _day(row: str) -> str:
    return _number(f"{row}.day")


def _day_of_hour(hour: str) -> str:
    return _number(f"substr({hour}, 1, 10)")


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


def _counted(row: str) -> list[str]:
    """Return SQL for what one post adds to each of _COUNTS."""
    numbers = [f"ifnull({row}.{name}, 0)" for name in _NUMBERS]
    known = [f"({row}.engagement IS NOT NULL)", f"({row}.views IS NOT NULL)"]
    return ["1", *numbers, *known, *(f"({row}.tone IS '{tone}')" for tone in _TONES)]


def _shift(names: tuple[str, ...], sign: str, other: str) -> str:
    return ", ".join(f"{name} = {name} {sign} {other}.{name}" for name in names)


def _less(row: str) -> str:
    counted = zip(_COUNTS, _counted(row), strict=True)
    return ", ".join(f"{name} = days.{name} - {said}" for name, said in counted)


def _moved(names: tuple[str, ...]) -> str:
    old, new = (dict(zip(_COUNTS, _counted(row), strict=True)) for row in ("OLD", "NEW"))
    return ", ".join(f"{name} = {name} - {old[name]} + {new[name]}" for name in names)


_TRACK = "track_id = (SELECT track_id FROM series WHERE id = {row}.series)"
_NEW_POST = "FROM posts p WHERE p.id = NEW.post_id"
_OLD_POST = "FROM posts p WHERE p.id = OLD.post_id"
_OF_POST = "series IN (SELECT series FROM post_series WHERE post_id = NEW.id)"
_EFFECTIVE = """coalesce(
    (SELECT value FROM labels WHERE post_id = {id} AND field = 'tone' ORDER BY labels.id DESC LIMIT 1),
    (SELECT n.tone FROM tones n WHERE n.post_id = {id} ORDER BY n.scored_at DESC, n.analyzer DESC LIMIT 1))"""
_LATER = """(SELECT n.id, n.followers FROM posts n WHERE n.id IN (excluded.last_id, author_days.last_id)
    ORDER BY n.created_at DESC, n.id DESC LIMIT 1)"""
_LAST = """(SELECT q.id FROM posts q JOIN post_series m ON m.post_id = q.id AND m.series = OLD.series
    WHERE q.author_id = p.author_id AND q.day = p.day
    AND q.created_at BETWEEN date(p.day, '-1 day') AND date(p.day, '+2 days')
    ORDER BY q.created_at DESC, q.id DESC LIMIT 1)"""

_TERMS_OF_OLD = (
    "series = OLD.series AND term_id IN (SELECT term_id FROM post_terms WHERE post_id = OLD.post_id)"
    f" AND day = (SELECT {_day('p')} {_OLD_POST})"
)
_TERM_OF_OLD = (
    "series IN (SELECT series FROM post_series WHERE post_id = OLD.post_id) AND term_id = OLD.term_id"
    f" AND day = (SELECT {_day('p')} {_OLD_POST})"
)

# VALUES and WHEN spare a temporary table that SQLite fills for INSERT ... SELECT into a table with triggers.
# https://github.com/sqlite/sqlite/blob/master/src/insert.c (useTempTable)
_POSTS = f"""
CREATE TRIGGER post_joins AFTER INSERT ON post_series BEGIN
  INSERT INTO hours (hour, series, posts) VALUES ((SELECT p.hour {_NEW_POST}), NEW.series, 1)
  ON CONFLICT DO UPDATE SET posts = posts + 1;
  INSERT INTO days (series, day, {", ".join(_COUNTS)})
  SELECT NEW.series, {_day("p")}, {", ".join(_counted("p"))} {_NEW_POST}
  ON CONFLICT DO UPDATE SET {_shift(_COUNTS, "+", "excluded")};
  INSERT INTO author_days (series, author_id, day, posts, engagement, engagement_known, last_id, followers)
  VALUES (NEW.series, (SELECT p.author_id {_NEW_POST}), (SELECT {_day("p")} {_NEW_POST}), 1,
    (SELECT ifnull(p.engagement, 0) {_NEW_POST}), (SELECT p.engagement IS NOT NULL {_NEW_POST}),
    NEW.post_id, (SELECT p.followers {_NEW_POST}))
  ON CONFLICT DO UPDATE SET {_shift(("posts", "engagement", "engagement_known"), "+", "excluded")},
    (last_id, followers) = {_LATER};
  INSERT INTO term_days (series, term_id, day, posts)
  SELECT NEW.series, t.term_id, {_day("p")}, 1 FROM posts p JOIN post_terms t ON t.post_id = p.id
  WHERE p.id = NEW.post_id ON CONFLICT DO UPDATE SET posts = posts + 1;
  INSERT INTO ranks (series, size, day, post_id)
  SELECT NEW.series, {_size("p.engagement")}, {_day("p")}, p.id {_NEW_POST} AND p.engagement > 0;
END;

CREATE TRIGGER post_leaves AFTER DELETE ON post_series BEGIN
  UPDATE hours SET posts = posts - 1 WHERE series = OLD.series AND hour = (SELECT p.hour {_OLD_POST});
  DELETE FROM hours WHERE series = OLD.series AND hour = (SELECT p.hour {_OLD_POST}) AND posts = 0;
  UPDATE days SET {_less("p")}
  {_OLD_POST} AND days.series = OLD.series AND days.day = {_day("p")};
  DELETE FROM days WHERE series = OLD.series AND day = (SELECT {_day("p")} {_OLD_POST}) AND posts = 0;
  UPDATE author_days SET last_id = {_LAST}, followers = (SELECT followers FROM posts WHERE id = {_LAST})
  {_OLD_POST} AND author_days.series = OLD.series AND author_days.author_id = p.author_id
    AND author_days.day = {_day("p")} AND author_days.last_id = p.id;
  UPDATE author_days SET posts = posts - 1, engagement = author_days.engagement - ifnull(p.engagement, 0),
    engagement_known = engagement_known - (p.engagement IS NOT NULL)
  {_OLD_POST} AND author_days.series = OLD.series AND author_days.author_id = p.author_id
    AND author_days.day = {_day("p")};
  DELETE FROM author_days WHERE series = OLD.series AND posts = 0
    AND (author_id, day) = (SELECT p.author_id, {_day("p")} {_OLD_POST});
  UPDATE term_days SET posts = posts - 1 WHERE {_TERMS_OF_OLD};
  DELETE FROM term_days WHERE {_TERMS_OF_OLD} AND posts = 0;
  DELETE FROM ranks WHERE series = OLD.series AND post_id = OLD.post_id
    AND (size, day) = (SELECT {_size("p.engagement")}, {_day("p")} {_OLD_POST});
END;

CREATE TRIGGER post_goes BEFORE DELETE ON posts BEGIN
  DELETE FROM post_series WHERE post_id = OLD.id;
END;

CREATE TRIGGER numbers_move AFTER UPDATE OF {", ".join(_NUMBERS)} ON posts BEGIN
  UPDATE days SET {_moved((*_NUMBERS, "engagement_known", "views_known"))}
  WHERE {_OF_POST} AND day = {_day("NEW")};
  UPDATE author_days SET engagement = engagement - ifnull(OLD.engagement, 0) + ifnull(NEW.engagement, 0),
    engagement_known = engagement_known - (OLD.engagement IS NOT NULL) + (NEW.engagement IS NOT NULL)
  WHERE {_OF_POST} AND author_id = NEW.author_id AND day = {_day("NEW")};
END;

CREATE TRIGGER size_moves AFTER UPDATE OF {", ".join(_NUMBERS)} ON posts
WHEN {_size("ifnull(OLD.engagement, 0)")} <> {_size("ifnull(NEW.engagement, 0)")} BEGIN
  DELETE FROM ranks
  WHERE {_OF_POST} AND size = {_size("OLD.engagement")} AND day = {_day("NEW")} AND post_id = NEW.id;
  INSERT INTO ranks (series, size, day, post_id)
  SELECT series, {_size("NEW.engagement")}, {_day("NEW")}, NEW.id FROM post_series
  WHERE post_id = NEW.id AND NEW.engagement > 0;
END;

CREATE TRIGGER followers_move AFTER UPDATE OF followers ON posts BEGIN
  UPDATE author_days SET followers = NEW.followers
  WHERE {_OF_POST} AND author_id = NEW.author_id AND day = {_day("NEW")} AND last_id = NEW.id;
END;

CREATE TRIGGER tone_moves AFTER UPDATE OF tone ON posts WHEN OLD.tone IS NOT NEW.tone BEGIN
  UPDATE days SET {_moved(_TONES)} WHERE {_OF_POST} AND day = {_day("NEW")};
END;
"""


def _heat(row: str) -> str:
    return (
        f"{_TRACK.format(row=row)} AND cell = {cell(f'{row}.hour')} AND day = {_day_of_hour(f'{row}.hour')}"
    )


_HEAT = f"""
CREATE TRIGGER hour_comes AFTER INSERT ON hours BEGIN
  INSERT INTO track_heat (track_id, cell, day, posts)
  VALUES ((SELECT track_id FROM series WHERE id = NEW.series), {cell("NEW.hour")},
    {_day_of_hour("NEW.hour")}, NEW.posts)
  ON CONFLICT DO UPDATE SET posts = posts + excluded.posts;
END;

CREATE TRIGGER hour_counts AFTER UPDATE OF posts ON hours BEGIN
  UPDATE track_heat SET posts = posts + NEW.posts - OLD.posts WHERE {_heat("NEW")};
END;

CREATE TRIGGER hour_goes AFTER DELETE ON hours BEGIN
  DELETE FROM track_heat WHERE {_heat("OLD")} AND posts = 0;
END;
"""


def _tone_trigger(table: str, act: str, row: str) -> str:
    unchanged = f"WHEN (SELECT tone FROM posts WHERE id = {row}.post_id) IS NOT {row}.tone"
    when = unchanged if (table, act) == ("tones", "INSERT") else ""
    return f"""
CREATE TRIGGER {table}_{act.lower()} AFTER {act} ON {table} {when} BEGIN
  UPDATE posts SET tone = {_EFFECTIVE.format(id=f"{row}.post_id")} WHERE id = {row}.post_id;
END;
"""


_SPEAKING = "".join(
    _tone_trigger(table, act, row)
    for table in ("tones", "labels")
    for act, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
)

DAYS_OF_ONE = "author_days INDEXED BY author_days_by_author"  # the planner would walk over days instead
_NEXT = (
    f"(SELECT ifnull(min(day), {NEVER}) FROM {DAYS_OF_ONE}"
    " WHERE series = {row}.series AND author_id = {row}.author_id AND day > {row}.day)"
)
_BEFORE = (
    f"SELECT day, followers FROM {DAYS_OF_ONE}"
    " WHERE series = {row}.series AND author_id = {row}.author_id AND day < {row}.day"
    " ORDER BY day DESC LIMIT 1"
)


def _counted_author(row: str, times: int) -> str:
    return f"{band(f'{row}.followers')}, {times}, {times} * ifnull({row}.followers, 0)"


def _spans(row: str, own: int) -> str:
    """Return SQL that adds (own = 1) or takes away (-1) an author's day between its neighbours."""
    after, before = _NEXT.format(row=row), _BEFORE.format(row=row)
    return f"""
  INSERT INTO spans (series, day, next_day, band, authors, followers)
  SELECT {row}.series, {row}.day, {after}, {_counted_author(row, own)}
  UNION ALL SELECT {row}.series, b.day, {row}.day, {_counted_author("b", own)} FROM ({before}) b
  UNION ALL SELECT {row}.series, b.day, {after}, {_counted_author("b", -own)} FROM ({before}) b WHERE true
  ON CONFLICT DO UPDATE SET authors = authors + excluded.authors, followers = followers + excluded.followers;
"""


_SPAN_MOVES = f"""
  UPDATE track_spans SET authors = authors + NEW.authors - OLD.authors,
    known = known + (NEW.authors - OLD.authors) * (NEW.band > 0),
    followers = followers + NEW.followers - OLD.followers
  WHERE {_TRACK.format(row="NEW")} AND day = NEW.day AND next_day = NEW.next_day;
"""

_AUTHORS = f"""
CREATE TRIGGER author_day_comes AFTER INSERT ON author_days BEGIN {_spans("NEW", 1)}
  INSERT INTO author_totals (series, author_id, posts, size, first_day)
  VALUES (NEW.series, NEW.author_id, NEW.posts, 1, NEW.day)
  ON CONFLICT DO UPDATE SET posts = posts + excluded.posts;
  UPDATE author_totals SET first_day = NEW.day
  WHERE series = NEW.series AND author_id = NEW.author_id AND first_day > NEW.day;
END;

CREATE TRIGGER author_day_goes AFTER DELETE ON author_days BEGIN {_spans("OLD", -1)}
  UPDATE author_totals SET first_day = (SELECT ifnull(min(day), OLD.day) FROM {DAYS_OF_ONE}
    WHERE series = OLD.series AND author_id = OLD.author_id)
  WHERE series = OLD.series AND author_id = OLD.author_id AND first_day = OLD.day;
  DELETE FROM author_totals WHERE series = OLD.series AND author_id = OLD.author_id AND posts = 0;
END;

CREATE TRIGGER author_day_counts AFTER UPDATE OF posts ON author_days BEGIN
  UPDATE author_totals SET posts = posts + NEW.posts - OLD.posts
  WHERE series = NEW.series AND author_id = NEW.author_id;
END;

CREATE TRIGGER author_day_followers AFTER UPDATE OF followers ON author_days
WHEN OLD.followers IS NOT NEW.followers BEGIN
  INSERT INTO spans (series, day, next_day, band, authors, followers)
  SELECT NEW.series, NEW.day, {_NEXT.format(row="NEW")}, {_counted_author("NEW", 1)}
  UNION ALL SELECT NEW.series, NEW.day, {_NEXT.format(row="NEW")}, {_counted_author("OLD", -1)} WHERE true
  ON CONFLICT DO UPDATE SET authors = authors + excluded.authors, followers = followers + excluded.followers;
END;

CREATE TRIGGER span_empties AFTER UPDATE ON spans WHEN NEW.authors = 0 BEGIN
  DELETE FROM spans
  WHERE series = NEW.series AND day = NEW.day AND next_day = NEW.next_day AND band = NEW.band;
END;

CREATE TRIGGER span_comes AFTER INSERT ON spans BEGIN
  INSERT INTO track_spans (track_id, day, next_day, authors, known, followers)
  VALUES ((SELECT track_id FROM series WHERE id = NEW.series), NEW.day, NEW.next_day,
    NEW.authors, NEW.authors * (NEW.band > 0), NEW.followers)
  ON CONFLICT DO UPDATE SET {_shift(("authors", "known", "followers"), "+", "excluded")};
END;

-- Two triggers, so that only a span that shrinks is looked at for being empty.
CREATE TRIGGER span_grows AFTER UPDATE ON spans WHEN NEW.authors >= OLD.authors BEGIN {_SPAN_MOVES} END;

CREATE TRIGGER span_shrinks AFTER UPDATE ON spans WHEN NEW.authors < OLD.authors BEGIN {_SPAN_MOVES}
  DELETE FROM track_spans
  WHERE {_TRACK.format(row="NEW")} AND day = NEW.day AND next_day = NEW.next_day AND authors = 0;
END;

-- A day has its row before its authors do (post_joins), and after they have gone it has none (post_leaves).
CREATE TRIGGER author_total_comes AFTER INSERT ON author_totals BEGIN
  UPDATE days SET newcomers = newcomers + 1 WHERE series = NEW.series AND day = NEW.first_day;
END;

CREATE TRIGGER author_total_goes AFTER DELETE ON author_totals BEGIN
  UPDATE days SET newcomers = newcomers - 1 WHERE series = OLD.series AND day = OLD.first_day;
END;

CREATE TRIGGER author_first_day_moves AFTER UPDATE OF first_day ON author_totals
WHEN OLD.first_day <> NEW.first_day BEGIN
  UPDATE days SET newcomers = newcomers - 1 WHERE series = OLD.series AND day = OLD.first_day;
  UPDATE days SET newcomers = newcomers + 1 WHERE series = NEW.series AND day = NEW.first_day;
END;

CREATE TRIGGER author_total_doubles AFTER UPDATE OF posts ON author_totals
WHEN NEW.posts & OLD.posts = 0 BEGIN
  UPDATE author_totals SET size = {_size("NEW.posts")}
  WHERE series = NEW.series AND author_id = NEW.author_id;
END;
"""

_TERMS = f"""
CREATE TRIGGER term_joins AFTER INSERT ON post_terms
WHEN EXISTS (SELECT 1 FROM post_series WHERE post_id = NEW.post_id) BEGIN
  INSERT INTO term_days (series, term_id, day, posts)
  SELECT m.series, NEW.term_id, {_day("p")}, 1 FROM post_series m JOIN posts p ON p.id = m.post_id
  WHERE m.post_id = NEW.post_id ON CONFLICT DO UPDATE SET posts = posts + 1;
END;

CREATE TRIGGER term_leaves AFTER DELETE ON post_terms BEGIN
  UPDATE term_days SET posts = posts - 1 WHERE {_TERM_OF_OLD};
  DELETE FROM term_days WHERE {_TERM_OF_OLD} AND posts = 0;
END;

CREATE TRIGGER term_day_goes AFTER DELETE ON term_days BEGIN
  DELETE FROM track_term_days
  WHERE {_TRACK.format(row="OLD")} AND term_id = OLD.term_id AND day = OLD.day AND posts = 0;
  DELETE FROM term_totals WHERE {_TRACK.format(row="OLD")} AND term_id = OLD.term_id AND posts = 0;
END;

CREATE TRIGGER term_day_comes AFTER INSERT ON term_days BEGIN
  INSERT INTO track_term_days (track_id, term_id, day, posts)
  SELECT track_id, NEW.term_id, NEW.day, NEW.posts FROM series WHERE id = NEW.series
  ON CONFLICT DO UPDATE SET posts = posts + excluded.posts;
  INSERT INTO term_totals (track_id, term_id, kind, posts, size)
  SELECT s.track_id, NEW.term_id, t.kind, NEW.posts, 1 FROM series s, terms t
  WHERE s.id = NEW.series AND t.id = NEW.term_id
  ON CONFLICT DO UPDATE SET posts = posts + excluded.posts;
END;

CREATE TRIGGER term_day_counts AFTER UPDATE OF posts ON term_days BEGIN
  UPDATE track_term_days SET posts = posts + NEW.posts - OLD.posts
  WHERE {_TRACK.format(row="NEW")} AND term_id = NEW.term_id AND day = NEW.day;
  UPDATE term_totals SET posts = posts + NEW.posts - OLD.posts
  WHERE {_TRACK.format(row="NEW")} AND term_id = NEW.term_id;
END;

CREATE TRIGGER term_total_doubles AFTER UPDATE OF posts ON term_totals
WHEN NEW.posts & OLD.posts = 0 BEGIN
  UPDATE term_totals SET size = {_size("NEW.posts")}
  WHERE track_id = NEW.track_id AND term_id = NEW.term_id;
END;
"""

_KNOWN = "{row}outcome IN ('complete', 'capped') AND {row}covered_from < {row}covered_until"
_SAME = "source = NEW.source AND track = NEW.track"
_SEEN = f"""
CREATE TRIGGER coverage_grows AFTER INSERT ON coverage WHEN {_KNOWN.format(row="NEW.")} BEGIN
  INSERT INTO seen (source, track, since, until)
  SELECT NEW.source, NEW.track, min(NEW.covered_from, ifnull(min(since), NEW.covered_from)),
    max(NEW.covered_until, ifnull(max(until), NEW.covered_until)) FROM seen
  WHERE {_SAME} AND since <= NEW.covered_until AND until >= NEW.covered_from
  ON CONFLICT DO UPDATE SET until = excluded.until;
  DELETE FROM seen WHERE {_SAME} AND since <= NEW.covered_until AND until >= NEW.covered_from
    AND since > (SELECT min(since) FROM seen
      WHERE {_SAME} AND since <= NEW.covered_until AND until >= NEW.covered_from);
END;
"""

# New texts are put in by `save`, a page at a time: a trigger makes FTS5 write out its index for each post.
_SEARCH = """
CREATE TRIGGER text_changes AFTER UPDATE OF text ON posts BEGIN
  INSERT INTO posts_fts (posts_fts, rowid, text) VALUES ('delete', OLD.id, OLD.text);
  INSERT INTO posts_fts (rowid, text) VALUES (NEW.id, NEW.text);
END;

CREATE TRIGGER text_goes AFTER DELETE ON posts BEGIN
  INSERT INTO posts_fts (posts_fts, rowid, text) VALUES ('delete', OLD.id, OLD.text);
END;
"""

_COUNTING = _POSTS + _HEAT + _AUTHORS + _TERMS + _SEEN
TRIGGERS = _COUNTING + _SPEAKING + _SEARCH

_MEMBERS = "FROM post_series m JOIN posts p ON p.id = m.post_id"
_FROM_POSTS = {
    "hours": f"SELECT m.series, p.hour, count(*) AS posts {_MEMBERS} GROUP BY 1, 2",
    "track_heat": f"""
      SELECT s.track_id, {cell("h.hour")} AS cell, {_day_of_hour("h.hour")} AS day, sum(h.posts) AS posts
      FROM hours h JOIN series s ON s.id = h.series GROUP BY 1, 2, 3""",
    "author_days": f"""
      SELECT series, author_id, day, posts, engagement, engagement_known, last_id, followers FROM (
        SELECT m.series, p.author_id, {_day("p")} AS day, p.id AS last_id, p.followers,
          count(*) OVER every AS posts, sum(ifnull(p.engagement, 0)) OVER every AS engagement,
          count(p.engagement) OVER every AS engagement_known,
          row_number() OVER (PARTITION BY m.series, p.author_id, p.day
            ORDER BY p.created_at DESC, p.id DESC) AS place
        {_MEMBERS} WINDOW every AS (PARTITION BY m.series, p.author_id, p.day))
      WHERE place = 1""",
    "author_totals": f"""
      SELECT series, author_id, sum(posts) AS posts, {_size("sum(posts)")} AS size, min(day) AS first_day
      FROM author_days GROUP BY 1, 2""",
    "days": f"SELECT m.series, {_day('p')} AS day, "
    + ", ".join(f"sum({said}) AS {name}" for name, said in zip(_COUNTS, _counted("p"), strict=True))
    + ", (SELECT count(*) FROM author_totals t WHERE t.series = m.series AND t.first_day = "
    + f"{_day('p')}) AS newcomers {_MEMBERS} GROUP BY 1, 2",
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
      SELECT m.series, t.term_id, {_day("p")} AS day, count(*) AS posts
      {_MEMBERS} JOIN post_terms t ON t.post_id = p.id GROUP BY 1, 2, 3""",
    "track_term_days": """
      SELECT s.track_id, d.term_id, d.day, sum(d.posts) AS posts
      FROM term_days d JOIN series s ON s.id = d.series GROUP BY 1, 2, 3""",
    "term_totals": f"""
      SELECT s.track_id, d.term_id, t.kind, sum(d.posts) AS posts, {_size("sum(d.posts)")} AS size
      FROM term_days d JOIN terms t ON t.id = d.term_id JOIN series s ON s.id = d.series GROUP BY 1, 2""",
    "ranks": f"""
      SELECT m.series, {_size("p.engagement")} AS size, {_day("p")} AS day, p.id AS post_id
      {_MEMBERS} WHERE p.engagement > 0""",
    "seen": f"""
      SELECT source, track, min(covered_from) AS since, max(covered_until) AS until FROM (
        SELECT *, sum(begins) OVER (PARTITION BY source, track ORDER BY covered_from, id) AS island FROM (
          SELECT *, ifnull(covered_from > max(covered_until) OVER (PARTITION BY source, track
            ORDER BY covered_from, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 1) AS begins
          FROM coverage WHERE {_KNOWN.format(row="")})) GROUP BY source, track, island""",
}

KEPT = tuple(_FROM_POSTS)


def differences(db: Database) -> list[str]:
    """Return one line for each count that a rebuild would change; empty when all is right."""
    found = []
    for table, query in _FROM_POSTS.items():
        names = ", ".join(db.table(table).columns_dict)
        right, kept = f"SELECT {names} FROM ({query})", f"SELECT {names} FROM {table}"
        for word, first, second in (("missing", right, kept), ("wrong", kept, right)):
            rows = db.execute(f"SELECT * FROM ({first}) EXCEPT SELECT * FROM ({second})")
            found += [f"{table}: {word}: {row}" for row in rows]
    tones = db.execute(f"SELECT id, tone FROM posts p WHERE tone IS NOT {_EFFECTIVE.format(id='p.id')}")
    found += [f"posts: the tone of post {id} is {tone}" for id, tone in tones]
    absent = db.execute("SELECT id FROM posts EXCEPT SELECT id FROM posts_fts_docsize")
    return found + [f"posts_fts: post {id} cannot be searched for" for (id,) in absent]


def rebuild(db: Database) -> None:
    """Make all counts and the search index anew from the posts, in one transaction."""
    with db.atomic():
        stop(db)
        db.execute(f"UPDATE posts SET tone = {_EFFECTIVE.format(id='posts.id')}")
        for table in KEPT:
            db.execute(f"DELETE FROM {table}")
        for table in _FROM_POSTS:
            refill(db, table)
        start(db)
        db.execute("INSERT INTO posts_fts (posts_fts) VALUES ('rebuild')")


def refill(db: Database, table: str) -> None:
    """Fill an empty table of counts from the posts."""
    names = ", ".join(db.table(table).columns_dict)
    db.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM ({_FROM_POSTS[table]})")


def stop(db: Database) -> None:
    """Keep no counts until `start`."""
    for name in triggers():
        db.execute(f"DROP TRIGGER IF EXISTS {name}")


def start(db: Database) -> None:
    """Keep the counts from now on."""
    run(db, _COUNTING)


def triggers() -> list[str]:
    """Return the names of the triggers that count."""
    return [line.split()[2] for line in _COUNTING.splitlines() if line.startswith("CREATE TRIGGER")]
