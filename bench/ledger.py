"""What the log of polls costs: the state of the sources after years of polls, and its bytes a year."""

import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from bench.ratios import Ratio, table
from bench.web import CAMPAIGN
from monitor.archive import Archive
from monitor.archive.folding import fold
from monitor.campaign import load
from monitor.collect.source_status import states

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_DAYS, _ROUNDS = 3 * 365, 30
# The streams of the campaign file that is shipped, and the minutes between two polls of each.
_STREAMS = {
    ("mastodon", "mastodon:mastodon.social:calling-time-on-crime"): 10,
    ("mastodon", "mastodon:mastodonapp.uk:calling-time-on-crime"): 10,
    ("mastodon", "mastodon:mas.to:calling-time-on-crime"): 10,
    ("mastodon", "mastodon:mstdn.social:calling-time-on-crime"): 10,
    ("bluesky", "bluesky:jetstream:calling-time-on-crime"): 5,
    ("feeds", "feeds:calling-time-on-crime:news.google.com/rss/search"): 30,
    ("lemmy", "lemmy:lemmy.world:calling-time-on-crime"): 60,
}
_POLLS = """
WITH RECURSIVE turns (at) AS (SELECT unixepoch(:now) UNION ALL
  SELECT at - :minutes * 60 FROM turns WHERE at > unixepoch(:now) - :days * 86400)
INSERT INTO coverage (source, stream, track, started_at, ended_at, covered_from, covered_until, outcome,
  detail, got, new, rejected)
SELECT :source, :stream, :track, strftime('%Y-%m-%dT%H:%M:%SZ', at, 'unixepoch'),
  strftime('%Y-%m-%dT%H:%M:%SZ', at + 2, 'unixepoch'),
  iif(:source = 'feeds', NULL, strftime('%Y-%m-%dT%H:%M:%SZ', at - :minutes * 60, 'unixepoch')),
  strftime('%Y-%m-%dT%H:%M:%SZ', at, 'unixepoch'), 'complete', '', 0, 0, 0 FROM turns ORDER BY at"""


def polled(path: Path, days: int) -> Archive:
    """Return an archive of a quiet campaign whose sources were polled for so many days."""
    campaign = load(CAMPAIGN)
    archive = Archive.open(path, campaign.zone)
    while archive.checksums.seal():
        pass
    add_polls(archive, days)
    return archive


def add_polls(archive: Archive, days: int) -> None:
    """Put the polls of so many days until now into an archive."""
    track = load(CAMPAIGN).tracks[0].name
    for (source, stream), minutes in _STREAMS.items():
        values = {"source": source, "stream": stream, "track": track, "minutes": minutes}
        archive.db.execute(_POLLS, {"now": NOW.isoformat(), "days": days} | values)


def size(archive: Archive) -> int:
    """Return the bytes of the archive, in which there is next to nothing else."""
    archive.db.execute("VACUUM")
    return archive.db.number("PRAGMA page_count") * archive.db.number("PRAGMA page_size")


def measure() -> list[Ratio]:
    """Return what three years of polls cost a page, and what a year of them is in bytes."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        with closing(polled(Path(folder) / "none.db", 0)) as none:
            with closing(polled(Path(folder) / "three.db", _DAYS)) as three:
                rows = three.db.number("SELECT count(*) FROM coverage")
                without, after_years = _states(none), _states(three)
            empty = size(none)
        with closing(polled(Path(folder) / "year.db", 365)) as year:
            before = size(year) - empty
            first, again = (_cpu(lambda: fold(year.db, NOW)) for _ in range(2))
            after = size(year) - empty
    return [
        _at_most("states() after three years of polls / none", after_years / without, 2, f"{rows:,} polls"),
        _at_most("log of a quiet year, MB", after / 1e6, 3,
                 f"{before / 1e6:.0f} MB before; folded in {first:.1f} s, again in {again * 1000:.1f} ms"),
    ]  # fmt: skip


def _at_most(goal: str, value: float, target: float, note: str) -> Ratio:
    return Ratio(goal=goal, value=value, target=target, at_least=False, note=note)


def _states(archive: Archive) -> float:
    campaign = load(CAMPAIGN)
    return median(_cpu(lambda: states(archive, campaign, NOW)) for _ in range(_ROUNDS))


def _cpu(act: Callable[[], Any]) -> float:
    began = process_time()
    act()
    return process_time() - began


if __name__ == "__main__":
    print(table(measure()))
