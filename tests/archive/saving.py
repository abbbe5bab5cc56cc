"""Short ways to open and fill an archive in tests."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.archive import Archive
from monitor.core.model import Page, Tone
from tests.builders import NOON, a_sentiment

LONDON = ZoneInfo("Europe/London")


def opened(folder: Path) -> Archive:
    """Return a new or existing archive in the folder."""
    return Archive.open(folder / "archive.db", LONDON)


def saved(
    archive: Archive,
    page: Page,
    *,
    track: str = "crime",
    source: str = "mastodon",
    now: datetime = NOON,
    tone: Tone = Tone.NEUTRAL,
) -> int:
    """Save the page, each post with this tone; return the new posts."""
    return archive.ingest.save(
        page,
        source=source,
        track=track,
        scores=[a_sentiment(tone) for _ in page.posts],
        analyzer="plain-1",
        started_at=now,
        now=now,
    )


def places_of(archive: Archive, *posts: int) -> dict[int, tuple[str, ...]]:
    """Return the places of those of these posts that name any."""
    return {row.id: row.places for row in archive.posts.by_ids(posts) if row.places}
