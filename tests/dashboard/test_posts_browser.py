"""Posts, people and events in a real browser: they fit, stay quiet, and work by keyboard without scripts."""

from datetime import timedelta

import pytest

from dashboard import create_app
from tests.dashboard.archived import THEN, an_archive, filled, then
from tests.dashboard.reports import served

PATHS = ["/posts", "/posts?q=zebra&tone=neutral", "/posts?author=1", "/posts/1", "/people", "/events"]
LONG = "A-word-that-never-ends-" * 30


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    texts = ("Sixty signatures. Thank you!", "someone should shoot her", LONG, "<b>Is it open?</b>")
    posts = (
        then(id=str(n), by=f"p{n}", text=f"{texts[n % 4]} {n}", created_at=THEN - timedelta(hours=n))
        for n in range(40)
    )
    office = filled(folder, *posts)
    with an_archive(folder) as archive:
        archive.note([1, 3], LONG, by="Jo", now=THEN)
        archive.label([2], "stance", "support", by="Jo", now=THEN)
        archive.add_event(THEN.date(), LONG[:100])
    with served(create_app(office)) as at:
        yield at


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("width", [320, 1180])
def test_a_page_is_quiet_stays_at_home_and_fits(browser, address, path, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + path)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert said == []
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


SMALL = """[...document.querySelectorAll('main a, main button, main select, main summary, .tick, .pick')]
  .filter(one => one.offsetParent && one.getBoundingClientRect().height < 27.9).map(one => one.outerHTML)"""


@pytest.mark.parametrize("path", PATHS)
def test_a_finger_can_hit_everything(browser, address, path):
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto(address + path)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert page.evaluate(SMALL) == []
    page.close()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser, address, path, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(address + path)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    found = axe.run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    context.close()


def test_a_post_is_marked_by_keyboard_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/posts?q=signatures")
    page.locator("#p5 .work summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#p5 .did").inner_text() == "1 post marked “needs reply”."
    assert page.locator("#p5 .tag.m-needs-reply").count() == 1
    context.close()


def test_ticked_posts_are_marked_together_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/posts?q=open")
    for post in ("#p8", "#p12"):
        page.locator(f"{post} input[type=checkbox]").check()
    page.locator("#bulk summary").click()
    page.locator("#act").select_option("mark:done")
    page.locator("#bulk button").click()
    assert "2 posts marked “done”." in page.locator("main .did").inner_text()
    page.goto(f"{address}/posts?mark=done")
    assert page.locator("ol.posts > li").count() == 2
    context.close()


def test_upsetting_text_is_shown_by_a_click_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/posts/2")
    hidden = page.get_by_text("someone should shoot her")
    assert not hidden.is_visible()
    page.get_by_text("This may be upsetting: show").click()
    assert hidden.is_visible()
    context.close()
