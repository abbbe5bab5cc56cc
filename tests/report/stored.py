"""Posts of the campaign at one moment, and how they come into an archive."""

from dataclasses import replace
from datetime import UTC, datetime

from monitor.archive import Archive
from monitor.core.model import Author, Page, Post, Sentiment, Tone
from tests.campaigns import shipped

CAMPAIGN = shipped()
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEUTRAL = Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)


def save(archive: Archive, *posts: Post, source: str = "mastodon", **page: object) -> None:
    archive.ingest.save(
        Page(stream="s", posts=posts, **page),
        source=source,
        track=CAMPAIGN.tracks[0].name,
        scores=[NEUTRAL] * len(posts),
        analyzer="fake",
        started_at=NOW,
        now=NOW,
    )


def a_post(id: str, at: datetime = NOW, author: str = "a", **changes: object) -> Post:
    post = Post(
        platform="mastodon",
        id=id,
        url=f"https://example.org/{id}",
        author=Author(id=author),
        text="hello",
        created_at=at,
    )
    return replace(post, **changes)
