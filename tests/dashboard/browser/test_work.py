"""Posts, people and events in a real browser: they fit, stay quiet, and work by keyboard without scripts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from dashboard import create_app
from tests.dashboard.archived import THEN, an_archive, filled, then
from tests.dashboard.reports import served

LONG = "A-word-that-never-ends-" * 30


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    texts = ("Sixty signatures. Thank you!", "someone should shoot her", LONG, "<b>Is it open?</b>")
    posts = (
        then(id=str(n), by=f"p{n}", text=f"{texts[n % 4]} {n}", created_at=THEN - timedelta(hours=n))
        for n in range(40)
    )
    services = filled(folder, *posts)
    with an_archive(folder) as archive:
        archive.annotations.add_note([1, 3], LONG, by="Jo", now=THEN)
        archive.annotations.label([2], "stance", "support", by="Jo", now=THEN)
        archive.events.add(THEN.date(), LONG[:100])
    a_week_on = replace(
        services, now=lambda: THEN + timedelta(days=7)
    )  # the last week that is over is theirs
    with served(create_app(a_week_on)) as at:
        yield at


def test_a_post_is_marked_by_keyboard_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/posts?period=4-weeks&q=signatures")
    page.locator("#p5 .work summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#p5 .did")).to_contain_text("1 post marked “needs a reply”.")
    expect(page.locator("#p5 .tag.m-needs-reply")).to_have_count(1)
    context.close()


def test_ticked_posts_are_marked_together_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/posts?period=4-weeks&q=open")
    for post in ("#p8", "#p12"):
        page.locator(f"{post} input[type=checkbox]").check()
    page.locator("#bulk summary").click()
    page.locator("#act").select_option("mark:done")
    page.locator("#bulk button").click()
    expect(page.locator("main .did")).to_contain_text("2 posts marked “done”.")
    page.goto(f"{address}/posts?period=4-weeks&mark=done")
    expect(page.locator("ol.posts > li")).to_have_count(2)
    context.close()


def test_upsetting_text_is_shown_by_a_click_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/posts/2")
    hidden = page.get_by_text("someone should shoot her")
    expect(hidden).to_be_hidden()
    page.get_by_text("This may be upsetting: show").click()
    expect(hidden).to_be_visible()
    context.close()


def test_a_sample_is_read_by_keys_while_the_form_has_the_focus(browser, address):
    page = browser.new_page()
    page.goto(f"{address}/tone")
    page.get_by_role("button", name="Start reading").click()
    page.wait_for_url("**/tone/read**")
    total = int(page.locator("h1").inner_text().split()[-1])
    page.keyboard.press("s")
    with page.expect_navigation():
        page.keyboard.press("3")
    expect(page.locator("h1")).to_have_text(f"Post 2 of {total}")
    page.locator("h1").click()  # away from the form: keys do nothing there
    page.keyboard.press("3")
    page.wait_for_timeout(200)
    expect(page.locator("h1")).to_have_text(f"Post 2 of {total}")
    page.goto(f"{address}/tone")
    expect(page.locator("#stance")).to_have_text("For or against")
    page.close()


def test_a_sample_is_read_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/tone")
    # Whether the test before this one has begun already depends on who runs which.
    begin = page.get_by_role("button", name="Start reading")
    begin.or_(page.get_by_role("link", name="Continue reading")).first.click()
    before = page.locator("progress").get_attribute("value")
    page.get_by_role("button", name="Cannot tell").click()
    expect(page.locator("progress")).to_have_attribute("value", str(int(before) + 1))
    context.close()
