"""One real browser for all tests of pages; skipped where there is none."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

CHROMIUM = "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="session")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not Path(CHROMIUM).exists():
        pytest.skip("no chromium on this machine")
    with sync_api.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True)
def _forms_come_from_our_own_pages(monkeypatch):
    """Let Flask's test client say what a browser says of a form on our own page."""
    real = FlaskClient.__init__

    def begin(self, *args, **kwargs):
        real(self, *args, **kwargs)
        self.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"

    monkeypatch.setattr(FlaskClient, "__init__", begin)
