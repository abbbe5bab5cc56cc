"""Opening an archive: at once from several processes, and never the wrong one."""

import stat
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from monitor.archive import Archive, ArchiveReader
from monitor.archive.damage.verification import safe_sqlite, sqlite_version
from monitor.archive.readers import Readers
from monitor.core.errors import ArchiveError
from tests.archive.opener import ROUNDS, open_each
from tests.archive.saving import LONDON, opened, saved
from tests.builders import a_page, a_post
from tests.processes import PROCESSES

CROWD = 4
DAY = datetime(2026, 11, 9, 12, tzinfo=UTC)


def openings(folder: Path, *, locked: bool) -> list[str]:
    ready, answers = PROCESSES.Barrier(CROWD), PROCESSES.Queue()
    arguments = (str(folder), ready, answers, locked)
    crowd = [PROCESSES.Process(target=open_each, args=arguments) for _ in range(CROWD)]
    for process in crowd:
        process.start()
    said = [answers.get(timeout=200) for _ in range(CROWD * ROUNDS)]
    for process in crowd:
        process.join()
        process.close()
    answers.close()
    answers.join_thread()
    return said


@pytest.mark.kills
def test_four_processes_open_a_new_archive_at_once_a_hundred_times(tmp_path):
    assert openings(tmp_path, locked=True) == ["opened"] * 100
    with Archive.open(tmp_path / "0.db", LONDON) as archive:
        assert archive.differences() == []


@pytest.mark.kills
def test_control_without_the_lock_and_the_one_transaction_some_of_them_fail(tmp_path):
    assert set(openings(tmp_path, locked=False)) != {"opened"}


@pytest.mark.heavy
def test_an_archive_opens_again_with_its_posts(tmp_path):
    with opened(tmp_path) as archive:
        saved(archive, a_page(a_post()))
    with opened(tmp_path) as archive:
        assert archive.posts.count() == 1


def is_open(path):
    return any(one.exists() and one.samefile(path) for one in Path("/proc/self/fd").iterdir())


@pytest.mark.heavy
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not list open files")
@pytest.mark.parametrize("kind", [Archive, ArchiveReader])
def test_an_archive_that_nobody_holds_any_more_is_closed_by_itself(tmp_path, kind):
    Archive.open(tmp_path / "a.db", LONDON).close()
    archive = kind.open(tmp_path / "a.db", LONDON)
    assert is_open(tmp_path / "a.db")
    del archive
    assert not is_open(tmp_path / "a.db")
    archive = kind.open(tmp_path / "a.db", LONDON)
    archive.db.conn.create_function("itself", 0, lambda held=archive: held)  # control: SQLite holds it
    connection = archive.db.conn
    del archive
    assert is_open(tmp_path / "a.db")
    connection.close()


@pytest.mark.heavy
def test_a_folder_that_is_not_there_is_made(tmp_path):
    with opened(tmp_path / "deep" / "down"):
        assert (tmp_path / "deep" / "down" / "archive.db").is_file()


@pytest.mark.heavy
def test_only_the_owner_may_read_the_file(tmp_path):
    with opened(tmp_path):
        assert stat.S_IMODE((tmp_path / "archive.db").stat().st_mode) == 0o600


@pytest.mark.heavy
def test_an_archive_of_a_newer_version_is_refused(tmp_path):
    with opened(tmp_path) as archive:
        archive.db["_sqlite_migrations"].insert(
            {"migration_set": "monitor", "name": "m999_later", "applied_at": "2030-01-01"}
        )
    with pytest.raises(ArchiveError, match=r"newer version.*Update the program"):
        opened(tmp_path)


@pytest.mark.heavy
def test_another_time_zone_is_refused_and_both_are_named(tmp_path):
    with opened(tmp_path):
        pass
    with pytest.raises(ArchiveError, match=r"Europe/London.*Asia/Tokyo.*time_zone"):
        Archive.open(tmp_path / "archive.db", ZoneInfo("Asia/Tokyo"))


@pytest.mark.heavy
@pytest.mark.parametrize("demo", [True, False], ids=["made-up", "real"])
def test_made_up_and_real_posts_never_share_an_archive(tmp_path, demo):
    with Archive.open(tmp_path / "a.db", LONDON, demo=demo) as archive:
        assert archive.demo is demo
    with pytest.raises(ArchiveError, match="Made-up and real"):
        Archive.open(tmp_path / "a.db", LONDON, demo=not demo)


def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 500)
    before = path.read_bytes()
    with pytest.raises(ArchiveError, match=r"letter.txt cannot be opened as an archive.*--archive"):
        Archive.open(path, LONDON)
    assert path.read_bytes() == before


def test_reading_what_is_not_there_says_how_to_make_it(tmp_path):
    with pytest.raises(ArchiveError, match="monitor collect"):
        ArchiveReader.open(tmp_path / "archive.db", LONDON)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.heavy
def test_a_reader_sees_posts_and_cannot_write(tmp_path):
    with opened(tmp_path) as archive:
        saved(archive, a_page(a_post()))
    with ArchiveReader.open(tmp_path / "archive.db", LONDON) as reader:
        assert reader.posts.count() == 1
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.db.execute("UPDATE posts SET text = 'another'")
        assert reader.posts.count() == 1


@pytest.mark.heavy
def test_a_reader_looks_on_while_another_writes(tmp_path):
    with opened(tmp_path) as archive, ArchiveReader.open(tmp_path / "archive.db", LONDON) as reader:
        saved(archive, a_page(a_post()))
        assert reader.posts.count() == 1


def test_a_read_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 500)
    with pytest.raises(ArchiveError, match=r"letter\.txt"):
        ArchiveReader.open(path, LONDON)


@pytest.mark.parametrize(
    ("version", "safe"),
    [("3.51.3", True), ("3.51.2", False), ("3.50.7", True), ("3.50.6", False), ("3.44.6", True),
     ("3.40.1", False), ("3.52.0", True), ("4.0.0", True)],
)  # fmt: skip
def test_a_sqlite_with_the_wal_reset_fault_is_known(version, safe):
    assert safe_sqlite(version) is safe


def test_the_version_is_that_of_the_library_in_use():
    db = Database(memory=True)
    assert db.execute("SELECT sqlite_version()").fetchone()[0] == sqlite_version()
    db.close()


@pytest.mark.heavy
def test_the_side_files_are_the_owners_alone(tmp_path):
    with opened(tmp_path) as archive:
        saved(archive, a_page(a_post()))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("archive.db*")}
    assert modes.pop("archive.db.lock", None) is not None
    assert set(modes.values()) == {0o600}
    assert len(modes) == 3


@pytest.mark.heavy
def test_a_reader_refuses_another_time_zone(tmp_path):
    opened(tmp_path).close()
    with pytest.raises(ArchiveError, match="Europe/London"):
        ArchiveReader.open(tmp_path / "archive.db", ZoneInfo("Pacific/Kiritimati"))


def test_a_reader_says_what_to_type_for_an_archive_that_is_behind(tmp_path):
    (tmp_path / "archive.db").touch()
    with pytest.raises(ArchiveError, match="Run: monitor rebuild"):
        ArchiveReader.open(tmp_path / "archive.db", LONDON)


@pytest.mark.heavy
def test_readers_lend_one_archive_again_and_never_one_that_failed(tmp_path):
    opened(tmp_path).close()
    readers = Readers(tmp_path / "archive.db", LONDON)
    with readers.lend() as first, readers.lend() as second:
        assert first is not second
    with readers.lend() as again:
        assert again in (first, second)
    with pytest.raises(ZeroDivisionError), readers.lend() as broken:
        _ = 1 / 0
    with readers.lend() as last:
        assert last is not broken


@pytest.mark.heavy
def test_what_is_lent_stays_as_it_was_while_somebody_writes(tmp_path):
    with opened(tmp_path) as archive:
        saved(archive, a_page(a_post(id="1")))
        readers = Readers(tmp_path / "archive.db", LONDON)
        with readers.lend() as lent:
            assert lent.posts.count() == 1
            saved(archive, a_page(a_post(id="2")))
            assert lent.posts.count() == 1
        with readers.lend() as lent:
            assert lent.posts.count() == 2
