"""`monitor import` without its word lists, for a process that was forked from one that has it in memory."""

import ctypes
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from monitor.archive.connection import WriteConnection
from monitor.cli import import_export, main
from monitor.collect.imports import import_run
from monitor.collect.imports.file_import import read_file
from monitor.collect.imports.file_inspection import inspect_again
from monitor.core.errors import MonitorError, StorageError
from monitor.core.files.contents import Inspection, Item
from tests.chaos.fake_clock import Unmoved

transaction = WriteConnection.transaction
_SET_TRACER, _ANY = 0x59616D61, ctypes.c_ulong(-1)  # see prctl(2), PR_SET_PTRACER


@contextmanager
def deaf(self: WriteConnection) -> Iterator[None]:
    """Store what can be stored, and say nothing of the rest: a broken variant."""
    with suppress(StorageError), transaction(self):
        yield


def short(*place: Any) -> Iterator[Item]:
    """Take a file that cannot be read any further for one that ends there: a broken variant."""
    with suppress(MonitorError):
        yield from read_file(*place)


def blind(*place: Any) -> tuple[Inspection, Mapping[str, str]]:
    """Ask nothing of a file that cannot be looked at: of the same variant."""
    with suppress(MonitorError):
        return inspect_again(*place)
    return Inspection(kind="a file", sample=(), read_at=None), {}


def bring(folder: Path, variant: str, ready: Event, go: Event) -> None:
    """Import `posts.csv` of a folder once others may trace this process and do, which they say by `go`.

    What it has to say comes into the file `errors`.
    """
    ctypes.CDLL(None).prctl(_SET_TRACER, _ANY, 0, 0, 0)  # as far as a system has such a limit
    ready.set()
    go.wait()
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    os.dup2(os.open(folder / "errors", os.O_CREAT | os.O_WRONLY), sys.stderr.fileno())
    import_run._PART = 500
    import_export.analyzer_of = lambda campaign: Unmoved()  # type: ignore[assignment,return-value]
    if variant == "deaf":
        WriteConnection.transaction = deaf  # type: ignore[method-assign]
    if variant == "short":
        import_export.read_file = short  # type: ignore[attr-defined]
        import_export.inspect_again = blind  # type: ignore[attr-defined]
    files = ["--campaign", str(folder / "campaign.toml"), "--archive", str(folder / "a.db")]
    sys.argv[1:] = [*files, "import", str(folder / "posts.csv")]
    main()
