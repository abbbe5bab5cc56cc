"""Only the rooms that own tables run SQL; the contract on imports does not see a borrowed connection."""

import ast
from pathlib import Path

import pytest

from tests.house.graph import parse

ROOT = Path(__file__).parents[2]
CALLS = {"execute", "executemany", "executescript"}
OWNERS = tuple(
    ROOT / owner
    for owner in (
        "monitor/archive", "monitor/accounts", "monitor/mail/store", "monitor/backup",
        "monitor/lake",  # on its own files, by DuckDB
        "monitor/schema_upgrade.py",  # which brings their files up to date
    )
)  # fmt: skip


def statements(code: str) -> list[int]:
    """Return the lines of a module that run SQL on whatever connection they have."""
    return [
        node.lineno
        for node in ast.walk(parse(code))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS
    ]


@pytest.mark.heavy
def test_no_other_room_runs_sql() -> None:
    files = {path for room in ("monitor", "dashboard") for path in (ROOT / room).rglob("*.py")}
    others = {path for path in files if not any(path.is_relative_to(owner) for owner in OWNERS)}
    lines = {path.relative_to(ROOT).as_posix(): statements(path.read_text()) for path in others}
    assert {path: found for path, found in lines.items() if found} == {}


@pytest.mark.parametrize("owner", OWNERS, ids=lambda owner: owner.relative_to(ROOT).as_posix())
def test_every_owner_runs_some(owner: Path) -> None:
    files = owner.rglob("*.py") if owner.is_dir() else [owner]
    assert any(statements(path.read_text()) for path in files)


@pytest.mark.parametrize("call", sorted(CALLS))
def test_control_a_planted_statement_is_noticed(call: str) -> None:
    assert statements(f"with store._writing() as db:\n    db.{call}('DELETE FROM outbox')") == [2]
    assert statements(f"store.{call}_later()\n{call} = 'DELETE FROM outbox'") == []
