"""Settings are taken up by what runs: a request and a turn of the worker have one version from end to end."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from monitor.accounts import Role
from monitor.archive import Archive
from monitor.cli import Paths
from monitor.cli.wiring import accounts_of, noted_port
from monitor.cli.wiring.live_settings import Live, settings_files
from monitor.cli.wiring.web import live_app
from monitor.cli.wiring.worker import worker_settings
from monitor.core.clock import utcnow
from monitor.core.errors import ConfigError, MonitorError, StorageError
from monitor.settings_files import SettingsFiles
from tests.campaigns import ONE_TRACK

START = f"{ONE_TRACK}[sources.mastodon]\non = false\n[sources.tumblr]\non = false\n"


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "campaign.toml").write_text(START)
    return Paths(campaign=tmp_path / "campaign.toml", archive=tmp_path / "a.db")


@pytest.fixture
def files(paths: Paths) -> SettingsFiles:
    with noted_port(paths, 8123):
        return settings_files(paths, accounts_of(paths))


def save(files: SettingsFiles, keys=None, **changes) -> None:
    named = {name.replace("__", "."): value for name, value in changes.items()}
    files.save(named, keys, base=files.settings().version, who="Ann", now=utcnow())


@pytest.mark.heavy
def test_the_next_request_has_the_new_settings_and_one_that_began_before_has_the_old(paths, files):
    accounts = accounts_of(paths)
    site = live_app(files, paths, accounts)
    before = site()
    assert before is site()
    save(files, {"MONITOR_SMTP_HOST": "mail.example.org", "MONITOR_MAIL_FROM": "a@example.org"},
         name="Renamed", access__idle_minutes=5)  # fmt: skip
    after = site()
    assert "Renamed" in after.test_client().get("/settings").text
    assert "Renamed" not in before.test_client().get("/settings").text
    assert accounts.idle == timedelta(minutes=5)
    old, new = (app.extensions["services"].settings for app in (before, after))
    assert ("MONITOR_SMTP_HOST" in old.env, new.env["MONITOR_SMTP_HOST"]) == (False, "mail.example.org")


@pytest.mark.heavy
def test_an_address_of_this_computer_is_refused_by_the_real_program(paths, files):
    client = live_app(files, paths, accounts_of(paths))().test_client()
    form = {"was.urls": "", "urls": "http://127.0.0.1:1/f", "anyway": "yes"}
    answer = client.post("/settings/sources.feeds", data=form, headers={"Origin": "http://localhost"})
    assert "its own network" in answer.text
    assert answer.status_code == 422


@pytest.mark.heavy
def test_names_of_the_dashboard_are_taken_up(paths, files):
    accounts_of(paths).add("Ann", Role.ADMIN, by="a test", now=utcnow())
    site = live_app(files, paths, accounts_of(paths))
    elsewhere = {"base_url": "http://dash.example.org"}
    assert site().test_client().get("/healthz", **elsewhere).status_code == 400
    save(files, access__names=["dash.example.org"])
    assert site().test_client().get("/healthz", **elsewhere).status_code != 400


@pytest.mark.heavy
def test_a_mistake_made_by_hand_stands_on_every_page_until_it_is_mended(paths, files):
    site = live_app(files, paths, accounts_of(paths))
    site()
    paths.campaign.write_text(START.replace('title = "#Test"', 'titel = "#Test"'))
    page = site().test_client().get("/settings").text
    assert "The settings stay as they were" in page
    assert "track[0].titel: there is no such setting" in page
    paths.campaign.write_text(START)
    assert "The settings stay as they were" not in site().test_client().get("/settings").text


def test_links_to_this_computer_lead_to_the_port_that_is_served_and_the_file_stays(files, paths):
    assert files.settings().campaign.digest.address == "http://127.0.0.1:8123"
    assert "8123" not in paths.campaign.read_text()


def test_a_turn_of_the_worker_has_the_settings_of_its_beginning(paths, files):
    live = Live(files.settings, partial(worker_settings, paths))
    before = live()
    assert live() is before
    save(files, {"TUMBLR_API_KEY": "k"}, sources__tumblr__on=True)
    after = live()
    assert (before.campaign.sources["tumblr"].on, "TUMBLR_API_KEY" in before.env) == (False, False)
    assert (after.campaign.sources["tumblr"].on, after.env["TUMBLR_API_KEY"]) == (True, "k")


def test_what_cannot_be_made_now_stays_as_it_was_and_is_tried_again(files, caplog):
    faults: list[MonitorError] = []

    def make(settings):
        if faults:
            raise faults.pop()
        return settings.campaign.name

    live = Live(files.settings, make)
    assert live() == "Test"
    save(files, name="Other")
    faults.append(StorageError("The disk is full."))
    assert live() == "Test"
    assert "The disk is full." in caplog.text
    assert live() == "Other"


def test_what_cannot_be_made_at_first_is_an_error(files):
    def make(settings):
        raise StorageError("The disk is full.")

    with pytest.raises(StorageError):
        Live(files.settings, make)()


@pytest.mark.parametrize(
    ("keys", "changes", "words"),
    [
        ({}, {"sources__elsewhere": {"on": True}}, r"sources\.elsewhere: there is no such source"),
        ({}, {"sources__tumblr__on": True}, "TUMBLR_API_KEY"),
        ({}, {"sources__mastodon__on": True, "sources__mastodon__servers": "x"}, r"mastodon\.servers"),
        ({"MONITOR_SMTP_HOST": "mail.example.org"}, {}, "MONITOR_MAIL_FROM"),
        ({"MONITOR_PING": "http://example.org"}, {}, "MONITOR_PING"),
        ({"MONITOR_WEBHOOK": "https://example.org/x"}, {}, "MONITOR_WEBHOOK"),
        ({}, {"access__oidc_issuer": "https://login.example.org"}, "access.oidc_issuer needs"),
        ({}, {"digest__address": "https://dash.example.org"}, "nobody has an account yet"),
        ({}, {"access__names": ["dash.example.org"]}, "nobody has an account yet"),
        ({}, {"places": "nowhere.toml"}, "no file of places"),
        ({}, {"time_zone": "Europe/Paris"}, "counts its days in Europe/London"),
    ],
    ids=[
        "source",
        "key",
        "setting of a source",
        "mail",
        "ping",
        "chat",
        "sign-in",
        "address",
        "name",
        "places",
        "time zone",
    ],
)
def test_what_would_not_run_is_not_saved(paths, files, keys, changes, words):
    Archive.open(paths.archive, files.settings().campaign.zone).close()
    with pytest.raises(ConfigError, match=words):
        save(files, keys, **changes)
    assert paths.campaign.read_text() == START
    assert not Path(".env").exists()
