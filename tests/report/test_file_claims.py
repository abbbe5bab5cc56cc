"""Weeks that came from files: compared if a person says that a file is everything."""

from datetime import UTC, date, datetime

import pytest

from monitor.archive import Archive
from monitor.archive.values import FileClaim
from monitor.core.errors import EntryError
from monitor.report import Report, Window
from monitor.report.build import build
from monitor.report.coverage import file_claim
from monitor.report.window import bounds
from monitor.report.wording import time_share
from tests.report.stored import CAMPAIGN, NOW, a_post, save

LAST = Window(first=date(2026, 11, 9), last=date(2026, 11, 15))
BEFORE = Window(first=date(2026, 11, 2), last=date(2026, 11, 8))
TODAY = date(2026, 11, 22)


def report(archive: Archive, window: Window) -> Report:
    return build(archive, CAMPAIGN, window, now=NOW, sources=())


def claim(archive: Archive, week: Window, day: date = TODAY) -> None:
    since, until = bounds(CAMPAIGN.zone, week)
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    told = FileClaim(source="x", since=since, until=min(until, NOW), file="x.csv", at=at)
    archive.coverage.save_file_claim(told, CAMPAIGN.tracks[0].name)


def of_two_weeks(archive: Archive) -> Report:
    for week, number in ((BEFORE, 2), (LAST, 5)):
        at = datetime(week.first.year, week.first.month, week.first.day, 12, tzinfo=UTC)
        posts = [a_post(f"{week.first}-{n}", at, platform="x") for n in range(number)]
        save(archive, *posts, source="import")
    return report(archive, LAST)


def test_weeks_that_came_from_files_are_not_compared_unless_they_are_said_to_be_everything(archive):
    shown = of_two_weeks(archive)
    assert (shown.posts.value, shown.posts.finished, shown.posts.before) == (5, None, None)
    assert [day.unknown for day in shown.days] == [1.0] * 7
    assert "x" not in {one.source for one in shown.covered}


def test_weeks_of_which_a_file_is_everything_are_compared(archive):
    claim(archive, BEFORE)
    claim(archive, LAST)
    shown = of_two_weeks(archive)
    assert (shown.posts.value, shown.posts.finished, shown.posts.before) == (5, 5, 2)
    assert [day.unknown for day in shown.days] == [0.0] * 7
    assert [day.posts for day in shown.days] == [{"x": 5}, *[{"x": 0}] * 6]


def test_a_week_of_which_the_file_before_says_nothing_is_not_compared(archive):
    claim(archive, LAST)
    assert of_two_weeks(archive).posts.before is None


def test_it_is_said_that_time_is_known_from_a_file_and_since_when(archive):
    claim(archive, BEFORE, date(2026, 11, 17))
    claim(archive, LAST, date(2026, 11, 20))
    [x] = [one for one in of_two_weeks(archive).covered if one.source == "x"]
    assert time_share(x) == "100% of the time, from a file imported on 20 November 2026"
    [mastodon] = [one for one in report(archive, LAST).covered if one.source == "mastodon"]
    assert time_share(mastodon) == "0% of the time"


@pytest.mark.parametrize(
    ("last", "until"),
    [(date(2026, 11, 15), datetime(2026, 11, 16, tzinfo=UTC)), (date(2026, 11, 22), NOW)],
    ids=["days that are over", "a day that is not over"],
)
def test_a_file_says_nothing_of_time_that_is_still_to_come(last, until):
    window = Window(first=date(2026, 11, 9), last=last)
    told = file_claim("x", window, "x.csv", zone=CAMPAIGN.zone, saved_at=NOW, now=NOW)
    assert (told.since, told.until) == (datetime(2026, 11, 9, tzinfo=UTC), until)


def test_a_file_says_nothing_of_time_after_it_was_saved():
    window = Window(first=date(2026, 11, 9), last=date(2026, 11, 15))
    saved_at = datetime(2026, 11, 12, 9, tzinfo=UTC)
    told = file_claim("x", window, "x.csv", zone=CAMPAIGN.zone, saved_at=saved_at, now=NOW)
    assert told.until == saved_at


def test_days_that_are_still_to_come_are_refused():
    window = Window(first=date(2026, 11, 23), last=date(2026, 11, 24))
    with pytest.raises(EntryError, match="2026-11-23 is later than the date"):
        file_claim("x", window, "x.csv", zone=CAMPAIGN.zone, saved_at=NOW, now=NOW)
