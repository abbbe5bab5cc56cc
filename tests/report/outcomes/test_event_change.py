"""What was counted after an event: said by its rank among earlier weeks, never where days are unknown."""

from datetime import date, timedelta
from itertools import accumulate

import pytest

from bench.outcomes import EVENTS, Kind, by_poisson, by_rank, more
from monitor.report.outcomes.event_change import WEEKS, EventChange, change_words, event_change

DAY = timedelta(days=1)
FIRST = date(2026, 1, 5)
EVENT = FIRST + 8 * 7 * DAY
KINDS = [
    (9, Kind(2, 0, 0.03)),
    (9, Kind(100, 0.03, 0.03, spread=1)),
    (13, Kind(20, 0, 0)),
    (26, Kind(20, -0.05, 0.03)),
    (52, Kind(100, 0.03, 0, spread=1)),
]


def totals_of(counts: dict[date, int]) -> dict[date, int | None]:
    """Return the totals at the ends of days that follow each other, from the one before the first."""
    first = min(counts) - DAY
    return {first + n * DAY: total for n, total in enumerate(accumulate(counts.values(), initial=0))}


def daily(*, after: int, days: int = 70, event: date = EVENT) -> dict[date, int | None]:
    """Return totals of ten a day, one more on each Saturday, and of another number from the event on."""
    counts = {
        day: after if day >= event else 10 + (day.weekday() == 5)
        for day in (FIRST + n * DAY for n in range(days))
    }
    return totals_of(counts)


def test_a_change_is_told_with_its_rank_among_the_earlier_ones():
    assert event_change(daily(after=20), EVENT) == EventChange(before=71, after=140, smaller=43, earlier=43)
    assert change_words(event_change(daily(after=20), EVENT)) == (
        "More than in most weeks: 140 in the 7 days from then on, 71 in the 7 before."
        " The change was larger than in 43 of 43 earlier comparisons of one week with the next."
    )


def test_a_week_like_the_others_does_not_stand_out():
    totals = daily(after=11)
    totals = {day: total + 9 * (day >= EVENT - 20 * DAY) for day, total in totals.items()}
    change = event_change(totals, EVENT)
    assert not change.stands_out
    assert change_words(change).startswith("Not clearly more than in other weeks: 77 in")


def test_fewer_than_before_is_told_without_a_rank():
    assert change_words(event_change(daily(after=10), EVENT)) == (
        "Not more than before: 70 in the 7 days from then on, 71 in the 7 before."
    )


def test_fewer_than_before_is_never_more_even_where_every_week_had_fewer():
    counts = {FIRST + n * DAY: 2000 - 20 * n for n in range(70)}
    change = event_change(totals_of(counts), EVENT)
    assert change.after < change.before
    assert not EventChange(before=20, after=19, smaller=43, earlier=43).stands_out


def without(totals: dict, *days: date) -> dict:
    return {day: None if day in days else total for day, total in totals.items()}


@pytest.mark.parametrize(
    ("totals", "told"),
    [
        ({}, False),
        (daily(after=20), True),
        (daily(after=20, days=7 * 9), False),
        (daily(after=20, days=7 * 9 + 1), True),
        (daily(after=20, event=EVENT - DAY), True),
        ({day: total for day, total in daily(after=20).items() if day >= FIRST}, False),
        (without(daily(after=20), EVENT - DAY), False),
        (without(daily(after=20), EVENT + 6 * DAY), False),
        (without(daily(after=20), EVENT - 8 * DAY), False),
        (without(daily(after=20), EVENT, EVENT - 2 * DAY, EVENT + 3 * DAY), False),
        (without(daily(after=20), EVENT, EVENT + 3 * DAY), True),
    ],
    ids=[
        "nothing", "eight weeks", "not over", "just over", "another day", "a day less than eight weeks",
        "begin unread", "end unread", "begin of the week before unread", "too few earlier changes",
        "unread within the week",
    ],
)  # fmt: skip
def test_a_change_is_told_only_where_its_weeks_and_eight_more_were_read(totals, told):
    assert (event_change(totals, EVENT) is not None) == told
    assert bool(change_words(event_change(totals, EVENT))) == told


def test_an_unread_day_is_left_out_and_is_no_day_without_signatures():
    counts = {FIRST + n * DAY: 10 for n in range(100)}
    totals = totals_of(counts)
    event = FIRST + 85 * DAY
    gap = [FIRST + n * DAY for n in range(30, 40)]
    whole, holed = event_change(totals, event), event_change(without(totals, *gap), event)
    assert (holed.before, holed.after) == (whole.before, whole.after) == (70, 70)
    assert holed.earlier < whole.earlier
    assert holed.smaller == whole.smaller == 0


@pytest.mark.parametrize("fall", [-3, 2], ids=["in the week before", "after the event"])
def test_what_was_taken_off_is_told_apart_and_makes_no_week_look_poor(fall):
    totals = daily(after=20)
    fallen = {day: total - 158 * (day >= EVENT + fall * DAY) for day, total in totals.items()}
    change, whole = event_change(fallen, EVENT), event_change(totals, EVENT)
    assert abs(change.after - whole.after) + abs(change.before - whole.before) in (10, 20)  # the day itself
    assert change.stands_out
    removed = 158 - 10 - 10 * (fall > 0)
    assert f"Left out: at least {removed} taken off again in these two weeks." in change_words(change)


@pytest.mark.parametrize(("after", "told"), [(9, False), (10, True)])
def test_of_a_handful_in_a_week_nothing_is_said(after, told):
    counts = {FIRST + n * DAY: 0 for n in range(70)} | {EVENT: after}
    assert (event_change(totals_of(counts), EVENT) is not None) == told


def test_what_is_older_than_half_a_year_is_not_compared():
    counts = {FIRST + n * DAY: 10 for n in range(400)}
    change = event_change(totals_of(counts), FIRST + 380 * DAY)
    assert change.earlier == 7 * (WEEKS - 2) + 1


@pytest.mark.slow
@pytest.mark.parametrize(("weeks", "kind"), KINDS, ids=str)
def test_where_nothing_happened_more_is_hardly_ever_said(weeks, kind):
    assert (weeks, kind) in EVENTS
    assert more(by_rank, kind, weeks, 1, 300) <= 0.13


@pytest.mark.slow
def test_what_clearly_rose_is_found():
    assert more(by_rank, Kind(20, 0, 0), 13, 1.5, 100) > 0.5
    assert more(by_rank, Kind(2, 0, 0.03), 13, 3, 100) > 0.5


@pytest.mark.slow
def test_control_the_usual_comparison_is_wrong_far_more_often():
    assert more(by_poisson, Kind(20, 0, 0.03), 13, 1, 200) > 0.2
