"""What people enter is on the disk when it is said to be; and little waits beside the archive."""

import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from monitor.archive import Archive
from monitor.archive.connection import WriteConnection
from monitor.archive.readers import Readers
from monitor.manual_entry import BY_HAND
from tests.archive.saving import LONDON, opened, saved
from tests.builders import NOON as NOW
from tests.builders import a_page, a_post

FULL, NORMAL = 2, 1
ENTERED = {
    "a label": lambda archive: archive.annotations.label([1], "tone", "negative", by="Ann", now=NOW),
    "a mark": lambda archive: archive.marks.set([1], "done", by="Ann", now=NOW),
    "a note": lambda archive: archive.annotations.add_note([1], "Ask them.", by="Ann", now=NOW),
    "a note gone": lambda archive: archive.annotations.remove_note(1, 1),
    "an event": lambda archive: archive.events.add(date(2026, 11, 9), "Launch"),
    "an event changed": lambda archive: archive.events.change(1, date(2026, 11, 9), "Launch"),
    "an event gone": lambda archive: archive.events.remove(1),
    "an entry by hand": lambda archive: saved(archive, a_page(a_post(id="2")), source=BY_HAND),
    "an entry taken back": lambda archive: archive.ingest.delete([1]),
    "an import": lambda archive: saved(archive, a_page(a_post(id="3")), source="import"),
    "a sample of tones": lambda archive: archive.tone_audits.draw(
        "crime", date(2026, 11, 9), 1, chance=Random(1), now=NOW
    ),
    "money set aside": lambda archive: archive.spend.reserve("x", 1, 2, NOW),
}  # fmt: skip


@pytest.fixture
def levels(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the level at which SQLite sees to the disk, at each end of a transaction."""
    levels, execute = [], WriteConnection.execute

    def watched(self, sql, parameters=None):
        if sql == "COMMIT":
            levels.append(self.number("PRAGMA synchronous"))
        return execute(self, sql, parameters)

    monkeypatch.setattr(WriteConnection, "execute", watched)
    return levels


@pytest.mark.parametrize("name", ENTERED)
def test_what_people_enter_waits_for_the_disk_and_a_poll_does_not(tmp_path, levels, name):
    with opened(tmp_path) as archive:
        saved(archive, a_page(a_post(id="1")))
        levels.clear()
        ENTERED[name](archive)
        saved(archive, a_page(a_post(id="9")))
    assert levels == [FULL, NORMAL]


SCRIPT = """
import sys
from pathlib import Path
from zoneinfo import ZoneInfo
from datetime import date
from monitor.archive import Archive
from monitor.archive.connection import WriteConnection
if sys.argv[2] == "lazily":
    WriteConnection.durable_transaction = WriteConnection.transaction
with Archive.open(Path(sys.argv[1]), ZoneInfo("UTC")) as archive:
    archive.events.add(date(2026, 11, 9), "First")
    print("---", file=sys.stderr, flush=True)
    archive.events.add(date(2026, 11, 9), "Second")
    print("---", file=sys.stderr, flush=True)
"""


def syncs(path: Path, how: str) -> int:
    """Return how often the file -wal is brought to the disk while an event is added."""
    command = [
        "strace",
        "-f",
        "-y",
        "-e",
        "trace=fsync,fdatasync,write",
        sys.executable,
        "-c",
        SCRIPT,
        str(path),
        how,
    ]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    between = said.stderr.split('"---')[1]
    return sum("sync(" in line and "-wal" in line for line in between.splitlines())


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_the_system_is_asked_to_bring_it_to_the_disk(tmp_path):
    assert syncs(tmp_path / "a.db", "durably") > 0
    assert syncs(tmp_path / "b.db", "lazily") == 0  # control: as a poll is stored


def waiting(path: Path) -> float:
    """Return how many megabytes wait beside an archive that has just taken in some, and is read meanwhile."""
    text = "crime " * 500
    with Archive.open(path, LONDON) as archive:
        for start in range(0, 2000, 500):
            saved(
                archive, a_page(*(a_post(id=str(n), text=f"{n} {text}") for n in range(start, start + 500)))
            )
            with Readers(path, LONDON).lend():
                pass
    with Archive.open(path, LONDON) as archive:
        archive.coverage.save_canary("mastodon", "answered", NOW + timedelta(minutes=1))  # the next write
        return path.with_name(f"{path.name}-wal").stat().st_size / 2**20


@pytest.mark.slow
def test_little_waits_beside_an_archive_that_nobody_writes_to(tmp_path, monkeypatch):
    with opened(tmp_path):  # as the dashboard has it
        assert waiting(tmp_path / "archive.db") <= 4.1
    monkeypatch.setattr(Archive, "close", lambda self: self.db.close())
    with opened(tmp_path / "control"):
        assert waiting(tmp_path / "control" / "archive.db") > 4.1
