-- Make the tables of who gets mail, and of what is on its way.

CREATE TABLE subscriptions (            -- who gets which mail
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('digest', 'alerts')),
  key TEXT NOT NULL UNIQUE,             -- in the link to leave; as plain as the mails it stands in
  listed INTEGER NOT NULL DEFAULT 0,    -- 1: the campaign file names the address now
  asked_at TEXT NOT NULL,
  agreed_at TEXT,                       -- when its owner said yes
  left_at TEXT,                         -- when its owner said no: wins over all else
  UNIQUE (kind, address)
) STRICT;

CREATE TABLE weeks (                    -- what became of each week's mail: one row, written once
  campaign TEXT NOT NULL,
  week TEXT NOT NULL,                   -- as 2026-W47
  decision TEXT NOT NULL CHECK (decision IN ('sent', 'late', 'skipped')),
  why TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  PRIMARY KEY (campaign, week)
) STRICT, WITHOUT ROWID;

CREATE TABLE alerts (                   -- what people were told of at once, and when
  id INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  rule TEXT NOT NULL,                   -- what kind of thing; one that was just told of is not told of again
  subject TEXT NOT NULL,                -- the thing itself: told of once
  title TEXT NOT NULL,                  -- words of ours; no text of posts
  at TEXT NOT NULL,
  UNIQUE (campaign, rule, subject)
) STRICT;

CREATE TABLE outbox (                   -- what is to be delivered, and how far each piece has come
  id INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  kind TEXT NOT NULL,                   -- digest, alert, webhook, welcome, test
  period TEXT NOT NULL,                 -- a week, a day, an alert
  address TEXT NOT NULL,
  message_id TEXT NOT NULL UNIQUE,
  body BLOB,                            -- the whole message, never changed; NULL once it is old
  state TEXT NOT NULL CHECK (state IN ('queued', 'claimed', 'data', 'sent', 'stopped', 'unsure')),
  tries INTEGER NOT NULL DEFAULT 0,
  twice INTEGER NOT NULL DEFAULT 0,     -- 1: sent again, as nobody knew whether it had arrived
  reason TEXT NOT NULL DEFAULT '',      -- why it waits or stopped
  next_at TEXT NOT NULL,                -- not tried before
  until_at TEXT NOT NULL,               -- not tried after
  changed_at TEXT NOT NULL,
  UNIQUE (campaign, kind, period, address)
) STRICT;
CREATE INDEX outbox_by_state ON outbox (state, next_at);
