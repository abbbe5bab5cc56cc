"""The search box and the live line in a real browser: by one key, by one touch, and by itself."""

from contextlib import closing
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from dashboard import create_app
from monitor.accounts import Accounts
from tests.archive.saving import saved
from tests.builders import a_page
from tests.dashboard.archived import THEN, TRACK, an_archive, filled, then
from tests.dashboard.reports import served


@pytest.fixture
def office(tmp_path):
    services = filled(tmp_path, then(text="Sign the petition"))
    last = lambda: an_archive(tmp_path).posts.last_id()  # noqa: E731
    with served(create_app(replace(services, now=lambda: THEN, last_post=last))) as address:
        yield tmp_path, address


def test_a_slash_goes_to_the_box_and_stays_a_slash_where_people_type(browser, office):
    page = browser.new_page()
    page.goto(f"{office[1]}/posts")
    page.keyboard.press("/")
    page.keyboard.type("petitions/x OR petition")
    expect(page.locator("#search")).to_have_value("petitions/x OR petition")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=petitions**")
    expect(page.locator("ol.posts > li")).to_have_count(1)
    page.close()


def test_on_a_phone_the_box_opens_by_one_touch_and_nothing_hangs_over(browser, office):
    context = browser.new_context(viewport={"width": 360, "height": 700}, has_touch=True)
    page = context.new_page()
    page.goto(office[1])
    box = page.locator("#search")
    assert box.bounding_box()["width"] <= 48
    assert box.bounding_box()["height"] >= 44
    box.tap()
    page.wait_for_function("document.querySelector('#search').offsetWidth > 250")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.keyboard.type("petition")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=petition**")
    context.close()


def test_the_line_offers_to_reload_once_new_posts_are_there_and_not_before(browser, office):
    folder, address = office
    context = browser.new_context()
    page = context.new_page()
    page.clock.install(time=THEN)
    page.goto(address)
    with page.expect_response("**/live?**"):
        page.clock.run_for(60_000)
    expect(page.locator("#live .new")).to_have_count(0)
    with an_archive(folder) as archive:
        saved(archive, a_page(then(id="2"), then(id="3")), track=TRACK)
    with page.expect_response("**/live?**"):
        page.clock.run_for(60_000)
    page.locator("#live .new").wait_for()
    expect(page.locator("#live .new")).to_have_text("2 new posts: reload")
    page.locator("#live .new").click()
    page.wait_for_load_state()
    page.wait_for_function("document.querySelector('#live .new') === null")
    context.close()


def test_a_page_out_of_view_asks_for_nothing(browser, office):
    page = browser.new_page()
    page.clock.install(time=THEN)
    page.goto(office[1])
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(180_000)
    assert asked == []
    page.close()


@pytest.mark.parametrize("path", ["/posts", "/shares"])
def test_the_box_looks_alike_on_pages_with_forms_of_their_own(browser, tmp_path, path):
    services = filled(tmp_path, then())
    opened = closing(Accounts.open(tmp_path / "access.db"))
    with opened as accounts, served(create_app(services, accounts=accounts)) as address:
        page = browser.new_page()
        page.goto(address + path)
        left = page.evaluate("getComputedStyle(document.querySelector('#search')).paddingLeft")
        page.close()
    assert left == "44px"  # the magnifier stands there
