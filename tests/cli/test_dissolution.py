"""On the day that Parliament is dissolved no request and no mail leaves this machine; the counts stay."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.accounts import Accounts
from monitor.archive import ArchiveReader
from monitor.campaign import load
from monitor.cli import Paths, group
from monitor.cli.wiring import analyzer_of
from monitor.cli.wiring.mail import mail_turn, weekly_of
from monitor.cli.wiring.web import services
from monitor.collect import PollResult
from monitor.collect.source_status import states
from monitor.core.model import Author, Page, Query
from monitor.mail.weekly.send_times import latest
from monitor.mail.weekly.writing import preview_of
from monitor.report import stalled_since
from monitor.report.wording import dissolution
from monitor.worker import Worker, WorkerSettings
from tests.archive.saving import LONDON, opened, saved
from tests.builders import a_page, a_post
from tests.campaigns import ONE_TRACK
from tests.sources.loopback import serving
from tests.worker.test_worker import until

FEED = b'<rss version="2.0"><channel><title>Example</title></channel></rss>'
FEEDS = "[sources.feeds]\non = true\ngoogle_news = false\nurls = ['{}/feed']\n"
NOW = datetime.now(UTC)
TODAY = NOW.astimezone(LONDON).date()
CANARY = "Mallory"
ROOT = Path(__file__).parents[2]
QUERY = Query(track="new", tags=("New",))


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where no .env is


def campaign_file(folder, day, more="", petition=""):
    head = f"petition = ['{petition}']\n" if petition else ""
    (folder / "campaign.toml").write_text(f"{head}{ONE_TRACK}\n[dissolution]\nday = {day}\n{more}")
    return Paths(campaign=folder / "campaign.toml", archive=folder / "archive.db")


def is_in(folder, word):
    return any(word.encode() in path.read_bytes() for path in folder.glob("archive.db*"))


def run(folder, *words, **how):
    files = ["--campaign", f"{folder}/campaign.toml", "--archive", f"{folder}/archive.db"]
    return CliRunner().invoke(group, [*files, *words], **how)


@pytest.mark.parametrize(("days", "requests"), [(0, False), (-30, False), (2, True)])
def test_no_request_leaves_from_the_day_on(tmp_path, days, requests):
    with serving(lambda method, path, query: (200, {}, FEED)) as server:
        campaign_file(tmp_path, TODAY + timedelta(days=days), FEEDS.format(server.url))
        done = run(tmp_path, "collect")
        assert (bool(server.requests), done.exit_code) == (requests, 0 if requests else 1)
        assert ("since Parliament was dissolved" in done.output) != requests


@pytest.mark.parametrize(("days", "requests"), [(0, False), (2, True)])
def test_no_petition_is_asked_from_the_day_on(tmp_path, days, requests):
    def read(visit):
        asked.append(visit.service.address)
        return Page(stream=visit.service.name)

    asked, page = [], "https://petition.parliament.uk/petitions/123456"
    more = f"[outcomes]\nparliament = false\n{FEEDS.format('http://127.0.0.1:1')}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("monitor.outcomes.petitions.read", read)
        patch.setattr("monitor.cli.collect._poll", lambda collector, name: PollResult(source=name))
        campaign_file(tmp_path, TODAY + timedelta(days=days), more, petition=page)
        done = run(tmp_path, "collect")
    assert (asked, done.exit_code) == ([page] * requests, 0 if requests else 1)
    assert ("since Parliament was dissolved" in done.output) != requests


FOUND = "http://{host}/@ann/115446932983219999"
WAYS = {  # of asking a platform something, beside the collector's
    "a source on trial": lambda paths, host: services(paths, load(paths.campaign)).attempt(
        "feeds", {"urls": [f"http://{host}/feed"], "google_news": False}, {}
    ),
    "new words on trial": lambda paths, host: services(paths, load(paths.campaign)).preview(QUERY),
    "why a post is missing": lambda paths, host: run(paths.campaign.parent, "why", FOUND.format(host=host)),
    "a key on trial": lambda paths, host: run(
        paths.campaign.parent, "setup", "bluesky", input="ann.example\ncanary7391\nn\n"
    ),
    "older posts": lambda paths, host: run(
        paths.campaign.parent, "backfill", "--source", "mastodon", "--since", f"{TODAY}", "--yes"
    ),
}


@pytest.mark.parametrize("days", [0, 2])
@pytest.mark.parametrize("way", WAYS)
def test_no_other_way_of_asking_is_open_from_the_day_on(tmp_path, way, days):
    with serving(lambda method, path, query: (200, {"Content-Type": "application/json"}, b"[]")) as server:
        sources = (
            f"[sources.mastodon]\non = true\nservers = ['{server.url}']\n"
            f"[sources.bluesky]\non = false\nhome = '{server.url}'\npublic = '{server.url}'\n"
        )
        paths = campaign_file(tmp_path, TODAY + timedelta(days=days), sources)
        opened(tmp_path).close()
        WAYS[way](paths, server.url.removeprefix("http://"))
        assert bool(server.requests) == (days > 0)


@pytest.mark.heavy
def test_nothing_else_opens_a_platform_but_what_only_reads_its_settings():
    opening = re.compile(r"\bsource\([^()]*\)\.open\b")
    rooms = (path for room in ("monitor", "dashboard") for path in (ROOT / room).rglob("*.py"))
    assert {str(path.relative_to(ROOT)) for path in rooms if opening.search(path.read_text())} == {
        "monitor/collect/__init__.py",
        "monitor/cli/doctor/__init__.py",
        "monitor/cli/wiring/live_settings.py",
        "monitor/pictures/reading.py",
    }


@pytest.mark.heavy
def test_the_worker_asks_until_midnight_by_the_campaigns_clock_and_not_after(tmp_path):
    now = datetime(2027, 3, 28, 22, 59, tzinfo=UTC)  # 23:59 in London, on the day that summer time began
    with serving(lambda method, path, query: (200, {}, FEED)) as server:
        campaign = load(campaign_file(tmp_path, "2027-03-29", FEEDS.format(server.url)).campaign)
        settings = WorkerSettings(campaign=campaign, analyzer=analyzer_of(campaign), env={})
        worker = Worker(settings=lambda: settings, archive=tmp_path / "archive.db", clock=lambda: now)
        assert worker.tick() == ["feeds"]
        worker.stop()
        asked = len(server.requests)
        assert asked
        late = datetime(2027, 3, 29, 0, 30, tzinfo=UTC)  # every source would be due again
        worker = Worker(settings=lambda: settings, archive=tmp_path / "archive.db", clock=lambda: late)
        assert worker.tick() == []
        worker.stop()
        assert len(server.requests) == asked


@pytest.mark.heavy
@pytest.mark.parametrize(("leap", "requests"), [(timedelta(), 2), (timedelta(minutes=2), 1)])
def test_a_check_under_way_at_midnight_ends_with_the_answer_at_hand(tmp_path, leap, requests):
    now = datetime(2027, 3, 28, 22, 59, tzinfo=UTC)

    def answer(method, path, query):
        nonlocal now
        now += leap
        return 200, {}, FEED

    with serving(answer) as server:
        urls = f"['{server.url}/a', '{server.url}/b']"
        feeds = f"[sources.feeds]\non = true\ngoogle_news = false\nurls = {urls}\n"
        campaign = load(campaign_file(tmp_path, "2027-03-29", feeds).campaign)
        settings = WorkerSettings(campaign=campaign, analyzer=analyzer_of(campaign), env={})
        worker = Worker(settings=lambda: settings, archive=tmp_path / "archive.db", clock=lambda: now)
        worker.tick()
        until(lambda: not worker._busy)
        worker.stop()
        assert len(server.requests) == requests


@pytest.mark.heavy
@pytest.mark.parametrize(("days", "decisions"), [(0, 0), (2, 1)])
def test_no_week_is_decided_on_from_the_day_on(tmp_path, days, decisions):
    opened(tmp_path).close()
    digest = f"[digest]\nday = '{TODAY:%A}'\nhour = 0\nrecipients = ['a@example.org']\n".lower()
    paths = campaign_file(tmp_path, TODAY + timedelta(days=days), digest)
    campaign = load(paths.campaign)
    mail_turn(paths, campaign)(lambda: False)
    weekly = weekly_of(paths, campaign)
    assert len(weekly.store.weeks(weekly.key, datetime.now(UTC))) == decisions


def test_nobody_is_told_to_restart_what_was_meant_to_stop(tmp_path):
    with serving(lambda method, path, query: (200, {}, FEED)) as server:
        campaign_file(tmp_path, TODAY + timedelta(days=2), FEEDS.format(server.url))
        run(tmp_path, "collect")
        late = NOW + timedelta(days=1)
        for day, since in ((late.date() + timedelta(days=9), True), (late.date() - timedelta(days=1), False)):
            campaign = load(campaign_file(tmp_path, day, FEEDS.format(server.url)).campaign)
            with ArchiveReader.open(tmp_path / "archive.db", LONDON) as archive:
                assert bool(stalled_since(states(archive, campaign, late))) == since


@pytest.mark.heavy
@pytest.mark.parametrize(("days", "files"), [(0, 0), (2, 1)])
def test_no_mail_goes_from_the_day_on_not_even_one_that_waited(tmp_path, days, files):
    opened(tmp_path).close()
    paths = campaign_file(tmp_path, TODAY + timedelta(days=days))
    campaign = load(paths.campaign)
    weekly = weekly_of(paths, campaign)
    _, mail = preview_of(weekly, latest(campaign.digest, campaign.zone, NOW), to="a@example.org", kind="test")
    weekly.store.enqueue(weekly.key, [mail], until=NOW + timedelta(hours=1), now=NOW)
    mail_turn(paths, campaign)(lambda: False)
    assert len([*tmp_path.glob("mail/*.eml")]) == files
    assert run(tmp_path, "digest", "test", "a@example.org").exit_code == (0 if files else 1)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (29, ""),
        (28, "in 28 days."),
        (1, "in 1 day."),
        (0, "“monitor handover”"),
        (-400, "“monitor handover”"),
    ],
)
def test_people_are_told_from_four_weeks_before(left, words):
    day = date(2027, 3, 29)
    sentence = dissolution(day, day - timedelta(days=left))
    assert (words in sentence, bool(sentence)) == (True, bool(words))
    assert dissolution(None, day) == ""


@pytest.mark.heavy
def test_the_handover_keeps_the_counts_and_erases_texts_and_names(tmp_path):
    with opened(tmp_path) as archive:
        posts = [a_post(id=str(n), text=f"{CANARY} says {n}") for n in range(3)]
        giant = Author(id="9", handle=CANARY, name=CANARY, followers=9_000_000)  # named beside the range
        saved(archive, a_page(*posts, a_post(id="9", text=CANARY, author=giant)))
        archive.marks.set([1], "not ours", by="Ann", now=NOW)
    campaign_file(tmp_path, TODAY)
    done = run(tmp_path, "handover", "--out", str(tmp_path / "counts"), input="n\n")
    assert (done.exit_code, is_in(tmp_path, CANARY)) == (1, True)  # not confirmed
    assert run(tmp_path, "handover", "--out", str(tmp_path / "counts"), "--yes").exit_code == 0
    names = sorted(path.name for path in (tmp_path / "counts").iterdir())
    assert names == ["test-by-day.csv", "test-hashtags.csv", "test-numbers.csv"]
    assert not any(CANARY in path.read_text() for path in (tmp_path / "counts").iterdir())
    assert not is_in(tmp_path, CANARY)
    with ArchiveReader.open(tmp_path / "archive.db", LONDON) as archive:
        assert archive.posts.count() == 4
        assert [row.text for row in archive.posts.by_ids([1, 2, 3, 4])] == [None] * 4
    accounts = Accounts.open(tmp_path / "access.db")
    assert accounts.trail()[0].what.startswith("handed over")
