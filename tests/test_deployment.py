"""The Procfile, run as a host would run it; backups, made and restored as their page says."""

import os
import re
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.accounts import Accounts, Role
from monitor.archive import Archive
from tests.cli.test_serve import CAMPAIGN, get

ROOT = Path(__file__).parents[1]
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
RUN = ROOT / "docs/run"
MOVE = (RUN / "move.md").read_text()
NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
# With a reader: without, nothing is decided of a mail from Monday to Wednesday, as somebody may ask for it.
OFFICE = CAMPAIGN + '[digest]\nrecipients = ["ann@example.org"]\n'


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "campaign.toml").write_text(OFFICE)
    return os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT),
        "MONITOR_CAMPAIGN": "campaign.toml", "MONITOR_ARCHIVE": "a.db", "PORT": "0",
    }  # fmt: skip


@contextmanager
def running(line: str, folder: Path, env: dict[str, str], until: str) -> Iterator[re.Match[str]]:
    """Run a command line; yield where its log matches `until`, and end it in the end."""
    with subprocess.Popen(
        f"exec {line}", shell=True, cwd=folder, env=env, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        end = threading.Timer(120, process.kill)  # rather than waiting for ever
        end.start()
        try:
            yield next(filter(None, (re.search(until, line) for line in process.stderr)))
            process.terminate()
            assert process.wait(20) == 0
        finally:
            end.cancel()
            process.kill()


@pytest.mark.slow
def test_web_does_not_start_while_nobody_has_an_account(tmp_path, env):
    command = PROCFILE["web"]
    done = subprocess.run(
        command, shell=True, cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 78
    assert "monitor users add" in done.stderr


@pytest.mark.kills
def test_web_listens_where_the_host_says_and_asks_everyone_to_sign_in(tmp_path, env):
    accounts = Accounts.open(tmp_path / "access.db")
    accounts.add("Ann", Role.ADMIN, by="a test", now=NOW, password="three odd words")
    accounts.close()
    with running(PROCFILE["web"], tmp_path, env, r"dashboard is at http://0\.0\.0\.0:(\d+)/") as found:
        assert get(int(found[1]), "/").headers["Location"] == "/login"


@pytest.mark.kills
def test_worker_begins_and_ends_when_asked_to(tmp_path, env):
    with running(PROCFILE["worker"], tmp_path, env, "digest of "):
        pass


def blocks(page: str, kind: str) -> list[str]:
    """Return the blocks of code of this kind on a page of docs/run."""
    return re.findall(rf"(?ms)^```{kind}\n(.*?)^```", (RUN / page).read_text())


def test_the_page_shows_the_procfile_as_it_is():
    assert f"```\n{(ROOT / 'Procfile').read_text()}```" in (RUN / "deploy.md").read_text()


@pytest.fixture
def office(tmp_path: Path, env: dict[str, str]) -> Path:
    """Return a folder as the pages of docs/run have it, with an account in it; `env` is made to fit."""
    (tmp_path / "venv").symlink_to(sys.prefix)
    (tmp_path / "config").mkdir()
    (tmp_path / "campaign.toml").rename(tmp_path / "config/campaign.toml")
    env |= {"MONITOR_CAMPAIGN": "config/campaign.toml", "MONITOR_ARCHIVE": "data/archive.db"}
    (tmp_path / "data").mkdir()
    accounts = Accounts.open(tmp_path / "data/access.db")
    accounts.add("Ann", Role.ADMIN, by="a test", now=NOW, password="three odd words")
    accounts.close()
    return tmp_path


def shell(script: str, folder: Path, env: dict[str, str]) -> str:
    done = subprocess.run(
        ["sh", "-ec", script], cwd=folder, env=env, capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout


@contextmanager
def in_use(office: Path, env: dict[str, str]) -> Iterator[None]:
    """Keep the archive open as the dashboard does, so that what is written last stays in its second file."""
    with Archive.open(office / "data/archive.db", ZoneInfo("Europe/London")):
        shell("venv/bin/monitor events add 2026-11-28 March to the town hall", office, env)
        yield


@pytest.mark.slow
def test_a_backup_made_beside_a_writer_is_whole_and_is_restored(office, env):
    back_up, verify, mend, restore = blocks("backup.md", "sh")
    with in_use(office, env):
        shell(back_up, office, env)
    assert "\nok   archive: " in shell(f"{verify.strip()} || true", office, env)  # nothing is collected here
    shell(mend, office, env)
    (made,) = (office / "data/backups").iterdir()
    for name in ("archive.db", "access.db"):
        assert (made / name).stat().st_mode & 0o777 == 0o600
    assert (made / "config/campaign.toml").read_text() == OFFICE

    for path in (office / "data").glob("*.db"):
        path.write_bytes(b"damaged")
    shell(restore, office, env)
    assert "March to the town hall" in shell("venv/bin/monitor events list", office, env)
    assert shell("venv/bin/monitor users list", office, env) == "Ann\tadmin\n"


@pytest.mark.slow
def test_control_a_plain_copy_beside_a_writer_lacks_what_was_written_last(office, env):
    with in_use(office, env):
        shell("cp data/archive.db copy.db", office, env)
    listed = "venv/bin/monitor --archive copy.db events list"
    assert "March to the town hall" not in shell(listed, office, env)


@pytest.mark.kills
@pytest.mark.parametrize(
    ("process", "more", "until"),
    [("worker", "", "digest of "), ("web", " --port 0", r"dashboard is at http://127\.0\.0\.1:\d+/")],
)
def test_what_the_units_run_runs_as_it_is_written(office, env, process, more, until):
    lines = [
        line for unit in blocks("service.md", "ini") for line in re.findall(r"(?m)^ExecStart=(.*)$", unit)
    ]
    (line,) = [line for line in lines if line.endswith(f" {process}")]
    assert line.startswith("/srv/campaign-monitor/venv/bin/monitor ")
    with running(line.replace("/srv/campaign-monitor", str(office)) + more, office, env, until):
        pass


@pytest.mark.slow
def test_what_is_carried_to_another_computer_is_all_there(office, env, tmp_path_factory):
    away, back = (textwrap.dedent(text) for text in re.findall(r"(?ms)^   ```sh\n(.*?)^   ```", MOVE))
    (office / ".env").write_text("MONITOR_SMTP_HOST=mail.example.org\n")
    shell("venv/bin/monitor events add 2026-11-28 March to the town hall", office, env)
    shell(away, office, env)
    new = tmp_path_factory.mktemp("new")
    (new / "venv").symlink_to(sys.prefix)
    (office / "moved.tar.gz").rename(new / "moved.tar.gz")
    said = subprocess.run(
        ["sh", "-c", back], cwd=new, env=env, capture_output=True, text=True, check=False, timeout=120
    )
    assert "ok   archive: 0 posts" in said.stdout
    assert "March to the town hall" in shell("venv/bin/monitor events list", new, env)
    assert shell("venv/bin/monitor users list", new, env) == "Ann\tadmin\n"
    assert (new / ".env").read_text() == "MONITOR_SMTP_HOST=mail.example.org\n"
