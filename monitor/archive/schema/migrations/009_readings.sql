-- When numbers were read, where a post came from, what it answers, and its pictures.

ALTER TABLE posts ADD COLUMN read_at TEXT;    -- when its numbers were read last; NULL: see `snapshots`
ALTER TABLE posts ADD COLUMN origin INTEGER REFERENCES origins (id);  -- NULL: from before this was kept
ALTER TABLE posts ADD COLUMN parent TEXT;     -- the id or address of what it answers or quotes
ALTER TABLE posts ADD COLUMN root TEXT;       -- the same of the beginning of that conversation
ALTER TABLE authors ADD COLUMN read_at TEXT;  -- when their names were read last; NULL: before this was kept
ALTER TABLE authors ADD COLUMN followers_at TEXT;  -- when a reading last said their number
ALTER TABLE snapshots ADD COLUMN followers INTEGER;  -- of the author, as that reading says

CREATE TABLE origins (                  -- what brings posts: a stream of a source, or a file
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  stream TEXT NOT NULL,
  UNIQUE (source, stream)
) STRICT;

CREATE TABLE pictures (                 -- a picture of a post, which is never fetched
  post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,               -- 0 is the first
  alt TEXT,                             -- its description; NULL: the platform gave none
  address TEXT,
  PRIMARY KEY (post_id, place)
) STRICT, WITHOUT ROWID;

-- The checksums cover these columns, too.
DELETE FROM checksums;
