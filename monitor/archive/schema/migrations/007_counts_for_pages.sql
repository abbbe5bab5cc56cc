-- Count what pages ask for: hours of the week, people and terms on all platforms, newcomers, and what
-- is known of an author's engagement.

DROP TRIGGER IF EXISTS post_joins;
DROP TRIGGER IF EXISTS post_leaves;
DROP TRIGGER IF EXISTS post_goes;
DROP TRIGGER IF EXISTS numbers_move;
DROP TRIGGER IF EXISTS size_moves;
DROP TRIGGER IF EXISTS followers_move;
DROP TRIGGER IF EXISTS tone_moves;
DROP TRIGGER IF EXISTS hour_comes;
DROP TRIGGER IF EXISTS hour_counts;
DROP TRIGGER IF EXISTS hour_goes;
DROP TRIGGER IF EXISTS author_day_comes;
DROP TRIGGER IF EXISTS author_day_goes;
DROP TRIGGER IF EXISTS author_day_counts;
DROP TRIGGER IF EXISTS author_day_followers;
DROP TRIGGER IF EXISTS span_empties;
DROP TRIGGER IF EXISTS span_comes;
DROP TRIGGER IF EXISTS span_grows;
DROP TRIGGER IF EXISTS span_shrinks;
DROP TRIGGER IF EXISTS author_total_comes;
DROP TRIGGER IF EXISTS author_total_goes;
DROP TRIGGER IF EXISTS author_first_day_moves;
DROP TRIGGER IF EXISTS author_total_doubles;
DROP TRIGGER IF EXISTS term_joins;
DROP TRIGGER IF EXISTS term_leaves;
DROP TRIGGER IF EXISTS term_day_goes;
DROP TRIGGER IF EXISTS term_day_comes;
DROP TRIGGER IF EXISTS term_day_counts;
DROP TRIGGER IF EXISTS term_total_doubles;
DROP TRIGGER IF EXISTS coverage_grows;

CREATE TABLE track_heat (               -- posts by hour of the week and local day, on all platforms
  track_id INTEGER NOT NULL,
  cell INTEGER NOT NULL,                -- 0 is Monday from midnight to one, by the campaign's clock
  day INTEGER NOT NULL,
  posts INTEGER NOT NULL,
  PRIMARY KEY (track_id, cell, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE track_spans (              -- spans of all platforms and bands
  track_id INTEGER NOT NULL, day INTEGER NOT NULL, next_day INTEGER NOT NULL,
  authors INTEGER NOT NULL,
  known INTEGER NOT NULL,               -- of them, authors whose followers are known
  followers INTEGER NOT NULL,           -- of these together
  PRIMARY KEY (track_id, day, next_day)
) STRICT, WITHOUT ROWID;

CREATE TABLE track_term_days (          -- posts with a term, by local day, on all platforms
  track_id INTEGER NOT NULL, term_id INTEGER NOT NULL, day INTEGER NOT NULL,
  posts INTEGER NOT NULL,
  PRIMARY KEY (track_id, term_id, day)
) STRICT, WITHOUT ROWID;

ALTER TABLE days ADD COLUMN newcomers INTEGER NOT NULL DEFAULT 0;  -- authors of whom it is the first day
UPDATE days SET newcomers = (SELECT count(*) FROM author_totals t
  WHERE t.series = days.series AND t.first_day = days.day);

-- Posts of which a platform said likes, reposts, replies or quotes: without any, the sum is not known.
ALTER TABLE author_days ADD COLUMN engagement_known INTEGER NOT NULL DEFAULT 0;
UPDATE author_days SET engagement_known = n.known FROM (
  SELECT m.series, p.author_id, CAST(replace(p.day, '-', '') AS INTEGER) AS day, count(p.engagement) AS known
  FROM post_series m JOIN posts p ON p.id = m.post_id GROUP BY 1, 2, 3) n
WHERE author_days.series = n.series AND author_days.day = n.day AND author_days.author_id = n.author_id;
DROP INDEX author_days_by_author;
CREATE INDEX author_days_by_author
  ON author_days (series, author_id, day, posts, engagement, engagement_known);

INSERT INTO track_heat (track_id, cell, day, posts)
SELECT s.track_id,
  ((strftime('%w', substr(h.hour, 1, 10)) + 6) % 7 * 24 + CAST(substr(h.hour, 12, 2) AS INTEGER)) AS cell,
  CAST(replace(substr(h.hour, 1, 10), '-', '') AS INTEGER) AS day, sum(h.posts) AS posts
FROM hours h JOIN series s ON s.id = h.series GROUP BY 1, 2, 3;

INSERT INTO track_spans (track_id, day, next_day, authors, known, followers)
SELECT s.track_id, n.day, n.next_day, sum(n.authors), sum(n.authors * (n.band > 0)), sum(n.followers)
FROM spans n JOIN series s ON s.id = n.series GROUP BY 1, 2, 3;

INSERT INTO track_term_days (track_id, term_id, day, posts)
SELECT s.track_id, d.term_id, d.day, sum(d.posts)
FROM term_days d JOIN series s ON s.id = d.series GROUP BY 1, 2, 3;

-- The triggers that count, as they are now. A size is a number of binary digits: 0 for 0, 1 for 1, 2 for 2
-- and 3, 3 for 4 to 7. A band is of followers: 0 not known, 1 under 1,000, 2 under 10,000, to 5.
-- INDEXED BY: the planner would walk over days instead.

-- VALUES and WHEN spare a temporary table that SQLite fills for INSERT ... SELECT into a table with triggers.
-- https://github.com/sqlite/sqlite/blob/master/src/insert.c (useTempTable)
CREATE TRIGGER post_joins AFTER INSERT ON post_series BEGIN
  INSERT INTO hours (hour, series, posts) VALUES ((SELECT p.hour FROM posts p WHERE p.id = NEW.post_id), NEW.series, 1)
  ON CONFLICT DO UPDATE SET posts = posts + 1;
  INSERT INTO days (series, day, posts, likes, reposts, replies, quotes, views, engagement_known, views_known, positive, neutral, negative, unclear)
  SELECT NEW.series, CAST(replace(p.day, '-', '') AS INTEGER), 1, ifnull(p.likes, 0), ifnull(p.reposts, 0), ifnull(p.replies, 0), ifnull(p.quotes, 0), ifnull(p.views, 0), (p.engagement IS NOT NULL), (p.views IS NOT NULL), (p.tone IS 'positive'), (p.tone IS 'neutral'), (p.tone IS 'negative'), (p.tone IS 'unclear') FROM posts p WHERE p.id = NEW.post_id
  ON CONFLICT DO UPDATE SET posts = posts + excluded.posts, likes = likes + excluded.likes, reposts = reposts + excluded.reposts, replies = replies + excluded.replies, quotes = quotes + excluded.quotes, views = views + excluded.views, engagement_known = engagement_known + excluded.engagement_known, views_known = views_known + excluded.views_known, positive = positive + excluded.positive, neutral = neutral + excluded.neutral, negative = negative + excluded.negative, unclear = unclear + excluded.unclear;
  INSERT INTO author_days (series, author_id, day, posts, engagement, engagement_known, last_id, followers)
  VALUES (NEW.series, (SELECT p.author_id FROM posts p WHERE p.id = NEW.post_id), (SELECT CAST(replace(p.day, '-', '') AS INTEGER) FROM posts p WHERE p.id = NEW.post_id), 1,
    (SELECT ifnull(p.engagement, 0) FROM posts p WHERE p.id = NEW.post_id), (SELECT p.engagement IS NOT NULL FROM posts p WHERE p.id = NEW.post_id),
    NEW.post_id, (SELECT p.followers FROM posts p WHERE p.id = NEW.post_id))
  ON CONFLICT DO UPDATE SET posts = posts + excluded.posts, engagement = engagement + excluded.engagement, engagement_known = engagement_known + excluded.engagement_known,
    (last_id, followers) = (SELECT n.id, n.followers FROM posts n WHERE n.id IN (excluded.last_id, author_days.last_id)
    ORDER BY n.created_at DESC, n.id DESC LIMIT 1);
  INSERT INTO term_days (series, term_id, day, posts)
  SELECT NEW.series, t.term_id, CAST(replace(p.day, '-', '') AS INTEGER), 1 FROM posts p JOIN post_terms t ON t.post_id = p.id
  WHERE p.id = NEW.post_id ON CONFLICT DO UPDATE SET posts = posts + 1;
  INSERT INTO ranks (series, size, day, post_id)
  SELECT NEW.series, (CASE WHEN p.engagement <= 0 THEN 0 WHEN p.engagement < 2 THEN 1 WHEN p.engagement < 4 THEN 2 WHEN p.engagement < 8 THEN 3 WHEN p.engagement < 16 THEN 4 WHEN p.engagement < 32 THEN 5 WHEN p.engagement < 64 THEN 6 WHEN p.engagement < 128 THEN 7 WHEN p.engagement < 256 THEN 8 WHEN p.engagement < 512 THEN 9 WHEN p.engagement < 1024 THEN 10 WHEN p.engagement < 2048 THEN 11 WHEN p.engagement < 4096 THEN 12 WHEN p.engagement < 8192 THEN 13 WHEN p.engagement < 16384 THEN 14 WHEN p.engagement < 32768 THEN 15 WHEN p.engagement < 65536 THEN 16 WHEN p.engagement < 131072 THEN 17 WHEN p.engagement < 262144 THEN 18 WHEN p.engagement < 524288 THEN 19 WHEN p.engagement < 1048576 THEN 20 WHEN p.engagement < 2097152 THEN 21 WHEN p.engagement < 4194304 THEN 22 WHEN p.engagement < 8388608 THEN 23 WHEN p.engagement < 16777216 THEN 24 WHEN p.engagement < 33554432 THEN 25 WHEN p.engagement < 67108864 THEN 26 WHEN p.engagement < 134217728 THEN 27 WHEN p.engagement < 268435456 THEN 28 WHEN p.engagement < 536870912 THEN 29 WHEN p.engagement < 1073741824 THEN 30 WHEN p.engagement < 2147483648 THEN 31 ELSE 32 END), CAST(replace(p.day, '-', '') AS INTEGER), p.id FROM posts p WHERE p.id = NEW.post_id AND p.engagement > 0;
END;

CREATE TRIGGER post_leaves AFTER DELETE ON post_series BEGIN
  UPDATE hours SET posts = posts - 1 WHERE series = OLD.series AND hour = (SELECT p.hour FROM posts p WHERE p.id = OLD.post_id);
  DELETE FROM hours WHERE series = OLD.series AND hour = (SELECT p.hour FROM posts p WHERE p.id = OLD.post_id) AND posts = 0;
  UPDATE days SET posts = days.posts - 1, likes = days.likes - ifnull(p.likes, 0), reposts = days.reposts - ifnull(p.reposts, 0), replies = days.replies - ifnull(p.replies, 0), quotes = days.quotes - ifnull(p.quotes, 0), views = days.views - ifnull(p.views, 0), engagement_known = days.engagement_known - (p.engagement IS NOT NULL), views_known = days.views_known - (p.views IS NOT NULL), positive = days.positive - (p.tone IS 'positive'), neutral = days.neutral - (p.tone IS 'neutral'), negative = days.negative - (p.tone IS 'negative'), unclear = days.unclear - (p.tone IS 'unclear')
  FROM posts p WHERE p.id = OLD.post_id AND days.series = OLD.series AND days.day = CAST(replace(p.day, '-', '') AS INTEGER);
  DELETE FROM days WHERE series = OLD.series AND day = (SELECT CAST(replace(p.day, '-', '') AS INTEGER) FROM posts p WHERE p.id = OLD.post_id) AND posts = 0;
  UPDATE author_days SET last_id = (SELECT q.id FROM posts q JOIN post_series m ON m.post_id = q.id AND m.series = OLD.series
    WHERE q.author_id = p.author_id AND q.day = p.day
    AND q.created_at BETWEEN date(p.day, '-1 day') AND date(p.day, '+2 days')
    ORDER BY q.created_at DESC, q.id DESC LIMIT 1), followers = (SELECT followers FROM posts WHERE id = (SELECT q.id FROM posts q JOIN post_series m ON m.post_id = q.id AND m.series = OLD.series
    WHERE q.author_id = p.author_id AND q.day = p.day
    AND q.created_at BETWEEN date(p.day, '-1 day') AND date(p.day, '+2 days')
    ORDER BY q.created_at DESC, q.id DESC LIMIT 1))
  FROM posts p WHERE p.id = OLD.post_id AND author_days.series = OLD.series AND author_days.author_id = p.author_id
    AND author_days.day = CAST(replace(p.day, '-', '') AS INTEGER) AND author_days.last_id = p.id;
  UPDATE author_days SET posts = posts - 1, engagement = author_days.engagement - ifnull(p.engagement, 0),
    engagement_known = engagement_known - (p.engagement IS NOT NULL)
  FROM posts p WHERE p.id = OLD.post_id AND author_days.series = OLD.series AND author_days.author_id = p.author_id
    AND author_days.day = CAST(replace(p.day, '-', '') AS INTEGER);
  DELETE FROM author_days WHERE series = OLD.series AND posts = 0
    AND (author_id, day) = (SELECT p.author_id, CAST(replace(p.day, '-', '') AS INTEGER) FROM posts p WHERE p.id = OLD.post_id);
  UPDATE term_days SET posts = posts - 1 WHERE series = OLD.series AND term_id IN (SELECT term_id FROM post_terms WHERE post_id = OLD.post_id) AND day = (SELECT CAST(replace(p.day, '-', '') AS INTEGER) FROM posts p WHERE p.id = OLD.post_id);
  DELETE FROM term_days WHERE series = OLD.series AND term_id IN (SELECT term_id FROM post_terms WHERE post_id = OLD.post_id) AND day = (SELECT CAST(replace(p.day, '-', '') AS INTEGER) FROM posts p WHERE p.id = OLD.post_id) AND posts = 0;
  DELETE FROM ranks WHERE series = OLD.series AND post_id = OLD.post_id
    AND (size, day) = (SELECT (CASE WHEN p.engagement <= 0 THEN 0 WHEN p.engagement < 2 THEN 1 WHEN p.engagement < 4 THEN 2 WHEN p.engagement < 8 THEN 3 WHEN p.engagement < 16 THEN 4 WHEN p.engagement < 32 THEN 5 WHEN p.engagement < 64 THEN 6 WHEN p.engagement < 128 THEN 7 WHEN p.engagement < 256 THEN 8 WHEN p.engagement < 512 THEN 9 WHEN p.engagement < 1024 THEN 10 WHEN p.engagement < 2048 THEN 11 WHEN p.engagement < 4096 THEN 12 WHEN p.engagement < 8192 THEN 13 WHEN p.engagement < 16384 THEN 14 WHEN p.engagement < 32768 THEN 15 WHEN p.engagement < 65536 THEN 16 WHEN p.engagement < 131072 THEN 17 WHEN p.engagement < 262144 THEN 18 WHEN p.engagement < 524288 THEN 19 WHEN p.engagement < 1048576 THEN 20 WHEN p.engagement < 2097152 THEN 21 WHEN p.engagement < 4194304 THEN 22 WHEN p.engagement < 8388608 THEN 23 WHEN p.engagement < 16777216 THEN 24 WHEN p.engagement < 33554432 THEN 25 WHEN p.engagement < 67108864 THEN 26 WHEN p.engagement < 134217728 THEN 27 WHEN p.engagement < 268435456 THEN 28 WHEN p.engagement < 536870912 THEN 29 WHEN p.engagement < 1073741824 THEN 30 WHEN p.engagement < 2147483648 THEN 31 ELSE 32 END), CAST(replace(p.day, '-', '') AS INTEGER) FROM posts p WHERE p.id = OLD.post_id);
END;

CREATE TRIGGER post_goes BEFORE DELETE ON posts BEGIN
  DELETE FROM post_series WHERE post_id = OLD.id;
END;

CREATE TRIGGER numbers_move AFTER UPDATE OF likes, reposts, replies, quotes, views ON posts BEGIN
  UPDATE days SET likes = likes - ifnull(OLD.likes, 0) + ifnull(NEW.likes, 0), reposts = reposts - ifnull(OLD.reposts, 0) + ifnull(NEW.reposts, 0), replies = replies - ifnull(OLD.replies, 0) + ifnull(NEW.replies, 0), quotes = quotes - ifnull(OLD.quotes, 0) + ifnull(NEW.quotes, 0), views = views - ifnull(OLD.views, 0) + ifnull(NEW.views, 0), engagement_known = engagement_known - (OLD.engagement IS NOT NULL) + (NEW.engagement IS NOT NULL), views_known = views_known - (OLD.views IS NOT NULL) + (NEW.views IS NOT NULL)
  WHERE series IN (SELECT series FROM post_series WHERE post_id = NEW.id) AND day = CAST(replace(NEW.day, '-', '') AS INTEGER);
  UPDATE author_days SET engagement = engagement - ifnull(OLD.engagement, 0) + ifnull(NEW.engagement, 0),
    engagement_known = engagement_known - (OLD.engagement IS NOT NULL) + (NEW.engagement IS NOT NULL)
  WHERE series IN (SELECT series FROM post_series WHERE post_id = NEW.id) AND author_id = NEW.author_id AND day = CAST(replace(NEW.day, '-', '') AS INTEGER);
END;

CREATE TRIGGER size_moves AFTER UPDATE OF likes, reposts, replies, quotes, views ON posts
WHEN (CASE WHEN ifnull(OLD.engagement, 0) <= 0 THEN 0 WHEN ifnull(OLD.engagement, 0) < 2 THEN 1 WHEN ifnull(OLD.engagement, 0) < 4 THEN 2 WHEN ifnull(OLD.engagement, 0) < 8 THEN 3 WHEN ifnull(OLD.engagement, 0) < 16 THEN 4 WHEN ifnull(OLD.engagement, 0) < 32 THEN 5 WHEN ifnull(OLD.engagement, 0) < 64 THEN 6 WHEN ifnull(OLD.engagement, 0) < 128 THEN 7 WHEN ifnull(OLD.engagement, 0) < 256 THEN 8 WHEN ifnull(OLD.engagement, 0) < 512 THEN 9 WHEN ifnull(OLD.engagement, 0) < 1024 THEN 10 WHEN ifnull(OLD.engagement, 0) < 2048 THEN 11 WHEN ifnull(OLD.engagement, 0) < 4096 THEN 12 WHEN ifnull(OLD.engagement, 0) < 8192 THEN 13 WHEN ifnull(OLD.engagement, 0) < 16384 THEN 14 WHEN ifnull(OLD.engagement, 0) < 32768 THEN 15 WHEN ifnull(OLD.engagement, 0) < 65536 THEN 16 WHEN ifnull(OLD.engagement, 0) < 131072 THEN 17 WHEN ifnull(OLD.engagement, 0) < 262144 THEN 18 WHEN ifnull(OLD.engagement, 0) < 524288 THEN 19 WHEN ifnull(OLD.engagement, 0) < 1048576 THEN 20 WHEN ifnull(OLD.engagement, 0) < 2097152 THEN 21 WHEN ifnull(OLD.engagement, 0) < 4194304 THEN 22 WHEN ifnull(OLD.engagement, 0) < 8388608 THEN 23 WHEN ifnull(OLD.engagement, 0) < 16777216 THEN 24 WHEN ifnull(OLD.engagement, 0) < 33554432 THEN 25 WHEN ifnull(OLD.engagement, 0) < 67108864 THEN 26 WHEN ifnull(OLD.engagement, 0) < 134217728 THEN 27 WHEN ifnull(OLD.engagement, 0) < 268435456 THEN 28 WHEN ifnull(OLD.engagement, 0) < 536870912 THEN 29 WHEN ifnull(OLD.engagement, 0) < 1073741824 THEN 30 WHEN ifnull(OLD.engagement, 0) < 2147483648 THEN 31 ELSE 32 END) <> (CASE WHEN ifnull(NEW.engagement, 0) <= 0 THEN 0 WHEN ifnull(NEW.engagement, 0) < 2 THEN 1 WHEN ifnull(NEW.engagement, 0) < 4 THEN 2 WHEN ifnull(NEW.engagement, 0) < 8 THEN 3 WHEN ifnull(NEW.engagement, 0) < 16 THEN 4 WHEN ifnull(NEW.engagement, 0) < 32 THEN 5 WHEN ifnull(NEW.engagement, 0) < 64 THEN 6 WHEN ifnull(NEW.engagement, 0) < 128 THEN 7 WHEN ifnull(NEW.engagement, 0) < 256 THEN 8 WHEN ifnull(NEW.engagement, 0) < 512 THEN 9 WHEN ifnull(NEW.engagement, 0) < 1024 THEN 10 WHEN ifnull(NEW.engagement, 0) < 2048 THEN 11 WHEN ifnull(NEW.engagement, 0) < 4096 THEN 12 WHEN ifnull(NEW.engagement, 0) < 8192 THEN 13 WHEN ifnull(NEW.engagement, 0) < 16384 THEN 14 WHEN ifnull(NEW.engagement, 0) < 32768 THEN 15 WHEN ifnull(NEW.engagement, 0) < 65536 THEN 16 WHEN ifnull(NEW.engagement, 0) < 131072 THEN 17 WHEN ifnull(NEW.engagement, 0) < 262144 THEN 18 WHEN ifnull(NEW.engagement, 0) < 524288 THEN 19 WHEN ifnull(NEW.engagement, 0) < 1048576 THEN 20 WHEN ifnull(NEW.engagement, 0) < 2097152 THEN 21 WHEN ifnull(NEW.engagement, 0) < 4194304 THEN 22 WHEN ifnull(NEW.engagement, 0) < 8388608 THEN 23 WHEN ifnull(NEW.engagement, 0) < 16777216 THEN 24 WHEN ifnull(NEW.engagement, 0) < 33554432 THEN 25 WHEN ifnull(NEW.engagement, 0) < 67108864 THEN 26 WHEN ifnull(NEW.engagement, 0) < 134217728 THEN 27 WHEN ifnull(NEW.engagement, 0) < 268435456 THEN 28 WHEN ifnull(NEW.engagement, 0) < 536870912 THEN 29 WHEN ifnull(NEW.engagement, 0) < 1073741824 THEN 30 WHEN ifnull(NEW.engagement, 0) < 2147483648 THEN 31 ELSE 32 END) BEGIN
  DELETE FROM ranks
  WHERE series IN (SELECT series FROM post_series WHERE post_id = NEW.id) AND size = (CASE WHEN OLD.engagement <= 0 THEN 0 WHEN OLD.engagement < 2 THEN 1 WHEN OLD.engagement < 4 THEN 2 WHEN OLD.engagement < 8 THEN 3 WHEN OLD.engagement < 16 THEN 4 WHEN OLD.engagement < 32 THEN 5 WHEN OLD.engagement < 64 THEN 6 WHEN OLD.engagement < 128 THEN 7 WHEN OLD.engagement < 256 THEN 8 WHEN OLD.engagement < 512 THEN 9 WHEN OLD.engagement < 1024 THEN 10 WHEN OLD.engagement < 2048 THEN 11 WHEN OLD.engagement < 4096 THEN 12 WHEN OLD.engagement < 8192 THEN 13 WHEN OLD.engagement < 16384 THEN 14 WHEN OLD.engagement < 32768 THEN 15 WHEN OLD.engagement < 65536 THEN 16 WHEN OLD.engagement < 131072 THEN 17 WHEN OLD.engagement < 262144 THEN 18 WHEN OLD.engagement < 524288 THEN 19 WHEN OLD.engagement < 1048576 THEN 20 WHEN OLD.engagement < 2097152 THEN 21 WHEN OLD.engagement < 4194304 THEN 22 WHEN OLD.engagement < 8388608 THEN 23 WHEN OLD.engagement < 16777216 THEN 24 WHEN OLD.engagement < 33554432 THEN 25 WHEN OLD.engagement < 67108864 THEN 26 WHEN OLD.engagement < 134217728 THEN 27 WHEN OLD.engagement < 268435456 THEN 28 WHEN OLD.engagement < 536870912 THEN 29 WHEN OLD.engagement < 1073741824 THEN 30 WHEN OLD.engagement < 2147483648 THEN 31 ELSE 32 END) AND day = CAST(replace(NEW.day, '-', '') AS INTEGER) AND post_id = NEW.id;
  INSERT INTO ranks (series, size, day, post_id)
  SELECT series, (CASE WHEN NEW.engagement <= 0 THEN 0 WHEN NEW.engagement < 2 THEN 1 WHEN NEW.engagement < 4 THEN 2 WHEN NEW.engagement < 8 THEN 3 WHEN NEW.engagement < 16 THEN 4 WHEN NEW.engagement < 32 THEN 5 WHEN NEW.engagement < 64 THEN 6 WHEN NEW.engagement < 128 THEN 7 WHEN NEW.engagement < 256 THEN 8 WHEN NEW.engagement < 512 THEN 9 WHEN NEW.engagement < 1024 THEN 10 WHEN NEW.engagement < 2048 THEN 11 WHEN NEW.engagement < 4096 THEN 12 WHEN NEW.engagement < 8192 THEN 13 WHEN NEW.engagement < 16384 THEN 14 WHEN NEW.engagement < 32768 THEN 15 WHEN NEW.engagement < 65536 THEN 16 WHEN NEW.engagement < 131072 THEN 17 WHEN NEW.engagement < 262144 THEN 18 WHEN NEW.engagement < 524288 THEN 19 WHEN NEW.engagement < 1048576 THEN 20 WHEN NEW.engagement < 2097152 THEN 21 WHEN NEW.engagement < 4194304 THEN 22 WHEN NEW.engagement < 8388608 THEN 23 WHEN NEW.engagement < 16777216 THEN 24 WHEN NEW.engagement < 33554432 THEN 25 WHEN NEW.engagement < 67108864 THEN 26 WHEN NEW.engagement < 134217728 THEN 27 WHEN NEW.engagement < 268435456 THEN 28 WHEN NEW.engagement < 536870912 THEN 29 WHEN NEW.engagement < 1073741824 THEN 30 WHEN NEW.engagement < 2147483648 THEN 31 ELSE 32 END), CAST(replace(NEW.day, '-', '') AS INTEGER), NEW.id FROM post_series
  WHERE post_id = NEW.id AND NEW.engagement > 0;
END;

CREATE TRIGGER followers_move AFTER UPDATE OF followers ON posts BEGIN
  UPDATE author_days SET followers = NEW.followers
  WHERE series IN (SELECT series FROM post_series WHERE post_id = NEW.id) AND author_id = NEW.author_id AND day = CAST(replace(NEW.day, '-', '') AS INTEGER) AND last_id = NEW.id;
END;

CREATE TRIGGER tone_moves AFTER UPDATE OF tone ON posts WHEN OLD.tone IS NOT NEW.tone BEGIN
  UPDATE days SET positive = positive - (OLD.tone IS 'positive') + (NEW.tone IS 'positive'), neutral = neutral - (OLD.tone IS 'neutral') + (NEW.tone IS 'neutral'), negative = negative - (OLD.tone IS 'negative') + (NEW.tone IS 'negative'), unclear = unclear - (OLD.tone IS 'unclear') + (NEW.tone IS 'unclear') WHERE series IN (SELECT series FROM post_series WHERE post_id = NEW.id) AND day = CAST(replace(NEW.day, '-', '') AS INTEGER);
END;

CREATE TRIGGER hour_comes AFTER INSERT ON hours BEGIN
  INSERT INTO track_heat (track_id, cell, day, posts)
  VALUES ((SELECT track_id FROM series WHERE id = NEW.series), ((strftime('%w', substr(NEW.hour, 1, 10)) + 6) % 7 * 24 + CAST(substr(NEW.hour, 12, 2) AS INTEGER)),
    CAST(replace(substr(NEW.hour, 1, 10), '-', '') AS INTEGER), NEW.posts)
  ON CONFLICT DO UPDATE SET posts = posts + excluded.posts;
END;

CREATE TRIGGER hour_counts AFTER UPDATE OF posts ON hours BEGIN
  UPDATE track_heat SET posts = posts + NEW.posts - OLD.posts WHERE track_id = (SELECT track_id FROM series WHERE id = NEW.series) AND cell = ((strftime('%w', substr(NEW.hour, 1, 10)) + 6) % 7 * 24 + CAST(substr(NEW.hour, 12, 2) AS INTEGER)) AND day = CAST(replace(substr(NEW.hour, 1, 10), '-', '') AS INTEGER);
END;

CREATE TRIGGER hour_goes AFTER DELETE ON hours BEGIN
  DELETE FROM track_heat WHERE track_id = (SELECT track_id FROM series WHERE id = OLD.series) AND cell = ((strftime('%w', substr(OLD.hour, 1, 10)) + 6) % 7 * 24 + CAST(substr(OLD.hour, 12, 2) AS INTEGER)) AND day = CAST(replace(substr(OLD.hour, 1, 10), '-', '') AS INTEGER) AND posts = 0;
END;

-- An author's day comes between its neighbours: a span on either side, instead of the one over it.
CREATE TRIGGER author_day_comes AFTER INSERT ON author_days BEGIN 
  INSERT INTO spans (series, day, next_day, band, authors, followers)
  SELECT NEW.series, NEW.day, (SELECT ifnull(min(day), 99991231) FROM author_days INDEXED BY author_days_by_author WHERE series = NEW.series AND author_id = NEW.author_id AND day > NEW.day), (CASE WHEN NEW.followers IS NULL THEN 0 WHEN NEW.followers < 1000 THEN 1 WHEN NEW.followers < 10000 THEN 2 WHEN NEW.followers < 100000 THEN 3 WHEN NEW.followers < 1000000 THEN 4 ELSE 5 END), 1, 1 * ifnull(NEW.followers, 0)
  UNION ALL SELECT NEW.series, b.day, NEW.day, (CASE WHEN b.followers IS NULL THEN 0 WHEN b.followers < 1000 THEN 1 WHEN b.followers < 10000 THEN 2 WHEN b.followers < 100000 THEN 3 WHEN b.followers < 1000000 THEN 4 ELSE 5 END), 1, 1 * ifnull(b.followers, 0) FROM (SELECT day, followers FROM author_days INDEXED BY author_days_by_author WHERE series = NEW.series AND author_id = NEW.author_id AND day < NEW.day ORDER BY day DESC LIMIT 1) b
  UNION ALL SELECT NEW.series, b.day, (SELECT ifnull(min(day), 99991231) FROM author_days INDEXED BY author_days_by_author WHERE series = NEW.series AND author_id = NEW.author_id AND day > NEW.day), (CASE WHEN b.followers IS NULL THEN 0 WHEN b.followers < 1000 THEN 1 WHEN b.followers < 10000 THEN 2 WHEN b.followers < 100000 THEN 3 WHEN b.followers < 1000000 THEN 4 ELSE 5 END), -1, -1 * ifnull(b.followers, 0) FROM (SELECT day, followers FROM author_days INDEXED BY author_days_by_author WHERE series = NEW.series AND author_id = NEW.author_id AND day < NEW.day ORDER BY day DESC LIMIT 1) b WHERE true
  ON CONFLICT DO UPDATE SET authors = authors + excluded.authors, followers = followers + excluded.followers;

  INSERT INTO author_totals (series, author_id, posts, size, first_day)
  VALUES (NEW.series, NEW.author_id, NEW.posts, 1, NEW.day)
  ON CONFLICT DO UPDATE SET posts = posts + excluded.posts;
  UPDATE author_totals SET first_day = NEW.day
  WHERE series = NEW.series AND author_id = NEW.author_id AND first_day > NEW.day;
END;

CREATE TRIGGER author_day_goes AFTER DELETE ON author_days BEGIN 
  INSERT INTO spans (series, day, next_day, band, authors, followers)
  SELECT OLD.series, OLD.day, (SELECT ifnull(min(day), 99991231) FROM author_days INDEXED BY author_days_by_author WHERE series = OLD.series AND author_id = OLD.author_id AND day > OLD.day), (CASE WHEN OLD.followers IS NULL THEN 0 WHEN OLD.followers < 1000 THEN 1 WHEN OLD.followers < 10000 THEN 2 WHEN OLD.followers < 100000 THEN 3 WHEN OLD.followers < 1000000 THEN 4 ELSE 5 END), -1, -1 * ifnull(OLD.followers, 0)
  UNION ALL SELECT OLD.series, b.day, OLD.day, (CASE WHEN b.followers IS NULL THEN 0 WHEN b.followers < 1000 THEN 1 WHEN b.followers < 10000 THEN 2 WHEN b.followers < 100000 THEN 3 WHEN b.followers < 1000000 THEN 4 ELSE 5 END), -1, -1 * ifnull(b.followers, 0) FROM (SELECT day, followers FROM author_days INDEXED BY author_days_by_author WHERE series = OLD.series AND author_id = OLD.author_id AND day < OLD.day ORDER BY day DESC LIMIT 1) b
  UNION ALL SELECT OLD.series, b.day, (SELECT ifnull(min(day), 99991231) FROM author_days INDEXED BY author_days_by_author WHERE series = OLD.series AND author_id = OLD.author_id AND day > OLD.day), (CASE WHEN b.followers IS NULL THEN 0 WHEN b.followers < 1000 THEN 1 WHEN b.followers < 10000 THEN 2 WHEN b.followers < 100000 THEN 3 WHEN b.followers < 1000000 THEN 4 ELSE 5 END), 1, 1 * ifnull(b.followers, 0) FROM (SELECT day, followers FROM author_days INDEXED BY author_days_by_author WHERE series = OLD.series AND author_id = OLD.author_id AND day < OLD.day ORDER BY day DESC LIMIT 1) b WHERE true
  ON CONFLICT DO UPDATE SET authors = authors + excluded.authors, followers = followers + excluded.followers;

  UPDATE author_totals SET first_day = (SELECT ifnull(min(day), OLD.day) FROM author_days INDEXED BY author_days_by_author
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
  SELECT NEW.series, NEW.day, (SELECT ifnull(min(day), 99991231) FROM author_days INDEXED BY author_days_by_author WHERE series = NEW.series AND author_id = NEW.author_id AND day > NEW.day), (CASE WHEN NEW.followers IS NULL THEN 0 WHEN NEW.followers < 1000 THEN 1 WHEN NEW.followers < 10000 THEN 2 WHEN NEW.followers < 100000 THEN 3 WHEN NEW.followers < 1000000 THEN 4 ELSE 5 END), 1, 1 * ifnull(NEW.followers, 0)
  UNION ALL SELECT NEW.series, NEW.day, (SELECT ifnull(min(day), 99991231) FROM author_days INDEXED BY author_days_by_author WHERE series = NEW.series AND author_id = NEW.author_id AND day > NEW.day), (CASE WHEN OLD.followers IS NULL THEN 0 WHEN OLD.followers < 1000 THEN 1 WHEN OLD.followers < 10000 THEN 2 WHEN OLD.followers < 100000 THEN 3 WHEN OLD.followers < 1000000 THEN 4 ELSE 5 END), -1, -1 * ifnull(OLD.followers, 0) WHERE true
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
  ON CONFLICT DO UPDATE SET authors = authors + excluded.authors, known = known + excluded.known, followers = followers + excluded.followers;
END;

-- Two triggers, so that only a span that shrinks is looked at for being empty.
CREATE TRIGGER span_grows AFTER UPDATE ON spans WHEN NEW.authors >= OLD.authors BEGIN 
  UPDATE track_spans SET authors = authors + NEW.authors - OLD.authors,
    known = known + (NEW.authors - OLD.authors) * (NEW.band > 0),
    followers = followers + NEW.followers - OLD.followers
  WHERE track_id = (SELECT track_id FROM series WHERE id = NEW.series) AND day = NEW.day AND next_day = NEW.next_day;
 END;

CREATE TRIGGER span_shrinks AFTER UPDATE ON spans WHEN NEW.authors < OLD.authors BEGIN 
  UPDATE track_spans SET authors = authors + NEW.authors - OLD.authors,
    known = known + (NEW.authors - OLD.authors) * (NEW.band > 0),
    followers = followers + NEW.followers - OLD.followers
  WHERE track_id = (SELECT track_id FROM series WHERE id = NEW.series) AND day = NEW.day AND next_day = NEW.next_day;

  DELETE FROM track_spans
  WHERE track_id = (SELECT track_id FROM series WHERE id = NEW.series) AND day = NEW.day AND next_day = NEW.next_day AND authors = 0;
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
  UPDATE author_totals SET size = (CASE WHEN NEW.posts <= 0 THEN 0 WHEN NEW.posts < 2 THEN 1 WHEN NEW.posts < 4 THEN 2 WHEN NEW.posts < 8 THEN 3 WHEN NEW.posts < 16 THEN 4 WHEN NEW.posts < 32 THEN 5 WHEN NEW.posts < 64 THEN 6 WHEN NEW.posts < 128 THEN 7 WHEN NEW.posts < 256 THEN 8 WHEN NEW.posts < 512 THEN 9 WHEN NEW.posts < 1024 THEN 10 WHEN NEW.posts < 2048 THEN 11 WHEN NEW.posts < 4096 THEN 12 WHEN NEW.posts < 8192 THEN 13 WHEN NEW.posts < 16384 THEN 14 WHEN NEW.posts < 32768 THEN 15 WHEN NEW.posts < 65536 THEN 16 WHEN NEW.posts < 131072 THEN 17 WHEN NEW.posts < 262144 THEN 18 WHEN NEW.posts < 524288 THEN 19 WHEN NEW.posts < 1048576 THEN 20 WHEN NEW.posts < 2097152 THEN 21 WHEN NEW.posts < 4194304 THEN 22 WHEN NEW.posts < 8388608 THEN 23 WHEN NEW.posts < 16777216 THEN 24 WHEN NEW.posts < 33554432 THEN 25 WHEN NEW.posts < 67108864 THEN 26 WHEN NEW.posts < 134217728 THEN 27 WHEN NEW.posts < 268435456 THEN 28 WHEN NEW.posts < 536870912 THEN 29 WHEN NEW.posts < 1073741824 THEN 30 WHEN NEW.posts < 2147483648 THEN 31 ELSE 32 END)
  WHERE series = NEW.series AND author_id = NEW.author_id;
END;

CREATE TRIGGER term_joins AFTER INSERT ON post_terms
WHEN EXISTS (SELECT 1 FROM post_series WHERE post_id = NEW.post_id) BEGIN
  INSERT INTO term_days (series, term_id, day, posts)
  SELECT m.series, NEW.term_id, CAST(replace(p.day, '-', '') AS INTEGER), 1 FROM post_series m JOIN posts p ON p.id = m.post_id
  WHERE m.post_id = NEW.post_id ON CONFLICT DO UPDATE SET posts = posts + 1;
END;

CREATE TRIGGER term_leaves AFTER DELETE ON post_terms BEGIN
  UPDATE term_days SET posts = posts - 1 WHERE series IN (SELECT series FROM post_series WHERE post_id = OLD.post_id) AND term_id = OLD.term_id AND day = (SELECT CAST(replace(p.day, '-', '') AS INTEGER) FROM posts p WHERE p.id = OLD.post_id);
  DELETE FROM term_days WHERE series IN (SELECT series FROM post_series WHERE post_id = OLD.post_id) AND term_id = OLD.term_id AND day = (SELECT CAST(replace(p.day, '-', '') AS INTEGER) FROM posts p WHERE p.id = OLD.post_id) AND posts = 0;
END;

CREATE TRIGGER term_day_goes AFTER DELETE ON term_days BEGIN
  DELETE FROM track_term_days
  WHERE track_id = (SELECT track_id FROM series WHERE id = OLD.series) AND term_id = OLD.term_id AND day = OLD.day AND posts = 0;
  DELETE FROM term_totals WHERE track_id = (SELECT track_id FROM series WHERE id = OLD.series) AND term_id = OLD.term_id AND posts = 0;
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
  WHERE track_id = (SELECT track_id FROM series WHERE id = NEW.series) AND term_id = NEW.term_id AND day = NEW.day;
  UPDATE term_totals SET posts = posts + NEW.posts - OLD.posts
  WHERE track_id = (SELECT track_id FROM series WHERE id = NEW.series) AND term_id = NEW.term_id;
END;

CREATE TRIGGER term_total_doubles AFTER UPDATE OF posts ON term_totals
WHEN NEW.posts & OLD.posts = 0 BEGIN
  UPDATE term_totals SET size = (CASE WHEN NEW.posts <= 0 THEN 0 WHEN NEW.posts < 2 THEN 1 WHEN NEW.posts < 4 THEN 2 WHEN NEW.posts < 8 THEN 3 WHEN NEW.posts < 16 THEN 4 WHEN NEW.posts < 32 THEN 5 WHEN NEW.posts < 64 THEN 6 WHEN NEW.posts < 128 THEN 7 WHEN NEW.posts < 256 THEN 8 WHEN NEW.posts < 512 THEN 9 WHEN NEW.posts < 1024 THEN 10 WHEN NEW.posts < 2048 THEN 11 WHEN NEW.posts < 4096 THEN 12 WHEN NEW.posts < 8192 THEN 13 WHEN NEW.posts < 16384 THEN 14 WHEN NEW.posts < 32768 THEN 15 WHEN NEW.posts < 65536 THEN 16 WHEN NEW.posts < 131072 THEN 17 WHEN NEW.posts < 262144 THEN 18 WHEN NEW.posts < 524288 THEN 19 WHEN NEW.posts < 1048576 THEN 20 WHEN NEW.posts < 2097152 THEN 21 WHEN NEW.posts < 4194304 THEN 22 WHEN NEW.posts < 8388608 THEN 23 WHEN NEW.posts < 16777216 THEN 24 WHEN NEW.posts < 33554432 THEN 25 WHEN NEW.posts < 67108864 THEN 26 WHEN NEW.posts < 134217728 THEN 27 WHEN NEW.posts < 268435456 THEN 28 WHEN NEW.posts < 536870912 THEN 29 WHEN NEW.posts < 1073741824 THEN 30 WHEN NEW.posts < 2147483648 THEN 31 ELSE 32 END)
  WHERE track_id = NEW.track_id AND term_id = NEW.term_id;
END;

CREATE TRIGGER coverage_grows AFTER INSERT ON coverage WHEN NEW.outcome IN ('complete', 'capped') AND NEW.covered_from < NEW.covered_until BEGIN
  INSERT INTO seen (source, track, since, until)
  SELECT NEW.source, NEW.track, min(NEW.covered_from, ifnull(min(since), NEW.covered_from)),
    max(NEW.covered_until, ifnull(max(until), NEW.covered_until)) FROM seen
  WHERE source = NEW.source AND track = NEW.track AND since <= NEW.covered_until AND until >= NEW.covered_from
  ON CONFLICT DO UPDATE SET until = excluded.until;
  DELETE FROM seen WHERE source = NEW.source AND track = NEW.track AND since <= NEW.covered_until AND until >= NEW.covered_from
    AND since > (SELECT min(since) FROM seen
      WHERE source = NEW.source AND track = NEW.track AND since <= NEW.covered_until AND until >= NEW.covered_from);
END;
