"""What a visitor of a real server waits for, and how much comes over the wire."""

import gzip
import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from bench.ratios import Ratio, seconds

ROOT = Path(__file__).parents[1]
FOUR_WEEKS = "since=2026-10-26&until=2026-11-22"  # full of posts, whenever this is run
PAGES = (
    f"/?{FOUR_WEEKS}", "/?since=2026-11-16&until=2026-11-22", "/?period=week", "/?period=campaign",
    *(f"/{name}?{FOUR_WEEKS}" for name in ("posts", "people", "places", "themes", "events", "reports")),
    f"/sources?{FOUR_WEEKS}",
)  # fmt: skip
ROUNDS = 60


@contextmanager
def served(archive: Path) -> Iterator[int]:
    """Serve an archive by the program itself, and give the port."""
    main = [sys.executable, "-c", "from monitor.cli import main; main()", "--archive", str(archive)]
    command = [*main, "web", "--port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
    ) as process:
        assert process.stderr
        line = next(line for line in process.stderr if "dashboard is at" in line)
        found = re.search(r":(\d+)/", line)
        assert found
        try:
            yield int(found[1])
        finally:
            process.terminate()


def measure(archive: Path) -> list[Ratio]:
    """Return the waits and sizes of the pages of an archive of a million posts."""
    slowest = max((_first(archive, path), path) for path in PAGES)
    with served(archive) as port:
        # An address that nobody asked for before is made anew.
        waits = [seconds(lambda n=n: _get(port, f"/?{FOUR_WEEKS}&n={n}")) for n in range(ROUNDS)]  # type: ignore[misc]
        again = median(seconds(lambda: _get(port, f"/?{FOUR_WEEKS}")) for _ in range(ROUNDS))
        wire = len(_get(port, f"/?{FOUR_WEEKS}")) + sum(
            len(_get(port, f"/static/{name}")) for name in ("style.css", "app.js")
        )
    # A page loads one of them.
    script = max(len(file.read_bytes()) for file in (ROOT / "dashboard/static").glob("*.js"))
    p50, p95 = median(waits), quantiles(waits, n=20)[18]
    return [
        _at_most("overview made anew, median ms", p50 * 1000, 60, f"kept: {again * 1000:.1f} ms"),
        _at_most("overview made anew, 95th percentile ms", p95 * 1000, 150),
        _at_most("first answer of a new server, slowest page, ms", slowest[0] * 1000, 300, slowest[1]),
        _at_most("overview over the wire with style and script, kB", wire / 1000, 120),
        _at_most("our own JavaScript of a page, kB", script / 1000, 4),
    ]


def _at_most(goal: str, value: float, target: float, note: str = "") -> Ratio:
    return Ratio(goal=goal, value=value, target=target, at_least=False, note=note)


def _first(archive: Path, path: str) -> float:
    with served(archive) as port:
        return seconds(lambda: _get(port, path))


def _get(port: int, path: str) -> bytes:
    """Return an answer as it is sent, packed; raises RuntimeError if it is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    if path.startswith("/?") and b"Made-up data" not in gzip.decompress(body):
        raise RuntimeError("this is not the page to be measured")
    return body
