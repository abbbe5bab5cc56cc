"""What asks something of the office: an answer, a look. Pure.

Nobody is named for what they seem to think: not even to be thanked for a post that sounds kind.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Literal

from monitor.core.text import one_line
from monitor.report import Report, ShownPost, Step
from monitor.report.wording import ago, day_name, due, quantity, title_of
from monitor.themes.questions import is_question

_Rule = tuple[str, tuple[ShownPost, ...], Callable[[ShownPost], bool]]  # what a post is, and which posts are
Place = Literal["sources", "post", "people", "events", "tone", "share-kit"]

_LOUD = 10  # likes, reposts, quotes and replies, to be worth a look
_MOST_OWED = 2  # replies among what is to be done: the desk has all
_FRESH = timedelta(days=14)  # what is older is no news
# Whose posts these bring may have written all the time: they are new to us alone.
_BRING_PEOPLE = frozenset({Step.SOURCE_ON, Step.TAG_ADDED, Step.FILE, Step.LOOK_BACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing to do, and the page on which to do it; `post` is the archive's id of a post.

    `quoted` is that post where it is known, `note` when and why it came to be on the list, `name` by what it
    is put off: empty for what cannot wait, and for what wants an answer: that waits on the desk.
    """

    text: str
    page: Place
    post: int | None = None
    posts: tuple[int, ...] = ()  # all that one answer is for, if they are several
    quoted: ShownPost | None = None
    note: str = ""
    name: str = ""

    @property
    def ids(self) -> str:
        """Return several posts as an address has them: '12.15.19'."""
        return ".".join(map(str, self.posts))


def todo(report: Report) -> Iterator[Action]:
    """Yield what there is to do and is not put off, the most urgent first."""
    return (action for action in _actions(report) if action.name not in report.put_off)


def _actions(report: Report) -> Iterator[Action]:
    if report.stalled_since:
        yield Action(text="Restart the monitor: it has stopped collecting", page="sources")
    for source in report.sources:
        if source.needs_person:
            yield Action(text=f"Fix {source.title}: it needs attention", page="sources")
    yield from _common_question(report)
    yield from islice(owed(report), _MOST_OWED)
    yield from _posts(report)
    if report.without_imprint:
        posts = quantity(len(report.without_imprint), "post of your own", "posts of your own")
        text = f"Add the imprint to {posts}, if that is election material"
        yield Action(text=text, page="post", post=report.without_imprint[0], name="imprint")
    if report.bare_pictures:
        pictures = quantity(report.bare_pictures, "picture", "pictures")
        text = f"Add the imprint to {pictures} of the share kit, if that is election material"
        yield Action(text=text, page="share-kit", name="pictures")
    if not report.coming:
        text = "Add your plans for the next two weeks to the calendar"
        yield Action(text=text, page="events", name="events")
    if report.to_read:
        yield Action(
            text="Spend five minutes reading 50 of last week's posts, so that you can quote their tone",
            page="tone",
            name="tone",
        )
    if report.new_people and found_alike(report):
        accounts = quantity(report.new_people, "new account", "new accounts")
        yield Action(text=f"Welcome {accounts}", page="people", name="people")


def found_alike(report: Report) -> bool:
    """Return whether posts were found the same way all the time: else who is new to us may not be new."""
    return not any(step.step in _BRING_PEOPLE for step in report.steps)


def owed(report: Report) -> Iterator[Action]:
    """Yield the replies that wait on the desk, in its order."""
    today = report.made_at.date()
    for reply in report.owed:
        by, age = (f" by {reply.by}" if reply.by else ""), ago(reply.since, report.made_at)
        others = len(reply.posts) - 1
        more = f", and to {quantity(others, 'other post', 'other posts')} with it" if others else ""
        note = f"Marked{by} {age}, {due(reply.due, today)}"
        action = _about(reply.post, f"Reply to {_who(reply.post, report)}{more}", note)
        yield replace(action, posts=reply.posts if others else ())


def _common_question(report: Report) -> Iterator[Action]:
    """Yield what most people ask, if one of the posts waits for an answer."""
    question = next((question for question in report.suggestions.questions if question.open), None)
    if question:
        text = f"Answer {question.people} people who ask the same question"
        about = _about(question.quoted, text, question.progress)
        yield replace(about, post=question.open[0], posts=question.open)


def _posts(report: Report) -> Iterator[Action]:
    asked_together = {post for question in report.suggestions.questions for post in question.posts}
    question = next((post for post in report.latest if asks(post) and post.id not in asked_together), None)
    if question:
        yield _about(question, f"Answer {_who(question, report)}, who asked a question")
    fresh = [
        post for post in report.top
        if report.made_at - post.created_at < _FRESH and is_open(post)
        and post.id != (question and question.id) and f"look {post.id}" not in report.put_off
    ]  # fmt: skip
    if post := next((post for post in fresh if is_loud(post) or post.is_petition), None):
        name = one_line(post.handle or post.name or "")
        by = f" by {name}" if name else _where(post, report)
        why = ", which links to the petition" if post.is_petition else ""
        yield replace(_about(post, f"Look at the post{by}{why}: {reactions(post)}"), name=f"look {post.id}")


def _about(post: ShownPost, text: str, note: str = "") -> Action:
    return Action(text=text, page="post", post=post.id, quoted=post, note=note)


def posts_to_know(report: Report) -> Iterator[tuple[str, ShownPost]]:
    """Yield a post that many reacted to, one to answer and a new voice, each another one, with what it is."""
    ids, is_alike = set[int](), found_alike(report)
    rules: tuple[_Rule, ...] = (
        ("Many reactions", report.top, lambda post: is_loud(post) and is_open(post)),
        _question(report),
        ("A new voice", (*report.top, *report.latest), lambda post: post.is_new_voice and is_alike),
    )
    for label, posts, rule in rules:
        pick = next((post for post in posts if post.id not in ids and post.text and rule(post)), None)
        if pick:
            ids.add(pick.id)
            yield label, pick


def _question(report: Report) -> _Rule:
    """Return the rule of what several people ask, or else of what one person does."""
    for question in report.suggestions.questions:
        # While some are to be answered, what is to be done says so.
        progress = f" ({question.progress})" if question.progress and not question.open else ""
        return f"{question.people} people ask this{progress}", (question.quoted,), lambda _: True
    return "Needs a reply", report.latest, asks


def _who(post: ShownPost, report: Report) -> str:
    handle = post.handle and post.handle[0] + post.handle[1:].partition("@")[0]  # without its server
    return one_line(handle or post.name or "") or f"the author of a post{_where(post, report)}"


def _where(post: ShownPost, report: Report) -> str:
    """Return ' on Mastodon (Sunday 22 November)': on paper nothing leads to the post."""
    title = title_of(post.platform)
    return f" on {title} ({day_name(post.created_at.date())})"


def asks(post: ShownPost) -> bool:
    """Return whether a post asks something that nobody is known to have answered."""
    return is_open(post) and is_question(post.text or "") and not post.metrics.replies


def is_open(post: ShownPost) -> bool:
    """Return whether a post has its text, and nobody has seen to it yet."""
    return not (post.is_marked or post.is_settled) and post.text is not None


def is_loud(post: ShownPost) -> bool:
    """Return whether many are known to have liked, passed on or answered a post."""
    return (post.metrics.engagement or 0) >= _LOUD


def reactions(post: ShownPost) -> str:
    """Return '12 reactions'; 'no known reactions' where the platform gave no number."""
    engagement = post.metrics.engagement
    return "no known reactions" if engagement is None else quantity(engagement, "reaction", "reactions")
