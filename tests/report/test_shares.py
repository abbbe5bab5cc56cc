"""Tracks are compared over the days that all of them were watched; unknown is not 0."""

from dataclasses import replace

import pytest

from monitor.archive import Archive
from monitor.campaign import Track
from monitor.report.build import build
from tests.report.stored import CAMPAIGN
from tests.report.watched import DAY, MONDAY, THIS, at, daily, watch

pytestmark = pytest.mark.heavy

OTHER = Track(name="other", title="#Other", tags=("Other",))
BOTH = replace(CAMPAIGN, tracks=(CAMPAIGN.tracks[0], OTHER))
START, END = at(16, 0), at(23, 0)


def shares(archive: Archive) -> list[tuple[int | None, float | None]]:
    shown = build(archive, BOTH, THIS, now=MONDAY, sources=())
    return [(one.posts, one.share) for one in shown.shares]


def test_a_track_that_was_watched_on_two_days_of_seven_has_its_part_of_these(archive):
    watch(archive, START, END, daily(START, at(22), 6))
    watch(archive, at(18, 0), at(20, 0), daily(at(18), at(19), 6, by="o"), track="other")
    assert shares(archive) == [(42, 0.5), (12, 0.5)]


def test_a_real_difference_is_told(archive):
    watch(archive, START, END, daily(START, at(22), 6))
    others = [replace(one, id=f"o{one.id}") for one in daily(START, at(22), 2)]
    watch(archive, START, END, others, track="other")
    assert shares(archive) == [(42, 0.75), (14, 0.25)]


def test_what_one_source_saw_for_one_track_only_is_in_no_part(archive):
    watch(archive, START, END, daily(START, at(22), 6))
    watch(archive, START, END, daily(START, at(22), 6, "bluesky"), "bluesky")
    others = [replace(one, id=f"o{one.id}") for one in daily(START, at(22), 6)]
    watch(archive, START, END, others, track="other")
    assert shares(archive) == [(84, 0.5), (42, 0.5)]


def test_without_a_day_that_both_were_watched_no_part_is_known(archive):
    watch(archive, START, END, daily(START, at(22), 6))
    assert shares(archive) == [(42, None), (None, None)]
    watch(archive, at(9, 0), at(16, 0), track="other")
    assert shares(archive) == [(42, None), (None, None)]


@pytest.mark.parametrize(
    ("hours", "share"), [(21, None), (22, 0.0)], ids=["most of a day", "nearly all of it"]
)
def test_a_day_counts_of_which_nine_tenths_were_seen(archive, hours, share):
    watch(archive, START, END, daily(START, at(22), 6))
    watch(archive, START, START + DAY * hours / 24, track="other")
    assert shares(archive)[1] == (0, share)
