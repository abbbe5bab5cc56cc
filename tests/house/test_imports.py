"""The import contracts hold for the platforms that are still to come: each is planted, and caught."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the program and its contracts."""
    for room in ("monitor", "dashboard"):
        shutil.copytree(
            ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "*.html", "*.js")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


LINT = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as run; run()"


def broken(copy: Path) -> list[str]:
    """Return the names of the contracts that the copy breaks."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", LINT, "--no-cache"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Contracts:" in done.stdout, done.stderr
    return re.findall(r"(?m)^(.+) BROKEN", done.stdout)


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("sources/platforms/pond.py", "from monitor.sources.platforms import mastodon",
         "Platforms know no other platform"),
        ("sources/platforms/pond.py", "import tweepy",
         "Only X's module knows tweepy, only Reddit's knows praw"),
        ("sources/shared/pond.py", "import monitor.sources.platforms.lemmy",
         "A platform sees what is shared, and that sees the contract"),
        ("report/pond.py", "from monitor.sources import source", "Showing never reaches a platform"),
    ],
    ids=["another platform", "another's library", "what is shared", "a report"],
)  # fmt: skip
def test_a_planted_import_is_caught(copy: Path, module: str, line: str, contract: str) -> None:
    (copy / "monitor" / module).write_text(f"{line}\n")
    assert contract in broken(copy)


def test_control_a_platform_that_keeps_to_the_rules_breaks_nothing(copy: Path) -> None:
    (copy / "monitor/sources/platforms/pond.py").write_text("from monitor.sources.shared import http\n")
    assert broken(copy) == []
