"""What becomes of a disk that is full, read-only or broken: a sentence, wherever it is met."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor import COMMAND
from monitor.core.errors import DamagedError, LockedError, StorageError
from monitor.sqlite import sqlite3

LOW = 500 * 2**20  # bytes that are free, below which somebody should look
FULL = 20 * 2**20  # below which nothing is collected: what is left is for sessions, and for what people enter

FULL_DISK = (
    "The disk is full. What was being saved was not saved; what was saved before is safe. Free some space,"
    " then try again."
)
_READ_ONLY = (
    "The monitor cannot write to its files: the disk is read-only, or they belong to another user."
    " Nothing was changed."
)
_FAILS = (
    "The disk cannot be read or written (an I/O error): it is full, over its quota, or failing."
    " What was being saved was not saved. Check the disk, then try again."
)
_DAMAGED = (
    "A database of the monitor is damaged. To repair it from the last backup, stop the monitor, then type:"
    f" {COMMAND} restore --only-damaged"
)
_FOLDER = "A folder is at {}, where the monitor keeps a file. Move it away, then try again."
_OF_SYSTEM = {
    errno.ENOSPC: FULL_DISK, errno.EDQUOT: FULL_DISK, errno.EROFS: _READ_ONLY, errno.EIO: _FAILS,
    errno.EISDIR: _FOLDER,
}  # fmt: skip
_LOCKS = (5, 6)
_OF_SQLITE = {8: _READ_ONLY, 10: _FAILS, 13: FULL_DISK}  # https://www.sqlite.org/rescode.html


def storage_error(error: BaseException) -> StorageError | None:
    """Return what an error of SQLite or of the system says of the disk; None if it is of something else."""
    if isinstance(error, StorageError):
        return error
    sentence = None
    if isinstance(error, OSError):
        sentence = _OF_SYSTEM.get(error.errno or 0, "").format(error.filename2 or error.filename)
    if isinstance(error, sqlite3.Error):
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        if code == 11 or "decode to UTF-8" in str(error):
            return DamagedError(_DAMAGED)
        sentence = _OF_SQLITE.get(code)
    return StorageError(sentence) if sentence else None


def is_lock(error: BaseException) -> bool:
    """Return whether an error says no more than that another program is at work on a database."""
    codes = (getattr(one, "sqlite_errorcode", None) or 0 for one in (error, error.__cause__))
    return isinstance(error, LockedError) or any(code & 0xFF in _LOCKS for code in codes)


@contextmanager
def storage_errors() -> Iterator[None]:
    """Raise StorageError for what SQLite and the system say of the disk; other errors pass as they are."""
    try:
        yield
    except UnicodeDecodeError as error:  # of SQLite's words, which name what is damaged
        raise DamagedError(_DAMAGED) from error
    except (sqlite3.Error, OSError) as error:
        if of_disk := storage_error(error):
            raise of_disk from error
        raise


def free(folder: Path) -> int:
    """Return how many bytes the disk of a folder, which may still have to be made, can take; read-only: 0."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    disk = os.statvfs(there)
    return 0 if disk.f_flag & os.ST_RDONLY else disk.f_bavail * disk.f_frsize


def write_new(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write a file that is to take another's place once it is on the disk; one that is there goes."""
    path.unlink(missing_ok=True)  # of a change that was interrupted
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole, old or new, whatever ends the program; raises StorageError."""
    part = path.with_name(f".{path.name}.part")
    with storage_errors():
        write_new(part, content)
        part.replace(path)
        sync(path.parent)


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold the lock of a file that is there for nothing else, once nobody has it, however long that takes."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def sync(path: Path) -> None:
    """Return once a file, or which files a folder has, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
