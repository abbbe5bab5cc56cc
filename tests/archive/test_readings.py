"""Readings of one post: whatever order they come in, the archive ends the same."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.archive.posts import readings
from monitor.core.model import Metrics, Picture, Tone
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post

LATER = NOON + timedelta(days=9)
HOUR = timedelta(hours=1)
LEFT = (
    "SELECT text, likes, reposts, replies, quotes, views, followers, tone, read_at, edited_at FROM posts",
    "SELECT handle, name, followers, read_at FROM authors",
    "SELECT * FROM snapshots ORDER BY read_at",
    "SELECT kind, term FROM terms JOIN post_terms ON term_id = id ORDER BY 1, 2",
    "SELECT place, alt, address FROM pictures ORDER BY place",
    "SELECT day, posts, likes, views, positive FROM days",
    "SELECT day, followers FROM author_days",
)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        yield archive


def cells(archive: Archive, sql: str) -> list[tuple[object, ...]]:
    return archive.db.execute(sql).fetchall()


def numbers(archive: Archive) -> tuple[object, ...]:
    (row,) = cells(archive, "SELECT likes, views FROM posts")
    return row


def left(archive: Archive, captures) -> list[object]:
    for capture in captures:
        saved(archive, a_page(capture), now=LATER)
    assert archive.differences() == []
    return [cells(archive, sql) for sql in LEFT]


def captures(chance: random.Random):
    """Return ten captures of a post whose numbers, words and writer change, not all said each time."""

    def perhaps(value):
        return value if chance.random() < 0.7 else None

    for number in range(10):
        post = a_post(text=f"Enough #tag{number // 4}", tags=frozenset({f"tag{number // 4}"}))
        yield replace(
            post,
            author=replace(post.author, name=f"Ann {number}", followers=perhaps(chance.randrange(50))),
            metrics=Metrics(likes=perhaps(chance.randrange(9)), views=perhaps(chance.randrange(900))),
            pictures=(Picture(alt=f"picture {number // 4}"),),
            read_at=NOON + number * HOUR,
        )


def shuffles(tmp_path: Path, times: int) -> set[str]:
    chance = random.Random(7)
    posts = [*captures(chance)]
    ends = set()
    for number in range(times):
        folder = tmp_path / str(number)
        folder.mkdir()
        with opened(folder) as archive:
            ends.add(repr(left(archive, posts)))
        chance.shuffle(posts)
    return ends


@pytest.mark.slow
def test_ten_captures_of_one_post_in_any_order_end_the_same(tmp_path):
    assert len(shuffles(tmp_path, 100)) == 1


@pytest.mark.heavy
def test_captures_of_one_file_and_each_in_a_file_of_its_own_end_the_same(tmp_path):
    posts = [*captures(random.Random(7))]
    (tmp_path / "one").mkdir()
    (tmp_path / "many").mkdir()
    with opened(tmp_path / "one") as one, opened(tmp_path / "many") as many:
        saved(one, a_page(*reversed(posts)), now=LATER)
        assert left(one, []) == left(many, posts)


@pytest.mark.slow
def test_control_if_what_comes_last_counts_they_do_not(tmp_path, monkeypatch):
    monkeypatch.setattr(readings, "_RECKON", "UPDATE posts SET likes = 1 WHERE id = ? AND likes IS NULL")
    assert len(shuffles(tmp_path, 10)) > 1


def test_an_older_capture_changes_no_number_and_stands_before_the_newer_one(archive):
    saved(archive, a_page(a_post(likes=500, read_at=NOON + 2 * HOUR)), now=LATER)
    saved(archive, a_page(a_post(likes=3, read_at=NOON + HOUR)), now=LATER)
    assert numbers(archive) == (500, None)
    assert cells(archive, "SELECT likes FROM snapshots ORDER BY read_at") == [(3,), (500,)]


def test_an_older_capture_tells_what_no_later_one_said(archive):
    saved(archive, a_page(a_post(likes=5, read_at=NOON + 2 * HOUR)), now=LATER)
    saved(archive, a_page(a_post(likes=3, views=40, read_at=NOON + HOUR)), now=LATER)
    assert numbers(archive) == (5, 40)


def test_a_look_that_found_the_same_numbers_outweighs_a_capture_from_before_it(archive):
    saved(archive, a_page(a_post(likes=5)), now=NOON)
    saved(archive, a_page(a_post(likes=5)), now=NOON + 48 * HOUR)
    saved(archive, a_page(a_post(likes=4, read_at=NOON + 24 * HOUR)), now=LATER)
    assert numbers(archive) == (5, None)
    assert cells(archive, "SELECT likes FROM snapshots ORDER BY read_at") == [(5,), (4,), (5,)]


def test_two_captures_of_one_second_are_one_reading_of_the_larger_numbers(archive):
    for likes in (4, 6, 5):
        saved(archive, a_page(a_post(likes=likes, read_at=NOON)), now=LATER)
    assert numbers(archive) == (6, None)
    assert cells(archive, "SELECT likes FROM snapshots") == [(6,)]


def test_a_capture_from_the_future_was_read_now(archive):
    saved(archive, a_page(a_post(likes=4, read_at=LATER + 99 * HOUR)), now=LATER)
    saved(archive, a_page(a_post(likes=6)), now=LATER + HOUR)
    assert numbers(archive) == (6, None)


def test_older_words_are_not_taken_for_an_edit_and_their_tone_is_not_kept(archive):
    saved(archive, a_page(a_post(text="new #b", tags=frozenset({"b"}), read_at=NOON + HOUR)), now=LATER)
    older = a_page(a_post(text="old #a", tags=frozenset({"a"}), read_at=NOON))
    saved(archive, older, now=LATER, tone=Tone.NEGATIVE)
    assert cells(archive, "SELECT text, tone FROM posts") == [("new #b", "neutral")]
    assert cells(archive, "SELECT tag FROM post_tags") == [("b",)]
    assert cells(archive, "SELECT rowid FROM posts_fts WHERE posts_fts MATCH 'old'") == []


def test_a_post_in_an_archive_from_before_readings_were_kept_has_its_last_snapshot_as_the_latest(archive):
    saved(archive, a_page(a_post(likes=1)), now=NOON)
    saved(archive, a_page(a_post(likes=9)), now=NOON + 5 * HOUR)
    archive.db.execute("UPDATE posts SET read_unix = NULL")
    archive.db.execute("UPDATE snapshots SET followers = NULL")
    older = a_post(likes=3, read_at=NOON + HOUR)
    saved(archive, a_page(replace(older, author=replace(older.author, followers=99))), now=LATER)
    assert cells(archive, "SELECT likes, followers FROM posts") == [(9, 7)]


@pytest.mark.heavy
def test_what_was_read_while_the_clock_was_ahead_outweighs_nothing_that_is_read_when_it_is_right(archive):
    saved(archive, a_page(a_post(text="old", likes=9)), now=NOON)
    saved(archive, a_page(a_post(text="old", likes=10)), now=NOON + 240 * HOUR)
    saved(archive, a_page(a_post(text="new", likes=4)), now=NOON + HOUR)
    assert cells(archive, "SELECT text, likes FROM posts") == [("new", 4)]
    assert cells(archive, "SELECT likes FROM snapshots ORDER BY read_at") == [(9,), (10,), (4,)]
    assert archive.differences() == []


@pytest.mark.parametrize("likes", [None, 1], ids=["no number yet", "no followers yet"])
def test_followers_stay_those_of_the_first_reading_that_told_them(archive, likes):
    post = a_post(likes=likes)
    for hours, followers, more in ((0, None if likes else 3, likes), (48, 3, likes), (96, 9, 5)):
        author = replace(post.author, followers=followers)
        metrics = replace(post.metrics, likes=more)
        page = a_page(replace(post, author=author, metrics=metrics))
        saved(archive, page, now=NOON + hours * HOUR)
    assert cells(archive, "SELECT likes, followers FROM posts") == [(5, 3)]


def test_a_post_keeps_its_pictures_what_it_answers_and_what_brought_it(archive):
    pictures = (Picture(alt="A map", address="https://example.org/map.png"), Picture(alt="A graph"))
    saved(archive, a_page(a_post(parent="7", root="1", pictures=pictures), stream="tag"), now=LATER)
    assert archive.posts.pictures(1) == pictures
    assert cells(archive, "SELECT parent, root FROM posts") == [("7", "1")]
    assert archive.posts.origin(1)[1:] == ("tag", LATER, LATER)


def test_a_scrubbed_post_has_no_picture_and_answers_nothing(archive):
    post = a_post(parent="7", root="1", pictures=(Picture(alt="A map of Dagenham"),))
    saved(archive, a_page(post), now=LATER)
    archive.ingest.scrub([1], LATER)
    saved(archive, a_page(post), now=LATER + HOUR)
    assert archive.posts.pictures(1) == ()
    assert cells(archive, "SELECT parent, root FROM posts") == [(None, None)]
