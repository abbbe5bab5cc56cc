"""Checksums: kept by whatever is written, they find each change that was not; what is damaged is mended."""

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from monitor.archive import Archive, ArchiveReader, salvage
from monitor.archive.checksums import PARTS, _row_digest, _tables
from monitor.archive.salvage import Fate
from monitor.archive.schema import SCHEMA
from monitor.archive.schema.rollups import KEPT
from monitor.core.errors import ArchiveError
from monitor.core.model import Author, Page
from tests.archive.saving import LONDON, opened, saved
from tests.builders import NOON, a_page, a_post
from tests.recorded import load

SIX = [a_post(id=str(n), by=f"p{n}", links=frozenset({f"https://example.org/{n}"})) for n in range(1, 7)]
FROM_BEFORE = "d5a269b"
BY = {"by": "kim", "now": NOON}


def seal(archive: Archive) -> None:
    while archive.checksums.seal():
        pass


@pytest.fixture
def archive(tmp_path):
    with opened(tmp_path) as archive:
        saved(archive, a_page(*SIX, cursor="1"))
        seal(archive)
        yield archive


def behind_its_back(archive: Archive, sql: str) -> None:
    """Change the file as damage would: by a connection that keeps no checksums."""
    path = archive.db.execute("PRAGMA database_list").fetchone()[2]
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(sql)


def damage(archive: Archive) -> list[str]:
    return [str(one) for one in archive.checksums.damage()]


def test_every_column_that_no_other_follows_from_has_a_checksum(archive):
    covered = {
        table: set(" ".join(columns).split()) for part in PARTS for table, columns in _tables(part).items()
    }
    derived = {*KEPT, "checksums", "posts_fts"}
    tables = {item.name for item in SCHEMA.items if item.kind == "table"} | {"_sqlite_migrations"}
    for table in tables - derived:
        columns = {row[1] for row in archive.db.execute(f"PRAGMA table_xinfo({table})") if not row[6]}
        assert columns - covered[table] == ({"tone"} if table == "posts" else set()), table


def test_a_digest_is_what_it_always_was():
    """Else all archives there are would look damaged."""
    assert _row_digest(5, None, 0.5, -1, 2**40, b"", "Größe".encode()) == 589763579


def test_whatever_is_written_keeps_the_checksums_right(archive):
    later = NOON + timedelta(hours=1)
    edited = [replace(post, text=f"{post.text} edited") for post in SIX[:2]]
    renamed = replace(SIX[2], author=Author(id="p3", handle="other", name="Other", followers=None))
    saved(
        archive,
        a_page(*edited, renamed, a_post(id="4", by="p4", likes=9), a_post(id="7"), cursor="2"),
        now=later,
    )
    saved(archive, Page(stream="local", posts=(), deleted=("5",)), now=later)
    archive.annotations.label([1, 2], "stance", "support", **BY)
    archive.annotations.label([1], "stance", None, **BY)
    archive.annotations.mark([1, 3], "not ours", **BY)
    archive.annotations.mark([1], "done", **BY)
    archive.annotations.add_note([2, 3], "A note", **BY)
    archive.annotations.remove_note(1, 2)
    archive.events.remove(archive.events.add(date(2026, 3, 2), "A march"))
    archive.coverage.beat("worker", 1, later)
    archive.coverage.beat("worker", 2, later)
    archive.spend.settle(archive.spend.reserve("x", 5, 100, NOON), 4, {"post": ["1"]}, NOON)
    archive.place_tags.update(lambda text: frozenset({"soho"}))
    archive.ingest.delete([6])
    archive.rebuild()
    assert damage(archive) == []
    seal(archive)
    assert (damage(archive), archive.checksums.unsealed()) == ([], 0)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE posts SET text = 'other' WHERE id = 2", ["posts 2 (2026-03-02)"]),
        ("UPDATE posts SET likes = 0 WHERE id = 2", ["posts 2 (2026-03-02)"]),
        ("UPDATE posts SET text = CAST(x'80' AS TEXT) WHERE id = 2", ["posts 2 (2026-03-02)"]),
        ("DELETE FROM tones WHERE post_id = 3", ["posts 3 (2026-03-02)"]),
        ("UPDATE tones SET positive = 1e-17 WHERE post_id = 3", ["posts 3 (2026-03-02)"]),
        ("UPDATE post_terms SET term_id = term_id + 100 WHERE post_id = 4", ["posts 4 (2026-03-02)"]),
        ("INSERT INTO notes (post_id, text, by, at) VALUES (1, 'x', 'x', 'x')", ["posts 1 (2026-03-02)"]),
        ("UPDATE authors SET name = 'x' WHERE id = 1", ["authors 1"]),
        ("UPDATE terms SET term = 'x' WHERE id = 1", ["terms 1"]),
        ("UPDATE cursors SET cursor = '2'", ["cursors crime local (2026-03-02T12:00:00Z)"]),
        ("UPDATE coverage SET got = 7", ["coverage 1 (2026-03-02T12:00:00Z)"]),
        ("UPDATE meta SET value = 'no ' WHERE key = 'demo'", ["meta demo"]),
        ("DELETE FROM cursors", ["cursors crime local"]),
        ("UPDATE checksums SET digest = 7 WHERE part = 'posts' AND key = 5", ["posts 5 (2026-03-02)"]),
        ("DELETE FROM checksums WHERE part = 'posts' AND key = 5", ["posts 5 (2026-03-02)"]),
    ],
)  # fmt: skip
def test_what_is_changed_behind_its_back_is_found_and_named(archive, sql, found):
    behind_its_back(archive, sql)
    assert damage(archive) == found


def test_damage_stays_found_after_the_row_was_rightly_changed(archive):
    behind_its_back(archive, "UPDATE posts SET text = 'other' WHERE id = 2")
    archive.annotations.add_note([2], "A note", **BY)
    saved(archive, a_page(replace(SIX[1], text="A new text")))
    assert damage(archive) == ["posts 2 (2026-03-02)"]


def test_a_search_index_that_does_not_fit_is_a_wrong_count_and_a_rebuild_mends_it(archive):
    behind_its_back(archive, "DELETE FROM posts_fts_data WHERE id > 10")
    found = archive.verify()
    assert (found.rows, len(found.counts)) == ([], 1)
    archive.rebuild()
    assert archive.verify().counts == []


def test_an_archive_from_before_gets_its_checksums_bit_by_bit(tmp_path):
    with Archive.open(load("archive", FROM_BEFORE, tmp_path / "old.db"), LONDON, demo=True) as archive:
        number = archive.posts.count()
        assert (archive.checksums.unsealed(), damage(archive)) == (number, [])
        assert archive.checksums.seal(25)
        assert (archive.checksums.unsealed(), damage(archive)) == (number - 25, [])
        seal(archive)
        assert (archive.checksums.unsealed(), damage(archive)) == (0, [])
        behind_its_back(archive, "UPDATE coverage SET got = got + 1 WHERE id = 1")
        assert len(damage(archive)) == 1


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


def mended(archive: Archive, copy: Path) -> tuple[dict[str, Fate], dict[str, str]]:
    """Return what became of damaged rows, and the texts of all posts."""
    path = Path(archive.db.execute("PRAGMA database_list").fetchone()[2])
    fates = salvage(copy, path, LONDON)
    with ArchiveReader.open(copy, LONDON) as reader:
        found = reader.verify()
        assert (found.rows, found.pages, found.counts) == ([], [], [])
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
    assert fates == {"authors 7": Fate.KEPT}
    assert "7" not in texts


def test_a_row_whose_key_was_damaged_is_not_there_twice(archive, copy):
    behind_its_back(archive, "UPDATE cursors SET stream = 'locam'")
    fates, _ = mended(archive, copy)
    assert fates == {
        "cursors crime locam (2026-03-02T12:00:00Z)": Fate.KEPT,
        "cursors crime local": Fate.MENDED,
    }
    with ArchiveReader.open(copy, LONDON) as reader:
        assert set(reader.coverage.cursors("crime")) == {"local"}


def test_a_file_that_cannot_be_read_at_all_is_refused(archive, copy, tmp_path):
    (tmp_path / "noise.db").write_bytes(b"noise" * 5000)
    with pytest.raises(ArchiveError, match=r"cannot be read at all.*monitor restore"):
        salvage(copy, tmp_path / "noise.db", LONDON)
