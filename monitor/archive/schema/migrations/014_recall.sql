-- How many posts of a week that another way found were here, and why the others were not.

CREATE TABLE recall_samples (           -- posts of a sample, drawn by chance, by why they were not here
  source TEXT NOT NULL,
  monday TEXT NOT NULL,                 -- the week's first local day
  cause TEXT NOT NULL,                  -- '' of those that were here, before any was taken in
  posts INTEGER,                        -- NULL: this look has not come to an end
  way TEXT,                             -- what found them
  at TEXT NOT NULL,                     -- when the look was last begun
  PRIMARY KEY (source, monday, cause)
) STRICT, WITHOUT ROWID;

-- The checksums cover this table, too.
DELETE FROM checksums;
