"""The tables that an SQLite file should have: made by migrations, checked and mended when it is opened.

A migration is a file of SQL, `migrations/008_what_it_does.sql` in the package that the schema names. Once it
has landed it is never edited: files of users have run it. To change a table, an index, a view or a trigger,
add the next file; a trigger is dropped and created again, from what `.schema NAME` prints of an archive in
SQLite's shell. Then run the tests, which say the new fingerprint and hash, and
`python -m tests.archive.record`, which keeps an archive of the new schema for the tests of the next change.
"""

import os
import re
from collections.abc import Callable, Collection, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple, TypeVar

from monitor import COMMAND
from monitor.core.errors import MonitorError
from monitor.core.storage import file_lock, storage_errors
from monitor.sqlite import Database, Migrations, sqlite3

D = TypeVar("D", bound=Database)

RESTORING = ".restoring"  # a folder beside a file that is about to take its place
_TOKEN = re.compile(r"""--[^\n]*|/\*.*?\*/|'(?:''|[^'])*'|"(?:""|[^"])*"|\[[^]]*\]|\w+|\s+|.""", re.DOTALL)


def ensure_private_file(path: Path) -> None:
    """Make an empty file unless one is there; only its owner may read it, and what SQLite puts beside it.

    Whoever closes a file drops all locks that their process has on it, SQLite's too: one that is there
    is never opened. https://www.sqlite.org/howtocorrupt.html, 2.2
    Raises MonitorError while a restore of the file is not finished.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if (path.parent / RESTORING).exists():
        raise MonitorError(f"A restore was interrupted. To finish it, type: {COMMAND} restore")
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    path.chmod(0o600)


class Item(NamedTuple):
    """A thing in an SQLite file."""

    kind: str  # table | column | index | view | trigger
    name: str  # of a column: audits.counted

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, kw_only=True)  # no slots: what is worked out once is kept
class Schema:
    """What a file of one kind should hold."""

    name: str  # of the set of migrations
    package: str  # that has the folder `migrations`, and perhaps `repairs`
    fingerprint: str  # of a file that has run all of them
    error: type[MonitorError]  # raised for a file that cannot be used
    title: str  # of such a file, in that error
    advice: str = ""  # a sentence at its end
    expendable: Collection[str] = ()  # tables that may be made again, empty; `refill` fills them
    refill: Callable[[Database], None] = lambda db: None
    # migrations that make what SQL alone cannot fill, and what does: `refill` fills all of it
    refilled_after: Mapping[str, Callable[[Database], None]] = field(default_factory=dict)

    @cached_property
    def migrations(self) -> Migrations:
        migrations = Migrations(self.name)
        for name, file in self._files.items():
            # `upgrade` holds the transaction: one within it would keep in memory what each page was.
            migrations(name=name, transactional=False)(lambda db, file=file: run(db, file.read_text()))
        return migrations

    @cached_property
    def items(self) -> dict[Item, str]:
        """Return what a file should hold, and the SQL that makes each."""
        db = Database(sqlite3.connect(":memory:", isolation_level=None), execute_plugins=False)
        try:
            self.migrations.apply(db)
            return contents(db)
        finally:
            db.close()

    def open(self, path: Path, connect: Callable[[], D]) -> D:
        """Return a connection to the file at `path`, made or brought up to date under a lock.

        Raises `error` if the file is of another kind or a newer version, or lacks what cannot be made from
        the rest; and StorageError.
        """
        try:
            with storage_errors():
                ensure_private_file(path)
                # Who waits for a turn here does so as long as it takes; SQLite gives up after 5 seconds.
                with file_lock(path.with_name(f"{path.name}.lock")):
                    db = connect()
                    db.execute("PRAGMA journal_mode = WAL")
                    if self.is_right(db, path):
                        return db
                    with closing(db):
                        self.upgrade(db, path)
                # A connection of pysqlite3 keeps the hundred statements ready that were used most, and at
                # first those of the migrations; all others took turns at the last place, which made saving
                # a page a fifth slower. https://github.com/coleifer/pysqlite3/blob/master/src/cache.c
                return connect()
        except sqlite3.DatabaseError as error:
            raise self.error(f"{path} cannot be opened as {self.title}: {error}.{self.advice}") from error

    def is_right(self, db: Database, path: Path) -> bool:
        """Return whether the file at `path` has all that it should.

        Raises `error` if a newer version of this program wrote it.
        """
        names, have = set(self._files), set()
        if db.table("_sqlite_migrations").exists():
            have = {name for (name,) in db.execute("SELECT name FROM _sqlite_migrations")}
        if have - names:
            raise self.error(
                f"{path} was written by a newer version of this program. Update the program, then try again."
            )
        return have == names and not self.faults(db)

    def upgrade(self, db: Database, path: Path) -> None:
        """Apply the migrations that are missing and mend what differs, all or nothing.

        Raises `error` if something is missing that cannot be made from the rest.
        """
        db.execute("BEGIN IMMEDIATE")
        try:
            applied = {migration.name for migration in self.migrations.pending(db)}
            self._migrate(db, path)
            mended = {fault.kind for fault in self._mend(db, path)}
            refills = {self.refilled_after[name] for name in applied & self.refilled_after.keys()}
            if mended - {"index", "view"} or self.refill in refills:
                refills = {self.refill}
            for refill in refills:
                refill(db)
        except BaseException:
            db.rollback()
            raise
        db.execute("COMMIT")

    def faults(self, db: Database) -> list[Item]:
        """Return what is missing or differs. What others have added is none of ours."""
        have = contents(db)
        if fingerprint(have) == self.fingerprint:
            return []
        return [fault for item, sql in self.items.items() for fault in _faults(item, sql, have.get(item))]

    @cached_property
    def _files(self) -> dict[str, Traversable]:
        folder = (files(self.package) / "migrations").iterdir()
        return {f"m{file.name.removesuffix('.sql')}": file for file in sorted(folder, key=lambda f: f.name)}

    def _migrate(self, db: Database, path: Path) -> None:
        try:
            self.migrations.apply(db)
        except sqlite3.OperationalError as error:
            if "no such" not in str(error):
                raise
            raise self._lacking(path, str(error)) from error

    def _lacking(self, path: Path, what: str) -> MonitorError:
        return self.error(
            f"{path} is missing parts that cannot be rebuilt ({what}). Restore a backup, or move the file"
            " away to start a new one."
        )

    def _mend(self, db: Database, path: Path) -> list[Item]:
        mended = list[Item]()
        for kinds in ({"table", "column"}, {"index", "view"}, {"trigger"}):  # each goes with those before it
            faults = [fault for fault in self.faults(db) if fault.kind in kinds]
            for fault in faults:
                self._repair(db, fault)
            if rest := [fault for fault in self.faults(db) if fault.kind in kinds]:
                raise self._lacking(path, ", ".join(map(str, rest[:3])))
            mended += faults
        return mended

    def _repair(self, db: Database, fault: Item) -> None:
        table = fault.name.partition(".")[0]
        script = files(self.package) / "repairs" / f"{fault.name}.sql"
        if fault.kind not in ("table", "column"):
            db.execute(f"DROP {fault.kind} IF EXISTS {fault.name}")
            db.execute(self.items[fault])
        elif table in self.expendable:
            db.execute(f"DROP TABLE IF EXISTS {table}")
            db.execute(self.items[Item("table", table)])
        elif script.is_file():
            run(db, script.read_text())


def run(db: Database, script: str) -> None:
    """Execute every statement of a script; each ends at the end of a line.

    `Database.executescript` asks after each character whether a statement is whole, which takes a second
    for the tables of an archive.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if ";" in line and sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    if statement.strip():
        db.execute(statement)


def contents(db: Database) -> dict[Item, str]:
    """Return the SQL of each, without what SQLite, its search index and sqlite-utils make for themselves."""
    query = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"
    rows = db.execute(query).fetchall()
    indexes = tuple(f"{name}_" for _, name, sql in rows if sql.startswith("CREATE VIRTUAL"))
    own = ("sqlite_", "_sqlite_migrations", "idx__sqlite_migrations", *indexes)
    return {Item(kind, name): sql for kind, name, sql in rows if not name.startswith(own)}


def fingerprint(items: dict[Item, str]) -> str:
    """Return what is the same for two files only if they have the same tables, to the letter."""
    return sha256("\n".join(f"{item} {sql}" for item, sql in items.items()).encode()).hexdigest()


def _faults(item: Item, right: str, have: str | None) -> list[Item]:
    """Return how an item differs: not by comments, spaces, quotes, or the order of columns."""
    if have == right:
        return []
    if have is None or item.kind != "table":
        return [] if have and _tokens(right) == _tokens(have) else [item]
    (around, right_parts), (outside, parts) = _parts(right), _parts(have)
    if around != outside:
        return [item]
    if missing := right_parts - parts:
        names = sorted(part[0] for part in missing)
        return [Item("column", f"{item.name}.{name}") if name.islower() else item for name in names]
    return [item] if any(_is_in_the_way(part) for part in parts - right_parts) else []


def _is_in_the_way(part: tuple[str, ...]) -> bool:
    """Return whether a column or rule that others have added to a table stops this program from writing."""
    must = "NOT" in part and "DEFAULT" not in part and "AS" not in part
    return must or not {"CHECK", "FOREIGN", "PRIMARY", "UNIQUE"}.isdisjoint(part)


def _parts(sql: str) -> tuple[tuple[str, ...], frozenset[tuple[str, ...]]]:
    """Return the words around the brackets of a table, and each column or rule within."""
    outside, parts, depth = list[str](), [list[str]()], 0
    for token in _tokens(sql):
        depth -= token == ")"
        if depth == 0:
            outside.append(token)
        elif depth == 1 and token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
        depth += token == "("
    return tuple(outside), frozenset(map(tuple, parts))


def _tokens(sql: str) -> list[str]:
    return [
        token.strip('"')
        for token in _TOKEN.findall(sql)
        if not token.isspace() and token[:2] not in ("--", "/*")
    ]
