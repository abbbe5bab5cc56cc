"""Numbers that stand still: every page says so, and so does the address for programs that watch."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dashboard import create_app
from monitor.report import Report
from tests.dashboard.reports import a_report, some_services

SINCE = datetime(2026, 11, 19, 18, 42, tzinfo=UTC)
WORDS = "Nothing has been collected since Thu 19 Nov, 18:42."


def still(report: Report) -> Report:
    """Return the report of a campaign whose sources are not asked any more."""
    return replace(report, sources=tuple(replace(one, overdue_since=SINCE) for one in report.sources))


def client(*, stalled: bool):
    report = still(a_report()) if stalled else a_report()
    return create_app(
        some_services(
            report=lambda choice: report,
            detailed=lambda choice: report,
            stalled=lambda: report.stalled_since,
        )
    ).test_client()


@pytest.mark.parametrize("path", ["/", "/posts", "/sources", "/events", "/settings", "/methods", "/by-hand"])
def test_every_page_says_since_when_the_numbers_stand_still(path):
    assert WORDS in client(stalled=True).get(path).text
    assert WORDS not in client(stalled=False).get(path).text


def test_a_program_that_watches_is_told_without_signing_in():
    answer = client(stalled=True).get("/healthz")
    assert (answer.status_code, answer.json) == (
        503,
        {"collecting": False, "stalled_since": "2026-11-19T18:42:00+00:00"},
    )
    answer = client(stalled=False).get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"collecting": True, "stalled_since": None})


def test_the_overview_does_not_call_a_source_working_that_is_not_asked():
    page = client(stalled=True).get("/").text
    assert ">0 of " in page
    assert "Start the monitor again: it collects nothing any more" in page
