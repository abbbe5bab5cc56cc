"""The dashboard as a real process: it answers, ends when asked to, and says when its port is taken."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.accounts import Accounts
from monitor.archive import Archive
from monitor.cli import Paths
from monitor.cli.wiring import campaign_of
from monitor.cli.wiring.mail import collector_watch
from monitor.core.clock import utcnow
from monitor.mail.collector_watch import watching

ROOT = Path(__file__).parents[2]
CAMPAIGN = """
name = "Test"
[[track]]
name = "test"
title = "#Test"
tags = ["test"]
[sources.mastodon]
on = false
"""
RECIPIENTS = """
[alerts]
recipients = ["ann@example.org"]
quiet_from = 0
quiet_until = 0
"""
PROGRAM = [sys.executable, "-c", "from monitor.cli import main; main()"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "campaign.toml").write_text(CAMPAIGN)
    return tmp_path


def words(folder: Path, *said: str) -> list[str]:
    return [*PROGRAM, "--campaign", str(folder / "campaign.toml"), "--archive", str(folder / "a.db"), *said]


@contextmanager
def served(folder: Path, *said: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    # A shell's background job ignores Ctrl-C, and hands that on to all that it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(words(folder, *said), stderr=subprocess.PIPE, text=True, env=env, cwd=folder)
    signal.signal(signal.SIGINT, before)
    assert process.stderr
    try:
        line = next(line for line in process.stderr if "dashboard is at" in line)
        found = re.search(r":(\d+)/", line)
        assert found
        yield process, int(found[1])
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def get(port: int, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.kills
@pytest.mark.parametrize("command", ["web", "up"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["term", "ctrl-c"])
def test_it_answers_and_ends_without_a_fault_when_asked_to(folder, command, number):
    with served(folder, command, "--port", "0") as (process, port):
        answer = get(port, "/")
        assert (answer.status, answer.headers["Server"]) == (200, None)
        process.send_signal(number)
        assert process.wait(120) == 0
        log = process.stderr.read()
    assert "Traceback" not in log
    link = re.search(rf"http://127\.0\.0\.1:{port}/set-up/([\w-]{{43}})\n", log)
    accounts = Accounts.open(folder / "access.db")
    assert accounts.invitation(link[1], utcnow()) == (True, None)  # whose link it is: nobody's yet
    accounts.close()


@pytest.mark.kills
def test_a_taken_port_is_told_in_one_sentence_and_costs_nothing(folder):
    with served(folder, "web", "--port", "0") as (_, port):
        second = subprocess.run(
            words(folder, "web", "--port", str(port)), capture_output=True, text=True, check=False,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert second.returncode == 1
        assert second.stderr.strip().endswith(
            f"Try another one: --port {port + 1} (with make: PORT={port + 1})."
        )
        assert get(port, "/sources").status == 200


def abandoned(folder: Path) -> Paths:
    """Return a set-up whose worker was last seen, and whose source was last asked, three hours ago."""
    (folder / "campaign.toml").write_text(CAMPAIGN.replace("false", "true") + RECIPIENTS)
    paths = Paths(campaign=folder / "campaign.toml", archive=folder / "a.db")
    ago = utcnow() - timedelta(hours=3)
    with Archive.open(paths.archive, campaign_of(paths).zone) as archive:
        archive.coverage.save_break(source="mastodon", track="test", now=ago)
        archive.coverage.beat("worker", 1, ago)
    return paths


@pytest.mark.kills
def test_a_dashboard_beside_a_worker_that_is_gone_says_so(folder):
    abandoned(folder)
    with served(folder, "web", "--port", "0") as (_, port):
        assert get(port, "/healthz").status == 503
        assert get(port, "/").status == 200


def test_the_dashboards_process_mails_that_the_collector_is_gone(folder, monkeypatch):
    monkeypatch.chdir(folder)
    paths = abandoned(folder)
    with watching(collector_watch(paths, campaign_of(paths)), every=0.05):
        for _ in range(2400):
            if mails := [*(folder / "mail").glob("*.eml")]:
                break
            time.sleep(0.05)
    [mail] = mails
    assert "Nothing has been collected since" in mail.read_text()


@pytest.mark.parametrize(("address", "expected"), [
    ("http://127.0.0.1:8000", "http://127.0.0.1:8155"), ("https://dash.example.org", "https://dash.example.org"),
])  # fmt: skip
def test_links_that_lead_here_lead_to_the_port_that_is_served(address, expected):
    from monitor.cli.wiring import at_port
    from tests.mail.week_decider import a_campaign

    assert at_port(a_campaign(address=address), 8155).digest.address == expected


def test_a_report_and_its_details_are_read_on_one_loan_so_at_one_moment(folder, monkeypatch):
    from dashboard.filters import WEEK, Choice
    from monitor.archive import Readers
    from monitor.cli.wiring.web import services
    from monitor.report import Window

    paths = Paths(campaign=folder / "campaign.toml", archive=folder / "a.db")
    campaign, loans, lend = campaign_of(paths), [], Readers.lend
    pages = services(paths, campaign)
    monkeypatch.setattr(Readers, "lend", lambda self: loans.append(self) or lend(self))
    window = Window(first=pages.today, last=pages.today)
    choice = Choice(period=WEEK, window=window, track=campaign.tracks[0])
    assert pages.detailed(choice).details is not None
    assert len(loans) == 1
