-- Make the register of what people ask about their data.

CREATE TABLE requests (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,                   -- access, erasure, correction, objection, complaint, question
  received TEXT NOT NULL,               -- local day
  due TEXT,                             -- last local day to answer, or to confirm a complaint; NULL: confirmed
  closed TEXT,                          -- local day; NULL: open
  note TEXT NOT NULL                    -- what they wrote, and how to reach them
) STRICT;
