"""What is asked often, or while somebody waits, looks at a few rows, however many there are."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive, coverage
from monitor.archive.query.criteria import Filter
from monitor.core.clock import stamp
from monitor.core.model import Deleted, Pointer, Query
from monitor.kit import KitItem, KitUse
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post

POLLS = {
    "last polls": lambda ledger: ledger.last_polls(NOON),
    "last success": lambda ledger: ledger.last_success(NOON),
    "first poll": lambda ledger: ledger.first_poll("first", "crime"),
    "last save": lambda ledger: ledger.last_save("first"),
    "time of a source that tells none": lambda ledger: ledger.untimed("untimed", "crime"),
    "when it was watched": lambda ledger: ledger.watched("crime"),
    "covered time": lambda ledger: ledger.covered("crime", NOON - timedelta(hours=2), NOON),
}
_OLD_PAIRS = """RECURSIVE first_rows (id) AS (
    SELECT (SELECT id FROM coverage ORDER BY source, track LIMIT 1)
    UNION ALL
    SELECT (SELECT n.id FROM coverage n WHERE (n.source, n.track) > (c.source, c.track)
      ORDER BY n.source, n.track LIMIT 1)
    FROM first_rows JOIN coverage c ON c.id = first_rows.id),
  pairs AS (SELECT c.source, c.track FROM first_rows JOIN coverage c ON c.id = first_rows.id)"""


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory):
    """Return the archives of few polls and of many, which are only read."""
    folder = tmp_path_factory.mktemp("polls")
    with polled(folder / "few", 20) as few, polled(folder / "many", 2000) as many:
        yield few, many


def polled(folder: Path, quarters: int) -> Archive:
    """Return an archive of so many quarters of an hour: each source asked for two tracks, gaps between."""
    folder.mkdir()
    archive = opened(folder)
    sources, tracks = ("first", "second", "untimed"), ("crime", "police")
    times = [NOON - timedelta(minutes=15 * n) for n in reversed(range(quarters))]
    archive.db.executemany(
        "INSERT INTO coverage (source, stream, track, started_at, ended_at, covered_from, covered_until,"
        " outcome, detail, got, new, rejected) VALUES (?, 'a', ?, ?, ?, ?, ?, 'complete', '', 0, 0, 0)",
        [
            (source, track, stamp(at), stamp(at), since if source != "untimed" else None, stamp(at))
            for at in times
            for since in [stamp(at - timedelta(minutes=10))]
            for source in sources
            for track in tracks
        ],
    )
    return archive


def steps(archive: Archive, ask: Callable[[coverage.Coverage], object]) -> int:
    """Return how many hundreds of steps SQLite takes to answer, and one."""
    taken = [0]
    archive.db.conn.set_progress_handler(lambda: taken.append(0), 100)
    ask(archive.coverage)
    archive.db.conn.set_progress_handler(None, 0)
    return len(taken)


@pytest.mark.heavy
@pytest.mark.parametrize("ask", POLLS)
def test_what_is_asked_of_the_polls_costs_the_same_however_many_there_were(ledgers, ask):
    few, many = ledgers
    assert POLLS[ask](many.coverage)
    assert steps(many, POLLS[ask]) <= 1.5 * steps(few, POLLS[ask]) + 1


@pytest.mark.heavy
def test_control_a_walk_from_poll_to_poll_is_seen_to_cost_more(ledgers, monkeypatch):
    few, many = ledgers
    monkeypatch.setattr(coverage, "PAIRS", _OLD_PAIRS)
    assert steps(many, POLLS["last polls"]) > 10 * steps(few, POLLS["last polls"])
    assert many.coverage.last_polls(NOON).keys() == {"first", "second", "untimed"}


@pytest.mark.parametrize("ask", ["of", "unanswered", "due", "delete"])
def test_conversations_are_found_by_indexes_and_not_by_platform(tmp_path, ask):
    with opened(tmp_path) as archive:
        saved(archive, a_page(a_post(id="2", parent="1")))
        sqls: list[str] = []
        archive.db.conn.set_trace_callback(sqls.append)
        ASKS[ask](archive)
        archive.db.conn.set_trace_callback(None)
        sqls = [sql for sql in sqls if re.search(r"native_id, \w\.url\)|conversations c", sql)]
        steps = [row[3] for sql in sqls for row in archive.db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert sqls
    assert [step for step in steps if re.search(r"SCAN (p|o|r|a|posts)$|\(platform=\?\)$", step)] == []


ASKS = {
    "of": lambda archive: archive.conversations.of(1, ["us"]),
    "unanswered": lambda archive: archive.conversations.unanswered(["us"], NOON),
    "due": lambda archive: archive.conversations.due("mastodon", ["us"], NOON, 5),
    "delete": lambda archive: archive.ingest.follow([Deleted(platform="mastodon", id="2")], NOON),
}


def test_the_newest_texts_are_read_from_the_end_of_all_posts(tmp_path):
    with opened(tmp_path) as archive:
        saved(archive, a_page())
        said: list[str] = []
        archive.db.conn.set_trace_callback(said.append)
        archive.posts.texts("crime", NOON - timedelta(days=30), 10)
        archive.db.conn.set_trace_callback(None)
        steps = [row[3] for row in archive.db.execute(f"EXPLAIN QUERY PLAN {said[-1]}")]
    assert "SEARCH p USING INDEX posts_by_time (created_unix>?)" in steps
    assert not [step for step in steps if step.startswith("SCAN") or "ORDER BY" in step]


@pytest.mark.parametrize("missing", [True, False], ids=["not here", "here"])
def test_a_post_s_address_is_looked_up_and_no_post_looked_through(tmp_path, missing):
    with opened(tmp_path) as archive:
        saved(
            archive,
            a_page(a_post(id="https://towns.example/users/ann/1", url="https://towns.example/@ann/1")),
        )
        said: list[str] = []
        archive.db.conn.set_trace_callback(said.append)
        status, pointer = archive.post_status, Pointer(platform="mastodon", id="1", written_at=NOON)
        found = status.find_at(f"https://towns.example/@{'bob' if missing else 'ann'}/1/")
        assert (found is None) == missing
        assert status.find(pointer)
        assert not status.may_be_scrubbed(pointer)
        archive.db.conn.set_trace_callback(None)
        sqls = [sql for sql in said if "FROM posts p" in sql]
        steps = [row[3] for sql in sqls for row in archive.db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    looks = [step for step in steps if re.match(r"(SCAN|SEARCH) p\b", step)]
    assert looks == [
        "SEARCH p USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH p USING INDEX sqlite_autoindex_posts_1 (platform=? AND native_id=?)",
        "SEARCH p USING INDEX posts_by_time (created_unix>? AND created_unix<?)",
        "SEARCH p USING INDEX sqlite_autoindex_posts_1 (platform=? AND native_id>? AND native_id<?)",
    ]


def copied(folder: Path, pairs: int) -> Archive:
    """Return an archive of so many posts of a day, each by somebody else and copied by a bridge."""
    folder.mkdir()
    archive = opened(folder)
    for n in range(pairs):
        original = a_post(id=str(n), by=f"a{n}", text=f"What I saw {n} times at the station")
        copy = a_post(platform="bluesky", id=f"copy {n}", url=None, by=f"b{n}", copy_of=original.url)
        saved(archive, a_page(original, copy))
    return archive


def passed_on(folder: Path, posts: int) -> Archive:
    """Return an archive of so many posts of a day, each by somebody else: in half of them the kit's words."""
    folder.mkdir()
    archive, words = opened(folder), "One officer more on every street of ours"
    archive.history.save_words(Query(track="crime", phrases=("officer",)), NOON - timedelta(days=9))
    archive.history.save_words(Query(track="crime", phrases=("officer",), tags=("ours",)), NOON)
    archive.kit.save(KitItem(words=words), NOON)
    texts = [words if n % 2 else f"Who walks home at {n}?" for n in range(posts)]
    pages = (
        a_post(id=f"{n}", by=f"a{n}", text=text, tags=frozenset({"ours"})) for n, text in enumerate(texts)
    )
    saved(archive, a_page(*pages))
    return archive


def count_steps(archive: Archive, *, is_whole: bool = True) -> int:
    """Return how many tens of steps SQLite takes to count what passes on the kit or has a word, and one."""
    scope = replace(archive.stats.scope("crime", NOON.date(), NOON.date()), is_whole=is_whole)
    phrase, tag = sorted(archive.history.words("crime"))
    taken, posts = [0], archive.stats.total("posts", scope)
    archive.db.conn.set_progress_handler(lambda: taken.append(0), 10)
    counts, uses, tones = (ask(scope) for ask in (archive.kit.counts, archive.kit.uses, archive.kit.tones))
    number = archive.comparable.number_by_words(scope, [tag], [phrase])
    archive.db.conn.set_progress_handler(None, 0)
    assert (counts[KitUse.EXACT], uses, tones) == (posts // 2, {(1, 1): posts // 2}, {"neutral": posts // 2})
    assert number == posts // 2
    return len(taken)


@pytest.mark.heavy
def test_what_passes_on_the_kit_or_has_an_added_hashtag_is_counted_at_the_same_cost(tmp_path):
    few, many = passed_on(tmp_path / "few", 20), passed_on(tmp_path / "many", 400)
    assert count_steps(many) <= 1.2 * count_steps(few)
    assert count_steps(many, is_whole=False) > 3 * count_steps(few, is_whole=False)  # the control


def test_posts_in_own_words_are_asked_one_by_one_and_the_kit_is_not_read_whole(tmp_path):
    with passed_on(tmp_path / "some", 20) as archive:
        scope = archive.stats.scope("crime", NOON.date(), NOON.date())
        statements: list[str] = []
        archive.db.conn.set_trace_callback(statements.append)
        page = archive.post_query.page(Filter(scope=scope, kit=KitUse.OWN))
        archive.db.conn.set_trace_callback(None)
        steps = [row[3] for sql in statements for row in archive.db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert len(page.ids) == 10
    assert [step for step in steps if "kit_matches" in step]
    assert not [step for step in steps if step.startswith("SCAN kit_matches")]


def copy_steps(archive: Archive, *, is_whole: bool) -> int:
    """Return how many tens of steps SQLite takes to count copies, and one."""
    scope = replace(archive.stats.scope("crime", NOON.date(), NOON.date()), is_whole=is_whole)
    taken = [0]
    archive.db.conn.set_progress_handler(lambda: taken.append(0), 10)
    of_all, of_own = archive.stats.copies(scope), archive.comparable.copies(scope, ())
    archive.db.conn.set_progress_handler(None, 0)
    assert (of_all, of_own) == (archive.db.number("SELECT count(*) FROM copies") // 2, 0)
    return len(taken)


@pytest.mark.heavy
def test_copies_of_all_platforms_are_counted_at_the_same_cost_however_many_there_are(tmp_path):
    few, many = copied(tmp_path / "few", 5), copied(tmp_path / "many", 60)
    assert copy_steps(many, is_whole=True) <= 1.5 * copy_steps(few, is_whole=True)
    assert copy_steps(many, is_whole=False) > 3 * copy_steps(few, is_whole=False)  # the control
