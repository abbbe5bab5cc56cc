"""Services of one's own: real files, and a systemctl that writes down what it is asked."""

import os
import plistlib
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from docs.build import service_page
from monitor.cli import COMMANDS, group
from monitor.cli.service.units import Installation
from monitor.core.errors import ConfigError, MonitorError
from tests.cli.test_serve import CAMPAIGN

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/run/service.md"
SYSTEMCTL = """#!/bin/sh
echo "$@" >> "$CALLS"
[ "$2" != is-active ] || cat "$CALLS.state"
[ "$2" != "$BROKEN" ] || { echo "Failed to connect to bus" >&2; exit 1; }
"""
STARTED = [
    "--user show-environment",
    "--user is-active monitor-web.service",
    "--user daemon-reload",
    "--user enable monitor-worker.service monitor-web.service",
    "--user restart monitor-worker.service monitor-web.service",
]


class Home:
    """A folder with a campaign, a program, and a systemd that only takes notes."""

    def __init__(self, tmp_path: Path) -> None:
        self.calls, self.units = tmp_path / "calls", tmp_path / ".config/systemd/user"
        self.folder, self.program = tmp_path / "our office", tmp_path / "bin/monitor"
        self.folder.mkdir()
        (self.folder / "campaign.toml").write_text(CAMPAIGN)
        self.program.parent.mkdir()
        self.does("systemctl", SYSTEMCTL)
        self.does("loginctl", "#!/bin/sh\necho Linger=no\n")
        self.does("monitor", "#!/bin/sh\n")
        self.are("active")  # so that their own port is not asked for

    def does(self, name: str, script: str) -> None:
        (self.program.parent / name).write_text(script)
        (self.program.parent / name).chmod(0o755)

    def are(self, state: str) -> None:
        """Have systemctl say this of each unit."""
        self.calls.with_name("calls.state").write_text(f"{state}\n")

    def asked(self) -> list[str]:
        """Return what systemctl was asked since the last time."""
        asked = self.calls.read_text().splitlines() if self.calls.exists() else []
        self.calls.write_text("")
        return asked

    def unit(self, process: str) -> str:
        return (self.units / f"monitor-{process}.service").read_text()

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(group, ["--campaign", "campaign.toml", "service", *words])


@pytest.fixture
def home(tmp_path, monkeypatch):
    home = Home(tmp_path)
    monkeypatch.chdir(home.folder)
    monkeypatch.setenv("PATH", f"{home.program.parent}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CALLS", str(home.calls))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(sys, "argv", [str(home.program)])
    monkeypatch.setattr(sys, "platform", "linux")
    return home


def test_units_are_written_for_this_folder_and_program_and_started(home):
    done = home.run("install", "--port", "8001")
    assert done.exit_code == 0, done.output
    assert home.asked() == STARTED
    assert f"\nWorkingDirectory={home.folder}\n" in home.unit("web")
    named = f'{home.program} --campaign "{home.folder}/campaign.toml"'
    assert f"\nExecStart={named} web --port 8001\n" in home.unit("web")
    assert f"\nExecStart={named} worker\n" in home.unit("worker")
    assert "http://127.0.0.1:8001/" in done.output


def test_installing_twice_changes_nothing(home):
    home.run("install")
    before = {path: (path.read_text(), path.stat().st_mtime_ns) for path in home.units.iterdir()}
    home.asked()
    assert "Nothing was changed" in home.run("install").output
    assert {path: (path.read_text(), path.stat().st_mtime_ns) for path in home.units.iterdir()} == before
    assert not {"restart", "daemon-reload"} & {call.split()[1] for call in home.asked()}


def test_control_what_did_change_is_written_and_started_again(home):
    home.run("install")
    home.asked()
    home.run("install", "--port", "8001")
    assert home.asked() == STARTED
    assert "--port 8001" in home.unit("web")


@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_units_of_another_folder_stay_unless_one_says_so(home, command):
    other = home.units / "monitor-web.service"
    home.units.mkdir(parents=True)
    other.write_text("[Service]\nWorkingDirectory=/srv/elsewhere\n")
    refused = home.run(command)
    assert isinstance(refused.exception, MonitorError)
    assert "runs /srv/elsewhere, not this folder" in str(refused.exception)
    assert "/srv/elsewhere" in other.read_text()
    assert [path.name for path in home.units.iterdir()] == [other.name]
    assert home.asked() == ["--user show-environment"]
    assert home.run("install", "--replace").exit_code == 0
    assert f"WorkingDirectory={home.folder}\n" in other.read_text()


def test_units_are_stopped_before_they_are_removed_and_nothing_else_is(home):
    home.run("install")
    (home.units / "another.service").write_text("")
    home.asked()
    assert home.run("uninstall").exit_code == 0
    assert home.asked()[1:] == [
        "--user disable --now monitor-worker.service monitor-web.service",
        "--user daemon-reload",
    ]
    assert [path.name for path in home.units.iterdir()] == ["another.service"]
    assert (home.folder / "campaign.toml").is_file()


def test_where_there_are_no_units_systemd_says_so(home, monkeypatch):
    monkeypatch.setenv("BROKEN", "disable")
    assert "systemctl --user disable failed" in str(home.run("uninstall").exception)


@pytest.mark.parametrize(
    ("state", "words", "code"),
    [
        ("active", "runs, for ", 0),
        ("failed", "ended with an error, for ", 1),
        ("odd", "is not running, for ", 1),
    ],
)
def test_status_says_what_runs_and_where(home, state, words, code):
    assert "monitor-web.service: is not installed" in home.run("status").output
    home.run("install")
    home.are(state)
    done = home.run("status")
    assert done.exit_code == code
    assert done.output.count(f"{words}{home.folder}\n") == 2


@pytest.mark.parametrize(("lingers", "said"), [("yes", False), ("no", True)])
def test_who_is_logged_out_by_and_by_is_warned(home, lingers, said):
    home.does("loginctl", f"#!/bin/sh\necho Linger={lingers}\n")
    assert ("loginctl enable-linger" in home.run("install").output) is said


@pytest.mark.parametrize("broken", ["show-environment", "restart"])
def test_what_systemd_refuses_is_said_in_a_sentence(home, monkeypatch, broken):
    monkeypatch.setenv("BROKEN", broken)
    refused = home.run("install")
    assert isinstance(refused.exception, MonitorError)
    assert home.units.exists() is (broken == "restart")
    assert ("Failed to connect to bus" in str(refused.exception)) is (broken == "restart")


def test_without_systemd_it_says_what_to_do_instead(home, monkeypatch):
    monkeypatch.setenv("PATH", str(home.folder))
    assert "docs/run/service.md" in str(home.run("install").exception)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "launchd" in str(home.run("install").exception)
    assert not home.units.exists()


def test_a_port_that_another_program_has_is_named_before_anything_is_written(home):
    home.are("inactive")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert f"Port {port} is in use" in str(home.run("install", "--port", port).exception)
        assert not home.units.exists()
    assert home.run("install", "--port", port).exit_code == 0


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(home):
    home.units.parent.parent.mkdir()
    home.units.parent.write_text("no folder")
    assert "cannot be written" in str(home.run("install").exception)


@pytest.mark.parametrize("name", ["100%", "a$b", 'a"b', "a\\b", "a\nb"])
def test_a_path_that_a_unit_would_misread_is_refused(name):
    with pytest.raises(ConfigError, match="Rename or move the folder"):
        Installation(folder=Path("/srv") / name, program=["/bin/monitor"]).unit("web")


def test_started_as_a_module_the_units_start_it_so(home, monkeypatch):
    monkeypatch.setattr(sys, "argv", [str(ROOT / "monitor/__main__.py")])
    home.run("install")
    assert f"ExecStart={sys.executable} -m monitor " in home.unit("web")


def test_the_page_shows_the_units_as_the_program_has_them():
    assert service_page() == PAGE.read_text()  # if not: make docs


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")
@pytest.mark.parametrize("user", [None, "root"])
@pytest.mark.parametrize("limit", ["", "NoSuchLimit=true\n"], ids=["as-it-is", "control"])
def test_the_units_pass_the_checker_of_systemd(home, user, limit):
    names = []
    for process in ("worker", "web"):
        unit = Installation(folder=home.folder, program=[str(home.program)], user=user).unit(process)
        path = home.folder / f"monitor-{process}.service"
        path.write_text(unit.replace("[Service]\n", f"[Service]\n{limit}"))
        names.append(str(path))
    scope = "--system" if user else "--user"
    done = subprocess.run(
        ["systemd-analyze", scope, "verify", *names], capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "XDG_RUNTIME_DIR": str(home.folder)},
    )  # fmt: skip
    complaints = [line for line in done.stderr.splitlines() if f"{home.folder}/monitor-" in line]
    assert bool(complaints) is bool(limit), done.stderr


def test_what_launchd_is_given_on_macos_is_a_command_of_the_program():
    (text,) = re.findall(r"(?ms)^```xml\n(.*?)^```", PAGE.read_text())
    job = plistlib.loads(text.encode())
    program, command = job["ProgramArguments"]
    assert Path(program).is_relative_to(job["WorkingDirectory"])
    assert command in COMMANDS
