"""Checksums: kept by whatever is written, they find each change that was not; what is damaged is mended."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from monitor.archive import Archive
from monitor.archive.connection import row_digest
from monitor.archive.damage.checksums import PARTS, _tables
from monitor.archive.damage.verification import verification_of
from monitor.archive.schema import SCHEMA, rollups
from monitor.archive.schema.rollups import KEPT
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


@contextmanager
def sealed(folder: Path) -> Iterator[Archive]:
    """Open a new archive with six posts that have their checksums."""
    with opened(folder) as archive:
        saved(archive, a_page(*SIX, cursor="1"))
        seal(archive)
        yield archive


@pytest.fixture
def archive(tmp_path):
    with sealed(tmp_path) as archive:
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
    derived = {
        *KEPT, "post_keys", "sketches", "checksums", "posts_fts", "spellings",
        "suggestion_weeks", "suggestions",
    }  # fmt: skip
    tables = {item.name for item in SCHEMA.items if item.kind == "table"} | {"_sqlite_migrations"}
    for table in tables - derived:
        columns = {row[1] for row in archive.db.execute(f"PRAGMA table_xinfo({table})") if not row[6]}
        assert columns - covered[table] == ({"tone", "message", "fold"} if table == "posts" else set()), table


def test_a_digest_is_what_it_always_was():
    """Else all archives there are would look damaged."""
    assert row_digest(5, None, 0.5, -1, 2**40, b"", "Größe".encode()) == 589763579


@pytest.mark.heavy
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
    archive.marks.set([1, 3], "not ours", **BY)
    archive.marks.set([1], "done", **BY)
    archive.annotations.add_note([2, 3], "A note", **BY)
    archive.annotations.remove_note(1, 2)
    archive.events.remove(archive.events.add(date(2026, 3, 2), "A march"))
    archive.spend.settle(archive.spend.reserve("x", 5, 100, NOON), 4, {"post": ["1"]}, NOON)
    assert [*archive.place_tags.update(lambda text: frozenset({"soho"}), "2")]
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
        ("DELETE FROM scores WHERE post_id = 3", ["posts 3 (2026-03-02)"]),
        ("UPDATE scores SET positive = 1e-17 WHERE post_id = 3", ["posts 3 (2026-03-02)"]),
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


def test_of_a_value_that_is_damaged_the_counts_need_not_be_comparable(archive, monkeypatch):
    def on_a_value_that_is_none(db, note):
        raise TypeError("unsupported operand")  # as a bit did that made a time NULL

    monkeypatch.setattr(rollups, "differences", on_a_value_that_is_none)
    with pytest.raises(TypeError):  # control: a fault of ours is not called damage
        verification_of(archive)
    behind_its_back(archive, "UPDATE posts SET text = 'other' WHERE id = 2")
    verification = verification_of(archive)
    assert [str(one) for one in verification.rows] == ["posts 2 (2026-03-02)"]
    assert verification.counts[0] == "The counts cannot be compared until the damaged rows are repaired."


def test_damage_stays_found_after_the_row_was_rightly_changed(archive):
    behind_its_back(archive, "UPDATE posts SET text = 'other' WHERE id = 2")
    archive.annotations.add_note([2], "A note", **BY)
    saved(archive, a_page(replace(SIX[1], text="A new text")))
    assert damage(archive) == ["posts 2 (2026-03-02)"]


@pytest.mark.heavy
def test_a_search_index_that_does_not_fit_is_a_wrong_count_and_a_rebuild_mends_it(archive):
    behind_its_back(archive, "DELETE FROM posts_fts_data WHERE id > 10")
    found = verification_of(archive)
    assert (found.rows, len(found.counts)) == ([], 1)
    archive.rebuild()
    assert verification_of(archive).counts == []


@pytest.mark.heavy
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
