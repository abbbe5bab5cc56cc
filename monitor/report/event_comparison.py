"""Posts before, on and after an event's day, against what is usual on these weekdays. Pure.

It says what was counted on which day. It never says that an event was the reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from monitor.report import Usual, Window
from monitor.report.baseline import usual

NEAR = 3  # days before and after
WEEKS = 8  # that say what is usual
_UNSEEN = 0.1  # of some days, from which on their posts are not compared
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)

Unseen = Callable[[date, date], float]  # the share (0 to 1) of these days that was not collected


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Some days beside an event. `posts` is None if nothing of them was collected, or they are to come."""

    name: Literal["before", "on", "after"]
    first: date
    last: date
    posts: int | None
    whole: bool  # the days are over, and (nearly) all of them was collected
    usual: Usual | None  # of the same weekdays in the weeks before the event

    @property
    def stands(self) -> Literal["more", "fewer", "usual"] | None:
        """Return how the posts stand to the usual range; None if that is not known."""
        if self.posts is None or self.usual is None:
            return None
        if self.posts > self.usual.high:
            return "more"  # even if not all was seen
        if not self.whole:
            return None
        return "fewer" if self.posts < self.usual.low else "usual"


def around(day: date, posts: Mapping[date, int], unseen: Unseen, today: date) -> tuple[Stretch, ...]:
    """Return the days before an event, its own, and those after."""
    return (
        _stretch("before", Window(first=day - NEAR * _DAY, last=day - _DAY), posts, unseen, today),
        _stretch("on", Window(first=day, last=day), posts, unseen, today),
        _stretch("after", Window(first=day + _DAY, last=day + NEAR * _DAY), posts, unseen, today),
    )


def needed(day: date) -> tuple[date, date]:
    """Return the first and last day of which `around` needs the posts."""
    return day - NEAR * _DAY - WEEKS * _WEEK, day + NEAR * _DAY


def _stretch(
    name: Literal["before", "on", "after"],
    window: Window,
    posts: Mapping[date, int],
    unseen: Unseen,
    today: date,
) -> Stretch:
    first, last = window.first, window.last
    missing = 1.0 if first > today else unseen(first, min(last, today))
    number = sum(_by_day(posts, first, last))
    # The weeks before all of it: the days beside an event are no measure of themselves.
    weeks = [(first - n * _WEEK, last - n * _WEEK) for n in range(1, WEEKS + 1)]
    return Stretch(
        name=name,
        first=first,
        last=last,
        posts=number if number or missing < 1 else None,
        whole=last < today and missing <= _UNSEEN,
        usual=usual([_by_day(posts, a, b) if unseen(a, b) <= _UNSEEN else None for a, b in weeks]),
    )


def _by_day(posts: Mapping[date, int], first: date, last: date) -> list[int]:
    return [posts.get(first + n * _DAY, 0) for n in range((last - first).days + 1)]
