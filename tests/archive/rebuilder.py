"""Work on one archive beside another process: rebuilds until it is killed, or saves until it is told."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path

from monitor.archive.connection import WriteConnection
from monitor.archive.schema import rollups
from tests.archive.saving import opened, saved
from tests.builders import a_page, a_post

FEW = 20  # rows of a turn


def rebuild_until(folder: str, last: int) -> None:
    """Rebuild, a few rows at a time, and be killed in the midst of turn `last`."""
    turns, turn = count(1), rollups._turn

    @contextmanager
    def deadly(db: WriteConnection) -> Iterator[None]:
        with turn(db):
            yield
            if next(turns) == last:
                os.kill(os.getpid(), signal.SIGKILL)

    rollups._turn, rollups._BATCH = deadly, FEW
    with opened(Path(folder)) as archive:
        archive.rebuild()


def save_until(folder: str, posts: "Synchronized[int]", stop: Event) -> None:
    """Save one post after the other, and tell how many there are."""
    with opened(Path(folder)) as archive:
        while not stop.is_set():
            saved(archive, a_page(a_post(id=f"other {posts.value}")))
            posts.value += 1
            time.sleep(0.02)
