"""What each page looks up of a report: what it shows, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import get_ident

import pytest
from sqlite_utils import Database

from dashboard import create_app
from dashboard.services import Services, loan
from monitor.campaign import Track
from monitor.report.build import lazy_report
from monitor.report.lazy import LazyReport
from monitor.report.lookup import Lookup
from tests.dashboard.archived import filled, then
from tests.dashboard.reports import CAMPAIGN, NOW, SOURCES

# Parts that are told apart: all others come from the same look-up of the days, or cost next to nothing.
DEAR = {
    "breakdown", "days", "figures", "heat", "latest", "links", "news", "outcomes", "past", "places", "seen",
    "shares", "stances", "suggestions", "tags", "themes", "tone_shares", "tones", "top", "top_people",
}  # fmt: skip
READ = {
    "/posts": set(),
    "/posts?q=police": set(),
    "/posts/1": set(),
    "/people": set(),
    "/events": set(),
    "/replies": set(),
    "/missing": set(),
    "/by-hand": set(),
    "/settings": set(),
    "/sources": set(),
    "/evidence": set(),
    "/live?after=0": set(),
    "/methods": {"outcomes"},
    "/tone": {"stances", "tone_shares", "tones"},
    "/share-kit": {"figures", "past", "tones"},
    "/outcomes": {"outcomes"},
    "/themes": {"suggestions", "themes"},
    "/places": {"breakdown", "links", "past", "places", "tags"},
    "/explore": {
        "days", "figures", "heat", "links", "past", "shares", "stances", "tags", "tone_shares", "tones",
    },
}  # fmt: skip


def office(folder, tracks=CAMPAIGN.tracks) -> Services:
    """Return an office whose reports look up what is read of them, as that of `monitor web` does."""
    services = filled(folder, *(then(id=str(n)) for n in range(3)))
    campaign = replace(CAMPAIGN, tracks=tracks)

    def report(choice):
        archive = loan(services.read)
        lookup = Lookup(archive, campaign, choice.track, choice.window, choice.platforms, NOW)
        return lazy_report(lookup, SOURCES)

    return replace(services, report=report, campaign=campaign)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Note each statement that this thread runs meanwhile."""
    run, noted, here = Database.execute, [], get_ident()

    def executed(database, sql, *more):
        if get_ident() == here:
            noted.append(sql)
        return run(database, sql, *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "execute", executed)
        yield noted


@pytest.fixture
def looked_up(monkeypatch):
    """Return the names of the parts that this thread looks up: a server of a test before may still answer."""
    names, look, here = set(), LazyReport.__getattr__, get_ident()

    def noted(report, name):
        if get_ident() == here:
            names.add(name)
        return look(report, name)

    monkeypatch.setattr(LazyReport, "__getattr__", noted)
    return names


@pytest.mark.parametrize("address", READ)
def test_a_page_looks_up_what_it_shows_and_nothing_else(tmp_path, looked_up, address):
    client = create_app(office(tmp_path)).test_client()
    assert client.get(address).status_code == 200
    assert looked_up & DEAR == READ[address]


def test_control_the_week_shows_most_of_a_report_but_not_what_only_other_pages_do(tmp_path, looked_up):
    assert create_app(office(tmp_path)).test_client().get("/").status_code == 200
    assert looked_up > {"days", "figures", "latest", "suggestions", "outcomes", "covered", "boroughs"}
    assert looked_up & {"heat", "shares", "places", "top_people", "media"} == set()


def test_charts_of_the_same_days_are_of_one_report(tmp_path):
    services, asked = office(tmp_path), []
    report = services.report
    services = replace(services, report=lambda choice: asked.append(choice.window) or report(choice))
    client = create_app(services).test_client()
    for days, reports in (("4-weeks", 1), ("week", 2)):  # tone is shown by week, with weeks before
        asked.clear()
        assert client.get(f"/explore?period={days}").status_code == 200
        assert len(asked) == reports


@pytest.mark.heavy
def test_twenty_tracks_are_no_more_work_than_one_for_a_page_that_shows_one(tmp_path):
    more = tuple(Track(name=f"more-{n}", title=f"More {n}", tags=(f"more{n}",)) for n in range(19))
    work = {}
    for address in ("/", "/posts", "/places", "/outcomes", "/explore"):
        for tracks in (CAMPAIGN.tracks[:1], (*CAMPAIGN.tracks[:1], *more)):
            client = create_app(office(tmp_path, tracks)).test_client()
            with statements() as run:
                assert client.get(address).status_code == 200
            work[address, len(tracks)] = len(run)
    assert {page for page, _ in work if work[page, 1] != work[page, 20]} == {"/explore"}  # it compares them


def test_what_was_lent_to_a_request_is_given_back_and_lent_to_the_next(tmp_path):
    services, opened = office(tmp_path), []

    @contextmanager
    def lend():
        with services.read() as archive:
            opened.append(archive)
            yield archive

    client = create_app(replace(services, read=lend)).test_client()
    assert [client.get("/people").status_code for _ in range(3)] == [200] * 3
    assert len({id(archive) for archive in opened}) < len(opened)


def test_a_request_that_fails_gives_back_nothing_that_another_could_get(tmp_path):
    services = office(tmp_path)
    app = create_app(services)

    app.view_functions["methods.show"] = lambda: services.report(services.choice()).tags.broken
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert app.test_client().get("/methods").status_code == 500
    assert app.test_client().get("/people").status_code == 200
