"""A file of mail, and a real mail server on this machine."""

import pytest

from monitor.mail.store import MailStore
from tests.mail.servers import MailServer


@pytest.fixture
def store(tmp_path):
    made = MailStore.open(tmp_path / "access.db")
    yield made
    made.close()


@pytest.fixture
def server():
    with MailServer() as running:
        yield running
