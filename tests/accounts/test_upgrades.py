"""Files of accounts of each schema that ever stood are brought up to date, and lose nothing."""

from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from monitor.accounts import Accounts, Role
from monitor.accounts.schema import SCHEMA
from monitor.core.errors import AccessError
from monitor.mail.store import MailStore
from monitor.schema_upgrade import contents, fingerprint
from tests.dying import killed, outcome
from tests.recorded import load, recorded

OLDEST = "c1f270b"  # lacks a table of the first migration, and the other migrations
LANDED = {
    "001_initial.sql": "0c5b76b5c4f8d4c9",
    "002_signing_in_elsewhere.sql": "1cee672a926be4b8",
    "003_mail.sql": "6f7b7bc85ef5743a",
    "004_campaign_versions.sql": "b736d7fcee5d8d17",
    "005_trail.sql": "dcf4c0dd268f331a",
    "006_requests.sql": "a548fe36fa4a1a2c",
}


def test_migrations_that_landed_are_as_they_landed():
    """A new one is added here with its hash, and never changed again. `tests/archive` has the control."""
    folder = Path(str(files("monitor.accounts") / "migrations"))
    assert {path.name: sha256(path.read_bytes()).hexdigest()[:16] for path in folder.iterdir()} == LANDED


def test_the_fingerprint_is_of_what_the_migrations_make(tmp_path):
    with Accounts.open(tmp_path / "access.db")._reading() as db:
        assert fingerprint(contents(db)) == SCHEMA.fingerprint


@pytest.fixture(params=recorded("accounts"))
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return load("accounts", request.param, tmp_path / "access.db")


def facts(path: Path, tables: dict[str, str]) -> list[list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as db:
        return [db.execute(f"SELECT {columns} FROM {table}").fetchall() for table, columns in tables.items()]


def tables_of(path: Path) -> dict[str, str]:
    """Return each table, and its columns: later migrations may add some."""
    with closing(sqlite3.connect(path)) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                 if not name.startswith(("_", "sqlite_"))]  # fmt: skip
        columns = "SELECT group_concat(name) FROM pragma_table_info(?)"
        return {name: db.execute(columns, (name,)).fetchone()[0] for name in names}


def test_a_recorded_file_is_brought_up_to_date_and_keeps_each_row(path):
    tables = tables_of(path)
    before = facts(path, tables)
    accounts = Accounts.open(path)
    assert facts(path, tables) == before
    assert [(person.name, person.role) for person in accounts.people()] == [
        ("Kim Example", Role.ADMIN),
        ("Sam Example", Role.EDITOR),
    ]
    with accounts._reading() as db:
        assert SCHEMA.faults(db) == []
    assert accounts.trail_faults((), datetime(2026, 11, 29, tzinfo=UTC)) == []  # its lines were chained
    accounts.add("Ann", Role.VIEWER, by="a test", now=datetime(2026, 11, 29, tzinfo=UTC))
    accounts.close()
    assert MailStore.open(path).deliveries("crime") == ()


def test_a_file_of_todays_schema_is_recorded_for_the_next_change(tmp_path):
    """Where this fails after a new migration was committed: `python -m tests.archive.record`."""
    paths = [load("accounts", commit, tmp_path / commit) for commit in recorded("accounts")]
    assert any(is_todays(path) for path in paths)
    assert not all(is_todays(path) for path in paths)


def is_todays(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as db:
        return SCHEMA.faults(db) == []


@pytest.mark.kills
def test_an_upgrade_killed_at_any_moment_leaves_the_old_or_the_new_file(tmp_path):
    found = killed("accounts", OLDEST, tmp_path, 25)
    new = outcome(tmp_path / "new.db")
    for path, is_whole in found.items():
        assert is_whole
        Accounts.open(path).close()
        assert outcome(path) == new


@pytest.mark.kills
def test_control_an_upgrade_in_no_transaction_is_torn_by_a_kill(tmp_path):
    assert not all(killed("accounts", OLDEST, tmp_path, 8, torn=True).values())


@pytest.mark.parametrize("script", ["DROP INDEX outbox_by_state", "DROP TABLE devices", "DROP TABLE alerts"])
def test_a_part_that_follows_from_nothing_is_made_again(accounts, ann, tmp_path, script):
    change(tmp_path, script)
    with Accounts.open(tmp_path / "access.db")._reading() as db:
        assert SCHEMA.faults(db) == []


@pytest.mark.parametrize(
    ("script", "lacks"),
    [
        ("DROP TABLE people", "table people"),
        ("ALTER TABLE tokens DROP COLUMN used_at", "column tokens.used_at"),
    ],
)
def test_a_file_that_lacks_what_people_entered_is_refused_in_a_sentence(accounts, tmp_path, script, lacks):
    change(tmp_path, script)
    with pytest.raises(AccessError, match=rf"access\.db is missing parts .*\({lacks}\)\. Restore a backup"):
        Accounts.open(tmp_path / "access.db")


def change(folder: Path, script: str) -> None:
    with closing(sqlite3.connect(folder / "access.db")) as db:
        db.executescript(script)
