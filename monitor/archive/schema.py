"""The archive's tables, as migrations that are only ever added to."""

from sqlite_utils import Database, Migrations

from monitor.archive.rollups import TRIGGERS

migrations = Migrations("monitor")

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE authors (
  id INTEGER PRIMARY KEY,
  platform TEXT NOT NULL,
  native_id TEXT NOT NULL,
  handle TEXT, name TEXT, url TEXT,
  followers INTEGER,                    -- latest reading; NULL: the platform did not say
  UNIQUE (platform, native_id)
) STRICT;

CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  platform TEXT NOT NULL,
  native_id TEXT NOT NULL,
  author_id INTEGER NOT NULL REFERENCES authors (id),
  url TEXT,
  text TEXT,                            -- NULL: scrubbed
  created_at TEXT NOT NULL,             -- UTC
  day TEXT NOT NULL,                    -- in the campaign's time zone
  kind TEXT NOT NULL,
  lang TEXT,
  likes INTEGER, reposts INTEGER, replies INTEGER, quotes INTEGER, views INTEGER,  -- latest readings
  followers INTEGER,                    -- of the author, when first seen
  first_seen_at TEXT NOT NULL,
  edited_at TEXT,
  scrubbed_at TEXT,
  UNIQUE (platform, native_id)
) STRICT;
CREATE INDEX posts_by_time ON posts (created_at);
CREATE INDEX posts_by_author ON posts (author_id, created_at);

CREATE TABLE post_tracks (
  post_id INTEGER NOT NULL REFERENCES posts (id),
  track TEXT NOT NULL,
  PRIMARY KEY (post_id, track)
) STRICT, WITHOUT ROWID;
CREATE INDEX post_tracks_by_track ON post_tracks (track, post_id);

CREATE TABLE post_tags (
  post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (post_id, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (                -- one row each time that a number moved
  post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  read_at TEXT NOT NULL,
  likes INTEGER, reposts INTEGER, replies INTEGER, quotes INTEGER, views INTEGER,
  PRIMARY KEY (post_id, read_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE tones (
  post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  analyzer TEXT NOT NULL,               -- name and version, so that scores can be made again
  tone TEXT NOT NULL,
  positive REAL NOT NULL, neutral REAL NOT NULL, negative REAL NOT NULL,
  scored_at TEXT NOT NULL,
  PRIMARY KEY (post_id, analyzer)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursors (                  -- where each stream of a track goes on
  track TEXT NOT NULL,
  stream TEXT NOT NULL,
  cursor TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (track, stream)
) STRICT, WITHOUT ROWID;

CREATE TABLE coverage (                 -- what was asked, what came, and why it ended
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  stream TEXT NOT NULL,
  track TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT NOT NULL,
  covered_from TEXT, covered_until TEXT,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL,
  got INTEGER NOT NULL, new INTEGER NOT NULL, rejected INTEGER NOT NULL,
  retry_at TEXT
) STRICT;
CREATE INDEX coverage_by_poll ON coverage (source, track, started_at);
CREATE INDEX coverage_by_outcome ON coverage (outcome, source, ended_at);

CREATE TABLE rejected (                 -- items that could not be read, kept to mend the reader
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL, stream TEXT NOT NULL, at TEXT NOT NULL,
  reason TEXT NOT NULL, raw TEXT NOT NULL
) STRICT;

CREATE TABLE heartbeats (name TEXT PRIMARY KEY, at TEXT NOT NULL, pid INTEGER NOT NULL) STRICT;

CREATE TABLE hour_counts (              -- UTC hour x platform x track
  hour TEXT NOT NULL, platform TEXT NOT NULL, track TEXT NOT NULL,
  posts INTEGER NOT NULL,
  likes INTEGER NOT NULL, reposts INTEGER NOT NULL, replies INTEGER NOT NULL,
  quotes INTEGER NOT NULL, views INTEGER NOT NULL,
  engagement_known INTEGER NOT NULL, views_known INTEGER NOT NULL,
  PRIMARY KEY (track, hour, platform)
) STRICT, WITHOUT ROWID;

CREATE TABLE author_days (              -- author x local day
  platform TEXT NOT NULL, track TEXT NOT NULL, author_id INTEGER NOT NULL, day TEXT NOT NULL,
  posts INTEGER NOT NULL,
  PRIMARY KEY (track, platform, author_id, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE spans (                    -- authors active on `day` and next on `next_day`
  platform TEXT NOT NULL, track TEXT NOT NULL, day TEXT NOT NULL, next_day TEXT NOT NULL,
  authors INTEGER NOT NULL,
  PRIMARY KEY (track, platform, day, next_day)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE posts_fts USING fts5 (text, content='posts', content_rowid='id');

CREATE VIEW posts_view AS
SELECT p.id, p.platform, p.native_id, p.url, a.handle, a.name, p.text, p.created_at, p.day, p.kind, p.lang,
       p.likes, p.reposts, p.replies, p.quotes, p.views, p.followers,
       (SELECT group_concat(track, ' ') FROM post_tracks t WHERE t.post_id = p.id) AS tracks,
       (SELECT tone FROM tones t WHERE t.post_id = p.id ORDER BY scored_at DESC LIMIT 1) AS tone
FROM posts p JOIN authors a ON a.id = p.author_id;
"""


@migrations()
def m001_initial(db: Database) -> None:
    """Make the first tables, rollups and search index."""
    db.executescript(_TABLES + TRIGGERS)
