-- Let a person keep a post as evidence for longer than others.

CREATE TABLE holds (                    -- a post does not go by age before `until`
  post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
  reason TEXT NOT NULL,
  by TEXT NOT NULL,
  made_at TEXT NOT NULL,
  until TEXT NOT NULL
) STRICT;

CREATE TRIGGER hold_is_forgotten AFTER UPDATE OF scrubbed_at ON posts WHEN NEW.scrubbed_at IS NOT NULL BEGIN
  DELETE FROM holds WHERE post_id = NEW.id;
END;
