-- Which posts say one thing once: monitor/core/messages.py has the rules, monitor/archive/posts/messages.py joins
-- them. Archives from before have theirs made once this has run.

ALTER TABLE posts ADD COLUMN copy_of TEXT;     -- address of what a bridge made this from; '': it is forgotten
ALTER TABLE posts ADD COLUMN message INTEGER;  -- the first post of its message; NULL: no other says the same
CREATE INDEX posts_by_message ON posts (message, created_at) WHERE message IS NOT NULL;
CREATE INDEX posts_bridged ON posts (day, message, author_id) WHERE copy_of IS NOT NULL;

CREATE TABLE post_keys (                -- what a post is found by when another says the same
  post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  key INTEGER NOT NULL,                 -- made from an address or from words, which it does not tell
  at INTEGER NOT NULL,                  -- when the post was written, in seconds since 1970; 0: no matter when
  PRIMARY KEY (post_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX post_keys_by_key ON post_keys (key, at);

CREATE TABLE sketches (                 -- what an article is compared by, in numbers
  post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
  sketch TEXT NOT NULL
) STRICT;

CREATE TABLE copies (                   -- posts that share their message with others; kept by triggers
  series INTEGER NOT NULL, day INTEGER NOT NULL, message INTEGER NOT NULL, post_id INTEGER NOT NULL,
  PRIMARY KEY (series, day, message, post_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER copy_joins AFTER INSERT ON post_series
WHEN (SELECT message FROM posts WHERE id = NEW.post_id) IS NOT NULL BEGIN
  INSERT INTO copies (series, day, message, post_id)
  SELECT NEW.series, CAST(replace(day, '-', '') AS INTEGER), message, id FROM posts WHERE id = NEW.post_id;
END;

CREATE TRIGGER copy_leaves AFTER DELETE ON post_series BEGIN
  DELETE FROM copies WHERE series = OLD.series AND (day, message, post_id) =
    (SELECT CAST(replace(day, '-', '') AS INTEGER), message, id FROM posts WHERE id = OLD.post_id);
END;

CREATE TRIGGER message_moves AFTER UPDATE OF message ON posts WHEN OLD.message IS NOT NEW.message BEGIN
  DELETE FROM copies WHERE series IN (SELECT series FROM post_series WHERE post_id = NEW.id)
    AND day = CAST(replace(NEW.day, '-', '') AS INTEGER) AND message = OLD.message AND post_id = NEW.id;
  INSERT INTO copies (series, day, message, post_id)
  SELECT series, CAST(replace(NEW.day, '-', '') AS INTEGER), NEW.message, NEW.id FROM post_series
  WHERE post_id = NEW.id AND NEW.message IS NOT NULL;
END;

-- Copies that a bridge made from Bluesky name their original in their own id.
UPDATE posts SET copy_of = replace(replace(substr(native_id, 33), 'at://', 'https://bsky.app/profile/'),
  '/app.bsky.feed.post/', '/post/')
WHERE native_id LIKE 'https://bsky.brid.gy/convert/ap/at://%/app.bsky.feed.post/%' AND scrubbed_at IS NULL;

-- The checksums cover `copy_of`, too.
DELETE FROM checksums;
