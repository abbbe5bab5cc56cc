"""Every error raised on purpose is in `monitor/core/errors.py`, below MonitorError, and in the docs' tree."""

import ast
import builtins
from pathlib import Path

import pytest

from docs.build import architecture_page
from monitor.core import errors
from tests.house.graph import parse

ROOT = Path(__file__).parents[2]
TREE = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
BUILT_IN = {
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}


def exceptions(code: str) -> list[str]:
    """Return the names of the classes in a module that are exceptions, by what they derive from."""
    found: list[str] = []
    for node in ast.walk(parse(code)):
        if isinstance(node, ast.ClassDef):
            parents = {ast.unparse(parent).rpartition(".")[2] for parent in node.bases}
            if parents & (TREE | BUILT_IN | {*found}) or any(one.endswith("Exception") for one in parents):
                found.append(node.name)
    return found


@pytest.mark.heavy
def test_no_other_module_defines_an_exception() -> None:
    files = [path for room in ("monitor", "dashboard") for path in (ROOT / room).rglob("*.py")]
    found = {path.relative_to(ROOT).as_posix(): exceptions(path.read_text()) for path in files}
    assert [path for path, names in found.items() if names] == ["monitor/core/errors.py"]


def test_every_error_derives_from_ours_and_stands_in_the_tree() -> None:
    page = architecture_page()
    assert (ROOT / "docs/develop/architecture.md").read_text() == page  # if not: make docs
    for name in TREE:
        assert issubclass(getattr(errors, name), errors.MonitorError)
        assert f"- `{name}`: " in page


def test_control_a_planted_exception_is_noticed() -> None:
    assert exceptions("class Unclear(ValueError): ...") == ["Unclear"]
    assert exceptions("class A(MonitorError): ...\nclass B(A): ...") == ["A", "B"]
    assert exceptions("class Lost(requests.RequestException): ...") == ["Lost"]
    assert exceptions("class Post(Record): ...") == []
