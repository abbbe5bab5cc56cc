"""Items that could not be read: kept whole within bounds, and let go in time."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.archive.posts import rejected
from monitor.core.errors import NotPublicError
from monitor.core.model import MOST_RAW, Page, Rejected
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page

HOUR = timedelta(hours=1)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        yield archive


def kept(archive: Archive, columns: str = "reason, raw") -> list[tuple[object, ...]]:
    return archive.db.execute(f"SELECT {columns} FROM rejected ORDER BY id").fetchall()


def number(archive: Archive, source: str = "mastodon") -> int:
    return archive.db.number("SELECT count(*) FROM rejected WHERE source = ?", [source])


def size(archive: Archive) -> int:
    return archive.db.number("SELECT ifnull(sum(length(CAST(raw AS BLOB))), 0) FROM rejected")


def many(number: int, begin: int = 0, length: int = 0) -> Page:
    items = (f"item {begin + n} ".ljust(length, "x") for n in range(number))
    return a_page(rejected=tuple(Rejected.of("no id", item) for item in items))


def test_an_item_is_kept_whole_with_what_it_was_for(archive: Archive) -> None:
    saved(archive, a_page(rejected=(Rejected.of("no id", {"text": "x" * 60_000}),)), track="safety")
    [item] = archive.rejected.every()
    assert item.raw == '{"text": "' + "x" * 60_000 + '"}'
    assert (item.source, item.stream, item.track, item.at) == ("mastodon", "local", "safety", NOON)


@pytest.mark.parametrize("letter", ["x", "é", "\ud800"], ids=["plain", "accented", "half a letter"])
def test_of_an_item_that_is_too_long_the_beginning_is_kept(archive: Archive, letter: str) -> None:
    saved(archive, a_page(rejected=(Rejected.of("no id", letter * (MOST_RAW + 1)),)))
    assert kept(archive, "length(raw)") == [(1000,)]


def test_of_what_is_not_public_only_the_reason_is_kept(archive: Archive) -> None:
    secret = {"content": "for your eyes only", "visibility": "direct"}
    error = NotPublicError("This is a private message, so it is not kept.")
    saved(archive, a_page(rejected=(Rejected.of(error, secret), Rejected.of(ValueError("no id"), secret))))
    assert kept(archive)[0] == ("This is a private message, so it is not kept.", "")
    assert "for your eyes only" in str(kept(archive)[1])  # control: any other reason keeps the item


def test_the_first_100_items_of_a_poll_are_kept_and_all_are_counted(archive: Archive) -> None:
    for begin, length in ((0, 75), (75, 75), (150, 500)):  # three pages of one poll
        saved(archive, many(length, begin))
    assert number(archive) == 100
    assert archive.db.number("SELECT sum(rejected) FROM coverage") == 650
    saved(archive, many(500, 1000), now=NOON + HOUR)
    assert number(archive) == 200


def test_an_item_that_comes_at_each_poll_is_kept_once(archive: Archive) -> None:
    for hour in range(5):
        saved(archive, many(3), now=NOON + hour * HOUR)
    saved(archive, many(3), track="safety")
    assert kept(archive, "track, count(*), min(at)") == [("crime", 6, "2026-03-02T12:00:00Z")]
    assert archive.db.number("SELECT sum(rejected) FROM coverage") == 18


@pytest.mark.heavy
def test_of_a_source_the_newest_1000_are_kept(archive: Archive) -> None:
    saved(archive, many(100), source="lemmy")
    for hour in range(12):
        saved(archive, many(100, 100 * hour), now=NOON + hour * HOUR)
    assert (number(archive), number(archive, "lemmy")) == (1000, 100)
    assert kept(archive, "min(at)") == [("2026-03-02T12:00:00Z",)]  # of lemmy
    assert (
        archive.db.number("SELECT min(CAST(substr(raw, 6) AS INTEGER)) FROM rejected WHERE id > 100") == 200
    )


def test_one_source_cannot_push_out_another_and_all_together_are_bounded(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rejected, "_BYTES_OF_A_SOURCE", 10_000)
    monkeypatch.setattr(rejected, "_BYTES", 25_000)
    saved(archive, many(1, length=1000), source="lemmy")
    saved(archive, many(100, length=1000))
    assert (number(archive, "lemmy"), number(archive)) == (1, 10)
    for source in ("tumblr", "threads", "gdelt"):
        saved(archive, many(100, length=1000), source=source)
    assert size(archive) == 25_000
    assert number(archive, "gdelt") == 10


@pytest.mark.slow
def test_a_thousand_polls_of_wrong_items_fill_no_disk(archive: Archive, tmp_path: Path) -> None:
    after: list[int] = []
    for poll in range(1000):  # each 6 MB, all of them new
        saved(
            archive, many(100, 100 * poll, length=60_000 if poll % 100 == 0 else 600), now=NOON + poll * HOUR
        )
        if poll in (499, 999):
            archive.db.execute("PRAGMA wal_checkpoint (TRUNCATE)")
            after.append((tmp_path / "archive.db").stat().st_size)
    assert number(archive) <= 1000
    assert size(archive) <= 2 * 2**20
    assert archive.db.number("SELECT sum(rejected) FROM coverage") == 100_000
    assert after[1] - after[0] < 500_000  # half a thousand rows of coverage, with their checksums


@pytest.mark.heavy
def test_control_without_the_bounds_the_disk_is_filled(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rejected, "_TRIM_SOURCE", "SELECT ?, ?, ?")
    monkeypatch.setattr(rejected, "_TRIM", "SELECT ?")
    for poll in range(12):
        saved(archive, many(100, 100 * poll, length=60_000), now=NOON + poll * HOUR)
    assert number(archive) > 1000
    assert size(archive) > 8 * 2**20


def test_an_item_is_forgotten_after_30_days(archive: Archive) -> None:
    saved(archive, many(1))
    saved(archive, many(1, 1), now=NOON + HOUR)
    archive.rejected.forget_old(NOON + timedelta(days=30))
    assert number(archive) == 2
    archive.rejected.forget_old(NOON + timedelta(days=30, minutes=30))
    assert number(archive) == 1


GONE = {
    "a post by its address": {"deleted": ("https://towns.example/users/ann/statuses/77",)},
    "a post by its id": {"deleted": ("77",)},
    "its writer": {"deleted_authors": ("https://towns.example/@ann",)},
}


@pytest.mark.parametrize("change", GONE.values(), ids=GONE)
def test_what_is_deleted_where_it_came_from_is_forgotten(
    archive: Archive, change: dict[str, tuple[str, ...]]
) -> None:
    item = {"uri": "https://towns.example/users/ann/statuses/77", "by": "https://towns.example/@ann"}
    other = {"uri": "https://towns.example/users/bob/statuses/777", "by": "https://towns.example/@bob"}
    page = a_page(rejected=(Rejected.of("no text", item), Rejected.of("no text", other)))
    saved(archive, page)
    saved(archive, page, source="lemmy")
    saved(archive, a_page(**change))
    assert number(archive) == 1
    assert "bob" in str(kept(archive, "raw"))
    assert number(archive, "lemmy") == 2
