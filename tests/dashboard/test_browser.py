from pathlib import Path

import pytest

from dashboard import create_app
from tests.dashboard.reports import NOW, a_post, a_report, served

CHROMIUM = "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no chromium on this machine")
HOSTILE = a_post(
    text="<script>document.title='run'</script><img src=x onerror=alert(1)>", url="javascript:alert(1)"
)


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def address():
    app = create_app(reports=lambda n: a_report(n, latest=(HOSTILE,), top=()), now=lambda: NOW)
    with served(app) as at:
        yield at


@pytest.mark.parametrize("path", ["/", "/?days=90", "/sources", "/nothing"])
@pytest.mark.parametrize("width", [320, 1180])
def test_a_page_is_quiet_stays_at_home_and_fits(browser, address, path, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + path)
    assert [text for text in said if "404" not in text] == []
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_charts_are_there_without_javascript(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("svg.chart g rect").count() > 28
    context.close()


def test_a_hostile_post_is_only_text(browser, address):
    page = browser.new_page()
    page.goto(address)
    assert "<script>" in page.locator("blockquote").first.inner_text()
    assert page.title() != "run"
    assert page.locator("a[href^='javascript']").count() == 0
    page.close()


def test_the_browser_would_tell_of_a_broken_policy(browser, address):
    page = browser.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">control</p>')")
    page.wait_for_timeout(50)
    assert any("Content Security Policy" in text for text in said)
    page.close()
