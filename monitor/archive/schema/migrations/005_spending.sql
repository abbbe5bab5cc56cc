-- Make the tables of money spent.

CREATE TABLE spending (                 -- a row for each question that may cost money
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  month TEXT NOT NULL,                  -- of UTC: 2026-11
  at TEXT NOT NULL,
  micros INTEGER NOT NULL,              -- millionths of a US dollar: the most, and once settled the true cost
  is_settled INTEGER NOT NULL,
  month_limit INTEGER NOT NULL          -- what might be spent that month, when it was asked
) STRICT;
CREATE INDEX spending_by_month ON spending (source, month, micros);

CREATE TABLE bought (                   -- what need not be paid again on the same day
  source TEXT NOT NULL,
  kind TEXT NOT NULL,                   -- post | person
  native_id TEXT NOT NULL,
  day TEXT NOT NULL,                    -- of UTC, the last time
  PRIMARY KEY (source, kind, native_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX bought_by_day ON bought (day);
