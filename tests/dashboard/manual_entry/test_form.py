"""The form: three fields are enough, nothing typed is lost, and nothing is stored twice."""

import re
from contextlib import nullcontext

import pytest
from lxml import html
from lxml.etree import XPath

from dashboard import create_app
from monitor.accounts import Accounts, Role
from monitor.archive import Archive
from monitor.core.errors import MonitorError
from monitor.core.model import Metrics, encodable
from tests.dashboard.archived import TRACK, an_archive, archived_office, filled, then
from tests.dashboard.reports import NOW
from tests.export.hostile import hostile

ENTRY = {"act": "add", "where": "Facebook group", "when": "2026-11-20T18:30", "text": "A stall at Heathway"}


@pytest.fixture
def folder(tmp_path):
    filled(tmp_path, then())
    return tmp_path


@pytest.fixture
def client(folder):
    return create_app(archived_office(folder)).test_client()


def add(client, **changes):
    return client.post("/by-hand", data=ENTRY | changes)


def stored(folder):
    with an_archive(folder) as archive:
        return [row for row in archive.posts.every() if row.platform == "by-hand"]


def test_the_form_is_short_and_its_time_is_now_by_the_campaigns_clock(client):
    page = client.get("/by-hand").text
    assert 'value="2026-11-22T09:30"' in page
    assert "London time" in page
    assert "Leave out a private person’s name" in page
    assert 'name="track"' not in page  # the campaign has one


@pytest.mark.heavy
def test_a_post_is_stored_and_told_with_a_link_and_undo(client, folder):
    answer = add(client)
    assert (answer.status_code, answer.location) == (303, "/by-hand?did=added&post=2")
    page = client.get(answer.location).text
    assert 'Saved: <a href="/posts/2">Facebook group, ' in page
    [row] = stored(folder)
    assert (row.text, row.tone, row.metrics) == ("A stall at Heathway", None, Metrics())
    assert client.post("/by-hand", data={"act": "undo", "post": "2"}).location == "/by-hand?did=removed"
    assert stored(folder) == []
    assert client.post("/by-hand", data={"act": "undo", "post": "2"}).location == "/by-hand?did=gone"


@pytest.mark.parametrize("id", ["1", "", "x", "²", "9" * 30, "-1"])
def test_nothing_but_an_entry_can_be_undone(client, folder, id):
    assert client.post("/by-hand", data={"act": "undo", "post": id}).location == "/by-hand?did=gone"
    with an_archive(folder) as archive:
        assert archive.posts.count() == 1


@pytest.mark.heavy
def test_an_entry_is_marked_as_such_where_posts_are_listed(client):
    add(client, text="Somebody at Dagenham Heathway asked for it")
    for path in ("/posts", "/posts/2", "/posts?platform=by-hand"):
        page = client.get(path).text
        assert "<b>Someone</b> · By hand: Facebook group" in page
    assert "By hand" in client.get("/posts").text
    assert "Mentions: <a" in client.get("/posts/2").text  # places are found as in other posts


@pytest.mark.heavy
def test_the_track_that_was_chosen_takes_the_entry(client, folder):
    add(client)
    with an_archive(folder) as archive:
        assert archive.coverage.last_save("by-hand")
        tracks = archive.db.execute("SELECT track FROM post_tracks WHERE post_id = 2").fetchall()
    assert tracks == [(TRACK,)]
    assert add(client, track="nothing").status_code == 400


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("where", "", "Enter where it was seen"),
        ("when", "yesterday", "not a date and time"),
        ("text", " ", "Enter what was said"),
        ("link", "javascript:alert(1)", "A link begins with https"),
        ("likes", "many", "not a whole number"),
        ("who", "w" * 101, "Shorten it to 100"),
    ],
)
def test_a_slip_is_told_by_its_field_and_all_that_was_typed_stays(client, folder, field, typed, said):
    full = ENTRY | {
        "link": "https://a.example/1",
        "likes": "3",
        "views": "9",
        "who": "The Post",
        "other": "x",
    }
    answer = client.post("/by-hand", data=full | {field: typed})
    assert answer.status_code == 400
    assert f'id="{field}-slip">' in answer.text
    assert said in answer.text
    assert answer.text.count('class="slip"') == 1
    kept = {
        name: text for name, text in (full | {field: typed}).items() if name not in ("act", "where", "text")
    }
    for text in kept.values():
        assert f'value="{text}"' in answer.text
    assert field == "text" or "A stall at Heathway</textarea>" in answer.text
    assert field == "where" or "<option selected>Facebook group</option>" in answer.text
    assert stored(folder) == []


@pytest.mark.heavy
def test_a_place_that_is_not_in_the_list_is_written_beside_it(client, folder):
    assert add(client, where="elsewhere", other="").status_code == 400
    assert add(client, where="elsewhere", other="Village hall").status_code == 303
    assert "By hand: Village hall" in client.get("/posts").text


@pytest.mark.heavy
def test_the_same_again_is_pointed_out_and_not_stored(client, folder):
    add(client)
    answer = add(client, text="a  stall at heathway", when="2026-11-20T09:00")
    assert answer.status_code == 409
    assert "This is already in the archive" in answer.text
    assert '<a href="/posts/2">See it there</a>' in answer.text
    assert "a  stall at heathway</textarea>" in answer.text
    assert len(stored(folder)) == 1
    assert add(client, when="2026-11-21T09:00").status_code == 303


@pytest.mark.heavy
def test_what_is_typed_is_only_text(client):
    bad = '"><script>alert(1)</script>'
    for page in (add(client, where="elsewhere", other=bad, text=bad, who=bad, likes="x").text,
                 client.get(add(client, where="elsewhere", other=bad, text=bad, who=bad).location).text,
                 client.get("/posts").text):  # fmt: skip
        assert "<script>alert" not in page


# What a browser would run, or follow to a script.
RUNS = XPath(
    "//script[not(starts-with(@src, '/static/'))] | //@*[starts-with(name(), 'on')]"
    " | //a/@*[re:test(., '^\\s*javascript:', 'i')]",
    namespaces={"re": "http://exslt.org/regular-expressions"},
)


def ran(page: str) -> list[str]:
    found = RUNS(html.document_fromstring(page))
    return [f"{one.attrname}={one}" if isinstance(one, str) else one.tag for one in found]


@pytest.mark.slow
def test_whatever_is_typed_nothing_runs_and_nothing_breaks(folder):
    archive = an_archive(folder)  # one for all: to open it takes longer than to keep a post
    client = create_app(archived_office(folder, write=lambda: nullcontext(archive))).test_client()
    for text in map(encodable, hostile()):  # a form has no half of a character
        typed = {"where": "elsewhere", "other": text[:60], "text": text[:5000], "who": text[:100]}
        for answer in add(client, **typed, link=text), add(client, **typed):
            assert answer.status_code in (303, 400, 409)
            assert ran(answer.text) == []
    for path in ("/by-hand", "/posts?platform=by-hand", "/sources"):
        assert ran(client.get(path).text) == []
    archive.close()


def test_control_what_would_run_is_found():
    page = "<script></script><p onclick=x><a href='JavaScript:x'>"
    assert ran(page) == ["script", "onclick=x", "href=JavaScript:x"]


def test_an_archive_that_cannot_be_written_to_loses_nothing_typed(folder):
    def refuse() -> Archive:
        raise MonitorError("The archive is busy.")

    client = create_app(archived_office(folder, write=refuse)).test_client()
    answer = add(client)
    assert answer.status_code == 409
    assert "The archive is busy. Nothing was changed." in answer.text
    assert "A stall at Heathway</textarea>" in answer.text


@pytest.mark.parametrize("data", [{}, {"act": "drop"}])
def test_another_act_is_refused(client, data):
    assert client.post("/by-hand", data=data).status_code == 400


@pytest.mark.heavy
def test_another_site_cannot_enter_anything(client, folder):
    answer = client.post("/by-hand", data=ENTRY, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert stored(folder) == []


@pytest.mark.heavy
def test_posts_and_sources_lead_here(client):
    for path in ("/posts", "/sources"):
        assert re.search('<a href="/by-hand">(A|a)dd (a post )?by hand</a>', client.get(path).text)


@pytest.mark.heavy
def test_the_trail_says_who_added_and_removed_without_the_text(folder):
    accounts = Accounts.open(folder / "access.db")
    accounts.add("Ed", Role.ADMIN, by="a test", now=NOW, password="three odd words")
    client = create_app(archived_office(folder), accounts=accounts).test_client()
    client.set_cookie("monitor", accounts.begin(accounts.person("Ed"), "a test", NOW))
    add(client)
    client.post("/by-hand", data={"act": "undo", "post": "2"})
    said = client.get("/team/trail").text
    assert "by hand: 1 post added" in said
    assert "by hand: 1 post removed" in said
    assert "Heathway" not in said
    accounts.close()
