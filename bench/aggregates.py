"""Fifteen answers of a dashboard: the archive's counts beside DuckDB, Datasette and PostgreSQL."""

import csv
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen
from zoneinfo import ZoneInfo

from bench.questions import COUNTED, Question, Rows, answers, counted, questions
from bench.ratios import Ratio, seconds
from monitor.archive import ArchiveReader

ZONE = ZoneInfo("Europe/London")
POSTS = (
    "id, platform, author_id, created_at, day, hour, likes, reposts, replies, quotes, views,"
    " engagement, followers, tone"
)
_TEXT = ("platform", "created_at", "day", "hour", "tone")
Ask = Callable[[str], Rows]


def ours(path: Path, first: date, last: date, rounds: int = 7) -> tuple[list[float], list[Rows]]:
    """Return the median seconds of each question, and its answer."""
    with ArchiveReader.open(path, ZONE) as archive:
        answer = answers(archive, first, last)
        times, found = [], []
        for question, is_all in questions(first, last):
            found.append(answer(question, is_all))
            times.append(median(seconds(lambda q=question, a=is_all: answer(q, a)) for _ in range(rounds)))  # type: ignore[misc]
    return times, found


def straight(ask: Ask, asked: Iterable[tuple[Question, bool]], rounds: int) -> tuple[list[float], list[Rows]]:
    """Return the same for an engine that is asked in SQL."""
    times, found = [], []
    for question, _ in asked:
        found.append(ask(question.sql))
        times.append(median(seconds(lambda q=question: ask(q.sql)) for _ in range(rounds)))  # type: ignore[misc]
    return times, found


def differences(one: list[Rows], other: list[Rows], first: date, last: date) -> list[str]:
    """Return the questions whose answers differ; the order of equals does not count."""
    names = [question.name for question, _ in questions(first, last)]
    return [name for name, a, b in zip(names, one, other, strict=True) if _plain(a) != _plain(b)]


def _plain(rows: Rows) -> list[tuple[str, ...]]:
    # Sums of what nobody said are NULL in SQL and 0 in the counts; engines give sums other types.
    return sorted(tuple(_cell(cell) for cell in row) for row in rows)


def _cell(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, int | float | Decimal) else str(cell or 0)


def dump(path: Path, folder: Path) -> tuple[Path, Path]:
    """Write posts and their hashtags as CSV, for engines that load them."""
    with ArchiveReader.open(path, ZONE) as archive:
        files = []
        for name, sql in (
            ("posts", f"SELECT {POSTS} FROM posts"),
            ("tags", "SELECT post_id, tag FROM post_tags"),
        ):
            files.append(folder / f"{name}.csv")
            with files[-1].open("w", newline="") as file:
                csv.writer(file).writerows(archive.db.execute(sql))
    return files[0], files[1]


def duckdb_at(path: Path, folder: Path, posts: Path, tags: Path) -> Ask:
    """Return how to ask DuckDB, its own storage filled with posts and with the archive's counts, analyzed."""
    import duckdb

    db = duckdb.connect(str(folder / "duck.db"))
    columns = {name: "VARCHAR" if name in _TEXT else "BIGINT" for name in POSTS.split(", ")}
    db.execute(f"CREATE TABLE posts AS SELECT * FROM read_csv('{posts}', header=false, columns={columns})")
    kinds = {"post_id": "BIGINT", "tag": "VARCHAR"}
    db.execute(f"CREATE TABLE post_tags AS SELECT * FROM read_csv('{tags}', header=false, columns={kinds})")
    with ArchiveReader.open(path, ZONE) as archive:
        for name in COUNTED:
            rows = archive.db.execute(f"SELECT * FROM {name}")
            with (folder / "counts.csv").open("w", newline="") as file:
                csv.writer(file).writerows([[column for column, *_ in rows.description], *rows])
            db.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv('{folder}/counts.csv', header=true)")
    db.execute("ANALYZE")
    return lambda sql: db.execute(sql).fetchall()


@contextmanager
def datasette(path: Path) -> Iterator[Ask]:
    """Serve the archive by Datasette as it is; yield how to ask it over HTTP."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    limits = ["--setting", "sql_time_limit_ms", "600000", "--setting", "max_returned_rows", "100000"]
    command = [sys.executable, "-m", "datasette", "serve", str(path), "--port", str(port), *limits]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        base = f"http://127.0.0.1:{port}/{path.stem}.json?_shape=arrays&"

        def ask(sql: str) -> Rows:
            with urlopen(base + urlencode({"sql": sql}), timeout=900) as answer:
                return [tuple(row) for row in json.load(answer)["rows"]]

        try:
            _wait(lambda: ask("SELECT 1"))
            yield ask
        finally:
            process.terminate()


def postgres_at(dsn: str, posts: Path, tags: Path) -> Ask:
    """Return how to ask PostgreSQL by psql; makes the tables `posts` and `post_tags` anew."""
    columns = ", ".join(f"{name} {'text' if name in _TEXT else 'bigint'}" for name in POSTS.split(", "))

    def psql(*words: str) -> str:
        done = subprocess.run(
            ["psql", dsn, "-qAt", "-F", "\t", *words], check=True, capture_output=True, text=True
        )
        return done.stdout

    psql("-c", f"DROP TABLE IF EXISTS posts, post_tags; CREATE TABLE posts ({columns});"
         " CREATE TABLE post_tags (post_id bigint, tag text)")  # fmt: skip
    psql("-c", f"\\copy posts FROM '{posts}' CSV")
    psql("-c", f"\\copy post_tags FROM '{tags}' CSV")
    psql("-c", "CREATE INDEX ON posts (day); CREATE INDEX ON posts (author_id, created_at)")
    psql("-c", "VACUUM ANALYZE")  # by itself: it cannot be in a transaction
    return lambda sql: [tuple(line.split("\t")) for line in psql("-c", sql).splitlines()]


def measure(
    path: Path, folder: Path, first: date, last: date, *, large: bool, dsn: str | None
) -> Iterator[Ratio]:
    """Yield the ratios of the fifteen answers to the other engines'."""
    mine, answers = ours(path, first, last)
    posts, tags = dump(path, folder)
    duckdb, usual = duckdb_at(path, folder, posts, tags), 300.0 if large else 60.0
    engines: list[tuple[str, Ask, list[tuple[Question, bool]], int, float]] = [
        ("DuckDB asked plainly", duckdb, questions(first, last, "duckdb"), 3, 40.0 if large else 10.0),
        ("DuckDB with the same counts", duckdb, counted(first, last), 7, 4.0),
    ]
    if dsn:
        asked = questions(first, last, "postgres")
        engines.append(("PostgreSQL", postgres_at(dsn, posts, tags), asked, 1, usual))
    for name, ask, asked, rounds, target in engines:
        yield _ratio(name, mine, answers, straight(ask, asked, rounds), target, first, last)
    with datasette(path) as ask:
        theirs = straight(ask, questions(first, last), 1)
        yield _ratio("Datasette over HTTP", mine, answers, theirs, usual if large else 80.0, first, last)


def _ratio(
    name: str, mine: list[float], answers: list[Rows], theirs: tuple[list[float], list[Rows]], target: float,
    first: date, last: date,
) -> Ratio:  # fmt: skip
    wrong = differences(answers, theirs[1], first, last)
    note = f"{sum(theirs[0]) * 1000:,.0f} ms to {sum(mine) * 1000:,.1f} ms; " + (
        f"answers differ: {', '.join(wrong)}" if wrong else "all answers equal"
    )
    return Ratio(
        goal=f"15 answers: {name} / ours", value=sum(theirs[0]) / sum(mine), target=target, note=note
    )


def _wait(act: Callable[[], object], most: float = 60.0) -> None:
    until = time.monotonic() + most
    while True:
        try:
            act()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
