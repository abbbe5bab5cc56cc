"""Opening an archive: by several processes at once, by old programs, and by mistake."""

import multiprocessing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import Archive, safe_sqlite
from monitor.errors import ArchiveError

ZONE = ZoneInfo("Europe/London")


def open_one(path: str) -> str:
    try:
        Archive.open(Path(path), ZONE).close()
    except Exception as error:
        return repr(error)
    return ""


def test_four_processes_may_open_a_new_archive_at_once(tmp_path):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        for number in range(100):
            answers = pool.map(open_one, [str(tmp_path / f"{number}.db")] * 4, chunksize=1)
            assert answers == [""] * 4


def test_an_archive_of_a_newer_version_is_refused_and_left_alone(tmp_path):
    with Archive.open(tmp_path / "a.db", ZONE) as archive:
        archive.db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('monitor', 'm999_from_the_future', '2030-01-01')"
        )
    with pytest.raises(ArchiveError, match="newer version"):
        Archive.open(tmp_path / "a.db", ZONE)


def test_days_are_never_counted_in_two_time_zones(tmp_path):
    Archive.open(tmp_path / "a.db", ZONE).close()
    with pytest.raises(ArchiveError, match="Europe/London"):
        Archive.open(tmp_path / "a.db", ZoneInfo("Asia/Kolkata"))


def test_made_up_and_real_posts_never_share_an_archive(tmp_path):
    Archive.open(tmp_path / "a.db", ZONE, demo=True).close()
    with pytest.raises(ArchiveError, match="Made-up"):
        Archive.open(tmp_path / "a.db", ZONE)


def test_a_file_that_is_no_archive_is_refused_and_left_as_it_was(tmp_path):
    (tmp_path / "letter.db").write_text("Dear Sir or Madam, " * 300)
    before = (tmp_path / "letter.db").read_bytes()
    with pytest.raises(ArchiveError, match="--archive"):
        Archive.open(tmp_path / "letter.db", ZONE)
    assert (tmp_path / "letter.db").read_bytes() == before


def test_only_its_owner_may_read_an_archive(tmp_path):
    Archive.open(tmp_path / "a.db", ZONE).close()
    assert (tmp_path / "a.db").stat().st_mode & 0o777 == 0o600


def test_a_reader_cannot_write(tmp_path):
    Archive.open(tmp_path / "a.db", ZONE).close()
    with Archive.read(tmp_path / "a.db", ZONE) as archive, pytest.raises(Exception, match="readonly"):
        archive.db.execute("DELETE FROM posts")


def test_reading_before_there_is_an_archive_says_what_to_type(tmp_path):
    with pytest.raises(ArchiveError, match="monitor collect"):
        Archive.read(tmp_path / "a.db", ZONE)


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ("3.40.1", False), ("3.44.5", False), ("3.44.6", True), ("3.50.7", True), ("3.51.2", False),
        ("3.51.3", True), ("3.53.4", True),
    ],
)  # fmt: skip
def test_a_sqlite_with_the_known_corruption_is_told_from_a_mended_one(version, safe):
    assert safe_sqlite(version) is safe
