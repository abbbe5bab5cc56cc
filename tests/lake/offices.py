"""Offices that watch one campaign: three archives that share posts and people, and one that has all of it."""

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb

from monitor.archive import Archive
from monitor.archive.posts.lake import LakeCounts
from monitor.core.model import Author, Metrics, Post, Tone
from monitor.lake import Lake
from monitor.lake.adding import Added, Adder, Aliases
from monitor.lake.counting import Run, Task, count, runner
from tests.archive.saving import LONDON, saved
from tests.builders import NOON, a_page, a_post

KEY = bytes(range(32))
OFFICES = ("east", "north", "west")
WHOLE = "whole"
_PLATFORMS = ("bluesky", "mastodon", "x")
# What a number stands for, in words that are the same in another file.
_MEANT = {
    "series": "(SELECT t.name || ' ' || s.platform FROM {0}.series s JOIN {0}.tracks t ON t.id = s.track_id"
    " WHERE s.id = x.series)",
    "track_id": "(SELECT name FROM {0}.tracks WHERE id = x.track_id)",
    "term_id": "(SELECT kind || ' ' || term FROM {0}.terms WHERE id = x.term_id)",
    "author_id": "(SELECT alias(platform, native_id) FROM {0}.authors WHERE id = x.author_id)",
    "message": "(SELECT min(alias('', native_id)) FROM {0}.posts WHERE message = x.message)",
}
_TABLES = (
    "hours", "track_heat", "days", "author_days", "author_totals", "spans", "track_spans", "term_days",
    "track_term_days", "term_totals", "seen",
)  # fmt: skip
_ELSEWHERE = {"last_id"}  # a post's number


def archive(folder: Path, name: str) -> Archive:
    """Return an office's archive, or that of all posts."""
    (folder / name).mkdir(exist_ok=True)
    return Archive.open(folder / name / "archive.db", LONDON)


def collected(folder: Path, posts: int = 400, seed: int = 1) -> None:
    """Fill the offices' archives, and the one that meets all that any of them meets, in the same order.

    Each post is met by one to three offices, each at its own time, and its numbers grow meanwhile.
    """
    chance = random.Random(seed)
    meetings = []
    for number in range(posts):
        post = _post(number, chance)
        late = 0
        for office in chance.sample(OFFICES, chance.choice((1, 1, 2, 3))):
            late += chance.randrange(60, 50_000)
            meetings.append((post.created_at + timedelta(seconds=late), office, _as_met(post, late, chance)))
    archives = {name: archive(folder, name) for name in (*OFFICES, WHOLE)}
    for now, office, post in sorted(meetings, key=lambda meeting: meeting[0]):
        for name in (office, WHOLE):
            page = a_page(post, since=now - timedelta(hours=2), until=now)
            track = "crime" if len(post.id) % 2 or office != "west" else "police"
            tone = [*Tone][len(post.text) % 4]
            saved(archives[name], page, track=track, source=post.platform, now=now, tone=tone)
    for one in archives.values():
        one.close()


def _post(number: int, chance: random.Random) -> Post:
    platform, who = chance.choice(_PLATFORMS), min(int(chance.expovariate(0.05)), 150)
    author = Author(id=f"account-{who}", handle=f"who{who}", name=f"Who {who}", followers=None)
    at = NOON + timedelta(seconds=chance.randrange(42 * 86_400) // 500 * 500 + number)
    words = chance.choice(("Enough", "More officers", "Stop it now"))
    return a_post(
        id=f"post-{number}", platform=platform, author=author, created_at=at, url=None,
        text=f"{words}, says number {number}.", tags=frozenset(chance.sample(["one", "two", "three"], 2)),
        links=frozenset({f"https://example.org/{number % 7}"} if number % 3 else ()),
    )  # fmt: skip


def _as_met(post: Post, late: int, chance: random.Random) -> Post:
    """Return a post as it is that many seconds after it was written."""
    likes = None if len(post.text) % 5 == 0 else late // 5_000
    followers = None if len(post.author.id) % 3 == 0 else len(post.id) * 900 + late // 60
    author = replace(post.author, followers=None if chance.random() < 0.2 else followers)
    return replace(post, author=author, metrics=Metrics(likes=likes, views=likes and likes * 9))


def lake(folder: Path, key: bytes = KEY) -> Lake:
    """Return the lake of the offices."""
    return Lake.begin(folder / "lake", LONDON.key, False, key)


def added(folder: Path, name: str, *, names: bool = False) -> Added:
    """Put an office's weeks into the lake."""
    with archive(folder, name) as one:
        return Adder(one, lake(folder), KEY, names).add()


def counted(folder: Path, run: Run, name: str = "counts") -> Path:
    """Count the lake into an archive of its own, and return its file."""
    with archive(folder, name) as counts:
        count(lake(folder), LakeCounts(counts.db), run)
    return folder / name / "archive.db"


def differences(folder: Path, counts: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of counts that differ from those of the archive that has all posts, by table."""
    aliases = Aliases(KEY, frozenset(), {})

    def alias(platform: str, native_id: str) -> str:
        is_name = native_id.startswith(("account-", "post-"))
        return aliases.author(0, 0, platform, native_id) if is_name else native_id

    with closing(sqlite3.connect(folder / WHOLE / "archive.db")) as db:
        db.create_function("alias", 2, alias)
        db.execute("ATTACH ? AS lake", [str(counts)])
        rows = {table: _differing(db, table) for table in _TABLES}
    return {table: some for table, some in rows.items() if some}


def _differing(db: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    names = [row[1] for row in db.execute(f"PRAGMA main.table_info({table})") if row[1] not in _ELSEWHERE]
    one, other = (
        f"SELECT {', '.join(_MEANT.get(name, name).format(place) for name in names)} FROM {place}.{table} x"
        for place in ("main", "lake")
    )
    return [
        row for a, b in ((one, other), (other, one)) for row in db.execute(f"SELECT * FROM ({a} EXCEPT {b})")
    ]


def alone(tasks: Sequence[Task]) -> Sequence[str]:
    """Have buckets counted by this process."""
    with runner(0, None) as run:
        return run(tasks)


def words(folder: Path) -> str:
    """Return all that is in the files of a lake, unpacked."""
    rows = [str(duckdb.read_parquet(str(path)).fetchall()) for path in folder.rglob("*.parquet")]
    return " ".join([*rows, *(path.read_text() for path in folder.rglob("*.json"))])
