-- Count copies as they come: those that say what another has said, and accounts of bridges.

ALTER TABLE copies ADD COLUMN bridge INTEGER;  -- the account that a bridge has made, if one has made the post
UPDATE copies SET bridge = (SELECT author_id FROM posts WHERE id = post_id)
WHERE post_id IN (SELECT id FROM posts INDEXED BY posts_bridged WHERE copy_of IS NOT NULL);
ALTER TABLE author_days ADD COLUMN bridged INTEGER NOT NULL DEFAULT 0;  -- of the posts, those that a bridge has made
UPDATE author_days SET bridged = n FROM (
  SELECT m.series AS s, author_id AS a, CAST(replace(day, '-', '') AS INTEGER) AS d, count(*) AS n
  FROM posts p INDEXED BY posts_bridged CROSS JOIN post_series m ON m.post_id = p.id
  WHERE copy_of IS NOT NULL GROUP BY 1, 2, 3)
WHERE series = s AND author_id = a AND day = d;
CREATE INDEX author_days_bridged ON author_days (series, day, bridged) WHERE bridged > 0;
CREATE INDEX copies_by_message ON copies (message, day, bridge);
CREATE INDEX copies_of_bridges ON copies (bridge, series, message, day) WHERE bridge IS NOT NULL;

CREATE TABLE repeats (                  -- posts that say what an earlier one says, by its day and theirs
  track_id INTEGER NOT NULL,
  unbridged INTEGER NOT NULL,                 -- 0: of all posts, 1: of those that no bridge has made
  before INTEGER NOT NULL,              -- the day of the last one before
  day INTEGER NOT NULL,
  posts INTEGER NOT NULL,
  PRIMARY KEY (track_id, unbridged, day, before)
) STRICT, WITHOUT ROWID;
CREATE TABLE bridges (                  -- how an account with a bridge's posts stands, from a day on
  series INTEGER NOT NULL, day INTEGER NOT NULL, author_id INTEGER NOT NULL,
  next_day INTEGER NOT NULL,            -- from which on its next row holds
  since INTEGER NOT NULL,               -- a window that begins by then has such a post, and what it repeats; or 0
  active INTEGER NOT NULL,              -- the day of its last post; 0: its writer is not known
  unbridged INTEGER NOT NULL,                 -- the day of its last post that no bridge has made, or 0
  followers INTEGER,                    -- at its last post
  PRIMARY KEY (series, day, author_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX bridges_by_author ON bridges (author_id, series);

DROP TRIGGER IF EXISTS copy_joins;
CREATE TRIGGER copy_joins AFTER INSERT ON post_series
WHEN (SELECT message FROM posts WHERE id = NEW.post_id) IS NOT NULL BEGIN
  INSERT INTO copies (series, day, message, post_id, bridge)
  SELECT NEW.series, CAST(replace(day, '-', '') AS INTEGER), message, id, iif(copy_of IS NULL, NULL, author_id)
  FROM posts WHERE id = NEW.post_id;
END;
DROP TRIGGER IF EXISTS message_moves;
CREATE TRIGGER message_moves AFTER UPDATE OF message, copy_of ON posts
WHEN OLD.message IS NOT NEW.message OR (OLD.copy_of IS NULL) <> (NEW.copy_of IS NULL) BEGIN
  DELETE FROM copies WHERE series IN (SELECT series FROM post_series WHERE post_id = NEW.id)
    AND day = CAST(replace(NEW.day, '-', '') AS INTEGER) AND message = OLD.message AND post_id = NEW.id;
  INSERT INTO copies (series, day, message, post_id, bridge)
  SELECT series, CAST(replace(NEW.day, '-', '') AS INTEGER), NEW.message, NEW.id,
    iif(NEW.copy_of IS NULL, NULL, NEW.author_id) FROM post_series
  WHERE post_id = NEW.id AND NEW.message IS NOT NULL;
END;

CREATE VIEW copy_moves AS               -- what triggers say of a copy that comes (`posts` is 1) or goes (-1)
SELECT series, day, message, post_id, bridge, 0 AS posts FROM copies;
CREATE TRIGGER copy_comes AFTER INSERT ON copies BEGIN
  INSERT INTO copy_moves VALUES (NEW.series, NEW.day, NEW.message, NEW.post_id, NEW.bridge, 1);
END;
CREATE TRIGGER copy_goes AFTER DELETE ON copies BEGIN
  INSERT INTO copy_moves VALUES (OLD.series, OLD.day, OLD.message, OLD.post_id, OLD.bridge, -1);
END;
CREATE TRIGGER copy_moves_counts INSTEAD OF INSERT ON copy_moves BEGIN
  INSERT INTO repeats (track_id, unbridged, before, day, posts)
  SELECT * FROM (WITH of_track AS MATERIALIZED (
      SELECT id, track_id FROM series WHERE track_id = (SELECT track_id FROM series WHERE id = NEW.series)),
    near AS MATERIALIZED (SELECT track_id, unbridged,
        (SELECT max(c.day) FROM copies c WHERE c.message = NEW.message AND c.day <= NEW.day AND (c.bridge IS NULL OR NOT unbridged)
          AND c.post_id <> NEW.post_id AND c.series IN (SELECT id FROM of_track)) AS before,
        (SELECT min(c.day) FROM copies c WHERE c.message = NEW.message AND c.day > NEW.day AND (c.bridge IS NULL OR NOT unbridged)
          AND c.series IN (SELECT id FROM of_track)) AS after
      FROM (SELECT 0 AS unbridged UNION ALL SELECT 1), (SELECT track_id FROM of_track LIMIT 1) WHERE NEW.bridge IS NULL OR NOT unbridged)
    SELECT track_id, unbridged, before, NEW.day, NEW.posts FROM near WHERE before
    UNION ALL SELECT track_id, unbridged, NEW.day, after, NEW.posts FROM near WHERE after
    UNION ALL SELECT track_id, unbridged, before, after, -NEW.posts FROM near WHERE before AND after)
  WHERE true ON CONFLICT DO UPDATE SET posts = posts + excluded.posts;
  INSERT INTO bridge_moves SELECT NEW.series, NEW.bridge WHERE NEW.bridge IS NOT NULL AND NOT (NEW.posts > 0  -- of a day that has one
    AND EXISTS (SELECT 1 FROM bridges WHERE author_id = NEW.bridge AND series = NEW.series AND day = NEW.day AND since = NEW.day)
    AND NOT EXISTS (SELECT 1 FROM copies o WHERE o.message = NEW.message AND o.day > NEW.day AND o.bridge IS NULL));
  INSERT INTO bridge_moves SELECT DISTINCT c.series, c.bridge FROM series s JOIN series t ON t.track_id = s.track_id
    JOIN copies c ON c.message = NEW.message AND c.bridge IS NOT NULL AND c.series = t.id
  WHERE s.id = NEW.series AND NEW.bridge IS NULL AND NOT EXISTS (SELECT 1 FROM copies o WHERE o.message = NEW.message
    AND o.day = NEW.day AND o.bridge IS NULL AND o.series = NEW.series AND o.post_id <> NEW.post_id);
END;
CREATE TRIGGER repeats_empty AFTER UPDATE ON repeats WHEN NEW.posts = 0 BEGIN
  DELETE FROM repeats WHERE track_id = NEW.track_id AND unbridged = NEW.unbridged AND day = NEW.day AND before = NEW.before;
END;
CREATE VIEW bridge_moves AS SELECT series, author_id FROM bridges;  -- whom triggers look up again
CREATE TRIGGER bridge_moves_counts INSTEAD OF INSERT ON bridge_moves BEGIN
  DELETE FROM bridges WHERE author_id = NEW.author_id AND series = NEW.series;
  INSERT INTO bridges (series, day, author_id, next_day, since, active, unbridged, followers)
  SELECT NEW.series, w.day, NEW.author_id, w.next_day, w.since, w.active, w.unbridged, d.followers FROM (
    SELECT day, lead(day, 1, 99991231) OVER until AS next_day, max(max(since)) OVER until AS since,
      max(max(active)) OVER until AS active, max(max(unbridged)) OVER until AS unbridged FROM (
        SELECT max(c.day, o.day) AS day, min(c.day, o.day) AS since, 0 AS active, 0 AS unbridged FROM copies c
        CROSS JOIN copies o ON o.message = c.message AND o.bridge IS NULL AND o.series IN (SELECT t.id FROM series s
          JOIN series t ON t.track_id = s.track_id WHERE s.id = NEW.series)
        WHERE c.bridge = NEW.author_id AND c.series = NEW.series
        UNION ALL SELECT day, 0, day, day * (posts > bridged) FROM author_days
        WHERE series = NEW.series AND author_id = NEW.author_id AND EXISTS (SELECT 1 FROM author_days b
          WHERE b.series = NEW.series AND b.author_id = NEW.author_id AND b.bridged > 0))
    GROUP BY day WINDOW until AS (ORDER BY day)) w
  LEFT JOIN author_days d ON d.series = NEW.series AND d.day = w.active AND d.author_id = NEW.author_id;
END;
CREATE TRIGGER bridge_posts AFTER INSERT ON author_days BEGIN
  UPDATE author_days SET bridged = 1 WHERE series = NEW.series AND day = NEW.day AND author_id = NEW.author_id
    AND (SELECT copy_of FROM posts WHERE id = NEW.last_id) IS NOT NULL;
  INSERT INTO bridge_moves SELECT DISTINCT series, author_id FROM bridges
  WHERE author_id = NEW.author_id AND series = NEW.series;
END;
CREATE TRIGGER bridge_posts_no_more AFTER DELETE ON author_days
WHEN EXISTS (SELECT 1 FROM bridges WHERE author_id = OLD.author_id AND series = OLD.series) BEGIN
  INSERT INTO bridge_moves VALUES (OLD.series, OLD.author_id);
END;
CREATE TRIGGER bridge_changes AFTER UPDATE OF posts, bridged, followers ON author_days
WHEN ((OLD.bridged > 0) <> (NEW.bridged > 0) OR (OLD.posts > OLD.bridged) <> (NEW.posts > NEW.bridged)
  OR OLD.followers IS NOT NEW.followers) BEGIN
  INSERT INTO bridge_moves SELECT NEW.series, NEW.author_id
  WHERE NEW.bridged OR EXISTS (SELECT 1 FROM bridges WHERE author_id = NEW.author_id AND series = NEW.series);
END;

CREATE TRIGGER bridged_post_joins AFTER INSERT ON post_series  -- before or after the day's row is there
WHEN (SELECT copy_of FROM posts WHERE id = NEW.post_id) IS NOT NULL BEGIN
  UPDATE author_days SET bridged = (SELECT count(*) FROM posts o JOIN post_series m ON m.post_id = o.id
    WHERE o.author_id = p.author_id AND o.created_unix BETWEEN unixepoch(p.day, '-1 day') AND unixepoch(p.day, '+2 days')
    AND o.day = p.day AND o.copy_of IS NOT NULL AND m.series = NEW.series)
  FROM posts p WHERE p.id = NEW.post_id AND author_days.series = NEW.series
    AND author_days.author_id = p.author_id AND author_days.day = CAST(replace(p.day, '-', '') AS INTEGER);
END;
CREATE TRIGGER bridged_post_leaves AFTER DELETE ON post_series BEGIN
  UPDATE author_days SET bridged = bridged - 1 FROM posts p WHERE p.id = OLD.post_id AND p.copy_of IS NOT NULL
    AND author_days.series = OLD.series AND author_days.author_id = p.author_id
    AND author_days.day = CAST(replace(p.day, '-', '') AS INTEGER);
END;
CREATE TRIGGER bridge_is_known AFTER UPDATE OF copy_of ON posts WHEN (OLD.copy_of IS NULL) <> (NEW.copy_of IS NULL) BEGIN
  UPDATE author_days SET bridged = bridged - (NEW.copy_of IS NULL) + (OLD.copy_of IS NULL)
  WHERE series IN (SELECT series FROM post_series WHERE post_id = NEW.id) AND author_id = NEW.author_id
    AND day = CAST(replace(NEW.day, '-', '') AS INTEGER);
END;
