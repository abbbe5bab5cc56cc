"""Old polls of the log made one, where they say the same: it would grow by 90 MB a year."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from monitor.archive.connection import GIVEN, WriteConnection
from monitor.archive.coverage import REGULAR
from monitor.core.clock import stamp

_IN_DETAIL = timedelta(days=31)


def fold(db: WriteConnection, now: datetime, stop: Callable[[], bool] = lambda: False) -> None:
    """Merge the polls of each day that is over a month ago and say the same; `stop` is asked between.

    What is asked of the polls stays as it is, but for how many there were: time that was covered, each
    source's last poll and last success, and what was said of the time between two that were covered.
    """
    until = stamp(now - _IN_DETAIL)
    months = db.execute(
        "SELECT DISTINCT source, track, substr(started_at, 1, 7) FROM coverage WHERE started_at < ?",
        [until],
    )
    for source, track, month in months.fetchall():
        values = {"source": source, "track": track, "month": month, "until": until, "now": stamp(now)}
        for _, groups in groupby(db.execute(_SAME, values).fetchall(), itemgetter(0)):
            if stop():
                return
            with db.transaction():
                for _, ids, last, *sums in groups:
                    db.execute(
                        "UPDATE coverage SET ended_at = ?, covered_from = ?, covered_until = ?, got = ?,"
                        " new = ?, rejected = ? WHERE id = ?",
                        [*sums, last],
                    )
                    db.execute(f"DELETE FROM coverage WHERE id < ? AND id IN {GIVEN}", [last, ids])


# Rows of a day that can be one, of which the latest stays: of one stream, outcome and detail, that cover no
# time, or time that touches. Why time was not covered is asked from where covered time ends until it goes on,
# so what says why is joined across neither.
_SAME_KEY = "day, stream, outcome, detail, part, covered_from IS NULL, covered_until IS NULL"
_SAME = f"""WITH
  old AS (
    SELECT *, substr(started_at, 1, 10) AS day, CASE WHEN outcome <> 'complete' AND detail <> '' THEN (
      SELECT sum((since < started_at) + (since <= started_at) + (until < started_at) + (until <= started_at))
      FROM seen WHERE source = :source AND track = :track) END AS part
    FROM coverage WHERE source = :source AND track = :track AND started_at >= :month
      AND started_at < min(:until, :month || '-99')
      AND started_at < (SELECT max(started_at) FROM coverage
        WHERE source = :source AND track = :track AND started_at <= :now AND {REGULAR})),
  begun AS (
    SELECT *, covered_from > max(covered_until) OVER (PARTITION BY {_SAME_KEY}
      ORDER BY covered_from, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS begins FROM old),
  islands AS (
    SELECT *, sum(begins) OVER (PARTITION BY {_SAME_KEY} ORDER BY covered_from, id) AS island FROM begun)
SELECT day, json_group_array(id), max(id), max(ended_at), min(covered_from), max(covered_until), sum(got),
  sum(new), sum(rejected)
FROM islands GROUP BY {_SAME_KEY}, ifnull(island, 0) HAVING count(*) > 1 ORDER BY day"""
