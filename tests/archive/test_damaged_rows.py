"""Damaged rows of an archive are taken from its copy, and no sound row is touched."""

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.archive import Archive, ArchiveReader
from monitor.archive.damage import mending
from monitor.archive.damage.mending import Fate, mend
from monitor.archive.damage.verification import verification_of
from monitor.core.errors import ArchiveError, StorageError
from tests.archive.saving import LONDON, opened, saved
from tests.archive.test_checksums import BY, SIX, behind_its_back, seal, sealed
from tests.builders import a_page, a_post

pytestmark = pytest.mark.heavy


@pytest.fixture
def archive(tmp_path):
    with sealed(tmp_path) as archive:
        yield archive


@pytest.fixture
def copy(archive, tmp_path) -> Path:
    """Return a copy of the archive, which goes on meanwhile: an edit, a new post, one removed."""
    path = tmp_path / "copy.db"
    archive.db.execute("VACUUM INTO ?", [str(path)])
    saved(archive, a_page(replace(SIX[0], text="Edited later"), a_post(id="7", by="new")))
    archive.ingest.delete([6])
    seal(archive)
    saved(archive, a_page(a_post(id="8", by="newest")))
    return path


def scratch(archive: Archive) -> Path:
    """Return the file that is mended: the archive as it is."""
    path = Path(archive.db.execute("PRAGMA database_list").fetchone()[2]).with_name("mended.db")
    path.unlink(missing_ok=True)
    archive.db.execute("VACUUM INTO ?", [str(path)])
    return path


def wipe(path: Path, name: str) -> None:
    """Fill the first page of a table or an index with zeros, as a disk may."""
    with Archive.open(path, LONDON) as archive:
        page = archive.db.number(f"SELECT rootpage FROM sqlite_master WHERE name = '{name}'")
        size = archive.db.number("PRAGMA page_size")
    data = bytearray(path.read_bytes())
    data[(page - 1) * size : page * size] = bytes(size)
    path.write_bytes(data)


def notes(path: Path) -> set[tuple[int, str]]:
    with ArchiveReader.open(path, LONDON) as reader:
        return set(reader.db.execute("SELECT post_id, text FROM notes").fetchall())


def mended(archive: Archive, copy: Path) -> tuple[dict[str, Fate], dict[str, str]]:
    """Return what became of damaged rows, and the texts of all posts."""
    path = scratch(archive)
    fates = mend(path, copy, LONDON)
    with ArchiveReader.open(path, LONDON) as reader:
        found = verification_of(reader)
        assert (found.rows, found.pages, found.counts) == ([], [], [])
        reader.db.conn.text_factory = lambda text: text.decode(errors="replace")  # of damage that was kept
        texts = {row.native_id: row.text for row in reader.posts.every()}
    return {str(one): fate for one, fate in fates}, texts


def test_what_is_damaged_comes_from_the_copy_and_all_else_stays_as_it_is(archive, copy):
    before = {row.native_id: row.text for row in archive.posts.every()}
    assert (set(before), before["1"]) == ({"1", "2", "3", "4", "5", "7", "8"}, "Edited later")
    behind_its_back(archive, "UPDATE posts SET text = 'other' WHERE id = 2")
    behind_its_back(archive, "DELETE FROM posts WHERE id = 3")
    assert mended(archive, copy) == (
        {"posts 2 (2026-03-02)": Fate.MENDED, "posts 3": Fate.MENDED}, before
    )  # fmt: skip


def test_what_has_changed_since_the_copy_is_as_it_was_then(archive, copy):
    behind_its_back(archive, "UPDATE posts SET text = 'other' WHERE id = 1")
    fates, texts = mended(archive, copy)
    assert fates == {"posts 1 (2026-03-02)": Fate.OLDER}
    assert texts["1"] == SIX[0].text


def test_what_is_newer_than_the_copy_is_named_and_left_as_it_can_be_read(archive, copy):
    behind_its_back(archive, "UPDATE posts SET text = CAST(x'6180' AS TEXT) WHERE id = 7")
    fates, texts = mended(archive, copy)
    assert fates == {"posts 7 (2026-03-02)": Fate.KEPT}
    assert texts["7"] == "a\ufffd"


def test_what_hangs_on_a_lost_row_goes_with_it(archive, copy):
    behind_its_back(archive, "DELETE FROM authors WHERE native_id = 'new'")
    fates, texts = mended(archive, copy)
    assert fates == {"authors 7": Fate.KEPT, "posts 7": Fate.LOST}
    assert "7" not in texts


def test_a_row_whose_key_was_damaged_is_not_there_twice(archive, copy):
    behind_its_back(archive, "UPDATE cursors SET stream = 'locam'")
    fates, _ = mended(archive, copy)
    assert fates == {
        "cursors crime locam (2026-03-02T12:00:00Z)": Fate.MOVED,
        "cursors crime local": Fate.MENDED,
    }
    with ArchiveReader.open(copy.with_name("mended.db"), LONDON) as reader:
        assert set(reader.coverage.cursors("crime")) == {"local"}


def test_a_file_that_cannot_be_read_at_all_is_refused(archive, copy, tmp_path):
    (tmp_path / "noise.db").write_bytes(b"noise" * 5000)
    with pytest.raises(ArchiveError, match=r"More than single rows.*monitor restore"):
        mend(tmp_path / "noise.db", copy, LONDON)


def test_a_number_that_was_used_again_costs_no_sound_row(archive, tmp_path):
    archive.annotations.add_note([5], "Of five.", **BY)
    archive.annotations.label([4], "stance", "oppose", **BY)
    archive.db.execute("VACUUM INTO ?", [str(tmp_path / "copy.db")])
    archive.annotations.remove_note(1, 5)
    archive.annotations.add_note([3], "Of three.", **BY)  # under the number that the other had
    seal(archive)
    behind_its_back(archive, "UPDATE posts SET text = 'other' WHERE id = 5")
    fates, texts = mended(archive, tmp_path / "copy.db")
    assert fates == {"posts 5 (2026-03-02)": Fate.OLDER}
    assert texts["5"] == SIX[4].text
    assert notes(tmp_path / "mended.db") == {(3, "Of three."), (5, "Of five.")}


def test_an_index_that_cannot_be_read_costs_nothing(archive, copy):
    archive.annotations.add_note(range(1, 6), "Since the copy.", **BY)
    path = scratch(archive)
    wipe(path, "notes_by_post")
    assert mend(path, copy, LONDON) == []
    assert len(notes(path)) == 5


@pytest.mark.parametrize("table", ["checksums", "posts", "post_terms", "authors", "meta"])
def test_where_more_than_rows_is_damaged_nothing_is_done_and_it_says_what_to_type(archive, copy, table):
    path = scratch(archive)
    wipe(path, table)
    with pytest.raises(ArchiveError, match=r"nothing was changed.*monitor restore$"):
        mend(path, copy, LONDON)


def test_a_full_disk_meanwhile_is_called_one_and_not_damage(archive, copy, monkeypatch):
    def on_a_full_disk(*_: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(mending, "_mend_all", on_a_full_disk)
    with pytest.raises(StorageError, match="disk is full"):
        mend(scratch(archive), copy, LONDON)


def test_a_post_that_was_deleted_since_the_copy_stays_so(archive, copy):
    saved(archive, a_page(deleted=("2",)))
    behind_its_back(archive, "UPDATE posts SET likes = 99 WHERE id = 2")
    behind_its_back(archive, "UPDATE posts SET likes = 99 WHERE id = 3")
    fates, texts = mended(archive, copy)
    assert fates == {"posts 2 (2026-03-02)": Fate.KEPT, "posts 3 (2026-03-02)": Fate.MENDED}
    assert not texts.get("2")
    assert "6" not in texts  # which somebody removed


def test_a_copy_that_had_no_checksums_yet_mends_all_the_same(tmp_path):
    with opened(tmp_path) as archive:
        saved(archive, a_page(*SIX, cursor="1"))
        archive.db.execute("VACUUM INTO ?", [str(tmp_path / "copy.db")])
        seal(archive)
        archive.ingest.delete([6])
        behind_its_back(archive, "UPDATE posts SET text = 'other' WHERE id = 2")
        fates, texts = mended(archive, tmp_path / "copy.db")
    assert fates == {"posts 2 (2026-03-02)": Fate.MENDED}
    assert texts == {post.id: post.text for post in SIX[:5]}
