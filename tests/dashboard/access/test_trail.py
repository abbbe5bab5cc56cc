"""Who looked at one person's posts, and who exported what, is in the activity log, each time."""

import sqlite3
from datetime import timedelta

import pytest

from dashboard import create_app
from monitor.accounts import Accounts, Role
from tests.dashboard.access.conftest import GOOD
from tests.dashboard.archived import filled, then
from tests.dashboard.reports import NOW, Told

pytestmark = pytest.mark.heavy


@pytest.fixture
def accounts(tmp_path):
    made = Accounts.open(tmp_path / "access.db")
    made.add("Ann", Role.ADMIN, by="a test", now=NOW, password=GOOD)
    yield made
    made.close()


@pytest.fixture
def app(tmp_path, accounts):
    services = filled(tmp_path, then(id="1"), then(id="2"))
    return create_app(services, accounts=accounts, changes=Told())  # its pages are kept


@pytest.fixture
def browser(app):
    client = app.test_client()
    client.post("/login", data={"name": "Ann", "password": GOOD})
    return client


def lines(accounts):
    return [
        line.what for line in accounts.trail() if line.what.startswith(("person", "people", "exp", "read"))
    ]


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("/posts?author=1", "person 1: looked at their posts"),
        ("/posts?q=@ann", "person: looked at their posts"),
        ("/people", "people: looked at the list"),
        ("/api/v1/posts?author=1", "person 1: exported posts through the API"),
        ("/api/v1/posts", "exported posts through the API"),
        ("/api/v1/report", "exported the numbers through the API"),
        ("/feed.atom", "read the feed of posts"),
        ("/takeaway/posts.csv", "exported posts.csv"),
        ("/takeaway/workbook.xlsx", "exported workbook.xlsx"),
    ],
)
def test_each_look_and_each_export_is_a_line_even_of_a_page_that_is_kept(browser, accounts, address, line):
    for times in (1, 2, 3):
        assert browser.get(address, buffered=True).status_code == 200
        assert lines(accounts) == [line] * times


@pytest.mark.parametrize("address", ["/posts", "/posts?q=crime", "/posts/1", "/"])
def test_control_pages_about_nobody_in_particular_are_not_in_it(browser, accounts, address):
    assert browser.get(address).status_code == 200
    assert lines(accounts) == []


def test_no_name_and_no_words_that_were_searched_for_are_in_it(browser, accounts):
    browser.get("/posts?q=@Mallory")
    assert not any("allory" in line.what for line in accounts.trail())


def test_what_a_program_asks_for_all_day_is_one_line(app, accounts):
    token = accounts.add_token(accounts.person("Ann"), "a reader", NOW)
    for _ in range(3):
        headers = {"Authorization": f"Bearer {token}"}
        assert app.test_client().get("/feed.atom", headers=headers).status_code == 200
    assert lines(accounts) == ["read the feed of posts"]


def test_the_page_shows_what_one_person_did_on_a_day(browser, accounts):
    accounts.note("Ed", "did something", NOW - timedelta(days=3))
    accounts.note("Ed", "did something else", NOW)
    day = f"{NOW - timedelta(days=3):%Y-%m-%d}"
    text = browser.get(f"/team/trail?who=Ed&day={day}").text
    assert ("did something<" in text, "something else" in text, "signed in (" in text) == (True, False, False)
    assert "something else" in browser.get("/team/trail?who=Ed").text
    assert "Nothing." in browser.get("/team/trail?day=2026-01-01").text
    for day in ("nonsense", "9999-12-31", "0001-01-01"):
        assert browser.get(f"/team/trail?day={day}").status_code == 200


def test_the_page_says_if_it_was_changed_behind_the_programs_back(browser, tmp_path):
    assert "was changed from outside" not in browser.get("/team/trail").text
    with sqlite3.connect(tmp_path / "access.db") as db:
        db.executescript("DROP TRIGGER audit_is_final; UPDATE audit SET what = 'nothing' WHERE id = 1")
    text = browser.get("/team/trail").text
    assert "was changed from outside" in text
    assert "Line 2 " in text
