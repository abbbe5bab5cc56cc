"""The archive as a server reads it: lent to its threads, and watched for changes."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock
from zoneinfo import ZoneInfo

from monitor.archive import ArchiveReader
from monitor.core.storage import storage_errors
from monitor.sqlite import sqlite3


class Readers:
    """Archives open for reading, each lent to one thread at a time: what one has read stays at hand."""

    def __init__(self, path: Path, zone: ZoneInfo) -> None:
        self._path, self._zone = path, zone
        self._idle: LifoQueue[ArchiveReader] = LifoQueue()

    @contextmanager
    def lend(self) -> Iterator[ArchiveReader]:
        """Lend an archive as it is at one moment, whatever is written meanwhile.

        Raises ArchiveError if there is none, and StorageError.
        """
        try:
            archive = self._idle.get_nowait()
        except Empty:
            archive = ArchiveReader.open(self._path, self._zone)
        with ExitStack() as stack, storage_errors():
            stack.callback(archive.close)  # in whatever state an error leaves it, nobody else gets it
            archive.db.execute("BEGIN")
            yield archive
            archive.db.execute("COMMIT")
            stack.pop_all()
        self._idle.put(archive)


class Changes:
    """Tells one state of an archive from the next; safe to ask from any thread.

    Of forms it tells by the time of an empty file beside the archive, which each process on it sees.
    """

    def __init__(self, path: Path) -> None:
        self._forms = path.with_name(f"{path.name}.forms")
        self._connection = sqlite3.connect(
            f"file:{path.resolve()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        self._lock = Lock()

    def __call__(self) -> int:
        """Return a number that differs from the last one if another connection has written since."""
        with self._lock, storage_errors():
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def last_form(self) -> int:
        """Return a number that differs from the last one if a form has been sent since, to any process."""
        try:
            return self._forms.stat().st_mtime_ns
        except OSError:  # none was ever sent
            return 0

    def note_form(self) -> None:
        """Note that a form was sent and what it changed is stored."""
        with suppress(OSError):  # where no file can be made, pages are a second behind
            self._forms.touch(0o600)
            at = time.time_ns()  # the system's own stamp is the same for some milliseconds
            os.utime(self._forms, ns=(at, at))
