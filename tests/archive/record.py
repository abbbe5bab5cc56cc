"""Records an archive and a file of accounts for each schema that ever stood in this repository.

`python -m tests.archive.record` runs each commit that touched a schema, with made-up posts and people, and
keeps what is not recorded yet. Run it after a migration has been committed. `tests.recorded` reads them.
"""

import gzip
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlite_utils.utils import sqlite3

from tests.recorded import FOLDERS, ROOT, load, recorded

PATHS = ("*schema*", "*rollups*", "*migrations*", ":!tests")
MAKES_ARCHIVE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo
from monitor.archive import Archive

sys.argv = ["monitor", "--archive", "archive.db", "demo", "--no-serve", "--posts", "60"]
try:
    from monitor.cli import main
    main()
except (Exception, SystemExit) as ended:  # the first commits have no demo
    print(repr(ended))
now = datetime(2026, 11, 28, 12, tzinfo=UTC)
path = Path("demo.db") if Path("demo.db").exists() else Path("archive.db")
demo = {"demo": True} if path.name == "demo.db" else {}
with Archive.open(path, ZoneInfo("Europe/London"), **demo) as archive:
    if hasattr(archive, "marks"):
        mark = archive.marks.set
    else:
        mark = getattr(getattr(archive, "annotations", archive), "mark", None)
    if mark:
        mark([3, 7], "not ours", by="kim", now=now)
        mark([5], "done", by="kim", now=now)
path.rename("recorded.db")
"""
MAKES_ACCOUNTS = """
from datetime import UTC, datetime
from pathlib import Path
from monitor.accounts import Accounts, Role

now = datetime(2026, 11, 28, 12, tzinfo=UTC)
accounts = Accounts.open(Path("recorded.db"))
for name, role in (("Kim Example", Role.ADMIN), ("Sam Example", Role.EDITOR)):
    person = accounts.add(name, role, by="command line", now=now, password="only made up 1828")
    accounts.begin(person, "Firefox on Windows", now)
if hasattr(accounts, "add_token"):
    accounts.add_token(person, "made up", now)
accounts.note("Kim Example", "made up the file", now)
accounts.close()
"""
MAKES = {"archive": MAKES_ARCHIVE, "accounts": MAKES_ACCOUNTS}


def made(commit: str, kind: str, folder: Path) -> Path | None:
    """Return a file made by the code of a commit, or None where that has no such file."""
    # All of it: what makes the archive may come to need any room.
    tree = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True)
    with tarfile.open(fileobj=BytesIO(tree.stdout)) as packed:
        packed.extractall(folder, filter="data")
    if not (folder / "monitor" / kind).exists() and not (folder / f"monitor/{kind}.py").exists():
        return None
    done = subprocess.run([sys.executable, "-c", MAKES[kind]], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{commit} makes no {kind}: {done.stderr}")
    return folder / "recorded.db"


def dump(path: Path) -> str:
    """Return the SQL that makes a file with the same schema, to the letter, and the same rows."""
    with sqlite3.connect(path) as db:
        script = "\n".join(_statements(db))
    db.close()
    return script + "\n"


def _statements(db: sqlite3.Connection) -> Iterator[str]:
    asked = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
    items = [item for item in db.execute(asked) if not item[1].startswith("posts_fts_")]
    for kind, name, sql in items:
        if kind == "table":
            yield f"{sql};"
            if not sql.startswith("CREATE VIRTUAL"):
                yield from _rows(db, name)
    yield from (f"{sql};" for kind, _, sql in items if kind != "table")
    if "posts_fts" in [name for _, name, _ in items]:  # last: it is made from a view
        yield "INSERT INTO posts_fts (posts_fts) VALUES ('rebuild');"


def _rows(db: sqlite3.Connection, table: str) -> Iterator[str]:
    names = [row[1] for row in db.execute(f"PRAGMA table_xinfo({table})") if not row[6]]
    quoted = " || ', ' || ".join(f"quote({name})" for name in names)
    for (values,) in db.execute(f"SELECT {quoted} FROM {table}"):
        yield f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values});"


def schema(path: Path) -> frozenset[tuple[str, ...]]:
    """Return what a file holds, to the letter, but for the tables of the search index."""
    db = sqlite3.connect(path)
    rows = db.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    db.close()
    return frozenset(row for row in rows if not row[1].startswith("posts_fts_"))


def main() -> None:
    """Record each schema of the history that is not recorded yet."""
    log = ["git", "log", "--reverse", "--first-parent", "--format=%h", "--abbrev=7", "--", *PATHS]
    commits = subprocess.run(log, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for kind, folder in FOLDERS.items():
        with TemporaryDirectory() as place:
            known = {schema(load(kind, commit, Path(place) / commit)) for commit in recorded(kind)}
        for commit in commits:
            with TemporaryDirectory() as place:
                path = made(commit, kind, Path(place))
                if path and (new := schema(path)) not in known:
                    known.add(new)
                    packed = gzip.compress(dump(path).encode(), mtime=0)
                    (folder / f"{commit}.sql.gz").write_bytes(packed)
                    print(f"{kind} of {commit} recorded, {len(packed)} bytes")


if __name__ == "__main__":
    main()
