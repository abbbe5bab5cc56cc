"""Bytes that a post takes in the archive, table by table: `python -m bench.size ARCHIVE...`.

Measured in a copy that is written anew, as the worker leaves it: room that is free is no post's.
"""

import sqlite3  # this one has the table `dbstat`; the archive's own library may not
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from bench.ratios import Ratio, table

_LEAST = 3  # bytes a post, under which a table is not named
_TABLES = "SELECT name, sum(pgsize) FROM dbstat GROUP BY 1 ORDER BY 2 DESC"  # and indexes


def bytes_a_post(path: Path) -> dict[str, float]:
    """Return the bytes a post of each table and index, the largest first; the file stays as it is."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        copy = Path(folder) / "copy.db"
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            db.execute("VACUUM INTO ?", [str(copy)])
        with closing(sqlite3.connect(copy)) as db:
            [posts] = db.execute("SELECT count(*) FROM posts").fetchone()
            return {name: size / posts for name, size in db.execute(_TABLES)}


def measure(path: Path) -> list[Ratio]:
    """Return what a post takes in all, with the largest tables in the note."""
    sizes = bytes_a_post(path)
    note = ", ".join(f"{name} {size:.0f}" for name, size in [*sizes.items()][:6])
    return [Ratio(goal="bytes a post", value=sum(sizes.values()), target=560, at_least=False, note=note)]


def main() -> None:
    """Print the sizes of each archive that is named, and the table's line."""
    for path in map(Path, sys.argv[1:]):
        for name, size in bytes_a_post(path).items():
            if size >= _LEAST:
                print(f"{name:32} {size:6.1f}")
        print(table(measure(path)))


if __name__ == "__main__":
    main()
