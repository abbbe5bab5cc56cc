"""The tables of the second file, as migrations that are only ever added to."""

from sqlite_utils import Database, Migrations

from monitor.core.sql_script import run

migrations = Migrations("access")

_TABLES = """
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
"""


@migrations()
def m001_initial(db: Database) -> None:
    """Make the first tables."""
    run(db, _TABLES)


@migrations()
def m002_signing_in_elsewhere(db: Database) -> None:
    """Make the table of those who went to sign in elsewhere."""
    db.execute(
        "CREATE TABLE handshakes (hash TEXT PRIMARY KEY, nonce TEXT NOT NULL, verifier TEXT NOT NULL,"
        " onward TEXT NOT NULL, expires_at TEXT NOT NULL) STRICT, WITHOUT ROWID"  # onward: where to go here
    )


_MAIL = """
CREATE TABLE subscriptions (            -- who gets which mail
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('digest', 'alerts')),
  key TEXT NOT NULL UNIQUE,             -- in the link to leave; as plain as the mails it stands in
  listed INTEGER NOT NULL DEFAULT 0,    -- 1: the campaign file names the address now
  asked_at TEXT NOT NULL,
  agreed_at TEXT,                       -- when its owner said yes
  left_at TEXT,                         -- when its owner said no: wins over all else
  UNIQUE (kind, address)
) STRICT;

CREATE TABLE weeks (                    -- what became of each week's mail: one row, written once
  campaign TEXT NOT NULL,
  week TEXT NOT NULL,                   -- as 2026-W47
  decision TEXT NOT NULL CHECK (decision IN ('sent', 'late', 'skipped')),
  why TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  PRIMARY KEY (campaign, week)
) STRICT, WITHOUT ROWID;

CREATE TABLE alerts (                   -- what people were told of at once, and when
  id INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  rule TEXT NOT NULL,                   -- what kind of thing; one that was just told of is not told of again
  subject TEXT NOT NULL,                -- the thing itself: told of once
  title TEXT NOT NULL,                  -- words of ours; no text of posts
  at TEXT NOT NULL,
  UNIQUE (campaign, rule, subject)
) STRICT;

CREATE TABLE outbox (                   -- what is to be delivered, and how far each piece has come
  id INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  kind TEXT NOT NULL,                   -- digest, alert, webhook, welcome, test
  period TEXT NOT NULL,                 -- a week, a day, an alert
  address TEXT NOT NULL,
  message_id TEXT NOT NULL UNIQUE,
  body BLOB,                            -- the whole message, never changed; NULL once it is old
  state TEXT NOT NULL CHECK (state IN ('queued', 'claimed', 'data', 'sent', 'stopped', 'unsure')),
  tries INTEGER NOT NULL DEFAULT 0,
  twice INTEGER NOT NULL DEFAULT 0,     -- 1: sent again, as nobody knew whether it had arrived
  reason TEXT NOT NULL DEFAULT '',      -- why it waits or stopped
  next_at TEXT NOT NULL,                -- not tried before
  until_at TEXT NOT NULL,               -- not tried after
  changed_at TEXT NOT NULL,
  UNIQUE (campaign, kind, period, address)
) STRICT;
CREATE INDEX outbox_by_state ON outbox (state, next_at);
"""


@migrations()
def m003_mail(db: Database) -> None:
    """Make the tables of who gets mail, and of what is on its way."""
    run(db, _MAIL)
