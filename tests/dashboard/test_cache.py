"""A page is kept until something is written or the minute is over, and never longer."""

from datetime import timedelta

import pytest

from dashboard import create_app
from monitor.archive import Archive, Changes
from monitor.report.window import length
from tests.archive.saving import opened, saved
from tests.builders import a_page, a_post
from tests.dashboard.reports import NOW, a_report, an_office


class Site:
    """An app that counts how often it makes a report."""

    def __init__(self, **changes):
        self.made, self.now, self.version = 0, NOW, 1
        office = an_office(self.report, now=lambda: self.now)
        self.client = create_app(office, **{"version": lambda: self.version} | changes).test_client()

    def report(self, choice):
        self.made += 1
        return a_report(length(choice.window).days)


def test_a_page_is_made_once_while_nothing_changes():
    site = Site()
    first, second = site.client.get("/"), site.client.get("/")
    assert (site.made, first.data) == (1, second.data)
    assert second.headers["Content-Security-Policy"]
    assert second.headers["Content-Type"].startswith("text/html")


def test_a_browser_that_has_the_page_is_told_so_and_sent_nothing():
    site = Site()
    etag = site.client.get("/").headers["ETag"]
    for _ in range(2):
        again = site.client.get("/", headers={"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"")
    assert site.client.get("/").status_code == 200


def test_a_write_or_the_next_minute_makes_the_page_fresh():
    site = Site()
    site.client.get("/")
    site.version = 2
    site.client.get("/")
    site.now += timedelta(minutes=1)
    site.client.get("/")
    assert site.made == 3


def test_each_address_has_its_own_page():
    site = Site()
    bodies = {site.client.get(path).data for path in ("/", "/?period=week", "/sources", "/methods")}
    assert len(bodies) == 4


def test_an_error_is_not_kept():
    site = Site()
    assert [site.client.get("/?period=year").status_code for _ in range(2)] == [400, 400]
    assert site.made == 0


def test_a_page_for_a_foreign_name_is_refused_though_it_is_kept():
    site = Site()
    site.client.get("/")
    assert site.client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_without_a_version_nothing_is_kept():
    site = Site(version=object)
    site.client.get("/")
    site.client.get("/")
    assert site.made == 2


@pytest.fixture
def archive(tmp_path):
    with opened(tmp_path) as archive:
        yield archive


def test_the_archive_says_at_once_that_it_was_written(archive, tmp_path):
    changes = Changes(tmp_path / "archive.db")
    before = changes()
    assert changes() == before
    saved(archive, a_page(a_post()))
    assert changes() != before
    with Archive.read(tmp_path / "archive.db", archive.zone) as reader:
        now = changes()
        reader.count()
    assert changes() == now
    changes.close()
