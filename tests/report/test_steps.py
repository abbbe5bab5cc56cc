"""What broke the series is told with its day: sources, words, files, looks back, definitions."""

from dataclasses import replace

import pytest

from monitor.archive import Archive
from monitor.campaign import SourceSettings
from monitor.core.model import Query
from monitor.manual_entry import BY_HAND
from monitor.report import Report, Step
from monitor.report.build import build
from tests.report.stored import CAMPAIGN
from tests.report.test_file_claims import claim
from tests.report.watched import DAY, LAST, MONDAY, THIS, TRACK, at, come, daily, post, report, watch

pytestmark = pytest.mark.heavy

BEGUN = at(5, 0, month=10)
Told = list[tuple[int, Step, str, int | None]]


def told(shown: Report) -> Told:
    return [(one.day.day, one.step, one.subject, one.posts) for one in shown.steps]


@pytest.fixture
def watched(archive: Archive) -> Archive:
    watch(archive, BEGUN, MONDAY, daily(BEGUN, at(22), 6))
    return archive


def test_an_even_history_has_no_step(watched):
    assert told(report(watched)) == []
    assert told(report(watched, replace(THIS, first=BEGUN.date() - DAY))) == []  # the beginning is none


def test_a_source_that_was_switched_on_is_told_with_its_posts(watched):
    watch(watched, at(17, 6), MONDAY, daily(at(17), at(22), 12, "bluesky"), "bluesky")
    shown = report(watched)
    assert shown.comparison is None
    assert told(shown) == [(17, Step.SOURCE_ON, "bluesky", 72)]
    assert told(report(watched, LAST)) == []


def test_a_source_whose_past_was_read_is_no_step(watched):
    watch(watched, at(17, 6), MONDAY, platform="bluesky")
    come(
        watched,
        daily(BEGUN, at(16), 2, "bluesky"),
        at(17, 9),
        "back:bluesky:a/b",
        "bluesky",
        BEGUN,
        at(17, 6),
    )
    assert told(report(watched)) == []


def test_a_source_that_was_switched_off_is_told(watched):
    watch(watched, BEGUN, at(13, 6), daily(BEGUN, at(12), 2, "bluesky"), "bluesky")
    off = {**CAMPAIGN.sources, "bluesky": SourceSettings(on=False, every_minutes=5)}
    shown = build(watched, replace(CAMPAIGN, sources=off), THIS, now=MONDAY, sources=())
    assert told(shown) == [(13, Step.SOURCE_OFF, "bluesky", None)]
    assert told(report(watched)) == []  # it is on, and fails: the page of sources says why


def test_words_that_were_added_and_removed_are_told(watched):
    for when, tags in ((BEGUN, ("a", "callingtimeoncrime")), (at(11), ("callingtimeoncrime", "b"))):
        watched.history.save_words(Query(track=TRACK, tags=tags), when)
    watch(watched, at(18, 0), MONDAY, [post(f"b{n}", at(18, n), tags=frozenset({"b"})) for n in range(5)])
    assert report(watched).comparison
    steps = told(report(watched))
    assert sorted(steps) == [(11, Step.TAG_ADDED, "#b", 5), (11, Step.TAG_REMOVED, "#a", None)]


def test_a_file_and_a_look_back_are_told_with_what_they_brought_beside_the_polls(watched):
    come(watched, daily(at(17), at(22), 3, "x"), at(24), "import:tweets.csv", "import")
    come(watched, [post(f"f{n}", at(18, n)) for n in range(9)], at(19), "back:mastodon:a/b")
    come(watched, [post("n", at(18), BY_HAND)], at(19), BY_HAND, BY_HAND)
    assert told(report(watched, now=at(25))) == [
        (19, Step.LOOK_BACK, "mastodon", 9),
        (24, Step.FILE, "tweets.csv", 18),
    ]


def test_files_that_are_everything_are_no_steps(archive):
    for week in (LAST, THIS):
        claim(archive, week)
        start = at(week.first.day)
        come(archive, daily(start, start + 6 * DAY, 2, "x"), MONDAY, f"import:{start:%d}.csv", "import")
    shown = report(archive)
    assert (shown.posts.finished, shown.posts.before, told(shown)) == (14, 14, [])


def test_a_new_definition_is_told(watched):
    watched.history.save_definitions({"people": 1}, BEGUN)
    watched.history.save_definitions({"people": 2}, at(18))
    assert told(report(watched)) == [(18, Step.DEFINITION, "people", None)]
