"""Finding and erasing somebody in a real browser, on a phone and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from dashboard import create_app
from tests.axe import faults
from tests.dashboard.archived import archived_office
from tests.dashboard.reports import served
from tests.planted_person import HANDLE, planted, traces


@pytest.fixture
def office(tmp_path):
    services = archived_office(tmp_path, eraser=planted(tmp_path))
    with served(create_app(services)) as address:
        yield address


def is_sound(page) -> bool:
    """Return whether the page has no fault, and is no wider than the screen."""
    assert faults(page) == []
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_somebody_is_found_answered_and_erased_on_a_phone(browser, office, tmp_path):
    context = browser.new_context(
        viewport={"width": 320, "height": 800}, color_scheme="dark", bypass_csp=True
    )
    page = context.new_page()
    page.goto(f"{office}/people/find")
    page.get_by_label("Handle, name, address or id").fill(f"@{HANDLE}")
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.locator("#who")).to_have_text("1 account found")
    assert is_sound(page)
    page.get_by_role("button", name="What is held").click()
    expect(page.locator("#held")).to_contain_text(HANDLE)
    assert is_sound(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the file for them").click()
    answer = download.value.path().read_text()
    assert HANDLE in answer
    page.get_by_role("checkbox", name="was at the stall").check()
    page.get_by_role("checkbox", name="Replace all backups").check()
    page.get_by_role("checkbox", name="This is the account").check()
    page.get_by_role("button", name="Erase for good").click()
    expect(page.locator("#receipt")).to_have_text("Erased")
    assert is_sound(page)
    expect(page).not_to_have_url(re.compile(re.escape(HANDLE)))
    assert traces(tmp_path) == []
    context.close()


def test_the_answer_is_a_sound_page(browser, office, tmp_path):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{office}/people/find")
    page.get_by_label("Handle, name, address or id").fill(HANDLE)
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("button", name="What is held").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the file for them").click()
    file = tmp_path / "answer.html"
    download.value.save_as(file)
    shown = browser.new_page(viewport={"width": 320, "height": 800})
    shown.goto(file.as_uri())
    expect(shown.locator("h1")).to_contain_text(HANDLE)
    assert is_sound(shown)
    shown.close()
    page.context.close()
