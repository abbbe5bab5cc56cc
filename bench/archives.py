"""Made-up archives to measure on: filled as a collector would, and larger ones made of copies.

A post of the large archive is there several times, each time by another author with other ids and addresses,
at the same second: all counts grow as they would with more people. What is unnatural in it: words, places and
tones are as frequent as in the smaller one; each text is in it so many times; the office's own work (marks,
labels, notes) is there once, which makes a tone that people set rare; and the keys by which a new post would
be joined with copies are not those that the program would make.
"""

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from bench.ledger import add_polls
from monitor.archive import Archive
from monitor.archive.connection import WriteConnection
from monitor.archive.posts import messages
from monitor.archive.schema import rollups
from monitor.archive.schema.rollups import no_triggers
from monitor.campaign import Campaign, SourceSettings, campaign_in, load
from monitor.core.model import Sentiment, Tone
from monitor.demo import fill
from monitor.demo.behaviour import PLATFORMS

CAMPAIGN = Path(__file__).parents[1] / "config/campaign.toml"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WEEKS, YEARS, TRACKS, POLLED = 24, 10, 20, 3  # the last: years
_ON = SourceSettings(on=True, every_minutes=15)
_POST, _AUTHOR = "{column} + :posts * {copy}", "{column} + :authors * {copy}"
_ID, _LINK = "{column} || '-{copy}'", "CASE WHEN {column} LIKE 'http%' THEN {column} || '-{copy}' END"
# What a copy has instead of what the original says, by table and column; all else is the same.
_COPIED: Mapping[str, Mapping[str, str]] = {
    "authors": {"id": _AUTHOR, "native_id": _ID, "handle": "'c{copy}' || {column}", "url": _LINK},
    "posts": {
        "id": _POST, "author_id": _AUTHOR, "native_id": _ID, "url": _LINK, "copy_of": _LINK, "parent": _ID,
        "root": _ID, "message": _POST,
    },
    **{
        table: {"post_id": _POST}
        for table in ("post_series", "post_terms", "sketches", "snapshots", "scores", "pictures")
    },
    "kit_matches": {"post_id": _POST},
    # Its lowest two bits say what a key is made from.
    "post_keys": {"post_id": _POST, "key": f"key + iif(key < {2**62}, 4, -4) * {{copy}}"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """An archive to measure on."""

    name: str
    path: Path
    text: str  # of the campaign file
    times: int = 1  # as many posts as the one that it is held against


class Neutral:
    """Scores nothing: what is measured is not the analyzer."""

    name = "neutral"

    def score(self, text: str, lang: str | None = None) -> Sentiment:
        """Return neutral."""
        return Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)


def filled(
    folder: Path, posts: int, *, weeks: int = WEEKS, campaign: Campaign | None = None, name: str = "campaign"
) -> Path:
    """Return an archive of so many made-up posts."""
    path, campaign = folder / f"{name}-{posts}.db", campaign or load(CAMPAIGN)
    if not path.is_file():
        print(f"Making up {posts:,} posts", file=sys.stderr)
        with _making(path) as new, Archive.open(new, campaign.zone, demo=True) as archive:
            everywhere = replace(campaign, sources=dict.fromkeys(PLATFORMS, _ON))
            fill(archive, everywhere, Neutral(), NOW, posts=posts, page_size=1000, weeks=weeks)
    with Archive.open(path, campaign.zone, demo=True):  # one from before is brought up to date
        return path


@contextmanager
def _making(path: Path) -> Iterator[Path]:
    """Yield where to make an archive, which gets its name once it is whole: half of one is no archive."""
    new = path.with_suffix(".new")
    for file in path.parent.glob(f"{new.name}*"):
        file.unlink()
    yield new
    new.rename(path)


def multiplied(smaller: Path, larger: Path, times: int) -> Path:
    """Return an archive with so many copies of another's posts, and the program's own counts of them."""
    zone = load(CAMPAIGN).zone
    if not larger.is_file():
        print(f"Copying {smaller.name} {times} times", file=sys.stderr)
        with _making(larger) as new:
            shutil.copyfile(smaller, new)
            with closing(WriteConnection(new, zone)) as db:
                _copy(db, times)
            # Keys are copied, and messages with them: to make keys takes ten times as long as all the rest.
            with Archive.open(new, zone, demo=True) as archive, patch.object(messages, "rebuild"):
                rollups.rebuild(archive.db)
    with Archive.open(larger, zone, demo=True):  # one from before is brought up to date
        return larger


def _copy(db: WriteConnection, times: int) -> None:
    db.execute("PRAGMA foreign_keys = OFF")
    last = {name: db.number(f"SELECT max(id) FROM {name}") for name in ("posts", "authors")}
    with db.transaction(), no_triggers(db), _no_indexes(db):
        for table, changed in _COPIED.items():
            columns = [row[1] for row in db.execute(f"PRAGMA table_info ({table})")]
            of_original = f"{columns[0]} <= :{'authors' if table == 'authors' else 'posts'}"
            for copy in range(1, times):
                values = (changed.get(name, name).format(column=name, copy=copy) for name in columns)
                db.execute(
                    f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)}"
                    f" FROM {table} WHERE {of_original}",
                    last,
                )


@contextmanager
def _no_indexes(db: WriteConnection) -> Iterator[None]:
    """Take indexes away for a while: each is made at once, afterwards."""
    indexes = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL"
    ).fetchall()
    for name, _ in indexes:
        db.execute(f'DROP INDEX "{name}"')
    yield
    for _, sql in indexes:
        db.execute(sql)


def subjects(folder: Path, *, large: bool) -> list[Subject]:
    """Return a usual archive of 100,000 posts, and others that are larger in one way each."""
    text, usual = CAMPAIGN.read_text(), seen_soon(filled(folder, 100_000))
    tracks = text + "".join(
        f'\n[[track]]\nname = "other-{n}"\ntitle = "Other {n}"\ntags = ["Other{n}"]\n'
        for n in range(1, TRACKS)
    )
    many = seen_soon(filled(folder, 100_000, campaign=campaign_in(tracks, CAMPAIGN), name="tracks"))
    old = seen_soon(filled(folder, 100_000, weeks=52 * YEARS, name="years"))
    posts = [multiplied(usual, folder / "campaign-5000000.db", 50)] if large else []
    return [
        Subject("100,000 posts", usual, text),
        *(Subject("5 million posts", path, text, times=50) for path in posts),
        Subject(f"{POLLED} years of polls", polled(usual, folder / "polls.db"), text),
        Subject(f"{TRACKS} tracks", many, tracks),
        Subject(f"{YEARS} years", old, text),
    ]


def seen_soon(path: Path) -> Path:
    """Return an archive whose posts were stored within their hour, as they are by polls each quarter of one.

    Those made up come in pages of a thousand: the fewer there are, the later they would be.
    """
    with closing(WriteConnection(path, load(CAMPAIGN).zone)) as db, db.transaction(), no_triggers(db):
        soon = "(created_unix / 3600 + 1) * 3600"
        db.execute(f"UPDATE posts SET seen_unix = {soon} WHERE seen_unix > created_unix + 3600")
    return path


def polled(usual: Path, path: Path) -> Path:
    """Return the same archive with the polls of three years, none of them made one with others of its day."""
    zone = load(CAMPAIGN).zone
    if not path.is_file():
        with _making(path) as new:
            shutil.copyfile(usual, new)
            with Archive.open(new, zone, demo=True) as archive:
                add_polls(archive, 365 * POLLED)
    with Archive.open(path, zone, demo=True):
        return path
