"""An archive of the campaign, for tests that fill it by `tests.report.stored`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.archive import Archive
from tests.report.stored import CAMPAIGN


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "a.db", CAMPAIGN.zone) as opened:
        yield opened
