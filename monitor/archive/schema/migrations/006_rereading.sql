-- Let posts be read again.

ALTER TABLE posts ADD COLUMN again TEXT;   -- what its source needs to read it again; NULL: it cannot be
ALTER TABLE posts ADD COLUMN due_at TEXT;  -- when it is to be read again; NULL: never
CREATE INDEX posts_due ON posts (platform, due_at) WHERE due_at IS NOT NULL;
