-- The range of likely seen, counted from the posts: what the program makes of its counts has to equal it.
WITH last_posts AS (
  SELECT p.platform, p.followers,
    row_number() OVER (PARTITION BY p.author_id ORDER BY p.created_at DESC, p.id DESC) AS place
  FROM posts p JOIN post_tracks t ON t.post_id = p.id
  WHERE t.track = :track AND p.day BETWEEN :first AND :last AND p.author_id NOT IN (SELECT c.author_id FROM posts c JOIN post_tracks ct ON ct.post_id = c.id
  JOIN posts o ON o.message = c.message JOIN post_tracks ot ON ot.post_id = o.id
  WHERE c.copy_of IS NOT NULL AND o.copy_of IS NULL AND ct.track = :track AND ot.track = :track
  AND c.day BETWEEN :first AND :last AND o.day BETWEEN :first AND :last)
), known AS (
  SELECT platform, followers, sum(followers) OVER () AS together, count(*) OVER () AS accounts
  FROM last_posts WHERE place = 1 AND followers IS NOT NULL
), people AS (             -- bands: 1 for numbers of up to three digits, 2 of four, to 5 of seven and more
  SELECT platform, max(1, min(5, length(followers) - 2)) AS band, count(*) AS accounts,
    sum(followers) AS followers
  FROM known
  WHERE accounts < 3 OR followers < 100000 OR 2 * followers <= together GROUP BY 1, 2
), latest AS (
  SELECT p.platform, max(1, min(5, length(p.followers) - 2)) AS band,
    min(1, 1.0 * p.views / p.followers) AS ratio,
    row_number() OVER (PARTITION BY p.platform ORDER BY p.created_at DESC) AS place
  FROM posts p JOIN post_tracks t ON t.post_id = p.id
  WHERE t.track = :track AND p.day <= :last AND p.views IS NOT NULL AND p.followers > 0
), ratios AS (             -- once in their band, and once in band 0, which holds all of a platform
  SELECT *, avg(ratio) OVER alike AS mean, count(*) OVER alike AS posts,
    row_number() OVER (alike ORDER BY ratio) AS place FROM (
    SELECT platform, band, ratio FROM latest WHERE place <= 300
    UNION ALL SELECT platform, 0, ratio FROM latest WHERE place <= 300)
  WINDOW alike AS (PARTITION BY platform, band)
), measured AS (
  SELECT platform, band, posts, mean, min(ratio) FILTER (WHERE place > posts / 20) AS least,
    sum((ratio - mean) * (ratio - mean)) / (posts - 1) AS variance
  FROM ratios WHERE posts >= 30 GROUP BY platform, band
), sums AS (               -- by what they are measured by; a row without `posts` is of those that are not
  SELECT m.posts, m.mean, m.least, m.variance, sum(p.followers) AS followers,
    sum(1.0 * p.followers * p.followers / p.accounts) AS squares,
    iif(m.band, 0, 2.0 * (sum(sum(p.followers)) OVER (PARTITION BY m.platform) - sum(p.followers))) AS others
  FROM people p LEFT JOIN measured m ON m.platform = p.platform AND m.band = (SELECT max(band)
    FROM measured WHERE platform = p.platform AND band IN (0, p.band))
  GROUP BY m.platform, m.band
), totals AS (
  SELECT total(mean * followers) AS mean, total(least * followers) AS least,
    total(iif(posts, followers, 0)) AS most, total(iif(posts, 0, followers)) AS assumed,
    total(variance * (squares + followers * (followers + others) / posts)) AS below,
    total(variance * (squares + followers * (followers + others) / (posts - 20))) AS above
  FROM sums HAVING count(*)
), widths AS (
  SELECT *, below / mean / mean AS part, ln(1 + above / mean / mean) AS spread FROM totals
), ends AS (
  SELECT *, max(0, 1 - part / 9 - 1.93 * sqrt(part) / 3) AS root,
    mean * exp(1.93 * sqrt(spread) - spread / 2) AS high FROM widths
), seen AS (
  SELECT round(0.01 * assumed + ifnull(max(least, mean * root * root * root), 0), 6) AS low,
    round(0.2 * assumed + ifnull(min(most, high), 0), 6) AS high FROM ends
)
SELECT CAST(low AS INTEGER), CAST(high AS INTEGER) + (high > CAST(high AS INTEGER)) FROM seen;
