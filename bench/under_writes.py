"""What a dashboard gives while posts come in: a real server, a real writer beside it, and four readers.

The seconds with and without a writer take turns, so that a busy moment meets all of them.
"""

import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import cycle
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median, quantiles

from bench.ingest import CAMPAIGN, SCORE, ZONE, a_status
from bench.ratios import Ratio, table
from bench.visit import FOUR_WEEKS, served
from monitor.archive import Archive
from monitor.campaign import load
from monitor.core.clock import utcnow
from monitor.core.model import Page
from monitor.sources.platforms.mastodon import Mastodon

PAGES = tuple(f"{path}?{FOUR_WEEKS}" for path in ("/", "/posts", "/events", "/places", "/themes", "/sources"))
RATES = {0: 1.0, 10: 0.7, 100: 0.3}  # writes a second, and the requests a second that are left at least
ROUNDS, SECONDS, READERS = 5, 4.0, 4
WRITTEN = "2026-11-20"  # a day that the pages show


@dataclass
class _Seen:
    """What readers saw at one rate of writes: requests a second by round, and how long each took."""

    rates: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)


def measure(archive: Path) -> list[Ratio]:
    """Return what is left of six pages' requests a second, and the longest wait, at each rate of writes."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        copy = Path(folder, "archive.db")
        shutil.copyfile(archive, copy)
        seen = {rate: _Seen() for rate in RATES}
        with served(copy) as port:
            _read(port, SECONDS)  # so that all is in memory
            for _ in range(ROUNDS):
                for rate, times in seen.items():
                    with _writing(copy, rate):
                        waits = _read(port, SECONDS)
                    times.rates.append(len(waits) / SECONDS)
                    times.waits += waits
    return [row for rate, least in RATES.items() if rate for row in _rows(seen[0], seen[rate], rate, least)]


def _rows(idle: _Seen, busy: _Seen, rate: int, least: float) -> Iterator[Ratio]:
    per_second = [median(times.rates) for times in (busy, idle)]
    yield Ratio(
        goal=f"six pages' requests/s at {rate} writes/s / at none", value=per_second[0] / per_second[1],
        target=least, note=f"{per_second[0]:,.0f} to {per_second[1]:,.0f} requests/s, p99"
        f" {_p99(busy.waits):.0f} to {_p99(idle.waits):.0f} ms",
    )  # fmt: skip


def _p99(waits: list[float]) -> float:
    return quantiles(waits, n=100)[98] * 1000


def _read(port: int, seconds: float) -> list[float]:
    """Return how long each answer took that readers got, each asking for page after page."""
    until = time.perf_counter() + seconds

    def reader(first: int) -> list[float]:
        connection, waits = HTTPConnection("127.0.0.1", port, timeout=60), list[float]()
        for path in cycle(PAGES[first:] + PAGES[:first]):
            began = time.perf_counter()
            if began >= until:
                connection.close()
                return waits
            connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")
            waits.append(time.perf_counter() - began)
        return waits

    with ThreadPoolExecutor(READERS) as pool:
        return [wait for waits in pool.map(reader, range(READERS)) for wait in waits]


@contextmanager
def _writing(archive: Path, rate: int) -> Iterator[None]:
    """Store one post so many times a second meanwhile, in a process of its own."""
    if not rate:
        yield
        return
    spawn = multiprocessing.get_context("spawn")  # as the collector is: a process of its own
    begun, stop, written = spawn.Event(), spawn.Event(), spawn.Value("i")
    writer = spawn.Process(target=_write, args=(archive, rate, begun, stop, written))
    writer.start()
    try:
        if not begun.wait(60):
            raise RuntimeError("the writer did not begin")
        before = written.value
        yield
        if written.value - before < 0.9 * rate * SECONDS:
            raise RuntimeError(
                f"the writer was too slow: {written.value - before} posts in {SECONDS} seconds"
            )
    finally:
        stop.set()
        writer.join()


def _write(archive: Path, rate: int, begun: Event, stop: Event, written: "Synchronized[int]") -> None:
    chance, track, started = random.Random(), load(CAMPAIGN).tracks[0].name, time.monotonic()
    with Archive.open(archive, ZONE, demo=True) as db:
        while not stop.wait(max(0.0, started + written.value / rate - time.monotonic())):
            status = a_status(chance.randrange(10**9), chance) | {"created_at": f"{WRITTEN}T12:00:00Z"}
            post, now = Mastodon.parse(status), utcnow()
            db.ingest.save(
                Page(stream="bench", posts=(post,)), source="mastodon", track=track, scores=[SCORE],
                analyzer="none", started_at=now, now=now,
            )  # fmt: skip
            written.value += 1
            begun.set()


if __name__ == "__main__":
    print(table(measure(Path(sys.argv[1]))))
