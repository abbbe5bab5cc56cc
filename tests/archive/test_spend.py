"""The book of money: months by the calendar of UTC, on the disk before anything is asked."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import Archive

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def archive(tmp_path: Path):
    with Archive.open(tmp_path / "a.db", LONDON) as opened:
        yield opened


def test_what_was_set_aside_counts_as_spent_until_it_is_settled(archive: Archive) -> None:
    row = archive.spend.reserve("x", 70, 100, NOW)
    assert archive.spend.spent("x", NOW) == 70
    assert archive.spend.reserve("x", 31, 100, NOW) is None
    archive.spend.settle(row, 20, {}, NOW)
    assert archive.spend.spent("x", NOW) == 20
    assert archive.spend.reserve("x", 80, 100, NOW) is not None
    assert archive.spend.spent("y", NOW) == 0


@pytest.mark.parametrize(
    ("at", "november", "december"),
    [
        (datetime(2026, 10, 31, 23, 49, tzinfo=UTC), 0, 0),
        (datetime(2026, 10, 31, 23, 51, tzinfo=UTC), 5, 0),
        (NOW, 5, 0),
        (datetime(2026, 11, 30, 23, 51, tzinfo=UTC), 5, 5),
        (datetime(2026, 12, 1, 0, 9, tzinfo=UTC), 5, 5),
        (datetime(2026, 12, 1, 0, 11, tzinfo=UTC), 0, 5),
    ],
)
def test_what_is_asked_about_midnight_is_in_both_months(archive, at, november, december) -> None:
    archive.spend.reserve("x", 5, 100, at)
    assert archive.spend.spent("x", NOW) == november
    assert archive.spend.spent("x", NOW + timedelta(days=30)) == december


def test_money_is_on_the_disk_before_it_is_spent(archive: Archive) -> None:
    said: list[str] = []
    archive.db.conn.set_trace_callback(said.append)
    archive.spend.reserve("x", 5, 100, NOW)
    kept = [line.split(" (")[0] for line in said if line.startswith(("PRAGMA", "INSERT", "COMMIT"))]
    assert list(dict.fromkeys(kept)) == [  # a statement is named again for each trigger that it sets off
        "PRAGMA synchronous = FULL", "INSERT INTO spending", "COMMIT", "PRAGMA synchronous = NORMAL",
    ]  # fmt: skip


@pytest.mark.parametrize(("hours", "free"), [(0, {"1"}), (11, {"1"}), (12, set()), (30, set())])
def test_what_was_bought_is_free_for_the_rest_of_the_day_of_utc(archive, hours, free) -> None:
    row = archive.spend.reserve("x", 5, 100, NOW)
    archive.spend.settle(row, 5, {"post": ["1"]}, NOW)
    assert archive.spend.bought("x", "post", ["1", "2"], NOW + timedelta(hours=hours)) == free
