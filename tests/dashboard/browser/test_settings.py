"""Settings changed in a browser, without scripts, take effect on a dashboard and a worker that go on.

The platforms are on this machine, and so are the files.
"""

import re
import time
from datetime import timedelta
from difflib import ndiff
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import expect
from werkzeug.wsgi import ClosingIterator

from monitor.archive import Archive
from monitor.campaign import load
from monitor.cli import Paths
from monitor.cli.wiring import accounts_of
from monitor.cli.wiring.live_settings import Live, settings_files
from monitor.cli.wiring.web import live_app
from monitor.cli.wiring.worker import worker_settings
from monitor.core.clock import utcnow
from monitor.worker import Worker
from tests.archive.saving import saved
from tests.builders import a_page, a_post
from tests.dashboard.reports import served
from tests.sources.loopback import as_json, serving

CONFIG = Path(__file__).parents[3] / "config"
FEED = b"<rss version='2.0'><channel><title>Barking Courier</title></channel></rss>"
CAMPAIGN = """# Ours.
name = "Calling Time on Crime"  # as people say it

[[track]]
name = "crime"
title = "#CallingTimeOnCrime"
tags = ["CallingTimeOnCrime"]

[sources.mastodon]  # no key needed
every_minutes = 1
servers = ["{server}"]

[sources.feeds]
every_minutes = 1
google_news = false
urls = []

[digest]
day = "monday"
hour = 8
recipients = []  # name@example.org
"""


class Running:
    """A dashboard and a worker of one campaign file, as `monitor up` has them; turns are made by hand."""

    def __init__(self, folder: Path, server, page):
        self.server, self.page, self.path = server, page, folder / "campaign.toml"
        self.before = CAMPAIGN.format(server=server.url)
        self.path.write_text(self.before)
        self.paths = Paths(campaign=self.path, archive=folder / "archive.db")
        Archive.open(self.paths.archive, load(self.path).zone).close()
        self.accounts = accounts_of(self.paths)
        self.files = settings_files(self.paths, self.accounts)
        self.ahead = timedelta()
        self.worker = Worker(
            settings=Live(self.files.settings, partial(worker_settings, self.paths)),
            archive=self.paths.archive, clock=lambda: utcnow() + self.ahead,
        )  # fmt: skip
        live = live_app(self.files, self.paths, self.accounts)
        self.app = lambda environ, start: ClosingIterator(live()(environ, start))

    def turn(self, minutes: int = 2) -> list[str]:
        """Let the worker do what is due some minutes on; return what it asked for."""
        self.ahead += timedelta(minutes=minutes)
        self.server.requests.clear()
        self.worker.tick()
        deadline = time.monotonic() + 120
        while self.worker._busy and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.server.paths

    def save(self, link: str, fields: dict[str, str]) -> None:
        """Go to a section from the front page, fill the fields in, and save."""
        self.page.goto(self.at)
        self.page.locator("summary", has_text="More").click()
        self.page.get_by_role("link", name="Settings", exact=True).click()
        self.page.get_by_role("link", name=re.compile(f"^{link}$")).click()
        for label, text in fields.items():
            self.page.get_by_label(re.compile(f"^{label}")).fill(text)
        self.page.get_by_role("button", name="Save", exact=True).click()
        expect(self.page.locator(".done")).to_contain_text("Saved.")

    def difference(self) -> list[str]:
        lines = ndiff(self.before.splitlines(), self.path.read_text().splitlines())
        return [line[0] + line[2:] for line in lines if line[0] in "+-" and line[2:]]


def answer(method, path, query):
    if path.endswith(".rss"):
        return 200, {"Content-Type": "application/rss+xml"}, FEED
    return as_json({"version": "4.5.0", "configuration": {}} if path.endswith("/instance") else [])


@pytest.fixture
def running(tmp_path, monkeypatch, browser):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("monitor.cli.wiring.web.is_public", lambda address: True)  # of loopback platforms
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    with serving(answer) as server:
        office = Running(tmp_path, server, context.new_page())
        with served(office.app) as office.at:
            yield office
            context.close()
        office.worker.stop()


def test_another_hashtag_is_asked_for_at_the_next_turn(running):
    assert any(path.endswith("/tag/callingtimeoncrime") for path in map(str.lower, running.turn()))
    running.save("Watch another hashtag or phrase", {"Any of these hashtags": "#SaferDagenham"})
    running.page.goto(f"{running.at}/settings")
    expect(running.page.locator("main")).to_contain_text("#SaferDagenham")
    assert any(path.endswith("/tag/saferdagenham") for path in map(str.lower, running.turn()))
    assert running.difference() == [
        "+[[track]]", '+name = "saferdagenham"', '+title = "#SaferDagenham"', '+tags = ["SaferDagenham"]'
    ]  # fmt: skip


def test_a_hashtag_more_is_one_line(running):
    running.turn()
    tags = "CallingTimeOnCrime\n#StopKnifeCrime"
    running.save(r"Change\s*: #CallingTimeOnCrime", {"Any of these hashtags": tags})
    assert any(path.endswith("/tag/stopknifecrime") for path in map(str.lower, running.turn()))
    assert running.difference() == [
        '-tags = ["CallingTimeOnCrime"]', '+tags = ["CallingTimeOnCrime", "StopKnifeCrime"]'
    ]  # fmt: skip


def test_a_change_is_tried_on_what_is_stored_and_on_sources_and_then_saved(running):
    now = utcnow()
    texts = {
        "Police cuts again #CallingTimeOnCrime": "crime",
        "Cuts #CallingTimeOnCrime": "crime",
        "A #Stall": "b",
    }
    with Archive.open(running.paths.archive, load(running.path).zone) as archive:
        for text, track in texts.items():
            saved(archive, a_page(a_post(id=text, text=text, tags=frozenset(), created_at=now)), track=track)
    page = running.page
    page.goto(f"{running.at}/settings/track.crime")
    page.get_by_label("Any of these hashtags").fill("CallingTimeOnCrime\nStall")
    page.get_by_label("Near each other").fill("cuts police~3\nstall a~0")
    page.get_by_role("button", name="Try it").click()
    result = page.get_by_role("region", name="What this would change")
    expect(result).to_contain_text("1 more would match the track, and 1 no longer would.")
    expect(result.get_by_role("link")).to_have_text(["A #Stall", "Cuts #CallingTimeOnCrime"])
    expect(result).to_contain_text("asked for Stall")
    expect(result).to_contain_text("It shows 0 posts from the last seven days.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert running.difference() == []
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".done")).to_contain_text("Saved.")
    assert '+near = ["cuts police~3", "stall a~0"]' in running.difference()


def test_a_feed_is_tried_its_title_shown_and_it_is_read(running):
    assert "/courier.rss" not in running.turn()
    feed = f"{running.server.url}/courier.rss"
    running.save(r"Change\s*: News and feeds", {"Addresses of feeds": feed})
    expect(running.page.locator(".done")).to_contain_text("It is called “Barking Courier”.")
    assert "/courier.rss" in running.turn()
    assert running.difference() == ["-urls = []", f'+urls = ["{feed}"]']


def test_a_server_is_added_and_asked(running):
    running.turn()
    with serving(answer) as other:
        servers = f"{running.server.url}\n{other.url}"
        running.save(r"Change\s*: Mastodon", {"Servers": servers})
        other.requests.clear()
        running.turn()
        assert other.paths
    assert running.difference() == [
        f'-servers = ["{running.server.url}"]', f'+servers = ["{running.server.url}", "{other.url}"]'
    ]  # fmt: skip


def test_a_reader_gets_the_next_mail(running):
    running.save(r"Change\s*: The weekly mail", {"Readers": "ann@example.org"})
    running.turn()
    running.turn(minutes=0)  # mail waits for the sources of the first
    running.page.goto(f"{running.at}/reports/mail")
    expect(running.page.locator("main")).to_contain_text("to 1 reader")
    assert running.difference() == [
        "-recipients = []  # name@example.org", '+recipients = ["ann@example.org"]  # name@example.org'
    ]  # fmt: skip


def test_a_step_back_is_one_button(running):
    running.save(r"Change\s*: The weekly mail", {"Hour": "17"})
    running.page.get_by_role("link", name="Earlier versions").click()
    expect(running.page.locator("main li").first).to_contain_text("The weekly mail, Hour: 8 → 17")
    running.page.get_by_role("button", name="Undo this").click()
    expect(running.page.locator(".done")).to_contain_text("Undone.")
    assert running.path.read_text() == running.before


def test_a_period_is_kept_to_from_the_next_turn(running):
    running.turn()
    running.save(r"Change\s*: How long it is kept", {"Days that a text is kept": "30"})
    expect(running.page.locator("main")).to_contain_text("No texts have been removed yet.")
    running.turn()
    assert running.worker._last.campaign.keep.text_days == 30
    assert running.difference() == ["+[keep]", "+text_days = 30"]
