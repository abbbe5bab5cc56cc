"""A file of accounts, and passwords that are quick to compare."""

from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher

from monitor.accounts import Accounts, Role, passwords

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
GOOD = "three odd words"


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch):
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    monkeypatch.setattr(passwords, "_NOBODYS", passwords._HASHER.hash("nobody has this"))


@pytest.fixture
def accounts(tmp_path):
    made = Accounts.open(tmp_path / "access.db")
    yield made
    made.close()


@pytest.fixture
def ann(accounts):
    """Return the first admin."""
    return accounts.add("Ann", Role.ADMIN, by="a test", now=NOW, password=GOOD)
