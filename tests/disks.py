"""Disks that take nothing more: one that every user has, and a real small one, for root."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@contextmanager
def no_room() -> Iterator[None]:
    """Let nothing be written meanwhile: SQLite says that the disk fails, as when a quota is used up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a disk of so many megabytes on a folder; skip the test where that is not allowed."""
    folder.mkdir()
    if fault := _mount(folder, megabytes):
        pytest.skip(f"a small disk cannot be mounted here: {fault}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _mount(folder: Path, megabytes: int) -> str:
    """Mount a disk; return why that cannot be done, or nothing."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return str(error)
    return ""


@cache
def can_mount() -> bool:
    """Return whether small disks can be mounted here."""
    with TemporaryDirectory() as folder:
        if _mount(Path(folder), 1):
            return False
        subprocess.run(["umount", folder], check=True)
        return True


def fill(disk: Path, *, but: int = 0) -> Path:
    """Fill a disk to the last byte, or up to so many; return the file to delete to make room."""
    ballast = disk / "ballast"
    room = os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize - but
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        os.posix_fallocate(file.fileno(), 0, max(1, room))
    if but:
        return ballast
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        while file.write(b"\0" * 512):
            pass
    return ballast
