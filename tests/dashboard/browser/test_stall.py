"""A stall on a phone, and a survey's table without scripts and by keyboard, in a real browser."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from dashboard import create_app
from tests.axe import faults
from tests.dashboard.archived import an_archive, filled, then
from tests.dashboard.browser.site import services
from tests.dashboard.reports import served


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    filled(folder, then())
    with served(create_app(services(folder / "archive.db", demo=False))) as address:
        yield folder, address


def counted(folder, kind):
    with an_archive(folder) as archive:
        ids = [counter.id for counter in archive.counters.all() if counter.kind == kind]
        return archive.tallies.by_day(ids[0]) if ids else {}


def on_the_front_page(page, address, count):
    """Wait until the front page shows how many signed on paper."""
    page.goto(f"{address}/")
    expect(page.locator(".ladder li", has_text="Signed on paper").locator("b")).to_have_text(count)


def test_a_stall_is_entered_on_a_phone_and_undone(browser, office):
    folder, address = office
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{address}/outcomes")
    page.get_by_label("Day", exact=True).fill("2026-11-21")
    page.get_by_label("Area", exact=True).fill("rm9 ")
    page.get_by_label("Street", exact=True).fill("12 Heathway")
    page.get_by_label("Signatures", exact=True).fill("4b")
    page.get_by_role("button", name="Save this stall").tap()
    expect(page.get_by_role("alert").get_by_text("Give a whole number from 1 to 2,000.")).to_be_in_viewport()
    expect(page).to_have_title(re.compile("^Not saved"))
    assert faults(page) == []
    expect(page.get_by_label("Street", exact=True)).to_have_value("12 Heathway")
    page.get_by_label("Signatures", exact=True).fill("46")
    page.get_by_role("button", name="Save this stall").tap()
    expect(page.get_by_role("status").first).to_contain_text("The stall was saved: 46 signatures")
    expect(page.get_by_label("Day", exact=True)).to_have_value("2026-11-21")
    expect(page.get_by_label("Area", exact=True)).to_have_value("RM9")
    page.get_by_text("The latest stalls").tap()
    expect(page.get_by_text("Saturday 21 November, Heathway, RM9: 46 signatures").first).to_be_visible()
    assert counted(folder, "paper") == {date(2026, 11, 21): 46}
    on_the_front_page(page, address, "46")
    page.go_back()
    assert faults(page) == []
    page.get_by_role("button", name="Undo this stall").tap()
    expect(page.get_by_role("status").first).to_contain_text("no longer counted")
    assert counted(folder, "paper") == {}
    on_the_front_page(page, address, "not known")
    context.close()


def test_a_survey_is_counted_without_scripts_and_by_keyboard(browser, office, tmp_path):
    folder, address = office
    (tmp_path / "answers.csv").write_text(
        "When,Name,Where,E-mail\n03/04/2026 09:00,Jo,Heath,jo@x.example\n"
        "04/04/2026 10:00,Al,Beam,al@x.example\n"
    )
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(f"{address}/outcomes")
    page.get_by_label("It counts").select_option("survey")
    page.locator("#table-file").set_input_files(tmp_path / "answers.csv")
    page.get_by_role("button", name="Preview this table").press("Enter")
    expect(page.get_by_role("heading", name="Nothing can be counted yet")).to_be_visible()
    page.get_by_label("Time", exact=True).select_option("When")
    page.get_by_label("Area, if there is one").select_option("Where")
    page.get_by_role("button", name="Read it again").press("Enter")
    expect(page.get_by_text("Choose how dates are written first.")).to_be_visible()
    page.get_by_label("How are dates written?").select_option("Day first")
    page.get_by_role("button", name="Read it again").press("Enter")
    expect(page.get_by_role("heading", name="It counts 2")).to_be_visible()
    expect(page.get_by_role("cell", name="2026-04-03")).to_be_visible()
    expect(page.get_by_text("x.example")).to_have_count(0)
    page.get_by_role("button", name="Count them").press("Enter")
    expect(page.get_by_text("2 answers are counted now, as “Survey”.")).to_be_visible()
    assert counted(folder, "survey") == {date(2026, 4, 3): 1, date(2026, 4, 4): 1}
    context.close()


def test_the_page_of_a_table_has_no_fault(browser, office, tmp_path):
    (tmp_path / "answers.csv").write_text("Timestamp,Ward\n2026-11-20 09:00,Heath\n2026-11-20,Mars\nsoon,x\n")
    page = browser.new_page(viewport={"width": 320, "height": 700})
    page.goto(f"{office[1]}/outcomes")
    page.get_by_label("It counts").select_option("survey")
    page.locator("#table-file").set_input_files(tmp_path / "answers.csv")
    page.get_by_role("button", name="Preview this table").click()
    expect(page.get_by_text("1 row has no time that can be read")).to_be_visible()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.close()
