"""The mail in a browser: axe finds no fault, it fits a phone, and nothing of a stranger's does anything."""

import base64
import re
from dataclasses import replace

import jinja2
import pytest
from playwright.sync_api import expect

from monitor.charts.standalone_chart import MAIL, week
from monitor.charts.svg_to_png import png
from monitor.digest import html as pages
from monitor.digest.content import letter
from monitor.digest.html import ChartImage, html
from tests.axe import faults
from tests.dashboard.browser.test_hostile import ODD, RAN
from tests.digest.letters import ASKS, BASE, HELPED, NEW, a_week
from tests.digest.test_golden import LEAVE, WEEKS, WHY, as_html, written
from tests.export.hostile import hostile, listed


def shown(name: str) -> str:
    """Return a mail with its picture in it, as a mail program shows it."""
    chart = week(WEEKS[name])
    data = base64.b64encode(png(chart.svg, width=2 * MAIL.width)).decode()
    picture = ChartImage(
        src=f"data:image/png;base64,{data}", width=544, height=round(chart.height * 544 / MAIL.width)
    )
    return html(written(name), why_me=WHY, leave=LEAVE, picture=picture)


@pytest.mark.parametrize("name", WEEKS)
@pytest.mark.parametrize("how", ["light", "dark", "phone", "no pictures", "no styles"])
def test_axe_finds_no_fault_and_it_fits(page, name, how):
    page.set_viewport_size({"width": 320 if how == "phone" else 800, "height": 800})
    page.emulate_media(color_scheme="dark" if how == "dark" else "light")
    said = as_html(name) if how == "no pictures" else shown(name)
    if how == "no styles":  # as mail programs do that drop them
        said = said[: said.index("<style>")] + said[said.index("</style>") + len("</style>") :]
    page.set_content(said)
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_axe_would_find_a_picture_without_words(page):
    page.set_content(shown("full").replace("alt=", "data-alt="))
    assert [fault.split(":")[0] for fault in faults(page)] == ["image-alt"]


def test_without_pictures_their_words_are_there(page):
    page.set_content(as_html("full"))
    expect(page.get_by_role("img")).to_have_attribute("alt", re.compile("^Posts per day. Mon 16: 28; "))


class Opened:
    """A mail program that shows everything, and says what ran and whom it asked for something."""

    def __init__(self, browser):
        self.page, self.found = browser.new_page(viewport={"width": 800, "height": 120}), []
        self.page.add_init_script(RAN)
        self.page.route("**/*", self._asked)
        self.page.on("dialog", lambda dialog: (self.found.append("dialog"), dialog.dismiss()))

    def _asked(self, route):
        self.found.append(f"asked {route.request.url}")
        route.abort()

    def see(self, said: str) -> None:
        self.page.set_content(said)
        self.found += self.page.evaluate(ODD)


def of_strangers(texts: list[str]) -> str:
    """Return the mail of a week whose posts say these, in all that a stranger may choose."""
    posts = tuple(
        replace(post, text=said, name=said[:500], handle=said[:500], url=said[:500])
        for post, said in zip((HELPED, ASKS, NEW), (*texts, "x", "y"), strict=False)
    )
    said = letter(a_week(top=posts, latest=posts), base=BASE)
    return html(said, why_me=WHY, leave=LEAVE)


@pytest.fixture
def opened(browser):
    opened = Opened(browser)
    yield opened
    opened.page.close()


def test_no_hostile_text_runs_or_asks_for_anything(opened):
    texts = [text + " ?" for text in hostile()]  # a question: it is one to answer
    for n in range(0, len(texts), 3):
        opened.see(of_strangers(texts[n : n + 3]))
    assert opened.found == []


def test_a_mail_that_escapes_nothing_would_be_caught(opened, monkeypatch):
    if not listed():
        pytest.skip("the public lists of hostile texts are not at hand")
    pages._template.cache_clear()
    monkeypatch.setattr(jinja2, "Environment", lambda **how: real(**how | {"autoescape": False}))
    try:
        for text in (text for text in listed() if "<img" in text.lower()):
            opened.see(of_strangers([text]))
            if is_caught(opened.found):
                break
    finally:
        pages._template.cache_clear()
    assert is_caught(opened.found)


def is_caught(found: list[str]) -> bool:
    """Return whether something ran, and something was asked for."""
    return all(any(said.startswith(how) for said in found) for how in (("alert", "dialog"), "asked"))


real = jinja2.Environment
