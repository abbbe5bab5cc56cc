-- Make the table of those who went to sign in elsewhere.

CREATE TABLE handshakes (hash TEXT PRIMARY KEY, nonce TEXT NOT NULL, verifier TEXT NOT NULL, onward TEXT NOT NULL, expires_at TEXT NOT NULL) STRICT, WITHOUT ROWID;  -- onward: where to go here
