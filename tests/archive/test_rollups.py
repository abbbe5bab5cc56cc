"""The counts that SQLite keeps equal a slow count, after any history; broken ones are noticed."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import Archive
from monitor.model import Author, Metrics, Page, Post, Sentiment, Tone

START = datetime(2026, 3, 20, 9, tzinfo=UTC)  # the clocks change on the 29th
ZONE = ZoneInfo("Europe/London")
NEUTRAL = Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "a.db", ZONE) as opened:
        yield opened


def a_post(number: int, chance: random.Random) -> Post:
    numbers = {name: chance.choice([None, 0, 3]) for name in ("likes", "reposts", "replies", "views")}
    return Post(
        platform=("mastodon", "x")[number % 2],
        id=str(number),
        url=f"https://example.org/{number}",
        author=Author(id=f"a{number % 7}"),
        text=f"hello {chance.randrange(4)}",
        created_at=START + timedelta(hours=5 * (number % 97)),
        metrics=Metrics(**numbers),
    )


def save(archive: Archive, posts: list[Post], track: str = "t") -> None:
    archive.save(
        Page(stream="s", posts=tuple(posts)),
        source="x",
        track=track,
        scores=[NEUTRAL] * len(posts),
        analyzer="n",
        started_at=START,
        now=START,
    )


def live(archive: Archive, chance: random.Random, steps: int) -> None:
    """Save, change, scrub and delete at random."""
    for _ in range(steps):
        some = [a_post(chance.randrange(120), chance) for _ in range(3)]
        save(archive, some, chance.choice(["t", "u"]))
        if chance.random() < 0.2:
            archive.delete([chance.randrange(100)])
        if chance.random() < 0.2:
            archive.scrub([chance.randrange(100)], START)


def people_counted_slowly(archive: Archive, first: date, last: date) -> int:
    rows = archive.db.execute(
        "SELECT DISTINCT p.author_id FROM posts p JOIN post_tracks t ON t.post_id = p.id"
        " WHERE t.track = 't' AND p.day BETWEEN ? AND ?",
        [first.isoformat(), last.isoformat()],
    )
    return len(rows.fetchall())


@pytest.mark.parametrize("seed", range(6))
def test_after_any_history_the_kept_counts_equal_a_rebuild(archive, seed):
    chance = random.Random(seed)
    for _ in range(8):
        live(archive, chance, 12)
        assert archive.differences() == []


@pytest.mark.parametrize("seed", range(6))
def test_people_in_any_window_equal_a_slow_count(archive, seed):
    chance = random.Random(seed)
    live(archive, chance, 60)
    for _ in range(40):
        first = START.date() + timedelta(days=chance.randrange(22))
        last = first + timedelta(days=chance.randrange(9))
        assert archive.people("t", first, last) == people_counted_slowly(archive, first, last)


def test_a_rebuild_changes_nothing_that_is_right_and_mends_what_is_wrong(archive):
    live(archive, random.Random(1), 30)
    archive.db.execute("UPDATE author_days SET posts = posts + 1")
    assert archive.differences() != []
    archive.rebuild()
    assert archive.differences() == []
    live(archive, random.Random(2), 10)
    assert archive.differences() == []


TRIGGERS = [
    "post_joins_track",
    "post_leaves_track",
    "post_goes",
    "numbers_move",
    "author_day_comes",
    "author_day_goes",
]


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_missing_trigger_is_noticed(archive, trigger):
    archive.db.execute("PRAGMA foreign_keys = OFF")  # so that only the counts can tell
    archive.db.execute(f"DROP TRIGGER {trigger}")
    live(archive, random.Random(3), 80)
    assert archive.differences() != []


def test_a_repost_of_a_page_adds_no_post_and_no_snapshot(archive):
    post = a_post(1, random.Random(1))
    save(archive, [post])
    save(archive, [post])
    assert archive.count() == 1
    assert archive.db.execute("SELECT count(*) FROM snapshots").fetchone()[0] <= 1
