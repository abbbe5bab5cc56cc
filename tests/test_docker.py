"""The Dockerfile and the compose file are held against the program; built and started where docker runs."""

import fnmatch
import json
import re
import shlex
import shutil
import subprocess
import time
from pathlib import Path

import click
import pytest
import yaml

from dashboard import create_app
from monitor.cli import group
from tests.dashboard.reports import some_services

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
PAGE = (ROOT / "docs/run/docker.md").read_text()


def steps(dockerfile: str) -> list[tuple[str, str]]:
    """Return the instructions of the last stage, which is what runs."""
    lines = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", dockerfile))
    found = [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in lines.splitlines() if line]
    last = max(n for n, (name, _) in enumerate(found) if name == "FROM")
    return found[last:]


def value(name: str) -> str:
    """Return the argument of an instruction that is there once."""
    (found,) = [argument for step, argument in steps(DOCKERFILE) if step == name]
    return found


def understood(words: list[str]) -> click.Context:
    """Return a command line of the program as click reads it; raises UsageError."""
    assert words[0] == "monitor"
    root = group.make_context("monitor", words[1:])
    command = group.get_command(root, words[1])
    assert command is not None
    return command.make_context(words[1], words[2:], parent=root)


def commands() -> dict[str, list[str]]:
    services = {name: shlex.split(service["command"]) for name, service in COMPOSE["services"].items()}
    return {"image": json.loads(value("CMD")), **services}


@pytest.mark.parametrize("name", commands())
def test_what_runs_is_a_command_of_the_program(name):
    assert understood(commands()[name]).params.get("host", "0.0.0.0") == "0.0.0.0"


def test_control_a_mistyped_option_is_noticed():
    with pytest.raises(click.UsageError):
        understood(["monitor", "web", "--hosts", "0.0.0.0"])


def test_the_port_is_the_one_that_the_program_listens_at():
    port = understood(commands()["image"]).params["port"]
    assert value("EXPOSE") == str(port)
    assert COMPOSE["services"]["web"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f":{port}/healthz" in value("HEALTHCHECK")


def test_health_is_asked_of_a_page_that_needs_no_account():
    path = re.search(r"http://127\.0\.0\.1:8000(/\w+)", value("HEALTHCHECK"))[1]
    assert create_app(some_services()).test_client().get(path).is_json
    assert COMPOSE["services"]["worker"]["healthcheck"] == {"disable": True}
    assert "healthcheck" not in COMPOSE["services"]["web"]


def test_the_archive_lies_on_the_volume_of_both():
    archive = group.make_context("monitor", ["status"]).params["archive"]
    folder = str((Path(value("WORKDIR")) / archive).parent)
    assert folder in json.loads(value("VOLUME"))
    for service in COMPOSE["services"].values():
        assert f"{Path(folder).name}:{folder}" in service["volumes"]


def test_nothing_runs_as_root_or_may_do_more_than_it_needs():
    names = [name for name, _ in steps(DOCKERFILE)]
    assert value("USER") == "monitor"
    assert names.index("USER") > max(n for n, name in enumerate(names) if name in ("RUN", "COPY"))
    assert "useradd --uid 10001" in DOCKERFILE
    for service in COMPOSE["services"].values():
        assert (service["cap_drop"], service["read_only"]) == (["ALL"], True)
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert not {"user", "privileged", "network_mode"} & set(service)


def left_out(path: str, ignore: str) -> bool:
    """Return whether the image is built without a path, by the rules of .dockerignore: the last one wins."""
    out = False
    for line in ignore.splitlines():
        rule = line.removeprefix("!").removeprefix("**/")
        parts = path.split("/")
        heads = {"/".join(parts[:n]) for n in range(1, len(parts) + 1)} | set(parts * line.startswith("**/"))
        if line and not line.startswith("#") and any(fnmatch.fnmatchcase(head, rule) for head in heads):
            out = not line.startswith("!")
    return out


@pytest.mark.heavy
def test_no_key_and_no_post_goes_into_the_image_and_all_that_is_copied_does():
    ignore = (ROOT / ".dockerignore").read_text()
    secret = (
        ".env",
        "config/.env",
        "data/archive.db",
        "data/access.db",
        "backups/x/access.db",
        ".git/config",
    )
    assert [path for path in secret if not left_out(path, ignore)] == []
    needed = [path for room in ("monitor", "dashboard", "config") for path in (ROOT / room).rglob("*")]
    kept = [path.relative_to(ROOT).as_posix() for path in needed if path.is_file()]
    kept = [path for path in kept if "__pycache__" not in path]
    kept += ["pyproject.toml", "README.md", "LICENSE", "NOTICE", "requirements.txt", "requirements-build.txt"]
    assert [path for path in kept if left_out(path, ignore)] == []
    assert left_out("monitor/__pycache__/x.pyc", ignore)
    assert not left_out(".env", ignore.replace("*\n", "", 1))  # the control


def runs() -> bool:
    """Return whether images can be built here."""
    asked = (("compose", "version", "--short"), ("info",))
    return shutil.which("docker") is not None and all(
        docker(*words, may_fail=True)[0] == 0 for words in asked
    )


def docker(*words: str, may_fail: bool = False) -> tuple[int, str]:
    done = subprocess.run(
        ["docker", *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=900
    )
    assert may_fail or done.returncode == 0, done.stderr
    return done.returncode, done.stdout


@pytest.mark.kills
def test_it_is_built_and_started():
    if not runs():
        pytest.skip("docker compose runs no containers here")
    compose = ("compose", "--project-name", "monitor-test")
    try:
        docker(*compose, "build")
        link = docker(*compose, "run", "--rm", "web", "monitor", "users", "add", "Ann")[1]
        assert "/set-up/" in link
        docker(*compose, "up", "--detach")
        for _ in range(90):
            state = docker(*compose, "ps", "--format", "json", "web")[1]
            if '"Health":"healthy"' in state:
                break
            time.sleep(2)
        assert '"Health":"healthy"' in state
    finally:
        docker(*compose, "down", "--volumes", may_fail=True)
