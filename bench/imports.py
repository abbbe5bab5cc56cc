"""How fast files are taken in, beside sqlite-utils' own insert.

`monitor import` reads JSON lines of Mastodon, or a plain CSV, finds places, scores the tone and keeps all
counts; `sqlite-utils insert` puts the same file into one table, as text, with no index. Each is a program of
its own, started for this: what starting takes, and its memory at the peak, are in its numbers. On one
processor their processor time is compared. On two, where a second process scores the texts, it is that of the
busier process: so long both take by the clock where nothing else is at work. Saving alone is what remains
when reading, places and tone are taken away: no number of processes can be quicker, as one alone writes.
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
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.ratios import Ratio, table

POSTS, LARGE = 50_000, 1_000_000
REPEATED = 0.35  # share of texts that somebody else wrote before
ONE_PROCESS, TWO_PROCESSES, MOST_MEMORY = 0.15, 0.3, 200.0  # MB
MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, kB elsewhere: getrusage(2)
MEASURED = """
import resource, sys, time
from monitor.archive.posts.ingest import Ingest
from monitor.cli import main

save, saving = Ingest.save, 0.0

def timed(*given, **named):
    global saving
    began = time.process_time()
    try:
        return save(*given, **named)
    finally:
        saving += time.process_time() - began

Ingest.save = timed
try:
    main()
finally:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    busier = max(one.ru_utime + one.ru_stime for one in both)
    print(saving, busier, sum(one.ru_maxrss for one in both), file=open(sys.argv[2] + ".took", "w"))
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


def cost(*command: str | Path, processors: int = 1) -> tuple[float, float]:
    """Return the seconds of processor time and the most memory, in MB, that a program took, with all its own.

    It may use so many processors, where the system can hold it to that.
    """
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if before:
        os.sched_setaffinity(0, {*sorted(before)[:processors]})
    try:
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    finally:
        if before:
            os.sched_setaffinity(0, before)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, list(command))
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MEGABYTE


def compared(folder: Path, kind: str, posts: int) -> Iterator[Ratio]:
    """Yield how fast a file of this kind is taken in by one process and by two, and with how much memory."""
    file, python, note = folder / f"posts.{kind}", sys.executable, folder / f"two.{kind}.db.took"
    form = "--csv" if kind == "csv" else "--nl"
    bare, _ = cost(python, "-m", "sqlite_utils", "insert", folder / f"{kind}.plain.db", "posts", file, form)
    ours, memory = cost(python, "-m", "monitor", "--archive", folder / f"{kind}.db", "import", file)
    cost(python, "-c", MEASURED, "--archive", folder / f"two.{kind}.db", "import", file, processors=2)
    saving, busier, together = map(float, note.read_text().split())
    yield Ratio(
        goal=f"import of {kind.upper()}, {posts:,} posts / sqlite-utils insert, processor time",
        value=bare / ours, target=ONE_PROCESS,
        note=f"{posts / ours:,.0f} to {posts / bare:,.0f} posts/s; saving alone {bare / saving:.2f}",
    )  # fmt: skip
    yield Ratio(
        goal=f"the same by two processes, processor time of the busier, {kind.upper()}",
        value=bare / busier, target=TWO_PROCESSES, note=f"{posts / busier:,.0f} posts/s",
    )  # fmt: skip
    yield Ratio(
        goal=f"memory at the peak of it, MB, {kind.upper()}", value=memory, target=MOST_MEMORY,
        at_least=False, note=f"{together / MEGABYTE:,.0f} in two processes together",
    )  # fmt: skip


def measure(posts: int = POSTS) -> list[Ratio]:
    """Return the ratios of taking files in."""
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), posts)
        return [ratio for kind in ("jsonl", "csv") for ratio in compared(Path(folder), kind, posts)]


if __name__ == "__main__":
    print(table(measure(int(sys.argv[1]) if len(sys.argv) > 1 else POSTS)))
