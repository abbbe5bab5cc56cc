"""What is said of a counter beside its numbers is what its source says, and no more."""

import pytest

from monitor.report.outcomes.sentences import facts
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


@pytest.mark.parametrize("at", [IN_IT, None], ids=["so", "gone back"])
def test_what_a_petition_reached_and_what_its_site_takes_back(at):
    outcome = an_outcome(placed=None, milestones={"closed": at})
    (sentence,) = facts(outcome, a_week(outcomes=(outcome,)))
    assert (
        sentence.startswith("The petition ") if at else sentence.startswith("Its site takes this back: The")
    )
