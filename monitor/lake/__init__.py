"""A lake: the weeks of many archives in one folder, as Parquet files without texts, to be counted together.

    lake.json                           what all offices share
    offices/OFFICE.json                 an office's weeks, what it has covered, and who is gone
    weeks/MONDAY-OFFICE-HASH.parquet    its posts of a week, in buckets by who wrote them

A week comes whole, under a new name, and counts once its office's file names it: what is half written is
never read. An account is in one bucket wherever its posts are. So the counts of buckets add up, people
too, and a post that two offices have meets itself.
"""

import fcntl
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.core.clock import unstamp
from monitor.core.errors import ArchiveError
from monitor.core.storage import storage_errors, write_whole

BUCKETS = 16
KEY_BYTES = 32
_WEEK = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{16}-[0-9a-f]{16}\.parquet")
_OTHERWISE = {
    "zone": "counts its days in another time zone.",
    "key": "was begun with another key. All of its offices need the same LAKE_KEY in .env.",
    "demo": "has made-up posts, and this archive has real ones, or the other way round.",
}


@dataclass(slots=True)
class Office:
    """What an archive has put into a lake."""

    name: str
    weeks: dict[str, list[str]] = field(default_factory=dict)  # by Monday: a hash of the rows, and a file
    seen: list[list[str]] = field(default_factory=list)  # source, track, since, until
    departures: list[str] = field(default_factory=list)  # what stands for posts and people whom it has erased


@dataclass(frozen=True, slots=True)
class Lake:
    """A folder, and what all of its offices share."""

    folder: Path
    zone: str  # in which days are counted
    demo: bool  # posts are made up
    key: str  # a hash of the key that its offices share

    @classmethod
    def at(cls, folder: Path) -> "Lake":
        """Return the lake in a folder. Raises ArchiveError if there is none that can be read."""
        with _readable(folder / "lake.json") as values:
            ZoneInfo(values["zone"])
            return cls(folder, **values)

    @classmethod
    def begin(cls, folder: Path, zone: str, demo: bool, key: bytes) -> "Lake":
        """Return the lake in a folder, begun if there is none; raises ArchiveError if it is another kind."""
        own = cls(folder, zone, demo, blake2b(b"lake", key=key, digest_size=8).hexdigest())
        for part in ("weeks", "offices"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        if not (folder / "lake.json").exists():
            values = {name: getattr(own, name) for name in _OTHERWISE}
            write_whole(folder / "lake.json", json.dumps(values).encode())
        lake = cls.at(folder)
        for name, words in _OTHERWISE.items():
            if getattr(lake, name) != getattr(own, name):
                raise ArchiveError(f"The lake in {folder} {words} Nothing was added.")
        return lake

    @contextmanager
    def lock(self, kind: int = fcntl.LOCK_EX) -> Iterator[None]:
        """Keep others out, or with LOCK_SH only those who write."""
        with storage_errors(), (self.folder / ".lock").open("a") as file:
            fcntl.flock(file, kind)
            yield

    def offices(self) -> list[Office]:
        """Return what each office has put in. Raises ArchiveError if one of their files is damaged."""
        return [self.office(path.stem) for path in sorted((self.folder / "offices").glob("*.json"))]

    def office(self, name: str) -> Office:
        """Return what an office has put in: nothing if it has not yet."""
        path = self.folder / "offices" / f"{name}.json"
        if not path.exists():
            return Office(name)
        with _readable(path) as values:
            office = Office(**values)
            times = [date.fromisoformat(monday) for monday in office.weeks]
            times += [unstamp(at) for _, _, since, until in office.seen for at in (since, until)]
            texts = [
                *office.departures,
                *(text for source, track, *_ in office.seen for text in (source, track)),
            ]
            files = [_WEEK.fullmatch(file) for _, file in office.weeks.values()]
            if office.name != name or not all((*times, *files)) or not all(map(str.isascii, texts)):
                raise ValueError(path)
        return office

    def save(self, office: Office) -> None:
        """Store what an office has put in, whole or not at all."""
        write_whole(self.folder / f"offices/{office.name}.json", json.dumps(asdict(office)).encode())

    def sweep(self) -> None:
        """Remove all that no office names: weeks of before, and what was left half written."""
        files = {file for other in self.offices() for _, file in other.weeks.values()}
        for path in (self.folder / "weeks").iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name not in files:
                path.unlink()

    def path(self, file: str) -> Path:
        """Return where the posts of a week lie."""
        return self.folder / "weeks" / file

    def files(self, offices: Iterable[Office]) -> list[str]:
        return [str(self.path(file)) for office in offices for _, file in office.weeks.values()]


@contextmanager
def _readable(path: Path) -> Iterator[dict[str, Any]]:
    """Give what a file says; raises ArchiveError if it is not there, or says something else."""
    try:
        yield json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise ArchiveError(f"There is no lake in {path.parent}: it has no {path.name}.") from error
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ArchiveError(
            f"{path} is damaged. Restore the lake from a backup, or add to a new one."
        ) from error
