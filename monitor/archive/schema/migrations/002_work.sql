-- Make the tables of what people decide about posts.

CREATE TABLE text_labels (              -- what a person said of a text; posts of the same words get it
  text TEXT NOT NULL,                   -- a number made from the words, by monitor.text.fingerprint
  field TEXT NOT NULL CHECK (field IN ('tone', 'stance')),
  value TEXT NOT NULL,
  by TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (text, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX labels_by_value ON labels (field, value, post_id);

CREATE TABLE marks (                    -- how far the office is with a post
  post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
  mark TEXT NOT NULL CHECK (mark IN ('needs reply', 'done', 'not ours')),
  by TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX marks_by_mark ON marks (mark, post_id);

CREATE TABLE set_aside (                -- the series that a post which is not ours would be in
  post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  series INTEGER NOT NULL REFERENCES series (id),
  PRIMARY KEY (post_id, series)
) STRICT, WITHOUT ROWID;

CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  text TEXT NOT NULL,
  by TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX notes_by_post ON notes (post_id, id);

CREATE INDEX post_terms_by_term ON post_terms (term_id, post_id);

-- The next poll, or another track, does not bring back what a person has put aside.
CREATE TRIGGER not_ours_stays_aside BEFORE INSERT ON post_series
WHEN EXISTS (SELECT 1 FROM marks WHERE post_id = NEW.post_id AND mark = 'not ours') BEGIN
  INSERT OR IGNORE INTO set_aside (post_id, series) VALUES (NEW.post_id, NEW.series);
  SELECT RAISE(IGNORE);
END;

-- A note may quote the post, and a stance is an opinion of its writer: both are forgotten with the text.
CREATE TRIGGER work_is_forgotten AFTER UPDATE OF scrubbed_at ON posts WHEN NEW.scrubbed_at IS NOT NULL BEGIN
  DELETE FROM notes WHERE post_id = NEW.id;
  DELETE FROM labels WHERE post_id = NEW.id AND field = 'stance';
END;
