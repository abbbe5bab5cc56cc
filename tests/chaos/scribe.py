"""Somebody who enters things: `python -m tests.chaos.scribe ARCHIVE NUMBER [MODE]` names what is saved."""

import sys
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.archive import Archive

DAY = date(2026, 11, 22)


def write(path: Path, number: int, synchronous: str = "") -> None:
    """Enter so many events, and write a line to standard output after each is saved."""
    with Archive.open(path, ZoneInfo("Europe/London")) as archive:
        if synchronous:
            archive.db.execute(f"PRAGMA synchronous = {synchronous}")
        for n in range(number):
            archive.events.add(DAY, f"Event {n}")
            sys.stdout.write(f"saved {n}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
