"""The index of all texts: filled with each new post, and made anew from the posts."""

import re
from collections.abc import Iterable

from sqlite_utils import Database

from monitor.core.normal_text import normal

_WORDS = re.compile(r"\w+")


def add(db: Database, texts: Iterable[tuple[int, str | None]]) -> None:
    """Note how posts' texts are found where that is not as they are written."""
    rows = [(post, normal(text)) for post, text in texts if text and _has_other_letters(text)]
    db.conn.executemany("INSERT INTO spellings (post_id, text) VALUES (?, ?)", rows)


def rebuild(db: Database) -> None:
    """Make the index anew from the posts; to be called in a transaction."""
    db.execute("INSERT INTO posts_fts (posts_fts) VALUES ('delete-all')")
    db.execute("DELETE FROM spellings")
    add(db, db.execute("SELECT id, text FROM posts WHERE text GLOB ?", [_NOT_ASCII]))
    db.execute("INSERT INTO posts_fts (posts_fts) VALUES ('rebuild')")


def differences(db: Database) -> list[str]:
    """Return one line for each post that is not in the index, or not as it is spelt."""
    absent = db.execute("SELECT id FROM posts EXCEPT SELECT id FROM posts_fts_docsize")
    texts = db.execute("SELECT id, text FROM posts WHERE text GLOB ?", [_NOT_ASCII])
    right = {(post, normal(text)) for post, text in texts if _has_other_letters(text)}
    wrong = right.symmetric_difference(db.execute("SELECT post_id, text FROM spellings").fetchall())
    return [f"posts_fts: post {post} cannot be searched for" for (post,) in absent] + [
        f"spellings: wrong: post {post}" for post in sorted({post for post, _ in wrong})
    ]


_NOT_ASCII = "*[^\x01-\x7f]*"


def _has_other_letters(text: str) -> bool:
    """Return whether the words of a text are others in normal spelling: full-width, styled, or with gaps."""
    return not text.isascii() and _WORDS.findall(normal(text)) != _WORDS.findall(text.lower())
