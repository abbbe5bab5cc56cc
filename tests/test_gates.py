"""The gates of `make coverage` shut where they should."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.gates import gaps

WELL = {"missing_lines": [], "missing_branches": []}
LINE, BRANCH = WELL | {"missing_lines": [3]}, WELL | {"missing_branches": [[3, 5]]}


def measured(path: str, part: dict[str, Any], function: str = "", percent: float = 97.0) -> dict[str, Any]:
    functions = {function: part, "": WELL}
    return {"totals": {"percent_covered": percent}, "files": {path: part | {"functions": functions}}}


def test_what_is_covered_passes() -> None:
    assert list(gaps(measured("monitor/report/build.py", WELL, "build"))) == []
    assert list(gaps(measured("monitor/sources/platforms/feeds.py", LINE, "Feeds.search"))) == []
    assert list(gaps(measured("monitor/sources/platforms/feeds.py", WELL, "Feeds.parse"))) == []


def test_of_single_rooms_nothing_is_demanded_of_the_whole() -> None:
    part = measured("monitor/report/build.py", WELL, "build", percent=40.0)
    assert list(gaps(part, 0)) == []
    assert len([*gaps(part)]) == 1  # control


@pytest.mark.parametrize("part", [LINE, BRANCH])
@pytest.mark.parametrize(
    ("path", "function"),
    [
        ("monitor/report/build.py", ""),
        ("monitor/digest/html.py", ""),
        ("monitor/sources/platforms/x/a.py", "X.parse"),
    ],
)
def test_a_gap_is_named_with_its_place(path: str, function: str, part: dict[str, Any]) -> None:
    [line] = gaps(measured(path, part, function))
    assert line.startswith(path)
    assert "3" in line


def test_too_little_of_the_whole_is_said() -> None:
    assert list(gaps(measured("monitor/a.py", LINE, percent=94.9))) == [
        "94.90 percent are covered; 95.0 are wanted."
    ]


@pytest.mark.parametrize(("part", "status"), [(WELL, 0), (BRANCH, 1)])
def test_the_run_ends_well_unless_there_is_a_gap(tmp_path: Path, part: dict[str, Any], status: int) -> None:
    (tmp_path / "run.json").write_text(json.dumps(measured("monitor/report/build.py", part)))
    run = [sys.executable, "-m", "tests.gates", tmp_path / "run.json"]
    done = subprocess.run(run, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    assert (done.returncode, bool(done.stderr)) == (status, bool(status))
