-- The first archives with a weekly check of tone did not keep how many posts of the week had a tone when its
-- sample was drawn. As many as have one now: then no post counts as late, and the sample stands for its week.

CREATE TEMP TABLE sample AS SELECT * FROM audited;
CREATE TABLE audits_counted (
  id INTEGER PRIMARY KEY,
  track_id INTEGER NOT NULL REFERENCES tracks (id),
  monday TEXT NOT NULL,                 -- the week's first day
  posts INTEGER NOT NULL,               -- that week's posts with a text and a score, when it was drawn
  counted INTEGER NOT NULL,             -- that week's posts with a tone then, by the counts kept
  mean REAL NOT NULL, variance REAL NOT NULL,  -- of their scores as 1, 0 and -1
  drawn_at TEXT NOT NULL,
  UNIQUE (track_id, monday)
) STRICT;
INSERT INTO audits_counted (id, track_id, monday, posts, counted, mean, variance, drawn_at)
SELECT a.id, a.track_id, a.monday, a.posts,
  (SELECT count(*) FROM posts p WHERE p.tone IS NOT NULL AND p.day BETWEEN a.monday AND date(a.monday, '+6 days')
    AND EXISTS (SELECT 1 FROM post_series m JOIN series s ON s.id = m.series
      WHERE m.post_id = p.id AND s.track_id = a.track_id)),
  a.mean, a.variance, a.drawn_at FROM audits a;
DROP TABLE audits;                      -- and with it the sample
ALTER TABLE audits_counted RENAME TO audits;
INSERT INTO audited (audit_id, place, post_id, scored) SELECT audit_id, place, post_id, scored FROM sample;
DROP TABLE sample;
