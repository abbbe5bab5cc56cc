"""Texts and names go in time, in batches, and no count moves with them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.archive.erasure.compaction import compact
from monitor.archive.values import Hold
from monitor.campaign import KeepSettings
from monitor.core.model import Media, Picture, Tone
from monitor.report.wording import retention
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post
from tests.canary import CANARY, traces

DAY = timedelta(days=1)
KEEP = KeepSettings()
TABLES = ("hours", "days", "author_days", "author_totals", "spans", "ranks", "copies", "tones", "snapshots")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        yield archive


def a_year(archive: Archive, posts: int = 1300) -> None:
    """Save posts by many people over 13 months, with all that hangs on them."""
    saved(
        archive,
        a_page(*(
            a_post(
                id=str(n), by=f"{CANARY}{n % 97}", text=f"{CANARY} says {n % 400}", likes=n % 7,
                created_at=NOON + n * 395 * DAY / posts, media=frozenset({Media.IMAGE}),
                pictures=(Picture(alt=CANARY),), links=frozenset({f"https://a.example/{n % 5}"}),
            )
            for n in range(posts)
        )),
        now=NOON + 395 * DAY, tone=Tone.NEGATIVE,
    )  # fmt: skip


def totals(archive: Archive) -> dict[str, list[object]]:
    """Return every row of every table of counts, and how often each hashtag is used."""
    tags = (
        "SELECT term, day, posts FROM term_days JOIN terms ON id = term_id WHERE kind = 'tag' ORDER BY 1, 2"
    )
    rows = {name: archive.db.execute(f"SELECT * FROM {name} ORDER BY 1, 2, 3").fetchall() for name in TABLES}
    return rows | {"tags": archive.db.execute(tags).fetchall()}


def readable(archive: Archive) -> list[datetime]:
    return [row.created_at for row in archive.posts.every() if row.text is not None]


def removed(archive: Archive, now: datetime, keep: KeepSettings = KEEP) -> list[int]:
    return [*archive.retention.apply(keep, now)]


@pytest.mark.heavy
def test_texts_go_after_a_year_in_batches_and_no_count_moves(archive):
    a_year(archive)
    before, now = totals(archive), NOON + 380 * DAY
    due = archive.retention.due(KEEP, now)
    assert 40 < due < 60
    assert removed(archive, now) == [due]
    assert min(readable(archive)) >= now - 365 * DAY
    rest = archive.retention.due(KEEP, now + 360 * DAY)
    assert removed(archive, now + 360 * DAY) == [500, 500, rest - 1000]
    assert min(readable(archive)) >= now - 5 * DAY
    assert totals(archive) == before
    assert archive.differences() == []
    while archive.checksums.seal():
        pass
    assert archive.checksums.damage() == []


@pytest.mark.heavy
def test_with_the_clock_two_years_on_no_text_and_no_name_is_left_in_any_byte(archive, tmp_path):
    a_year(archive, 600)
    before = totals(archive)
    removed(archive, NOON + 760 * DAY)
    archive.close()
    compact(tmp_path / "archive.db")
    assert traces(tmp_path) == {}
    with opened(tmp_path) as again:
        assert totals(again) == before


@pytest.mark.heavy
def test_control_texts_that_are_not_due_are_found(archive, tmp_path):
    a_year(archive, 600)
    removed(archive, NOON + 360 * DAY)
    archive.close()
    compact(tmp_path / "archive.db")
    assert traces(tmp_path)["archive.db UTF-8"] > 600


def test_a_name_goes_with_what_is_left_of_the_person_a_year_after_their_last_post(archive):
    keep = KeepSettings(text_days=365, author_days=30)
    saved(archive, a_page(a_post(), a_post(id="2", created_at=NOON + 20 * DAY), a_post(id="3", by="bob")))
    removed(archive, NOON + 40 * DAY, keep)
    assert [(row.handle, row.text is None) for row in archive.posts.by_ids([1, 2, 3])] == [
        ("ann@example.org", False), ("ann@example.org", False), (None, True),
    ]  # fmt: skip
    removed(archive, NOON + 60 * DAY, keep)
    assert {row.handle for row in archive.posts.every()} == {None}


def test_a_name_may_be_kept_for_longer_than_the_texts(archive):
    keep = KeepSettings(text_days=10, author_days=30)
    saved(archive, a_page(a_post()))
    removed(archive, NOON + 20 * DAY, keep)
    (row,) = archive.posts.every()
    assert (row.text, row.handle) == (None, "ann@example.org")
    removed(archive, NOON + 31 * DAY, keep)
    (row,) = archive.posts.every()
    assert (row.handle, row.author_id.startswith("gone:")) == (None, True)


def test_after_the_campaigns_last_day_nothing_but_counts_is_left(archive):
    keep = KeepSettings(end=date(2026, 3, 3))
    saved(archive, a_page(a_post(), a_post(id="2", by="bob")))
    assert archive.retention.due(keep, NOON + DAY) == 0
    assert removed(archive, NOON + 2 * DAY, keep) == [2]
    assert {(row.text, row.handle) for row in archive.posts.every()} == {(None, None)}


@pytest.mark.parametrize(
    ("platform", "source", "read", "is_due"),
    [
        ("x", "x", timedelta(), True),
        ("x", "x", 29 * DAY, True),
        ("x", "import", timedelta(), False),
        ("youtube", "youtube", timedelta(), True),
        ("youtube", "youtube", 29 * DAY, False),
        ("mastodon", "mastodon", timedelta(), False),
    ],
    ids=["X", "X, read again", "X, from a file", "YouTube", "YouTube, read again", "another"],
)
def test_a_platforms_own_limit_holds_for_what_it_brought(archive, platform, source, read, is_due):
    post = a_post(platform=platform, likes=1)
    saved(archive, a_page(post), source=source)
    if read:
        saved(archive, a_page(post), source=source, now=NOON + read)
    assert archive.retention.due(KEEP, NOON + 31 * DAY) == is_due
    assert archive.retention.due(KEEP, NOON + 29 * DAY) == 0


@pytest.mark.heavy
def test_it_can_be_stopped_between_two_batches_and_goes_on_there(archive):
    a_year(archive)
    now = NOON + 800 * DAY
    turns = iter([False, True])
    assert [*archive.retention.apply(KEEP, now, lambda: next(turns))] == [500]
    first = min(readable(archive))
    assert len(readable(archive)) == 800
    assert archive.retention.removed_until is None
    assert removed(archive, now) == [500, 300]
    assert first > NOON


def test_settings_say_how_far_it_has_come(archive):
    saved(archive, a_page(a_post(), *(a_post(id=f"{n}", created_at=NOON + DAY) for n in range(2, 5))))
    assert retention(archive.retention.removed_until) == "No texts have been removed yet."
    removed(archive, NOON + 365 * DAY + timedelta(hours=1))
    assert retention(archive.retention.removed_until) == "Texts of posts up to 2 March 2026 are not kept."


def test_what_was_removed_does_not_come_back_with_the_next_poll(archive):
    saved(archive, a_page(a_post()))
    now = NOON + 400 * DAY
    removed(archive, now)
    assert saved(archive, a_page(a_post(), a_post(id="2", created_at=now)), now=now) == 1
    old, new = archive.posts.by_ids([1, 2])
    assert (old.text, new.text is None, old.author_id) == (None, False, new.author_id)


def test_what_is_held_as_evidence_stays_with_its_writers_name_until_the_hold_ends(archive):
    saved(archive, a_page(a_post(), a_post(id="2", by="bob")))
    now = NOON + 400 * DAY
    until = now + 90 * DAY
    archive.holds.save(Hold(post=1, reason="a threat", by="kim", made_at=NOON, until=until))
    assert removed(archive, now) == [1]
    assert [row.handle for row in archive.posts.by_ids([1, 2])] == ["ann@example.org", None]
    assert removed(archive, until) == [1]
    assert readable(archive) == []
