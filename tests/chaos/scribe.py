"""Somebody who enters things: `python -m tests.chaos.scribe ARCHIVE NUMBER [hasty]` names what is saved."""

import sys
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.archive import Archive
from monitor.archive.connection import WriteConnection

DAY = date(2026, 11, 22)


def write(path: Path, number: int) -> None:
    """Enter so many events, and write a line to standard output after each is saved."""
    with Archive.open(path, ZoneInfo("Europe/London")) as archive:
        for n in range(number):
            archive.events.add(DAY, f"Event {n}")
            sys.stdout.write(f"saved {n}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[3:] == ["hasty"]:  # the broken variant: what people enter is stored as polls are
        WriteConnection.durable_transaction = WriteConnection.transaction  # type: ignore[method-assign]
    write(Path(sys.argv[1]), int(sys.argv[2]))
