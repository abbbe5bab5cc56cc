-- Make the tables of the weekly check of tone.

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
