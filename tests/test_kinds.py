"""What `make quick` leaves out bears a mark, or it would not stay quick."""

import ast
from pathlib import Path

import pytest

from tests.conftest import heavy

TESTS = Path(__file__).parent
ENDS = {"kill", "killed", "killpg", "terminate", "send_signal", "Process"}
BY_FOLDER = {"chaos"}  # marked as a whole in conftest


def words(node: ast.AST) -> set[str]:
    """Return every name in a piece of code, those of what it is given among them."""
    return {
        getattr(part, "id", None) or getattr(part, "attr", None) or getattr(part, "arg", None) or ""
        for part in ast.walk(node)
    }


def unmarked(code: str) -> list[str]:
    """Return the tests of a module that end processes, themselves or by what they call, without a mark."""
    module = ast.parse(code)
    if any(isinstance(node, ast.Assign) and {"pytestmark", "kills"} <= words(node) for node in module.body):
        return []
    made = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    used = {name: words(node) for name, node in made.items()}
    ending, before = set(ENDS), set[str]()
    while ending != before:
        before = set(ending)
        ending |= {name for name in made if used[name] & ending}
    return [
        name for name in sorted(ending & made.keys())
        if name.startswith("test_") and not any("kills" in words(one) for one in made[name].decorator_list)
    ]  # fmt: skip


@pytest.mark.heavy
def test_whatever_ends_processes_is_marked() -> None:
    found = {
        path.name: tests
        for path in TESTS.rglob("test_*.py")
        if path.parent.name not in BY_FOLDER and (tests := unmarked(path.read_text()))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def test_a():\n    run().kill()", ["test_a"]),
        ("@pytest.fixture\ndef it():\n    Process(1)\ndef test_a(it):\n    it.go()", ["test_a"]),
        ("class It:\n    def go(self):\n        os.killpg(1)\ndef test_a():\n    It().go()", ["test_a"]),
        ("@pytest.mark.kills\ndef test_a():\n    run().kill()", []),
        ("pytestmark = pytest.mark.kills\ndef test_a():\n    run().kill()", []),
        ("def test_a():\n    run()", []),
    ],
)
def test_control_a_kill_without_a_mark_is_seen(code: str, found: list[str]) -> None:
    assert unmarked(code) == found


def test_whoever_looks_into_a_browser_is_marked(request: pytest.FixtureRequest) -> None:
    looking = [item for item in request.session.items if "browser" in getattr(item, "fixturenames", ())]
    assert [item.name for item in looking if item.get_closest_marker("browser") is None] == []


def test_what_takes_long_for_each_case_is_named_and_what_has_many_cases_is_not() -> None:
    one, many = ("a.py::test_one", 0.2), [(f"a.py::test_many[{case}]", 0.02) for case in range(50)]
    assert heavy([one, *many, ("a.py::test_two[a]", 0.3), ("a.py::test_two[b]", 0.1)]) == {
        "a.py::test_one": 0.2,
        "a.py::test_two": 0.2,
    }
