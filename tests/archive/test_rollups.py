"""The counts that triggers keep equal a slow count, after any history; and the check can fail."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from monitor.archive import Archive
from monitor.archive.rollups import _trigger
from monitor.model import Post
from tests.archive.saving import LONDON, opened, saved
from tests.builders import a_page, a_post

TRACKS = ("crime", "knives", "streets")
START = datetime(2026, 3, 25, 21, tzinfo=UTC)  # the clocks go forward on the 29th
FIRST = date(2026, 3, 25)
COUNTING = ["post_joins_track", "post_leaves_track", "numbers_move", "author_day_comes", "author_day_goes"]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        yield archive


@dataclass
class History:
    """Random acts on an archive, and a plain memory of what they should leave."""

    archive: Archive
    chance: random.Random
    posts: dict[tuple[str, str], Post] = field(default_factory=dict)
    tracks: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    now: datetime = START

    def act(self) -> None:
        acts = [self.save, self.save, self.change, self.scrub, self.delete]
        self.now += timedelta(minutes=1)
        self.chance.choice(acts if self.posts else [self.save])()

    def save(self) -> None:
        track = self.chance.choice(TRACKS)
        posts = {(post.platform, post.id): post for post in (self.some_post() for _ in range(4))}
        saved(self.archive, a_page(*posts.values()), track=track, now=self.now)
        for key, post in posts.items():
            self.posts.setdefault(key, post)
            self.tracks.setdefault(key, set()).add(track)

    def change(self) -> None:
        key = self.chance.choice(list(self.posts))
        post = self.posts[key]
        again = a_post(
            platform=post.platform, id=post.id, author=post.author, text=f"now {self.chance.random()}",
            created_at=post.created_at, **self.numbers(),
        )  # fmt: skip
        track = min(self.tracks[key])
        saved(self.archive, a_page(again), track=track, now=self.now)

    def scrub(self) -> None:
        self.archive.scrub([self.row(self.chance.choice(list(self.posts)))], self.now)

    def delete(self) -> None:
        key = self.chance.choice(list(self.posts))
        self.archive.delete([self.row(key)])
        del self.posts[key], self.tracks[key]

    def some_post(self) -> Post:
        return a_post(
            platform=self.chance.choice(("mastodon", "bluesky")),
            id=str(self.chance.randrange(60)),
            by=self.chance.choice("abcde"),
            created_at=START + timedelta(minutes=self.chance.randrange(9 * 24 * 60)),
            **self.numbers(),
        )

    def numbers(self) -> dict[str, int]:
        named = ("likes", "reposts", "replies", "quotes", "views")
        return {name: self.chance.randrange(5) for name in named if self.chance.random() < 0.5}

    def row(self, key: tuple[str, str]) -> int:
        sql = "SELECT id FROM posts WHERE platform = ? AND native_id = ?"
        return int(self.archive.db.execute(sql, key).fetchone()[0])

    def people(self, track: str, first: date, last: date) -> int:
        return len({
            (post.platform, post.author.id)
            for key, post in self.posts.items()
            if track in self.tracks[key] and first <= post.created_at.astimezone(LONDON).date() <= last
        })  # fmt: skip


def a_history(archive: Archive, seed: int, acts: int) -> History:
    history = History(archive, random.Random(seed))
    for _ in range(acts):
        history.act()
    return history


def windows() -> Iterator[tuple[date, date]]:
    for start in range(-1, 11):
        for length in (0, 1, 3, 6):
            first = FIRST + timedelta(days=start)
            yield first, first + timedelta(days=length)


def check_search(archive: Archive) -> None:
    """Raise DatabaseError if the search index does not hold what the posts say."""
    archive.db.execute("INSERT INTO posts_fts (posts_fts, rank) VALUES ('integrity-check', 1)")


@pytest.mark.parametrize("seed", range(12))
def test_rollups_equal_a_rebuild_after_each_act_of_a_random_history(archive, seed):
    history = History(archive, random.Random(seed))
    for _ in range(40):
        history.act()
        assert archive.differences() == []
    check_search(archive)


@pytest.mark.parametrize("seed", range(8))
def test_people_equals_a_slow_count_in_every_window(archive, seed):
    history = a_history(archive, seed, 60)
    for track in TRACKS:
        for first, last in windows():
            assert archive.people(track, first, last) == history.people(track, first, last)


@pytest.mark.parametrize("seed", range(4))
def test_day_counts_equal_a_slow_count(archive, seed):
    history = a_history(archive, seed, 60)
    for track in TRACKS:
        slow: dict[tuple[date, str], int] = {}
        for key, post in history.posts.items():
            if track in history.tracks[key]:
                at = (post.created_at.astimezone(LONDON).date(), post.platform)
                slow[at] = slow.get(at, 0) + 1
        kept = archive.day_counts(track, FIRST, FIRST + timedelta(days=20))
        assert {(day, platform): posts for day, platform, posts in kept} == slow


def test_deleting_every_post_leaves_no_count_behind(archive):
    history = a_history(archive, 1, 50)
    archive.delete([history.row(key) for key in history.posts])
    for table in ("hour_counts", "author_days", "spans"):
        assert archive.db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


@pytest.mark.parametrize("trigger", COUNTING)
def test_control_the_check_sees_a_missing_trigger(archive, trigger):
    archive.db.execute(f"DROP TRIGGER {trigger}")
    a_history(archive, 3, 60)
    assert archive.differences()


def test_control_the_check_sees_a_trigger_that_is_off_by_one(archive):
    wrong = _trigger("author_day_comes").replace("day > NEW.day", "day >= NEW.day")
    archive.db.execute("DROP TRIGGER author_day_comes")
    archive.db.execute(wrong)
    a_history(archive, 3, 60)
    assert archive.differences()


def test_control_the_slow_count_sees_a_window_that_is_off_by_one(archive):
    history = a_history(archive, 3, 60)
    sql = (
        "SELECT ifnull(sum(authors), 0) FROM spans"
        " WHERE track = 'crime' AND day >= ? AND day <= ? AND next_day >= ?"
    )
    wrong = [
        archive.db.execute(sql, [str(first), str(last), str(last)]).fetchone()[0] for first, last in windows()
    ]
    assert wrong != [history.people("crime", first, last) for first, last in windows()]


@pytest.mark.parametrize("trigger", ["text_comes", "text_changes", "text_goes"])
def test_control_the_check_of_the_search_index_sees_a_missing_trigger(archive, trigger):
    archive.db.execute(f"DROP TRIGGER {trigger}")

    def live_and_check() -> None:
        a_history(archive, 3, 60)
        check_search(archive)

    with pytest.raises(sqlite3.DatabaseError):
        live_and_check()


def test_a_rebuild_mends_spoilt_counts_and_the_triggers_go_on(archive):
    history = a_history(archive, 5, 40)
    for table in ("hour_counts", "author_days"):
        archive.db.execute(f"UPDATE {table} SET posts = posts + 1")
    archive.db.execute("DELETE FROM spans")
    assert archive.differences()
    archive.rebuild()
    assert archive.differences() == []
    for _ in range(20):
        history.act()
    assert archive.differences() == []
    check_search(archive)
