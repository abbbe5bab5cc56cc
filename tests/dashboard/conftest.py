"""What is so in all tests of pages."""

import pytest
from flask.testing import FlaskClient


@pytest.fixture(autouse=True)
def _forms_come_from_our_own_pages(monkeypatch):
    """Let Flask's test client say what a browser says of a form on our own page."""
    real = FlaskClient.__init__

    def begin(self, *args, **kwargs):
        real(self, *args, **kwargs)
        self.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"

    monkeypatch.setattr(FlaskClient, "__init__", begin)
