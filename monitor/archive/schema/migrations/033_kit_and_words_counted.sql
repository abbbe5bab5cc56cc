-- Count by day what posts have of the share kit, and of the words that a track ever asked for.

CREATE INDEX kit_matches_by_how ON kit_matches (how, post_id);  -- pictures are few

CREATE TABLE kit_days (                 -- posts that have something of the kit
  series INTEGER NOT NULL, day INTEGER NOT NULL,
  item INTEGER NOT NULL, version INTEGER NOT NULL,  -- 0 and 0: of the kit as a whole
  how TEXT NOT NULL,                    -- they have the whole, as `kit_posts` says; '' of an item
  tone TEXT NOT NULL,                   -- of those that have the whole; '': none
  posts INTEGER NOT NULL,
  PRIMARY KEY (series, day, item, version, how, tone)
) STRICT, WITHOUT ROWID;

-- The version whose code is in a picture is known best, the one with such a description least.
CREATE VIEW kit_parts AS                -- what a post has: the whole, and of each item the version that is known best
SELECT post_id, 0 AS item, 0 AS version, how FROM kit_posts
UNION ALL SELECT post_id, item, version, '' FROM (SELECT post_id, item, version,
  min(instr('code exact near link alt', how)) FROM kit_matches GROUP BY post_id, item);

CREATE VIEW kit_moves AS                -- what triggers say of a post that comes (`posts` is 1) or goes (-1)
SELECT post_id, 0 AS series, 0 AS posts FROM kit_matches;
CREATE TRIGGER kit_moves_counts INSTEAD OF INSERT ON kit_moves BEGIN
  INSERT INTO kit_days (series, day, item, version, how, tone, posts)
  SELECT NEW.series, CAST(replace(p.day, '-', '') AS INTEGER), k.item, k.version, k.how,
    iif(k.item, '', ifnull(p.tone, '')), NEW.posts
  FROM posts p JOIN kit_parts k ON k.post_id = NEW.post_id WHERE p.id = NEW.post_id
  ON CONFLICT DO UPDATE SET posts = posts + excluded.posts;
END;
CREATE TRIGGER kit_post_joins AFTER INSERT ON post_series
WHEN EXISTS (SELECT 1 FROM kit_matches WHERE post_id = NEW.post_id) BEGIN
  INSERT INTO kit_moves VALUES (NEW.post_id, NEW.series, 1);
END;
CREATE TRIGGER kit_post_leaves AFTER DELETE ON post_series
WHEN EXISTS (SELECT 1 FROM kit_matches WHERE post_id = OLD.post_id) BEGIN
  INSERT INTO kit_moves VALUES (OLD.post_id, OLD.series, -1);
END;
CREATE TRIGGER kit_match_may_come BEFORE INSERT ON kit_matches WHEN NOT EXISTS (SELECT 1 FROM kit_matches
  WHERE post_id = NEW.post_id AND item = NEW.item AND how = NEW.how) BEGIN
  INSERT INTO kit_moves SELECT post_id, series, -1 FROM post_series WHERE post_id = NEW.post_id;
END;
CREATE TRIGGER kit_match_comes AFTER INSERT ON kit_matches BEGIN
  INSERT INTO kit_moves SELECT post_id, series, 1 FROM post_series WHERE post_id = NEW.post_id;
END;
CREATE TRIGGER kit_match_may_go BEFORE DELETE ON kit_matches BEGIN
  INSERT INTO kit_moves SELECT post_id, series, -1 FROM post_series WHERE post_id = OLD.post_id;
END;
CREATE TRIGGER kit_match_goes AFTER DELETE ON kit_matches BEGIN
  INSERT INTO kit_moves SELECT post_id, series, 1 FROM post_series WHERE post_id = OLD.post_id;
END;
CREATE TRIGGER kit_tone_moves AFTER UPDATE OF tone ON posts WHEN OLD.tone IS NOT NEW.tone
  AND EXISTS (SELECT 1 FROM kit_matches WHERE post_id = NEW.id) BEGIN
  INSERT INTO kit_days (series, day, item, version, how, tone, posts)
  SELECT m.series, CAST(replace(NEW.day, '-', '') AS INTEGER), 0, 0, k.how, t.tone, t.posts
  FROM (SELECT ifnull(OLD.tone, '') AS tone, -1 AS posts UNION ALL SELECT ifnull(NEW.tone, ''), 1) t
  JOIN kit_posts k ON k.post_id = NEW.id JOIN post_series m ON m.post_id = NEW.id
  WHERE true ON CONFLICT DO UPDATE SET posts = posts + excluded.posts;
END;
CREATE TRIGGER kit_day_empties AFTER UPDATE ON kit_days WHEN NEW.posts = 0 BEGIN
  DELETE FROM kit_days WHERE series = NEW.series AND day = NEW.day AND item = NEW.item
    AND version = NEW.version AND how = NEW.how AND tone = NEW.tone;
END;

CREATE TABLE word_days (                -- posts by which of the track's words are in them; those with none are not here
  track_id INTEGER NOT NULL, day INTEGER NOT NULL,
  words TEXT NOT NULL,                  -- in JSON: "tag police", "phrase enough is enough", in their order
  posts INTEGER NOT NULL,
  PRIMARY KEY (track_id, day, words)
) STRICT, WITHOUT ROWID;

CREATE VIEW word_moves AS               -- what triggers say of a post that comes or goes, as if it had this text
SELECT id AS post_id, 0 AS track_id, text, '' AS without, 0 AS posts FROM posts;  -- and `without` this word
CREATE TRIGGER word_moves_counts INSTEAD OF INSERT ON word_moves BEGIN
  INSERT INTO word_days (track_id, day, words, posts)
  SELECT NEW.track_id, CAST(replace(p.day, '-', '') AS INTEGER), w.words, NEW.posts FROM posts p,
    (SELECT json_group_array(name) AS words, count(*) AS number FROM (
      SELECT DISTINCT w.kind || ' ' || w.word AS name FROM tracks t CROSS JOIN track_words w ON w.track = t.name
      WHERE t.id = NEW.track_id AND w.kind || ' ' || w.word <> NEW.without AND iif(w.kind = 'tag',
        EXISTS (SELECT 1 FROM terms x CROSS JOIN post_terms y ON y.term_id = x.id
          WHERE x.kind = 'tag' AND x.term = w.word AND y.post_id = NEW.post_id),
        instr(lower(ifnull(NEW.text, '')), w.word) > 0) ORDER BY 1)) w
  WHERE p.id = NEW.post_id AND w.number ON CONFLICT DO UPDATE SET posts = posts + excluded.posts;
END;
CREATE TRIGGER word_post_joins AFTER INSERT ON post_series BEGIN
  INSERT INTO word_moves SELECT p.id, s.track_id, p.text, '', 1 FROM posts p, series s
  WHERE p.id = NEW.post_id AND s.id = NEW.series;
END;
CREATE TRIGGER word_post_leaves AFTER DELETE ON post_series BEGIN
  INSERT INTO word_moves SELECT p.id, s.track_id, p.text, '', -1 FROM posts p, series s
  WHERE p.id = OLD.post_id AND s.id = OLD.series;
END;
CREATE VIEW word_tags AS                -- each tag of a post that one of its tracks ever asked for
SELECT y.post_id, y.term_id, s.track_id, 'tag ' || x.term AS name FROM post_terms y JOIN terms x ON x.id = y.term_id
JOIN post_series m ON m.post_id = y.post_id JOIN series s ON s.id = m.series JOIN tracks t ON t.id = s.track_id
WHERE x.kind = 'tag' AND EXISTS (SELECT 1 FROM track_words WHERE track = t.name AND kind = 'tag' AND word = x.term);
CREATE TRIGGER word_tag_comes AFTER INSERT ON post_terms
WHEN EXISTS (SELECT 1 FROM post_series WHERE post_id = NEW.post_id) BEGIN
  INSERT INTO word_moves SELECT p.id, w.track_id, p.text, iif(v.posts < 0, w.name, ''), v.posts
  FROM word_tags w JOIN posts p ON p.id = w.post_id, (SELECT -1 AS posts UNION ALL SELECT 1) v
  WHERE w.post_id = NEW.post_id AND w.term_id = NEW.term_id;
END;
CREATE TRIGGER word_tag_goes BEFORE DELETE ON post_terms
WHEN EXISTS (SELECT 1 FROM post_series WHERE post_id = OLD.post_id) BEGIN
  INSERT INTO word_moves SELECT p.id, w.track_id, p.text, iif(v.posts > 0, w.name, ''), v.posts
  FROM word_tags w JOIN posts p ON p.id = w.post_id, (SELECT -1 AS posts UNION ALL SELECT 1) v
  WHERE w.post_id = OLD.post_id AND w.term_id = OLD.term_id;
END;
CREATE TRIGGER word_text_changes AFTER UPDATE OF text ON posts WHEN OLD.text IS NOT NEW.text BEGIN
  INSERT INTO word_moves SELECT NEW.id, s.track_id, v.text, '', v.posts
  FROM post_series m JOIN series s ON s.id = m.series,
    (SELECT OLD.text AS text, -1 AS posts UNION ALL SELECT NEW.text, 1) v WHERE m.post_id = NEW.id;
END;
CREATE TRIGGER word_is_asked AFTER INSERT ON track_words WHEN NOT EXISTS (SELECT 1 FROM track_words
  WHERE track = NEW.track AND kind = NEW.kind AND word = NEW.word AND since <> NEW.since) BEGIN
  INSERT INTO word_moves SELECT p.id, t.id, p.text, iif(v.posts < 0, NEW.kind || ' ' || NEW.word, ''), v.posts
  FROM tracks t CROSS JOIN (
    SELECT post_id FROM post_terms WHERE NEW.kind = 'tag'
      AND term_id = (SELECT id FROM terms WHERE kind = 'tag' AND term = NEW.word)
    UNION ALL SELECT id FROM posts WHERE NEW.kind <> 'tag' AND instr(lower(ifnull(text, '')), NEW.word) > 0) f
  CROSS JOIN posts p ON p.id = f.post_id CROSS JOIN (SELECT -1 AS posts UNION ALL SELECT 1) v
  WHERE t.name = NEW.track
    AND EXISTS (SELECT 1 FROM post_series m JOIN series s ON s.id = m.series WHERE m.post_id = p.id AND s.track_id = t.id);
END;
CREATE TRIGGER word_day_empties AFTER UPDATE ON word_days WHEN NEW.posts = 0 BEGIN
  DELETE FROM word_days WHERE track_id = NEW.track_id AND day = NEW.day AND words = NEW.words;
END;
