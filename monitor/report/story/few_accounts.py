"""The few accounts that a rise is made by, if it is not many people's. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from monitor.report import Report, Window
from monitor.report.story.finding import Standing, address

_NAMES = ("one account", "two accounts", "three accounts", "four accounts", "five accounts")
_LEAST = 5  # additional posts, for an account to be one of several
_PART = 1 / 4  # of those of the busiest, from which on another is named with it


@dataclass(frozen=True, slots=True)
class FewAccounts:
    """Some accounts together, by their ids, and how many of their posts are additional."""

    ids: tuple[int, ...]
    posts: int
    more: float

    @property
    def name(self) -> str:
        return _NAMES[len(self.ids) - 1]

    def address(self, window: Window) -> str:
        """Return the page of their posts if they are one, else of all."""
        return address(window, **({"author": self.ids[0]} if len(self.ids) == 1 else {}))


class _AuthorPosts(NamedTuple):
    id: int
    now: int
    usual: float


def few_accounts(
    report: Report, rise: Standing, posts_of: Callable[[Sequence[int]], int] = sum
) -> FewAccounts | None:
    """Return the few accounts without whose additional posts there is no rise; None if there are none.

    `posts_of` counts an account's posts in a week's days. In any rise some accounts write most: additional
    is what they wrote beyond the growth of all others.
    """
    busiest = [
        _AuthorPosts(x.id, posts_of(x.posts), median([*map(posts_of, x.before)] or [0]))
        for x in (report.breakdown.busiest if report.breakdown else ())
    ]
    if not busiest:
        return None
    more = {account: _more(rise, [account], busiest) for account in busiest}
    first, *rest = sorted(busiest, key=lambda account: -more[account])
    few = [first, *(one for one in rest if more[one] >= max(_LEAST, _PART * more[first]))]
    additional = _more(rise, few, few)
    is_rise = rise.value > rise.middle
    if len(few) > len(_NAMES) or not is_rise or not rise.is_made_by(additional):
        return None
    return FewAccounts(tuple(one.id for one in few), sum(one.now for one in few), additional)


def _more(rise: Standing, some: Sequence[_AuthorPosts], out: Sequence[_AuthorPosts]) -> float:
    """Return how much more some accounts wrote than if they had grown as all did but those that are `out`."""
    now, usual = rise.value - sum(one.now for one in out), rise.middle - sum(one.usual for one in out)
    growth = max(1.0, now / max(usual, 1.0))
    return sum(one.now - growth * one.usual for one in some)
