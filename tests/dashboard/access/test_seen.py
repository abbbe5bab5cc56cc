"""Signing in and out in a real browser, by keyboard and without JavaScript."""

import re

import pytest
from flask import Flask
from playwright.sync_api import expect
from pyotp import TOTP

from dashboard import create_app
from monitor.accounts import Role
from tests.axe import faults
from tests.conftest import ARGS, CHROMIUM
from tests.dashboard.access.conftest import GOOD, NAMES
from tests.dashboard.reports import served, some_services


@pytest.fixture
def address(site):
    with served(site.app) as at:
        yield at


def signed_in(browser, site, address, role, **how):
    """Return a page of a browser that is signed in with this role."""
    context = browser.new_context(**how)
    if role:
        token = site.accounts.begin(site.person(role), "Firefox on Windows", site.now)
        context.add_cookies([{"name": "monitor", "value": token, "url": address}])
    return context.new_page()


def test_a_wrong_form_is_without_fault_too(browser, site, address):
    page = signed_in(browser, site, address, Role.NOBODY, viewport={"width": 320, "height": 800})
    page.goto(address + "/login")
    page.fill("#name", "Vic")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    expect(page.locator("[role=alert]")).to_contain_text("do not match")
    expect(page).to_have_title(re.compile("^Please check: "))
    expect(page.locator("#name")).to_have_value("Vic")
    expect(page.locator("#password")).to_have_value("")
    assert faults(page) == []
    page.context.close()


def test_one_signs_in_by_keyboard_without_javascript_and_out_again(browser, site, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "/sources")
    page.locator("#name").focus()
    page.keyboard.type("ed")
    page.keyboard.press("Tab")
    page.keyboard.type(GOOD)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(address + "/sources")
    cookie = next(one for one in context.cookies() if one["name"] == "monitor")
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("monitor", True, "Lax")
    page.goto(address + "/account")
    page.click("text=Sign out >> nth=0")
    expect(page.locator("main")).to_contain_text("You are signed out.")
    assert [one["name"] for one in context.cookies()] == ["monitor-device"]
    context.close()


def test_a_form_on_another_site_changes_nothing_though_the_cookie_comes_with_it(browser, site, address):
    form = f"<form method=post action={address}/team><input name=name value=Eve><input name=role value=admin>"
    other = Flask("other")
    other.add_url_rule("/", "show", lambda: form + "<button>Win</button></form>")
    page = signed_in(browser, site, address, Role.ADMIN)
    with served(other) as elsewhere:  # another port: not our origin, but a browser sends the cookie there
        page.goto(elsewhere)
        with page.expect_response(address + "/team") as answer:
            page.click("button")
    assert "monitor=" in answer.value.request.all_headers()["cookie"]
    assert answer.value.status == 403
    assert sorted(person.name for person in site.accounts.people()) == sorted(NAMES.values())
    page.context.close()


def test_a_phone_is_set_up_in_a_browser(browser, site, address):
    page = signed_in(browser, site, address, Role.EDITOR, viewport={"width": 320, "height": 800})
    page.goto(address + "/account/phone")
    assert page.locator("svg.qr").bounding_box()["width"] >= 150
    secret = site.accounts.phone(site.person(Role.EDITOR))
    page.fill("#code", TOTP(secret).at(site.now))
    page.click("text=Switch codes on")
    expect(page.locator(".spare code")).to_have_count(8)
    assert faults(page) == []
    page.context.close()


def test_a_code_is_asked_for_without_fault_and_given_by_keyboard(browser, site, address):
    person = site.person(Role.EDITOR)
    secret = site.accounts.phone(person)
    site.accounts.switch_on(person, TOTP(secret).at(site.now), site.now)
    site.later(minutes=1)
    page = signed_in(browser, site, address, Role.NOBODY, viewport={"width": 320, "height": 800})
    page.goto(address + "/login")
    page.fill("#name", "Ed")
    page.fill("#password", GOOD)
    page.keyboard.press("Enter")
    page.locator("#code").wait_for()
    expect(page.locator("h1")).to_have_text("Code from your phone")
    assert faults(page) == []
    page.locator("#code").focus()
    page.keyboard.type(TOTP(secret).at(site.now))
    page.keyboard.press("Enter")
    page.wait_for_url(address + "/")
    page.context.close()


def test_one_signs_in_where_the_browser_says_only_the_origin(browser, site):
    """On plain http, but for this computer, browsers send no Sec-Fetch-Site."""
    services = some_services(now=lambda: site.now)
    app = create_app(services, accounts=site.accounts, hosts={"dash.example"})
    rule = "--host-resolver-rules=MAP dash.example 127.0.0.1"
    far = browser.browser_type.launch(executable_path=CHROMIUM, args=[*ARGS, rule])
    with served(app) as at:
        page = far.new_page()
        page.goto(at.replace("127.0.0.1", "dash.example") + "/login")
        page.fill("#name", "Ed")
        page.fill("#password", GOOD)
        with page.expect_response("**/login") as answer:
            page.keyboard.press("Enter")
        said = answer.value.request.all_headers()
        assert "sec-fetch-site" not in said
        assert said["origin"] == at.replace("127.0.0.1", "dash.example")
        assert answer.value.status == 303
    far.close()


def test_what_was_typed_before_a_session_ended_is_sent_after_signing_in(browser, site, address):
    page = signed_in(browser, site, address, Role.EDITOR, viewport={"width": 320, "height": 800})
    page.goto(address + "/shares")
    page.fill("#name", "typed for half an hour")
    site.later(minutes=31)
    page.click("text=Create the link")
    expect(page.locator("main")).to_contain_text("What you typed is not lost")
    assert faults(page) == []
    with page.context.expect_page() as opened:
        page.click("a.button")
    opened.value.fill("#name", "Ed")
    opened.value.fill("#password", GOOD)
    opened.value.keyboard.press("Enter")
    opened.value.wait_for_url(address + "/")
    page.reload()
    expect(page.locator("main")).to_contain_text("Copy this link now.")
    assert [share.name for share in site.accounts.shares()] == ["typed for half an hour"]
    page.context.close()


def test_the_back_button_shows_nothing_after_signing_out(browser, site, address):
    page = signed_in(browser, site, address, Role.EDITOR)
    page.goto(address + "/")
    page.goto(address + "/account")
    page.click("text=Sign out >> nth=0")
    page.wait_for_url("**/login?done=out")
    for _ in range(2):
        page.go_back()
        expect(page.locator("body")).not_to_contain_text("Posts per day")
    page.context.close()
