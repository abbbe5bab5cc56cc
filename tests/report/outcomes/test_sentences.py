"""What is said of a counter beside its numbers is what its source says, and no more."""

import pytest

from monitor.report.outcomes.sentences import facts, outcome_lines
from monitor.report.wording import moment
from tests.report.outcomes.planted import IN_IT, an_outcome
from tests.report.story.weeks import a_week


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"placed": 8_990}, ["8,990 of 9,000 placed in the UK."]),
        ({"placed": 9_002}, ["9,002 placed in the UK, 9,000 in all: counted at different times."]),
        ({"placed": None}, []),
        ({"placed": None, "state": "closed"}, ["The petition is closed for signatures."]),
        ({"placed": None, "milestones": {"no_word_of_ours": IN_IT}}, []),
    ],
    ids=["fewer parts", "more parts than the whole", "not placed", "closed", "nothing we know"],
)
def test_parts_are_told_beside_the_whole(changes, sentences):
    outcome = an_outcome(**changes)
    assert [*facts(outcome, a_week(outcomes=(outcome,)))] == sentences


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("open", "as of {}, 100 more than on Thursday 12 November"),
        ("closed", "closed for signatures, as of {}, 100 more than on Thursday 12 November"),
        ("rejected", "rejected by its site, as of {}, 100 more than on Thursday 12 November"),
        ("removed", "removed by its site, as of {}"),
    ],
)
def test_a_petition_that_has_ended_says_so_on_every_line(state, words):
    outcome = an_outcome(state=state)
    report = a_week(outcomes=(outcome,))
    [line], time = (
        outcome_lines(report),
        moment(outcome.as_of.astimezone(report.made_at.tzinfo), report.made_at),
    )
    assert line == f"Signed online: 9,000, {words.format(time)}"


@pytest.mark.parametrize("at", [IN_IT, None], ids=["so", "gone back"])
def test_what_a_petition_reached_and_what_its_site_takes_back(at):
    outcome = an_outcome(placed=None, milestones={"closed": at})
    (sentence,) = facts(outcome, a_week(outcomes=(outcome,)))
    assert (
        sentence.startswith("The petition ") if at else sentence.startswith("Its site takes this back: The")
    )
