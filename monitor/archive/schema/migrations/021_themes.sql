-- Themes that the office keeps. Their posts have a term of kind 'theme': the theme's number.

CREATE TABLE themes (                   -- a row for each time that somebody changed one
  id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  words TEXT NOT NULL,                  -- a post has one of these, each on its line; '': it was dropped
  without TEXT NOT NULL,                -- and none of these
  at TEXT NOT NULL,
  PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

-- The checksums cover this table, too.
DELETE FROM checksums;
