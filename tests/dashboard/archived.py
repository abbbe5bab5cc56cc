"""An office on a real archive, at the end of the week in which the made-up posts were written."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dashboard.services import Services
from monitor.archive import Archive
from monitor.archive.readers import Readers
from monitor.core.model import Post
from tests.archive.saving import saved
from tests.builders import a_page, a_post
from tests.dashboard.reports import CAMPAIGN, some_services

THEN = datetime(2026, 11, 19, 18, 42, tzinfo=UTC)
TRACK = CAMPAIGN.tracks[0].name


def an_archive(folder: Path) -> Archive:
    return Archive.open(folder / "archive.db", CAMPAIGN.zone)


def filled(folder: Path, *posts: Post) -> Services:
    """Return an office whose archive holds these posts."""
    with an_archive(folder) as archive:
        saved(archive, a_page(*posts), track=TRACK)
    return archived_office(folder)


def archived_office(folder: Path, **changes: Any) -> Services:
    if not (folder / "archive.db").exists():
        an_archive(folder).close()
    read = Readers(folder / "archive.db", CAMPAIGN.zone).lend
    return some_services(**{"read": read, "write": lambda: an_archive(folder)} | changes)


def then(**changes: Any) -> Post:
    """Return a post of the week that the office looks at, in words of its own."""
    own = {"text": f"Enough is enough, says {changes['id']}. #CallingTimeOnCrime"} if "id" in changes else {}
    return a_post(**{"created_at": THEN} | own | changes)
