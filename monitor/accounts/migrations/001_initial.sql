-- Make the first tables.

CREATE TABLE people (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,                   -- as written
  login TEXT NOT NULL UNIQUE,           -- the name without differences of case
  role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
  password TEXT,                        -- argon2; NULL: not chosen yet
  disabled INTEGER NOT NULL DEFAULT 0,
  code_secret TEXT,                     -- of the codes from a phone
  code_on INTEGER NOT NULL DEFAULT 0,
  code_last INTEGER NOT NULL DEFAULT 0, -- the last one used: none works twice
  made_at TEXT NOT NULL
) STRICT;

CREATE TABLE spare_codes (              -- for a lost phone; each works once
  person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  hash TEXT NOT NULL,
  PRIMARY KEY (person_id, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  hash TEXT PRIMARY KEY,
  person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  device TEXT NOT NULL,                 -- in words: Firefox on Windows
  waits INTEGER NOT NULL,               -- 1: the password was right, the code is still to come
  made_at TEXT NOT NULL, seen_at TEXT NOT NULL, expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_person ON sessions (person_id);

CREATE TABLE devices (                  -- where somebody has signed in before; tries there count apart
  hash TEXT PRIMARY KEY,
  person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tries (                    -- to sign in, by account and by address
  key TEXT PRIMARY KEY,                 -- a digest: a password typed into the wrong field stays unknown
  number INTEGER NOT NULL,
  last_at TEXT NOT NULL,
  next_at TEXT NOT NULL                 -- none is looked at before
) STRICT, WITHOUT ROWID;

CREATE TABLE links (                    -- to choose a password; gone once used
  hash TEXT PRIMARY KEY,
  person_id INTEGER REFERENCES people (id) ON DELETE CASCADE,  -- NULL: for the first account
  expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (                   -- for programs
  id INTEGER PRIMARY KEY,
  person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  made_at TEXT NOT NULL, used_at TEXT
) STRICT;

CREATE TABLE shares (                   -- pages that anyone with the link may read
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  shows TEXT NOT NULL,                  -- a page or a chart
  asked TEXT NOT NULL,                  -- the arguments of its address
  handles INTEGER NOT NULL,
  texts INTEGER NOT NULL,
  sites TEXT NOT NULL,                  -- that may embed it, with spaces between
  made_by TEXT NOT NULL,
  made_at TEXT NOT NULL, expires_at TEXT NOT NULL, revoked_at TEXT
) STRICT;

CREATE TABLE audit (                    -- who did what; no text of posts
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL
) STRICT;
