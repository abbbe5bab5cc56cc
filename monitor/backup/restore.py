"""A copy put in place of what is there: whole, or not at all, and what was there can be put back.

The files are made ready in a folder beside the old ones, which gets its final name when all is in it. From
then on the restore goes through: if it is cut short, the next one finishes it, and until then nothing is
opened for writing.
"""

import json
import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from monitor.accounts import Accounts
from monitor.accounts.trail import RESTORE
from monitor.archive.damage.mending import Fates
from monitor.archive.damage.mending import mend as rows_from
from monitor.archive.erasure.tombstones import Tombstones
from monitor.backup import BEFORE, FAILURE, MANIFEST, Backups, digest, intact
from monitor.backup.eraser import bury
from monitor.backup.sqlite_copy import settle
from monitor.core.errors import AccessError, BackupError
from monitor.core.storage import sync
from monitor.schema_upgrade import RESTORING

_PLAN, _MENDING = "plan.json", ".mending"
_BESIDE = ("-wal", "-shm")  # what SQLite keeps beside a file, and belongs to that one only


def restore(backups: Backups, source: Path, now: datetime) -> Path:
    """Put the databases of `source` in place, end all sessions, and return the folder of what was there.

    `source` is a proven copy, or what an earlier restore has moved away. Raises BackupError if it is neither,
    or another program has the databases open; then nothing was changed.
    """
    names = [name for name in _places(backups) if (source / name).is_file()]
    if not names:
        raise BackupError(f"{source} is not a backup: it has neither archive.db nor access.db.")
    if (source / MANIFEST).exists() or not source.name.startswith("before-"):
        intact(source)
    return _put(backups, source, names, now)


def mend(backups: Backups, source: Path, now: datetime) -> tuple[Path, Fates]:
    """Put an archive in place whose damaged rows are those of `source`, a proven copy, and the rest as it is.

    Return the folder of what was there, and what became of each damaged row. Raises as `restore` does, and
    ArchiveError if more than rows is damaged.
    """
    intact(source)
    settle(backups.archive)
    folder = backups.archive.with_name(_MENDING)
    shutil.rmtree(folder, ignore_errors=True)  # of a run that was cut short
    folder.mkdir(mode=0o700)
    try:
        before = digest(backups.archive)
        mended = shutil.copyfile(backups.archive, folder / "archive.db")
        fates = rows_from(mended, shutil.copyfile(source / "archive.db", folder / "copy.db"), backups.zone)
        settle(backups.archive)
        if digest(backups.archive) != before:
            raise BackupError(
                "Something was written to the archive in the meantime. Nothing was changed; try again."
            )
        return _put(backups, folder, [mended.name], now), fates
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def finish(backups: Backups) -> Path | None:
    """Finish a restore that was cut short; return the folder of what was there, or None if there was none."""
    return _finish(backups) if _ready(backups).is_dir() else None


def _put(backups: Backups, source: Path, names: list[str], now: datetime) -> Path:
    for path in _places(backups).values():
        if path.is_file():
            settle(path)
    while (backups.archive.parent / (before := now.astimezone(backups.zone).strftime(BEFORE))).exists():
        now += timedelta(seconds=1)
    _prepare(backups, source, names, before, now)
    return _finish(backups)


def _prepare(backups: Backups, source: Path, names: list[str], before: str, now: datetime) -> None:
    ready = _ready(backups)
    part = _part(ready)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    for name in names:
        for file in (name, f"{name}-wal"):
            if (source / file).is_file():
                shutil.copyfile(source / file, part / file)
        settle(part / name)
        if (part / f"{name}-wal").exists():
            raise BackupError(f"{source / name} is too damaged to be restored.")
        (part / name).chmod(0o600)
    if "access.db" in names:
        with suppress(AccessError):  # a damaged one is put back as it was
            _end_sessions(part / "access.db", now)
    stones = Tombstones.beside(backups.archive) | Tombstones.beside(source / "archive.db")
    if "archive.db" in names and stones.hashes:  # whoever was erased since then does not come back
        replace(stones, unfinished=()).save(backups.archive)
        bury(part / "archive.db", part / "access.db", backups.zone, stones, now)
        for name in names:
            settle(part / name)
    (part / _PLAN).write_text(json.dumps({"before": before}), encoding="utf-8")
    for path in (*(part / name for name in names), part / _PLAN, part):
        sync(path)
    part.rename(ready)
    sync(ready.parent)


def _finish(backups: Backups) -> Path:
    """Move the old files away and the new ones in; each step may be the last before the power goes."""
    ready = _ready(backups)
    plan: dict[str, str] = json.loads((ready / _PLAN).read_text(encoding="utf-8"))
    before = ready.parent / plan["before"]
    before.mkdir(mode=0o700, exist_ok=True)
    for name, path in _places(backups).items():
        if not (ready / name).exists():  # it is in place, or was not in the copy
            continue
        for suffix in ("", *_BESIDE):
            old = path.with_name(path.name + suffix)
            if old.exists():
                old.rename(before / (name + suffix))
        sync(before)
        (ready / name).rename(path)
        sync(path.parent)
    (backups.folder / FAILURE).unlink(missing_ok=True)  # it was about what has been replaced
    leftover = ready.rename(_part(ready))  # in one step: without its plan it could not be finished
    sync(ready.parent)
    shutil.rmtree(leftover)
    return before


def _end_sessions(path: Path, now: datetime) -> None:
    """End the sessions that a copy would bring back."""
    accounts = Accounts.open(path)
    what = "put back an older copy of the accounts: this log has no later lines from before"
    accounts.note(RESTORE, what, now)
    for person in accounts.people():
        accounts.end_all(person, by=RESTORE, now=now)
    accounts.close()
    settle(path)
    path.with_name(path.name + ".lock").unlink(missing_ok=True)


def _ready(backups: Backups) -> Path:
    return backups.archive.parent / RESTORING


def _part(ready: Path) -> Path:
    return ready.with_name(f"{ready.name}.part")


def _places(backups: Backups) -> dict[str, Path]:
    """Return where each database belongs, by its name in a copy."""
    return {"archive.db": backups.archive, "access.db": backups.accounts}
