"""Files that people bring and items of platforms, broken at random: each ends in posts or in a sentence."""

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor import campaign
from monitor.archive import Archive
from monitor.collect import file_import
from monitor.collect.file_import import read_by_hand, read_file
from monitor.collect.validation import storable_page
from monitor.core.errors import MonitorError
from monitor.core.model import Page, Post
from monitor.platform_info import names
from monitor.sources import source
from monitor.sources.shared.response_parsing import results
from tests.chaos.experiment import ROOT, Experiment, Outcome

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/London")
CSV = "platform,text,created_at,author,likes\nx,Enough #callingtimeoncrime,2026-11-02T10:00:00Z,ann,3\n"
BY_HAND = "where,when,text\nradio,2026-11-02 10:00,They spoke of us\n"
STORED = 500  # files, after which what was read is stored
ODD: list[Callable[[random.Random], Any]] = [  # in place of a value of JSON
    lambda chance: None,
    lambda chance: chance.choice([True, False, 0, -1, 10**400, 1e308, float("nan"), float("-inf")]),
    lambda chance: chance.choice(["", " ", "\x00", "\ud800", "\u202e", "\ufdfa" * 999, "9" * 5000, "1e9"]),
    lambda chance: chance.choice([[], {}, [[]], [None], {"": None}, [{}], {"id": {}}]),
    lambda chance: chance.choice(["2026-13-45", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59-14:00"]),
    lambda chance: chance.choice(["https://[", "//", "http://\x7f", "javascript:1", "at://a/b"]),
]
BROKEN_JSON = [  # texts that a reader of JSON must refuse, or that few read alike
    "[" * 100_000, '{"a":' * 50_000, "[1,]", '{"a":1,}', "{'a':1}", "[01]", "[1.]", "[.5]", "[+1]", "[1e]",
    '["\\u12"]', '["\\x41"]', '["\t"]', '["\\uD800"]', "[NaN]", "[Infinity]", '{"a":1 "b":2}', "[1 2]",
    '{"a"}', "{1:2}", '{"a":1,"a":2}', "[tru]", '"', '["', "[1", "{", "\ufeff[]", "[]]", "[]x", "nul",
    "[\x00]", "[1]\x00", "[/*c*/1]", "[1]//c", "[0x1]", "[--1]", "[1e99999]",
    "[" + "9" * 5000 + "]", '{"":{}}', "[,1]",
]  # fmt: skip

BROKEN_BYTES = [  # which are no text in UTF-8: cut off, too long, halves of a pair, other encodings, nothing
    b'["\xff"]', b'["\xc3"]', b'["\xe2\x82"]', b'["\xc0\xaf"]', b'["\xf4\x90\x80\x80"]', b'["\xed\xa0\x80"]',
    b"\xef\xbb\xbf{}", b"\xfe\xff\x00[\x00]", "[1]".encode("utf-16"), "[1]".encode("utf-32"), b"\xff", b"",
]  # fmt: skip


def seeds() -> list[bytes]:
    """Return whole files to begin with: a post of each platform, tables and a campaign file."""
    posts = [json.loads(path.read_text()) for path in sorted((ROOT / "tests/fixtures").glob("*/post.json"))]
    captures = [{"source_platform": site, "data": post} for site in ("tiktok.com", "x.com") for post in posts]
    files = [json.dumps(post) for post in [*posts, *captures]]
    files += ["\n".join(files[:4]), json.dumps(posts), CSV, BY_HAND]
    return [text.encode() for text in [*files, *BROKEN_JSON]] + [TOML, *BROKEN_BYTES]


TOML = (ROOT / "config/campaign.toml").read_bytes()


def mutant(files: list[bytes], number: int) -> bytes:
    """Return each file as it is, and from then on broken ones; the same number always gives the same."""
    if number <= len(files):
        return files[number - 1]
    chance = random.Random(number)
    data = chance.choice(files)
    try:
        if chance.random() < 0.6:
            return json.dumps(_odd(json.loads(data), chance)).encode()
    except (ValueError, RecursionError):
        pass
    for _ in range(chance.randint(1, 4)):
        data = chance.choice([_flipped, _cut, _doubled])(data, chance)
    return data


def _odd(value: Any, chance: random.Random) -> Any:
    """Return a value of JSON with something odd in one place."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(sorted(value))
        if chance.random() < 0.1:
            return {name: part for name, part in value.items() if name != key}
        return value | {key: _odd(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        place = chance.randrange(len(value))
        return [*value[:place], _odd(value[place], chance), *value[place + 1 :]]
    return chance.choice(ODD)(chance)


def _flipped(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:start] + data[end:]


def _doubled(data: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(min(len(data), 4000) + 1) for _ in range(2))
    return data[:end] + data[start:]


def read(path: Path) -> Iterator[Post]:
    """Yield the posts of a file that any reader of ours finds in it."""
    for reader in (read_file, lambda path: read_by_hand(path, ZONE, NOW), _campaign, _items):
        try:
            yield from (entry for entry in reader(path) if isinstance(entry, Post))
        except MonitorError as error:
            if not str(error).strip():
                raise ValueError("an error without a sentence") from error


def _campaign(path: Path) -> Iterator[Post]:
    campaign.load(path)
    yield from ()


def _items(path: Path) -> Iterator[Post]:
    """Read a file as what each platform answers: one item, or several."""
    try:
        whole = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return
    items = whole if isinstance(whole, list) else [whole]
    for name in names():
        posts, _ = results(items[:20], source(name).parse)
        yield from (post for post in posts if isinstance(post, Post))


def bring(folder: Path, times: int) -> Outcome:
    """Bring so many broken files, and store what is read of them."""
    files, faults, posts, number = seeds(), list[str](), list[Post](), 0
    path = folder / "file"
    with Archive.open(folder / "a.db", ZONE) as archive:
        for number in range(1, times + 1):
            try:
                path.write_bytes(mutant(files, number))
                posts += read(path)
                if number % STORED == 0 or number == times:
                    _store(archive, posts)
                    posts = []
            except Exception as error:  # whatever it is, it is what we look for
                faults.append(f"file {number}: {type(error).__name__}: {str(error)[:100]}")
                posts = []
        kept = archive.posts.count()
        faults += archive.differences()
    return Outcome(f"{number} files, {kept} posts stored, {len(faults)} uncaught", tuple(faults))


def _store(archive: Archive, posts: list[Post]) -> None:
    page = storable_page(Page(stream="file", posts=tuple(posts)), NOW)
    archive.ingest.save(
        page, source="import", track="test", scores=[None for _ in page.posts], analyzer="none",
        started_at=NOW, now=NOW,
    )  # fmt: skip


def bring_trusting(folder: Path, times: int) -> Outcome:
    """Do the same with a program that trusts the items of a file."""
    guarded = file_import.posts
    file_import.posts = lambda reader, item, where: reader(item)  # type: ignore[assignment]
    try:
        return bring(folder, times)
    finally:
        file_import.posts = guarded


EXPERIMENT = Experiment(
    promise="A file that is broken ends in the posts that can be read, or in one sentence",
    method="posts of all platforms, tables, campaign files and bad JSON are mutated and read by each reader",
    run=bring,
    control_method="an item of a file is trusted to be what it says",
    control=bring_trusting,
    times=20_000,
    few=300,
    control_times=300,
)
