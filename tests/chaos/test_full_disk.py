"""A disk that is really full: all is read, people sign in, each is told why, and it goes on by itself."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from monitor.accounts import Accounts, Role
from monitor.archive import Archive, ArchiveReader
from monitor.cli import Paths, main
from monitor.cli.doctor import examine
from monitor.cli.wiring import accounts_of, campaign_of
from monitor.cli.wiring.web import flask_app
from monitor.core.clock import utcnow
from monitor.core.errors import StorageError
from monitor.worker import Worker
from tests.archive.saving import LONDON, saved
from tests.builders import a_page, a_post
from tests.disks import fill, small_disk
from tests.recorded import load, recorded
from tests.worker.test_worker import Analyzer
from tests.workers import a_worker

PASSWORD = "three odd words"
BANNER = "<b>The disk is full, or read-only.</b>"
PAGES = [
    "/",
    "/posts",
    "/people",
    "/places",
    "/events",
    "/reports",
    "/sources",
    "/settings",
    "/methods",
    "/account",
]
CAMPAIGN = """
name = "Test"
[[track]]
name = "crime"
title = "#Crime"
tags = ["crime"]
[sources.mastodon]
on = true
every_minutes = 1
"""
POSTS = "platform,id,text,created_at\n" + "".join(
    f"mastodon,new-{n},{'word ' * 200} #crime,2026-11-20T12:00:00Z\n" for n in range(500)
)


@dataclass(frozen=True)
class Office:
    """A dashboard on a disk of its own, with one admin and a post."""

    disk: Path
    paths: Paths
    app: Flask

    def browser(self) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        return client

    def signed_in(self) -> FlaskClient:
        client = self.browser()
        assert client.post("/login", data={"name": "Ann", "password": PASSWORD}).status_code == 303
        assert client.get("/account").status_code == 200
        return client

    def posts(self) -> int:
        with ArchiveReader.open(self.paths.archive, campaign_of(self.paths).zone) as archive:
            return archive.posts.count()

    def run(self, *words: str) -> object:
        """Run a command as it is typed; return its exit code. What is no sentence passes as an error."""
        files = ["--campaign", str(self.paths.campaign), "--archive", str(self.paths.archive)]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["monitor", *files, *words])
            with pytest.raises(SystemExit) as ended:
                main()
        return ended.value.code


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with small_disk(tmp_path / "disk", megabytes=40) as disk:
        paths = Paths(campaign=tmp_path / "campaign.toml", archive=disk / "a.db")
        paths.campaign.write_text(CAMPAIGN)
        (tmp_path / "posts.csv").write_text(POSTS)
        campaign = campaign_of(paths)
        with Archive.open(paths.archive, campaign.zone) as archive:
            saved(archive, a_page(a_post(id="1", text="#crime in town", created_at=utcnow())), track="crime")
        accounts = accounts_of(paths)
        accounts.add("Ann", Role.ADMIN, by="a test", now=utcnow(), password=PASSWORD)
        accounts.close()
        yield Office(disk, paths, flask_app(paths, campaign))


def event(client: FlaskClient, title: str):
    return client.post("/events", data={"act": "add", "day": "2026-11-20", "title": title})


def test_all_is_read_people_sign_in_and_it_goes_on_when_there_is_room(office):
    before = office.signed_in()
    assert BANNER not in before.get("/").text
    assert event(before, "Before").status_code == 303
    ballast = fill(office.disk)
    after = office.signed_in()
    for client in (before, after):
        for path in PAGES:
            answer = client.get(path)
            assert (path, answer.status_code, BANNER in answer.text) == (path, 200, True)
    stranger = office.browser()
    assert stranger.post("/login", data={"name": "Ann", "password": "no words"}).status_code == 401
    assert stranger.get("/posts").status_code == 303
    for number in range(40):  # what had room was stored and stays
        answer = event(after, f"{number} " + "long title " * 8)
        if answer.status_code != 303:
            break
    assert "What was being saved was not saved" in answer.text
    answer = stranger.get("/healthz")
    assert (answer.status_code, answer.json["disk_full"]) == (503, True)
    ballast.unlink()
    assert event(after, "After").status_code == 303
    page = before.get("/events").text
    assert all(words in page for words in ("Before", "After", *(f"{n} long" for n in range(number))))
    assert f"{number} long" not in page
    assert BANNER not in after.get("/").text


def test_control_without_the_copy_in_memory_nobody_gets_in(office, monkeypatch):
    def into_the_file(self, act):
        with self._writing() as db:
            return act(db)

    monkeypatch.setattr(Accounts, "_noted", into_the_file)
    fill(office.disk)
    for _ in range(9):  # until what room there was is used
        answer = office.browser().post("/login", data={"name": "Ann", "password": PASSWORD})
    assert (answer.status_code, "That was not saved" in answer.text) == (503, True)


def test_commands_end_in_a_sentence_and_doctor_says_what_to_do(office, tmp_path, capsys):
    ballast = fill(office.disk)
    assert office.run("import", str(tmp_path / "posts.csv")) == 74
    assert "monitor: The disk is full." in capsys.readouterr().err
    checks = {check.part: check for check in examine(office.paths, verify=True)}
    assert (checks["disk"].state, checks["archive"].state) == ("fail", "ok")
    assert "it is full" in checks["accounts"].says  # nobody has that file open
    for words in ("doctor --verify", "rebuild --check", "report", "events list"):
        assert office.run(*words.split()) in (0, 1)
    assert office.run("export") == 74  # what leaves the archive has to be in the activity log
    capsys.readouterr()
    assert office.run("status") == 0
    assert "The disk is full, or read-only" in capsys.readouterr().out
    ballast.unlink()
    assert office.run("import", str(tmp_path / "posts.csv")) == 0
    assert office.posts() == 501
    assert office.run("rebuild", "--check") == 0


def test_a_look_by_hand_that_finds_no_room_ends_in_a_sentence(office, monkeypatch, capsys):
    monkeypatch.setattr("monitor.collect.source", lambda name: Platform(posts=500))
    monkeypatch.setattr("monitor.cli.collect.analyzer_of", lambda campaign: Analyzer())
    ballast = fill(office.disk)
    assert office.run("collect") == 74
    assert "monitor: The disk is full." in capsys.readouterr().err
    ballast.unlink()
    assert office.run("collect") == 0
    assert office.posts() == 501


def test_a_migration_that_finds_no_room_says_so_and_runs_later(office):
    path = load("archive", recorded("archive")[0], office.disk / "old.db")
    ballast = fill(office.disk)
    with pytest.raises(StorageError, match="Free some space, then try again"):
        Archive.open(path, LONDON, demo=True)
    ballast.unlink()
    with Archive.open(path, LONDON, demo=True) as archive:
        assert archive.differences() == []


class Platform:
    """Has so many posts each time, and counts how often it is asked."""

    def __init__(self, posts: int = 1) -> None:
        self.asked, self.posts = 0, posts

    def open(self, settings, env, now):
        return self

    def search(self, query, cursors, waiting):
        self.asked += 1
        posts = (a_post(id=f"{self.asked} {n}", text=f"{n} words " * 99) for n in range(self.posts))
        yield a_page(*posts, stream="mastodon:s", cursor=str(self.asked))


def ticked(worker: Worker) -> list[str]:
    started = worker.tick()
    while worker._busy:
        pass
    return started


def test_the_worker_asks_nobody_while_there_is_no_room_and_goes_on_by_itself(office, monkeypatch, caplog):
    platform, campaign = Platform(), campaign_of(office.paths)
    monkeypatch.setattr("monitor.collect.source", lambda name: platform)
    monkeypatch.setattr("monitor.worker.self_test", lambda collector, name: None)
    worker = a_worker(
        campaign=campaign, archive=office.paths.archive, analyzer=Analyzer(), env={}, clock=utcnow
    )
    ballast = fill(office.disk)
    assert [ticked(worker), ticked(worker), platform.asked] == [[], [], 0]
    assert [record.getMessage()[:39] for record in caplog.records] == [
        "nothing is collected: The disk is full."
    ]
    ballast.unlink()
    assert (ticked(worker), platform.asked, office.posts()) == (["mastodon"], 1, 2)
    worker.stop()
