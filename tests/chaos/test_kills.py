"""A real worker, killed at random moments: see experiments/kills.py for how."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tests.chaos.experiment import ROOT
from tests.chaos.experiments import petition_kills
from tests.chaos.experiments.kills import CAMPAIGN, Ledger, Stream, ended, killed, worker
from tests.sources.loopback import serving


@pytest.mark.parametrize(("seed", "ledger"), [(0, Ledger), (2, Stream)])
def test_25_kills_lose_nothing_and_double_nothing(tmp_path, seed, ledger):
    assert killed(tmp_path, seed, ledger=ledger()) == []


def test_a_cursor_stored_before_its_posts_is_noticed_where_no_post_is_shown_twice(tmp_path):
    assert any("lost" in fault for fault in killed(tmp_path, 99, "cursor-first"))


def test_posts_without_a_unique_key_are_noticed(tmp_path):
    assert any("doubled" in fault for fault in killed(tmp_path, 7, "no-key", Ledger()))


def test_kills_leave_a_petition_s_readings_as_its_site_said_them(tmp_path):
    assert petition_kills.killed(tmp_path, 0, kills=8)[1] == []


@pytest.mark.parametrize(("broken", "fault"), [("reading-twice", "doubled"), ("reading-late", "lost")])
def test_control_readings_that_are_stored_twice_or_too_late_are_noticed(tmp_path, broken, fault):
    assert any(fault in wrong for wrong in petition_kills.noticed(tmp_path, broken, kills=12))


def test_what_a_cursor_has_passed_is_not_shown_again():
    stream = Stream()
    assert [*stream.page(0, {"min_id": "0"})] == [1, 2, 3, 4, 5, 6, 7]
    assert [*stream.page(7, {"min_id": "7"})] == [8, 9, 10, 11, 12, 13, 14]
    assert [*stream.page(0, {"min_id": "0"})] == [8, 9, 10, 11, 12, 13, 14]
    assert [*stream.page(0, {"max_id": "9"})] == []


def test_a_second_worker_refuses_in_one_sentence(tmp_path):
    ledger = Ledger()
    with serving(ledger.answer) as server:
        (tmp_path / "campaign.toml").write_text(CAMPAIGN.format(server=server.url))
        with worker(tmp_path, datetime.now(UTC)) as first:
            ledger.wait_for(1)
            command = [sys.executable, "-c", "from monitor.cli import main; main()"]
            files = ["--campaign", str(tmp_path / "campaign.toml"), "--archive", str(tmp_path / "a.db")]
            second = subprocess.run(
                [*command, *files, "worker"], env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
                check=False,
            )  # fmt: skip
            assert ended(first) == 0
    assert second.returncode == 75
    assert second.stderr.count("\n") == 1
    assert "already collecting" in second.stderr
