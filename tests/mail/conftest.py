"""A file of mail, and a real mail server on this machine."""

import pytest

from monitor.mail.store import Mailroom
from tests.mail.servers import MailServer


@pytest.fixture
def room(tmp_path):
    made = Mailroom.open(tmp_path / "access.db")
    yield made
    made.close()


@pytest.fixture
def server():
    with MailServer() as running:
        yield running
