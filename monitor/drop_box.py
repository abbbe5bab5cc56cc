"""Files that people sent to the dashboard, while they wait to be taken in, and what became of them.

Each lies under a random name in a folder beside the archive, with a note beside it, and belongs to the person
who sent it. A file goes when it has been taken in or is cancelled; whatever is a day old goes, too.
"""

import json
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import copyfileobj
from threading import Lock, Thread
from typing import IO, Any

from monitor.core.clock import Clock, stamp, unstamp
from monitor.core.errors import MonitorError
from monitor.core.files.contents import ImportCounts
from monitor.core.files.opening import Progress
from monitor.core.model import encodable
from monitor.core.storage import storage_errors

MOST_BYTES = 20_000_000  # of a file
_MOST_FILES = 20
_LIFETIME = timedelta(days=1)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_LONGEST_NAME = 100
_DATES = ("arrived_at", "saved_at")

Intake = Callable[[Progress], Iterator[ImportCounts]]  # takes a file in; yields the counts of each part


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedFile:
    """A file that somebody sent, and how far it is.

    `track` is the one it is taken into; empty: posts go into the tracks that they match. `saved_at` is when
    the file was made; None: nobody knows. `fault` says why it ended before all was read.
    """

    token: str
    owner: str
    name: str
    arrived_at: datetime
    saved_at: datetime | None = None
    size: int = 0
    answers: Mapping[str, str] = field(default_factory=dict)
    track: str = ""
    is_begun: bool = False
    is_finished: bool = False
    bytes_read: int = 0
    counts: ImportCounts = field(default_factory=ImportCounts)
    fault: str = ""


class DropBox:
    """The folder of waiting files. May be shared between threads."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._turn = Lock()  # one file after the other: each takes a processor
        self._running: dict[str, Thread] = {}

    def put(self, content: IO[bytes], name: str, owner: str, saved_at: datetime | None = None) -> DroppedFile:
        """Store a file that somebody sent; raises MonitorError if too many wait, or it is empty."""
        self.sweep()
        if len(self._all()) >= _MOST_FILES:
            raise MonitorError(
                f"{_MOST_FILES} files were uploaded today, the most that can be held at once. Cancel or"
                " remove one of yours, or come back tomorrow."
            )
        title = " ".join(encodable(name).replace("\0", " ").split())[-_LONGEST_NAME:]
        file = DroppedFile(
            token=secrets.token_urlsafe(16), owner=owner, name=title or "a file without a name",
            arrived_at=self._clock(), saved_at=saved_at,
        )  # fmt: skip
        with storage_errors():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                self.save(file)  # first: what has no note would never be swept away
                with _create(self.path(file)) as out:
                    copyfileobj(content, out)
                file = replace(file, size=self.path(file).stat().st_size)
                self.save(file)
                if not file.size:
                    raise MonitorError("Choose a file that is not empty first.")
            except BaseException:
                self.remove(file)
                raise
        return file

    def path(self, file: DroppedFile) -> Path:
        """Return where a file lies while it waits."""
        return self._folder / f"{file.token}.file"

    def words(self, error: MonitorError, file: DroppedFile) -> str:
        """Return what an error says of a file, by the name that its owner knows."""
        path = self.path(file)
        return str(error).replace(str(path), file.name).replace(path.name, file.name)

    def file(self, token: str, owner: str) -> DroppedFile | None:
        """Return a file of this person; None if there is none, or it is somebody else's."""
        file = _read(self._folder / f"{token}.json") if _TOKEN.fullmatch(token) else None
        return file if file and file.owner == owner else None

    def files(self, owner: str) -> list[DroppedFile]:
        """Return the files of a person, the latest first."""
        files = [file for file in self._all() if file.owner == owner]
        return sorted(files, key=lambda file: file.arrived_at, reverse=True)

    def save(self, file: DroppedFile) -> None:
        """Store what is known of a file; its own date becomes the one on which it was made."""
        if file.saved_at and self.path(file).exists():
            os.utime(self.path(file), (file.saved_at.timestamp(),) * 2)
        part = self._folder / f"{file.token}.{secrets.token_hex(4)}.part"
        with storage_errors():
            with _create(part) as out:
                out.write(json.dumps(asdict(file), default=_plain).encode())
            part.replace(self._folder / f"{file.token}.json")

    def remove(self, file: DroppedFile) -> None:
        """Remove a file, and what is known of it."""
        for path in self._folder.glob(f"{file.token}.*"):
            path.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what is a day old."""
        for file in self._all():
            if file.arrived_at < self._clock() - _LIFETIME and not self.is_running(file):
                self.remove(file)

    def is_running(self, file: DroppedFile) -> bool:
        """Return whether a file is being taken in, or will be when those before it are."""
        return file.token in self._running

    def is_waiting(self, file: DroppedFile) -> bool:
        """Return whether a file will be taken in when those before it are."""
        return file.token in [*self._running][1:]

    def take_in(self, file: DroppedFile, intake: Intake, then: Callable[[DroppedFile], object]) -> None:
        """Begin to take a file in, in a thread, unless that is so already; `then` gets what became of it."""
        file = replace(file, is_begun=True, counts=ImportCounts(), bytes_read=0, fault="")
        # It may be ended with the program at any moment: what is stored is whole.
        thread = Thread(target=self._run, args=(file, intake, then), daemon=True)
        if self._running.setdefault(file.token, thread) is thread:
            self.save(file)
            thread.start()

    def _run(self, file: DroppedFile, intake: Intake, then: Callable[[DroppedFile], object]) -> None:
        sizes: list[int] = []
        try:
            with self._turn:
                for part in intake(sizes.append):
                    file = replace(file, counts=file.counts + part, bytes_read=sum(sizes))
                    self.save(file)
            file = replace(file, is_finished=True)
            self.path(file).unlink()
        except MonitorError as error:
            file = replace(file, fault=self.words(error, file))
        finally:
            with suppress(MonitorError):  # the disk is full: it looks as if it had been ended midway
                self.save(file)
            del self._running[file.token]
        then(file)

    def _all(self) -> list[DroppedFile]:
        return [file for note in self._folder.glob("*.json") if (file := _read(note))]


def _create(path: Path) -> IO[bytes]:
    """Return a new file that nobody else may read."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def _plain(value: date) -> str:
    return stamp(value) if isinstance(value, datetime) else value.isoformat()


def _read(note: Path) -> DroppedFile | None:
    with suppress(FileNotFoundError):  # it was removed meanwhile
        fields: dict[str, Any] = json.loads(note.read_bytes())
        counts = fields["counts"]
        days = {name: tuple(map(date.fromisoformat, days)) for name, days in counts["days"].items()}
        fields["counts"] = ImportCounts(**counts | {"days": days, "reasons": tuple(counts["reasons"])})
        dates = {name: unstamp(fields[name]) for name in _DATES if fields[name]}
        return DroppedFile(**fields | dates)
    return None
