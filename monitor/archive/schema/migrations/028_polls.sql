-- Find the last answer of each track of a source, past what says nothing of how it is going today.

DROP INDEX coverage_by_outcome;
CREATE INDEX coverage_by_outcome ON coverage (outcome, source, track, ended_at)
  WHERE stream NOT GLOB 'back:*' AND stream NOT GLOB 'again:*' AND stream NOT GLOB 'file:*';

-- Each process says in a file of its own that it is alive.
DROP TABLE IF EXISTS heartbeats;

-- Take out of the search index only what is in it: it is made anew in pieces, while posts come and go.
DROP TRIGGER IF EXISTS text_changes;
CREATE TRIGGER text_changes AFTER UPDATE OF text ON posts BEGIN
  INSERT INTO posts_fts (posts_fts, rowid, text)
  SELECT 'delete', OLD.id, ifnull((SELECT text FROM spellings WHERE post_id = OLD.id), OLD.text)
  WHERE EXISTS (SELECT 1 FROM posts_fts_docsize WHERE id = OLD.id);
  DELETE FROM spellings WHERE post_id = OLD.id;
  INSERT INTO posts_fts (rowid, text) VALUES (NEW.id, NEW.text);
END;
DROP TRIGGER IF EXISTS text_goes;
CREATE TRIGGER text_goes BEFORE DELETE ON posts
WHEN EXISTS (SELECT 1 FROM posts_fts_docsize WHERE id = OLD.id) BEGIN
  INSERT INTO posts_fts (posts_fts, rowid, text) SELECT 'delete', id, text FROM searched_texts WHERE id = OLD.id;
END;
