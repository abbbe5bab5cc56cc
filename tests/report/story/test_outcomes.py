"""What is news of signatures and the like: far outside their own usual, a fall, and what happens once."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.report import OutcomeCount
from monitor.report.story import story
from monitor.report.story.finding import Kind
from tests.report.outcomes.planted import DAY, IN_IT, WINDOW, an_outcome
from tests.report.story.weeks import a_week

BEFORE = datetime(2026, 11, 2, 9, tzinfo=UTC)


def told(*outcomes: OutcomeCount, **changes: object) -> list[str]:
    """Return what a usual week of posts tells beside its posts."""
    return [one.sentence for one in story(a_week(outcomes=outcomes, **changes)) if one.kind is Kind.OUTCOME]


def test_an_ordinary_week_of_signatures_is_no_news():
    assert told(an_outcome(), an_outcome(kind="paper"), an_outcome(None), an_outcome(9_000, "visits")) == []


@pytest.mark.parametrize(
    ("outcome", "start"),
    [
        (an_outcome(410), "More signatures online than usual: 410 (usually 58 to 86)"),
        (an_outcome(12), "Fewer signatures online than usual: 12 (usually 58 to 86)"),
        (an_outcome(400, "survey"), "More answers to the survey than usual: 400 (usually"),
        (an_outcome(9, weeks=((0, 0, 0, 0, 1, 0, 0),) * 8), "9 signatures online (usually "),
        (
            an_outcome(71, removed=31),
            "At least 31 signatures online were taken off again; there are 9,000 now",
        ),
    ],
    ids=["more", "fewer", "survey", "few", "a fall"],
)
def test_a_week_far_from_its_own_usual_and_a_fall_are_news(outcome, start):
    (sentence,) = told(outcome)
    assert sentence.startswith(start)


def test_a_week_of_which_not_every_day_is_known_is_not_compared():
    begun = replace(WINDOW, first=WINDOW.first + 2 * DAY)
    assert told(an_outcome(12, known=begun)) == []


@pytest.mark.parametrize(("closed", "is_news"), [(IN_IT, False), (None, False), (IN_IT + 7 * DAY, True)])
def test_that_a_closed_petition_got_fewer_signatures_is_no_news(closed, is_news):
    outcome = an_outcome(12, state="closed", milestones={"closed": closed})
    fewer = "Fewer signatures online than usual: 12 (usually 58 to 86)"
    assert (fewer in told(outcome)) is is_news
    assert told(replace(outcome, added=410))[-1].startswith("More signatures online than usual: 410")


def test_a_small_fall_and_a_week_that_is_not_over_are_no_news():
    assert told(an_outcome(71, removed=4)) == []
    assert told(an_outcome(410), is_over=False) == []


@pytest.mark.parametrize(
    ("milestones", "sentences"),
    [
        ({"debated": IN_IT, "closed": BEFORE}, ["The petition was debated in Parliament"]),
        ({"removed": IN_IT}, ["The petition was removed by its site"]),
        ({"closed": BEFORE}, []),
        ({"response_threshold_reached": None}, []),
        ({"a word that nobody knows": IN_IT}, []),
    ],
    ids=["debated", "removed", "before the week", "taken back", "unknown"],
)  # fmt: skip
def test_what_a_petition_does_once_is_news_in_its_week(milestones, sentences):
    assert told(an_outcome(milestones=milestones)) == sentences


def test_of_several_petitions_none_is_named_as_it_may_become_a_subject():
    one, other = an_outcome(milestones={"closed": IN_IT}), an_outcome(id=2)
    assert told(one, other) == ["A petition is closed for signatures"]


def test_the_first_mention_in_parliament_is_news_and_later_ones_are_not():
    first = an_outcome(2, "parliament", total=2, weeks=())
    assert told(first) == ["The campaign was mentioned in Parliament for the first time"]
    assert told(replace(first, total=5)) == []


def test_a_finding_leads_to_its_days_of_the_outcomes_page():
    (finding,) = [one for one in story(a_week(outcomes=(an_outcome(410),))) if one.kind is Kind.OUTCOME]
    assert finding.address.startswith("/outcomes?since=2026-11-16&until=")
    assert (finding.figure, finding.value, finding.usual.weeks) == ("petition", 410, 8)
