"""The page that says what became of a post."""

from datetime import date
from html import unescape

import pytest

from dashboard import create_app
from monitor.why_missing import Answer
from tests.dashboard.reports import some_services


def asking(path, answer=None):
    """Return a page's answer, and what it asked."""
    asked = []

    def missing(one):
        asked.append(one)
        return answer or Answer(sentences=("It is <b>not</b> here.", "Look back."))

    return create_app(some_services(missing=missing)).test_client().get(path), asked


def test_the_form_alone_asks_nothing():
    page, asked = asking("/missing")
    assert page.status_code == 200
    assert asked == []
    assert "Result</h2>" not in page.text


def test_an_address_is_answered_and_stays_in_the_form():
    page, [asked] = asking("/missing?address=+https://x.com/a/status/1+&words=hello&day=2026-11-02")
    assert (asked.address, asked.words, asked.day) == ("https://x.com/a/status/1", "hello", date(2026, 11, 2))
    text = unescape(page.text)
    assert "<p>It is <b>not</b> here.</p>" in text
    assert "<b>" not in page.text
    assert 'value="https://x.com/a/status/1"' in text
    assert 'value="2026-11-02"' in text


def test_a_post_that_is_here_is_one_link_away():
    page, _ = asking("/missing?address=x", Answer(sentences=("It is here.",), post=7))
    assert 'href="/posts/7"' in page.text


@pytest.mark.parametrize("day", ["soon", "2026-13-01", "20261"])
def test_a_day_that_is_none_is_said(day):
    page, asked = asking(f"/missing?address=x&day={day}")
    assert page.status_code == 400
    assert asked == []
    assert "That is not a date in the calendar" in page.text


@pytest.mark.parametrize("path", ["/sources", "/posts?q="])
def test_where_people_look_for_a_post_a_link_leads_here(path):
    page = create_app(some_services()).test_client().get("/sources")
    assert 'href="/missing"' in page.text
