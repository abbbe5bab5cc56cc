-- Let deleted posts and their writers be known again by ids that tell no name: monitor/archive/erasure has them.
-- `scrub.repair` gives such ids to what was deleted before.

CREATE TABLE salts (                    -- one row: what makes these ids this archive's own
  id INTEGER PRIMARY KEY,
  salt TEXT NOT NULL
) STRICT;

INSERT INTO salts (salt) VALUES (lower(hex(randomblob(32))));
