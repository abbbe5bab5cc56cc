"""`monitor import` without its word lists: `python -m tests.chaos.importer FOLDER [VARIANT]`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from monitor.archive.connection import WriteConnection
from monitor.cli import import_export, main
from monitor.collect.file_import import read_file
from monitor.core.errors import MonitorError, StorageError
from monitor.core.model import Post, Rejected
from tests.chaos.fake_clock import Unmoved

transaction = WriteConnection.transaction


@contextmanager
def deaf(self: WriteConnection) -> Iterator[None]:
    """Store what can be stored, and say nothing of the rest: a broken variant."""
    with suppress(StorageError), transaction(self):
        yield


def short(path: Path, progress: Callable[[int], object]) -> Iterator[Post | Rejected]:
    """Take a file that cannot be read any further for one that ends there: a broken variant."""
    with suppress(MonitorError):
        yield from read_file(path, progress)


if __name__ == "__main__":
    import_export.analyzer_of = lambda campaign: Unmoved()  # type: ignore[assignment,return-value]
    if sys.argv[2:] == ["deaf"]:
        WriteConnection.transaction = deaf  # type: ignore[method-assign]
    if sys.argv[2:] == ["short"]:
        import_export.read_file = short  # type: ignore[attr-defined]
    folder = Path(sys.argv[1])
    files = ["--campaign", str(folder / "campaign.toml"), "--archive", str(folder / "a.db")]
    sys.argv[1:] = [*files, "import", str(folder / "posts.csv")]
    main()
