"""How large functions, files and rooms may be, and who may ask for the time."""

import ast
import re
from pathlib import Path
from statistics import median

import pytest

from tests.house.graph import parse

ROOT = Path(__file__).parents[2]
FILES = [*(ROOT / "monitor").rglob("*.py"), *(ROOT / "dashboard").rglob("*.py")]


def function_lengths(files: list[Path]) -> list[int]:
    lengths = []
    for path in files:
        for node in ast.walk(parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                lengths.append(node.end_lineno - node.lineno + 1)
    return sorted(lengths)


def long_files(files: list[Path]) -> list[str]:
    return [path.name for path in files if len(path.read_text().splitlines()) > 500]


def askers(files: list[Path]) -> list[Path]:
    """Return the files that ask for the time."""
    return [path for path in files if "datetime.now(" in path.read_text()]


def crowded(files: list[Path]) -> list[str]:
    """Return the folders of more than fourteen modules."""
    return [room.name for room in {path.parent for path in files} if len(list(room.glob("*.py"))) > 14]


@pytest.mark.heavy
def test_functions_are_small():
    lengths = function_lengths(FILES)
    assert median(lengths) <= 10
    assert lengths[int(len(lengths) * 0.9)] <= 30
    assert lengths[-1] <= 60


def test_no_file_is_over_500_lines():
    assert long_files(FILES) == []


def test_only_the_clock_asks_for_the_time():
    assert askers(FILES) == [ROOT / "monitor/core/clock.py"]


def test_no_room_holds_more_than_fourteen_files():
    assert crowded(FILES) == []


def test_control_each_excess_is_noticed(tmp_path):
    room = tmp_path / "room"
    room.mkdir()
    files = [room / f"{n}.py" for n in range(15)]
    for path in files:
        path.write_text("")
    files[0].write_text("def late():\n" + "    now = datetime.now(UTC)\n" * 500)
    assert function_lengths(files) == [501]
    assert (long_files(files), askers(files), crowded(files)) == (["0.py"], [files[0]], ["room"])
    for path in files[:2]:
        path.unlink()
    assert (long_files(files[2:]), askers(files[2:]), crowded(files[2:])) == ([], [], [])


# `Metrics.engagement`, and the constant beside the generated column of the archive's frozen first migration.
ENGAGEMENT = {
    "monitor/core/model.py",
    "monitor/archive/connection.py",
}
FOUR = {"likes", "reposts", "replies", "quotes"}
CHAIN = re.compile(r"(?:\b(?:likes|reposts|replies|quotes)\b[^+;]{0,40}\+\W[^+;]{0,40}){3}\b\w+")


def adds_up_engagement(code: str) -> bool:
    """Return whether a function adds up the four columns, or a text (such as SQL) does."""
    if not all(word in code for word in FOUR):
        return False
    if any(set(re.findall(r"\w+", found)) >= FOUR for found in CHAIN.findall(code)):
        return True
    for node in ast.walk(parse(code)):
        if isinstance(node, ast.FunctionDef):
            words = set(re.findall(r"\w+", ast.unparse(node)))
            calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
            if words >= FOUR and any(isinstance(one, ast.Name) and one.id == "sum" for one in calls):
                return True
    return False


@pytest.mark.heavy
def test_engagement_is_added_up_once_and_by_the_archive():
    found = {
        path.relative_to(ROOT).as_posix() for path in FILES if adds_up_engagement(path.read_text("utf-8"))
    }
    assert found == ENGAGEMENT


@pytest.mark.parametrize(
    "planted",
    [
        "def size(m):\n    return sum(n or 0 for n in (m.likes, m.reposts, m.quotes, m.replies))",
        "def size(m):\n    some = [m.replies, m.likes, m.quotes, m.reposts]\n    return sum(some)",
        "size = post.likes + post.reposts + post.replies + post.quotes",
        'SQL = "SELECT ifnull(quotes, 0) + ifnull(likes, 0)\\n + reposts + replies FROM posts"',
    ],
    ids=["sum", "sum of a list", "chain", "sql"],
)
def test_control_an_engagement_of_ones_own_is_noticed(planted):
    assert adds_up_engagement(planted)
    assert not adds_up_engagement(planted.replace("likes", "views"))
