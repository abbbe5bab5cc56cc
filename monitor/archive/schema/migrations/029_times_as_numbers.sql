-- Keep the times of posts, readings and authors as numbers: seconds since 1970, in a fifth of the room.
-- What they were called gives the same text as before, made from these when it is asked for.
-- Rows stay where they are: the words of the table change, as https://www.sqlite.org/lang_altertable.html
-- (section 7) allows, so that whatever else refers to it, of others too, goes on.

DROP INDEX IF EXISTS posts_by_time;
DROP INDEX IF EXISTS posts_by_author;
DROP INDEX IF EXISTS posts_by_size;
DROP INDEX IF EXISTS posts_with_views;
DROP INDEX IF EXISTS posts_by_message;
DROP INDEX IF EXISTS posts_bridged;
DROP INDEX IF EXISTS posts_late;
DROP INDEX IF EXISTS posts_due;

PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(replace(replace(replace(replace(replace(replace(sql,
  'created_at TEXT', 'created_at ANY'), 'day TEXT NOT', 'day ANY NOT'), 'hour TEXT NOT NULL', 'hour ANY'),
  'first_seen_at TEXT', 'first_seen_at ANY'), 'due_at TEXT', 'due_at ANY'), 'read_at TEXT', 'read_at ANY'),
  'followers_at TEXT', 'followers_at ANY') WHERE type = 'table' AND name IN ('posts', 'authors');
PRAGMA writable_schema = RESET;

-- The offset of a local hour from UTC is at its end; of a time before zones were even, in its hours alone.
UPDATE posts SET created_at = unixepoch(created_at), first_seen_at = unixepoch(first_seen_at),
  due_at = unixepoch(due_at), read_at = unixepoch(read_at),
  hour = (SELECT key FROM post_keys WHERE post_id = posts.id AND key < 0),
  day = CASE WHEN hour GLOB '*[+-]??:??' THEN iif(substr(hour, 14, 1) = '-', -1, 1)
    * unixepoch('1970-01-01T' || substr(hour, 15))
    ELSE unixepoch(substr(hour, 1, 13) || ':00') - unixepoch(substr(created_at, 1, 13) || ':00') END;
UPDATE authors SET read_at = unixepoch(read_at), followers_at = unixepoch(followers_at);

PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(replace(replace(replace(replace(replace(replace(sql,
  'first_seen_at ANY', 'seen_unix INTEGER'),
  'created_at ANY NOT NULL,             -- UTC', 'created_unix INTEGER NOT NULL,       -- seconds since 1970'),
  'day ANY NOT NULL,                    -- in the campaign''s time zone',
  'utc_offset INTEGER NOT NULL,         -- of the campaign''s time zone then, in seconds'),
  'hour ANY,                   -- the local hour, with its offset: 2026-10-25T01+01:00',
  'fold INTEGER,                        -- what lists fold it by: a number made from its words'),
  'due_at ANY', 'due_unix INTEGER'), 'followers_at ANY', 'followers_unix INTEGER'),
  'read_at ANY', 'read_unix INTEGER')
  WHERE type = 'table' AND name IN ('posts', 'authors');
UPDATE sqlite_master SET sql = replace(sql, '
  UNIQUE (platform, native_id)', '
  created_at TEXT AS (strftime(''%Y-%m-%dT%H:%M:%SZ'', created_unix, ''unixepoch'')),
  day TEXT AS (date(created_unix + utc_offset, ''unixepoch'')),
  hour TEXT AS (strftime(''%Y-%m-%dT%H'', created_unix + utc_offset, ''unixepoch'')  -- 2026-10-25T01+01:00
    || iif(utc_offset < 0, ''-'', ''+'') || strftime(''%H:%M'', abs(utc_offset), ''unixepoch'')),
  first_seen_at TEXT AS (strftime(''%Y-%m-%dT%H:%M:%SZ'', seen_unix, ''unixepoch'')),
  due_at TEXT AS (strftime(''%Y-%m-%dT%H:%M:%SZ'', due_unix, ''unixepoch'')),
  read_at TEXT AS (strftime(''%Y-%m-%dT%H:%M:%SZ'', read_unix, ''unixepoch'')),
  UNIQUE (platform, native_id)') WHERE type = 'table' AND name = 'posts';
UPDATE sqlite_master SET sql = replace(sql, '
  UNIQUE (platform, native_id)', '
  read_at TEXT AS (strftime(''%Y-%m-%dT%H:%M:%SZ'', read_unix, ''unixepoch'')),
  followers_at TEXT AS (strftime(''%Y-%m-%dT%H:%M:%SZ'', followers_unix, ''unixepoch'')),
  UNIQUE (platform, native_id)') WHERE type = 'table' AND name = 'authors';
UPDATE sqlite_master SET sql = replace(replace(sql, 'q.created_at BETWEEN date(p.day, ''-1 day'') AND date(p.day, ''+2 days'')',
  'q.created_unix BETWEEN unixepoch(p.day, ''-1 day'') AND unixepoch(p.day, ''+2 days'')'),
  'q.created_at DESC', 'q.created_unix DESC') WHERE type = 'trigger' AND name = 'post_leaves';
PRAGMA writable_schema = RESET;

REINDEX posts;
REINDEX authors;

-- A count by hours had the whole of an uneven offset in an hour's name, where it did not belong.
-- The last zone with such an offset was Liberia's, until 7 January 1972 (tzdata, Africa/Monrovia).
UPDATE hours SET posts = 0 WHERE hour NOT GLOB '*[+-]??:??';  -- which the heat map follows
DELETE FROM hours WHERE hour NOT GLOB '*[+-]??:??';
INSERT INTO hours SELECT p.hour, m.series, count(*) FROM posts p JOIN post_series m ON m.post_id = p.id
WHERE p.created_unix < unixepoch('1972-01-08') GROUP BY 1, 2 ON CONFLICT DO NOTHING;

CREATE INDEX posts_by_time ON posts (created_unix);
CREATE INDEX posts_by_author ON posts (author_id, created_unix);
CREATE INDEX posts_by_size ON posts (engagement, created_unix) WHERE engagement > 0;
CREATE INDEX posts_with_views ON posts (platform, created_unix, followers, views)
  WHERE views IS NOT NULL AND followers > 0;
CREATE INDEX posts_by_message ON posts (message, created_unix) WHERE message IS NOT NULL;
CREATE INDEX posts_bridged ON posts (day, message, author_id) WHERE copy_of IS NOT NULL;
CREATE INDEX posts_late ON posts (created_unix, seen_unix, origin) WHERE seen_unix > created_unix + 3600;
CREATE INDEX posts_due ON posts (platform, due_unix) WHERE due_unix IS NOT NULL;

CREATE TABLE snapshots_by_number (      -- one row each time that a number moved
  post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  read_unix INTEGER NOT NULL,           -- seconds since 1970
  likes INTEGER, reposts INTEGER, replies INTEGER, quotes INTEGER, views INTEGER, followers INTEGER,
  read_at TEXT AS (strftime('%Y-%m-%dT%H:%M:%SZ', read_unix, 'unixepoch')),
  PRIMARY KEY (post_id, read_unix)
) STRICT, WITHOUT ROWID;
INSERT INTO snapshots_by_number SELECT post_id, unixepoch(read_at), likes, reposts, replies, quotes, views, followers
FROM snapshots;
DROP TABLE snapshots;
PRAGMA legacy_alter_table = ON;  -- whatever else refers to it is not looked at, nor changed
ALTER TABLE snapshots_by_number RENAME TO snapshots;
PRAGMA legacy_alter_table = OFF;

DELETE FROM checksums;
-- So that the file is written anew, without the room that is free now.
INSERT OR IGNORE INTO meta SELECT 'compact', '' WHERE EXISTS (SELECT 1 FROM posts);
