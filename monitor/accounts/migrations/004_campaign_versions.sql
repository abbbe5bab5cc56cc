-- Make the table of what the campaign file was, which holds no secrets.

CREATE TABLE campaign_versions (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  who TEXT NOT NULL,                    -- an account, the console, or whoever used a text editor
  text TEXT NOT NULL                    -- the whole file
) STRICT;
