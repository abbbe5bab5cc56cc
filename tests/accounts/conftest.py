"""A file of accounts."""

from datetime import UTC, datetime

import pytest

from monitor.accounts import Accounts, Role

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
GOOD = "three odd words"


@pytest.fixture
def accounts(tmp_path):
    made = Accounts.open(tmp_path / "access.db")
    yield made
    made.close()


@pytest.fixture
def ann(accounts):
    """Return the first admin."""
    return accounts.add("Ann", Role.ADMIN, by="a test", now=NOW, password=GOOD)
