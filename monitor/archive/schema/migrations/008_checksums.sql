-- What each row should say, in a number; monitor/archive/checksums.py has the columns. A migration that changes
-- or fills one of these columns deletes all rows here, and they are made again.
CREATE TABLE checksums (                -- of a row, and for a post of all that hangs on it
  part TEXT NOT NULL,                   -- the table
  key ANY NOT NULL,                     -- its id, or the texts of its key
  digest INTEGER NOT NULL,
  PRIMARY KEY (part, key)
) STRICT, WITHOUT ROWID;
