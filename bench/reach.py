"""People and their followers in any window: the spans beside a scan of every author's days."""

from datetime import date, timedelta
from pathlib import Path
from statistics import median

from bench.questions import TRACK
from bench.ratios import Ratio, seconds
from bench.web import ZONE
from monitor.archive import Archive, ArchiveReader
from monitor.archive.stats import number
from monitor.archive.values import Scope

_SCAN = """
SELECT count(*), sum(followers) FROM (
  SELECT author_id, followers, row_number() OVER (PARTITION BY series, author_id ORDER BY day DESC) AS place
  FROM author_days WHERE day BETWEEN ? AND ?) WHERE place = 1"""


def _ours(archive: Archive, scope: Scope) -> set[tuple[int, int]]:
    """Return people and followers as they are summed up, and as they are by platform and band: one answer."""
    crowd, parts = archive.stats.crowd(scope), archive.stats.audience(scope)
    by_band = sum(part.authors for part in parts), sum(part.followers or 0 for part in parts)
    return {(crowd.authors, crowd.followers), by_band}


def measure(path: Path, first: date, last: date) -> Ratio:
    """Return how much faster the spans are in windows of all kinds; the note says how many differ."""
    windows = [
        (first + timedelta(days=start), min(last, first + timedelta(days=start + length - 1)))
        for start in (0, 40, 80, 120, 140)
        for length in (7, 28, 168)
    ]
    wrong, scans, spans = 0, [], []
    with ArchiveReader.open(path, ZONE) as archive:
        for begin, end in windows:
            scope = archive.stats.scope(TRACK, begin, end)
            days = [number(begin), number(end)]
            slow = archive.db.execute(_SCAN, days).fetchone()
            wrong += _ours(archive, scope) != {(slow[0], slow[1] or 0)}
            scans.append(seconds(lambda days=days: archive.db.execute(_SCAN, days).fetchone()))  # type: ignore[misc]
            spans.append(median(seconds(lambda scope=scope: _ours(archive, scope)) for _ in range(5)))  # type: ignore[misc]
    return Ratio(
        goal="reach of a window: scan of author-days / ours", value=median(scans) / median(spans), target=80,
        note=f"{median(scans) * 1000:,.0f} ms to {median(spans) * 1000:.2f} ms;"
        f" {wrong} of {len(windows)} windows differ",
    )  # fmt: skip
