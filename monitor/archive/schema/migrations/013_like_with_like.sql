-- Know what makes two times unlike: posts that came late, words that were not always asked for; and what was mailed.

-- Posts stored over an hour after they were written: late, looked up, or from a file.
CREATE INDEX posts_late ON posts (day, first_seen_at, origin)
  WHERE first_seen_at > strftime('%Y-%m-%dT%H:%M:%SZ', created_at, '+1 hour');

CREATE TABLE track_words (              -- what the platforms were asked for, and when
  track TEXT NOT NULL,
  kind TEXT NOT NULL,                   -- tag | phrase
  word TEXT NOT NULL,                   -- in lower case, without '#'
  since TEXT NOT NULL,                  -- '': from the beginning
  until TEXT,                           -- NULL: it still is
  PRIMARY KEY (track, kind, word, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE mailed (                   -- the posts of a week as its mail told them
  track TEXT NOT NULL,
  monday TEXT NOT NULL,
  posts INTEGER NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (track, monday)
) STRICT, WITHOUT ROWID;

-- The checksums cover these tables, too.
DELETE FROM checksums;
