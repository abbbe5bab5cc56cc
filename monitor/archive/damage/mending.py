"""Damaged rows of an archive, taken from a sound copy of it; no other row is touched."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor import COMMAND
from monitor.archive import Archive
from monitor.archive.connection import WriteConnection
from monitor.archive.damage.checksums import PARTS, UNREADABLE, ChecksumsWriter, Damage, key_of, keys
from monitor.archive.schema import SCHEMA, rollups
from monitor.core.errors import ArchiveError, DamagedError, MonitorError
from monitor.core.storage import storage_error
from monitor.sqlite import sqlite3


class Fate(StrEnum):
    """What became of a damaged row."""

    MENDED = "restored exactly, from the backup"
    OLDER = "restored as of the backup"
    KEPT = "left as it is: it is not in the backup, or has been deleted since"
    MOVED = "removed: it is back under its own number or name"
    LOST = "lost: the row it belongs to is gone and is not in the backup"


_COPY = "proven"  # under which name it is attached
Fates = list[tuple[Damage, Fate]]


def mend(path: Path, proven: Path, zone: ZoneInfo) -> Fates:
    """Take the damaged rows of the archive at `path` from a sound copy; return what became of each.

    Both are brought up to date. Raises ArchiveError if more than rows is damaged, and StorageError; then
    `path` is of no use.
    """
    with closing(Archive.open(proven, zone)) as copy:
        while copy.checksums.seal():
            pass
    try:
        with closing(SCHEMA.open(path, lambda: WriteConnection(path, zone))) as db:
            db.execute(f"ATTACH ? AS {_COPY}", [str(proven)])
            return _mend_all(db)
    except (*UNREADABLE, MonitorError) as error:
        of_disk = storage_error(error)
        if of_disk and not isinstance(of_disk, DamagedError):
            raise of_disk from error
        raise ArchiveError(
            f"More than single rows of the archive are damaged, so nothing was changed ({error}). To"
            f" restore the whole backup: {COMMAND} restore"
        ) from error


def _mend_all(db: WriteConnection) -> Fates:
    """Take each damaged row from the sound copy; counts, search index and checksums are made again.

    Raises ArchiveError if the archive has more wrong with it than rows, or if a row that is sound would not
    be as it was.
    """
    checksums = ChecksumsWriter(db)
    db.execute("PRAGMA foreign_keys = OFF")
    _make_indexes(db)
    damage = checksums.damage()
    if unreadable := [row for row in damage if row.is_whole_table]:
        raise ArchiveError(str(unreadable[0]))
    bad = {(row.part, row.key) for row in damage}
    sound = {row for row in _digests(db) if row[:2] not in bad}
    with rollups.no_triggers(db):
        strays = _strays(db, damage)
        for row in strays:
            _remove(db, row)
        fates = [(row, Fate.MOVED if row in strays else _mend(db, row)) for row in damage]
        orphans = _remove_orphans(db)
        db.execute("DELETE FROM checksums")
    rollups.rebuild(db)
    while checksums.seal():
        pass
    db.execute("VACUUM")  # every page is written again
    faults = [row[0] for row in db.execute("PRAGMA integrity_check")]
    if faults != ["ok"]:
        raise ArchiveError("; ".join(faults[:3]))
    lost = {(row.part, row.key) for row in orphans}
    if changed := {row for row in sound if row[:2] not in lost} - _digests(db):
        raise ArchiveError(f"{len(changed)} undamaged rows would change")
    return fates + [(row, Fate.LOST) for row in orphans]


def _make_indexes(db: WriteConnection) -> None:
    """Make the indexes again, which follow from their tables, whatever the old ones are like."""
    indexes = "type = 'index' AND sql IS NOT NULL"
    sqls = [row[0] for row in db.execute(f"SELECT sql FROM sqlite_master WHERE {indexes}").fetchall()]
    db.execute("PRAGMA writable_schema = ON")
    db.execute(f"DELETE FROM sqlite_master WHERE {indexes}")  # to drop them would be to read them
    db.execute("PRAGMA writable_schema = RESET")
    db.execute("VACUUM")
    for sql in sqls:
        with suppress(sqlite3.IntegrityError):  # a damaged row is there twice; it is made when next opened
            db.execute(sql)


def _mend(db: WriteConnection, row: Damage) -> Fate:
    copied = _copied(db, row)
    if row.digest is None:  # only its checksum is lost, or both
        return Fate.MENDED if copied == row.actual else Fate.KEPT
    if copied is None or (row.part == "posts" and copied != row.digest and _is_scrubbed(db, row)):
        return Fate.KEPT
    try:
        _take(db, row)
    except sqlite3.IntegrityError:  # what it said is there, rightly, under another number
        return Fate.KEPT
    return Fate.MENDED if copied == row.digest else Fate.OLDER


def _strays(db: WriteConnection, damage: Sequence[Damage]) -> set[Damage]:
    """Return the rows whose key was damaged: in their table as many are gone that the copy has."""
    strange = {row for row in damage if row.digest is None and _copied(db, row) is None}
    number = Counter(row.part for row in strange)
    missing = Counter(d.part for d in damage if d.actual is None and _copied(db, d) is not None)
    return {row for row in strange if number[row.part] <= missing[row.part]}


def _copied(db: WriteConnection, row: Damage) -> int | None:
    """Return the checksum that the copy has of a row; None if it has no such row."""
    sql = f"SELECT digest FROM {_COPY}.checksums WHERE part = ? AND key = ?"
    checksum = db.execute(sql, [row.part, row.key]).fetchone()
    return int(checksum[0]) if checksum else None


def _is_scrubbed(db: WriteConnection, row: Damage) -> bool:
    """Return whether a post was deleted by its writer, as far as it says so: no copy brings it back."""
    return bool(db.execute("SELECT 1 FROM posts WHERE id = ? AND scrubbed_at <> ''", [row.key]).fetchone())


def _take(db: WriteConnection, row: Damage) -> None:
    """Put what the copy has of a row, and all that shares its checksum, in place of what is there."""
    db.execute("SAVEPOINT taking")
    try:
        _remove(db, row)
        for table, key in keys(row.part).items():
            names = [column[1] for column in db.execute(f"PRAGMA table_xinfo({table})") if not column[6]]
            values = [f"t.{name}" for name in names]
            if table != row.part and "id" in names:  # another row may have got its number since
                other = f"(SELECT m.id FROM main.{table} m WHERE m.id = t.id)"
                values[names.index("id")] = f"nullif(t.id, {other})"
            db.execute(
                f"INSERT INTO main.{table} ({', '.join(names)}) SELECT {', '.join(values)}"
                f" FROM {_COPY}.{table} t WHERE {key} = ?",
                [row.key],
            )
    except sqlite3.IntegrityError:
        db.execute("ROLLBACK TO taking")
        raise
    finally:
        db.execute("RELEASE taking")


def _remove(db: WriteConnection, row: Damage) -> None:
    for table, key in keys(row.part).items():
        db.execute(f"DELETE FROM main.{table} AS t WHERE {key} = ?", [row.key])


def _digests(db: WriteConnection) -> set[tuple[str, int | str, int]]:
    return set(db.execute("SELECT part, key, digest FROM main.checksums").fetchall())


def _remove_orphans(db: WriteConnection) -> list[Damage]:
    """Remove, and return, what belongs to rows that are gone, and that no copy has."""
    orphans = list[Damage]()
    for table, _, _, parent, child, key, *_ in db.execute(
        "SELECT m.name, f.* FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"
    ).fetchall():
        where = f"WHERE {child} NOT IN (SELECT {key} FROM main.{parent})"
        if table in PARTS:
            keys_of_orphans = db.execute(f"SELECT {key_of(table)} FROM main.{table} t {where}").fetchall()
            orphans += [Damage(table, key) for (key,) in keys_of_orphans]
        db.execute(f"DELETE FROM main.{table} {where}")
    return orphans
