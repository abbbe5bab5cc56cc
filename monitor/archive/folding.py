"""Old polls of the log made one, where they say the same: it would grow by 90 MB a year."""

from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.archive.connection import GIVEN, WriteConnection
from monitor.archive.coverage import PAIRS, REGULAR
from monitor.core.clock import stamp

_IN_DETAIL = timedelta(days=3)
_FOLDED = "folded"  # in `meta`: the day up to which it is done


def fold(db: WriteConnection, now: datetime, stop: Callable[[], bool] = lambda: False) -> None:
    """Merge the polls of each day that is over three days ago and say the same; `stop` is asked between.

    What is asked of the polls stays as it is, but for how many there were: time that was covered, each
    source's first and last poll and last success, and what was said of time between two that were covered.
    """
    until = stamp(now - _IN_DETAIL)[:10]
    for source, track in db.execute(f"WITH {PAIRS} SELECT source, track FROM pairs").fetchall():
        at = db.meta(_FOLDED)
        while day := db.execute(_NEXT, [source, track, at, until]).fetchone()[0]:
            if stop():
                return
            at = f"{day}~"  # later than any time of that day
            values = {"source": source, "track": track, "day": day, "end": at, "now": stamp(now)}
            if groups := db.execute(_SAME, values).fetchall():
                with db.transaction():
                    for ids, last, *sums in groups:
                        db.execute(_MERGE, [*sums, last])
                        db.execute(f"DELETE FROM coverage WHERE id < ? AND id IN {GIVEN}", [last, ids])
    if db.meta(_FOLDED) < until:
        with db.transaction():
            db.set_meta(_FOLDED, until)


_NEXT = (
    "SELECT substr(min(started_at), 1, 10) FROM coverage"
    " WHERE source = ? AND track = ? AND started_at > ? AND started_at < ?"
)
_MERGE = (
    "UPDATE coverage SET ended_at = ?, covered_from = ?, covered_until = ?, got = ?, new = ?, rejected = ?"
    " WHERE id = ?"
)
_POLLS = f"FROM coverage WHERE source = :source AND track = :track AND {REGULAR}"
# Rows of a day that can be one, of which the latest stays: of one stream, outcome and detail, that cover no
# time, or time that touches. Why time was not covered is asked from where covered time ends until it goes on,
# so what says why is joined across neither.
_SAME_KEY = "stream, outcome, detail, part, covered_from IS NULL, covered_until IS NULL"
_SAME = f"""WITH
  old AS (
    SELECT *, CASE WHEN outcome <> 'complete' AND detail <> '' THEN (
      SELECT sum((since < started_at) + (since <= started_at) + (until < started_at) + (until <= started_at))
      FROM seen WHERE source = :source AND track = :track) END AS part
    FROM coverage WHERE source = :source AND track = :track AND started_at >= :day AND started_at < :end
      AND started_at < (SELECT max(started_at) {_POLLS} AND started_at <= :now)
      AND started_at > (SELECT min(started_at) {_POLLS})),
  begun AS (
    SELECT *, covered_from > max(covered_until) OVER (PARTITION BY {_SAME_KEY}
      ORDER BY covered_from, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS begins FROM old),
  islands AS (
    SELECT *, sum(begins) OVER (PARTITION BY {_SAME_KEY} ORDER BY covered_from, id) AS island FROM begun)
SELECT json_group_array(id), max(id), max(ended_at), min(covered_from), max(covered_until), sum(got),
  sum(new), sum(rejected)
FROM islands GROUP BY {_SAME_KEY}, ifnull(island, 0) HAVING count(*) > 1"""
