"""The index of all texts: filled with each new post, and made anew from the posts."""

import json
import re
from collections.abc import Callable, Iterable

from monitor.archive.connection import GIVEN, WriteConnection
from monitor.core.normal_text import normal
from monitor.sqlite import Database

_WORDS = re.compile(r"\w+")
_PAGES = 1_000  # that are written in one transaction


def add(db: Database, texts: Iterable[tuple[int, str | None]]) -> None:
    """Note how posts' texts are found where that is not as they are written."""
    rows = ((post, spelling) for post, text in texts if (spelling := _spelling(text)))
    db.conn.executemany("INSERT INTO spellings (post_id, text) VALUES (?, ?)", [*rows])


def rebuild(db: Database) -> None:
    """Make the index anew from the posts; to be called in a transaction."""
    clear(db)
    db.execute("DELETE FROM spellings")
    add(db, db.execute("SELECT id, text FROM posts WHERE text GLOB ?", [_NOT_ASCII]))
    db.execute("INSERT INTO posts_fts (posts_fts) VALUES ('rebuild')")


def clear(db: Database) -> None:
    """Empty the index: from then on `index` puts all posts in again, some at a time."""
    db.execute("INSERT INTO posts_fts (posts_fts) VALUES ('delete-all')")


def merge(db: WriteConnection, stop: Callable[[], bool]) -> None:
    """Make the parts of the index one, some pages at a time; `stop` is asked between.

    Each post that is stored adds a part, and whoever searches looks into all: one is up to ten times quicker.
    A number below zero begins it: https://www.sqlite.org/fts5.html#the_merge_command
    """
    pages = -_PAGES
    while not stop():
        before = db.conn.total_changes
        with db.transaction():
            db.execute("INSERT INTO posts_fts (posts_fts, rank) VALUES ('merge', ?)", [pages])
        if db.conn.total_changes - before < 2:
            return
        pages = _PAGES


def absent(db: Database) -> list[tuple[int]]:
    """Return the posts that are not in the index, the newest first."""
    sql = "SELECT id FROM posts WHERE id NOT IN (SELECT id FROM posts_fts_docsize) ORDER BY id DESC"
    return db.execute(sql).fetchall()


def index(db: Database, posts: Iterable[tuple[int]]) -> None:
    """Put posts into the index, of which some may be there by now."""
    db.execute(
        f"INSERT INTO posts_fts (rowid, text) SELECT id, text FROM searched_texts WHERE id IN {GIVEN}"
        " AND id NOT IN (SELECT id FROM posts_fts_docsize) ORDER BY id",
        [json.dumps([post for (post,) in posts])],
    )


def misspelt(db: Database) -> list[tuple[int]]:
    """Return the posts that the index does not have as they are spelt."""
    rows = db.execute(
        "SELECT p.id, p.text, s.text FROM posts p LEFT JOIN spellings s ON s.post_id = p.id"
        " WHERE p.text GLOB ? OR s.text IS NOT NULL",
        [_NOT_ASCII],
    )
    return [(post,) for post, text, spelling in rows if spelling != _spelling(text)]


def respell(db: Database, posts: Iterable[tuple[int]]) -> None:
    """Note anew how posts are spelt; what is in the index stays."""
    ids = [json.dumps([post for (post,) in posts])]
    db.execute(f"DELETE FROM spellings WHERE post_id IN {GIVEN}", ids)
    add(db, db.execute(f"SELECT id, text FROM posts WHERE id IN {GIVEN}", ids).fetchall())


_NOT_ASCII = "*[^\x01-\x7f]*"


def _spelling(text: str | None) -> str | None:
    """Return a text in normal spelling, if its words are others there: full-width, styled, or with gaps."""
    if not text or text.isascii():
        return None
    spelling = normal(text)
    return spelling if _WORDS.findall(spelling) != _WORDS.findall(text.lower()) else None
