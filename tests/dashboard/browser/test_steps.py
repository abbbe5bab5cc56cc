"""How many steps a file is away from the front page: a click on what is to be seen there is one."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.dashboard.browser.site import SPOTS


@pytest.fixture
def front(sites):
    with sites.visit(SPOTS["overview"]) as visit:
        yield visit.page


def taken(page, link) -> bytes:
    """Return the file that a click on a link brings."""
    expect(link).to_be_visible()
    with page.expect_download() as download:
        link.click()
    return Path(download.value.path()).read_bytes()


def test_a_brief_is_two_steps_away(front):
    front.get_by_role("link", name="Make a brief").click()
    link = front.get_by_role("main").get_by_role("link", name="One-page brief (PDF)")
    assert taken(front, link).startswith(b"%PDF-")


def test_one_chart_as_a_picture_is_two_steps_away_and_the_third_is_to_send_it(front):
    menu = front.locator("figure.card details.files").first
    menu.locator("summary").click()
    assert taken(front, menu.get_by_role("link").filter(has_text="square").first).startswith(b"\x89PNG")
