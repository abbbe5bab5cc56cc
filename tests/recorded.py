"""Files as earlier commits made them, with made-up posts and people; `tests.archive.record` records them."""

import gzip
from pathlib import Path

from sqlite_utils.utils import sqlite3

ROOT = Path(__file__).parents[1]
FOLDERS = {kind: ROOT / "tests" / kind / "recorded" for kind in ("archive", "accounts")}


def recorded(kind: str) -> list[str]:
    """Return the commits of which there is a file."""
    return sorted(path.name.removesuffix(".sql.gz") for path in FOLDERS[kind].glob("*.sql.gz"))


def load(kind: str, commit: str, path: Path) -> Path:
    """Make the file of a commit at `path`, and return that."""
    db = sqlite3.connect(path)
    db.executescript(
        f"BEGIN; {gzip.decompress((FOLDERS[kind] / f'{commit}.sql.gz').read_bytes()).decode()} COMMIT;"
    )
    db.close()
    return path
