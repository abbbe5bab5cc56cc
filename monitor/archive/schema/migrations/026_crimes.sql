-- Recorded crime, from the files that the police publish: counts by area and month, and never a place.

CREATE TABLE crimes (
  area TEXT NOT NULL,                   -- a place of the campaign: 'gooshays-ward'
  month TEXT NOT NULL CHECK (month GLOB '20[0-9][0-9]-[01][0-9]'),
  category TEXT NOT NULL,               -- as the police call it
  count INTEGER NOT NULL CHECK (count BETWEEN 0 AND 1000000),
  source TEXT NOT NULL,                 -- who published the file
  PRIMARY KEY (area, month, category)
) STRICT, WITHOUT ROWID;

-- The checksums cover this table, too.
DELETE FROM checksums;
