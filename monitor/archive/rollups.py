"""The counts that SQLite keeps by itself, and their rebuild from the posts.

Triggers keep them, so that no code path can forget. `spans` gives exact distinct authors
in any window [a, b): an author counts at their last active day before b, which is
`day >= a AND day < b AND next_day >= b`.
"""

from sqlite_utils import Database

NEVER = "9999-12-31"  # the next day of an author who has not posted again

_SUMS = ("likes", "reposts", "replies", "quotes", "views")


def _engaged(row: str) -> str:
    return f"(coalesce({row}.likes, {row}.reposts, {row}.replies, {row}.quotes) IS NOT NULL)"


def _values(row: str) -> str:
    sums = ", ".join(f"ifnull({row}.{name}, 0)" for name in _SUMS)
    return f"1, {sums}, {_engaged(row)}, {row}.views IS NOT NULL"


_COLUMNS = ("posts", *_SUMS, "engagement_known", "views_known")
_ADD = ", ".join(f"{name} = {name} + excluded.{name}" for name in _COLUMNS)
_HOUR = "substr({row}.created_at, 1, 13) || ':00:00Z'"
_LEAVE = ", ".join(
    [
        "posts = hour_counts.posts - 1",
        *(f"{name} = hour_counts.{name} - ifnull(p.{name}, 0)" for name in _SUMS),
        f"engagement_known = hour_counts.engagement_known - {_engaged('p')}",
        "views_known = hour_counts.views_known - (p.views IS NOT NULL)",
    ]
)
_MOVE = ", ".join(
    [
        *(f"{name} = {name} - ifnull(OLD.{name}, 0) + ifnull(NEW.{name}, 0)" for name in _SUMS),
        f"engagement_known = engagement_known - {_engaged('OLD')} + {_engaged('NEW')}",
        "views_known = views_known - (OLD.views IS NOT NULL) + (NEW.views IS NOT NULL)",
    ]
)

TRIGGERS = f"""
CREATE TRIGGER post_joins_track AFTER INSERT ON post_tracks BEGIN
  INSERT INTO hour_counts (track, hour, platform, {", ".join(_COLUMNS)})
  SELECT NEW.track, {_HOUR.format(row="p")}, p.platform, {_values("p")} FROM posts p WHERE p.id = NEW.post_id
  ON CONFLICT DO UPDATE SET {_ADD};
  INSERT INTO author_days (platform, track, author_id, day, posts)
  SELECT p.platform, NEW.track, p.author_id, p.day, 1 FROM posts p WHERE p.id = NEW.post_id
  ON CONFLICT DO UPDATE SET posts = posts + 1;
END;

CREATE TRIGGER post_leaves_track AFTER DELETE ON post_tracks BEGIN
  UPDATE hour_counts SET {_LEAVE} FROM posts p
  WHERE p.id = OLD.post_id AND hour_counts.track = OLD.track
    AND hour_counts.hour = {_HOUR.format(row="p")} AND hour_counts.platform = p.platform;
  DELETE FROM hour_counts WHERE posts = 0 AND track = OLD.track
    AND (hour, platform) = (SELECT {_HOUR.format(row="p")}, p.platform FROM posts p WHERE p.id = OLD.post_id);
  UPDATE author_days SET posts = author_days.posts - 1 FROM posts p
  WHERE p.id = OLD.post_id AND author_days.track = OLD.track AND author_days.platform = p.platform
    AND author_days.author_id = p.author_id AND author_days.day = p.day;
  DELETE FROM author_days WHERE posts = 0 AND track = OLD.track
    AND (platform, author_id, day) = (SELECT platform, author_id, day FROM posts WHERE id = OLD.post_id);
END;

CREATE TRIGGER post_goes BEFORE DELETE ON posts BEGIN
  DELETE FROM post_tracks WHERE post_id = OLD.id;
END;

CREATE TRIGGER numbers_move AFTER UPDATE OF {", ".join(_SUMS)} ON posts BEGIN
  UPDATE hour_counts SET {_MOVE}
  WHERE hour = {_HOUR.format(row="NEW")} AND platform = NEW.platform
    AND track IN (SELECT track FROM post_tracks WHERE post_id = NEW.id);
END;

CREATE TRIGGER author_day_comes AFTER INSERT ON author_days BEGIN
  INSERT INTO spans (platform, track, day, next_day, authors)
  SELECT NEW.platform, NEW.track, before.day, after.day, -1
  FROM ({{before}}) before, ({{after}}) after WHERE before.day IS NOT NULL
  ON CONFLICT DO UPDATE SET authors = authors - 1;
  INSERT INTO spans (platform, track, day, next_day, authors)
  SELECT NEW.platform, NEW.track, before.day, NEW.day, 1 FROM ({{before}}) before WHERE before.day IS NOT NULL
  ON CONFLICT DO UPDATE SET authors = authors + 1;
  INSERT INTO spans (platform, track, day, next_day, authors)
  SELECT NEW.platform, NEW.track, NEW.day, after.day, 1 FROM ({{after}}) after WHERE true
  ON CONFLICT DO UPDATE SET authors = authors + 1;
  DELETE FROM spans WHERE authors = 0 AND track = NEW.track AND platform = NEW.platform
    AND day = (SELECT day FROM ({{before}}));
END;

CREATE TRIGGER author_day_goes AFTER DELETE ON author_days BEGIN
  INSERT INTO spans (platform, track, day, next_day, authors)
  SELECT OLD.platform, OLD.track, before.day, OLD.day, -1
  FROM ({{before}}) before WHERE before.day IS NOT NULL
  ON CONFLICT DO UPDATE SET authors = authors - 1;
  INSERT INTO spans (platform, track, day, next_day, authors)
  SELECT OLD.platform, OLD.track, OLD.day, after.day, -1 FROM ({{after}}) after WHERE true
  ON CONFLICT DO UPDATE SET authors = authors - 1;
  INSERT INTO spans (platform, track, day, next_day, authors)
  SELECT OLD.platform, OLD.track, before.day, after.day, 1
  FROM ({{before}}) before, ({{after}}) after WHERE before.day IS NOT NULL
  ON CONFLICT DO UPDATE SET authors = authors + 1;
  DELETE FROM spans WHERE authors = 0 AND track = OLD.track AND platform = OLD.platform
    AND day IN (OLD.day, (SELECT day FROM ({{before}})));
END;

-- A scrubbed post keeps an empty entry, as a rebuild gives it one: integrity-check then holds.
CREATE TRIGGER text_comes AFTER INSERT ON posts BEGIN
  INSERT INTO posts_fts (rowid, text) VALUES (NEW.id, NEW.text);
END;
CREATE TRIGGER text_changes AFTER UPDATE OF text ON posts BEGIN
  INSERT INTO posts_fts (posts_fts, rowid, text) VALUES ('delete', OLD.id, OLD.text);
  INSERT INTO posts_fts (rowid, text) VALUES (NEW.id, NEW.text);
END;
CREATE TRIGGER text_goes AFTER DELETE ON posts BEGIN
  INSERT INTO posts_fts (posts_fts, rowid, text) VALUES ('delete', OLD.id, OLD.text);
END;
"""


def _neighbours(sql: str, row: str) -> str:
    same = f"track = {row}.track AND platform = {row}.platform AND author_id = {row}.author_id"
    before = f"SELECT max(day) AS day FROM author_days WHERE {same} AND day < {row}.day"
    after = f"SELECT ifnull(min(day), '{NEVER}') AS day FROM author_days WHERE {same} AND day > {row}.day"
    return sql.replace("{before}", before).replace("{after}", after)


_comes, _goes = TRIGGERS.split("CREATE TRIGGER author_day_goes")
TRIGGERS = _neighbours(_comes, "NEW") + _neighbours("CREATE TRIGGER author_day_goes" + _goes, "OLD")

_FROM_POSTS = {
    "hour_counts": f"""
        SELECT t.track, {_HOUR.format(row="p")} AS hour, p.platform, count(*) AS posts,
          {", ".join(f"sum(ifnull(p.{name}, 0)) AS {name}" for name in _SUMS)},
          sum({_engaged("p")}) AS engagement_known, sum(p.views IS NOT NULL) AS views_known
        FROM post_tracks t JOIN posts p ON p.id = t.post_id GROUP BY 1, 2, 3""",
    "author_days": """
        SELECT p.platform, t.track, p.author_id, p.day, count(*) AS posts
        FROM post_tracks t JOIN posts p ON p.id = t.post_id GROUP BY 1, 2, 3, 4""",
    "spans": f"""
        SELECT platform, track, day, next_day, count(*) AS authors FROM (
          SELECT platform, track, day, lead(day, 1, '{NEVER}') OVER (
            PARTITION BY platform, track, author_id ORDER BY day) AS next_day FROM author_days)
        GROUP BY 1, 2, 3, 4""",
}


def differences(db: Database) -> list[str]:
    """Return one line for each rollup row that a rebuild would change; empty when all is right."""
    found = []
    for table, query in _FROM_POSTS.items():
        names = ", ".join(db.table(table).columns_dict)
        right, kept = f"SELECT {names} FROM ({query})", f"SELECT {names} FROM {table}"
        for word, first, second in (("missing", right, kept), ("wrong", kept, right)):
            rows = db.execute(f"SELECT * FROM ({first}) EXCEPT SELECT * FROM ({second})")
            found += [f"{table}: {word}: {row}" for row in rows]
    return found


def rebuild(db: Database) -> None:
    """Make all rollups and the search index anew from the posts, in one transaction."""
    with db.atomic():
        db.execute("DELETE FROM hour_counts")
        db.execute("DROP TRIGGER author_day_goes")
        db.execute("DROP TRIGGER author_day_comes")
        db.execute("DELETE FROM author_days")
        db.execute("DELETE FROM spans")
        for table, query in _FROM_POSTS.items():
            names = ", ".join(db.table(table).columns_dict)
            db.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM ({query})")
        for trigger in ("author_day_comes", "author_day_goes"):
            db.execute(_trigger(trigger))
        db.execute("INSERT INTO posts_fts (posts_fts) VALUES ('rebuild')")


def _trigger(name: str) -> str:
    start = TRIGGERS.index(f"CREATE TRIGGER {name} ")
    return TRIGGERS[start : TRIGGERS.index("END;", start) + 4]
