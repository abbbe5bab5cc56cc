"""Signing in and out, as browsers do it."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask, session

from dashboard import create_app
from dashboard.access.sign_in import own_path
from dashboard.access.user_agent import device
from monitor.accounts import Accounts, Role, passwords
from monitor.campaign import Access, Digest
from tests.dashboard.access.conftest import GOOD, Site
from tests.dashboard.reports import CAMPAIGN, some_services

COOKIE = "monitor"


def token(client):
    return client.get_cookie(COOKIE).value


def thief(site, stolen, **how):
    """Return a browser with somebody else's cookie."""
    client = site.app.test_client()
    client.set_cookie(COOKIE, stolen, **how)
    return client


def make_first(site, name="Ann"):
    """Return a browser in which somebody made the first account by the link that the console prints."""
    client, link = site.browser(), site.app.extensions["guard"].first_link("")
    assert client.post(link, data={"name": name, "password": GOOD}).status_code == 303
    return client


def is_in(client):
    return client.get("/").status_code == 200


@pytest.mark.heavy
def test_at_this_computer_it_is_open_with_a_banner_until_somebody_has_an_account(empty):
    text = empty.browser().get("/").text
    assert "Anyone who uses this computer can open this dashboard." in text
    make_first(empty)
    assert empty.browser().get("/").location == "/login"


@pytest.mark.parametrize(
    "from_afar",
    [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}, {"REMOTE_ADDR": ""},
     {"HTTP_FORWARDED": "for=192.0.2.7"}, {"HTTP_X_REAL_IP": "192.0.2.7"}, {"HTTP_VIA": "1.1 caddy"},
     {"HTTP_X_FORWARDED_PROTO": "https"}, {"HTTP_X_FORWARDED_HOST": "dash.example.org"},
     {"HTTP_X_FORWARDED_SERVER": "apache"}, {"HTTP_CF_CONNECTING_IP": "192.0.2.7"},
     {"HTTP_TRUE_CLIENT_IP": "192.0.2.7"}, {"HTTP_FLY_CLIENT_IP": "192.0.2.7"},
     {"HTTP_FASTLY_CLIENT_IP": "192.0.2.7"}, {"HTTP_X_AMZN_TRACE_ID": "Root=1"},
     {"SERVER_PROTOCOL": "HTTP/1.0"}],  # nginx with no more than `proxy_pass`
)  # fmt: skip
def test_from_elsewhere_it_is_never_open(empty, from_afar):
    answer = empty.browser().get("/", environ_overrides=from_afar)
    assert answer.status_code == 303
    assert "monitor users setup-link" in empty.browser().get("/login", environ_overrides=from_afar).text
    assert empty.browser().get("/set-up", environ_overrides=from_afar).status_code == 303


def test_behind_a_proxy_it_is_never_open_whatever_the_proxy_says_of_itself(tmp_path):
    site = Site(tmp_path, behind_proxy=True)
    assert site.browser().get("/").status_code == 303
    site.accounts.close()


@pytest.mark.parametrize(
    "for_others",
    [{"access": Access(names=("dash.example.org",))}, {"digest": Digest(address="https://dash.example.org")}],
    ids=["names", "address"],
)
def test_nothing_is_shown_before_the_first_account_once_others_are_to_open_it(tmp_path, for_others):
    accounts = Accounts.open(tmp_path / "access.db")
    app = create_app(some_services(campaign=replace(CAMPAIGN, **for_others)), accounts=accounts)
    client = app.test_client()
    assert [client.get(path).status_code for path in ("/", "/posts", "/set-up", "/team")] == [303] * 4
    link = app.extensions["guard"].first_link("http://127.0.0.1:8000")
    assert link.startswith("https://dash.example.org/set-up/") is ("digest" in for_others)
    assert client.post(urlsplit(link).path, data={"name": "Ann", "password": GOOD}).location == "/"
    assert is_in(client)
    accounts.close()


def test_nobody_makes_the_first_account_without_the_link_even_at_this_computer(empty):
    client = empty.browser()
    page = client.get("/set-up").text
    assert "monitor users setup-link" in page
    assert 'method="post"' not in page
    for path in ("/set-up", "/set-up/", "/set-up/" + "x" * 43, "/team"):
        client.post(path, data={"name": "Eve", "password": GOOD, "role": "admin"})
    assert [person.name for person in empty.accounts.people() if person.has_password] == []


@pytest.mark.heavy
@pytest.mark.parametrize("is_mended", [True, False])
def test_of_sixteen_who_make_the_first_account_at_once_one_does(empty, monkeypatch, is_mended):
    if not is_mended:  # the control: a link is looked at only before the transaction

        def accept(token, name, password, *, now):
            passwords.check(password, name)
            return empty.accounts.add(name, Role.ADMIN, by="a link", now=now, password=None)

        monkeypatch.setattr(empty.accounts, "accept", accept)
    start = threading.Barrier(16)
    monkeypatch.setattr(passwords, "check", lambda password, name: start.wait(120))
    link = empty.app.extensions["guard"].first_link("")

    def make(number):
        return empty.browser().post(link, data={"name": f"Ann {number}", "password": GOOD}).status_code

    with ThreadPoolExecutor(16) as pool:
        codes = sorted(pool.map(make, range(16)))
    many = len(empty.accounts.people())
    assert (many, codes) == (1, [303] + [422] * 15) if is_mended else many > 1


def test_the_first_account_keeps_what_was_typed_but_the_password(empty):
    link = empty.app.extensions["guard"].first_link("")
    answer = empty.browser().post(link, data={"name": "Ann", "password": "short"})
    assert answer.status_code == 422
    assert 'value="Ann"' in answer.text
    assert "too short" in answer.text
    assert 'short"' not in answer.text


def test_who_makes_the_first_account_is_signed_in_with_it(empty):
    client = make_first(empty)
    assert "signed in as <b>Ann</b>, admin" in client.get("/account").text
    assert client.get("/set-up").location == "/"
    assert empty.app.extensions["guard"].first_link("") is None
    assert [person.name for person in empty.accounts.people()] == ["Ann"]


def test_signing_in_leads_to_the_page_that_was_asked_for(site):
    client = site.browser()
    asked = client.get("/?period=week")
    assert asked.location == "/login?next=/?period%3Dweek"
    assert 'value="/?period=week"' in client.get(asked.location).text
    done = client.post("/login", data={"name": "vic", "password": GOOD, "next": "/?period=week"})
    assert done.location == "/?period=week"
    assert is_in(client)
    assert client.get("/login").location == "/"


@pytest.mark.parametrize(
    "path",
    [None, "", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", "/\n/evil"],
)
def test_it_leads_nowhere_else(path):
    assert own_path(path) == "/"


def test_a_wrong_password_says_so_and_keeps_the_name(site):
    answer = site.browser().post("/login", data={"name": "Vic", "password": "wrong"})
    unknown = site.browser().post("/login", data={"name": "Vyc", "password": "wrong"})
    assert answer.status_code == unknown.status_code == 401
    assert 'value="Vic"' in answer.text
    assert "do not match" in answer.text
    assert answer.text == unknown.text.replace("Vyc", "Vic")
    assert "Set-Cookie" not in answer.headers


def test_a_browser_that_was_signed_in_before_is_let_in_whoever_guesses(site):
    known = site.browser(Role.VIEWER)
    known.post("/logout")
    for _ in range(6):
        site.browser().post("/login", data={"name": "Vic", "password": "wrong"})
    form = {"name": "Vic", "password": GOOD}
    assert site.browser().post("/login", data=form).status_code == 429
    again = known.post("/login", data=form)
    assert again.status_code == 303
    assert len(again.headers.getlist("Set-Cookie")) == 1  # it is known already


def test_after_many_tries_it_says_when_to_come_back(site):
    client = site.browser()
    answers = [client.post("/login", data={"name": "Vic", "password": "wrong"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert "Try again at 09:31." in answers[-1].text
    site.later(seconds=31)
    assert client.post("/login", data={"name": "Vic", "password": GOOD}).status_code == 303


def test_the_cookie_is_hidden_from_scripts_and_from_other_sites(site):
    done = site.browser().post("/login", data={"name": "Vic", "password": GOOD})
    said = done.headers.getlist("Set-Cookie")
    assert [one.split("=")[0] for one in said] == ["monitor", "monitor-device"]
    for one in said:
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(one.split("; "))
        assert "Secure" not in one


def test_with_https_no_other_site_can_set_the_cookie(site):
    client = site.app.test_client()
    done = client.post("/login", data={"name": "Vic", "password": GOOD}, base_url="https://localhost")
    said = done.headers.getlist("Set-Cookie")
    assert [one.split("=")[0] for one in said] == ["__Host-monitor", "__Host-monitor-device"]
    for one in said:
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(one.split("; "))
        assert "Domain" not in one
    plain = thief(site, said[0].split("=", 1)[1].split(";")[0])
    assert plain.get("/", base_url="https://localhost").status_code == 303


def test_a_session_given_before_signing_in_is_not_the_one_after(site):
    client = site.browser(Role.VIEWER)
    planted = token(client)
    client.post("/login", data={"name": "Ed", "password": GOOD})
    assert token(client) != planted
    assert not is_in(thief(site, planted))


ENDS = {
    "signing out": lambda site, client: client.post("/logout"),
    "signing out everywhere": lambda site, client: client.post("/account/sign-out-everywhere"),
    "another password": lambda site, client: client.post(
        "/account/password", data={"password": GOOD, "new": "other odd words"}
    ),
    "being disabled": lambda site, client: site.browser(Role.ADMIN).post(
        "/team/change", data={"name": "Ed", "what": "disable"}
    ),
    "another role": lambda site, client: site.browser(Role.ADMIN).post(
        "/team/change", data={"name": "Ed", "what": "role", "role": "viewer"}
    ),
    "half an hour": lambda site, client: site.later(minutes=31),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_stolen_cookie_is_refused_after(site, how):
    client = site.browser(Role.EDITOR)
    stolen = token(client)
    assert is_in(thief(site, stolen))
    ENDS[how](site, client)
    for path in ("/", "/sources", "/methods", "/account"):
        assert thief(site, stolen).get(path).status_code == 303
    assert thief(site, stolen).post("/account/tokens", data={"name": "x"}).status_code == 401


def test_a_stolen_cookie_of_flasks_own_kind_would_be_accepted():
    # The control: the check above is one that can fail.
    app = Flask(__name__)
    app.secret_key = "control"
    app.add_url_rule("/in", "in", view_func=lambda: (session.update(name="Ed"), "in")[1])
    app.add_url_rule("/out", "out", view_func=lambda: (session.clear(), "out")[1])
    app.add_url_rule("/", "show", view_func=lambda: ("", 200 if "name" in session else 303))
    client = app.test_client()
    client.get("/in")
    stolen = client.get_cookie("session").value
    client.get("/out")
    other = app.test_client()
    other.set_cookie("session", stolen)
    assert client.get("/").status_code == 303
    assert other.get("/").status_code == 200


def test_who_changes_the_password_stays_signed_in_here(site):
    client, elsewhere = site.browser(Role.EDITOR), site.browser(Role.EDITOR)
    done = client.post("/account/password", data={"password": GOOD, "new": "other odd words"})
    assert "You are signed out everywhere else." in client.get(done.location).text
    assert (is_in(client), is_in(elsewhere)) == (True, False)


def test_a_page_kept_for_one_person_is_shown_to_nobody_else(site):
    admin = site.browser(Role.ADMIN)
    assert admin.get("/").status_code == admin.get("/").status_code == 200
    assert site.browser().get("/").status_code == 303
    stale = site.browser(Role.VIEWER)
    assert is_in(stale)
    stale.post("/logout")
    assert not is_in(stale)


def test_pages_of_accounts_are_not_kept_by_anyone(site):
    client = site.browser(Role.ADMIN)
    for path in ("/account", "/team", "/team/trail", "/account/phone", "/login"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
    assert site.browser().get("/").headers["Cache-Control"] == "no-store"
    assert client.get("/").headers["Cache-Control"] == "private, no-cache"


def test_an_error_that_is_met_before_signing_in_shows_no_menu(site):
    answer = site.browser().post("/nothing")
    assert answer.status_code == 401
    assert "<nav" not in answer.text


def test_an_invited_person_chooses_a_password_and_is_in(site):
    page = site.browser(Role.ADMIN).post("/team", data={"name": "Jo", "role": "editor"}).text
    path = re.search(r"http://localhost(/set-up/[\w-]{43})", page)[1]
    client = site.browser()
    assert "For the account of <b>Jo</b>" in client.get(path).text
    assert client.post(path, data={"password": "jo"}).status_code == 422
    assert client.post(path, data={"password": GOOD}).location == "/"
    assert "signed in as <b>Jo</b>, editor" in client.get("/account").text
    assert client.get(path).status_code == client.post(path, data={"password": GOOD}).status_code == 410


def test_a_command_is_shown_as_it_is_typed_here(tmp_path, monkeypatch):
    monkeypatch.setattr("dashboard.COMMAND", ".venv/bin/monitor")
    page = Site(tmp_path).browser().get("/login", environ_overrides={"REMOTE_ADDR": "192.0.2.7"}).text
    assert "<code>.venv/bin/monitor users setup-link</code>" in page


@pytest.mark.heavy
def test_the_first_link_works_from_elsewhere(empty):
    path = "/set-up/" + empty.accounts.invite(None, by="the console", now=empty.now)
    client = empty.browser()
    client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert "Create the first account" in client.get(path).text
    answer = client.post(path, data={"name": "", "password": GOOD})
    assert "Enter a name" in answer.text
    assert client.post(path, data={"name": "Ann", "password": GOOD}).location == "/"
    assert empty.accounts.person("Ann").role == Role.ADMIN


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("curl/8", "A browser"),
    ],
)
def test_a_device_is_named_as_its_owner_would(agent, words):
    assert device(agent) == words


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("path", "answers"), [("/live?after=0", {303}), ("/", {200})], ids=["live", "control"]
)
def test_what_an_open_page_asks_for_by_itself_keeps_nobody_signed_in(site, path, answers):
    client = site.browser(Role.VIEWER)
    for _ in range(35):
        site.later(minutes=1)
        client.get(path)
    assert {client.get("/").status_code} == answers
