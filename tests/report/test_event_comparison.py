"""Posts beside an event are compared with the same weekdays of known weeks, and with nothing else."""

from datetime import date, timedelta

import pytest

from monitor.report.comparison.event_comparison import around, needed

DAY = date(2026, 11, 11)
TODAY = date(2026, 11, 22)


def posts(usual: int = 10, **near: int) -> dict[date, dict[str, int]]:
    """Return ten posts a day, and others on the days beside the event: m3 for three days before, p1, ..."""
    said = {DAY + timedelta(days=n): usual for n in range(-70, 12)}
    for name, number in near.items():
        said[DAY + timedelta(days=int(name[1:]) * (-1 if name[0] == "m" else 1))] = number
    return {day: {"a": number} for day, number in said.items()}


def seen(first: date, last: date) -> dict[str, float]:
    return {"a": 1.0}


def test_three_days_before_the_day_and_three_after_are_told_apart():
    before, on, after = around(DAY, posts(m3=1, m1=2, p0=50, p1=3, p3=4), seen, TODAY)
    assert [(s.first.day, s.last.day, s.posts) for s in (before, on, after)] == [
        (8, 10, 13),
        (11, 11, 50),
        (12, 14, 17),
    ]
    assert [s.usual.median for s in (before, on, after)] == [30, 10, 30]
    assert [s.stands for s in (before, on, after)] == ["fewer", "more", "fewer"]


def test_an_ordinary_week_is_as_usual():
    assert [s.stands for s in around(DAY, posts(), seen, TODAY)] == ["usual"] * 3


def test_the_usual_range_is_that_of_the_same_weekdays():
    said = {day: {"a": 100 if day.weekday() == 2 else 0} for day in posts()}
    _, on, after = around(DAY, said, seen, TODAY)
    assert (on.usual.median, after.usual.median, after.usual.high) == (100, 0, 0)
    assert 70 < on.usual.low < 100 < on.usual.high < 130


def test_days_to_come_are_not_zero_and_unfinished_days_never_fewer():
    _, on, after = around(DAY, posts(p0=0, p1=0, p2=0, p3=0), seen, DAY)
    assert (on.posts, on.stands, after.posts, after.stands) == (0, None, None, None)
    _, _, after = around(DAY, posts(p1=99), seen, DAY + timedelta(days=1))
    assert after.stands == "more"


def test_days_that_were_not_collected_are_not_zero():
    def until(first: date, last: date) -> dict[str, float]:
        return {} if first >= DAY else {"a": 1.0}

    _, on, after = around(DAY, posts(p0=0, p1=2, p2=0, p3=0), until, TODAY)
    assert (on.posts, on.stands) == (None, None)
    assert (after.posts, after.whole, after.stands) == (2, False, None)


@pytest.mark.parametrize(("known", "is_usual_known"), [(4, True), (3, False)])
def test_what_is_usual_needs_weeks_that_were_collected(known, is_usual_known):
    def since(first: date, last: date) -> dict[str, float]:
        return {"a": 0.95 if first > DAY - timedelta(weeks=known, days=4) else 0.8}

    before, _, _ = around(DAY, posts(), since, TODAY)
    assert (before.usual is not None) == is_usual_known


def test_no_more_days_are_needed_than_are_used():
    asked = []

    def noted(first: date, last: date) -> dict[str, float]:
        asked.extend((first, last))
        return seen(first, last)

    around(DAY, posts(), noted, TODAY)
    assert (min(asked), max(asked)) == needed(DAY)


def test_a_source_that_began_a_week_before_makes_no_day_unusual():
    both = {day: {"a": 10, "b": 8 * (day > DAY - timedelta(days=7))} for day in posts()}

    def began(first: date, last: date) -> dict[str, float]:
        return {"a": 1.0, "b": 1.0} if first > DAY - timedelta(days=7) else {"a": 1.0}

    def late(first: date, last: date) -> dict[str, float]:
        return {"a": 1.0, "b": 0.5} if first > DAY - timedelta(days=7) else {"a": 1.0}

    on = around(DAY, both, began, TODAY)[1]
    assert (on.posts, on.compared, on.usual.median, on.stands) == (18, 10, 10, "usual")
    on = around(DAY, both, late, TODAY)[1]
    assert (on.posts, on.compared, on.usual.median, on.stands) == (18, 10, 10, None)


def test_what_was_seen_all_the_time_is_most_of_the_posts_or_nothing_is_usual():
    most = {day: {"a": 10, "b": 11 * (day == DAY)} for day in posts()}
    on = around(DAY, most, seen, TODAY)[1]
    assert (on.posts, on.compared, on.usual) == (21, 10, None)


def test_weeks_before_other_words_were_asked_for_say_nothing_of_what_is_usual():
    breaks = [DAY - timedelta(weeks=3)]
    assert [s.usual for s in around(DAY, posts(), seen, TODAY, breaks)] == [None] * 3
    assert around(DAY, posts(), seen, TODAY, [DAY - timedelta(weeks=9)])[1].usual.weeks == 8
