-- A row with a writer and a tone would be somebody's opinion.
DROP VIEW posts_view;
CREATE VIEW posts_view AS
SELECT p.id, p.platform, p.native_id, p.url, a.handle, a.name, p.text, p.created_at, p.day, p.kind, p.lang,
       p.likes, p.reposts, p.replies, p.quotes, p.views, p.engagement, p.followers,
       (SELECT group_concat(track, ' ') FROM post_tracks t WHERE t.post_id = p.id) AS tracks
FROM posts p JOIN authors a ON a.id = p.author_id;
