"""Opens an archive, counts its posts and closes it, again and again, as other programs would."""

import sqlite3  # Python's own, of another version than the program's
from contextlib import closing
from multiprocessing.synchronize import Event


def count_on(path: str, over: Event) -> None:
    """Count until it is over."""
    while not over.is_set():
        with closing(sqlite3.connect(path)) as db:
            db.execute("SELECT count(*) FROM posts").fetchone()
