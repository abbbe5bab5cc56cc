-- Give what is marked an owner, days, and a history: the reply desk.

ALTER TABLE marks ADD COLUMN owner TEXT;        -- of the team, who will answer; NULL: nobody yet
ALTER TABLE marks ADD COLUMN due TEXT;          -- the day by which it is to be answered
ALTER TABLE marks ADD COLUMN until TEXT;        -- put off: the day on which it comes back
ALTER TABLE marks ADD COLUMN together INTEGER;  -- the first of the posts that one answer is for

CREATE TABLE mark_history (             -- what became of a post on the desk; no words of anybody's
  id INTEGER PRIMARY KEY,
  post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  act TEXT NOT NULL CHECK (act IN ('needs reply', 'done', 'not ours', 'no mark', 'later', 'assigned',
                                   'answered', 'deleted')),
  by TEXT NOT NULL,                     -- of the team; '' for what the program saw
  at TEXT NOT NULL,
  owner TEXT,                           -- whom it was given to
  day TEXT,                             -- until when it was put off, or when it is due
  answer INTEGER                        -- the campaign's post that answers it
) STRICT;
CREATE INDEX mark_history_by_post ON mark_history (post_id, id);

INSERT INTO mark_history (post_id, act, by, at) SELECT post_id, mark, by, at FROM marks ORDER BY at, post_id;
INSERT INTO mark_history (post_id, act, by, at) SELECT id, 'deleted', '', scrubbed_at FROM posts
WHERE text IS NULL AND scrubbed_at IS NOT NULL AND id IN (SELECT post_id FROM marks WHERE mark = 'needs reply');
DELETE FROM marks WHERE mark = 'needs reply' AND post_id IN (SELECT id FROM posts WHERE text IS NULL);
UPDATE marks SET due = date(at, '+' || substr('2222443', 1 + strftime('%w', at), 1) || ' days'),
                 until = (SELECT value FROM meta WHERE key = 'later:post ' || post_id)
WHERE mark = 'needs reply';
DELETE FROM meta WHERE key GLOB 'later:post *';

-- Nobody can answer what is gone.
CREATE TRIGGER gone_leaves_the_desk AFTER UPDATE OF scrubbed_at ON posts WHEN NEW.scrubbed_at IS NOT NULL
AND EXISTS (SELECT 1 FROM marks WHERE post_id = NEW.id AND mark = 'needs reply') BEGIN
  DELETE FROM marks WHERE post_id = NEW.id;
  INSERT INTO mark_history (post_id, act, by, at) VALUES (NEW.id, 'deleted', '', NEW.scrubbed_at);
END;

-- The checksums cover these columns, too.
DELETE FROM checksums;
