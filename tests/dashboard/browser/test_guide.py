"""The first run, on a narrow phone without scripts: all five steps, skipped and taken up later."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.dashboard.reports import served
from tests.dashboard.test_guide import office

__all__ = ["office"]  # a fixture


@pytest.fixture
def phone(office, pages):
    """Lend a page of a phone without scripts, before which the dashboard is new."""
    with (
        served(lambda environ, start: office.site()(environ, start)) as address,
        pages.lend(width=320, java_script_enabled=False) as page,
    ):
        page.goto(address)
        yield page


def is_at(page, number):
    expect(page.get_by_text(f"Step {number} of 5", exact=True)).to_be_visible()


def test_somebody_new_goes_through_all_steps_with_a_browser_only(phone, office):
    is_at(phone, 1)
    phone.get_by_label("Any of these hashtags").fill("test\n#SafeStreets")
    phone.get_by_role("button", name="Save and continue").click()
    is_at(phone, 2)
    phone.get_by_label("News and feeds").uncheck()
    phone.get_by_role("button", name="Save and continue").click()
    is_at(phone, 3)
    phone.get_by_label("Readers").fill("ann@example.org")
    phone.get_by_role("button", name="Save and continue").click()
    is_at(phone, 4)
    expect(phone.get_by_text("The monitor prints it")).to_be_visible()
    address = re.sub(r"(//[^/]+)/.*", r"\1", phone.url)
    phone.goto(office.site().extensions["guard"].first_link(address))
    phone.get_by_label("Your name or e-mail address").fill("Ann")
    phone.get_by_label("Password").fill("three odd words")
    phone.get_by_role("button", name="Create the account").click()
    expect(phone.get_by_text("Set-up: 3 of 5 done.")).to_be_visible()
    phone.goto(f"{address}/guide/address")
    is_at(phone, 5)
    phone.get_by_label("The dashboard’s address").fill("https://dashboard.example.org")
    phone.get_by_role("button", name="Save and continue").click()
    expect(phone.get_by_text("Set-up: 4 of 5 done.")).to_be_visible()
    phone.get_by_role("link", name="Continue").click()
    is_at(phone, 2)
    phone.get_by_role("link", name="On your phone").click()
    expect(phone.get_by_role("img", name="The address of this dashboard as a QR code")).to_be_visible()
    text = Path("campaign.toml").read_text()
    assert 'tags = ["test", "SafeStreets"]' in text
    assert "on = false  # another" in text
    assert [person.name for person in office.accounts.people()] == ["Ann"]


def test_each_step_is_skipped_and_the_guide_is_taken_up_later_or_never(phone):
    before = Path("campaign.toml").read_text()
    for number in range(1, 6):
        is_at(phone, number)
        phone.get_by_role("link", name=re.compile("^(Skip this step|Next step|Finish)$")).click()
    expect(phone.get_by_text("Set-up: 2 of 5 done.")).to_be_visible()
    phone.get_by_role("link", name="Continue").click()
    is_at(phone, 3)
    phone.get_by_role("link", name="Go to the dashboard").click()
    phone.get_by_role("button", name="Stop reminding me").click()
    expect(phone.get_by_text("No posts collected yet")).to_be_visible()
    expect(phone.get_by_text("Set-up:")).to_have_count(0)
    assert Path("campaign.toml").read_text() == before
