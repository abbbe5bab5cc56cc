"""Small made-up values for tests: name only what matters to the case."""

from datetime import UTC, datetime
from typing import Any

from monitor.core.model import Author, Metrics, Outcome, Page, Post, Sentiment, Tone

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_NUMBERS = ("likes", "reposts", "replies", "quotes", "views")


def a_post(**changes: Any) -> Post:
    """Return a post; `by` names its writer, and likes, reposts and so on become its numbers."""
    numbers = {name: changes.pop(name) for name in _NUMBERS if name in changes}
    by = changes.pop("by", "ann")
    id = changes.get("id", "1")
    usual: dict[str, Any] = {
        "platform": "mastodon",
        "id": id,
        "url": f"https://example.org/posts/{id}",
        "author": Author(id=by, handle=f"{by}@example.org", name=by.title(), followers=7),
        "text": "Enough is enough. #CallingTimeOnCrime",
        "created_at": NOON,
        "tags": frozenset({"callingtimeoncrime"}),
        "metrics": Metrics(**numbers),
    }
    return Post(**usual | changes)


def a_page(*posts: Post, **changes: Any) -> Page:
    """Return a complete page of these posts."""
    return Page(**{"stream": "local", "posts": posts, "outcome": Outcome.COMPLETE} | changes)


def a_sentiment(tone: Tone = Tone.NEUTRAL) -> Sentiment:
    """Return an opinion that is sure of `tone`."""
    shares = {name: float(name == tone) for name in ("positive", "neutral", "negative")}
    if not any(shares.values()):
        shares["neutral"] = 1.0
    return Sentiment(tone=tone, **shares)
