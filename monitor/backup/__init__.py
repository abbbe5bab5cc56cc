"""Backups in dated folders: a copy is opened, checked and counted before it gets its name."""

import json
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hashlib import file_digest
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor import COMMAND, __version__
from monitor.accounts.schema import SCHEMA as ACCOUNTS
from monitor.archive import ArchiveReader
from monitor.archive.erasure.tombstones import file_of
from monitor.backup.sqlite_copy import copy, has_tables_of
from monitor.core.clock import of_epoch, stamp, unstamp
from monitor.core.errors import BackupError, MonitorError
from monitor.core.storage import storage_error, sync
from monitor.sqlite import sqlite3

MANIFEST = "manifest.json"
FAILURE = "failed.json"
_DATABASES = ("archive.db", "access.db")
_ANY = (*_DATABASES, MANIFEST)  # of what a copy, whole or not, has
_NAME = "%Y-%m-%d-%H%M"
BEFORE = "before-%Y-%m-%d-%H%M%S"  # of what a restore has replaced: who is wrong wants it back at once
_DAILY, _OLDEST = timedelta(days=14), timedelta(days=35)  # what platforms deleted has to age out
_OVERDUE = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A backup that has been proven: what its manifest says."""

    at: datetime
    posts: int
    version: str  # of the program that made it
    rows: dict[str, dict[str, int]]  # by file and table
    sha256: dict[str, str]  # by file


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The last proven copy, and the failure since, if the last try failed."""

    last: Copy | None
    failure: str = ""  # a sentence
    failed_at: datetime | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Return whether the last proven copy is older than two days, or there is none."""
        return self.last is None or now - self.last.at > _OVERDUE

    def sentence(self, now: datetime, zone: ZoneInfo) -> str:
        """Return how old the last proven copy is, and why a later one failed."""
        if self.last is None:
            words = "There is no verified backup yet."
        else:
            local, today = self.last.at.astimezone(zone), now.astimezone(zone).date()
            days = {0: "today", 1: "yesterday"}.get((today - local.date()).days, f"{local:%Y-%m-%d}")
            words = f"Last verified backup: {days} {local:%H:%M}, {self.last.posts:,} posts."
        return f"{words} {self.failure}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Backups:
    """The copies of one installation, and what they are made of."""

    archive: Path
    accounts: Path
    config: Path  # the folder of the campaign file
    folder: Path
    zone: ZoneInfo
    second: Path | None = None  # another folder that has each copy, too

    def create(self, now: datetime) -> Path:
        """Make a copy, prove it, thin out the older ones, and return its folder.

        Raises BackupError if it is not proven, or the second folder cannot be written to; then `status` has
        the reason, until a later copy succeeds.
        """
        try:
            path = self._create(self.folder, now)
            if self.second:
                self._send(path, self.second)
        except (OSError, sqlite3.DatabaseError, UnicodeDecodeError, MonitorError) as error:
            why = str(storage_error(error) or error)
            self._note_failure(why, now)
            raise BackupError(f"The backup failed: {why}") from error
        (self.folder / FAILURE).unlink(missing_ok=True)
        for folder in filter(None, (self.folder, self.second)):
            _thin(folder, now, self.zone)
        for old in self.archive.parent.glob("before-*"):
            if now - _date(old, self.zone) >= _OLDEST:
                shutil.rmtree(old)
        return path

    def status(self) -> Status:
        failure = _json(self.folder / FAILURE) or {"why": "", "at": None}
        at = failure["at"] and unstamp(failure["at"])
        path = next(iter(self.proven()), None)
        return Status(last=manifest(path) if path else None, failure=failure["why"], failed_at=at)

    def proven(self) -> list[Path]:
        """Return the folders of proven copies, the latest first."""
        copies = {path: values for path in self.folder.glob("[!.]*") if (values := manifest(path))}
        return sorted(copies, key=lambda path: copies[path].at, reverse=True)

    def folders(self) -> list[tuple[Path, datetime]]:
        """Return all folders with an earlier state, whole or not, or what a restore replaced; from when."""
        places = filter(None, (self.folder, self.second))
        paths = [path for place in places for path in place.glob("*")]
        return _copies([*paths, *self.archive.parent.glob("before-*")], self.zone)

    def is_due(self, now: datetime, hour: int) -> bool:
        """Return whether nobody has tried to make a copy since the last time that it was `hour` here."""
        local = now.astimezone(self.zone)
        due = local.replace(hour=hour, minute=0, second=0, microsecond=0)
        due = (due if due <= local else due - timedelta(days=1)).astimezone(UTC)
        status = self.status()
        tries = [at for at in (status.last and status.last.at, status.failed_at) if at and at <= now]
        return not any(at >= due for at in tries)

    def create_due(self, now: datetime, hour: int) -> None:
        """Make the copy of a day when it is due, of what is there; raises BackupError if that fails.

        Copies age out by the clock, so it is not to be called while that is not believable.
        """
        if self.archive.is_file() and self.is_due(now, hour):
            self.create(now)

    def _create(self, folder: Path, now: datetime) -> Path:
        path = folder / now.astimezone(self.zone).strftime(_NAME)
        if path.exists():
            raise BackupError(f"{path} already exists. Wait a minute, then try again.")
        part = path.with_name(f".{path.name}.part")
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(".*.part"):  # of a run that was cut short
            shutil.rmtree(old)
        part.mkdir(mode=0o700)
        try:
            self._fill(part, now)
            return _rename(part, path)
        finally:
            shutil.rmtree(part, ignore_errors=True)

    def _fill(self, part: Path, now: datetime) -> None:
        files = zip(_DATABASES, (self.archive, self.accounts), strict=True)
        rows = {name: copy(path, part / name) for name, path in files if path.is_file()}
        if "archive.db" not in rows:
            raise BackupError(f"There is no archive at {self.archive} yet.")
        with ArchiveReader.open(part / "archive.db", self.zone) as archive:  # its tables are right
            posts, damage = archive.posts.count(), archive.checksums.damage()
        if damage:
            raise BackupError(
                f"{self.archive} is damaged ({damage[0]}). Stop the monitor, then type:"
                f" {COMMAND} restore --only-damaged"
            )
        if "access.db" in rows and not has_tables_of(ACCOUNTS, part / "access.db"):
            raise BackupError(f"{self.accounts} must be upgraded first. Run: {COMMAND} users list")
        if (forgotten := file_of(self.archive)).exists():
            shutil.copy2(forgotten, file_of(part / "archive.db"))
        (part / "config").mkdir()
        for path in sorted(self.config.glob("*.toml")):  # and never .env: secrets stay out of backups
            shutil.copy2(path, part / "config")
        sha256 = {path.relative_to(part).as_posix(): digest(path) for path in _files(part)}
        proof = Copy(at=now, posts=posts, version=__version__, rows=rows, sha256=sha256)
        _write(part / MANIFEST, asdict(proof) | {"at": stamp(now)})
        for path in (*_files(part), part / "config", part):
            sync(path)

    def _send(self, path: Path, second: Path) -> None:
        """Copy a proven folder to the second place, and compare each file there."""
        if not second.is_dir():
            raise BackupError(f"There is no folder {second}, so the backup is in {path} only.")
        part = second / f".{path.name}.part"
        shutil.rmtree(part, ignore_errors=True)
        try:
            shutil.copytree(path, part)
            for file in _files(part):
                sync(file)
            intact(part)
            _rename(part, second / path.name)
        except OSError as error:
            why = error.strerror or "it cannot be written to"
            raise BackupError(f"The backup is in {path}, but not in {second}: {why}.") from error

    def _note_failure(self, why: str, now: datetime) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write(self.folder / FAILURE, {"why": why, "at": stamp(now)})
        except OSError:  # a full disk: that the last copy is old is seen all the same
            return


def manifest(path: Path) -> Copy | None:
    """Return what the manifest of a folder says; None if there is none that can be read."""
    values = _json(path / MANIFEST)
    try:
        return Copy(**values | {"at": unstamp(values["at"])}) if values else None
    except (KeyError, TypeError, ValueError):
        return None


def intact(path: Path) -> None:
    """Raise BackupError unless each file of a copy is what its manifest says."""
    proof = manifest(path)
    if proof is None:
        raise BackupError(f"{path} is not a backup: it has no readable {MANIFEST}.")
    for name, expected in proof.sha256.items():
        if not (path / name).is_file() or digest(path / name) != expected:
            raise BackupError(f"{path / name} has changed since it was verified. Use another backup.")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _thin(folder: Path, now: datetime, zone: ZoneInfo) -> None:
    """Keep all copies of a fortnight, then the first of each week; nothing older than 35 days."""
    weeks = set[tuple[int, int]]()
    copies = [(path, at) for path, at in _copies(folder.glob("*"), zone) if at <= now]
    for path, at in sorted(copies, key=lambda pair: pair[1]):
        week = at.isocalendar()[:2]
        is_proven = manifest(path) is not None
        if now - at >= _OLDEST or (is_proven and now - at >= _DAILY and week in weeks):
            shutil.rmtree(path)
        elif is_proven:
            weeks.add(week)


def _copies(paths: Iterable[Path], zone: ZoneInfo) -> list[tuple[Path, datetime]]:
    """Return the folders with a copy, also cut short or not proven: they hold people, too; and from when."""
    return [
        (
            path,
            proof.at if (proof := manifest(path)) else min(_date(path, zone), of_epoch(path.stat().st_mtime)),
        )
        for path in paths
        if any((path / name).exists() for name in _ANY)
    ]


def _date(path: Path, zone: ZoneInfo) -> datetime:
    """Return when a folder was made, by its name; one with another name is from the end of time."""
    name = path.name.strip(".").removesuffix(".part")
    for form in (_NAME, BEFORE):
        with suppress(ValueError):
            return datetime.strptime(name, form).replace(tzinfo=zone)
    return datetime.max.replace(tzinfo=UTC)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _rename(part: Path, path: Path) -> Path:
    part.rename(path)
    sync(path.parent)
    return path


def _write(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def _json(path: Path) -> dict[str, Any] | None:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return values if isinstance(values, dict) else None
