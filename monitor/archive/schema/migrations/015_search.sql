-- Find words in all their forms, without accents, and in whatever letters they are written.
-- What only the program can say of old texts is put in by `search_index.rebuild`.

CREATE TABLE spellings (                -- a text in plain letters, where it has others
  post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
  text TEXT NOT NULL
) STRICT;

CREATE VIEW searched_texts AS
SELECT p.id, ifnull(s.text, p.text) AS text FROM posts p LEFT JOIN spellings s ON s.post_id = p.id;

DROP TRIGGER text_changes;
DROP TRIGGER text_goes;
DROP TABLE posts_fts;
CREATE VIRTUAL TABLE posts_fts USING fts5 (text, content='searched_texts', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2');

CREATE TRIGGER text_changes AFTER UPDATE OF text ON posts BEGIN
  INSERT INTO posts_fts (posts_fts, rowid, text)
  VALUES ('delete', OLD.id, ifnull((SELECT text FROM spellings WHERE post_id = OLD.id), OLD.text));
  DELETE FROM spellings WHERE post_id = OLD.id;
  INSERT INTO posts_fts (rowid, text) VALUES (NEW.id, NEW.text);
END;

-- Before: the spelling goes with the post.
CREATE TRIGGER text_goes BEFORE DELETE ON posts BEGIN
  INSERT INTO posts_fts (posts_fts, rowid, text) SELECT 'delete', id, text FROM searched_texts WHERE id = OLD.id;
END;

-- Of a post that is in the index already; a new one comes into it later.
CREATE TRIGGER spelling_comes AFTER INSERT ON spellings
WHEN EXISTS (SELECT 1 FROM posts_fts_docsize WHERE id = NEW.post_id) BEGIN
  INSERT INTO posts_fts (posts_fts, rowid, text) SELECT 'delete', id, text FROM posts WHERE id = NEW.post_id;
  INSERT INTO posts_fts (rowid, text) VALUES (NEW.post_id, NEW.text);
END;

CREATE INDEX authors_by_handle ON authors (handle COLLATE NOCASE);
