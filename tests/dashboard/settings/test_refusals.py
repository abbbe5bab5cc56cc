"""What a browser may not set, and what is asked about once more, on real files."""

import re
import socket
from datetime import timedelta

import pytest
from lxml import html

from monitor.sources.shared.http import is_public
from tests.builders import a_post
from tests.dashboard.archived import filled
from tests.dashboard.reports import NOW
from tests.dashboard.settings.office import Office, fields

pytestmark = pytest.mark.heavy


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("campaign", "places", "/dev/zero"),
        ("campaign", "places", "../places.toml"),
        ("campaign", "places", ".env"),
        ("campaign", "places", "notes.txt"),
        ("tone", "subject_words", "/etc/passwd"),
        ("backup", "second", "/etc"),
        ("backup", "folder", "../../srv"),
        ("backup", "folder", "~/copies"),
        ("backup", "folder", ""),
    ],
)  # fmt: skip
def test_a_place_elsewhere_on_this_computer_is_written_by_hand(office, section, name, value):
    answer = office.send(f"/settings/{section}", {name: value, "anyway": "yes"})
    assert answer.status_code == 422
    assert "by hand" in answer.text
    assert office.difference() == []


def test_a_file_beside_the_campaign_file_can_be_chosen(office):
    (office.path.parent / "other.toml").write_text("")
    assert office.send("/settings/campaign", {"places": "other.toml"}).status_code == 303
    assert office.send("/settings/campaign", {"places": ""}).status_code == 303


def lookup(host, *_):
    """Return what the system answers for numbers, which it reads in many ways, and for made-up names."""
    if ":" not in host:
        host = {"localhost": "127.0.0.1", "printer.example": "10.0.0.9", "news.example": "8.8.8.8"}.get(
            host, host
        )
        host = socket.inet_ntoa(socket.inet_aton(host))
    return [(0, 0, 0, "", ("8.8.8.8", 0)), (0, 0, 0, "", (host, 0))]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8499/f", "http://localhost/f", "http://127.1/f", "http://0x7f000001/f",
        "http://2130706433/f", "http://0.0.0.0/f", "http://[::1]/f", "http://[::ffff:127.0.0.1]/f",
        "http://user:word@127.0.0.1/f", "http://192.168.1.1/f", "http://10.0.0.1/f",
        "http://169.254.169.254/latest/", "http://[fe80::1]/f", "https://printer.example/f",
    ],
)  # fmt: skip
def test_an_address_within_this_network_is_neither_asked_nor_saved(office, address, monkeypatch):
    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    office.services |= {"is_public": is_public, "attempt": lambda *all: asked.append(all) or (True, "")}
    answer = office.send("/settings/sources.feeds", {"urls": address, "anyway": "yes"})
    assert answer.status_code == 422
    assert "its own network" in answer.text
    assert (asked, office.difference()) == ([], [])
    outside = {"urls": "https://news.example/f"}
    assert office.send("/settings/sources.feeds", outside).status_code in (200, 303)
    assert len(asked) == 1  # the control


@pytest.mark.parametrize(
    ("section", "name", "inside", "outside"),
    [
        ("access", "oidc_issuer", "https://printer.example/login", "https://news.example"),
        ("access", "oidc_issuer", "http://localhost:8499", ""),
        ("campaign", "petition", "https://printer.example/petitions/1", "https://news.example/petitions/1"),
        ("alerts", "webhook_hosts", "printer.example", "news.example"),
        ("alerts", "webhook_hosts", "news.example\n127.0.0.1", "news.example"),
    ],
)
def test_what_the_program_is_to_open_is_not_within_this_network(
    office, section, name, inside, outside, monkeypatch
):
    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    office.services["is_public"] = is_public
    answer = office.send(f"/settings/{section}", {name: inside})
    assert answer.status_code == 422
    assert "its own network" in answer.text
    assert office.difference() == []
    assert office.send(f"/settings/{section}", {name: outside}).status_code == 303  # the control


def test_a_server_within_this_network_is_refused_and_one_that_is_there_already_stays(office):
    servers = fields(office.client().get("/settings/sources.mastodon").text)["servers"]
    office.path.write_text(office.path.read_text().replace('"mas.to"', '"127.0.0.1"'))
    office.services |= {
        "is_public": lambda address: "127.0.0.1" not in address, "attempt": lambda *all: (True, ""),
    }  # fmt: skip
    added = {"servers": servers.replace("mas.to", "127.0.0.1") + "\nexample.social"}
    assert office.send("/settings/sources.mastodon", added).status_code in (200, 303)
    for inside in ("127.0.0.1:8499", "http://127.0.0.1:8499"):
        more = {"servers": f"{added['servers']}\n{inside}"}
        assert office.send("/settings/sources.mastodon", more).status_code == 422


@pytest.mark.parametrize("name", [" ", "x" * 201, "x" * 1_000_000, "a\x1bb", "a\x00b"])
def test_a_name_is_one_short_line(office, name):
    answer = office.send("/settings/campaign", {"name": name})
    assert answer.status_code == 422
    assert re.search("a line of text, not empty and with at most 200 characters|visible", answer.text)
    assert len(answer.text) < 1_100_000
    assert office.difference() == []


@pytest.mark.parametrize(
    ("typed", "posts"),
    [({"end": "2020-01-01"}, 3), ({"text_days": "30"}, 2), ({"text_days": "3"}, 3)],
)  # fmt: skip
def test_before_texts_go_their_number_is_told_and_somebody_insists(office, tmp_path, typed, posts):
    filled(tmp_path, *(a_post(id=f"old{n}", created_at=NOW - timedelta(days=n)) for n in (5, 40, 80)))
    answer = office.send("/settings/keep", typed)
    assert answer.status_code == 422
    assert f"{posts} more posts would be removed for good" in answer.text
    assert office.difference() == []
    assert office.send("/settings/keep", {"anyway": "yes"}, fields(answer.text)).status_code == 303


def test_a_longer_time_is_saved_without_a_question(office):
    assert office.send("/settings/keep", {"text_days": "400"}).status_code == 303


@pytest.mark.parametrize(
    ("section", "typed", "says"),
    [
        ("dissolution", {"day": "2016-03-29"}, "That day is over: nothing would be collected"),
        ("new-track", {"title": "#callingtimeoncrime", "tags": "Other"}, "Another track is called so"),
        ("track.calling-time-on-crime", {"excluded": "#CallTimeOnCrime"}, "it would find no post with it"),
    ],
)
def test_what_is_hardly_meant_is_asked_about_once_more(office, section, typed, says):
    answer = office.send(f"/settings/{section}", typed)
    assert answer.status_code == 422
    assert says in answer.text
    assert office.difference() == []
    assert office.send(f"/settings/{section}", {"anyway": "yes"}, fields(answer.text)).status_code == 303


def undo(office):
    """Return what the button beside the newest change sends."""
    button = html.fromstring(office.client().get("/settings/earlier").text).find(".//main//li//button")
    return {button.get("name"): button.get("value")}


def test_an_undo_that_would_shorten_it_asks_first(office, tmp_path):
    filled(tmp_path, *(a_post(id=f"old{n}", created_at=NOW - timedelta(days=n)) for n in (5, 400, 500)))
    assert office.send("/settings/keep", {"text_days": "600", "author_days": "600"}).status_code == 303
    kept = office.path.read_text()
    newest = undo(office)
    answer = office.client().post("/settings/earlier", data=newest)
    assert answer.status_code == 422
    assert "2 more posts would be removed for good" in answer.text
    assert "Undo it all the same" in answer.text
    assert office.path.read_text() == kept
    assert office.client().post("/settings/earlier", data=newest | {"anyway": "yes"}).status_code == 303
    assert "600" not in office.path.read_text()


def test_an_undo_that_shortens_nothing_asks_nothing(office, tmp_path):
    filled(tmp_path, a_post(id="old", created_at=NOW - timedelta(days=400)))
    office.send("/settings/digest", {"hour": "9"})
    assert "Undo it all the same" not in office.client().get("/settings/earlier").text
    assert office.client().post("/settings/earlier", data=undo(office)).status_code == 303
    assert office.difference() == []
