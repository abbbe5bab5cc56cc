"""What each source is doing, in the words that pages and commands show."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.campaign import Dissolution, SourceSettings, Track, load
from monitor.collect import past
from monitor.collect.source_status import outcome_states, states
from monitor.core.model import Outcome, Page, Rejected
from monitor.outcomes import TRACK
from monitor.report import stalled_since, wording
from monitor.report.wording import mark, working
from tests.builders import a_post
from tests.campaigns import PAPERS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CAMPAIGN = replace(
    load(Path(__file__).parents[2] / "config/campaign.toml"),
    privacy=PAPERS,
    tracks=tuple(Track(name=name, title=name, tags=(name,)) for name in ("first", "second")),
    sources={
        "x": SourceSettings(on=True, every_minutes=5),
        "reddit": SourceSettings(on=False, every_minutes=5),
    },
)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "a.db", CAMPAIGN.zone) as opened:
        yield opened


def polled(archive: Archive, track: str, at: datetime, **page: object) -> None:
    archive.ingest.save(
        Page(stream=f"x:{track}", **page),
        source="x", track=track, scores=[], analyzer="n", started_at=at, now=at,
    )  # fmt: skip


def state(archive: Archive, now: datetime = NOW + timedelta(minutes=9)):
    return states(archive, CAMPAIGN, now)[0]


def test_a_source_that_was_never_polled_has_no_outcome(archive):
    never = state(archive)
    assert (never.outcome, never.last_poll, never.last_success) == (None, None, None)


def test_a_source_switched_off_says_so_and_needs_nobody(archive):
    off = states(archive, CAMPAIGN, NOW + timedelta(days=9))[1]
    assert (off.on, off.needs_person) == (False, False)
    assert "Switched off" in off.detail


def test_trouble_with_one_track_is_shown_though_a_later_track_went_well(archive):
    polled(archive, "first", NOW, outcome=Outcome.UNREACHABLE, detail="It could not be reached.")
    polled(archive, "second", NOW + timedelta(seconds=9))
    found = state(archive)
    assert (found.outcome, found.detail) == ("unreachable", "It could not be reached.")
    assert found.last_success == NOW + timedelta(seconds=9)
    assert past(archive, CAMPAIGN, NOW + timedelta(seconds=9))["x"].last == NOW + timedelta(seconds=9)


def test_trouble_that_is_over_is_not_shown(archive):
    polled(archive, "first", NOW, outcome=Outcome.UNREACHABLE, detail="It could not be reached.")
    polled(archive, "first", NOW + timedelta(minutes=5))
    assert (state(archive).outcome, state(archive).detail) == ("complete", "")


def test_a_refused_key_needs_a_person(archive):
    polled(archive, "first", NOW, outcome=Outcome.REFUSED, detail="The key was refused.")
    assert state(archive).needs_person


def test_the_same_trouble_of_several_streams_is_said_once(archive):
    for _ in range(3):
        polled(archive, "first", NOW, outcome=Outcome.UNREACHABLE, detail="It could not be reached.")
    assert state(archive).detail == "It could not be reached."


def test_the_same_trouble_of_several_addresses_is_said_once(archive):
    for name in ("a", "b", "c"):
        page = Page(
            stream=name,
            outcome=Outcome.UNREACHABLE,
            detail=f"It is down. (The feed is https://{name}.example/rss)",
        )
        archive.ingest.save(page, source="x", track="first", scores=[], analyzer="n", started_at=NOW, now=NOW)
    polled(archive, "first", NOW, outcome=Outcome.UNREADABLE, detail="It is no feed.")
    assert state(archive).detail == (
        "It is down. (The feed is https://a.example/rss). The same goes for 2 more. It is no feed."
    )


def test_what_is_wrong_is_said_in_whole_sentences(archive):
    polled(archive, "first", NOW, outcome=Outcome.UNREACHABLE, detail="It could not be reached ")
    polled(archive, "second", NOW, outcome=Outcome.REFUSED, detail="Is the key right?")
    assert state(archive).detail in (
        "It could not be reached. Is the key right?",
        "Is the key right? It could not be reached.",
    )


def test_looking_up_the_last_polls_uses_an_index_however_long_the_history(archive):
    plan = archive.db.execute(
        "EXPLAIN QUERY PLAN SELECT max(started_at) FROM coverage GROUP BY source, track"
    ).fetchall()
    assert any("coverage_by_poll" in row[3] for row in plan)


def test_a_track_that_was_taken_out_of_the_file_is_not_shown(archive):
    polled(archive, "removed", NOW, outcome=Outcome.REFUSED, detail="Is the key right?")
    polled(archive, "first", NOW)
    assert (state(archive).outcome, state(archive).needs_person) == ("complete", False)


LATE, IN_TIME = timedelta(minutes=12), timedelta(minutes=11)  # two turns of five minutes, and a poll


def test_a_source_that_missed_two_turns_says_since_when_and_works_no_more(archive):
    polled(archive, "first", NOW)
    assert working(state(archive, NOW + IN_TIME))
    late = state(archive, NOW + LATE)
    assert (working(late), late.overdue_since, mark(late)) == (False, NOW, "look")
    assert late.overdue_since.tzinfo is CAMPAIGN.zone
    assert "restart it" in late.detail
    assert wording.state(late) == "Not checked since Sun 22 Nov, 12:00"
    assert stalled_since([late]) == NOW


def test_what_it_said_before_it_was_asked_no_more_is_still_told(archive):
    polled(archive, "first", NOW, outcome=Outcome.REFUSED, detail="The key was refused.")
    late = state(archive, NOW + LATE)
    assert late.needs_person
    assert late.detail.endswith("The key was refused.")


def test_a_platform_that_asked_to_be_left_alone_is_not_late_meanwhile(archive):
    until = NOW + timedelta(hours=1)
    polled(archive, "first", NOW, outcome=Outcome.RATE_LIMITED, detail="Slow down.", retry_at=until)
    assert state(archive, until).overdue_since is None
    assert state(archive, until + LATE).overdue_since == NOW


def test_one_server_of_many_that_is_left_alone_excuses_no_other(archive):
    polled(archive, "first", NOW)
    polled(archive, "second", NOW, outcome=Outcome.RATE_LIMITED, retry_at=NOW + timedelta(days=3))
    assert state(archive, NOW + LATE).overdue_since == NOW


def test_a_worker_that_is_gone_is_noticed_within_two_minutes(archive):
    polled(archive, "first", NOW)
    archive.coverage.beat("worker", NOW + timedelta(minutes=1))
    assert state(archive, NOW + timedelta(minutes=2, seconds=59)).overdue_since is None
    assert state(archive, NOW + timedelta(minutes=3)).overdue_since == NOW


def test_who_polls_by_hand_after_a_worker_ended_is_not_told_that_it_is_gone(archive):
    archive.coverage.beat("worker", NOW - timedelta(days=1))
    polled(archive, "first", NOW)
    assert state(archive, NOW + IN_TIME).overdue_since is None


def test_a_worker_whose_clock_was_ahead_is_not_thought_alive_for_days(archive):
    polled(archive, "first", NOW)
    polled(archive, "first", NOW + timedelta(days=9))
    archive.coverage.beat("worker", NOW + timedelta(days=9))
    late = state(archive, NOW + LATE)
    assert (late.overdue_since, late.last_success) == (NOW, NOW)


def test_in_a_demo_nobody_collects_and_nothing_is_late(tmp_path: Path):
    with Archive.open(tmp_path / "demo.db", CAMPAIGN.zone, demo=True) as archive:
        polled(archive, "first", NOW)
        assert state(archive, NOW + timedelta(days=9)).overdue_since is None


def test_numbers_stand_still_only_if_every_source_that_was_asked_is_late(archive):
    never = state(archive)
    polled(archive, "first", NOW)
    late, off = state(archive, NOW + LATE), states(archive, CAMPAIGN, NOW)[1]
    in_time = replace(late, overdue_since=None)
    assert stalled_since([late, never, off]) == NOW
    assert stalled_since([late, in_time]) is None
    assert stalled_since([never, off]) is None
    assert stalled_since([]) is None


def test_a_poll_during_which_the_clock_jumped_ahead_says_nothing_later(archive):
    archive.ingest.save(
        Page(stream="x:first"), source="x", track="first", scores=[], analyzer="n",
        started_at=NOW, now=NOW + timedelta(days=9),
    )  # fmt: skip
    assert past(archive, CAMPAIGN, NOW + LATE) == {}  # so it is asked at once


def test_what_people_enter_by_hand_hides_no_worker_that_is_gone(archive):
    polled(archive, "first", NOW)
    archive.coverage.beat("worker", NOW + timedelta(minutes=1))
    archive.coverage.save_break(source="by-hand", track="first", now=NOW + timedelta(minutes=8))
    assert state(archive, NOW + timedelta(minutes=9)).overdue_since == NOW


def test_a_platform_whose_money_is_spent_hides_no_other_that_is_late(archive):
    polled(archive, "first", NOW, outcome=Outcome.CAPPED, retry_at=NOW + timedelta(days=30))
    waiting = state(archive, NOW + LATE)
    late = replace(waiting, waits=False, overdue_since=NOW)
    assert (waiting.waits, waiting.overdue_since) == (True, None)
    assert stalled_since([waiting, late]) == NOW
    assert stalled_since([waiting]) is None


@pytest.mark.parametrize(
    ("own", "says"),
    [
        (
            {"dollars_a_month": 1.5},
            "would cost about $1.93 a month at this week's number of posts, more than the limit.",
        ),
        ({}, "costs about $1.93 a month at this week's number of posts."),
        ({"follow_deletions": "sparse"}, "would cost about $1.93 a month"),
        ({"dollars_a_post": 0.01}, "costs about $3.86 a month"),
        ({"dollars_a_post": "much"}, ""),
    ],
)
def test_what_it_costs_to_follow_deletions_is_said_with_the_money(archive, own, says):
    archive.spend.reserve("x", 15_000, 10_000_000, NOW)
    posts = tuple(
        a_post(id=str(days), platform="x", created_at=NOW - timedelta(days=days), reread_key=str(days))
        for days in (0, 1, 6, 8, 9)
    )
    archive.ingest.save(
        Page(stream="x:first", posts=posts), source="x", track="first", scores=[None] * 5, analyzer="n",
        started_at=NOW, now=NOW,
    )  # fmt: skip
    campaign = replace(CAMPAIGN, sources={"x": SourceSettings(on=True, every_minutes=5, own=own)})
    [found] = states(archive, campaign, NOW)
    assert found.money.startswith("$0.01 of this month's $10.00 is spent")
    assert ("Following deletions within 24 hours" in found.money) == bool(says)
    assert says in found.money


def test_posts_that_wait_to_be_read_again_are_said_of_a_source_that_is_on_and_no_demo(archive):
    post = a_post(platform="x", created_at=NOW, reread_key="1")
    archive.ingest.save(
        Page(stream="x:first", posts=(post,)), source="x", track="first", scores=[None], analyzer="n",
        started_at=NOW, now=NOW,
    )  # fmt: skip
    later = NOW + timedelta(days=2)
    assert state(archive, NOW).doubt == ""
    assert "1 post of the last 30 days should have been read again by now" in state(archive, later).doubt
    off = replace(CAMPAIGN, sources={"x": SourceSettings(on=False, every_minutes=5)})
    assert states(archive, off, later)[0].doubt == ""


def test_items_that_could_not_be_read_are_told_with_what_to_do(archive):
    items = tuple(Rejected.of("likes out of range", {"id": n}) for n in range(3))
    polled(archive, "first", NOW, rejected=items)
    assert state(archive).doubt == (
        "3 items from the last 30 days could not be read. After an update, 'monitor replay' retries them."
    )
    assert state(archive, NOW + timedelta(days=31)).doubt == ""


def test_a_petition_says_how_it_answered_by_its_title_and_when_it_was_missed(archive):
    campaign = replace(CAMPAIGN, petition=("https://petition.parliament.uk/petitions/7",))
    [petition] = outcome_states(archive, campaign, NOW)
    assert (petition.title, mark(petition)) == ("Petition at petition.parliament.uk", "waiting")
    archive.counters.add("petition", "petition:7", "More officers")
    failure = Page(stream="petition:7", outcome=Outcome.CLOSED, detail="It was removed")
    archive.coverage.save_failure(failure, TRACK, started_at=NOW, now=NOW)
    [petition] = outcome_states(archive, campaign, NOW)
    assert (petition.title, mark(petition), petition.detail) == ("More officers", "look", "It was removed.")
    hour = NOW + timedelta(hours=1)
    archive.coverage.save_failure(Page(stream="petition:7"), TRACK, started_at=hour, now=hour)
    late = [outcome_states(archive, campaign, NOW + timedelta(hours=hours))[0] for hours in (2, 4)]
    assert [(mark(petition), bool(petition.overdue_since)) for petition in late] == [
        ("working", False), ("look", True),
    ]  # fmt: skip
    dissolved = replace(campaign, dissolution=Dissolution(day=NOW.date()))
    assert outcome_states(archive, dissolved, NOW + timedelta(hours=4))[0].overdue_since is None


def test_a_petition_that_nobody_can_count_says_what_to_do(archive):
    campaign = replace(CAMPAIGN, petition=("https://change.example/p/officers",))
    [petition] = outcome_states(archive, campaign, NOW)
    assert (petition.title, mark(petition)) == ("https://change.example/p/officers", "off")
    assert petition.detail.endswith("Type its total on the Outcomes page.")
