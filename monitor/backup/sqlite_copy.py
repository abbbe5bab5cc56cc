"""A copy of an SQLite file as of one moment, and the check that it holds what the original held then."""

from contextlib import closing
from pathlib import Path
from typing import Any

from monitor.core.errors import BackupError
from monitor.core.storage import sync
from monitor.schema_upgrade import Schema
from monitor.sqlite import Database, sqlite3

Counts = dict[str, int]  # rows by table


def copy(source: Path, target: Path) -> Counts:
    """Write a copy of the file at `source` to the new file `target`, prove it, and return its rows by table.

    All pages are copied in one step within one reading transaction: who writes meanwhile is not held up, and
    does not make the copy begin again, as it would between two steps. Raises BackupError if the copy is not
    sound, or does not hold as many rows as the original did at that moment.
    """
    with _opened(source) as original, _opened(target) as db:
        original.execute("BEGIN")
        expected = _counts(original)
        original.backup(db)
        original.execute("COMMIT")
        db.execute("PRAGMA journal_mode = DELETE")  # one file, without others beside it
    target.chmod(0o600)
    sync(target)
    if (counts := check(target)) != expected:
        tables = sorted(name for name in expected if expected[name] != counts.get(name))
        raise BackupError(f"The backup of {source} is missing rows of {', '.join(tables)}.")
    return expected


def check(path: Path) -> Counts:
    """Return the rows by table of a file that nobody writes to; raises BackupError if it is damaged."""
    try:
        with _opened(path) as db:
            faults = [row[0] for row in db.execute("PRAGMA integrity_check(3)")]
            if faults != ["ok"]:
                raise BackupError(f"{path} is damaged: {'; '.join(faults)}.")
            return _counts(db)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise BackupError(f"{path} is damaged: {error}.") from error


def has_tables_of(schema: Schema, path: Path) -> bool:
    """Return whether a file has all that a file of this kind should."""
    with _opened(path) as db:
        return schema.is_right(Database(db, execute_plugins=False), path)


def settle(path: Path) -> None:
    """Bring all that was written into the one file; raises BackupError if another program has it open.

    A file that is too damaged for that stays as it is, with those beside it.
    """
    try:
        with _opened(path) as db:
            db.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            return
        raise BackupError(
            f"Another program has {path} open. Stop the monitor and anything else that uses it, then try"
            " again."
        ) from error
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return


def _counts(db: Any) -> Counts:
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'posts_fts*'"
    names = [name for (name,) in db.execute(tables)]
    return {name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def _opened(path: Path) -> closing[Any]:
    return closing(sqlite3.connect(path, timeout=5.0, isolation_level=None))
