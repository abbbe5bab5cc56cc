"""No platform is named outside `monitor/sources` and its own file: what it is stands there once."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.platform_info import about, names
from tests.house.graph import parse

ROOT = Path(__file__).parents[2]
OWN = (ROOT / "monitor/sources", ROOT / "monitor/platform_info")
ORDINARY = {"x", "feeds", "threads"}  # that mean other things in a sentence; alone in quotes they do not
IN_PROSE = [about(name).title for name in names()] + [name for name in names() if name not in ORDINARY]
NAMED = re.compile(
    rf"(?<![\w-])(?:{'|'.join(IN_PROSE)}|(?:x|twitter)\.com)(?![\w-])|(?<!setAttribute\()(['\"])(?:{'|'.join(names())})\1"
)
# Examples in sentences for people: nothing is decided by them.
EXAMPLES = {
    "monitor/cli/backfill.py": "mastodon, x ...",
    "monitor/report/figures/engagement.py": "such as Bluesky's stream",
}


def named(text: str) -> list[str]:
    """Return the platforms that a text names."""
    return [found[0] for found in NAMED.finditer(text)] + ([text] if text in names() else [])


def literals(code: str) -> Iterator[str]:
    """Yield the texts in a module, f-strings' parts too, without its docstrings."""
    tree = parse(code)
    docs = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docs:
            yield node.value


def faults(path: Path, text: str) -> list[str]:
    """Return the platforms that a file names, but for those in its example."""
    text = text.replace(EXAMPLES.get(path.relative_to(ROOT).as_posix(), "\0"), "")
    parts = literals(text) if path.suffix == ".py" else [text]
    return [name for part in parts for name in named(part)]


def rooms() -> list[Path]:
    """Return the files of the program in which no platform may be named."""
    every = (path for room in ("monitor", "dashboard") for path in (ROOT / room).rglob("*"))
    kinds = {".py", ".html", ".js", ".css", ".txt"}
    return [
        path for path in every if path.suffix in kinds and not any(path.is_relative_to(own) for own in OWN)
    ]


@pytest.mark.heavy
def test_no_room_but_the_sources_names_a_platform() -> None:
    found = {path.relative_to(ROOT).as_posix(): faults(path, path.read_text()) for path in rooms()}
    assert {path: names for path, names in found.items() if names} == {}


def test_every_example_is_still_there() -> None:
    for path, example in EXAMPLES.items():
        assert example in (ROOT / path).read_text()


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.py", 'NOT_WATCHED = frozenset({"x"})'),
        ("a.py", "where = f\"platform = 'reddit' AND {rest}\""),
        ("a.py", 'link = f"https://x.com/i/status/{native_id}"'),
        ("a.py", 'says = "Posts of Mastodon have no views."'),
        ("a.html", "<p>Posts of X go without their text.</p>"),
        ("a.html", "{% if p.platform != 'bluesky' %}"),
        ("a.js", 'if (row.platform === "threads") return;'),
    ],
)
def test_control_a_planted_name_is_noticed(file: str, text: str) -> None:
    assert faults(ROOT / "dashboard" / file, text)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.py", '"""X forbids it; see its file."""'),
        ("a.py", 'headers["X-Robots-Tag"] = "noindex"'),
        ("a.py", 'says = "all threads read their feeds"'),
        ("a.js", 'mark.setAttribute("x", left)'),
    ],
)
def test_control_what_names_no_platform_is_let_through(file: str, text: str) -> None:
    assert faults(ROOT / "dashboard" / file, text) == []
