"""Bringing a file in a real browser: by keyboard, without scripts, while it runs, and too large a one."""

import re

import pytest
from playwright.sync_api import expect

from dashboard import create_app
from tests.axe import faults
from tests.dashboard.archived import archived_office
from tests.dashboard.file_import.conftest import Office, table, wait
from tests.dashboard.reports import served

MANY = table(*[day for day in range(1, 19) for _ in range(34)])


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    made = Office(tmp_path_factory.mktemp("office"))
    services = archived_office(made.folder, now=lambda: made.now, imports=made.imports)
    with served(create_app(services)) as made.address:
        yield made
    made.gate.open()
    wait(made)
    made.accounts.close()


@pytest.fixture
def files(tmp_path):
    names = {"posts.csv": table(3, 9), "many.csv": MANY, "<b>large<b>.csv": "x" * 20_000_001}
    for name, content in names.items():
        (tmp_path / name).write_text(content)
    return tmp_path


def bring(page, office, file):
    page.goto(f"{office.address}/bring-a-file")
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="Preview this file").click()


def test_a_file_is_taken_in_and_said_to_be_everything_without_scripts_and_by_keyboard(browser, office, files):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    page = context.new_page()
    bring(page, office, files / "posts.csv")
    expect(page.locator("h1")).to_have_text("posts.csv")
    expect(page.locator("ol.posts > li")).to_have_count(2)
    page.locator("input[name=track]").first.focus()
    page.keyboard.press("Space")
    expect(page.locator("#saved")).to_have_value("")  # no script tells when the file was saved
    page.locator("#saved").fill("2026-11-20")
    page.get_by_role("button", name="Import", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_text("2 items read").wait_for(timeout=60_000)
    expect(page.locator(".did")).to_contain_text("2 items read: 2 new posts")
    expect(page.get_by_label("From", exact=True)).to_have_value("2026-11-03")
    page.get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Count these days as covered").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/bring-a-file?did=claimed")
    expect(page.locator(".did")).to_contain_text("these days count as covered")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".did")).to_contain_text("Undone")
    context.close()


def test_the_page_of_a_file_that_is_taken_in_goes_on_by_itself_and_has_no_fault(browser, office, files):
    context = browser.new_context(viewport={"width": 320, "height": 800})
    page = context.new_page()
    bring(page, office, files / "many.csv")
    office.gate.shut()
    page.locator("input[name=track]").first.check()
    page.locator("#saved").fill("2026-11-20")
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("heading", name="Importing many.csv").wait_for()
    page.get_by_role("link", name="Stop refreshing").click()  # refresh: axe has to see one page
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("link", name="Refresh every two seconds").click()
    office.gate.open()
    page.get_by_text("612 items read").wait_for(timeout=60_000)
    expect(page).not_to_have_title(re.compile("Importing"))
    context.close()


def test_a_file_that_is_too_large_is_not_even_sent(browser, office, files):
    page = browser.new_page()
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    bring(page, office, files / "<b>large<b>.csv")
    file = page.locator("#file")
    assert file.evaluate("file => file.validationMessage") == "This file is larger than 20 MB."
    assert "POST" not in sent
    file.set_input_files(files / "posts.csv")  # control
    page.get_by_role("button", name="Preview this file").click()
    page.get_by_role("heading", name="posts.csv").wait_for()
    assert "POST" in sent
    page.close()


def test_in_print_a_preview_has_its_posts_and_no_buttons(browser, office, files):
    page = browser.new_page()
    bring(page, office, files / "posts.csv")
    button = page.get_by_role("button", name="Import", exact=True)
    expect(button).to_be_visible()  # the next page is there, and on a screen has its buttons
    page.emulate_media(media="print")
    expect(page.locator("ol.posts blockquote").first).to_be_visible()
    expect(button).to_be_hidden()
    page.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_a_column_is_chosen_by_keyboard(browser, office, files, width):
    name = f"Thumbs {width}"  # of another one it is remembered what it is
    (files / "own.csv").write_text(table(4).replace("likes", name))
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    bring(page, office, files / "own.csv")
    expect(page.get_by_text(f"Not used: {name}.")).to_be_visible()
    expect(
        page.get_by_label("Column", exact=True)
    ).to_be_hidden()  # nobody who needs it not has to look at it
    page.get_by_text("Read a column differently").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Column", exact=True)).to_have_value(name)
    page.get_by_label("Read as").select_option("likes")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Change").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Not used: {name}.")).to_have_count(0)
    page.get_by_role("button", name="Cancel, and remove this file").click()
    context.close()
