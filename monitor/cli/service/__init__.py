"""Commands that keep the monitor running after the terminal is closed, by systemd's units of one user."""

import getpass
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click
from click.core import ParameterSource

from monitor import COMMAND
from monitor.cli import Paths
from monitor.cli.serve import PORT
from monitor.cli.service.units import PROCESSES, Installation, folder_of, name_of
from monitor.cli.wiring import HOST, campaign_of
from monitor.core.errors import MonitorError

UNITS = tuple(map(name_of, PROCESSES))
_STATES = {"active": "runs", "activating": "is starting", "failed": "ended with an error"}


@click.group()
def service() -> None:
    """Keep the monitor running after the terminal is closed (Linux with systemd)."""


@service.command()
@PORT
@click.option("--replace", is_flag=True, help="Replace existing units, even if they run another folder.")
@click.pass_obj
def install(paths: Paths, port: int, replace: bool) -> None:
    """Install and start services for this folder: the collector and the dashboard."""
    _need_systemd()
    campaign_of(paths)  # what is wrong is better said here than in a log
    if not replace:
        _need_own_units()
    _need_port(port)
    installation = Installation(folder=Path.cwd(), program=_program())
    if _write({"worker": installation.unit("worker"), "web": installation.unit("web", "--port", str(port))}):
        _systemctl("daemon-reload")
        _systemctl("enable", *UNITS)
        _systemctl("restart", *UNITS)
        click.echo(f"Written to {_unit_folder()} and started: {', '.join(UNITS)}.")
    else:
        _systemctl("enable", "--now", *UNITS)
        click.echo("Everything was already in place. Nothing was changed.")
    click.echo(f"The dashboard is at http://{HOST}:{port}/. To see the log: journalctl --user -u 'monitor-*'")
    if not _lingers():
        click.echo(
            "They stop when you log out. To keep them running, type: loginctl enable-linger"
            f" (where that is refused, as root: loginctl enable-linger {getpass.getuser()})"
        )


@service.command()
def uninstall() -> None:
    """Stop and remove the services for this folder. Posts, accounts and settings stay."""
    _need_systemd()
    _need_own_units()
    _systemctl("disable", "--now", *UNITS)  # which says so if there are none
    for unit in UNITS:
        (_unit_folder() / unit).unlink(missing_ok=True)
    _systemctl("daemon-reload")
    click.echo("Stopped and removed. Posts, accounts and settings are still here.")


@service.command()
def status() -> None:
    """Show whether the services are running. Exits with 1 if one is not."""
    _need_systemd()
    states = {unit: _state(unit) for unit in UNITS}
    for unit, state in states.items():
        click.echo(f"{unit}: {state}")
    if not all(state.startswith(_STATES["active"]) for state in states.values()):
        raise click.exceptions.Exit(1)


def _need_systemd() -> None:
    """Raise MonitorError, with what to do instead, where no systemd looks after this user's units."""
    if sys.platform == "darwin":
        raise MonitorError(
            f"macOS has no systemd. To run {COMMAND} up with launchd, see docs/run/service.md."
        )
    if shutil.which("systemctl") is None or _run("systemctl", "--user", "show-environment").returncode:
        raise MonitorError(
            "systemd is not running services for your user here. If you used 'su' or 'sudo', log in as"
            f" yourself; otherwise start '{COMMAND} up' with whatever manages services here:"
            " docs/run/service.md."
        )


def _need_port(port: int) -> None:
    """Raise MonitorError if another program than our unit listens there."""
    if _run("systemctl", "--user", "is-active", name_of("web")).stdout.strip() != "active":
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise MonitorError(
                    f"Port {port} is in use, perhaps by a monitor that runs in a terminal. Stop it there"
                    f" (Ctrl-C), or try another port: --port {port + 1}"
                ) from error


def _need_own_units() -> None:
    """Raise MonitorError if a unit of ours by name runs another folder."""
    for unit in UNITS:
        path = _unit_folder() / unit
        if path.is_file() and (folder := folder_of(path.read_text(encoding="utf-8"))) != str(Path.cwd()):
            raise MonitorError(
                f"{unit} runs {folder or 'something else'}, not this folder. Nothing was changed."
                f" To replace it with this folder: {COMMAND} service install --replace"
            )


def _program() -> list[str]:
    """Return how this program was started, with those of its options that are not the usual ones."""
    script, root = Path(sys.argv[0]).absolute(), click.get_current_context().find_root()
    is_script = script.name == "monitor" and script.is_file() and os.access(script, os.X_OK)
    words = [str(script)] if is_script else [sys.executable, "-m", "monitor"]
    for name in ("campaign", "archive"):
        if root.get_parameter_source(name) is not ParameterSource.DEFAULT:
            words += [f"--{name}", str(root.params[name].absolute())]
    return words


def _write(units: Mapping[str, str]) -> bool:
    """Write the units that differ; return whether any did."""
    folder, changed = _unit_folder(), False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for process, text in units.items():
            path = folder / name_of(process)
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                changed = True
    except OSError as error:
        raise MonitorError(f"The units cannot be written to {folder}: {error.strerror}.") from error
    return changed


def _unit_folder() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd/user"


def _state(unit: str) -> str:
    path = _unit_folder() / unit
    if not path.is_file():
        return "is not installed"
    state = _run("systemctl", "--user", "is-active", unit).stdout.strip()
    return f"{_STATES.get(state, 'is not running')}, for {folder_of(path.read_text(encoding='utf-8'))}"


def _lingers() -> bool:
    """Return whether this user's units go on after log-out."""
    linger = _run("loginctl", "show-user", getpass.getuser(), "--property=Linger")
    return linger.stdout.strip() == "Linger=yes"


def _systemctl(*words: str) -> None:
    """Have systemd do something; raises MonitorError with what it says if it does not."""
    result = _run("systemctl", "--user", *words)
    if result.returncode:
        raise MonitorError(
            f"systemctl --user {words[0]} failed: {result.stderr.strip() or 'no reason given'}"
        )


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=False)
