"""A page is kept until something is written or the minute is over, and never longer."""

import gzip
from datetime import timedelta
from itertools import count

import pytest
from flask import Flask, make_response, request

from dashboard import create_app
from dashboard.page_cache import PageCache
from monitor.archive import ArchiveReader
from monitor.archive.readers import Changes
from monitor.report.window import length
from tests.archive.saving import opened, saved
from tests.builders import a_page, a_post
from tests.dashboard.reports import NOW, a_report, some_services


class Site:
    """An app that counts how often it makes a report."""

    def __init__(self, **changes):
        self.made, self.now, self.version = 0, NOW, 1
        services = some_services(self.report, now=lambda: self.now)
        self.client = create_app(services, **{"version": lambda: self.version} | changes).test_client()

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


def test_a_browser_that_can_unpack_gets_a_smaller_page_with_the_same_words():
    site = Site()
    for _ in range(2):  # made, and kept
        small = site.client.get("/", headers={"Accept-Encoding": "gzip, br"})
        assert small.headers["Content-Encoding"] == "gzip"
        assert small.headers["Vary"] == "Accept-Encoding, Cookie"
        assert int(small.headers["Content-Length"]) == len(small.data)
        plain = site.client.get("/")
        assert "Content-Encoding" not in plain.headers
        assert gzip.decompress(small.data) == plain.data
        assert len(small.data) < len(plain.data) / 3
    assert site.made == 1


def test_the_style_sheet_is_kept_and_packed_too():
    client = Site().client
    first, second = (client.get("/static/style.css", headers={"Accept-Encoding": "gzip"}) for _ in range(2))
    assert first.data == second.data
    assert first.headers["Content-Encoding"] == "gzip"
    assert (
        client.get("/static/style.css", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    )


def everyone(environ):
    """Return the same for every request."""
    return ()


class Readers:
    """An app whose pages tell who reads them, kept by `reader`."""

    def __init__(self, reader):
        app = Flask("readers")
        app.add_url_rule("/", view_func=lambda: f"for {request.headers.get('Who')}")
        PageCache(lambda: 1, lambda: NOW, reader).attach(app)
        self.client = app.test_client()

    def said(self, who):
        return self.client.get("/", headers={"Who": who}).text


def test_nobody_gets_a_page_that_was_made_for_another():
    site = Readers(lambda environ: environ.get("HTTP_WHO"))
    assert [site.said(who) for who in ("ann", "bob", "ann")] == ["for ann", "for bob", "for ann"]
    careless = Readers(everyone)  # control: the same check sees a page of another
    assert [careless.said(who) for who in ("ann", "bob")] == ["for ann", "for ann"]


def test_a_reader_whose_pages_are_not_kept_gets_them_made():
    site = Readers(lambda environ: None)
    assert [site.said(who) for who in ("ann", "bob")] == ["for ann", "for bob"]


def test_a_page_that_sets_a_cookie_is_not_kept():
    app, times = Flask("cookies"), count()

    def view():
        response = make_response(str(next(times)))
        response.set_cookie("session", "secret")
        return response

    app.add_url_rule("/", view_func=view)
    PageCache(lambda: 1, lambda: NOW, everyone).attach(app)
    assert [app.test_client().get("/").text for _ in range(2)] == ["0", "1"]


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
    with ArchiveReader.open(tmp_path / "archive.db", archive.zone) as reader:
        now = changes()
        reader.posts.count()
    assert changes() == now
    changes.close()
