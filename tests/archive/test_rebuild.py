"""A rebuild in pieces: what is wrong is set right, others save meanwhile, and it may be killed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile

import pytest

from monitor.archive import Archive
from monitor.archive.connection import WriteConnection
from monitor.archive.posts import search_index
from monitor.archive.schema import rollups
from monitor.archive.schema.rollups import KEPT
from monitor.core.model import PostKind
from tests.archive.rebuilder import FEW, rebuild_until, save_until
from tests.archive.saving import opened, saved
from tests.archive.test_rollups import a_long_history, check_search, cover
from tests.builders import a_page, a_post
from tests.processes import PROCESSES

pytestmark = pytest.mark.heavy

READABLE = "(SELECT id FROM posts WHERE scrubbed_at IS NULL)"  # others can never be looked at again
SPOILS = {f"no {table}": f"DELETE FROM {table}" for table in KEPT} | {
    "hours of too many": "UPDATE hours SET posts = posts + 1",
    "a day too late": "UPDATE author_days SET day = day + 40000",
    "an hour of nothing": "INSERT INTO hours (hour, series, posts) VALUES ('2020-01-01T00+00:00', 99, 5)",
    "tones": "UPDATE posts SET tone = 'positive'",
    "messages": "UPDATE posts SET message = id WHERE id % 2",
    "no messages": "UPDATE posts SET message = NULL",
    "no keys": f"DELETE FROM post_keys WHERE post_id IN {READABLE}",
    "no sketches": f"DELETE FROM sketches WHERE post_id IN {READABLE}",
    "folds": f"UPDATE posts SET fold = -5 WHERE id IN {READABLE}",
    "spellings": "UPDATE spellings SET text = 'other'",
    "no spellings": "DELETE FROM spellings",
    "an empty index": "INSERT INTO posts_fts (posts_fts) VALUES ('delete-all')",
    "an index of half the posts": "INSERT INTO posts_fts (posts_fts, rowid, text)"
    " SELECT 'delete', id, text FROM searched_texts WHERE id % 2",
}
ALL = [sql for what, sql in SPOILS.items() if what != "an index of half the posts"]  # of an empty one
STORY = "Officers come back to the market\n" + " ".join(f"word{n} and" for n in range(40))


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive with a history, to be copied."""
    folder = tmp_path_factory.mktemp("lived")
    with opened(folder) as archive:
        a_long_history(archive, 5, 60)
        stories = (a_post(id=f"story {by}", by=by, text=STORY, kind=PostKind.ARTICLE) for by in "fg")
        saved(archive, a_page(*stories, a_post(id="styled", text="ｋｎｉｖｅｓ")))
        cover(archive, (0, 2), (5, 6), (1, 5))
        assert archive.differences() == []
    return folder / "archive.db"


@pytest.fixture
def archive(lived: Path, tmp_path: Path) -> Iterator[Archive]:
    copyfile(lived, tmp_path / "archive.db")
    with opened(tmp_path) as archive:
        yield archive


def spoil(archive: Archive, *sqls: str) -> None:
    with archive.db.transaction(), rollups.no_triggers(archive.db):
        for sql in sqls:
            archive.db.execute(sql)


def facts(archive: Archive) -> list[object]:
    tables = ("posts", "post_series", "post_terms", "coverage", *KEPT)
    return [archive.db.execute(f"SELECT * FROM {table}").fetchall() for table in tables]


@pytest.mark.slow
@pytest.mark.parametrize("what", SPOILS)
def test_whatever_is_wrong_is_named_and_set_right(archive, what):
    right = facts(archive)
    spoil(archive, SPOILS[what])
    wrong = archive.differences()
    named = archive.rebuild()
    rest = wrong[len(named) :]  # what is counted from it, which is right once it is
    assert named == wrong[: len(named)] != []
    assert {line.partition(":")[0] for line in named}.isdisjoint(line.partition(":")[0] for line in rest)
    assert (archive.differences(), facts(archive)) == ([], right)
    check_search(archive)
    assert archive.rebuild() == []


def test_what_is_in_the_search_index_and_in_no_text_goes(archive):
    archive.db.execute("INSERT INTO posts_fts (rowid, text) VALUES (1, 'unsaid')")
    assert archive.rebuild() == []
    check_search(archive)


def test_a_wrong_message_or_tone_is_named_as_it_is(archive):
    posts = archive.db.column("SELECT id FROM posts WHERE message IS NULL AND tone = 'neutral' ORDER BY id")
    spoil(archive, f"UPDATE posts SET message = 99 WHERE id = {posts[0]}")
    spoil(archive, f"UPDATE posts SET tone = 'unclear' WHERE id = {posts[1]}")
    assert archive.rebuild() == [
        f"posts: the tone of post {posts[1]} is unclear", f"posts: the message of post {posts[0]} is 99",
    ]  # fmt: skip


def test_the_last_step_ends_once_the_search_index_is_made_anew(archive, monkeypatch):
    steps, index = list[str](), search_index.index
    monkeypatch.setattr(search_index, "index", lambda db, posts: steps.append("index") or index(db, posts))
    archive.rebuild(lambda _: steps.append("told"))
    assert steps == ["told"] * (rollups.STEPS - 1) + ["index", "told"]


def changes(archive: Archive, monkeypatch) -> list[int]:
    """Return how many rows each turn of a rebuild of an archive changes of which all is wrong."""
    found, turn = [], rollups._turn

    @contextmanager
    def counted(db: WriteConnection) -> Iterator[None]:
        with turn(db):
            before = db.conn.total_changes
            yield
            found.append(db.conn.total_changes - before)

    monkeypatch.setattr(rollups, "_turn", counted)
    spoil(archive, *ALL)
    archive.rebuild()
    assert archive.differences() == []
    return found


@pytest.mark.slow
def test_the_lock_is_held_for_a_few_rows_at_a_time(archive, monkeypatch):
    monkeypatch.setattr(rollups, "_BATCH", 5)
    found = changes(archive, monkeypatch)
    assert len(found) > 30
    assert sum(number > 60 for number in found) <= 1  # to empty the search index is one statement


@pytest.mark.slow
def test_control_a_rebuild_in_large_pieces_is_seen(archive, monkeypatch):
    assert sum(number > 60 for number in changes(archive, monkeypatch)) > 3


@pytest.mark.kills
def test_another_process_saves_between_the_pieces(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(rollups, "_BATCH", FEW)
    before = archive.posts.count()
    posts, stop = PROCESSES.Value("i", 0), PROCESSES.Event()
    other = PROCESSES.Process(target=save_until, args=(str(tmp_path), posts, stop))

    def wait_for_a_save(_: int) -> None:
        until = posts.value + 1
        while posts.value < until:
            assert other.is_alive()
            time.sleep(0.01)

    spoil(archive, *ALL)
    other.start()
    assert archive.rebuild(wait_for_a_save)
    stop.set()
    other.join(100)
    assert other.exitcode == 0
    assert posts.value >= rollups.STEPS
    archive.rebuild()
    assert (archive.differences(), archive.posts.count()) == ([], before + posts.value)
    check_search(archive)


@pytest.mark.kills
def test_a_rebuild_that_was_killed_is_found_and_done_again(archive, tmp_path):
    right, left = facts(archive), []
    for last in (1, 2, 5, 9, 14, 20, 27, 35, 44):
        spoil(archive, *ALL)
        child = PROCESSES.Process(target=rebuild_until, args=(str(tmp_path), last))
        child.start()
        child.join(100)
        assert child.exitcode == -9
        with opened(tmp_path) as again:
            left.append(len(again.differences()))
            again.rebuild()
            assert (again.differences(), facts(again)) == ([], right)
            check_search(again)
    assert left[0] > left[-1] > 0
