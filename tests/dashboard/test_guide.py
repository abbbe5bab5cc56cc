"""The first run as a guide: on real files, archive and accounts, as `monitor up` puts them together."""

import re
from pathlib import Path

import pytest
from lxml import html

from dashboard import guide
from monitor.accounts import Role
from monitor.archive.readers import Changes
from monitor.campaign.first_steps import STEPS
from monitor.cli import Paths
from monitor.cli.wiring import accounts_of
from monitor.cli.wiring.live_settings import settings_files
from monitor.cli.wiring.web import live_app
from monitor.core.clock import utcnow
from tests.sources.loopback import serving

pytestmark = pytest.mark.heavy

FEED = """<rss version="2.0"><channel><title>Paper</title><item>
<title>March for #SafeStreets &amp;lt;i&amp;gt;</title>
<link>https://paper.example/1</link><guid>1</guid></item></channel></rss>"""
CAMPAIGN = """
name = "Test"  # a note that stays
[[track]]
name = "test"
title = "#Test"
tags = ["test"]
[sources.feeds]
on = true  # another
google_news = false
urls = ["{feed}"]
"""


class Office:
    """A folder with a campaign file, and the dashboard on it."""

    def __init__(self, feed: str = "https://paper.example/feed") -> None:
        Path("campaign.toml").write_text(CAMPAIGN.format(feed=feed))
        paths = Paths(campaign=Path("campaign.toml"), archive=Path("data/archive.db"))
        self.accounts = accounts_of(paths)
        self.site = live_app(settings_files(paths, self.accounts), paths, self.accounts)
        self._cookie = None

    def client(self):
        """Return a browser at this computer; each request is answered by what the files say by then."""
        client = self.site().test_client()
        if self._cookie:
            client.set_cookie("monitor", self._cookie)
        return client

    def get(self, path):
        return self.client().get(path)

    def opens(self, path):
        """Open a page as a browser does whose address was typed, or a link pressed."""
        return self.client().get(path, headers={"Sec-Fetch-Mode": "navigate"})

    def send(self, path, **typed):
        """Fill in the step's form, in which all else stays as it is, and send it."""
        forms = html.fromstring(self.get(path).text).forms
        fields = next((form.form_values() for form in forms if "base" in form.fields), [])
        whole = {name: text.removeprefix("\n") for name, text in fields} | typed
        return self.client().post(
            path.partition("?")[0], data={key: text for key, text in whole.items() if text is not None}
        )

    def signs_in(self, role=Role.ADMIN):
        people = [
            self.accounts.add(one.word, one, by="a test", now=utcnow(), password="three odd words")
            for one in dict.fromkeys((Role.ADMIN, role))
        ]
        self._cookie = self.accounts.begin(people[-1], "Firefox", utcnow())


@pytest.fixture
def office(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    return Office()


def forget_pages(office):
    """Change something, as by a form, so that no page is an old one."""
    office.accounts.note("a test", "made a change", utcnow())
    Changes(Path("data/archive.db")).note_form()


def card(office):
    """Return how far the first page says that set-up is; "" if it does not."""
    found = re.search(r"Set-up: \d of 5 done", office.get("/").text)
    return found[0] if found else ""


def test_the_first_page_leads_to_the_guide_once(office):
    assert office.get("/").status_code == 200  # for a program
    forget_pages(office)
    first = office.opens("/")
    assert (first.status_code, first.location) == (303, "/guide/words")
    assert office.opens("/").status_code == 200
    assert card(office) == "Set-up: 2 of 5 done"
    assert office.get("/settings").status_code == 200


def test_every_step_can_be_skipped_and_taken_up_later(office):
    for number, step in enumerate(STEPS, 1):
        page = office.get(f"/guide/{step}").text
        assert f"Step {number} of 5" in page
        onward = f"/guide/{[*STEPS][number]}" if number < 5 else "/"
        assert onward == html.fromstring(page).xpath("//main/p[@class='more']/a/@href")[0]
    assert Path("campaign.toml").read_text() == CAMPAIGN.format(feed="https://paper.example/feed")
    assert card(office) == "Set-up: 2 of 5 done"
    assert office.get("/guide").location == "/guide/mail"


def test_what_is_answered_is_in_the_campaign_file_at_once_and_its_notes_stand(office):
    done = office.send("/guide/words", name="Safer Streets", **{"track.test.tags": "test\n#SafeStreets"})
    assert (done.status_code, done.location) == (303, "/guide/sources")
    assert 'name = "Safer Streets"  # a note that stays' in Path("campaign.toml").read_text()
    assert "Safer Streets" in office.get("/guide/words").text
    assert office.send("/guide/mail", **{"digest.recipients": "ann@example.org"}).location == "/guide/account"
    assert card(office) == "Set-up: 3 of 5 done"
    assert 'recipients = ["ann@example.org"]' in Path("campaign.toml").read_text()


def test_a_source_is_switched_off_and_counts_as_to_be_done(office):
    office.send("/guide/sources", **{"sources.feeds.on": None})
    assert "on = false  # another" in Path("campaign.toml").read_text()
    assert card(office) == "Set-up: 1 of 5 done"
    assert office.get("/guide").location == "/guide/sources"


def test_from_a_source_one_comes_back_to_the_guide(office):
    links = html.fromstring(office.get("/guide/sources").text).xpath("//a[text()='News and feeds']/@href")
    assert links == ["/settings/sources.feeds?next=/guide/sources"]
    saved = office.send(links[0], every_minutes="20")
    assert (saved.status_code, saved.location) == (303, "/guide/sources")


def test_what_is_wrong_is_said_and_nothing_is_written(office):
    before = Path("campaign.toml").read_text()
    answer = office.send("/guide/mail", **{"digest.hour": "25"})
    assert answer.status_code == 422
    assert "25 cannot be used here" in answer.text
    assert "Step 3 of 5" in answer.text
    assert Path("campaign.toml").read_text() == before


def test_two_people_at_the_same_step_do_not_overwrite_each_other(office):
    fields = dict(html.fromstring(office.get("/guide/mail").text).forms[1].form_values())
    office.send("/guide/mail", **{"digest.hour": "9"})
    late = office.client().post("/guide/mail", data=fields | {"digest.hour": "17"})
    assert late.status_code == 409
    assert "hour = 9" in Path("campaign.toml").read_text()
    assert "it is now “9”" in late.text


def test_words_show_what_they_would_bring_before_they_are_saved(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    with serving(lambda *_: (200, {"Content-Type": "application/rss+xml"}, FEED.encode())) as server:
        office = Office(f"{server.url}/feed")
        found = office.send("/guide/words", act="try", **{"track.test.tags": "#SafeStreets"})
    assert found.status_code == 200
    assert "March for #SafeStreets &lt;i&gt;" in found.text
    assert "1 post" in found.text
    assert "SafeStreets" not in Path("campaign.toml").read_text()


def test_a_source_that_cannot_be_reached_is_not_shown_as_no_posts(office):
    found = office.send("/guide/words", act="try", **{"track.test.tags": "#SafeStreets"})
    assert "It could not be reached" in found.text
    assert "It shows 0 posts" not in found.text


def test_the_first_account_takes_the_link_that_only_the_program_prints(office):
    page = office.get("/guide/account")
    assert "a link that works once" in page.text
    assert "/set-up/" not in page.text
    for act in ("account", "save", ""):
        answer = office.client().post("/guide/account", data={"act": act})
        assert "/set-up/" not in answer.text + (answer.location or "")
    link = office.site().extensions["guard"].first_link("")
    made = office.client().post(link, data={"name": "Ann", "password": "three odd words"})
    assert made.status_code == 303
    assert office.get("/guide/account").location.startswith("/login")
    office.signs_in()
    assert "There is an account." in office.get("/guide/account").text


def test_the_address_is_asked_for_after_the_first_account_and_shown_as_a_picture(office):
    assert "digest.address" not in office.get("/guide/address").text
    office.signs_in()
    assert "opens on this computer only" in office.get("/guide/address").text
    saved = office.send("/guide/address", **{"digest.address": "https://dashboard.example.org"})
    assert saved.location == "/"
    page = office.get("/guide/address").text
    assert 'aria-label="The address of this dashboard as a QR code"' in page
    assert "opens on this computer only" not in page


def test_a_test_mail_goes_out_and_a_wrong_address_is_refused(office):
    assert "is not an e-mail address" in office.send("/guide/mail", act="test", to="ann").text
    stays = office.send("/guide/mail", act="test", to="ann@example.org").location
    page = office.get(stays).text
    assert "nothing has been tried yet" in page  # and the step is still there
    assert 'href="/reports/mail">Has it been sent?' in page
    assert 'href="/guide/account">Next step' in page
    assert "ann@example.org" in office.get("/reports/mail").text


def test_whoever_wants_no_reminder_gets_none(office):
    assert office.client().post("/guide/words", data={"act": "stop"}).location == "/"
    assert card(office) == ""
    assert office.get("/guide/words").status_code == 200


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_the_guide_is_for_admins(office, role):
    office.signs_in(role)
    assert office.opens("/").status_code == 200
    assert card(office) == ""
    assert office.get("/guide/words").status_code == 403
    assert office.client().post("/guide/words", data={"act": "stop"}).status_code == 403


def test_an_office_that_has_decided_something_is_not_led_away_from_its_numbers(office):
    office.send("/guide/mail", **{"digest.recipients": "ann@example.org"})
    assert office.opens("/").status_code == 200


def test_there_is_no_other_step(office):
    assert office.get("/guide/colours").status_code == 404
    assert office.client().post("/guide/colours", data={"act": "stop"}).status_code == 404


def test_all_done_the_card_goes(office, monkeypatch):
    assert card(office)
    monkeypatch.setattr(guide, "_finished_steps", lambda: {*guide.STEPS})
    forget_pages(office)
    assert card(office) == ""
