"""Numbers that stand still: every page says so, and so does the address for programs that watch."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard import create_app
from monitor.archive import Archive
from monitor.core.errors import NoArchive
from monitor.core.model import Outcome
from tests.builders import a_page
from tests.dashboard.browser.site import NOW, WHOLE, services
from tests.dashboard.reports import some_services

pytestmark = pytest.mark.heavy

WORDS = "Nothing has been collected since Tue 17 Nov, 09:30."


@pytest.fixture
def client_of(tmp_path):
    """Return what makes a browser for a dashboard whose sources were last asked so long ago."""

    def client_of(age: timedelta):
        path = tmp_path / f"{age.days}.db"
        with Archive.open(path, WHOLE.zone) as archive:
            for name, settings in WHOLE.sources.items():
                if settings.on:
                    archive.coverage.save_break(source=name, track=WHOLE.tracks[0].name, now=NOW - age)
        return create_app(services(path, demo=False)).test_client()

    return client_of


@pytest.mark.parametrize("path", ["/", "/posts", "/sources", "/events", "/settings", "/methods", "/by-hand"])
def test_every_page_says_since_when_the_numbers_stand_still(client_of, path):
    for age, is_said in ((timedelta(days=5), True), (timedelta(), False)):
        answer = client_of(age).get(path)
        assert (answer.status_code, WORDS in answer.text) == (200, is_said)


def test_a_program_that_watches_is_told_without_signing_in(client_of):
    answer = client_of(timedelta(days=5)).get("/healthz")
    assert (answer.status_code, answer.json) == (
        503,
        {
            "collecting": False,
            "needs_person": False,
            "disk_full": False,
            "stalled_since": "2026-11-17T09:30:00+00:00",
        },
    )
    answer = client_of(timedelta()).get("/healthz")
    assert (answer.status_code, answer.json) == (
        200,
        {"collecting": True, "needs_person": False, "disk_full": False, "stalled_since": None},
    )


def test_a_program_that_watches_is_told_of_a_platform_that_refuses_our_key(tmp_path):
    with Archive.open(tmp_path / "a.db", WHOLE.zone) as archive:
        refused = a_page(stream="mastodon", outcome=Outcome.REFUSED, detail="The key is not valid any more.")
        archive.coverage.save_failure(refused, WHOLE.tracks[0].name, started_at=NOW, now=NOW)
    answer = create_app(services(tmp_path / "a.db", demo=False)).test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (
        200,
        {"collecting": True, "needs_person": True, "disk_full": False, "stalled_since": None},
    )


def test_the_overview_does_not_call_a_source_working_that_is_not_asked(client_of):
    client = client_of(timedelta(days=5))
    assert ">0 of " in client.get("/").text
    assert "Not checked since Tue 17 Nov, 09:30" in client.get("/sources").text


def test_an_archive_that_cannot_be_read_is_told_of_in_words_and_costs_no_page_that_does_without_it(tmp_path):
    def broken():
        raise NoArchive("There is no archive here.")

    made = replace(services(tmp_path / "a.db"), sources=broken)
    assert create_app(made).test_client().get("/events").status_code == 200
    client = create_app(replace(made, report=lambda choice: broken())).test_client()
    answer = client.get("/")
    assert (answer.status_code, "There is no archive here." in answer.text) == (503, True)
    assert (client.get("/healthz").status_code, client.get("/healthz").json["collecting"]) == (503, None)


def test_a_page_that_says_what_broke_asks_for_nothing_that_may_break_too():
    def broken():
        raise ZeroDivisionError

    app = create_app(some_services(report=lambda choice: broken(), sources=broken))
    answer = app.test_client().get("/")
    assert (answer.status_code, "Something broke at our end" in answer.text) == (500, True)
    assert "There is no page here" in app.test_client().get("/nothing").text
    assert "Nothing was changed." in app.test_client().post("/explore").text
