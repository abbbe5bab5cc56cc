"""The Procfile, run as a host would run it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.accounts import Accounts, Role
from tests.cli.test_serve import CAMPAIGN, get

ROOT = Path(__file__).parents[1]
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "campaign.toml").write_text(CAMPAIGN)
    return os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT),
        "MONITOR_CAMPAIGN": "campaign.toml", "MONITOR_ARCHIVE": "a.db", "PORT": "0",
    }  # fmt: skip


@contextmanager
def running(name: str, folder: Path, env: dict[str, str], until: str) -> Iterator[re.Match[str]]:
    """Run a line of the Procfile; yield where its log matches `until`, and end it in the end."""
    with subprocess.Popen(
        f"exec {PROCFILE[name]}", shell=True, cwd=folder, env=env, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        try:
            yield next(filter(None, (re.search(until, line) for line in process.stderr)))
            process.terminate()
            assert process.wait(20) == 0
        finally:
            process.kill()


def test_web_does_not_start_while_nobody_has_an_account(tmp_path, env):
    command = PROCFILE["web"]
    done = subprocess.run(
        command, shell=True, cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 78
    assert "monitor users add" in done.stderr


def test_web_listens_where_the_host_says_and_asks_everyone_to_sign_in(tmp_path, env):
    accounts = Accounts.open(tmp_path / "access.db")
    accounts.add("Ann", Role.ADMIN, by="a test", now=NOW, password="three odd words")
    accounts.close()
    with running("web", tmp_path, env, r"dashboard is at http://0\.0\.0\.0:(\d+)/") as found:
        assert get(int(found[1]), "/").headers["Location"] == "/login"


def test_worker_begins_and_ends_when_asked_to(tmp_path, env):
    with running("worker", tmp_path, env, "digest of "):
        pass
