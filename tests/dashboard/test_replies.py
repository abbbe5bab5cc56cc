"""The reply desk: what waits for an answer, who has it, until when, and what people do about it."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from dashboard import create_app
from dashboard.posts.actions import history_line
from monitor.accounts import Accounts, Role
from monitor.archive.marks import MarkEntry
from monitor.campaign import Own
from monitor.core.model import PostKind
from tests.archive.saving import saved
from tests.builders import a_page
from tests.dashboard.access.conftest import GOOD
from tests.dashboard.archived import an_archive, filled, then
from tests.dashboard.reports import a_post as a_look
from tests.dashboard.reports import a_report

pytestmark = pytest.mark.heavy

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # a Monday
TODAY = NOW.date()
BY = {"by": "Jo", "now": NOW}


@pytest.fixture
def office(tmp_path):
    posts = (then(id=str(n), by=f"p{n}", text=f"Where is stall {n}?") for n in range(1, 6))
    return replace(filled(tmp_path, *posts), now=lambda: NOW)


@pytest.fixture
def client(office):
    return create_app(office).test_client()


@pytest.fixture
def archive(office, tmp_path):
    with an_archive(tmp_path) as archive:
        yield archive


@pytest.fixture
def team(office, tmp_path):
    """Return what signs in as a person: Ann, Jo and Al are editors, Vi may only look."""
    accounts = Accounts.open(tmp_path / "access.db")
    for name, role in (("Ann", Role.ADMIN), ("Jo", Role.EDITOR), ("Al", Role.EDITOR), ("Vi", Role.VIEWER)):
        accounts.add(name, role, by="a test", now=NOW, password=GOOD)
    app = create_app(office, accounts=accounts)

    def client(name):
        browser = app.test_client()
        browser.post("/login", data={"name": name, "password": GOOD})
        return browser

    client.accounts = accounts
    return client


def page(client, address: str = "/replies") -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def cards(client, view: str = "") -> list[int]:
    text = page(client, f"/replies?view={view}" if view else "/replies")
    return [int(post) for post in re.findall(r'<li id="p(\d+)"', text)]


def number(text: str) -> int:
    """Return the number in the menu."""
    count = re.search(r'Replies <span class="count">(\d+)', text)
    return int(count[1]) if count else 0


def act(client, act: str, *posts: int, **more):
    form = {"act": act, "post": list(posts), "back": "/replies"} | more
    return client.post("/posts/work", data=form)


def seen(client, address: str = "/replies") -> str:
    return re.search(r'name="seen" value="(\d+)"', page(client, address))[1]


def test_marking_and_finding_again_takes_two_steps(client):
    assert act(client, "mark:needs reply", 2, back="/posts").status_code == 303
    text = page(client)
    assert cards(client) == [2]
    assert ("Where is stall 2?" in text, number(text)) == (True, 1)
    assert "Open on Mastodon" in text
    assert "https://example.org/posts/2" in text
    assert "Due Wednesday 25 November" in text
    assert "No owner yet" in text


def test_an_empty_desk_says_how_something_comes_onto_it(client):
    assert "Nobody is waiting for a reply. Mark a post “needs a reply”" in page(client)
    assert number(page(client)) == 0


def test_done_later_and_not_ours_each_lead_to_their_list(client):
    act(client, "mark:needs reply", 1, 2, 3, 4)
    act(client, "mark:done", 1)
    answer = act(client, "later", 2)
    assert "put off until Tuesday 24 November. Until then, see “Later”" in page(client, answer.location)
    act(client, "mark:not ours", 3)
    lists = {view: cards(client, view) for view in ("", "later", "done", "not+ours")}
    assert lists == {"": [4], "later": [2], "done": [1], "not+ours": [3]}
    assert "Back on Tuesday 24 November" in page(client, "/replies?view=later")
    act(client, "later:today", 2)
    act(client, "mark:needs reply", 1)
    assert (sorted(cards(client)), number(page(client))) == ([1, 2, 4], 3)


def test_a_day_can_be_chosen_and_what_is_late_says_so(client, archive):
    act(client, "mark:needs reply", 1, 2)
    act(client, "later", 1, until="2026-11-27")
    act(client, "assign", 2, owner="", due="2026-11-21")
    assert "2 days late" in page(client)
    later = page(client, "/replies?view=later")
    assert "Back on Friday 27 November" in later
    assert "Due Friday 27 November" in later


@pytest.mark.parametrize("day", ["2028-01-01", "1999-12-31", "soon", "<b>"])
def test_a_day_that_makes_no_sense_is_refused(client, day):
    act(client, "mark:needs reply", 1)
    for form in ({"act": "later", "until": day}, {"act": "assign", "due": day}):
        answer = act(client, form.pop("act"), 1, **form)
        assert (answer.status_code, "within a year" in answer.text) == (400, True)
    assert cards(client) == [1]


def test_what_one_answer_is_for_is_one_card_and_one_act(client):
    act(client, "mark:needs reply", 1, 3, 4, together="yes")
    act(client, "mark:needs reply", 2)
    text = page(client)
    assert (sorted(cards(client)), number(text)) == ([1, 2], 4)
    assert re.search(r"Needs a reply <span class=\"count\">4<", text)
    assert "And 2 other posts: one answer for all" in text
    form = re.search(r"<form.*?</form>", text[text.index('id="p1"') :], re.DOTALL)[0]
    assert re.findall(r'name="post" value="(\d+)"', form) == ["1", "3", "4"]


def test_mine_are_those_that_i_took(team):
    jo, al = team("Jo"), team("Al")
    act(jo, "mark:needs reply", 1, 2, 3)
    act(jo, "assign:me", 1)
    act(al, "assign", 2, owner="Al", due="2026-11-24")
    assert (cards(jo, "mine"), cards(al, "mine")) == ([1], [2])
    act(jo, "later", 1)
    assert "Back on Tuesday 24 November" in page(jo, "/replies?view=mine")  # put off, it is still theirs
    act(jo, "later:today", 1)
    assert cards(jo) == [3, 2, 1]  # what nobody has taken first, then what is due first
    assert "Owner: Al" in page(jo)


def test_what_somebody_had_who_left_the_team_is_nobodys(team):
    jo = team("Jo")
    act(jo, "mark:needs reply", 1, 2)
    act(jo, "assign:me", 1)
    act(jo, "assign", 2, owner="Al")
    team.accounts.disable(team.accounts.person("Al"), by="Ann", now=NOW)
    assert cards(jo) == [2, 1]
    assert "Owner: Al" not in page(jo)
    answer = act(jo, "assign", 1, owner="Al")
    assert (answer.status_code, "has no account here" in answer.text) == (400, True)


def test_two_people_at_once_lose_nothing(team):
    jo, al = team("Jo"), team("Al")
    act(jo, "mark:needs reply", 1, 2)
    before = seen(jo)
    act(al, "mark:done", 1, seen=before)
    late = act(jo, "later", 1, 2, seen=before, until="2026-11-27")
    assert late.status_code == 409
    assert "Al was quicker: “done” at" in late.text
    assert "Nothing was changed" in late.text
    assert (cards(jo), cards(jo, "done"), cards(jo, "later")) == ([2], [1], [])
    again = re.search(r"<form method=\"post\" action=\"/posts/work\">.*?</form>", late.text, re.DOTALL)[0]
    assert 'name="until" value="2026-11-27"' in again
    assert 'name="seen"' not in again
    assert act(jo, "later", 1, 2, until="2026-11-27").status_code == 303
    assert sorted(cards(jo, "later")) == [1, 2]


@pytest.mark.parametrize("address", ["/", "/posts", "/posts/1", "/replies"])
def test_every_form_says_what_its_page_had_seen(client, archive, address):
    archive.marks.set([1, 2], "needs reply", **BY)
    text = page(client, address)
    forms = re.findall(r'<form[^>]*action="/posts/work".*?</form>', text, re.DOTALL)
    assert forms
    assert all(f'name="seen" value="{archive.marks.last_act()}"' in form for form in forms)


def test_a_viewer_has_no_desk_and_no_number(team):
    act(team("Jo"), "mark:needs reply", 1)
    viewer = team("Vi")
    assert viewer.get("/replies").status_code == 403
    assert 'href="/replies' not in viewer.get("/").text
    assert "Marked by" not in viewer.get("/posts/1").text


def test_a_list_that_there_is_not_is_refused(client):
    answer = client.get("/replies?view=<b>")
    assert (answer.status_code, "There is no such list" in answer.text) == (400, True)


def test_a_posts_page_has_its_history(team):
    jo = team("Jo")
    act(jo, "mark:needs reply", 1)
    act(jo, "assign", 1, owner="Al", due="2026-11-24")
    act(team("Al"), "mark:done", 1)
    lines = re.findall(r"<li>([^<]*), Mon", page(jo, "/posts/1"))
    assert lines == [
        "Marked “done” by Al",
        "Given to Al, due 24 November 2026, by Jo",
        "Marked “needs a reply” by Jo",
    ]


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        ({"act": "no mark", "by": "Jo"}, "Mark removed by Jo"),
        ({"act": "later", "by": "Jo", "day": TODAY}, "Put off until 23 November 2026 by Jo"),
        ({"act": "assigned", "by": "Jo"}, "Given to nobody by Jo"),
        ({"act": "answered", "answered_by": "@us"}, "Answered by @us"),
        ({"act": "answered"}, "Answered by an account of ours"),
        ({"act": "deleted"}, "The post was deleted, or its text removed by age"),
        ({"act": "needs reply"}, "Back on the reply desk: its answer was deleted"),
        ({"act": "not ours", "by": "Jo"}, "Marked “not ours” by Jo"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_act_has_its_sentence(entry, line):
    assert history_line(MarkEntry(at=NOW, **{"by": ""} | entry)) == line


def test_a_post_that_is_gone_leaves_the_desk_and_says_why(client, archive):
    act(client, "mark:needs reply", 1)
    archive.ingest.scrub([1], NOW + timedelta(hours=1))
    assert (cards(client), number(page(client))) == ([], 0)
    assert "The post was deleted, or its text removed by age" in page(client, "/posts/1")


def test_so_many_that_they_do_not_fit_say_where_the_rest_is(client, archive, monkeypatch):
    monkeypatch.setattr("dashboard.posts.replies.MOST", 2)
    archive.marks.set([1, 2, 3, 4, 5], "needs reply", **BY)
    assert len(cards(client)) == 2
    for view, mark in (("open", "needs reply"), ("done", "done"), ("not ours", "not ours")):
        archive.marks.set([1, 2, 3, 4, 5], mark, **BY)
        seen, address = [], f"/replies?view={view}"
        for _ in range(3):
            text = page(client, address)
            seen += [int(post) for post in re.findall(r'<li id="p(\d+)"', text)]
            more = re.search(r'href="(/replies[^"]*)" rel="next">(\d+) more', text)
            address = more[1] if more else ""
        assert (sorted(seen), address) == ([1, 2, 3, 4, 5], "")


def test_replies_to_our_own_posts_that_nobody_answered_can_be_put_on_the_desk(office, archive):
    own = replace(office.campaign, own=Own(accounts=("us@example.org",)))
    client = create_app(replace(office, campaign=own)).test_client()
    saved(archive, a_page(then(id="70", by="us", text="Come to the stall.")), now=NOW)
    replies = [
        then(id=str(n), by=f"q{n}", text="When?", parent="70", kind=PostKind.REPLY) for n in (71, 72, 73)
    ]
    saved(archive, a_page(*replies), now=NOW)
    first, second, third = archive.posts.ids_of("mastodon", ["71", "72", "73"]).values()
    act(client, "mark:done", first)
    text = page(client)
    assert ">2 replies to our own posts</a> of the last two weeks have no answer yet." in text
    assert "When?" in page(client, "/replies?view=unanswered")
    assert cards(client, "unanswered") == [second, third]
    act(client, "mark:needs reply", second)
    act(client, "mark:done", third)
    assert (cards(client), cards(client, "unanswered")) == ([second], [])
    assert "no answer yet" not in page(client)


def test_all_replies_that_wait_are_counted(office, archive):
    own = replace(office.campaign, own=Own(accounts=("us@example.org",)))
    client = create_app(replace(office, campaign=own)).test_client()
    replies = [then(id=f"r{n}", by=f"q{n}", parent="70", kind=PostKind.REPLY) for n in range(230)]
    saved(archive, a_page(then(id="70", by="us", text="Come to the stall."), *replies), now=NOW)
    assert ">230 replies to our own posts</a>" in page(client)
    assert "180 more" in page(client, "/replies?view=unanswered")


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("mark:done", {}), ("mark:not ours", {}), ("later", {}), ("later", {"until": "2026-12-01"}),
        ("mark:", {}), ("assign:me", {}), ("later:today", {}),
    ],
    ids=["Done", "Not ours", "Later", "a day", "no mark", "Take it", "Now"],
)  # fmt: skip
def test_one_undo_brings_back_mark_owner_day_and_group(team, name, form):
    jo = team("Jo")
    act(jo, "together:needs reply", 1, 3)
    act(jo, "assign", 1, 3, owner="Al", due="2026-11-30")
    act(jo, "later", 1, 3, until="2026-11-26")

    def later() -> str:
        """Return the list, without what each page and act has of its own."""
        return re.sub(r'name="seen" value="\d+"', "", page(jo, "/replies?view=later")).partition("<main")[2]

    before = later()
    did = act(jo, name, 1, 3, 2, **form).location
    undo = re.search(r'<form class="did".*?</form>', page(jo, did), re.DOTALL)[0]
    assert later() != before
    values = dict(re.findall(r'name="(back|seen|act)" value="([^"]*)"', undo))
    answer = jo.post("/posts/work", data=values)
    assert "as before." in page(jo, answer.location)
    assert later() == before
    assert cards(jo) == []
    assert "Nothing needed changing." in page(jo, jo.post("/posts/work", data=values).location)


def test_undo_says_who_has_done_something_since(team):
    jo, al = team("Jo"), team("Al")
    act(jo, "mark:needs reply", 1)
    did = act(jo, "mark:done", 1).location
    number = re.search(r"undo=(\d+)", did)[1]
    act(al, "later", 1)
    answer = jo.post("/posts/work", data={"act": f"undo:{number}", "seen": number, "back": "/replies"})
    assert (answer.status_code, "Al was quicker: “later” at" in answer.text) == (409, True)
    assert act(al, f"undo:{number}").location.endswith("did=undo-0")  # nobody takes back another's act
    assert cards(jo, "later") == [1]


def test_what_comes_back_from_done_has_its_owner_and_its_group(team):
    jo = team("Jo")
    act(jo, "together:needs reply", 1, 3)
    act(jo, "assign:me", 1, 3)
    act(jo, "mark:done", 1, 3)
    assert cards(jo, "done") == [1]
    act(jo, "mark:needs reply", 1, 3)
    assert (cards(jo), cards(jo, "mine")) == ([1], [1])
    assert "2 posts on 1 card: each with one answer for all its posts." in page(jo)


def test_ticked_posts_become_one_card_though_some_are_on_the_desk_already(client):
    act(client, "mark:needs reply", 1, 2)
    assert sorted(cards(client)) == [1, 2]
    did = act(client, "together:needs reply", 1, 2, 3, back="/posts").location
    assert "3 posts marked “needs a reply”, as one card on the Replies page." in page(client, did)
    assert cards(client) == [1]
    assert 'value="together:needs reply">Need a reply, one for all' in page(client, "/posts")


def test_a_note_on_a_card_is_for_all_its_posts(client):
    act(client, "together:needs reply", 1, 3)
    text = page(client)
    form = re.search(r"<form[^>]*>(?:(?!</form>).)*Add note", text, re.DOTALL)[0]
    assert re.findall(r'name="post" value="(\d+)"', form) == ["1", "3"]


def test_a_day_that_is_over_is_refused_for_later_with_nothing_changed(client):
    act(client, "mark:needs reply", 1)
    for day in ("2026-11-22", "2026-11-23"):
        answer = act(client, "later", 1, until=day)
        assert (answer.status_code, "Choose a day after today." in answer.text) == (400, True)
    assert cards(client) == [1]


@pytest.mark.parametrize("name", ["later:soon", "assign:you", "together:done", "together:", "tone:positive"])
def test_an_act_that_there_is_not_is_refused_and_nothing_changed(client, name):
    act(client, "mark:needs reply", 1)
    answer = act(client, name, 1)
    assert (answer.status_code, "That action does not exist." in answer.text) == (400, True)
    assert cards(client) == [1]


def test_taking_a_card_is_said_on_the_card(client):
    act(client, "mark:needs reply", 1, 2)
    did = act(client, "assign:me", 2).location
    assert did.endswith("#p2")
    card = page(client, did).partition('<li id="p2"')[2]
    assert "You have taken 1 post: see “Mine” on the Replies page." in card


def test_what_is_no_post_is_put_off_until_tomorrow_and_that_can_be_undone(office, archive):
    report = a_report(7, coming=(), top=(), latest=())
    client = create_app(replace(office, report=lambda choice: replace(
        report, put_off=archive.annotations.put_off(TODAY)
    ))).test_client()  # fmt: skip
    assert "Add your plans" in page(client, "/")
    answer = client.post("/later", data={"name": "events", "back": "/"})
    text = page(client, answer.location)
    assert ("Add your plans" in text, "Shown again tomorrow." in text) == (False, True)
    client.post("/later", data={"name": "events", "back": "/", "undo": "yes"})
    assert "Add your plans" in page(client, "/")
    assert client.post("/later", data={"name": "post 7"}).status_code == 400  # it has a desk of its own


def test_later_on_a_post_to_look_at_puts_nothing_on_the_desk(office, archive):
    top = (a_look(id=1), a_look(id=2))
    client = create_app(replace(office, report=lambda choice: replace(
        a_report(7, top=top, latest=()), put_off=archive.annotations.put_off(TODAY)
    ))).test_client()  # fmt: skip
    card = page(client, "/").partition("Look at the post")[2].partition("</li>")[0]
    assert (card.count('value="look 1"'), card.count('value="later"')) == (1, 0)
    did = client.post("/later", data={"name": "look 1", "back": "/"})
    text = page(client, did.location)
    assert ('value="look 2"' in text, "Shown again tomorrow." in text) == (True, True)
    assert cards(client) == []
