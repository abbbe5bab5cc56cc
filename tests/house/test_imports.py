"""What import-linter does not check: circles, rooms without a floor, and modules that only say "Pure"."""

from collections.abc import Collection
from itertools import chain
from pathlib import Path

import grimp
import pytest

from docs.picture import floors
from tests.house.graph import circles, docstring_of, graph, graph_of, ours

IO = frozenset({
    "apscheduler", "click", "flask", "praw", "pysqlite3", "requests", "smtplib", "socket", "sqlite3",
    "sqlite_utils", "subprocess", "tweepy", "urllib3", "waitress", "websockets",
})  # fmt: skip


def planted(folder: Path, **modules: str) -> grimp.ImportGraph:
    """Return the graph of a package of these modules."""
    (folder / "planted").mkdir()
    for name, text in {"__init__": "", **modules}.items():
        (folder / "planted" / f"{name}.py").write_text(text)
    return graph_of(folder, "planted")


def impure(graph: grimp.ImportGraph, pure: Collection[str]) -> dict[str, list[str]]:
    """Return what does I/O and is imported by modules that say they are pure, at any distance."""
    reached = {module: sorted(graph.find_upstream_modules(module) & IO) for module in pure}
    return {module: found for module, found in reached.items() if found}


def without_floor(graph: grimp.ImportGraph, floors: list[list[str]], *roots: str) -> list[str]:
    """Return the rooms, and loose modules, that stand on no floor."""
    rooms = chain.from_iterable(graph.find_children(root) for root in roots)
    placed = tuple(chain.from_iterable(floors))
    return sorted(
        room for room in rooms if not any(floor == room or floor.startswith(f"{room}.") for floor in placed)
    )


@pytest.mark.heavy
def test_no_modules_import_each_other_not_even_inside_functions():
    assert circles(graph()) == []


@pytest.mark.parametrize("late", ["", "    "])
def test_a_circle_is_found_also_inside_a_function(tmp_path, late):
    inside = f"def work():\n    from planted import first\n{late}" if late else "from planted import first\n"
    found = planted(
        tmp_path, first="from planted import second\n", second="import planted.third\n", third=inside
    )
    assert circles(found) == [["planted.first", "planted.second", "planted.third"]]


@pytest.mark.heavy
def test_modules_that_say_they_are_pure_reach_nothing_that_does_io():
    pure = [module for module in ours() if "Pure" in docstring_of(module)]
    assert len(pure) > 15
    assert impure(graph(), pure) == {}


def test_a_pure_module_that_reaches_a_database_is_found(tmp_path):
    found = planted(tmp_path, words="from planted import store\n", store="import sqlite3\n")
    assert impure(found, ["planted.words"]) == {"planted.words": ["sqlite3"]}


@pytest.mark.heavy
def test_every_room_stands_on_a_floor():
    assert without_floor(graph(), [*floors(), ["monitor.__main__"]], "monitor") == []


def test_a_room_without_a_floor_is_found(tmp_path):
    found = planted(tmp_path, cellar="", attic="")
    assert without_floor(found, [["planted.attic"]], "planted") == ["planted.cellar"]
