-- Remember what people said of the columns of files, and count nobody for a writer whom no file names.

CREATE TABLE import_answers (           -- what a person said of a table, for the next one with its columns
  header TEXT NOT NULL,                 -- a fingerprint of what the columns are called
  question TEXT NOT NULL,               -- text | created_at | platform | dates | zone
  answer TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (header, question)
) STRICT, WITHOUT ROWID;

-- An author without an id of their own is all whom files leave unnamed.
DROP TRIGGER post_joins;
CREATE TRIGGER post_joins AFTER INSERT ON post_series BEGIN
  INSERT INTO hours (hour, series, posts) VALUES ((SELECT p.hour FROM posts p WHERE p.id = NEW.post_id), NEW.series, 1)
  ON CONFLICT DO UPDATE SET posts = posts + 1;
  INSERT INTO days (series, day, posts, likes, reposts, replies, quotes, views, engagement_known, views_known, positive, neutral, negative, unclear)
  SELECT NEW.series, CAST(replace(p.day, '-', '') AS INTEGER), 1, ifnull(p.likes, 0), ifnull(p.reposts, 0), ifnull(p.replies, 0), ifnull(p.quotes, 0), ifnull(p.views, 0), (p.engagement IS NOT NULL), (p.views IS NOT NULL), (p.tone IS 'positive'), (p.tone IS 'neutral'), (p.tone IS 'negative'), (p.tone IS 'unclear') FROM posts p WHERE p.id = NEW.post_id
  ON CONFLICT DO UPDATE SET posts = posts + excluded.posts, likes = likes + excluded.likes, reposts = reposts + excluded.reposts, replies = replies + excluded.replies, quotes = quotes + excluded.quotes, views = views + excluded.views, engagement_known = engagement_known + excluded.engagement_known, views_known = views_known + excluded.views_known, positive = positive + excluded.positive, neutral = neutral + excluded.neutral, negative = negative + excluded.negative, unclear = unclear + excluded.unclear;
  INSERT INTO author_days (series, author_id, day, posts, engagement, engagement_known, last_id, followers)
  SELECT NEW.series, p.author_id, CAST(replace(p.day, '-', '') AS INTEGER), 1, ifnull(p.engagement, 0), p.engagement IS NOT NULL, p.id, p.followers
  FROM posts p JOIN authors a ON a.id = p.author_id WHERE p.id = NEW.post_id AND a.native_id <> ''
  ON CONFLICT DO UPDATE SET posts = posts + excluded.posts, engagement = engagement + excluded.engagement, engagement_known = engagement_known + excluded.engagement_known,
    (last_id, followers) = (SELECT n.id, n.followers FROM posts n WHERE n.id IN (excluded.last_id, author_days.last_id)
    ORDER BY n.created_at DESC, n.id DESC LIMIT 1);
  INSERT INTO term_days (series, term_id, day, posts)
  SELECT NEW.series, t.term_id, CAST(replace(p.day, '-', '') AS INTEGER), 1 FROM posts p JOIN post_terms t ON t.post_id = p.id
  WHERE p.id = NEW.post_id ON CONFLICT DO UPDATE SET posts = posts + 1;
  INSERT INTO ranks (series, size, day, post_id)
  SELECT NEW.series, (CASE WHEN p.engagement <= 0 THEN 0 WHEN p.engagement < 2 THEN 1 WHEN p.engagement < 4 THEN 2 WHEN p.engagement < 8 THEN 3 WHEN p.engagement < 16 THEN 4 WHEN p.engagement < 32 THEN 5 WHEN p.engagement < 64 THEN 6 WHEN p.engagement < 128 THEN 7 WHEN p.engagement < 256 THEN 8 WHEN p.engagement < 512 THEN 9 WHEN p.engagement < 1024 THEN 10 WHEN p.engagement < 2048 THEN 11 WHEN p.engagement < 4096 THEN 12 WHEN p.engagement < 8192 THEN 13 WHEN p.engagement < 16384 THEN 14 WHEN p.engagement < 32768 THEN 15 WHEN p.engagement < 65536 THEN 16 WHEN p.engagement < 131072 THEN 17 WHEN p.engagement < 262144 THEN 18 WHEN p.engagement < 524288 THEN 19 WHEN p.engagement < 1048576 THEN 20 WHEN p.engagement < 2097152 THEN 21 WHEN p.engagement < 4194304 THEN 22 WHEN p.engagement < 8388608 THEN 23 WHEN p.engagement < 16777216 THEN 24 WHEN p.engagement < 33554432 THEN 25 WHEN p.engagement < 67108864 THEN 26 WHEN p.engagement < 134217728 THEN 27 WHEN p.engagement < 268435456 THEN 28 WHEN p.engagement < 536870912 THEN 29 WHEN p.engagement < 1073741824 THEN 30 WHEN p.engagement < 2147483648 THEN 31 ELSE 32 END), CAST(replace(p.day, '-', '') AS INTEGER), p.id FROM posts p WHERE p.id = NEW.post_id AND p.engagement > 0;
END;

-- The checksums cover this table, too.
DELETE FROM checksums;
