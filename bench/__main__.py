"""Measure what should be quick, and print a table, its rows as they come: `make bench`.

`LARGE=1` adds five million posts; `ONLY="addresses polls"` picks benches, and `ONLY="addresses /people"` some
addresses. Each ratio is measured side by side in this run; seconds differ from machine to machine. A bench
that breaks costs its own rows.
"""

import argparse
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from bench import (
    addresses,
    aggregates,
    erasure,
    idle,
    imports,
    ingest,
    kit,
    ledger,
    pictures,
    reach,
    size,
    under_writes,
    visit,
    web,
)
from bench.archives import NOW, WEEKS, filled, multiplied, subjects
from bench.ratios import HEAD, Ratio, beside, line
from monitor.archive.damage.verification import sqlite_version

LAST = date(2026, 11, 22)
FIRST = LAST - timedelta(days=7 * WEEKS)
Bench = Callable[[], Iterable[Ratio]]


def benches(folder: Path, *, large: bool, dsn: str | None, paths: str) -> Mapping[str, Bench]:
    """Return the benches by name; archives are made when the first of them needs one."""

    @cache
    def million() -> Path:
        return filled(folder, 1_000_000)

    @cache
    def sizes() -> dict[str, Path]:
        more = {"5 million": multiplied(filled(folder, 100_000), folder / "campaign-5000000.db", 50)}
        return {"1 million": million(), **(more if large else {})}

    def at_sizes(measure: Callable[[Path], Iterable[Ratio]]) -> Iterator[Ratio]:
        for number, path in sizes().items():
            yield from (replace(one, goal=f"{one.goal}, {number} posts") for one in measure(path))

    def engines(path: Path) -> Iterator[Ratio]:
        is_large = path != million()
        with tempfile.TemporaryDirectory(prefix="bench-") as scratch:  # the other engines' copies
            yield from aggregates.measure(path, Path(scratch), FIRST, LAST, large=is_large, dsn=dsn)

    return {
        "taking-in": ingest.measure,
        "idle": idle.measure,
        "visit": lambda: visit.measure(million()),
        "pictures": pictures.measure,
        "erasure": lambda: erasure.measure(filled(folder, 300_000), million()),
        "kit": kit.measure,
        "imports": lambda: imports.measure(imports.LARGE if large else imports.POSTS),
        "polls": ledger.measure,
        "size": lambda: size.measure(million()),
        "writes": lambda: under_writes.measure(million()),
        "engines": lambda: at_sizes(engines),
        "reach": lambda: at_sizes(lambda path: [reach.measure(path, FIRST, LAST)]),
        "pages": lambda: at_sizes(_pages),
        "growth": lambda: _growth(*sizes().values()) if large else [],
        "writer": lambda: [web.beside_a_writer(million(), NOW)],
        "addresses": lambda: addresses.measure(subjects(folder, large=large), paths),
    }


def _pages(path: Path) -> list[Ratio]:
    return [*web.live_and_kept(path, NOW), web.themes_page(path, NOW), web.areas_page(path, NOW)]


def _growth(million: Path, larger: Path) -> Iterator[Ratio]:
    small, big = beside(*(web.four_weeks(path, NOW) for path in (million, larger)), rounds=40)
    note = f"{big * 1000:.1f} ms to {small * 1000:.1f} ms"
    yield Ratio(goal="page SQL at 5M / at 1M", value=big / small, target=1.5, at_least=False, note=note)


def measured(chosen: Mapping[str, Bench]) -> Iterator[Ratio | None]:
    """Yield each ratio as it is measured, and None for a bench that broke, whose fault is printed."""
    for name, measure in chosen.items():
        try:
            yield from measure()
        except Exception:  # the others go on
            print(f"{name} broke:\n{traceback.format_exc()}", file=sys.stderr, flush=True)
            yield None


def main() -> int:
    """Print the table; return 1 if a target is missed or a bench broke."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--large", action="store_true", help="also measure at five million posts")
    options.add_argument("--postgres", metavar="DSN", help="also measure PostgreSQL, in this empty database")
    options.add_argument("--folder", type=Path, help="keep the made-up archives here")
    options.add_argument("--only", nargs="*", default=[], help="benches, and a part of the addresses")
    asked = options.parse_args()
    paths = next((word for word in asked.only if word.startswith("/")), "")
    names = {*asked.only} - {paths}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        every = benches(asked.folder or Path(folder), large=asked.large, dsn=asked.postgres, paths=paths)
        if unknown := names - every.keys():
            options.error(f"there is no bench {min(unknown)!r}; choose from {', '.join(every)}")
        machine = f"{os.cpu_count()} processors ({platform.machine()})"
        print(
            f"Python {platform.python_version()}, SQLite {sqlite_version()}, {machine}\n\n{HEAD}", flush=True
        )
        is_met = True
        for ratio in measured({name: every[name] for name in every if not names or name in names}):
            if ratio:
                print(line(ratio), flush=True)
            is_met = is_met and ratio is not None and ratio.is_met
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
