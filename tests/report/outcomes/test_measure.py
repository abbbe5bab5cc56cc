"""The numbers of outcomes: their SQL gives what the report has, and a campaign without has none of them."""

import pytest

from monitor.archive.outcomes.counters import CounterReading
from monitor.report import Window
from monitor.report.build import build
from monitor.report.figures import definitions, measures, statements
from monitor.report.measure import Face
from tests.report.outcomes.planted import DAY, a_tally, some_outcomes
from tests.report.stored import CAMPAIGN, NOW

OUTCOMES = [one for one in measures() if one.outcome]
WEEK = Window(first=NOW.date() - 6 * DAY, last=NOW.date())


def report_of(archive):
    return build(archive, CAMPAIGN, WEEK, now=NOW, sources=())


def of_sql(archive, measure):
    return archive.db.execute(measure.sql).fetchone()[0]


@pytest.mark.parametrize("measure", OUTCOMES, ids=lambda one: one.key)
def test_the_sql_of_an_outcome_gives_the_figure_of_the_report(archive, measure):
    assert not of_sql(archive, measure)
    some_outcomes(archive, NOW)
    assert of_sql(archive, measure) == measure.figure(report_of(archive)).value > 100


@pytest.mark.heavy
@pytest.mark.parametrize("measure", OUTCOMES, ids=lambda one: one.key)
def test_control_a_count_of_another_kind_would_be_noticed(archive, measure):
    some_outcomes(archive, NOW)
    others = {of_sql(archive, one) for one in OUTCOMES if one is not measure}
    assert measure.figure(report_of(archive)).value not in others


def test_two_petitions_are_a_sum_and_each_has_its_words(archive):
    some_outcomes(archive, NOW)
    other = archive.counters.add("petition", "petition:2", "Lights\non the A13", "javascript:alert(1)")
    archive.counters.save(other, CounterReading(NOW, 12, None, "open"), {}, {})
    archive.counters.add("petition", "petition:3", "Never read")
    (petition,) = [one for one in OUTCOMES if one.key == "petition"]
    report = report_of(archive)
    figure, statement = petition.figure(report), petition.statement(report)
    assert (figure.value, figure.known, figure.of) == (9_000 + 60 * 70 + 12, 2, 3)
    assert statement.words == (
        "More police: 13,200, as of Sun 22 Nov, 12:00, 420 more than a week ago;"
        " Lights on the A13: 12, as of Sun 22 Nov, 12:00; Never read: not known, nothing counted yet"
    )
    assert statement.basis == "known for 2 of 3 counters"
    assert [one.title for one in report.outcomes if one.kind == "petition"][1] == "Lights on the A13"


def test_sheets_that_were_taken_back_are_in_no_number(archive):
    counter = archive.counters.add("paper", "paper", "Paper")
    archive.tallies.save(counter, [a_tally(NOW.date(), 40, NOW), a_tally(NOW.date(), 2, NOW, key="b")])
    archive.tallies.take_back([archive.tallies.latest(counter)[0].id], NOW)
    (paper,) = [one for one in OUTCOMES if one.key == "paper"]
    assert of_sql(archive, paper) == paper.figure(report_of(archive)).value == 40


@pytest.mark.heavy
def test_a_campaign_without_counters_has_none_of_these_numbers(archive):
    bare = report_of(archive)
    keys = {one.key for one in OUTCOMES}
    assert not keys & {one.key for face in Face for one in statements(bare, face)}
    assert not keys & definitions(bare).keys()
    assert keys < definitions().keys()
    some_outcomes(archive, NOW)
    assert keys < {one.key for one in statements(report_of(archive), Face.CSV)}
