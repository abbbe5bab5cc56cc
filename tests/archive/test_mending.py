"""An archive that has lost a part, or was given one more: mended, refused in a sentence, or let be."""

from contextlib import closing
from pathlib import Path
from shutil import copyfile

import pytest
from sqlite_utils.utils import sqlite3

from monitor.archive import Archive, ArchiveReader
from monitor.archive.schema import SCHEMA
from monitor.archive.schema.rollups import KEPT
from monitor.core.errors import ArchiveError
from monitor.schema_upgrade import contents, fingerprint
from tests.archive.saving import LONDON, opened, saved
from tests.builders import a_page, a_post

pytestmark = pytest.mark.heavy

POSTS = [a_post(id=str(n), by=f"p{n % 3}", likes=n, tags=frozenset({"ours"})) for n in range(9)]
PARTS = sorted((item for item in SCHEMA.items if item.kind != "table"), key=str)
# By other programs: Datasette's users add views and full-text search, sqlite-utils indexes and statistics.
HARMLESS = """
CREATE VIEW by_day AS SELECT day, count(*) AS posts FROM posts GROUP BY day;
CREATE INDEX posts_by_lang ON posts (lang);
CREATE TABLE contacts (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE VIRTUAL TABLE contacts_fts USING fts5 (name, content='contacts');
CREATE TRIGGER contact_comes AFTER INSERT ON contacts BEGIN SELECT 1; END;
ALTER TABLE posts ADD COLUMN remark TEXT;
ALTER TABLE days ADD COLUMN weather TEXT DEFAULT 'rain';
ANALYZE;
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive that lacks nothing, to be copied."""
    folder = tmp_path_factory.mktemp("whole")
    with opened(folder) as archive:
        saved(archive, a_page(*POSTS))
    return folder / "archive.db"


@pytest.fixture
def path(whole: Path, tmp_path: Path) -> Path:
    return copyfile(whole, tmp_path / "archive.db")


def change(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)


def check_mended(path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"must be upgraded first\. Run: monitor rebuild"):
        ArchiveReader.open(path, LONDON)
    with Archive.open(path, LONDON) as archive:
        assert SCHEMA.faults(archive.db) == []
        assert archive.differences() == []
        saved(archive, a_page(a_post(id="late", by="new", likes=2)))
        assert archive.differences() == []
        assert archive.posts.count() == 10
    ArchiveReader.open(path, LONDON).close()


@pytest.mark.parametrize("part", PARTS, ids=str)
@pytest.mark.slow
def test_an_index_view_or_trigger_that_is_gone_is_made_again(path, part):
    change(path, f"DROP {part}")
    check_mended(path)


@pytest.mark.parametrize("table", [*KEPT, "posts_fts"])
def test_a_table_of_counts_that_is_gone_is_made_and_filled_again(path, table):
    change(path, f"DROP TABLE {table}")
    check_mended(path)


def test_counts_that_went_wrong_while_a_trigger_was_another_are_put_right(path):
    other = "CREATE TRIGGER post_joins AFTER INSERT ON post_series BEGIN SELECT 1; END"
    change(path, f"DROP TRIGGER post_joins; {other}")
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM post_series WHERE post_id = 1")
        db.execute("INSERT INTO post_series SELECT 1, id FROM series")
        db.commit()
    check_mended(path)


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("  posts INTEGER NOT NULL,", ""),
        ("  posts INTEGER NOT NULL,", "  posts TEXT NOT NULL,"),
        ("  posts INTEGER NOT NULL,", "  posts INTEGER NOT NULL CHECK (posts < 5),"),
        ("  posts INTEGER NOT NULL,", "  posts INTEGER NOT NULL, weather TEXT NOT NULL,"),
        (" STRICT, WITHOUT ROWID", ""),
    ],
)
def test_a_table_of_counts_that_is_another_is_made_again(path, part, other):
    [sql] = [sql for item, sql in SCHEMA.items.items() if item == ("table", "hours")]
    assert part in sql
    change(path, f"DROP TABLE hours; {sql.replace(part, other)}")
    check_mended(path)


@pytest.mark.parametrize(
    ("script", "lacks"),
    [
        ("ALTER TABLE posts DROP COLUMN edited_at", "column posts.edited_at"),
        ("DROP TABLE notes", "table notes"),
        ("DROP TABLE audited; DROP TABLE audits", "table audited, table audits"),
        ("ALTER TABLE events ADD COLUMN place TEXT NOT NULL DEFAULT ''; ALTER TABLE events DROP COLUMN title",
         "column events.title"),
        ("DROP TABLE meta; CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)", "table meta"),
        ("DROP TABLE meta; CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL, more TEXT NOT NULL)"
         " STRICT", "table meta"),
    ],
)  # fmt: skip
def test_an_archive_that_lacks_what_people_wrote_is_refused_in_a_sentence(path, script, lacks):
    change(path, f"DROP VIEW posts_view; {script}")
    with pytest.raises(ArchiveError, match=rf"archive\.db is missing parts .*\({lacks}\)\. Restore"):
        Archive.open(path, LONDON)
    with pytest.raises(ArchiveError, match="Run: monitor rebuild"):
        ArchiveReader.open(path, LONDON)


def test_what_others_have_added_is_let_be(path):
    change(path, HARMLESS)
    with ArchiveReader.open(path, LONDON) as archive:
        assert archive.posts.count() == 9
        assert fingerprint(contents(archive.db)) != SCHEMA.fingerprint
    with Archive.open(path, LONDON) as archive:
        archive.rebuild()
        saved(archive, a_page(a_post(id="late")))
        assert archive.differences() == []
        names = {name for (name,) in archive.db.execute("SELECT name FROM sqlite_master")}
        assert {"by_day", "posts_by_lang", "contacts", "contacts_fts", "contact_comes"} <= names


def test_an_archive_with_other_spaces_comments_and_quotes_is_the_same(path):
    with closing(sqlite3.connect(path)) as db:
        [[sql]] = db.execute("SELECT sql FROM sqlite_master WHERE name = 'labels_by_post'").fetchall()
        db.execute("DROP INDEX labels_by_post")
        db.execute(sql.replace("labels_by_post", '"labels_by_post" /* by post */').replace(", ", " ,\n  "))
    ArchiveReader.open(path, LONDON).close()


def test_a_rebuild_keeps_the_triggers_of_others(path):
    change(path, HARMLESS)
    with Archive.open(path, LONDON) as archive:
        before = contents(archive.db)
        archive.rebuild()
        assert contents(archive.db) == before
