"""What changed, why, and what to do: sentences by fixed rules from a report. Pure.

No rule names a cause: at most what happened on the same day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from statistics import fmean, median
from typing import Literal

from monitor.report import Day, Figure, Report, ShownPost
from monitor.report.baseline import direction
from monitor.report.figures import shown_on
from monitor.report.follow_up import asks, helps, is_loud, reactions
from monitor.report.measure import Face
from monitor.report.wording import against, apart, compared, day_name, not_compared, quantity, time_before

Place = Literal["sources", "post", "people", "events", "tone"]

MOST = 3  # things to do: more are none
_BLIND = 0.5  # of the time not collected, from which on the numbers mean little
_PEAK = 2.0  # times the median day, to be called a peak
_FRESH = timedelta(days=14)  # thanks that come later are odd


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing to do, and the page on which to do it; `post` is the archive's id of a post."""

    text: str
    page: Place
    post: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The answer in words. `why` says so where nothing is known to explain a change."""

    answer: str
    changed: tuple[str, ...]
    why: str
    todo: tuple[Action, ...]


def headline(report: Report) -> Headline:
    """Return what a report comes to."""
    return Headline(
        answer=_answer(report),
        changed=tuple(_changed(report)),
        why=_why(report),
        todo=tuple(islice(_todo(report), MOST)),
    )


def _answer(report: Report) -> str:
    posts = report.posts.value
    if posts is None:
        return "Nothing was collected in these days"
    if _blind(report) > _BLIND:
        return f"Most of this time could not be collected: {quantity(posts, 'post', 'posts')} at least"
    if posts == 0:
        return "No posts were found" if report.is_over else "No posts yet"
    number = quantity(posts, "post", "posts")
    match direction(report.posts, is_over=report.is_over):
        case "rose":
            return f"Busier than usual: {number}"
        case "fell":
            return f"Quieter than usual: {number}"
        case "usual":
            return f"A usual week: {number}"
    if not report.is_over and report.window.last > report.made_at.date():
        return f"{number} so far"
    figure = report.posts
    if change := compared(posts, figure.finished, figure.before, is_over=report.is_over):
        return f"{number}, {change}"
    people = report.figures["people"].value
    return f"{number} by {quantity(people, 'account', 'accounts')}" if people else number


def _changed(report: Report) -> Iterator[str]:
    if usual := report.posts.usual:
        yield f"A usual week has {usual.low:,.0f} to {usual.high:,.0f} posts."
    changes = [
        f"{measure.key} {change}"
        for measure in shown_on(Face.CHANGED)
        if (change := _against(measure.figure(report)))
    ]
    if not changes:
        if not report.posts.usual:
            yield not_compared(report)
        return
    start = "Against" if report.is_over else "By yesterday, against"
    yield f"{start} {time_before(report)}: {', '.join(changes)}."


def _against(figure: Figure) -> str | None:
    """Return a number against the days before, with the number itself where it is not the one shown."""
    change = against(figure.finished, figure.before)
    number = apart(figure.value, figure.finished, figure.before)
    return change if change is None or number is None else f"{number:,} ({change})"


def _why(report: Report) -> str:
    peak = _peak(report)
    if peak is None:
        return "No day stands out." if report.posts.value else "There is nothing to explain."
    number = quantity(sum(peak.posts.values()), "post", "posts")
    day = f"{day_name(peak.day)} stands out, with {number}"
    if titles := [event.title for event in report.events if event.day == peak.day]:
        return f"{day}: the day of “{titles[0]}”."
    if biggest := next(
        (post for post in report.top if post.created_at.date() == peak.day and is_loud(post)), None
    ):
        by = f" is by {_who(biggest)} and" if biggest.handle or biggest.name else ""
        return f"{day}. The biggest post of that day{by} has {reactions(biggest)}."
    return f"{day}. We do not know why."


def _peak(report: Report) -> Day | None:
    """Return the busiest day, if it stands out from the others."""
    totals = [(sum(day.posts.values()), day) for day in report.days if day.posts]
    if len(totals) < 3:
        return None
    most, busiest = max(totals, key=lambda total: total[0])
    middle = median(number for number, _ in totals)
    return busiest if most >= max(3, _PEAK * middle) else None


def _todo(report: Report) -> Iterator[Action]:
    if report.stalled_since:
        yield Action(text="Start the monitor again: it collects nothing any more", page="sources")
    for source in report.sources:
        if source.needs_person:
            yield Action(text=f"Put {source.title} right: it needs you", page="sources")
    if question := next(filter(asks, report.latest), None):
        yield Action(text=f"Answer {_who(question)}, who asks a question", page="post", post=question.id)
    fresh = (post for post in report.top if report.made_at - post.created_at < _FRESH)
    if loud := next(filter(helps, fresh), None):
        yield Action(text=f"Thank {_who(loud)}: {reactions(loud)} to their post", page="post", post=loud.id)
    if not report.coming:
        yield Action(text="Add what is planned for the next two weeks", page="events")
    if report.to_read:
        yield Action(
            text="Read 50 of last week's posts, so that tone can be quoted: five minutes", page="tone"
        )
    if report.new_people:
        accounts = quantity(report.new_people, "account", "accounts")
        yield Action(text=f"Say hello to {accounts} not seen before", page="people")


def _who(post: ShownPost) -> str:
    return post.handle or post.name or "the writer of this post"


def _blind(report: Report) -> float:
    so_far = [day.unknown for day in report.days if day.day <= report.made_at.date()]
    return fmean(so_far) if so_far else 0.0
