-- Let a post's conversation be found, and be asked for again; what only came with one is counted nowhere.

CREATE INDEX posts_by_parent ON posts (parent) WHERE parent IS NOT NULL;
CREATE INDEX posts_by_root ON posts (root) WHERE root IS NOT NULL;

CREATE TABLE replies (                  -- posts that came with a conversation, and are in no track
  post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE
) STRICT;

CREATE TABLE conversations (            -- posts whose conversation was asked for
  post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
  due_at TEXT NOT NULL                  -- when it may be asked for again
) STRICT;

CREATE TRIGGER reply_joins AFTER INSERT ON post_series BEGIN
  DELETE FROM replies WHERE post_id = NEW.post_id;
END;

-- Who counts posts here counts no replies.
DROP VIEW posts_view;
CREATE VIEW posts_view AS
SELECT p.id, p.platform, p.native_id, p.url, a.handle, a.name, p.text, p.created_at, p.day, p.kind, p.lang,
       p.likes, p.reposts, p.replies, p.quotes, p.views, p.engagement, p.followers,
       (SELECT group_concat(track, ' ') FROM post_tracks t WHERE t.post_id = p.id) AS tracks
FROM posts p JOIN authors a ON a.id = p.author_id WHERE p.id NOT IN (SELECT post_id FROM replies);

-- The checksums cover the replies, too.
DELETE FROM checksums;
