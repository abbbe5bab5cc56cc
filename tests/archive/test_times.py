"""Times are kept as numbers and read as text, day and hour by the campaign's clock, as they always were."""

from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils.utils import sqlite3

from monitor.archive import Archive
from monitor.archive.connection import OF_DAYS
from monitor.archive.posts import messages
from monitor.core.clock import stamp
from monitor.core.model import PostKind
from tests.archive.saving import LONDON, opened, saved
from tests.builders import NOON, a_page, a_post
from tests.recorded import load

COUNTED = "16d8760"  # an archive whose counts are not made again when it is brought up to date
MOMENTS = {
    "winter": ("Europe/London", datetime(2026, 1, 5, 23, 59, 59, tzinfo=UTC)),
    "summer, the next day": ("Europe/London", datetime(2026, 6, 30, 23, 30, tzinfo=UTC)),
    "the hour that comes twice, first": ("Europe/London", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    "the hour that comes twice, again": ("Europe/London", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    "the west, the day before": ("America/New_York", datetime(2026, 3, 1, 2, tzinfo=UTC)),
    "half an hour ahead": ("Asia/Kolkata", datetime(2026, 12, 31, 18, 45, tzinfo=UTC)),
    "half an hour behind": ("America/St_Johns", datetime(2026, 1, 1, 3, 15, tzinfo=UTC)),
    "before 1970": ("Europe/London", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
    "the last second there is": ("Europe/London", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
}


@pytest.mark.parametrize(("zone", "at"), MOMENTS.values(), ids=MOMENTS)
def test_a_time_that_is_kept_as_a_number_reads_as_it_did(tmp_path, zone, at):
    local = at.astimezone(ZoneInfo(zone)).isoformat()
    with closing(Archive.open(tmp_path / "archive.db", ZoneInfo(zone))) as archive:
        saved(archive, a_page(a_post(created_at=at)), now=NOON)
        [row] = archive.db.execute("SELECT created_at, day, hour, first_seen_at, read_at, due_at FROM posts")
    assert row == (stamp(at), local[:10], local[:13] + local[-6:], stamp(NOON), stamp(NOON), None)


OLD_MOMENTS = {
    "London until 1847": ("Europe/London", "1840-06-01T23:59:30Z"),
    "the first year": ("Europe/London", "0001-01-01T05:00:00Z"),
    "today": ("Europe/London", "2026-07-01T23:30:00Z"),
    "Liberia until 1972": ("Africa/Monrovia", "1970-03-03T10:59:00Z"),
}


@pytest.mark.heavy
@pytest.mark.parametrize(("zone", "moment"), OLD_MOMENTS.values(), ids=OLD_MOMENTS)
def test_a_time_of_an_old_archive_is_kept_to_the_second_and_its_day_and_counts_are_right(
    tmp_path, zone, moment
):
    """London was behind Greenwich by 75 seconds, which an hour's name told only in part; so was Liberia."""
    path = load("archive", COUNTED, tmp_path / "old.db")
    local = datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)).isoformat()
    with closing(sqlite3.connect(path)) as db, db:
        series = db.execute("DELETE FROM post_series WHERE post_id = 1 RETURNING series").fetchall()
        values = [moment, local[:10], local[:13] + local[-6:]]
        db.execute("UPDATE posts SET created_at = ?, day = ?, hour = ? WHERE id = 1", values)
        db.execute("UPDATE post_keys SET at = unixepoch(?) WHERE post_id = 1 AND at > 0", [moment])
        db.execute("UPDATE meta SET value = ? WHERE value = 'Europe/London'", [zone])
        db.executemany("INSERT INTO post_series (post_id, series) VALUES (1, ?)", series)
    with closing(Archive.open(path, ZoneInfo(zone), demo=True)) as archive:
        [row] = archive.db.execute("SELECT created_at, day, substr(hour, 1, 13) FROM posts WHERE id = 1")
        assert archive.differences() == []
    assert row == (moment, local[:10], local[:13])


@pytest.mark.heavy
def test_an_archive_that_became_smaller_is_written_anew_and_a_new_one_is_not(tmp_path):
    with closing(Archive.open(load("archive", COUNTED, tmp_path / "old.db"), LONDON, demo=True)) as old:
        assert not old.retention.is_compact
    with opened(tmp_path) as archive:
        assert archive.retention.is_compact


@pytest.mark.heavy
def test_a_sketch_of_an_old_archive_is_packed_and_says_the_same(tmp_path: Path):
    article = a_post(
        kind=PostKind.ARTICLE, text="Fly-tipping in Barking falls by 30 per cent\n" + "word by word " * 40
    )
    with opened(tmp_path) as archive:
        saved(archive, a_page(article))
        [(packed,)] = archive.db.execute("SELECT sketch FROM sketches").fetchall()
        archive.db.execute("UPDATE sketches SET sketch = ?", [as_it_was(packed)])
        messages.pack_sketches(archive.db)
        assert archive.db.execute("SELECT sketch FROM sketches").fetchall() == [(packed,)]
        assert archive.differences() == []


def as_it_was(packed: bytes) -> str:
    """Return a sketch in JSON."""
    lengths, numbers = packed[:3], [int.from_bytes(packed[n : n + 4]) for n in range(3, len(packed), 4)]
    parts = []
    for length in lengths:
        parts, numbers = [*parts, numbers[:length]], numbers[length:]
    return str(parts)


@pytest.mark.heavy
def test_an_index_that_somebody_made_over_times_is_sound_after_an_upgrade(tmp_path):
    path = load("archive", COUNTED, tmp_path / "old.db")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE INDEX own_posts ON posts (day, created_at)")
        db.execute("CREATE INDEX own_authors ON authors (read_at)")
    with closing(Archive.open(path, LONDON, demo=True)) as archive:
        assert archive.db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("zone", ["Europe/London", "America/Havana", "Australia/Lord_Howe", "Asia/Kolkata"])
def test_posts_of_local_days_are_those_whose_day_it_is(tmp_path, zone):
    local, minutes = ZoneInfo(zone), (-61, -31, -1, 0, 1, 29, 31, 61)
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    with closing(Archive.open(tmp_path / "archive.db", local)) as archive:
        nights = [datetime.combine(day, time(), local).astimezone(UTC) for day in days]
        changes = [night for night, next_one in pairwise(nights) if next_one - night != timedelta(days=1)]
        times = {night + timedelta(hours=h, minutes=m) for night in changes for h in (0, 24) for m in minutes}
        times |= {nights[200] + timedelta(minutes=m) for m in minutes}
        saved(archive, a_page(*(a_post(id=f"{at}", created_at=at) for at in sorted(times))), now=NOON)
        for first, last in ((0, 364), *((n, n) for n in range(365))):
            values = {"since": f"{days[first]}", "until": f"{days[last] + timedelta(days=1)}"}
            by_time, by_day = (
                archive.db.column(f"SELECT id FROM posts p WHERE {test} ORDER BY id", values)
                for test in (OF_DAYS, "day >= :since AND day < :until")
            )
            assert by_time == by_day
    assert len(times) >= (8 if zone == "Asia/Kolkata" else 30)


def test_posts_of_a_day_are_come_by_without_reading_those_of_its_neighbours(tmp_path):
    with opened(tmp_path) as archive:
        others = (a_post(id=f"{n}", created_at=NOON + timedelta(days=n % 2 * 2 - 1)) for n in range(200))
        saved(archive, a_page(a_post(id="one"), *others))
        steps = []
        for last in (NOON.date(), NOON.date() + timedelta(days=1)):  # the second is the control
            taken, scope = [0], archive.stats.scope("crime", NOON.date(), last)
            archive.db.conn.set_progress_handler(lambda taken=taken: taken.append(0), 10)
            assert archive.posts.newest(scope)
            archive.stats.place_people(scope)
            archive.db.conn.set_progress_handler(None, 0)
            steps.append(len(taken))
    assert steps[0] * 4 < steps[1]
