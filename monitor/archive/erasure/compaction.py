"""A database's file written anew, with nothing in it of what was erased."""

from contextlib import closing
from pathlib import Path

from monitor.core.errors import LockedError
from monitor.core.storage import storage_errors
from monitor.sqlite import sqlite3

_PATIENCE = 10  # seconds


def compact(path: Path) -> None:
    """Write an archive anew, as `rewrite` does, with its search index."""
    rewrite(path, "INSERT INTO posts_fts (posts_fts) VALUES ('optimize')")


def rewrite(path: Path, *before: str) -> None:
    """Write a file anew; raises LockedError if somebody is at work on it for long, and StorageError.

    SQLite's secure_delete does not suffice: where rows were moved between pages, the unused room of a page
    still has them, as the search index has words that no text has any more.
    """
    # A connection of its own: it needs a file, not memory, to sort in, and changing that drops triggers.
    with storage_errors(), closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as db:
        try:
            for statement in ("PRAGMA secure_delete = ON", *before, "VACUUM"):
                db.execute(statement)
            [(is_busy, *_)] = db.execute("PRAGMA wal_checkpoint (TRUNCATE)")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            is_busy = True
    if is_busy:
        raise LockedError(
            f"Another program reads {path.name}, so traces are left in that file."
            " The collector, or the next erasure, removes them."
        )
