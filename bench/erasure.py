"""What it takes to erase somebody from a large archive, whole, with a worker that could go on meanwhile."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from bench.ratios import Ratio, seconds
from monitor.accounts import Accounts
from monitor.archive import Archive
from monitor.archive.erasure.compaction import compact
from monitor.archive.erasure.scrub import scrub
from monitor.archive.posts import search_index
from monitor.backup import Backups
from monitor.backup.eraser import Eraser
from monitor.core.clock import stamp, utcnow
from tests.archive.saving import LONDON

POSTS_OF_ONE = 300  # of the person, about
NAMING = 186_115  # posts by others that have the name of somebody with a very common one
SCRUBBED = 1000  # posts, after which the file is written anew


def measure(path: Path, million: Path) -> list[Ratio]:
    """Return how long it takes in a copy of an archive of 300,000 posts, and of what is left of a million."""
    with _copy(path) as archive:
        author, posts = _author(archive)
        wait = seconds(lambda: _eraser(archive).erase(author))
    with _copy(path) as archive:
        author, named = _common_name(archive)
        common = seconds(lambda: _eraser(archive).erase(author))
    with _copy(million) as archive:
        with Archive.open(archive, LONDON) as opened, opened.db.transaction():
            ids = [post for (post,) in opened.db.execute("SELECT id FROM posts LIMIT ?", [SCRUBBED])]
            scrub(opened.db, ids, stamp(utcnow()))
        anew = seconds(lambda: compact(archive))
    goals = [
        ("erasing a person of 300,000 posts, s", wait, 5, f"{posts} posts are theirs"),
        ("erasing a very common name, s", common, 5, f"{named:,} posts by others have it"),
        ("writing 1 million posts anew, s", anew, 60, f"once a day, after {SCRUBBED:,} were scrubbed"),
    ]
    return [
        Ratio(goal=goal, value=value, target=target, at_least=False, note=note)
        for goal, value, target, note in goals
    ]


@contextmanager
def _copy(path: Path) -> Iterator[Path]:
    """Lend a copy of an archive, as of real posts: nobody is erased from made-up ones."""
    with TemporaryDirectory(prefix="bench-", dir=path.parent) as folder:
        archive = Path(copyfile(path, Path(folder) / "archive.db"))
        with sqlite3.connect(archive) as db:
            db.execute("UPDATE meta SET value = 'no' WHERE key = 'demo'")
        yield archive


def _author(archive: Path) -> tuple[int, int]:
    with Archive.open(archive, LONDON) as opened:
        sql = "SELECT author_id, count(*) FROM posts GROUP BY 1 ORDER BY abs(count(*) - ?) LIMIT 1"
        author, posts = opened.db.execute(sql, [POSTS_OF_ONE]).fetchone()
    return author, posts


def _common_name(archive: Path) -> tuple[int, int]:
    """Let very many posts name somebody, half of them by @name; return who it is, and how many do."""
    with Archive.open(archive, LONDON) as opened, opened.db.transaction():
        sql = "SELECT id, handle FROM authors WHERE platform = 'mastodon' AND handle IS NOT NULL LIMIT 1"
        author, handle = opened.db.execute(sql).fetchone()
        name = handle.partition("@")[0]
        rows = opened.db.execute(
            "SELECT id, text FROM posts WHERE text IS NOT NULL AND author_id <> ? LIMIT ?", [author, NAMING]
        ).fetchall()
        texts = [(post, f"{text} {'@' if post % 2 else ''}{name} said so") for post, text in rows]
        opened.db.executemany(
            "UPDATE posts SET text = ? WHERE id = ?", [(text, post) for post, text in texts]
        )
        search_index.add(opened.db, texts)
    return author, len(texts)


def _eraser(archive: Path) -> Eraser:
    folder = archive.parent
    Accounts.open(folder / "access.db").close()
    backups = Backups(
        archive=archive, accounts=folder / "access.db", config=folder, folder=folder / "backups", zone=LONDON,
    )  # fmt: skip
    return Eraser(
        backups=backups, mails=folder / "mail", dotenv=folder / ".env", waiting=folder / "none", clock=utcnow
    )  # fmt: skip
