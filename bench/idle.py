"""What the program costs when nothing happens: its memory, and how soon it says something."""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.ratios import Ratio, seconds

ROOT = Path(__file__).parents[1]
EVERYTHING = (  # that the program needs, as one that loads all at its start would have it
    "tweepy, praw, apscheduler.schedulers.background, sqlite_utils, textblob, textblob.en.sentiments, flask,"
    " click, requests, websockets.sync.client, feedparser, waitress, argon2, pyotp, segno, resvg_py,"
    " xlsxwriter, docx, pptx, typst, css_inline, vader, dotenv, tomlkit, zxingcpp, PIL.Image"
)
MAIN = [sys.executable, "-c", "from monitor.cli import main; main()"]


def measure() -> list[Ratio]:
    """Return the worker's memory beside all libraries loaded at once, and the time of --help."""
    with TemporaryDirectory() as folder:
        busy = _worker(folder)  # each source is due, and is looked at
        waiting = _worker(folder)  # none is due, as for most of the day
    eager = _eager()
    times = [seconds(lambda: _run(*MAIN, "--help")) for _ in range(7)]
    bare = [seconds(lambda: _run(sys.executable, "-c", "pass")) for _ in range(7)]
    return [
        Ratio(
            goal="idle worker memory / all libraries eager", value=waiting / eager, target=0.45,
            at_least=False, note=f"{waiting:.0f} MB to {eager:.0f} MB",
        ),
        Ratio(
            goal="worker memory after a look at every source, MB", value=busy, target=120, at_least=False,
            note="keyless sources only",
        ),
        Ratio(
            goal="`monitor --help`, seconds", value=median(times), target=0.3, at_least=False,
            note=f"Python alone {median(bare):.2f} s",
        ),
    ]  # fmt: skip


def _worker(folder: str) -> float:
    """Return the MB of a worker on the archive in a folder, after a while."""
    command = [*MAIN, "--archive", f"{folder}/a.db", "worker"]
    env = os.environ | {"MALLOC_ARENA_MAX": "1"}  # as the unit of docs/run/service.md sets it
    beat = Path(folder, "a.db.worker-heartbeat")
    beat.unlink(missing_ok=True)
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, env=env) as process:
        while not beat.exists() and process.poll() is None:  # before its first turn it is smaller
            time.sleep(0.1)
        time.sleep(15)
        found = _rss(process.pid)
        process.terminate()
    return found


def _eager() -> float:
    code = f"import {EVERYTHING}\nprint('ready', flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = _rss(process.pid)
        process.kill()
    return found


def _rss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no memory said of process {pid}")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, env=dict(os.environ))
