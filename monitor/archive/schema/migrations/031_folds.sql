-- A post has what lists fold it by in its own row (029 has put it there); other keys say by the day when it was.

CREATE TABLE keys_by_day (              -- what a post is found by when another says the same
  post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  key INTEGER NOT NULL,                 -- made from an address or from words, which it does not tell
  day INTEGER NOT NULL,                 -- when the post was written, in days since 1970; 0: no matter when
  PRIMARY KEY (post_id, key)
) STRICT, WITHOUT ROWID;
INSERT INTO keys_by_day SELECT post_id, key, at / 86400 - (at % 86400 < 0) FROM post_keys WHERE key > 0;
DROP TABLE post_keys;
PRAGMA legacy_alter_table = ON;
ALTER TABLE keys_by_day RENAME TO post_keys;
PRAGMA legacy_alter_table = OFF;
CREATE INDEX post_keys_by_key ON post_keys (key, day);

PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(sql, 'sketch TEXT NOT NULL', 'sketch ANY NOT NULL') WHERE name = 'sketches';
PRAGMA writable_schema = RESET;  -- `messages.pack_sketches` makes them bytes

CREATE INDEX posts_by_fold ON posts (fold, created_unix) WHERE fold IS NOT NULL;
