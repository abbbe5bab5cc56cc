"""What a report has of each counter: in all, of the window, and against a week ago."""

from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.archive.outcomes.counters import BY_HAND, CounterReading
from monitor.archive.outcomes.tallies import TallyEntry
from monitor.report import Window
from monitor.report.outcomes.sentences import note
from monitor.report.outcomes.totals import outcomes

NOW = datetime(2026, 11, 30, 9, 12, tzinfo=UTC)  # a Monday
WEEK = Window(first=date(2026, 11, 23), last=date(2026, 11, 29))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_petition(archive, *readings, read_at=None, **milestones):
    """Add a petition with these readings: how long before NOW, and the total."""
    counter = archive.counters.add("petition", "petition:1", "Calling time on crime", "https://example.org/p")
    for ago, total, *others in readings:
        placed, state = others or (None, "open")
        reading = CounterReading(NOW - ago, total, placed, state)
        archive.counters.save(counter, reading, {}, milestones)
    if read_at:
        archive.counters.unchanged(counter, read_at)
    return counter


def some_paper(archive, *tallies, by="Jo", kind="paper"):
    """Add tallies of paper: the day, and the count."""
    counter = archive.counters.add(kind, kind, "Paper sheets")
    archive.tallies.save(counter, (
        TallyEntry(
            day=day, area="RM10", street="Heathway", count=count, key=f"{n}", by=by, at=NOW - 2 * HOUR
        )
        for n, (day, count) in enumerate(tallies)
    ))  # fmt: skip
    return counter


def each_day(first, *totals):
    """Return a reading each noon, beginning so many days ago."""
    return [((first - n) * DAY, total) for n, total in enumerate(totals)]


def only(archive, window=WEEK, now=NOW):
    (outcome,) = outcomes(archive, window, now)
    return outcome


def test_a_campaign_without_counters_has_no_outcomes(archive):
    assert outcomes(archive, WEEK, NOW) == ()


def test_a_petition_is_told_in_all_and_of_the_window(archive):
    a_petition(archive, *each_day(8, 100, 110, 130, 130, 160, 150, 170, 200, 230), read_at=NOW)
    outcome = only(archive)
    assert (outcome.total, outcome.added, outcome.removed, outcome.known) == (230, 110, 10, WEEK)
    assert outcome.days == (20 - 10, 20, 0, 30, -10, 20, 30)
    assert note(outcome, NOW) == "read just now, 120 more than a week ago"


def test_a_day_that_was_not_read_is_unknown_and_so_is_the_one_after(archive):
    readings = each_day(8, 100, 110, 130, 130, 160, 150, 170, 200, 230)
    a_petition(archive, *(reading for n, reading in enumerate(readings) if n != 3))
    outcome = only(archive)
    assert outcome.days == (10, 20, None, None, -10, 20, 30)
    assert (outcome.added, outcome.removed, outcome.known) == (110, 10, WEEK)


def test_days_before_the_first_reading_and_to_come_are_unknown(archive):
    a_petition(archive, *each_day(2, 100, 110, 130))
    outcome = only(archive, Window(first=date(2026, 11, 27), last=date(2026, 12, 2)))
    assert outcome.days == (None, None, 10, 20, None, None)
    assert (outcome.added, outcome.known) == (30, Window(first=date(2026, 11, 29), last=date(2026, 11, 30)))


@pytest.mark.parametrize(
    ("readings", "read_at", "words"),
    [
        ([(9 * DAY, 640), (HOUR, 600)], NOW - HOUR, "read 1 hour ago, 40 fewer than on Saturday 21 November"),
        ([(7 * DAY, 600), (HOUR, 600)], NOW - HOUR, "read 1 hour ago, as many as a week ago"),
        ([(3 * DAY, 600), (HOUR, 612)], NOW - HOUR, "read 1 hour ago, 12 more than on Friday 27 November"),
        ([(2 * HOUR, 600)], NOW - 2 * HOUR, "read 2 hours ago"),
        ([(12 * DAY, 500), (9 * DAY, 600)], NOW - 9 * DAY, "read 9 days ago"),
        ([(8 * HOUR, 600, None, BY_HAND)], None, "entered 8 hours ago"),
    ],
    ids=["older than a week", "alike", "first lately", "first today", "not read for long", "by hand"],
)  # fmt: skip
def test_what_is_compared_with_a_week_ago_says_with_when(archive, readings, read_at, words):
    a_petition(archive, *readings, read_at=read_at)
    assert note(only(archive), NOW) == words


def test_a_counter_that_was_never_read_is_not_zero(archive):
    a_petition(archive)
    outcome = only(archive)
    assert (outcome.total, outcome.added, set(outcome.days)) == (None, None, {None})
    assert note(outcome, NOW) == "nothing counted yet"


def test_paper_is_told_by_day_and_a_day_without_a_stall_is_no_zero(archive):
    some_paper(archive, (date(2026, 11, 18), 30), (date(2026, 11, 24), 46), (date(2026, 11, 26), 10))
    outcome = only(archive)
    assert (outcome.total, outcome.added, outcome.known) == (86, 56, WEEK)
    assert outcome.days == (None, 46, None, 10, None, None, None)
    assert outcome.totals == (30, 76, 76, 86, None, None, None)
    assert note(outcome, NOW) == "entered 2 hours ago, 56 more than a week ago"


def test_a_stall_that_nobody_signed_at_is_a_count_of_none(archive):
    some_paper(archive, (date(2026, 11, 18), 30), (date(2026, 11, 24), 0))
    outcome = only(archive)
    assert (outcome.total, outcome.added, outcome.known, outcome.days[1]) == (30, 0, WEEK, 0)


@pytest.mark.parametrize("kind", ["paper", "survey", "visits"])
def test_of_the_days_before_the_first_entry_nothing_is_known(archive, kind):
    some_paper(archive, (NOW.date(), 46), kind=kind)
    outcome = only(archive)
    assert (outcome.total, outcome.added, outcome.last) == (46, None, NOW.date())
    assert {*outcome.days, *outcome.totals} == {None}
    assert note(outcome, NOW) == "entered 2 hours ago"


def test_a_survey_is_known_from_its_first_answer_to_its_last(archive):
    some_paper(archive, (date(2026, 11, 25), 5), (date(2026, 11, 27), 8), kind="survey")
    outcome = only(archive)
    assert outcome.days == (None, None, 5, 0, 8, None, None)
    assert (outcome.added, outcome.known) == (13, Window(first=date(2026, 11, 25), last=date(2026, 11, 27)))
    assert note(outcome, NOW) == "entered 2 hours ago, 8 more than on Wednesday 25 November"


def test_sheets_that_are_taken_back_count_no_more_and_the_last_leaves_nothing(archive):
    counter = some_paper(archive, (date(2026, 11, 24), 46), (date(2026, 11, 25), 4))
    newest, first = archive.tallies.latest(counter)
    archive.tallies.take_back([newest.id], NOW)
    assert only(archive).total == 46
    archive.tallies.take_back([first.id], NOW)
    outcome = only(archive)
    assert (outcome.total, outcome.added, note(outcome, NOW)) == (None, None, "nothing counted yet")


def test_sheets_of_days_out_of_the_window_add_nothing_that_is_known_to_it(archive):
    some_paper(archive, (date(2026, 11, 18), 30))
    assert only(archive).added is None


def test_the_weeks_before_say_what_is_usual_and_a_fall_counts_as_none_in_them(archive):
    totals = [100 + 10 * n - 30 * (n > 20) for n in range(31)]  # on Saturday 21 November it falls by 20
    a_petition(archive, *each_day(30, *totals))
    assert only(archive).weeks == ((10, 10, 10, 10, 10, 0, 10), (10,) * 7, (10,) * 7)


def test_a_window_that_is_no_week_has_no_usual_weeks(archive):
    a_petition(archive, *each_day(60, *range(100, 161)))
    assert only(archive, Window(first=date(2026, 11, 1), last=date(2026, 11, 29))).weeks == ()
    assert len(only(archive).weeks) == 7


def test_a_week_ago_is_meant_to_the_hour(archive):
    a_petition(archive, (7 * DAY + HOUR, 500), (7 * DAY - 2 * HOUR, 560), (HOUR, 610))
    assert note(only(archive), NOW) == "read 1 hour ago, 110 more than a week ago"


def test_a_page_that_is_gone_keeps_its_last_number_with_its_age(archive):
    counter = a_petition(archive, (12 * DAY, 500), (9 * DAY, 600))
    archive.counters.save(counter, CounterReading(NOW - HOUR, None, None, "removed"), {}, {"removed": NOW})
    outcome = only(archive)
    assert (outcome.total, outcome.state, outcome.added) == (600, "removed", None)
    assert note(outcome, NOW) == "removed by its site, read 9 days ago"
