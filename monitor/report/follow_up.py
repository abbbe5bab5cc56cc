"""What a post asks of the office: an answer, or thanks. Pure."""

from monitor.core.model import Tone
from monitor.report import ShownPost
from monitor.report.wording import quantity

_LOUD = 10  # likes, reposts, quotes and replies, to be thanked for


def asks(post: ShownPost) -> bool:
    """Return whether a post asks something that nobody is known to have answered."""
    return not post.is_marked and is_question(post.text or "") and not post.metrics.replies


def is_question(text: str) -> bool:
    """Return whether a text asks something; a question mark in an address does not."""
    return any(word.endswith("?") and "://" not in word for word in text.split())


def helps(post: ShownPost) -> bool:
    """Return whether a post did the campaign good, and nobody has seen to it yet."""
    return (
        not post.is_marked
        and post.text is not None
        and not is_question(post.text)  # which wants an answer, not thanks
        and post.tone in (Tone.POSITIVE, Tone.NEUTRAL)
        and is_loud(post)
    )


def is_loud(post: ShownPost) -> bool:
    """Return whether many are known to have liked, passed on or answered a post."""
    return (post.metrics.engagement or 0) >= _LOUD


def reactions(post: ShownPost) -> str:
    """Return '12 reactions'; 'no known reactions' where the platform gave no number."""
    engagement = post.metrics.engagement
    return "no known reactions" if engagement is None else quantity(engagement, "reaction", "reactions")
