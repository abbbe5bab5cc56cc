-- Chain the lines of the trail: each holds the hash of the one before, and goes by age only.

ALTER TABLE audit ADD COLUMN hash_before TEXT;

CREATE TABLE trail_ends (               -- one row: where the chain begins and ends
  id INTEGER PRIMARY KEY CHECK (id = 1),
  first_id INTEGER NOT NULL DEFAULT 1,  -- the first line; those before it have gone by age
  tail TEXT NOT NULL DEFAULT '',        -- the hash of the last line that went
  aged_at TEXT NOT NULL DEFAULT '',     -- when that was written
  head TEXT NOT NULL                    -- the hash of the last line
) STRICT;

CREATE TRIGGER audit_is_final BEFORE UPDATE ON audit WHEN OLD.hash_before IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'lines of the trail are never changed');
END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit WHEN OLD.id >= (SELECT first_id FROM trail_ends) BEGIN
  SELECT RAISE(ABORT, 'lines of the trail go by age only');
END;
