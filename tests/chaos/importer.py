"""`monitor import` without its word lists: `python -m tests.chaos.importer FOLDER [deaf]` reads posts.csv."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from monitor.archive.connection import WriteConnection
from monitor.cli import import_export, main
from monitor.core.errors import StorageError
from tests.chaos.fake_clock import Unmoved

transaction = WriteConnection.transaction


@contextmanager
def deaf(self: WriteConnection) -> Iterator[None]:
    """Store what can be stored, and say nothing of the rest: a broken variant."""
    with suppress(StorageError), transaction(self):
        yield


if __name__ == "__main__":
    import_export.analyzer_of = lambda campaign: Unmoved()  # type: ignore[assignment,return-value]
    if sys.argv[2:] == ["deaf"]:
        WriteConnection.transaction = deaf  # type: ignore[method-assign]
    folder = Path(sys.argv[1])
    files = ["--campaign", str(folder / "campaign.toml"), "--archive", str(folder / "a.db")]
    sys.argv[1:] = [*files, "import", str(folder / "posts.csv")]
    main()
