"""Files and answers of platforms, broken at random: each ends in posts or in a sentence."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from monitor import campaign
from monitor.archive import Archive
from monitor.collect.imports.file_import import read_by_hand, read_file
from monitor.collect.validation import storable_page
from monitor.core.errors import MonitorError
from monitor.core.model import Page, Post, Query
from monitor.platform_info import names
from monitor.sources import source
from monitor.sources.shared.response_parsing import results
from monitor.tone import english_analyzer
from tests.chaos.experiment import Experiment, Outcome
from tests.chaos.mutants import MUTATORS, mutants
from tests.sources.loopback import Answer, serving

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/London")
ANALYZER = english_analyzer("campaign", frozenset({"crime"}))
QUERY = Query(track="test", tags=("callingtimeoncrime",), phrases=("made-up",))
STORED = 100  # files, after which what was read is stored
Reader = Callable[[Path], Iterable[object]]


@contextmanager
def readers(folder: Path) -> Iterator[Mapping[str, Reader]]:
    """Yield what reads a file: as one that a person brings, and as what each platform answers."""
    path = folder / "file"

    def answer(method: str, address: str, query: dict[str, str]) -> Answer:
        return 200, {"Content-Type": "application/xml"}, path.read_bytes()

    with serving(answer) as server:
        settings = {"urls": [f"{server.url}/feed"], "google_news": False}
        yield {
            "file": lambda path: read_file(path, {}, ZONE),
            "by hand": lambda path: read_by_hand(path, ZONE, NOW),
            "campaign": lambda path: [campaign.load(path)],
            "feed": lambda path: _fetched(settings),
            **{name: partial(_answered, name) for name in names()},
        }


def _fetched(settings: Mapping[str, object]) -> Iterator[Post]:
    for page in source("feeds").open(settings, {}, NOW).search(QUERY, {}):
        yield from page.posts


def _answered(name: str, path: Path) -> list[Any]:
    """Read a file as the items that a platform answers: one, or several."""
    try:
        whole = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return []
    return results(whole[:20] if isinstance(whole, list) else [whole], source(name).parse)[0]


def read(path: Path, readers: Iterable[Reader]) -> Iterator[Post]:
    """Yield the posts that these find in a file."""
    for reader in readers:
        try:
            yield from (entry for entry in reader(path) if isinstance(entry, Post))
        except MonitorError as error:
            if not str(error).strip():
                raise ValueError("an error without a sentence") from error


def bring(folder: Path, times: int, kinds: Iterable[str] = tuple(MUTATORS)) -> Outcome:
    """Bring so many broken files, and score and store what is read of them."""
    faults, posts, used = list[str](), list[Post](), 0
    path = folder / "file"
    with Archive.open(folder / "a.db", ZONE) as archive, readers(folder) as by_name:
        for number, mutant in enumerate(mutants(kinds, times), 1):
            try:
                path.write_bytes(mutant.data)
                read_from = [*read(path, [by_name[mutant.reader]] if mutant.reader else by_name.values())]
                used += bool(read_from)
                posts += read_from
                if number % STORED == 0 or number == times:
                    _store(archive, posts)
                    posts = []
            except Exception as error:  # whatever it is, it is what we look for
                faults.append(f"file {number}: {type(error).__name__}: {ascii(str(error))[:100]}")
                posts = []
        stored = len([*archive.posts.every()])
        faults += archive.differences()
    figure = f"{times} files, in {used} of them posts, {stored} posts scored and stored"
    return Outcome(f"{figure}, {len(faults)} uncaught", tuple(faults))


def _store(archive: Archive, posts: list[Post]) -> None:
    page = storable_page(Page(stream="file", posts=tuple(posts)), NOW)
    scores = [ANALYZER.score(post.text, post.lang) for post in page.posts]
    archive.ingest.save(
        page, source="import", track="test", scores=scores, analyzer=ANALYZER.name, started_at=NOW, now=NOW
    )


def bring_trusting(folder: Path, times: int) -> Outcome:
    """Do the same with programs that trust the items of a file, its lines and its letters, each by itself."""
    outcomes = []
    for kind, name, trusting in TRUSTING:
        (folder / kind).mkdir()
        with patch(f"monitor.{name}", trusting):
            outcomes.append(bring(folder / kind, times, [kind]))
    caught = all(outcome.faults for outcome in outcomes)
    return Outcome("; ".join(o.figure for o in outcomes), outcomes[0].faults if caught else ())


TRUSTING = (  # the kind of broken file that finds each
    ("values", "sources.exports.json_items.posts", lambda reader, item, where: reader(item)),
    ("bytes", "collect.imports.file_import.text_of", lambda file: TextIOWrapper(file, encoding="utf-8")),
    ("JSON", "sources.exports.json_reader._line", json.loads),
)
EXPERIMENT = Experiment(
    promise="A file that is broken ends in the posts that can be read, or in one sentence",
    method="posts in all forms that are read have one value replaced, or their bytes changed, or broken JSON"
    " among them; what is read is scored and stored",
    run=bring,
    control_method="an item of a file is trusted to be what it says; its letters are; its lines are",
    control=bring_trusting,
    times=20_000,
    few=300,
    control_times=300,
)
