"""What SQLite and the system say of a disk, in sentences."""

import errno
import os
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from monitor.core.errors import StorageError
from monitor.core.storage import free, storage_error, storage_errors
from tests.disks import no_room


def raised(path: Path, *statements: str) -> BaseException:
    """Return what the last of the statements ends with."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements[:-1]:
            db.execute(statement)
        with pytest.raises(sqlite3.Error) as caught:
            db.execute(statements[-1]).fetchall()
    return caught.value


def test_a_full_disk_is_told_from_a_fault_in_the_words_of_a_statement(tmp_path):
    full = raised(
        tmp_path / "a.db", "CREATE TABLE t (x)", "PRAGMA max_page_count = 3",
        "INSERT INTO t VALUES (randomblob(99999))",
    )  # fmt: skip
    assert "The disk is full" in str(storage_error(full))
    assert storage_error(raised(tmp_path / "a.db", "SELECT * FROM nothing")) is None


def test_a_disk_that_fails_is_said_to(tmp_path):
    with no_room():
        assert "an I/O error" in str(storage_error(raised(tmp_path / "a.db", "CREATE TABLE t (x)")))


def test_a_file_that_may_not_be_written_is_said_to_be_read_only(tmp_path):
    error = raised(tmp_path / "a.db", "CREATE TABLE t (x)", "PRAGMA query_only = ON", "DROP TABLE t")
    assert "cannot write" in str(storage_error(error))


def test_a_damaged_file_is_said_to_be_one_and_how_to_put_a_copy_back(tmp_path):
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript("CREATE TABLE t (x); INSERT INTO t VALUES (1)")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 64)
    assert "monitor restore" in str(storage_error(raised(path, "SELECT * FROM t")))


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "full"), (errno.EDQUOT, "full"), (errno.EROFS, "read-only"), (errno.EIO, "I/O error")],
)
def test_what_the_system_says_is_said_in_the_same_words(number, words):
    with pytest.raises(StorageError, match=words), storage_errors():
        raise OSError(number, os.strerror(number))


def test_errors_of_other_things_pass_as_they_are():
    with pytest.raises(FileNotFoundError), storage_errors():
        Path("nothing").read_text()
    assert storage_error(ValueError("1")) is None


def test_room_is_that_of_the_disk_a_folder_will_be_on(tmp_path):
    disk = os.statvfs(tmp_path)
    assert free(tmp_path / "to" / "be made") == pytest.approx(disk.f_bavail * disk.f_frsize, rel=0.1)
