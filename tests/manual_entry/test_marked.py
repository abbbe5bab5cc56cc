"""What was entered by hand is counted, and marked as such wherever it is shown."""

from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.archive import Archive
from monitor.charts.series import by_platform
from monitor.collect.source_status import states
from monitor.export.provenance import coverage
from monitor.manual_entry import BY_HAND
from monitor.manual_entry.entry import entry
from monitor.report import Window
from monitor.report.anonymise import nameless
from monitor.report.build import build
from monitor.report.wording import FILTERS, title_of
from tests.archive.saving import saved
from tests.builders import a_page, a_post
from tests.dashboard.reports import CAMPAIGN

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TRACK = CAMPAIGN.tracks[0].name
DAY = date(2026, 11, 20)


def an_entry(**said: str):
    usual = {"where": "Facebook group", "when": f"{DAY} 18:30", "text": "A good stall"}
    return entry(usual | said, CAMPAIGN.zone, NOW)


@pytest.fixture
def archive(tmp_path):
    with Archive.open(tmp_path / "a.db", CAMPAIGN.zone) as archive:
        yield archive


def report(archive, **changes):
    window = Window(first=DAY - timedelta(days=1), last=DAY + timedelta(days=1))
    sources = states(archive, CAMPAIGN, NOW)
    return build(archive, CAMPAIGN, window, now=NOW, sources=sources, **changes)


def entered(archive, *entries):
    saved(archive, a_page(*entries), track=TRACK, source=BY_HAND)


def test_entries_count_as_posts_and_those_without_a_name_as_one_person_for_a_place(archive):
    entered(archive, an_entry(), an_entry(text="Another"), an_entry(text="Third", who="Cllr Ann"))
    found = report(archive)
    assert (found.posts.value, found.figures["people"].value) == (3, 2)
    assert {post.seen_in for post in found.latest} == {"Facebook group"}
    assert FILTERS["platform_title"](BY_HAND) == title_of(BY_HAND) == "By hand"


def test_a_day_without_entries_is_neither_zero_nor_not_collected(archive):
    entered(archive, an_entry())
    found = report(archive)
    assert [day.posts for day in found.days] == [{}, {BY_HAND: 1}, {}]
    [series] = by_platform(found.days)
    assert (series.name, series.counts, series.none) == ("By hand", (None, 1, None), "none entered")


def test_entries_cover_no_time(archive):
    entered(archive, an_entry())
    found = report(archive)
    assert [one.share for one in found.covered if one.source == BY_HAND] == [None]
    assert ("By hand", "entered by people") in coverage(found)
    assert all(day.unknown for day in found.days) == all(day.unknown for day in report(archive).days)
    assert archive.coverage.covered(TRACK, NOW - timedelta(days=9), NOW) == []


def test_without_entries_nothing_is_said_of_them(archive):
    saved(archive, a_page(a_post(created_at=NOW)), track=TRACK)
    assert BY_HAND not in [one.source for one in report(archive).covered]


def test_entries_can_be_left_out_by_choosing_platforms(archive):
    entered(archive, an_entry())
    assert report(archive, platforms=frozenset({"bluesky"})).posts.value != 1
    assert report(archive, platforms=frozenset({BY_HAND})).posts.value == 1


def test_who_may_see_no_names_is_told_a_common_place_and_no_other(archive):
    entered(archive, an_entry(), an_entry(where="Ann Smith's street chat", who="Ann Smith", text="Two"))
    found = nameless(report(archive))
    assert {post.seen_in for post in found.latest} == {"Facebook group", ""}
    assert {post.name for post in found.latest} == {None}


def test_the_archive_finds_entries_by_their_ids_and_the_latest_first(archive):
    one, other = an_entry(), an_entry(text="Another", when=f"{DAY} 09:00")
    assert archive.coverage.last_save(BY_HAND) == 0
    entered(archive, one)
    before = archive.coverage.last_save(BY_HAND)
    entered(archive, other)
    assert archive.coverage.last_save(BY_HAND) > before > 0
    assert archive.posts.ids_of(BY_HAND, [other.id, "none", one.id]) == {one.id: 1, other.id: 2}
    assert archive.posts.ids_of("mastodon", [one.id]) == {}
    assert [row.native_id for row in archive.posts.latest_stored(BY_HAND, 5)] == [other.id, one.id]
