"""The archive's tables, as migrations that are only ever added to."""

from sqlite_utils import Database, Migrations

from monitor.archive.schema.rollups import TRIGGERS, refill, start, stop
from monitor.core.sql_script import run

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
  hour TEXT NOT NULL,                   -- the local hour, with its offset: 2026-10-25T01+01:00
  kind TEXT NOT NULL,
  lang TEXT,
  likes INTEGER, reposts INTEGER, replies INTEGER, quotes INTEGER, views INTEGER,  -- latest readings
  engagement INTEGER GENERATED ALWAYS AS (  -- NULL: the platform said none of the four
    CASE WHEN coalesce(likes, reposts, replies, quotes) IS NOT NULL
    THEN ifnull(likes, 0) + ifnull(reposts, 0) + ifnull(replies, 0) + ifnull(quotes, 0) END) VIRTUAL,
  followers INTEGER,                    -- of the author, when first seen
  tone TEXT,                            -- a person's label, else the latest score; kept by triggers
  first_seen_at TEXT NOT NULL,
  edited_at TEXT,
  scrubbed_at TEXT,
  UNIQUE (platform, native_id)
) STRICT;
CREATE INDEX posts_by_time ON posts (created_at);
CREATE INDEX posts_by_author ON posts (author_id, created_at);
CREATE INDEX posts_with_views ON posts (platform, created_at, followers, views)
  WHERE views IS NOT NULL AND followers > 0;

CREATE TABLE tracks (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE series (                   -- a track on a platform: what the counts are kept by
  id INTEGER PRIMARY KEY,
  track_id INTEGER NOT NULL REFERENCES tracks (id),
  platform TEXT NOT NULL,
  UNIQUE (track_id, platform)
) STRICT;

CREATE TABLE post_series (              -- a post belongs to a track
  post_id INTEGER NOT NULL REFERENCES posts (id),
  series INTEGER NOT NULL REFERENCES series (id),
  PRIMARY KEY (post_id, series)
) STRICT, WITHOUT ROWID;

CREATE TABLE terms (                    -- a hashtag, a link, or a kind of media
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  term TEXT NOT NULL,
  UNIQUE (kind, term)
) STRICT;

CREATE TABLE post_terms (
  post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  term_id INTEGER NOT NULL REFERENCES terms (id),
  PRIMARY KEY (post_id, term_id)
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

CREATE TABLE labels (                   -- what a person said of a post; the latest of a field counts
  id INTEGER PRIMARY KEY,
  post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  field TEXT NOT NULL CHECK (field IN ('tone', 'stance')),
  value TEXT,                           -- NULL: an earlier label is taken back
  by TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX labels_by_post ON labels (post_id, field, id);

CREATE TABLE events (                   -- the campaign's calendar
  id INTEGER PRIMARY KEY,
  day TEXT NOT NULL,
  title TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_day ON events (day);

CREATE TABLE definitions (              -- since when a number is counted in which way
  number TEXT NOT NULL,
  version INTEGER NOT NULL,
  since TEXT NOT NULL,
  PRIMARY KEY (number, version)
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

CREATE TABLE seen (                     -- time that a source is known to have covered; kept by triggers
  source TEXT NOT NULL, track TEXT NOT NULL,
  since TEXT NOT NULL, until TEXT NOT NULL,
  PRIMARY KEY (source, track, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE rejected (                 -- items that could not be read, kept to mend the reader
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL, stream TEXT NOT NULL, at TEXT NOT NULL,
  reason TEXT NOT NULL, raw TEXT NOT NULL
) STRICT;

CREATE TABLE heartbeats (name TEXT PRIMARY KEY, at TEXT NOT NULL, pid INTEGER NOT NULL) STRICT;

-- Below are counts that triggers keep. `day` is a number there: 20261025.

CREATE TABLE hours (                    -- by local hour
  hour TEXT NOT NULL, series INTEGER NOT NULL,
  posts INTEGER NOT NULL,
  PRIMARY KEY (hour, series)
) STRICT, WITHOUT ROWID;

CREATE TABLE days (                     -- by local day
  series INTEGER NOT NULL, day INTEGER NOT NULL,
  posts INTEGER NOT NULL,
  likes INTEGER NOT NULL, reposts INTEGER NOT NULL, replies INTEGER NOT NULL,
  quotes INTEGER NOT NULL, views INTEGER NOT NULL,
  engagement_known INTEGER NOT NULL, views_known INTEGER NOT NULL,
  positive INTEGER NOT NULL, neutral INTEGER NOT NULL, negative INTEGER NOT NULL, unclear INTEGER NOT NULL,
  PRIMARY KEY (series, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE author_days (              -- by author and local day
  series INTEGER NOT NULL, author_id INTEGER NOT NULL, day INTEGER NOT NULL,
  posts INTEGER NOT NULL,
  engagement INTEGER NOT NULL,
  last_id INTEGER,                      -- the author's last post of the day
  followers INTEGER,                    -- as that post says
  PRIMARY KEY (series, author_id, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE author_totals (
  series INTEGER NOT NULL, author_id INTEGER NOT NULL,
  posts INTEGER NOT NULL,
  size INTEGER NOT NULL,                -- of `posts`: 1 for 1, 2 for 2 and 3, 3 for 4 to 7, ...
  first_day INTEGER NOT NULL,
  PRIMARY KEY (series, author_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX author_totals_by_size ON author_totals (series, size);
CREATE INDEX author_totals_by_first_day ON author_totals (series, first_day);

CREATE TABLE spans (                    -- authors active on `day` and next on `next_day`
  series INTEGER NOT NULL, day INTEGER NOT NULL, next_day INTEGER NOT NULL,
  band INTEGER NOT NULL,                -- of followers: 0 not known, 1 under 1,000, 2 under 10,000, ...
  authors INTEGER NOT NULL,
  followers INTEGER NOT NULL,           -- of these authors together
  PRIMARY KEY (series, day, next_day, band)
) STRICT, WITHOUT ROWID;

CREATE INDEX spans_of_last_days ON spans (series, day, band, authors, followers) WHERE next_day = 99991231;

CREATE TABLE term_days (                -- posts with a term, by local day
  series INTEGER NOT NULL, term_id INTEGER NOT NULL, day INTEGER NOT NULL,
  posts INTEGER NOT NULL,
  PRIMARY KEY (series, term_id, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE term_totals (              -- on all platforms together
  track_id INTEGER NOT NULL, term_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  posts INTEGER NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (track_id, term_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX term_totals_by_size ON term_totals (track_id, kind, size);

CREATE TABLE ranks (                    -- posts by the size of their engagement, from 1 up
  series INTEGER NOT NULL, size INTEGER NOT NULL, day INTEGER NOT NULL, post_id INTEGER NOT NULL,
  PRIMARY KEY (series, size, day, post_id)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE posts_fts USING fts5 (text, content='posts', content_rowid='id');

CREATE VIEW post_tracks AS
SELECT m.post_id, t.name AS track FROM post_series m
JOIN series s ON s.id = m.series JOIN tracks t ON t.id = s.track_id;

CREATE VIEW post_tags AS
SELECT m.post_id, t.term AS tag FROM post_terms m JOIN terms t ON t.id = m.term_id WHERE t.kind = 'tag';

CREATE VIEW posts_view AS
SELECT p.id, p.platform, p.native_id, p.url, a.handle, a.name, p.text, p.created_at, p.day, p.kind, p.lang,
       p.likes, p.reposts, p.replies, p.quotes, p.views, p.engagement, p.followers, p.tone,
       (SELECT group_concat(track, ' ') FROM post_tracks t WHERE t.post_id = p.id) AS tracks
FROM posts p JOIN authors a ON a.id = p.author_id;
"""


@migrations()
def m001_initial(db: Database) -> None:
    """Make the first tables, counts and search index."""
    run(db, _TABLES + TRIGGERS)


_WORK = """
CREATE TABLE text_labels (              -- what a person said of a text; posts of the same words get it
  text TEXT NOT NULL,                   -- a number made from the words, by monitor.core.text.fingerprint
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
"""


@migrations()
def m002_work(db: Database) -> None:
    """Make the tables of what people decide about posts."""
    run(db, _WORK)


# By day first, so that the people of some weeks lie together; the index gives the days of one author.
_BY_DAY = """
CREATE TABLE author_days_by_day (
  series INTEGER NOT NULL, day INTEGER NOT NULL, author_id INTEGER NOT NULL,
  posts INTEGER NOT NULL,
  engagement INTEGER NOT NULL,
  last_id INTEGER,                      -- the author's last post of the day
  followers INTEGER,                    -- as that post says
  PRIMARY KEY (series, day, author_id)
) STRICT, WITHOUT ROWID;
INSERT INTO author_days_by_day (series, day, author_id, posts, engagement, last_id, followers)
SELECT series, day, author_id, posts, engagement, last_id, followers FROM author_days ORDER BY 1, 2, 3;
DROP TABLE author_days;
ALTER TABLE author_days_by_day RENAME TO author_days;
CREATE INDEX author_days_by_author ON author_days (series, author_id, day, posts, engagement);
"""


@migrations()
def m003_author_days_by_day(db: Database) -> None:
    """Lay an author's days out by day, and renew the triggers that count."""
    stop(db)
    run(db, _BY_DAY)
    start(db)


_AUDITS = """
CREATE TABLE audits (                   -- a week's sample of posts, read by a person to check the tone
  id INTEGER PRIMARY KEY,
  track_id INTEGER NOT NULL REFERENCES tracks (id),
  monday TEXT NOT NULL,                 -- the week's first day
  posts INTEGER NOT NULL,               -- that week's posts with a text and a score, when it was drawn
  counted INTEGER NOT NULL,             -- that week's posts with a tone then, by the counts kept
  mean REAL NOT NULL, variance REAL NOT NULL,  -- of their scores as 1, 0 and -1
  drawn_at TEXT NOT NULL,
  UNIQUE (track_id, monday)
) STRICT;

CREATE TABLE audited (                  -- the posts that chance drew; what was said of them is in labels
  audit_id INTEGER NOT NULL REFERENCES audits (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,               -- in the order in which they are read
  post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  scored TEXT NOT NULL,                 -- by the program, when it was drawn
  PRIMARY KEY (audit_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX audited_by_post ON audited (post_id);

-- One score a post: an earlier version kept those of earlier analyzers, too.
DELETE FROM tones WHERE EXISTS (SELECT 1 FROM tones n WHERE n.post_id = tones.post_id
  AND (n.scored_at, n.analyzer) > (tones.scored_at, tones.analyzer));
"""


@migrations()
def m004_audits(db: Database) -> None:
    """Make the tables of the weekly check of tone."""
    run(db, _AUDITS)


_SPENDING = """
CREATE TABLE spending (                 -- a row for each question that may cost money
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  month TEXT NOT NULL,                  -- of UTC: 2026-11
  at TEXT NOT NULL,
  micros INTEGER NOT NULL,              -- millionths of a US dollar: the most, and once settled the true cost
  is_settled INTEGER NOT NULL,
  month_limit INTEGER NOT NULL          -- what might be spent that month, when it was asked
) STRICT;
CREATE INDEX spending_by_month ON spending (source, month, micros);

CREATE TABLE bought (                   -- what need not be paid again on the same day
  source TEXT NOT NULL,
  kind TEXT NOT NULL,                   -- post | person
  native_id TEXT NOT NULL,
  day TEXT NOT NULL,                    -- of UTC, the last time
  PRIMARY KEY (source, kind, native_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX bought_by_day ON bought (day);
"""


@migrations()
def m005_spending(db: Database) -> None:
    """Make the tables of money spent."""
    run(db, _SPENDING)


_REREADING = """
ALTER TABLE posts ADD COLUMN again TEXT;   -- what its source needs to read it again; NULL: it cannot be
ALTER TABLE posts ADD COLUMN due_at TEXT;  -- when it is to be read again; NULL: never
CREATE INDEX posts_due ON posts (platform, due_at) WHERE due_at IS NOT NULL;
"""


@migrations()
def m006_rereading(db: Database) -> None:
    """Let posts be read again."""
    run(db, _REREADING)


_FOR_PAGES = """
CREATE TABLE track_heat (               -- posts by hour of the week and local day, on all platforms
  track_id INTEGER NOT NULL,
  cell INTEGER NOT NULL,                -- 0 is Monday from midnight to one, by the campaign's clock
  day INTEGER NOT NULL,
  posts INTEGER NOT NULL,
  PRIMARY KEY (track_id, cell, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE track_spans (              -- spans of all platforms and bands
  track_id INTEGER NOT NULL, day INTEGER NOT NULL, next_day INTEGER NOT NULL,
  authors INTEGER NOT NULL,
  known INTEGER NOT NULL,               -- of them, authors whose followers are known
  followers INTEGER NOT NULL,           -- of these together
  PRIMARY KEY (track_id, day, next_day)
) STRICT, WITHOUT ROWID;

CREATE TABLE track_term_days (          -- posts with a term, by local day, on all platforms
  track_id INTEGER NOT NULL, term_id INTEGER NOT NULL, day INTEGER NOT NULL,
  posts INTEGER NOT NULL,
  PRIMARY KEY (track_id, term_id, day)
) STRICT, WITHOUT ROWID;

ALTER TABLE days ADD COLUMN newcomers INTEGER NOT NULL DEFAULT 0;  -- authors of whom it is the first day
UPDATE days SET newcomers = (SELECT count(*) FROM author_totals t
  WHERE t.series = days.series AND t.first_day = days.day);

-- Posts of which a platform said likes, reposts, replies or quotes: without any, the sum is not known.
ALTER TABLE author_days ADD COLUMN engagement_known INTEGER NOT NULL DEFAULT 0;
UPDATE author_days SET engagement_known = n.known FROM (
  SELECT m.series, p.author_id, CAST(replace(p.day, '-', '') AS INTEGER) AS day, count(p.engagement) AS known
  FROM post_series m JOIN posts p ON p.id = m.post_id GROUP BY 1, 2, 3) n
WHERE author_days.series = n.series AND author_days.day = n.day AND author_days.author_id = n.author_id;
DROP INDEX author_days_by_author;
CREATE INDEX author_days_by_author
  ON author_days (series, author_id, day, posts, engagement, engagement_known);
"""


@migrations()
def m007_counts_for_pages(db: Database) -> None:
    """Count what pages ask for: hours of the week, people and terms on all platforms, newcomers, and what
    is known of an author's engagement.
    """
    stop(db)
    run(db, _FOR_PAGES)
    for table in ("track_heat", "track_spans", "track_term_days"):
        refill(db, table)
    start(db)
