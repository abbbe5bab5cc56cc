"""Run every bench and print one table: `make bench`, with `LARGE=1` for five million posts.

Each ratio is measured side by side in this run; seconds differ from machine to machine.
"""

import argparse
import os
import platform
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bench import aggregates, erasure, idle, imports, ingest, kit, pictures, reach, visit, web
from bench.ratios import Ratio, beside, table
from monitor.archive import Archive
from monitor.archive.damage.verification import sqlite_version
from monitor.campaign import SourceSettings, load
from monitor.core.model import Sentiment, Tone
from monitor.demo import fill
from monitor.demo.behaviour import PLATFORMS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WEEKS = 24
ON = SourceSettings(on=True, every_minutes=15)
LAST = date(2026, 11, 22)
FIRST = LAST - timedelta(days=7 * WEEKS)


class Neutral:
    """Scores nothing: what is measured is not the analyzer."""

    name = "neutral"

    def score(self, text: str, lang: str | None = None) -> Sentiment:
        """Return neutral."""
        return Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)


def filled(folder: Path, posts: int) -> Path:
    """Return an archive of so many made-up posts."""
    path, campaign = folder / f"campaign-{posts}.db", load(web.CAMPAIGN)
    is_new = not path.is_file()
    with Archive.open(
        path, campaign.zone, demo=True
    ) as archive:  # one kept from before is brought up to date
        if is_new:
            print(f"Making up {posts:,} posts", file=sys.stderr)
            everywhere = replace(campaign, sources=dict.fromkeys(PLATFORMS, ON))
            fill(archive, everywhere, Neutral(), NOW, posts=posts, page_size=1000, weeks=WEEKS)
    return path


def measured(folder: Path, *, large: bool, dsn: str | None) -> list[Ratio]:
    """Return every ratio."""
    million = filled(folder, 1_000_000)
    found = ingest.measure() + idle.measure() + visit.measure(million)
    found += pictures.measure()
    found += erasure.measure(filled(folder, 300_000), million)
    found += kit.measure()
    found += imports.measure(imports.LARGE if large else imports.POSTS)
    for path, is_large in [(million, False)] + ([(filled(folder, 5_000_000), True)] if large else []):
        with tempfile.TemporaryDirectory(prefix="bench-") as scratch:  # the other engines' copies
            at_size = aggregates.measure(path, Path(scratch), FIRST, LAST, large=is_large, dsn=dsn)
        at_size.append(reach.measure(path, FIRST, LAST))
        at_size += [*web.live_and_kept(path, NOW), web.themes_page(path, NOW), web.areas_page(path, NOW)]
        size = "5 million posts" if is_large else "1 million posts"
        found += [replace(one, goal=f"{one.goal}, {size}") for one in at_size]
    if large:
        both = (web.four_weeks(filled(folder, posts), NOW) for posts in (1_000_000, 5_000_000))
        small, big = beside(*both, rounds=40)
        note = f"{big * 1000:.1f} ms to {small * 1000:.1f} ms"
        found.append(
            Ratio(goal="page SQL at 5M / at 1M", value=big / small, target=1.5, at_least=False, note=note)
        )
    found.append(web.beside_a_writer(million, NOW))
    return found


def main() -> int:
    """Print the table; return 1 if a target is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--large", action="store_true", help="also measure at five million posts")
    options.add_argument("--postgres", metavar="DSN", help="also measure PostgreSQL, in this empty database")
    options.add_argument("--folder", type=Path, help="keep the made-up archives here")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        found = measured(asked.folder or Path(folder), large=asked.large, dsn=asked.postgres)
    machine = f"{os.cpu_count()} processors ({platform.machine()})"
    print(f"Python {platform.python_version()}, SQLite {sqlite_version()}, {machine}\n")
    print(table(found))
    return 0 if all(one.is_met for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
