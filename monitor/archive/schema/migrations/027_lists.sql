-- Lists of posts and people that are walked in their order, however many there are.

CREATE INDEX posts_by_size ON posts (engagement, created_at) WHERE engagement > 0;
CREATE INDEX posts_by_tone ON posts (tone) WHERE tone IS NOT 'neutral';  -- what may be rare
CREATE INDEX authors_by_followers ON authors (followers) WHERE followers IS NOT NULL;

ALTER TABLE author_totals ADD COLUMN engagement INTEGER NOT NULL DEFAULT 0;
UPDATE author_totals AS t SET engagement = (SELECT sum(d.engagement) FROM author_days d
  INDEXED BY author_days_by_author WHERE d.series = t.series AND d.author_id = t.author_id);
CREATE INDEX author_totals_by_engagement ON author_totals (series, engagement) WHERE engagement > 0;

DROP INDEX author_totals_by_size;
CREATE INDEX author_totals_by_size ON author_totals (series, size, first_day);

-- It may come before or after `author_day_comes`, which stores or counts the same row's posts.
CREATE TRIGGER author_day_engages AFTER INSERT ON author_days BEGIN
  INSERT INTO author_totals (series, author_id, posts, size, first_day, engagement)
  VALUES (NEW.series, NEW.author_id, 0, 0, NEW.day, NEW.engagement)
  ON CONFLICT DO UPDATE SET engagement = engagement + excluded.engagement;
END;

CREATE TRIGGER author_day_engagement AFTER UPDATE OF engagement ON author_days
WHEN OLD.engagement <> NEW.engagement BEGIN
  UPDATE author_totals SET engagement = engagement + NEW.engagement - OLD.engagement
  WHERE series = NEW.series AND author_id = NEW.author_id;
END;
