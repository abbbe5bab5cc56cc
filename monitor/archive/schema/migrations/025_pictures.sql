-- Pictures may be fetched and read for the code of the share kit, where an admin has switched that on.

ALTER TABLE pictures ADD COLUMN thumbnail TEXT;  -- where it may be fetched from; NULL: it may not be
ALTER TABLE pictures ADD COLUMN looked_at TEXT;  -- when it was, once and for all
ALTER TABLE pictures ADD COLUMN codes TEXT;      -- those of the kit in it; '': none; NULL: it was not read
ALTER TABLE pictures ADD COLUMN verdict TEXT;    -- 'ours' or 'altered', as somebody said who looked at it

CREATE INDEX pictures_waiting ON pictures (post_id) WHERE thumbnail IS NOT NULL AND looked_at IS NULL;
CREATE INDEX pictures_looked_at ON pictures (looked_at) WHERE looked_at IS NOT NULL;
CREATE INDEX pictures_read ON pictures (thumbnail) WHERE codes IS NOT NULL;

-- The checksums cover these columns, too.
DELETE FROM checksums;
