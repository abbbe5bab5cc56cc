"""How large functions, files and rooms may be, and who may ask for the time."""

import ast
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
FILES = [*(ROOT / "monitor").rglob("*.py"), *(ROOT / "dashboard").rglob("*.py")]


def function_lengths() -> list[int]:
    lengths = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                lengths.append(node.end_lineno - node.lineno + 1)
    return sorted(lengths)


def test_functions_are_small():
    lengths = function_lengths()
    assert median(lengths) <= 10
    assert lengths[int(len(lengths) * 0.9)] <= 30
    assert lengths[-1] <= 60


def test_no_file_is_over_500_lines():
    assert [path.name for path in FILES if len(path.read_text().splitlines()) > 500] == []


def test_only_the_clock_asks_for_the_time():
    found = [path.relative_to(ROOT).as_posix() for path in FILES if "datetime.now(" in path.read_text()]
    assert found == ["monitor/core/clock.py"]


def test_no_room_holds_more_than_fourteen_files():
    rooms = {path.parent for path in FILES}
    assert [room.name for room in rooms if len(list(room.glob("*.py"))) > 14] == []
