"""How much more a counter counted after an event than before, ranked among its own earlier weeks. Pure.

Two weeks compared alone show "more" where nothing happened up to one time in three, these 11 times in 100 at
most: `bench/outcomes.py` measures both. It never says that an event was the reason. Paper comes when somebody
collects it, and is not compared.
"""

import math
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import accumulate, pairwise
from typing import NamedTuple

from monitor.report.wording import FEW

Totals = Mapping[date, int | None]  # at the end of each day, of all before; None, or no such day: not read

WEEKS = 26  # before the event that are compared: those before are of another stage of a campaign
_FEWEST = 43  # changes, as there are in 8 weeks of which each day was read
_SMALLER = 0.95  # of the earlier changes, from which on one stands out
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class EventChange(NamedTuple):
    """What was counted in the 7 days from an event on and in the 7 before, and how rare such a change is."""

    before: int
    after: int
    smaller: int  # of the earlier changes
    earlier: int  # changes: one for each day that has 7 before it and 7 from it on
    removed: int = 0  # taken off again in these two weeks, which no number above has

    @property
    def stands_out(self) -> bool:
        """Return whether it was more than in most weeks."""
        return self.after > self.before and self.smaller >= _SMALLER * self.earlier


def event_change(totals: Totals, event: date) -> EventChange | None:
    """Return the change at an event's day; None if it is not over, or too little was read or came.

    Only the totals at both ends of a week have to be known. None is ever guessed. What a source took off
    again is no fact of the days in which it did so: a fall is left out.
    """
    added = rises(totals)
    here = _two_weeks(added, event)
    days = (event - n * _DAY for n in range(7, 7 * WEEKS - 6))  # whose 7 days end before the event
    changes = [_change(weeks) for weeks in (_two_weeks(added, day) for day in days) if weeks]
    if here is None or max(here) < FEW or max(totals) < event + _WEEK or len(changes) < _FEWEST:
        return None
    whole = sum(_two_weeks(totals, event) or here)
    return EventChange(
        *here, sum(change < _change(here) for change in changes), len(changes), sum(here) - whole
    )


def rises(totals: Totals) -> dict[date, int]:
    """Return what had been added by the end of each known day since the first, whatever was taken off."""
    known = sorted((day, total) for day, total in totals.items() if total is not None)
    steps = (max(0, after - before) for (_, before), (_, after) in pairwise(known))
    return dict(zip((day for day, _ in known), accumulate(steps, initial=0), strict=False))


def change_words(change: EventChange | None) -> str:
    """Return 'More than in most weeks: 610 in the 7 days from then on, 402 in the 7 before. ...', or ''."""
    if change is None:
        return ""
    numbers = f"{change.after:,} in the 7 days from then on, {change.before:,} in the 7 before."
    if change.removed:
        numbers += f" Left out: at least {change.removed:,} taken off again in these two weeks."
    if change.after <= change.before:
        return f"Not more than before: {numbers}"
    begin = "More than in most weeks" if change.stands_out else "Not clearly more than in other weeks"
    rank = f"{change.smaller:,} of {change.earlier:,} earlier comparisons of one week with the next"
    return f"{begin}: {numbers} The change was larger than in {rank}."


def _two_weeks(totals: Totals, day: date) -> tuple[int, int] | None:
    """Return what was counted in the 7 days before a day, and in those from it on; None if not known."""
    first, middle, last = (totals.get(day - _DAY + n * _WEEK) for n in (-1, 0, 1))
    if first is None or middle is None or last is None:
        return None
    return middle - first, last - middle


def _change(weeks: tuple[int, int]) -> float:
    """Return a change of roots, which chance moves by as much in busy weeks as in quiet ones."""
    before, after = map(math.sqrt, weeks)
    return after - before
