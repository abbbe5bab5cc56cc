"""How fast files are taken in, beside sqlite-utils' own insert.

`monitor import` reads JSON lines of Mastodon, or a plain CSV, finds places, scores the tone and keeps all
counts; `sqlite-utils insert` puts the same file into one table, as text, with no index. Each is a program of
its own, started for this: what starting takes, and its memory at the peak, are in its numbers. On one
processor their processor time is compared. On two, where a second process scores the texts, it is the time by
the clock, which says something on a quiet machine only. Saving alone is what remains when reading, places and
tone are taken away: no number of processes can be quicker, as one alone writes.
A third of the texts are copies of others. `python -m bench.imports POSTS` is one size alone.
"""

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from bench.ratios import Ratio, table

POSTS, LARGE = 50_000, 1_000_000
REPEATED = 0.35  # share of texts that somebody else wrote before
ONE_PROCESSOR, TWO_PROCESSORS, MOST_MEMORY = 0.15, 0.3, 200.0  # MB
SAVING = """
import sys, time
from monitor.archive.posts.ingest import Ingest
from monitor.cli import main

save, seconds = Ingest.save, [0.0]

def timed(*given, **named):
    began = time.process_time()
    try:
        return save(*given, **named)
    finally:
        seconds[0] += time.process_time() - began

Ingest.save = timed
try:
    main()
finally:
    print(seconds[0], file=open(sys.argv[2] + ".seconds", "w"))
"""
ROOT = Path(__file__).parents[1]
START = datetime(2026, 1, 5, tzinfo=UTC)
WORDS = [
    *(
        "streets",
        "knife",
        "crime",
        "safe",
        "police",
        "council",
        "night",
        "enough",
        "people",
        "families",
        "shop",
    ),
    *(
        "stall",
        "meeting",
        "councillor",
        "Romford",
        "Ilford",
        "Dagenham",
        "Barking",
        "we",
        "need",
        "more",
        "our",
    ),
    *(
        "officers",
        "on",
        "road",
        "tonight",
        "please",
        "why",
        "nobody",
        "does",
        "anything",
        "about",
        "this",
        "I",
    ),
    *("am", "so", "proud", "of", "the", "young", "volunteers", "who", "came", "out", "in", "rain", "great"),
    *(
        "work",
        "thank",
        "you",
        "awful",
        "scared",
        "angry",
        "lovely",
        "brilliant",
        "terrible",
        "station",
        "bus",
    ),
    *("home", "school", "kids", "parents", "burglary", "theft", "fight", "stop", "now", "action", "plan"),
    *("petition", "signed", "today", "tomorrow", "week", "worst", "best", "hope", "fear", "trust"),
]
HEADER = ["platform", "id", "url", "author", "text", "created_at", "likes", "reposts", "replies", "followers"]


def texts(chance: random.Random) -> Iterator[str]:
    """Yield texts of 8 to 40 words for ever; a third are copies of fifty of them, as of a campaign's kit."""
    kit = [a_text(chance) for _ in range(50)]
    while True:
        yield chance.choice(kit) if chance.random() < REPEATED else a_text(chance)


def a_text(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(8, 40))) + " #CallingTimeOnCrime"


def make(folder: Path, posts: int) -> None:
    """Write the same posts as posts.jsonl and posts.csv."""
    chance = random.Random(1)
    with (folder / "posts.jsonl").open("w") as lines, (folder / "posts.csv").open("w", newline="") as rows:
        writer = csv.writer(rows)
        writer.writerow(HEADER)
        for n, text in zip(range(posts), texts(chance), strict=False):
            by = f"https://social.example/@p{int(posts / 5 * chance.random() ** 2)}"
            at = (START + timedelta(seconds=20 * n)).isoformat()
            writer.writerow(["forum", n, f"{by}/{n}", by, text, at, n % 7, n % 3, n % 2, n % 900])
            status = {
                "id": str(n), "uri": f"{by}/{n}", "url": f"{by}/{n}", "content": f"<p>{text}</p>",
                "created_at": at, "language": "en", "visibility": "public",
                "tags": [{"name": "callingtimeoncrime"}],
                "favourites_count": n % 7, "reblogs_count": n % 3, "replies_count": n % 2,
                "account": {"url": by, "acct": by[24:], "display_name": "A Name", "followers_count": n % 900},
            }  # fmt: skip
            lines.write(json.dumps(status) + "\n")


class Cost(NamedTuple):
    """What a program took, with all processes that it started."""

    processor: float  # seconds
    clock: float  # seconds
    memory: float  # MB at the peak of its largest process


def cost(*command: str | Path, processors: int = 1) -> Cost:
    """Return what a program took that may use so many processors, where the system can hold it to that."""
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if before:
        os.sched_setaffinity(0, {*sorted(before)[:processors]})
    began = perf_counter()
    try:
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
    finally:
        with suppress(AttributeError):
            os.sched_setaffinity(0, before)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, list(command))
    megabyte = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, kB elsewhere: getrusage(2)
    return Cost(usage.ru_utime + usage.ru_stime, perf_counter() - began, usage.ru_maxrss / megabyte)


def compared(folder: Path, kind: str, posts: int) -> Iterator[Ratio]:
    """Yield how fast a file of this kind is taken in by one process and by two, and with how much memory."""
    file, python = folder / f"posts.{kind}", sys.executable

    def ours(name: str, *program: str, processors: int = 1) -> Cost:
        archive = folder / f"{name}.{kind}.db"
        return cost(python, *program, "--archive", archive, "import", file, processors=processors)

    form = "--csv" if kind == "csv" else "--nl"
    bare = cost(python, "-m", "sqlite_utils", "insert", folder / f"{kind}.plain.db", "posts", file, form)
    alone, both = ours("one", "-m", "monitor"), ours("two", "-m", "monitor", processors=2)
    ours("saved", "-c", SAVING)
    saving = float((folder / f"saved.{kind}.db.seconds").read_text())
    yield Ratio(
        goal=f"import of {kind.upper()}, {posts:,} posts / sqlite-utils insert, processor time",
        value=bare.processor / alone.processor, target=ONE_PROCESSOR,
        note=f"{posts / alone.processor:,.0f} to {posts / bare.processor:,.0f} posts/s; saving alone would be"
        f" {bare.processor / saving:.2f}",
    )  # fmt: skip
    yield Ratio(
        goal=f"the same on two processors, time by the clock, {kind.upper()}",
        value=bare.clock / both.clock, target=TWO_PROCESSORS,
        note=f"{posts / both.clock:,.0f} to {posts / bare.clock:,.0f} posts/s;"
        f" {both.processor / both.clock:.1f} processors at work",
    )  # fmt: skip
    yield Ratio(
        goal=f"memory at the peak of it, MB, {kind.upper()}", value=alone.memory, target=MOST_MEMORY,
        at_least=False, note=f"on two processors {both.memory:.0f} in the larger process",
    )  # fmt: skip


def measure(posts: int = POSTS) -> list[Ratio]:
    """Return the ratios of taking files in."""
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), posts)
        return [ratio for kind in ("jsonl", "csv") for ratio in compared(Path(folder), kind, posts)]


if __name__ == "__main__":
    print(table(measure(int(sys.argv[1]) if len(sys.argv) > 1 else POSTS)))
