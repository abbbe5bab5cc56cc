"""A source that needs the office's papers brings nothing new without them; what is here is still followed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.campaign import Campaign, Track
from monitor.campaign.privacy import Privacy
from monitor.collect import Collector, why_off
from monitor.collect.backfill import read_histories
from monitor.collect.recall import check_recall
from monitor.collect.refresh import reread
from monitor.collect.source_status import states
from monitor.core.model import Outcome
from monitor.platform_info import names, needing_papers
from tests.archive.saving import saved
from tests.builders import a_page, a_post
from tests.campaigns import PAPERS
from tests.sources.archived import LONDON, Neutral, a_campaign
from tests.sources.loopback import Server, as_json, serving

NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
TRACK = Track(name="crime", title="#Crime", tags=("crime",))
BLANKS = [replace(PAPERS, **{name: ""}) for name in ("controller", "contact", "lawful_basis")]


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(lambda *request: as_json({"meta": {"result_count": 0}})) as server:
        yield server


def collector(folder: Path, server: Server, papers: Privacy) -> Collector:
    campaign = replace(a_campaign("x", {"api": server.url}, TRACK), privacy=papers)
    archive = Archive.open(folder / "a.db", LONDON)
    then = NOW - timedelta(days=2)
    post = a_post(platform="x", id="1990000000000000000", reread_key="1990000000000000000", created_at=then)
    saved(archive, a_page(post), source="x", track="crime", now=then)
    return Collector(
        campaign=campaign, archive=archive, analyzer=Neutral(), env={"X_BEARER_TOKEN": "made-up"},
        clock=lambda: NOW,
    )  # fmt: skip


@pytest.mark.parametrize("papers", [Privacy(), *BLANKS], ids=["none", "controller", "contact", "basis"])
def test_without_papers_nothing_new_is_asked_for_and_it_is_said_why(papers, server, tmp_path):
    here = collector(tmp_path, server, papers)
    result = here.poll("x")
    read_histories(here, "x")
    check_recall(here, "x", pause=timedelta())
    assert server.paths == []
    assert result.outcomes == {Outcome.REFUSED}
    assert result.problems == (papers.why_off,)
    assert "Fill that in under Privacy" in papers.why_off
    [poll] = here.archive.coverage.last_polls(NOW, ("crime",))["x"]
    assert (poll.outcome, poll.detail) == (Outcome.REFUSED, papers.why_off)


@pytest.mark.parametrize(
    ("papers", "is_off"), [(Privacy(), True), (PAPERS, False)], ids=["none", "filled in"]
)
def test_it_is_shown_as_off_and_in_need_of_somebody_until_they_are_filled_in(
    papers, is_off, server, tmp_path
):
    here = collector(tmp_path, server, papers)
    [state] = states(here.archive, here.campaign, NOW)
    assert (state.on, state.needs_person) == (not is_off, is_off)
    assert not is_off or state.detail == papers.why_off


def test_once_they_are_filled_in_it_is_on_and_waits_for_its_next_check(server, tmp_path):
    here = collector(tmp_path, server, Privacy())
    here.poll("x")
    [state] = states(here.archive, replace(here.campaign, privacy=PAPERS), NOW)
    assert (state.on, state.needs_person, state.detail, state.last_poll) == (True, False, "", None)


def test_control_with_papers_it_is_searched(server, tmp_path):
    result = collector(tmp_path, server, PAPERS).poll("x")
    assert server.paths == ["/2/tweets/search/recent"]
    assert result.problems == ()
    assert not result.lacks_papers


def test_without_papers_it_is_still_followed_what_was_deleted_there(server, tmp_path):
    here = collector(tmp_path, server, Privacy())
    assert here.poll("x").may_reread
    reread(here, "x")
    assert server.paths == ["/2/tweets"]


def test_who_needs_papers_stands_in_its_own_file():
    assert needing_papers() == {"x"}
    blank: Campaign = replace(a_campaign("x", {}, TRACK), privacy=Privacy())
    assert [name for name in names() if why_off(blank, name)] == ["x"]
    assert not why_off(replace(blank, privacy=PAPERS), "x")


@pytest.mark.parametrize("blank", ["", " \t", "\u200b", "\u2060\ufeff\u00ad", "\u202e", "\u3164"])
def test_a_controller_that_nobody_can_read_is_none(blank):
    assert "the controller" in replace(PAPERS, controller=blank).why_off
    assert not PAPERS.why_off
