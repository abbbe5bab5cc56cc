"""A file takes 50 MiB of memory at most, however long it is, and however long one item of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.campaigns import ONE_TRACK

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads what Linux says of a process"),
]

CAMPAIGN = (
    ONE_TRACK
    + """\
[sources.mastodon]
on = false
"""
)
# VmHWM is this program's own peak; ru_maxrss begins with that of the process which started it.
IMPORT_BOTH = """
import re, sys
from pathlib import Path
from click.testing import CliRunner
from monitor.cli import group

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

def take(path):
    words = ["--campaign", "campaign.toml", "--archive", "a.db", "import", path]
    return CliRunner().invoke(group, words).output.splitlines()[-1]

exec(sys.argv[1])
take("small")
before = peak()
outcome = take("large")
print((peak() - before) // 1024, outcome)
"""
STATUS = {
    "uri": "https://m.example.org/1",
    "created_at": "2026-11-22T18:30:00Z",
    "content": "<p>hello</p>",
    "visibility": "public",
    "account": {"id": "1", "acct": "a", "username": "a", "url": "https://m.example.org/@a", "uri": "https://m.example.org/a"},
}  # fmt: skip
LINE = json.dumps(STATUS) + "\n"
TABLE = "platform,id,url,author,text,created_at\nforum,1,,a,hello,2026-11-22T18:30:00Z\n"


def grown_by(folder: Path, small: str, large: str, control: str = "") -> tuple[int, str]:
    """Return by how many MiB a process grew that imported a large file, and the last line that it wrote."""
    for name, text in {"campaign.toml": CAMPAIGN, "small": small, "large": large}.items():
        (folder / name).write_text(text, encoding="utf-8")
    grown, _, outcome = subprocess.run(
        [sys.executable, "-c", IMPORT_BOTH, control],
        capture_output=True, text=True, check=True, cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    ).stdout.partition(" ")  # fmt: skip
    return int(grown), outcome.strip()


def long_text() -> str:
    return json.dumps({**STATUS, "content": "hello " * 330_000 + "\N{GRINNING FACE}"}, ensure_ascii=False)


# Each file is made by the test that takes it: finding the tests makes none.
LARGE = {
    "a line": (LINE, lambda: f"{LINE}{'x' * 60_000_000}\n{LINE}", "3 read: 0 new, 2 already here, 1 could"),
    "long texts": (LINE, lambda: f"{long_text()}\n" * 30, "30 read: 0 new, 30 already here, 0 could"),
    "a list of long texts": (
        f"[{LINE}]", lambda: f"[{','.join([long_text()] * 30)}]", "30 read: 0 new, 30 already",
    ),
    "a row": (TABLE, lambda: TABLE + "x," * 30_000_000 + "\n", "2 read: 0 new, 1 already here, 1 could"),
}  # fmt: skip


@pytest.mark.parametrize("kind", LARGE)
def test_a_file_of_60_megabytes_takes_50_mib_at_most(tmp_path, kind):
    small, large, expected = LARGE[kind]
    grown, outcome = grown_by(tmp_path, small, large())
    assert (outcome.startswith(expected), grown <= 50) == (True, True), (outcome, grown)


def test_control_without_the_bound_a_line_takes_more(tmp_path):
    small, large, _ = LARGE["a line"]
    without = "import monitor.sources.exports.json_reader as f; f._LONGEST = 10**9"
    grown, _ = grown_by(tmp_path, small, large(), without)
    assert grown > 80
