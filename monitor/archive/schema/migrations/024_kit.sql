-- The share kit: what the campaign suggests to be passed on, and which posts have it.

CREATE TABLE kit_items (                -- a row for each version; what was edited or retired stays
  id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  words TEXT NOT NULL,                  -- suggested for a post; '': a picture or a link alone
  alt TEXT NOT NULL,                    -- what its picture shows, in words; '' without one
  address TEXT NOT NULL,                -- where its links lead; '': nowhere
  code TEXT NOT NULL UNIQUE,            -- at the end of the code in its links, and in its picture's QR code
  has_imprint INTEGER,                  -- whether its picture has it; NULL: not said
  at TEXT NOT NULL,
  until TEXT,                           -- when it was edited or retired; NULL: it is suggested
  picture BLOB,                         -- PNG or JPEG
  PRIMARY KEY (id, version)
) STRICT;

CREATE TABLE kit_matches (              -- a post has a version of an item
  post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  item INTEGER NOT NULL,
  version INTEGER NOT NULL,
  how TEXT NOT NULL CHECK (how IN ('exact', 'near', 'link', 'alt', 'code', 'likeness')),
  score REAL,                           -- how like it is, from 0 to 1; NULL: that is no question of degree
  said_by TEXT NOT NULL,                -- who of the team said so; '': nobody, it was found
  at TEXT NOT NULL,
  PRIMARY KEY (post_id, item, how)
) STRICT, WITHOUT ROWID;

CREATE VIEW kit_posts AS                -- 'exact': word for word; 'near': with changes; 'part': a link or a picture
SELECT post_id, CASE WHEN max(how = 'exact') THEN 'exact' WHEN max(how = 'near') THEN 'near' ELSE 'part' END AS how
FROM kit_matches GROUP BY post_id;

-- The checksums cover these tables, too.
DELETE FROM checksums;
