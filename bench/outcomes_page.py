"""What the page of outcomes takes with three years of hourly readings in 650 areas, six moving each hour.

`python -m bench.outcomes_page` prints the median and the slowest of pages that are made anew.
"""

import random
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from bench.ratios import seconds
from bench.visit import _get, served
from monitor.archive import Archive
from monitor.core.clock import stamp

HOURS, AREAS, MOVED, ROUNDS, MOST = 3 * 365 * 24, 650, 6, 40, 100  # the last: milliseconds


def plant(path: Path, now: datetime) -> None:
    """Make an archive with the readings; row by row, as the program stores them, would take minutes."""
    chance, total, counts = random.Random(1), 0, [0] * AREAS
    with Archive.open(path, ZoneInfo("Europe/London")) as archive:
        counter = archive.counters.add("petition", "petition:1", "More police")
        readings, areas = [], []
        for hour in range(HOURS, -1, -1):
            at, total = stamp(now - timedelta(hours=hour)), total + chance.randint(0, 20)
            readings.append((counter, at, total, total, "open"))
            for area in chance.sample(range(AREAS), MOVED):
                counts[area] += 1
                areas.append((counter, f"E14{area:06}", at, counts[area]))
        with archive.db.transaction():
            archive.db.executemany("INSERT INTO readings VALUES (?, ?, ?, ?, ?)", readings)
            archive.db.executemany("INSERT INTO area_readings VALUES (?, ?, ?, ?)", areas)


def main() -> None:
    """Print what the page takes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        plant(path, datetime.now(UTC))
        with served(path) as port:
            for days in ("period=week", "period=4-weeks", "since=2024-06-03&until=2026-11-29"):
                size = len(_get(port, f"/outcomes?{days}"))
                waits = [
                    seconds(lambda n=n, days=days: _get(port, f"/outcomes?{days}&n={n}"))
                    for n in range(ROUNDS)
                ]  # type: ignore[misc]
                took = f"median {1000 * median(waits):.0f} ms, slowest {1000 * max(waits):.0f} ms"
                print(f"/outcomes?{days}: {took}; {size / 1000:.0f} kB (at most {MOST} ms)")


if __name__ == "__main__":
    main()
