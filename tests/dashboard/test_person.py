"""The rights of people on the pages: found, answered, erased by forms, and written down."""

import re
from dataclasses import replace

import pytest

from dashboard import create_app
from monitor.accounts import Accounts, Role
from tests.archive.saving import LONDON, opened, saved
from tests.builders import a_page, a_post
from tests.dashboard.archived import archived_office
from tests.planted_person import HANDLE, HOME, NAME, NOW, OTHERS, TITLE, planted, traces

pytestmark = pytest.mark.heavy


@pytest.fixture
def office(tmp_path):
    eraser = planted(tmp_path)
    services = replace(archived_office(tmp_path), eraser=eraser)
    assert services.campaign.zone == LONDON
    accounts = Accounts.open(tmp_path / "access.db")
    with accounts._writing() as db:  # nobody has an account: whoever is at this computer is the office
        db.execute("DELETE FROM tokens")
        db.execute("DELETE FROM people")
    yield create_app(services, accounts=accounts).test_client(), accounts
    accounts.close()


def ask(client, act: str, **form):
    return client.post("/people/find", data={"act": act} | form)


@pytest.mark.parametrize("question", [HANDLE, f"@{HANDLE}", TITLE, HOME, f"{HOME}/1"])
def test_a_person_is_found_by_whatever_names_them(office, question):
    client, _ = office
    page = ask(client, "find", question=question).text
    assert "1 account found" in page
    assert re.findall(r'name="author" value="(\d+)"', page) == ["1"]


def test_who_is_called_alike_on_two_servers_is_to_be_chosen(office):
    client, _ = office
    assert "2 accounts found" in ask(client, "find", question=NAME).text


def test_who_is_only_mentioned_is_found_shown_and_erased_by_forms_and_a_look_writes_nothing(office, tmp_path):
    client, _ = office
    with opened(tmp_path) as archive:
        saved(archive, a_page(a_post(id="w", text="ask @wyndquill about it")))
        before = archive.db.number("SELECT count(*) FROM authors")
    [key] = re.findall(r'name="author" value="([^"]+)"', ask(client, "find", question="@wyndquill").text)
    assert "Posts by others that mention them: 1" in ask(client, "look", author=key).text
    assert "wyndquill" in ask(client, "answer", author=key).text
    with opened(tmp_path) as archive:
        assert archive.db.number("SELECT count(*) FROM authors") == before
    assert "Erased: 0 of their posts" in ask(client, "erase", author=key, sure="yes").text
    assert not any(b"wyndquill" in path.read_bytes() for path in tmp_path.glob("*.db*"))


def test_nobody_is_found_by_what_names_nobody(office):
    client, _ = office
    for question in ("", "   ", "nobody", NAME[:-2], "%", "' OR 1=1 --"):
        assert "1 account found" not in ask(client, "find", question=question).text
    assert "Type a handle whole" in ask(client, "find", question=NAME[:-2]).text


def test_what_is_held_is_shown_without_what_they_are_taken_to_think(office):
    client, _ = office
    page = ask(client, "look", author="1").text
    assert "Sirens aplenty" in page
    assert TITLE + " was at the stall" in page  # to be ticked
    assert not any(word in page for word in ("negative", "support<", "neutral"))
    assert not any(name in page for name in OTHERS)


def test_the_file_for_the_person_has_all_and_nobody_else(office):
    client, _ = office
    answer = ask(client, "answer", author="1")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="person-1.html"'
    assert "Contact: privacy@office.example" in answer.text
    assert all(word in answer.text for word in ("Sirens aplenty", "negative", "support", HOME))
    assert not any(name in answer.text for name in OTHERS)


def test_somebody_is_erased_once_it_is_confirmed_and_the_receipt_names_nobody(office, tmp_path):
    client, _ = office
    refused = ask(client, "erase", author="1", copies="yes")
    assert refused.status_code == 422
    assert "Tick the box" in refused.text
    assert traces(tmp_path)
    page = ask(client, "erase", author="1", copies="yes", named="7", sure="yes").text
    assert "Erased: 2 of their posts" in page
    assert traces(tmp_path) == []
    assert NAME not in page
    again = ask(client, "erase", author="1", sure="yes")
    assert (again.status_code, "erased already" in again.text) == (409, True)


def test_of_a_common_name_the_next_posts_are_shown_and_the_ticks_stay(office, tmp_path):
    client, _ = office
    with opened(tmp_path) as archive:
        posts = [a_post(id=f"c{n}", text=f"{TITLE} once more, {n}") for n in range(204)]
        saved(archive, a_page(*posts))
    start = {"author": "1", "act": "turn"}
    first = ask(client, "look", author="1").text
    assert (first.count('type="checkbox" name="named"'), "5 more posts have this name" in first) == (
        200,
        True,
    )
    ids = re.findall(r'type="checkbox" name="named" value="(\d+)"', first)
    second = client.post("/people/find", data=start | {"start": "0", "named": ids[:2]}).text
    assert (second.count('type="checkbox" name="named"'), "more posts have this name" in second) == (5, False)
    assert "Also ticked, on pages before: 2 posts." in second
    rest = re.findall(r'name="named" value="(\d+)"', second)
    unsure = client.post("/people/find", data={"act": "erase", "author": "1", "start": "200", "named": rest})
    assert sorted(re.findall(r'name="named" value="(\d+)"', unsure.text)) == sorted(rest)  # none lost
    ask(client, "erase", author="1", sure="yes", start="200", named=rest)
    with opened(tmp_path) as archive:
        gone = {str(post) for (post,) in archive.db.execute("SELECT id FROM posts WHERE text IS NULL")}
    assert gone == {*rest, "1", "2"}
    assert {*ids[:2]} < gone


def test_each_act_is_in_the_log_by_number(office):
    client, accounts = office
    accounts.add("Ann", Role.ADMIN, by="a test", now=NOW, password="three odd words")
    client.post("/login", data={"name": "Ann", "password": "three odd words"})
    for act in ("find", "look", "answer", "erase"):
        ask(client, act, question=NAME, author="1", sure="yes")
    lines = [line.what for line in accounts.trail(about="person")]
    assert lines == [
        "person 1: erased; mails that mentioned them: 1", "person 1: asked to erase",
        "person 1: downloaded what is held", "person 1: listed what is held",
        "person: searched",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "form", [{"act": "look"}, {"act": "look", "author": "999"}, {"act": "erase", "author": "x"}], ids=str
)
def test_who_is_not_there_is_said_in_a_sentence(office, form):
    client, _ = office
    answer = client.post("/people/find", data=form)
    assert (answer.status_code, "Nobody is known by this number" in answer.text) == (409, True)


def test_an_act_that_there_is_not_is_refused(office):
    client, _ = office
    assert ask(client, "sell").status_code == 400


def test_in_a_demo_there_is_nobody_to_be_found(tmp_path):
    client = create_app(archived_office(tmp_path)).test_client()
    assert "made up" in client.get("/people/find").text
    assert ask(client, "answer", author="1").status_code == 409


@pytest.mark.parametrize("ticked", [{}, {"words": "yes"}], ids=["left", "ticked"])
def test_a_short_name_in_words_of_the_office_is_shown_and_goes_if_that_is_ticked(office, tmp_path, ticked):
    client, _ = office
    with opened(tmp_path) as archive:
        archive.db.execute("UPDATE authors SET name = 'Zeb' WHERE id = 1")
        archive.db.execute("INSERT INTO events (day, title) VALUES ('2026-03-05', 'Zeb speaks')")
    assert "Zeb speaks" in ask(client, "look", author="1").text
    ask(client, "erase", author="1", sure="yes", **ticked)
    with opened(tmp_path) as archive:
        titles = archive.db.execute("SELECT title FROM events").fetchall()
    assert titles == [("[name removed] speaks" if ticked else "Zeb speaks",)]
