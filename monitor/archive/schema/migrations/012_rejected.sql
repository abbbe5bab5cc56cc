-- Items that could not be read are kept whole, to be read again by a later version.

ALTER TABLE rejected ADD COLUMN track TEXT NOT NULL DEFAULT '';  -- '': each whose words it has

-- The checksums cover this column, too.
DELETE FROM checksums;
