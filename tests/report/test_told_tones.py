"""Tones are told so that no two answers, subtracted, tell what one person seems to think."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from monitor.core.model import Author, Tone
from monitor.report import Window
from monitor.report.lookup.tone import tones_in
from monitor.report.window import days, tells_opinions
from tests.archive.saving import opened, saved
from tests.builders import a_page, a_post
from tests.report.test_slow_counts import build_at

MONDAY, TODAY = date(2026, 3, 16), date(2026, 4, 9)  # a Thursday
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "last", "is_told"),
    [
        (MONDAY, MONDAY + 6 * DAY, True),
        (MONDAY, MONDAY + 13 * DAY, True),
        (date(2026, 4, 6), date(2026, 4, 12), True),
        (date(2026, 4, 6), TODAY, True),
        (TODAY - 27 * DAY, TODAY, True),
        (date(2026, 2, 26), TODAY, True),
        (TODAY, TODAY, False),
        (MONDAY, MONDAY + 5 * DAY, False),
        (MONDAY + DAY, MONDAY + 6 * DAY, False),
        (TODAY - 26 * DAY, TODAY, False),
        (TODAY - 27 * DAY, date(2026, 4, 5), False),
    ],
    ids=[
        "a week", "two", "this week", "this week until now", "four weeks", "all", "today", "six days",
        "from Tuesday", "some days until now", "four weeks less some days",
    ],
)  # fmt: skip
def test_only_days_that_cannot_be_subtracted_from_each_other_have_tones(first, last, is_told):
    assert tells_opinions(Window(first=first, last=last), TODAY, date(2026, 2, 26)) is is_told


@pytest.fixture
def archive(tmp_path):
    """Lend an archive where ten people sound each way on each day, and one more on Thursday, elsewhere."""
    with opened(tmp_path) as archive:
        for platform, people, dates in (("mastodon", 10, (0, 1, 2, 7, 8)), ("lemmy", 1, (3,))):
            for tone in (Tone.NEGATIVE, Tone.NEUTRAL):
                posts = [
                    a_post(
                        id=f"{tone}{day}-{n}", platform=platform, author=Author(id=f"{tone}{n}", handle="a"),
                        created_at=datetime.combine(MONDAY + day * DAY, time(12), UTC),
                    )
                    for day in dates for n in range(people)
                ]  # fmt: skip
                saved(archive, a_page(*posts), source=platform, tone=tone)
        yield archive


@pytest.mark.heavy
def test_tones_are_of_all_platforms_together(archive):
    week = Window(first=MONDAY, last=MONDAY + 6 * DAY)
    assert build_at(archive, "crime", week, frozenset()).tones[Tone.NEGATIVE] == 31
    for platform in ("mastodon", "lemmy"):
        assert build_at(archive, "crime", week, frozenset({platform})).tones == {}


def test_days_have_tones_only_in_weeks_of_which_each_day_has(archive):
    weeks = Window(first=MONDAY, last=MONDAY + 13 * DAY)
    report = build_at(archive, "crime", weeks, frozenset())
    tones = tones_in(archive, report, [Window(first=day, last=day) for day in days(weeks)])
    assert [day.get(Tone.NEGATIVE) for day in tones] == [None] * 7 + [10, 10, 0, 0, 0, 0, 0]
