"""Every error raised on purpose is in `monitor/core/errors.py`, below MonitorError, and in the docs' tree."""

import ast
import builtins
from pathlib import Path

import pytest

from docs.build import architecture_page
from monitor.core import errors
from tests.house.graph import parse

ROOT = Path(__file__).parents[2]
BROAD = {"Exception", "BaseException"}
LAST = ["monitor/mail/job_runner.py", "monitor/mail/outbox_delivery.py"]  # a job, a mail: the others go on
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


def swallowed(code: str) -> list[int]:
    """Return the lines that catch whatever it is and let no error go on, or that do not say why."""
    lines, found = code.splitlines(), []
    for node in ast.walk(parse(code)):
        kind = isinstance(node, ast.ExceptHandler) and (ast.unparse(node.type) if node.type else "Exception")
        if kind in BROAD:
            goes_on = any(isinstance(part, ast.Raise) for part in ast.walk(node))
            if not goes_on or (kind == "Exception" and "#" not in lines[node.lineno - 1]):
                found.append(node.lineno)
    return found


@pytest.mark.heavy
def test_only_a_job_and_a_mail_end_whatever_error_there_is() -> None:
    files = [path for room in ("monitor", "dashboard") for path in (ROOT / room).rglob("*.py")]
    found = {path.relative_to(ROOT).as_posix(): swallowed(path.read_text()) for path in files}
    assert sorted(path for path, lines in found.items() if lines) == LAST


def test_control_a_planted_broad_except_is_noticed() -> None:
    tried = "try:\n    pass\n"
    assert swallowed(f"{tried}except Exception:  # why\n    pass") == [3]
    assert swallowed(f"{tried}except:\n    pass") == [3]
    assert swallowed(f"{tried}except Exception:\n    raise") == [3]
    assert swallowed(f"{tried}except Exception as error:  # why\n    raise ValueError from error") == []
    assert swallowed(f"{tried}except BaseException:\n    raise") == []
    assert swallowed(f"{tried}except OSError:\n    pass") == []


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
