-- Keep scores as numbers: which analyzer, which tone, and when. The view `tones` says them in words.

CREATE TABLE analyzers (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;  -- with their versions
INSERT INTO analyzers (name) SELECT DISTINCT analyzer FROM tones;

CREATE TABLE scores (                   -- what an analyzer says of a post
  post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  analyzer INTEGER NOT NULL REFERENCES analyzers (id),
  tone INTEGER NOT NULL,                -- 0 positive, 1 neutral, 2 negative, 3 unclear
  positive REAL NOT NULL, neutral REAL NOT NULL, negative REAL NOT NULL,
  scored_unix INTEGER NOT NULL,         -- seconds since 1970
  PRIMARY KEY (post_id, analyzer)
) STRICT, WITHOUT ROWID;
INSERT INTO scores SELECT t.post_id, a.id,
  CASE t.tone WHEN 'positive' THEN 0 WHEN 'neutral' THEN 1 WHEN 'negative' THEN 2 ELSE 3 END,
  t.positive, t.neutral, t.negative, unixepoch(t.scored_at) FROM tones t JOIN analyzers a ON a.name = t.analyzer;

DROP TRIGGER IF EXISTS tones_insert;
DROP TRIGGER IF EXISTS tones_update;
DROP TRIGGER IF EXISTS tones_delete;
DROP TABLE tones;
CREATE VIEW tones AS
SELECT s.post_id, a.name AS analyzer,
  CASE s.tone WHEN 0 THEN 'positive' WHEN 1 THEN 'neutral' WHEN 2 THEN 'negative' ELSE 'unclear' END AS tone,
  s.positive, s.neutral, s.negative, strftime('%Y-%m-%dT%H:%M:%SZ', s.scored_unix, 'unixepoch') AS scored_at
FROM scores s JOIN analyzers a ON a.id = s.analyzer;

CREATE TRIGGER score_comes AFTER INSERT ON scores
WHEN (SELECT tone FROM posts WHERE id = NEW.post_id) IS NOT
  (SELECT tone FROM tones n WHERE n.post_id = NEW.post_id ORDER BY n.scored_at DESC, n.analyzer DESC LIMIT 1) BEGIN
  UPDATE posts SET tone = coalesce(
    (SELECT value FROM labels WHERE post_id = NEW.post_id AND field = 'tone' ORDER BY labels.id DESC LIMIT 1),
    (SELECT n.tone FROM tones n WHERE n.post_id = NEW.post_id ORDER BY n.scored_at DESC, n.analyzer DESC LIMIT 1)) WHERE id = NEW.post_id;
END;
CREATE TRIGGER score_changes AFTER UPDATE ON scores BEGIN
  UPDATE posts SET tone = coalesce(
    (SELECT value FROM labels WHERE post_id = NEW.post_id AND field = 'tone' ORDER BY labels.id DESC LIMIT 1),
    (SELECT n.tone FROM tones n WHERE n.post_id = NEW.post_id ORDER BY n.scored_at DESC, n.analyzer DESC LIMIT 1)) WHERE id = NEW.post_id;
END;
CREATE TRIGGER score_goes AFTER DELETE ON scores BEGIN
  UPDATE posts SET tone = coalesce(
    (SELECT value FROM labels WHERE post_id = OLD.post_id AND field = 'tone' ORDER BY labels.id DESC LIMIT 1),
    (SELECT n.tone FROM tones n WHERE n.post_id = OLD.post_id ORDER BY n.scored_at DESC, n.analyzer DESC LIMIT 1)) WHERE id = OLD.post_id;
END;
