"""What pages and share links do before Parliament is dissolved, and from that day on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard import create_app
from monitor.accounts import Accounts, Role, ShareRequest
from monitor.campaign import Dissolution, Own
from tests.dashboard.access.conftest import GOOD
from tests.dashboard.reports import CAMPAIGN, NOW, some_services
from tests.dashboard.settings.office import Office

pytestmark = pytest.mark.heavy

TODAY = NOW.astimezone(CAMPAIGN.zone).date()


def browser(folder, left):
    """Return an admin's browser, a stranger's, and the address of a share link, so many days before."""
    campaign = replace(CAMPAIGN, dissolution=Dissolution(day=TODAY + timedelta(days=left)))
    accounts = Accounts.open(folder / "access.db")
    accounts.add("Ann", Role.ADMIN, by="a test", now=NOW, password=GOOD)
    slug = accounts.share(ShareRequest(name="the MP", shows="overview"), by="Ann", now=NOW)
    app = create_app(some_services(campaign=campaign), accounts=accounts)
    client = app.test_client()
    client.post("/login", data={"name": "Ann", "password": GOOD})
    return client, app.test_client(), f"/s/{slug}"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (29, None),
        (28, "in 28 days."),
        (7, "in 7 days."),
        (0, "no share link works, since"),
        (-9, "monitor handover"),
    ],
)
def test_pages_say_it_from_four_weeks_before(tmp_path, left, words):
    text = browser(tmp_path, left)[0].get("/").text
    assert ("Parliament" in text, (words or "") in text) == (words is not None, True)


@pytest.mark.parametrize(("left", "status"), [(1, 200), (0, 410), (-9, 410)])
@pytest.mark.parametrize("picture", ["", "/preview.png"])
def test_share_links_end_on_the_day(tmp_path, left, status, picture):
    _, stranger, address = browser(tmp_path, left)
    answer = stranger.get(address + picture)
    assert answer.status_code == status
    if not picture:  # the banner is for those who work here
        assert ("ended when Parliament was dissolved" in answer.text) == (left <= 0)
        assert "monitor handover" not in answer.text


def test_the_day_is_set_and_taken_back_in_a_browser(tmp_path):
    office = Office(tmp_path)
    for typed, words in ((f"{TODAY}", "no share link works, since"), ("", None)):
        assert office.send("/settings/dissolution", {"day": typed}).status_code == 303
        text = office.client().get("/").text
        assert ("dissolved on" in text, (words or "") in text) == (words is not None, True)


def test_own_accounts_and_the_imprint_are_set_in_a_browser(tmp_path):
    office = Office(tmp_path)
    typed = {"accounts": "@jo@mastodon.social\njo.bsky.social\nx: @jo", "imprint": "Promoted by Jo"}
    assert "no posts so far by" in office.send("/settings/own", typed).text
    own = office.files.settings().campaign.own
    assert own == Own(accounts=("@jo@mastodon.social", "jo.bsky.social", "x: @jo"), imprint="Promoted by Jo")
