"""What asks something of the office: an answer, thanks, a look. Pure.

Nobody is thanked, or shown as a help, because the program took a text for kind: it takes sarcasm for praise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from monitor.report import Report, ShownPost, Step
from monitor.report.wording import day_name, quantity, titles

Place = Literal["sources", "post", "people", "events", "tone"]

_LOUD = 10  # likes, reposts, quotes and replies, to be worth a look
_FRESH = timedelta(days=14)  # thanks that come later are odd
# Whose posts these bring may have written all the time: they are new to us alone.
_BRING_PEOPLE = frozenset({Step.SOURCE_ON, Step.TAG_ADDED, Step.FILE, Step.LOOK_BACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing to do, and the page on which to do it; `post` is the archive's id of a post."""

    text: str
    page: Place
    post: int | None = None


def todo(report: Report) -> Iterator[Action]:
    """Yield what there is to do, the most urgent first."""
    if report.stalled_since:
        yield Action(text="Start the monitor again: it collects nothing any more", page="sources")
    for source in report.sources:
        if source.needs_person:
            yield Action(text=f"Fix {source.title}: it needs you", page="sources")
    yield from _posts(report)
    if not report.coming:
        yield Action(text="Add what is planned for the next two weeks", page="events")
    if report.to_read:
        yield Action(
            text="Read 50 of last week's posts, so that tone can be quoted: five minutes", page="tone"
        )
    if report.new_people and found_alike(report):
        accounts = quantity(report.new_people, "new account", "new accounts")
        yield Action(text=f"Welcome {accounts}", page="people")


def found_alike(report: Report) -> bool:
    """Return whether posts were found the same way all the time: else who is new to us may not be new."""
    return not any(step.step in _BRING_PEOPLE for step in report.steps)


def _posts(report: Report) -> Iterator[Action]:
    question = next(filter(asks, report.latest), None)
    if question:
        yield Action(
            text=f"Answer {_who(question, report)}, who asks a question", page="post", post=question.id
        )
    fresh = [post for post in report.top if report.made_at - post.created_at < _FRESH and is_open(post)]
    fresh = [post for post in fresh if post.id != (question and question.id)]
    if kind := next((post for post in fresh if post.is_praise and not is_question(post.text or "")), None):
        yield Action(
            text=f"Thank {_who(kind, report)}: {reactions(kind)} to their post", page="post", post=kind.id
        )
    elif loud := next(filter(is_loud, fresh), None):
        by = f" by {loud.handle or loud.name}" if loud.handle or loud.name else _where(loud, report)
        yield Action(
            text=f"Read a post{by} that many reacted to: {reactions(loud)}", page="post", post=loud.id
        )


def _who(post: ShownPost, report: Report) -> str:
    return post.handle or post.name or f"the writer of a post{_where(post, report)}"


def _where(post: ShownPost, report: Report) -> str:
    """Return ' on Mastodon (Sunday 22 November)': on paper nothing leads to the post."""
    title = titles(report).get(post.platform, post.platform)
    return f" on {title} ({day_name(post.created_at.date())})"


def asks(post: ShownPost) -> bool:
    """Return whether a post asks something that nobody is known to have answered."""
    return not post.is_marked and is_question(post.text or "") and not post.metrics.replies


def is_question(text: str) -> bool:
    """Return whether a text asks something; a question mark in an address does not."""
    return any(word.endswith("?") and "://" not in word for word in text.split())


def is_open(post: ShownPost) -> bool:
    """Return whether a post has its text, and nobody has seen to it yet."""
    return not post.is_marked and post.text is not None


def is_loud(post: ShownPost) -> bool:
    """Return whether many are known to have liked, passed on or answered a post."""
    return (post.metrics.engagement or 0) >= _LOUD


def reactions(post: ShownPost) -> str:
    """Return '12 reactions'; 'no known reactions' where the platform gave no number."""
    engagement = post.metrics.engagement
    return "no known reactions" if engagement is None else quantity(engagement, "reaction", "reactions")
