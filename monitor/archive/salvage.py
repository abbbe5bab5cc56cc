"""A damaged archive made whole: a copy of it, brought up to all that is sound in the archive."""

from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum

from monitor.archive.checksums import (
    PARTS,
    UNREADABLE,
    ChecksumsWriter,
    Damage,
    Key,
    damaged,
    digests,
    is_gone,
    keys,
    read_damaged_texts,
    unsealed,
)
from monitor.archive.connection import Connection, WriteConnection
from monitor.archive.schema import rollups


class Fate(StrEnum):
    """What became of a damaged row."""

    MENDED = "as it was, from the copy"
    OLDER = "as it was when the copy was made"
    KEPT = "left as far as it can be read: the copy does not have it"


Fates = list[tuple[Damage, Fate]]


def salvage(copy: WriteConnection, archive: Connection) -> Fates:
    """Bring a copy up to what is sound in the archive, and return what became of the rest.

    Counts, search index and checksums of the copy are made again.
    """
    read_damaged_texts(archive)
    copy.execute("PRAGMA foreign_keys = OFF")
    with rollups.no_triggers(copy):
        fates = [fate for part in PARTS for fate in _bring(copy, archive, part)]
        _remove_orphans(copy)
        copy.execute("DELETE FROM checksums")
    rollups.rebuild(copy)
    while ChecksumsWriter(copy).seal():
        pass
    return fates


def _bring(copy: WriteConnection, archive: Connection, part: str) -> Fates:
    """Bring one table up to what is sound."""
    bad = {damage.key: damage for damage in damaged(archive, part)}
    before, now = digests(copy, part), digests(archive, part)
    sound = {key for key, digest in now.items() if before.get(key) != digest} | set(unsealed(archive, part))
    deletions = before.keys() - now.keys() - sound - bad.keys()
    bad |= {key: Damage(part, key) for key in deletions if not is_gone(archive, part, key)}
    fates = [(damage, _fate(damage, before.get(key))) for key, damage in bad.items()]
    # A row without a checksum beside a checksum without a row: its key was damaged, and the copy has it.
    has_moved = any(damage.actual is None for damage in bad.values())
    remains = {d.key for d, fate in fates if fate is Fate.KEPT and not (has_moved and d.digest is None)}
    _replace(copy, archive, part, (sound | deletions) - bad.keys() | remains)
    return fates


def _fate(damage: Damage, copied: int | None) -> Fate:
    if copied is not None and copied in (damage.digest, damage.actual):
        return Fate.MENDED
    is_all_there_is = copied is None or (damage.digest is None and damage.actual is not None)
    return Fate.KEPT if is_all_there_is else Fate.OLDER


def _replace(copy: WriteConnection, archive: Connection, part: str, row_keys: Iterable[Key]) -> None:
    """Put rows of the archive, if there are any, in place of those of the copy."""
    for table, key in keys(part).items():
        columns = [row[1] for row in copy.execute(f"PRAGMA table_xinfo({table})") if not row[6]]
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        for value in row_keys:
            copy.execute(f"DELETE FROM {table} AS t WHERE {key} = ?", [value])
            with suppress(*UNREADABLE):  # of what is kept, some may not be readable
                rows = archive.execute(f"SELECT {names} FROM {table} t WHERE {key} = ?", [value]).fetchall()
                copy.executemany(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", rows)


def _remove_orphans(copy: WriteConnection) -> None:
    """Remove what hangs on rows that were lost."""
    for part in PARTS:
        for table in keys(part):
            for _, _, parent, child, key, *_ in copy.execute(f"PRAGMA foreign_key_list({table})").fetchall():
                copy.execute(f"DELETE FROM {table} WHERE {child} NOT IN (SELECT {key} FROM {parent})")
