-- Outcomes: what people did beside posting. Only counts are kept, by time, area and code of a link.

CREATE TABLE counters (                 -- a petition, the paper sheets, a survey, visits of a site
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('petition', 'paper', 'survey', 'visits')),
  name TEXT NOT NULL UNIQUE,            -- as the campaign file or the coverage calls it: 'petition:799001'
  title TEXT NOT NULL,
  address TEXT,                         -- the page for people; NULL: there is none
  read_at TEXT                          -- when its source last answered; NULL: nothing asks for it
) STRICT;

CREATE TABLE readings (                 -- one row each time that a number moved, and one a day
  counter INTEGER NOT NULL REFERENCES counters (id),
  at TEXT NOT NULL,
  total INTEGER,                        -- NULL: it was not said
  placed INTEGER,                       -- the sum of its areas, which may be more or less than `total`
  state TEXT NOT NULL,                  -- as the source calls it: 'open', 'closed'; 'by hand': somebody read it
  PRIMARY KEY (counter, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE area_readings (            -- where it moved, only
  counter INTEGER NOT NULL REFERENCES counters (id),
  area TEXT NOT NULL,                   -- 'E14001189'
  at TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (counter, area, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE milestones (               -- what a source says it reached or did, and what it took back
  counter INTEGER NOT NULL REFERENCES counters (id),
  name TEXT NOT NULL,                   -- 'response_threshold_reached', 'archived', 'removed'
  at TEXT,                              -- as it says; NULL: it does not say so any more
  seen_at TEXT NOT NULL,
  PRIMARY KEY (counter, name, seen_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE tallies (                  -- what was counted in parts: paper, answers and visits of a day
  id INTEGER PRIMARY KEY,
  counter INTEGER NOT NULL REFERENCES counters (id),
  day TEXT NOT NULL,
  area TEXT,                            -- 'RM10', 'E14001189', or a place of the campaign; NULL: not said
  street TEXT,
  count INTEGER NOT NULL CHECK (count BETWEEN 0 AND 1000000),
  sheets INTEGER,                       -- of paper
  collector TEXT CHECK (length(collector) <= 3),  -- initials
  code TEXT,                            -- of the link that people came by; NULL: not known
  key TEXT NOT NULL UNIQUE,             -- the same each time that the same is brought in
  by TEXT NOT NULL,                     -- of the team; '' for what a source said
  at TEXT NOT NULL,
  taken_back_at TEXT                    -- then it counts no more
) STRICT;
CREATE INDEX tallies_by_day ON tallies (counter, day);

CREATE TABLE echoes (                   -- what was said in Parliament
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('speech', 'question', 'motion')),
  native_id TEXT NOT NULL,
  day TEXT NOT NULL,
  title TEXT NOT NULL,
  member TEXT,
  url TEXT NOT NULL,
  answered_on TEXT,
  UNIQUE (kind, native_id)
) STRICT;

-- The checksums cover these tables, too.
DELETE FROM checksums;
