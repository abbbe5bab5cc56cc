"""Opens new archives at the same time as others do, in a process of its own."""

from contextlib import nullcontext
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import monitor.schema_upgrade
from monitor.archive import Archive
from monitor.core.clock import utcnow
from monitor.schema_upgrade import Schema
from tests.archive.saving import LONDON

ROUNDS = 25


def open_each(folder: str, ready: Barrier, answers: "Queue[str]", locked: bool) -> None:
    """Open one new archive a round, at the same time as the other processes."""
    if not locked:
        monitor.schema_upgrade.file_lock = lambda path: nullcontext()  # type: ignore[assignment]
        Schema.upgrade = lambda schema, db, path: schema.migrations.apply(db)  # type: ignore[method-assign]
    for n in range(ROUNDS):
        ready.wait(200)
        try:
            with Archive.open(Path(folder) / f"{n}.db", LONDON) as archive:
                archive.coverage.save_canary("mastodon", "answered", utcnow())
            answers.put("opened")
        except Exception as error:
            answers.put(f"{type(error).__name__}: {error}")
