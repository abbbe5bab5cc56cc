"""Names are nouns: no participles, no `one` outside a comprehension of one line, and no class twice."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.graph import parse

ROOT = Path(__file__).parents[2]
FILES = [*(ROOT / "monitor").rglob("*.py"), *(ROOT / "dashboard").rglob("*.py")]
PARTICIPLES = {
    "asked", "counted", "done", "drawn", "found", "given", "gone", "got", "held", "kept", "lent",
    "looked", "made", "met", "named", "said", "sent", "shown", "stored", "taken", "told", "tried",
    "wanted", "written",
}  # fmt: skip
# One idea, which each platform has its own of.
OF_EACH_PLATFORM = {"Settings"}


def bindings(code: str) -> Iterator[tuple[str, ast.AST]]:
    """Yield each name that a piece of code gives to something, and where."""
    for node in ast.walk(parse(code)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node
        elif isinstance(node, ast.arg):
            yield node.arg, node
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler | ast.MatchAs) and node.name:
            yield node.name, node


def faults(code: str) -> list[str]:
    """Return the names that say nothing of what they hold."""
    tree = parse(code)
    short = {
        part.lineno
        for part in ast.walk(tree)
        if isinstance(part, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)
        and part.end_lineno == part.lineno
    }
    return sorted(
        name
        for name, node in bindings(code)
        if name.strip("_") in PARTICIPLES or (name == "one" and node.lineno not in short)
    )


@pytest.mark.heavy
def test_a_name_is_a_noun_of_the_thing_it_holds() -> None:
    names = {path: f"{path.parent.name if path.stem == '__init__' else path.stem} = 0" for path in FILES}
    found = {
        path.relative_to(ROOT).as_posix(): [*faults(path.read_text()), *faults(names[path])] for path in FILES
    }
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("planted", "names"),
    [
        ("said = 1", ["said"]),
        ("def f(asked): pass", ["asked"]),
        ("class A:\n    kept: int = 0", ["kept"]),
        ("def _found(): pass", ["_found"]),
        ("for one in many:\n    pass", ["one"]),
        ("some = [one\n  for one in many]", ["one"]),
        ("some = [one for one in many]", []),
        ("try:\n    pass\nexcept OSError as told:\n    pass", ["told"]),
        ("foundation = posts = 1", []),
    ],
)
def test_control_a_participle_is_noticed(planted: str, names: list[str]) -> None:
    assert faults(planted) == names


def classes() -> Counter[str]:
    """Return how often each name of a class stands in the program, private ones under their bare name."""
    trees = (parse(path.read_text()) for path in FILES)
    return Counter(
        node.name.strip("_") for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    )


@pytest.mark.heavy
def test_no_two_classes_share_a_name() -> None:
    assert {name for name, times in classes().items() if times > 1} == OF_EACH_PLATFORM


# What a command, a page and a room about one thing are all called.
ABOUT_ONE_THING = {
    "accounts", "backfill", "backup", "charts", "collect", "coverage", "crimes", "demo", "digest", "events",
    "evidence", "file_import", "imports", "kit", "lake", "mail", "manual_entry", "messages", "outcomes",
    "parse", "people", "person", "pictures", "places", "posts", "privacy", "report", "schema", "services",
    "share", "sign_in", "sources", "spend", "suggestions", "tallies", "themes", "tone", "why_missing",
    "worker",
}  # fmt: skip


def test_modules_of_one_name_are_about_one_thing() -> None:
    names = Counter(path.parent.name if path.stem.startswith("__") else path.stem for path in FILES)
    assert {name for name, times in names.items() if times > 1} - {"monitor"} == ABOUT_ONE_THING
