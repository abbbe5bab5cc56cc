"""A file while it is being taken in: how far it is, two at once, and a process that ends midway."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.cli import Paths
from tests.dashboard.file_import.conftest import bring, table, take_in, wait
from tests.dashboard.reports import CAMPAIGN

pytestmark = pytest.mark.heavy

TAKE = {"act": "take", "track": CAMPAIGN.tracks[0].name, "saved_on": "2026-11-20"}
MANY = table(*[day for day in range(1, 19) for _ in range(60)])  # 1,080: two parts


def begin(office, client, content=MANY, name="posts.csv"):
    """Bring a file and begin to take it in; return its address once its first text is being scored."""
    at = bring(client, content, name).location
    office.gate.shut()
    client.post(at, data=TAKE)
    assert office.gate.is_reached.wait(60)
    return at


def test_while_it_runs_the_page_looks_again_until_somebody_says_not_to(office):
    client = office.browser()
    at = begin(office, client)
    page, still = client.get(at), client.get(f"{at}?still=1")
    assert (page.headers["Refresh"], page.status_code) == ("2", 200)
    assert "Refresh" not in still.headers
    assert ">0% read" in page.text
    assert "It starts when the files ahead of it are done" not in page.text
    office.gate.open()
    wait(office)
    assert "1,080 items read: 1,080 new posts" in client.get(at).text
    assert "Refresh" not in client.get(at).headers


def test_how_far_it_is_is_told(office):
    client = office.browser()
    at = begin(office, client)
    original, parts, is_held = office.gate.score, [], threading.Event()

    def score(text, lang=None):
        parts.append(text)
        if len(parts) == 1_000:  # with the one that was held up before, the first of the second part
            office.gate.shut()
            is_held.set()
        return original(text, lang)

    office.gate.score = score
    office.gate.open()
    assert is_held.wait(60)
    assert "1,000 items read: 1,000 new posts so far" in client.get(at).text
    office.gate.open()


@pytest.mark.parametrize("act", ["take", "cancel", "answer", "everything"])
def test_while_it_runs_nothing_else_is_done_with_it(office, act):
    client = office.browser()
    at = begin(office, client)
    assert client.post(at, data=TAKE | {"act": act}).location == at
    office.gate.open()
    wait(office)
    assert "1,080 items read: 1,080 new posts" in client.get(at).text


def test_two_at_once_are_taken_in_one_after_the_other(office):
    one, other = office.browser(), office.browser("admin")
    first = begin(office, one)
    second = bring(other, table(3), "other.csv").location
    other.post(second, data=TAKE)
    assert "It starts when the files ahead of it are done" in other.get(second).text
    assert "It starts when" not in one.get(first).text
    assert office.posts() == 0
    office.gate.open()
    wait(office)
    assert "1,080 new posts" in one.get(first).text
    assert "1 item read" in other.get(second).text
    assert office.waiting == []


def test_what_runs_is_not_swept_away_however_long_it_takes(office):
    client = office.browser()
    at = begin(office, client)
    office.later(days=2)
    office.browser("admin").get("/bring-a-file")
    office.gate.open()
    wait(office)
    assert office.posts() == 1_080
    office.browser().get("/bring-a-file")
    assert office.browser().get(at).status_code == 404  # then it is


ENDED = """
import os, sys
from pathlib import Path
from monitor.cli import Paths
from monitor.cli.wiring.imports import imports_of
from tests.builders import a_sentiment
from tests.dashboard.reports import CAMPAIGN

folder, token, owner = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

class Deadly:
    name, scored = "plain", 0

    def score(self, text, lang=None):
        self.scored += 1
        if self.scored == 1_050:
            os.kill(os.getpid(), 9)
        return a_sentiment()

paths = Paths(campaign=folder / "campaign.toml", archive=folder / "archive.db")
imports = imports_of(paths, CAMPAIGN, Deadly(), demo=False)
file = imports.box.file(token, owner)
imports.box.take_in(file, imports.intake(file), print)
imports.box._running[token].join()
"""


@pytest.mark.kills
def test_ended_midway_it_says_so_and_to_take_it_in_again_is_harmless(office):
    client = office.browser()
    at = bring(client, MANY).location
    owner = str(office.accounts.person("editor").id)
    command = [sys.executable, "-c", ENDED, str(office.folder), at.rpartition("/")[2], owner]
    assert subprocess.run(command, cwd=Path(__file__).parents[3]).returncode == -9
    office.start()
    client = office.browser()
    shown = client.get(at).text
    assert "The monitor was stopped while importing this file, after 1,000 items." in shown
    assert office.posts() == 1_000  # the part that was being stored is not there, the one before is whole
    assert len(office.waiting) == 1
    client.post(at, data=TAKE | {"track": ""})
    wait(office)
    assert "1,080 items read: 80 new posts, 1,000 already here" in client.get(at).text
    with office.archive() as archive:
        assert archive.differences() == []


def test_a_fault_of_ours_ends_one_file_and_no_other(office, monkeypatch):
    client = office.browser()
    monkeypatch.setattr("threading.excepthook", lambda args: None)
    at = bring(client, table(3)).location
    with monkeypatch.context() as broken:
        broken.setattr(office.gate, "score", lambda text, lang=None: 1 / 0)
        client.post(at, data=TAKE)
        wait(office)
    assert "The monitor was stopped while importing this file" in client.get(at).text
    assert "1 new post" in client.get(take_in(office, client, table(3), "other.csv", TAKE["track"])).text


def test_pages_can_be_read_meanwhile(office):
    client = office.browser()
    begin(office, client)
    for path in ("/", "/posts", "/by-hand", "/bring-a-file"):
        assert client.get(path).status_code == 200
    with Archive.open(office.folder / "archive.db", CAMPAIGN.zone) as archive:  # and written, by the worker
        archive.coverage.beat("worker", office.now)


def test_the_folder_is_beside_the_archive(tmp_path):
    from monitor.cli.wiring import drop_box_of

    paths = Paths(campaign=tmp_path / "c.toml", archive=tmp_path / "data" / "archive.db")
    assert drop_box_of(paths)._folder == tmp_path / "data" / "archive-incoming"
