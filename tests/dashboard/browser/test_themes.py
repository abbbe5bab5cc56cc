"""A theme from the day on which it is kept to that on which it is dropped, in a browser without scripts."""

import pytest
from playwright.sync_api import expect

from dashboard import create_app
from monitor.report.build import build
from tests.dashboard.archived import THEN, archived_office, filled, then
from tests.dashboard.reports import CAMPAIGN, served


@pytest.fixture
def address(tmp_path):
    texts = ("Where is the stall?", "The stalls were busy", "Sign the petition", "Rain")
    office = filled(tmp_path, *(then(id=str(n), by=f"p{n}", text=text) for n, text in enumerate(texts)))

    def report(choice):
        with office.read() as archive:
            return build(archive, CAMPAIGN, choice.window, now=THEN, sources=())

    with served(create_app(archived_office(tmp_path, report=report))) as at:
        yield at


def keep(page, name: str, words: str) -> None:
    page.get_by_label("Name").last.fill(name)
    page.get_by_label("Any of these words").last.fill(words)
    page.get_by_role("button", name="Keep this theme").click()
    expect(page.locator(".did")).to_have_text("The theme was saved.")


def change(page, name: str):
    """Open the form of a theme and return it."""
    item = page.locator("ol.themes > li").filter(has=page.get_by_role("heading", name=name))
    item.locator("summary").click()
    return item


def test_a_theme_is_kept_renamed_merged_and_dropped(browser, address):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{address}/themes")
    keep(page, "Stalls", "stall\nstalls")
    keep(page, "Petition", "petition")
    expect(page.locator("ol.themes h3")).to_have_text(["Stalls", "Petition"])
    form = change(page, "Stalls")
    form.get_by_label("Name").fill("Street stalls")
    form.get_by_label("None of these").fill("busy")
    form.get_by_role("button", name="Save").click()
    expect(page.locator("ol.themes h3")).to_have_text(["Street stalls", "Petition"])
    expect(page.get_by_role("link", name="1 post of the theme Street stalls")).to_be_visible()
    form = change(page, "Street stalls")
    form.get_by_label("Merge into").select_option("Petition")
    form.get_by_role("button", name="Merge").click()
    expect(page.locator("ol.themes h3")).to_have_text(["Petition"])
    page.get_by_role("link", name="3 posts of the theme Petition").click()
    expect(page.locator("ol.posts > li")).to_have_count(3)
    page.go_back()
    change(page, "Petition").get_by_role("button", name="Drop this theme").click()
    expect(page.locator(".did")).to_contain_text("The theme was dropped. Its posts stay.")
    expect(page.get_by_text("No theme is kept yet.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".did")).to_have_text("Undone: everything is as it was before.")
    expect(page.get_by_role("link", name="3 posts of the theme Petition")).to_be_visible()

    context.close()
