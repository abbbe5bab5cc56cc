"""A page is kept until something is written or the minute is over, and no more than a second longer."""

import gzip
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from itertools import count

import pytest
from flask import Flask, make_response, request

from dashboard import create_app, page_cache
from dashboard.page_cache import PageCache
from monitor.archive import ArchiveReader
from monitor.archive.readers import Changes
from monitor.report.window import length
from tests.archive.saving import opened, saved
from tests.builders import a_page, a_post
from tests.dashboard.reports import NOW, Told, a_report, some_services


class Site:
    """An app that counts how often it makes a report."""

    def __init__(self, **others):
        self.made, self.now, self.changes = 0, NOW, Told()
        services = some_services(self.report, now=lambda: self.now)
        self.client = create_app(services, **{"changes": self.changes} | others).test_client()

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


def cached(view, changes=None, now=lambda: NOW, reader=everyone):
    """Return an app of one page, for reading and sending, whose pages are kept."""
    app, told = Flask("pages"), changes or Told()
    app.testing = True
    app.add_url_rule("/", view_func=view, methods=["GET", "POST"])
    PageCache(told, told, now, reader).attach(app)
    return app


class Readers:
    """An app whose pages tell who reads them, kept by `reader`."""

    def __init__(self, reader):
        view = lambda: f"for {request.headers.get('Who')}"  # noqa: E731
        self.client = cached(view, reader=reader).test_client()

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
    times = count()

    def view():
        response = make_response(str(next(times)))
        response.set_cookie("session", "secret")
        return response

    app = cached(view)
    assert [app.test_client().get("/").text for _ in range(2)] == ["0", "1"]


def test_large_pages_leave_the_room_of_a_few_and_small_ones_stay_many(monkeypatch):
    monkeypatch.setattr(page_cache, "_MOST_BYTES", 10_000)
    made = Counter[str]()

    def view():
        made[request.query_string.decode()] += 1
        return "x" * int(request.args["size"])

    client = cached(view).test_client()
    for page in [f"/?size=4000&n={n}" for n in range(3)] + ["/?size=10001"]:
        assert [len(client.get(page).data) for _ in range(2)] == [int(page.split("=")[1].split("&")[0])] * 2
    assert made == {"size=4000&n=0": 1, "size=4000&n=1": 1, "size=4000&n=2": 1, "size=10001": 2}
    client.get("/?size=4000&n=1")
    assert made["size=4000&n=1"] == 2  # it had to leave


def test_a_write_makes_the_page_fresh_a_second_later_and_the_next_minute_at_once():
    site = Site()
    site.client.get("/")
    site.changes.version = 2
    site.now += timedelta(seconds=0.9)
    site.client.get("/")
    assert site.made == 1
    site.now += timedelta(seconds=0.1)
    site.client.get("/")
    assert site.made == 2
    site.now += timedelta(minutes=1)
    site.client.get("/")
    assert site.made == 3


def test_a_clock_that_is_set_back_keeps_no_old_page():
    site = Site()
    site.now = NOW.replace(second=50)
    site.client.get("/")
    site.changes.version = 2
    site.now = NOW.replace(second=20)
    site.client.get("/")
    assert site.made == 2


def test_a_page_of_which_nothing_has_changed_is_not_made_again():
    site = Site()
    for _ in range(20):
        site.client.get("/")
        site.now += timedelta(seconds=2)
    assert site.made == 1


def test_whether_anything_has_changed_is_asked_once_a_second():
    site, asked = Site(), []
    told = site.changes
    told.__class__ = type("Counted", (Told,), {"__call__": lambda self: asked.append(1) or self.version})
    for _ in range(100):
        site.client.get("/")
        site.now += timedelta(seconds=0.1)
    assert len(asked) == 10


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


def test_without_changes_to_ask_for_nothing_is_kept():
    site = Site(changes=None)
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


class Offices:
    """Two servers of one archive, with a memory each, whose page is the number of posts."""

    def __init__(self, archive):
        self.archive, self.now, self.stored = archive, NOW, [(NOW, 0)]
        self.clients = [
            cached(self.view, Changes(archive.db.path), lambda: self.now).test_client() for _ in range(2)
        ]

    def view(self):
        if request.method == "POST":
            self.save()
        return str(self.archive.posts.count())

    def save(self):
        number = self.archive.posts.count() + 1
        saved(self.archive, a_page(a_post(id=str(number))))
        self.stored.append((self.now, number))

    def least(self, ago):
        """Return how many posts there were so long ago."""
        return max((number for at, number in self.stored if at <= self.now - ago), default=0)

    def behind(self, *, forms):
        """Return how often a page was older than it may be, while posts come in ten times a second."""
        chance, faults = random.Random(3), 0
        for _ in range(400):
            self.now += timedelta(seconds=0.1 * chance.random() * 2)
            self.save()
            if forms and chance.random() < 0.2:
                chance.choice(self.clients).post("/")
                faults += int(chance.choice(self.clients).get("/").text) < self.archive.posts.count()
            shown = int(chance.choice(self.clients).get("/").text)
            faults += shown < self.least(timedelta(seconds=1))
        return faults


@pytest.mark.heavy
def test_beside_a_writer_no_page_is_older_than_a_second(archive, monkeypatch):
    assert Offices(archive).behind(forms=False) == 0
    monkeypatch.setattr(page_cache, "_OLDEST", timedelta(seconds=3))  # control
    assert Offices(archive).behind(forms=False) > 0


@pytest.mark.heavy
def test_what_a_form_changed_is_on_the_next_page_of_each_server(archive, monkeypatch):
    assert Offices(archive).behind(forms=True) == 0
    monkeypatch.setattr(Changes, "note_form", lambda self: None)  # control
    assert Offices(archive).behind(forms=True) > 0


def test_beside_a_writer_a_page_is_made_once_a_second():
    times, told = count(1), Told()
    now = [NOW]
    client = cached(lambda: str(next(times)), told, lambda: now[0]).test_client()
    for _ in range(200):
        told.version += 1
        last = client.get("/").text
        now[0] += timedelta(seconds=0.01)
    assert last == "2"


class Herd:
    """Eight who ask for a page at the same moment. Whoever is first to make it waits to be let go."""

    def __init__(self, answer=str):
        self.came, self.made, self.answer, self.go = [], [], answer, threading.Event()
        self.app = cached(self.view, reader=lambda environ: self.came.append(1) or ())
        self.app.testing = False

    def view(self):
        self.made.append(1)
        number = len(self.made)
        if number == 1:
            assert self.go.wait(60)
        return self.answer(number)

    def answers(self, *, until):
        """Return what each is answered, and how often the page had been made when the first was let go."""
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(lambda: self.app.test_client().get("/")) for _ in range(8)]
            for _ in range(3_000):
                if until(asked):
                    break
                threading.Event().wait(0.01)
            made = len(self.made)
            self.go.set()
            return [one.result(120) for one in asked], made


def test_of_many_who_ask_at_once_one_makes_the_page(monkeypatch):
    herd = Herd()
    answers, _ = herd.answers(until=lambda asked: len(herd.came) == 8)
    assert ({answer.text for answer in answers}, len(herd.made)) == ({"1"}, 1)
    monkeypatch.setattr(PageCache, "_turn", lambda self, key: nullcontext())  # control
    herd = Herd()
    herd.answers(until=lambda asked: len(herd.made) > 1)
    assert len(herd.made) > 1


def test_the_fault_of_one_who_makes_a_page_is_not_the_others():
    def fails_at_first(number):
        if number == 1:
            raise ZeroDivisionError("a bug")
        return str(number)

    herd = Herd(fails_at_first)
    herd.app.logger.disabled = True
    answers, _ = herd.answers(until=lambda asked: len(herd.came) == 8)
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [500]
    assert len(herd.made) == 2


def test_one_who_hangs_making_a_page_holds_nobody_up_for_long(monkeypatch):
    monkeypatch.setattr(page_cache, "_PATIENCE", timedelta(seconds=0.1))
    herd = Herd()
    answers, made = herd.answers(until=lambda asked: sum(one.done() for one in asked) == 7)
    assert made > 1
    assert {answer.status_code for answer in answers} == {200}


def test_a_page_that_took_long_serves_all_who_waited_for_it():
    now, told = [NOW], Told()
    herd = Herd()

    def view():
        page = herd.view()
        now[0] += timedelta(seconds=3)
        told.version += 1
        return page

    herd.app = cached(view, told, lambda: now[0], lambda environ: herd.came.append(1) or ())
    answers, _ = herd.answers(until=lambda asked: len(herd.came) == 8)
    assert ({answer.text for answer in answers}, len(herd.made)) == ({"1"}, 1)
