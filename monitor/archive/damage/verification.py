"""Whether an archive can be trusted: its rows, pages and counts, and the SQLite that keeps it."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from struct import error as StructError

from monitor.archive import ArchiveReader
from monitor.archive.connection import Connection, WriteConnection, silence
from monitor.archive.damage.checksums import PARTS, UNREADABLE, Checksums, Damage
from monitor.archive.schema import rollups
from monitor.core.errors import DamagedError
from monitor.core.model import WRONG
from monitor.sqlite import sqlite3

_FIXED = (3, 51, 3)
_BACKPORTS = {(3, 44): 6, (3, 50): 7}
STEPS = len(PARTS) + rollups.STEPS


@dataclass(frozen=True, slots=True)
class Verification:
    """What is wrong with an archive."""

    pages: Sequence[str] = ()  # of the file, in SQLite's words
    rows: Sequence[Damage] = ()
    counts: Sequence[str] = ()  # and the search index: what a rebuild mends
    unsealed: int = 0  # posts without a checksum yet


def verification_of(archive: ArchiveReader, note: Callable[[int], object] = silence) -> Verification:
    """Return what is wrong with an archive; damage, wherever it is, is named, not raised.

    `note` is told after each of STEPS. Raises ArchiveError if another program holds the write lock, which
    the search index asks for.
    """
    with closing(Connection(archive.db.path, archive.zone)) as db:
        db.execute("PRAGMA cache_size = -4096")  # kB
        checksums = Checksums(db)
        rows = checksums.damage(note)
        return Verification(
            rows=rows,
            pages=_lines(lambda: db.column("PRAGMA integrity_check")),
            counts=[
                *_lines(lambda: rollups.differences(db, note), rows),
                *_lines(lambda: _compare_search_index(db)),
            ],
            unsealed=0 if rows else checksums.unsealed(),
        )


def sqlite_version() -> str:
    return str(sqlite3.sqlite_version)


def safe_sqlite(version: str) -> bool:
    """Return whether this SQLite is free of the WAL-reset corruption (fixed in 3.51.3, 3.50.7, 3.44.6)."""
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    return (major, minor, patch) >= _FIXED or patch >= _BACKPORTS.get((major, minor), 1000)


def _compare_search_index(reader: Connection) -> list[str]:
    """Raise an error if the search index does not fit the posts."""
    with closing(WriteConnection(reader.path, reader.zone)) as db, db.transaction():
        db.execute("INSERT INTO posts_fts (posts_fts, rank) VALUES ('integrity-check', 1)")
    return []


def _lines(check: Callable[[], list[str]], damage: Sequence[Damage] = ()) -> list[str]:
    """Return what a check says; that it cannot be made is one more line, as it is of damaged values."""
    try:
        return [line for line in check() if line != "ok"]
    except (*UNREADABLE, DamagedError) as error:
        return [str(error)]
    except (*WRONG, StructError):
        if not damage:
            raise
        return ["The counts cannot be compared until the damaged rows are repaired."]
