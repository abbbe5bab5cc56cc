"""Bits that turn over in a stored archive: each that changes something is found, and mended from the copy."""

import gc
import json
import random
import re
import shutil
import sqlite3 as other_sqlite
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from operator import attrgetter
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

from click.testing import CliRunner

from monitor.archive import Archive
from monitor.archive.damage.checksums import Checksums
from monitor.archive.outcomes.counters import CounterReading
from monitor.archive.outcomes.echoes import Echo
from monitor.archive.outcomes.tallies import TallyEntry
from monitor.cli import group
from monitor.core.errors import ArchiveError
from monitor.core.model import Tone
from monitor.kit import PICTURES, KitItem
from monitor.manual_entry import BY_HAND
from monitor.manual_entry.crimes import CrimeCount
from tests.archive.saving import saved
from tests.builders import a_page, a_post
from tests.chaos.experiment import Experiment, Outcome

POSTS = 1500
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/London")
CAMPAIGN = 'name = "Test"\n[[track]]\nname = "crime"\ntitle = "Crime"\ntags = ["callingtimeoncrime"]\n'
WORDS = ["streets", "knife", "crime", "safe", "police", "council", "night", "families", "park", "school"]


_SCHEMA = "SELECT type, name, sql FROM sqlite_master WHERE name NOT GLOB 'sqlite_auto*' ORDER BY 1, 2"
_NOTE = re.compile(rb"--[^\n]*")  # in the SQL that made a table; it says nothing to the program


def fill(path: Path, posts: int = POSTS) -> None:
    """Make an archive that has something in every table that holds facts."""
    chance = random.Random(POSTS)
    many = [
        a_post(
            id=str(n), by=f"p{n % 200}", text=" ".join(chance.choices(WORDS, k=15)), likes=n % 7,
            created_at=NOW - timedelta(minutes=20 * n), links=frozenset({f"https://example.org/{n % 40}"}),
        )
        for n in range(posts)
    ]  # fmt: skip
    with Archive.open(path, ZONE) as archive:
        for start in range(0, posts, 50):
            page = a_page(*many[start : start + 50], cursor=str(start))
            saved(archive, page, now=NOW + timedelta(minutes=start))
        saved(archive, a_page(a_post(id="radio", platform=BY_HAND, text="They spoke of us")), source=BY_HAND)
        archive.annotations.label(range(1, 40), "tone", Tone.NEGATIVE, by="kim", now=NOW)
        archive.marks.set(range(30, 60), "needs reply", by="kim", now=NOW)
        archive.marks.set(range(60, 65), "not ours", by="kim", now=NOW)
        archive.annotations.add_note(range(50, 80), "Ask the council about this one.", by="kim", now=NOW)
        for day in range(1, 20):
            archive.events.add(date(2026, 11, day), f"Event {day}")
        archive.kit.save(KitItem(words=many[0].text, alt="A chart", code="a3"), NOW, PICTURES[0] + bytes(99))
        for _ in archive.kit.update(NOW):
            pass
        archive.crimes.save(
            [CrimeCount("a-ward", f"2026-{month:02}", "Robbery", month, "a file") for month in range(1, 13)]
        )
        count_outcomes(archive)
        archive.coverage.beat("worker", NOW)
        row = archive.spend.reserve("x", 5, 100, NOW)
        archive.spend.settle(row, 5, {"post": ["1", "2"]}, NOW)
        while archive.checksums.seal():
            pass
        archive.db.execute("PRAGMA wal_checkpoint (TRUNCATE)")


def count_outcomes(archive: Archive) -> None:
    """Add a petition with its areas and a milestone, stalls of paper, and what Parliament said."""
    petition = archive.counters.add("petition", "petition:1", "More officers", "https://petition.example/1")
    paper = archive.counters.add("paper", "paper", "On paper")
    for day in range(1, 29):
        at = NOW - timedelta(days=day)
        reading = CounterReading(at, 1_000 - day, 900 - day, "open")
        archive.counters.save(petition, reading, {"E14001189": 400 - day}, {"opened": at})
        stall = TallyEntry(
            day=at.date(), area="RM10", street="Reede Road", count=day, sheets=1, collector="JB",
            key=f"k{day}", by="kim", at=at,
        )  # fmt: skip
        archive.tallies.save(paper, [stall])
        archive.echoes.save(
            [Echo("speech", f"{day}", at.date(), "Policing", None, "https://hansard.example/1", None)]
        )


def content(path: Path) -> str:
    """Return all that can be read from a file; or what it says where it cannot be read."""
    db = other_sqlite.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    db.text_factory = bytes
    try:
        schema = db.execute(_SCHEMA).fetchall()
        parts = [[(kind, name, _NOTE.sub(b"", sql or b"")) for kind, name, sql in schema]]
        db.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab (main, posts_fts, instance)")
        for table in (*(name.decode() for kind, name, _ in parts[0] if kind == b"table"), "words"):
            if not table.startswith("posts_fts_"):
                parts.append([table, *sorted(map(repr, db.execute(f"SELECT * FROM {table}")))])
        return repr(parts)
    except (other_sqlite.DatabaseError, UnicodeDecodeError) as error:
        return str(error)
    finally:
        db.close()


@dataclass(frozen=True)
class Office:
    """An archive with a proven copy, and the command line."""

    folder: Path

    @property
    def archive(self) -> Path:
        return self.folder / "a.db"

    def begin(self) -> None:
        (self.folder / "campaign.toml").write_text(CAMPAIGN)
        fill(self.archive)
        if self.run("backup")[0]:
            raise AssertionError("no copy to begin with")

    def run(self, *words: str) -> tuple[int, str]:
        """Return the exit code of a command, and its standard output; an error that ends it is raised."""
        files = ["--campaign", str(self.folder / "campaign.toml"), "--archive", str(self.archive)]
        result = CliRunner().invoke(group, [*files, *words])
        gc.collect()  # a program that has ended has no file open
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout

    def put(self, data: bytes) -> None:
        """Put an archive in place, and nothing beside it."""
        for path in self.folder.glob("a.db-*"):
            path.unlink()
        for path in self.folder.glob("before-*"):
            shutil.rmtree(path)
        self.archive.write_bytes(data)

    def finds_damage(self) -> bool:
        checks = json.loads(self.run("doctor", "--verify", "--json")[1])
        return any(check["part"] == "archive" and check["state"] == "fail" for check in checks)


@dataclass(frozen=True)
class Flip:
    """What came of a bit that was turned over."""

    is_changed: bool  # in what can be read
    is_found: bool = True
    took_whole_copy: bool = False
    fault: str = ""


def flips(folder: Path, times: int) -> Iterator[Flip]:
    """Turn over so many bits, one at a time, each in the whole archive again; yield what came of each."""
    office = Office(folder)
    office.begin()
    whole, right, chance = office.archive.read_bytes(), content(office.archive), random.Random(times)
    for _ in range(times):
        place = chance.randrange(8 * len(whole))
        data = bytearray(whole)
        data[place // 8] ^= 1 << place % 8
        office.put(data)
        is_changed = content(office.archive) != right
        try:
            yield _attempt(office, place, right) if is_changed else Flip(is_changed)
        except Exception as error:  # whatever it is, it is what we look for
            yield Flip(is_changed, fault=f"bit {place}: {type(error).__name__}: {error}")


def _attempt(office: Office, place: int, right: str) -> Flip:
    if not office.finds_damage():
        return Flip(is_changed=True, is_found=False, fault=f"bit {place}: not found")
    took_whole_copy = False
    try:
        words = office.run("restore", "--only-damaged")[1]
    except ArchiveError:  # more than rows is damaged, and it says what to type
        words = office.run("restore")[1]
        took_whole_copy = True
    fault = "" if content(office.archive) == right else f"bit {place}: not mended: {words[-200:]}"
    return Flip(is_changed=True, took_whole_copy=took_whole_copy, fault=fault)


def flip(folder: Path, times: int) -> Outcome:
    """Turn over so many bits, and count what was found and mended."""
    changed = [done for done in flips(folder, times) if done.is_changed]
    faults = [done.fault for done in changed if done.fault]
    found, by_copy = sum(done.is_found for done in changed), sum(done.took_whole_copy for done in changed)
    return Outcome(
        f"{times} flips, {len(changed)} changed what it holds: {found} found,"
        f" {len(changed) - len(faults)} mended, {by_copy} of them by the whole copy",
        tuple(faults),
    )


def flip_unsealed(folder: Path, times: int) -> Outcome:
    """Do the same with what SQLite itself finds, and wrong counts, alone, until a change is missed."""
    with patch.object(Checksums, "damage", lambda self, note=None: []):
        missed = [done.fault for done in islice(filter(attrgetter("fault"), flips(folder, times)), 1)]
    return Outcome(f"{len(missed)} missed in {times} flips at most", tuple(missed))


EXPERIMENT = Experiment(
    promise="A bit that turns over in the archive is found if it changes anything, and mended from the copy",
    method="one bit at random is turned over in an archive of 1,501 posts, again and again",
    run=flip,
    control_method="no checksums of rows: SQLite's own check, and counts compared with the posts",
    control=flip_unsealed,
    times=200,
    few=20,
    control_times=60,
)
