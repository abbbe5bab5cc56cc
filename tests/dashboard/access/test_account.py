"""My account, and the accounts of others."""

import base64
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from pyotp import TOTP

from monitor.accounts import Role
from tests.dashboard.access import conftest
from tests.dashboard.access.conftest import GOOD, NAMES, Site


def with_phone(site, role):
    """Return the secret of a person's phone, whose codes are asked for from now on."""
    person = site.person(role)
    secret = site.accounts.phone(person)
    site.accounts.switch_on(person, TOTP(secret).at(site.now), site.now)
    site.later(minutes=1)
    return secret


def signing_in(site, role, code):
    """Return the browser and the answers to the password and to the code."""
    client = site.browser()
    first = client.post("/login", data={"name": NAMES[role], "password": GOOD, "next": "/sources"})
    return client, first, client.post("/login/code", data={"code": code, "next": "/sources"})


@pytest.mark.heavy
def test_a_wrong_present_password_changes_nothing(site):
    client = site.browser(Role.VIEWER)
    answer = client.post("/account/password", data={"password": "wrong", "new": "other odd words"})
    assert answer.status_code == 422
    assert "Your current password is not right." in answer.text
    for _ in range(5):
        answer = client.post("/account/password", data={"password": "wrong", "new": "other odd words"})
    assert "Try again at" in answer.text
    site.later(minutes=5)
    assert site.browser(Role.VIEWER)


def test_a_new_password_that_is_easily_guessed_is_refused(site):
    answer = site.browser(Role.VIEWER).post("/account/password", data={"password": GOOD, "new": "password1"})
    assert "one of the first that others would try" in answer.text
    assert 'type="password" value=""' in answer.text


@pytest.mark.heavy
def test_a_phone_is_set_up_with_a_picture_and_a_key(site):
    client = site.browser(Role.EDITOR)
    page = client.get("/account/phone").text
    secret = site.accounts.phone(site.person(Role.EDITOR))
    assert '<svg viewBox="' in page
    assert secret[:4] + " " + secret[4:8] in page
    assert client.post("/account/phone", data={"code": "000000"}).status_code == 422
    done = client.post("/account/phone", data={"code": TOTP(secret).at(site.now)})
    assert len(re.findall(r"<li><code>[\w-]{14}</code>", done.text)) == 8
    assert client.get("/account/phone").location == client.post("/account/phone").location == "/account"


def test_with_a_phone_the_password_alone_opens_nothing(site):
    secret = with_phone(site, Role.EDITOR)
    client, first, wrong = signing_in(site, Role.EDITOR, "000000")
    assert first.location == "/login/code?next=/sources"
    assert (wrong.status_code, "That code is not right" in wrong.text) == (401, True)
    assert client.get("/account").status_code == 303
    assert client.post("/shares", data={"name": "x"}).status_code == 401
    waiting = client.get_cookie("monitor").value
    done = client.post("/login/code", data={"code": TOTP(secret).at(site.now), "next": "/sources"})
    assert done.location == "/sources"
    assert client.get("/account").status_code == 200
    assert client.get_cookie("monitor").value != waiting


def test_the_same_code_does_not_work_for_a_second_browser(site):
    code = TOTP(with_phone(site, Role.EDITOR)).at(site.now)
    assert [signing_in(site, Role.EDITOR, code)[2].status_code for _ in range(2)] == [303, 401]


def test_codes_are_tried_a_few_times_only(site):
    with_phone(site, Role.EDITOR)
    client = site.browser()
    client.post("/login", data={"name": "Ed", "password": GOOD})
    codes = [client.post("/login/code", data={"code": f"{n:06}"}).status_code for n in range(8)]
    assert codes == [401] * 5 + [429] * 3


def test_the_wait_for_a_code_is_short_and_leads_back_to_the_start(site):
    with_phone(site, Role.EDITOR)
    client, *_ = signing_in(site, Role.EDITOR, "")
    assert client.get("/login/code").status_code == 200
    site.later(minutes=6)
    assert client.get("/login/code").location == client.post("/login/code").location == "/login"


def test_a_phone_is_switched_off_with_the_password(site):
    code = TOTP(with_phone(site, Role.EDITOR)).at(site.now)
    client, *_ = signing_in(site, Role.EDITOR, code)
    assert client.post("/account/phone/off", data={"password": "wrong"}).status_code == 422
    assert site.person(Role.EDITOR).two_steps
    assert client.post("/account/phone/off", data={"password": GOOD}).location == "/account?done=phone"
    assert not site.person(Role.EDITOR).two_steps


def test_a_link_for_a_new_password_does_not_stand_for_the_phone(site):
    with_phone(site, Role.EDITOR)
    token = site.accounts.invite(site.person(Role.EDITOR), by="Ann", now=site.now)
    client = site.browser()
    assert client.post(f"/set-up/{token}", data={"password": "other odd words"}).location == "/login/code"
    assert client.get("/").status_code == 303


@pytest.mark.heavy
def test_admins_need_a_phone_if_the_campaign_says_so(tmp_path):
    site = Site(tmp_path, totp_for_admins=True).with_people()
    admin, editor = site.browser(Role.ADMIN), site.browser(Role.EDITOR)
    assert editor.get("/").status_code == 200
    for path in ("/", "/team", "/account", "/shares"):
        assert admin.get(path).location == "/account/phone?why=needed"
    assert admin.post("/team", data={"name": "Eve", "role": "admin"}).status_code == 303
    assert len(site.accounts.people()) == 3
    assert "asks its admins for a code" in admin.get("/account/phone?why=needed").text
    secret = site.accounts.phone(site.person(Role.ADMIN))
    assert admin.post("/account/phone", data={"code": TOTP(secret).at(site.now)}).status_code == 200
    assert admin.get("/team").status_code == 200
    site.accounts.close()


def test_a_token_is_shown_once_and_reads_the_numbers_and_nothing_else(site):
    client = site.browser(Role.VIEWER)
    token = re.search(r"cm_[\w-]{43}", client.post("/account/tokens", data={"name": "screen"}).text)[0]
    assert token not in client.get("/account").text
    program = site.browser()
    for said in (f"Bearer {token}", "Basic " + base64.b64encode(f"x:{token}".encode()).decode()):
        assert program.get("/api/v1/report", headers={"Authorization": said}).json["title"]
        assert program.get("/account", headers={"Authorization": said}).status_code == 403
        page = program.get("/", headers={"Authorization": said})
        assert page.status_code == 403
        assert "Tokens open the API, feeds and downloads only." in page.text
    [kept] = site.accounts.tokens(site.person(Role.VIEWER))
    assert client.post(f"/account/tokens/{kept.id}/end").location == "/account?done=token"
    gone = program.get("/api/v1/report", headers={"Authorization": f"Bearer {token}"})
    assert (gone.status_code, "Send a token" in gone.json["error"]) == (401, True)


@pytest.mark.parametrize(
    "said", ["", "Bearer", "Bearer x", "Basic !!!", "Basic eA==", "Digest x=y", "Bearer \xff"]
)
def test_a_token_that_is_none_opens_nothing(site, said):
    answer = site.browser(Role.ADMIN).get("/api/v1/report", headers={"Authorization": said})
    assert answer.status_code == (200 if not said else 401)  # nothing said: the session counts


def test_a_token_without_a_name_is_refused(site):
    assert site.browser(Role.VIEWER).post("/account/tokens", data={"name": ""}).status_code == 422


def test_the_office_has_no_account_page(empty):
    assert empty.browser().get("/account").status_code == 404


ACTS = [("role", "editor"), ("disable", ""), ("enable", ""), ("sign-out", ""), ("phone-off", "")]


@pytest.mark.parametrize(("what", "role"), ACTS)
def test_an_admin_looks_after_others(site, what, role):
    with_phone(site, Role.VIEWER)
    if what == "enable":
        site.accounts.disable(site.person(Role.VIEWER), by="Ann", now=site.now)
    admin = site.browser(Role.ADMIN)
    done = admin.post("/team/change", data={"name": "Vic", "what": what, "role": role})
    assert done.location == f"/team?done={what}"
    assert 'class="done"' in admin.get(done.location).text
    person = site.person(Role.VIEWER)
    assert person.disabled == (what == "disable")
    assert person.two_steps == (what != "phone-off")
    assert (person.role == Role.EDITOR) == (what == "role")


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"name": "Ann", "what": "disable"}, "last admin"),
        ({"name": "Eve", "what": "disable"}, "There is no account called"),
        ({"name": "Vic", "what": "role", "role": "owner"}, "Choose one of"),
        ({"name": "Vic", "what": "delete"}, "no longer exists"),
    ],
)
def test_what_cannot_be_done_is_said(site, form, says):
    answer = site.browser(Role.ADMIN).post("/team/change", data=form)
    assert (answer.status_code, says in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("address", "is_here_only"),
    [("http://127.0.0.1:8000", True), ("https://dash.example.org", False)],
    ids=["here only", "for others"],
)
def test_an_invitation_that_opens_on_this_computer_only_says_so(tmp_path, monkeypatch, address, is_here_only):
    here = replace(conftest.CAMPAIGN, digest=replace(conftest.CAMPAIGN.digest, address=address))
    monkeypatch.setattr(conftest, "CAMPAIGN", here)
    site = conftest.Site(tmp_path).with_people()
    page = site.browser(Role.ADMIN).post("/team", data={"name": "Sam", "role": "editor"}).text
    assert "Send this link to" in page
    assert ("It opens on this computer only." in page) == is_here_only
    site.accounts.close()


def test_a_name_that_is_taken_is_said_and_kept(site):
    answer = site.browser(Role.ADMIN).post("/team", data={"name": "vic", "role": "editor"})
    assert "There is already an account called" in answer.text
    assert 'value="vic"' in answer.text
    assert '<option value="editor" selected>Editor</option>' in answer.text


def test_an_admin_makes_a_new_link_for_a_forgotten_password(site):
    answer = site.browser(Role.ADMIN).post("/team/change", data={"name": "Vic", "what": "link"})
    assert re.search(r"http://localhost/set-up/[\w-]{43}", answer.text)


def test_taking_numbers_away_is_on_the_trail(site):
    browser = site.browser(Role.ADMIN)
    assert browser.get("/takeaway/chart.svg", buffered=True).status_code == 200
    assert "exported chart.svg" in browser.get("/team/trail").text


def test_the_trail_is_for_admins_and_says_who_did_what(site):
    site.browser(Role.EDITOR).post("/shares", data={"name": "the MP", "shows": "tone", "days": "7"})
    text = site.browser(Role.ADMIN).get("/team/trail").text
    assert "share 1: the chart of tone, for 7 days" in text
    assert "Ed</td>" in text
    assert site.browser(Role.EDITOR).get("/team/trail").status_code == 403


def test_a_page_is_kept_only_for_whom_it_was_made(site):
    guard = site.app.extensions["guard"]

    def vary(path, **more):
        with site.app.test_request_context(path, **more) as made:
            return guard.vary(made.request.environ)

    cookies = {
        role: site.accounts.begin(site.person(role), "x", site.now) for role in (Role.ADMIN, Role.VIEWER)
    }
    keys = [vary("/", headers={"Cookie": f"monitor={cookies[role]}"}) for role in (Role.ADMIN, Role.VIEWER)]
    assert len(set(keys)) == 2
    assert None not in keys
    again = site.accounts.begin(site.person(Role.VIEWER), "x", site.now)
    assert vary("/", headers={"Cookie": f"monitor={again}"})[:2] == keys[1][:2]
    assert vary("/") is vary("/", headers={"Cookie": "monitor=x"}) is None
    for path in ("/login", "/account", "/s/x", "/team", "/shares", "/set-up"):
        assert vary(path, headers={"Cookie": f"monitor={cookies[Role.ADMIN]}"}) is None
    token = site.accounts.add_token(site.person(Role.VIEWER), "x", site.now)
    assert vary("/", headers={"Authorization": f"Bearer {token}"}) not in (None, keys[1])
    site.later(minutes=31)
    assert vary("/", headers={"Cookie": f"monitor={cookies[Role.ADMIN]}"}) is None


@pytest.mark.heavy
def test_a_session_in_use_goes_on(site):
    client = site.browser(Role.VIEWER)
    for _ in range(5):
        site.now += timedelta(minutes=20)
        assert client.get("/").status_code == 200
