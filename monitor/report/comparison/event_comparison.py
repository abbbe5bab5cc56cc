"""Posts before, on and after an event's day, against what is usual on these weekdays. Pure.

It says what was counted on which day. It never says that an event was the reason.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from monitor.report import Usual
from monitor.report.baseline import ENOUGH as FEWEST
from monitor.report.baseline import usual
from monitor.report.coverage import well_seen

NEAR = 3  # days before and after
WEEKS = 8  # that say what is usual
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)

_Name = Literal["before", "on", "after"]
Posts = Mapping[date, Mapping[str, int]]  # by day and source
Seen = Callable[[date, date], Mapping[str, float]]  # the part (0 to 1) of these days that each source saw


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Some days beside an event. `posts` is None if nothing of them was collected, or they are to come."""

    name: _Name
    first: date
    last: date
    posts: int | None
    whole: bool  # the days are over, and (nearly) all of them was collected
    compared: int  # posts of the sources that saw these days, and the weeks that are compared with them
    usual: Usual | None  # of the same weekdays in the weeks before the event, of the same sources

    @property
    def stands(self) -> Literal["more", "fewer", "usual"] | None:
        """Return how the posts stand to the usual range; None if that is not known."""
        if self.posts is None or self.usual is None:
            return None
        if self.compared > self.usual.high:
            return "more"  # even if not all was seen
        if not self.whole:
            return None
        return "fewer" if self.compared < self.usual.low else "usual"


def around(
    day: date, posts: Posts, seen: Seen, today: date, breaks: Sequence[date] = ()
) -> tuple[Stretch, ...]:
    """Return the days before an event, its own, and those after.

    No week is compared with them between which and them other words were asked for: `breaks` are such days.
    """
    before, after = (day - NEAR * _DAY, day - _DAY), (day + _DAY, day + NEAR * _DAY)
    stretches: dict[_Name, tuple[date, date]] = {"before": before, "on": (day, day), "after": after}
    return tuple(_stretch(name, *days, posts, seen, today, breaks) for name, days in stretches.items())


def needed(day: date) -> tuple[date, date]:
    """Return the first and last day of which `around` needs the posts."""
    return day - NEAR * _DAY - WEEKS * _WEEK, day + NEAR * _DAY


def _stretch(
    name: _Name, first: date, last: date, posts: Posts, seen: Seen, today: date, breaks: Sequence[date]
) -> Stretch:
    parts = {} if first > today else seen(first, min(last, today))
    # The weeks before all of it: the days beside an event are no measure of themselves.
    weeks = [(first - n * _WEEK, last - n * _WEEK) for n in range(1, WEEKS + 1)]
    unbroken = (week for week in weeks if not any(week[0] < day <= last for day in breaks))
    alike = {week: well_seen(seen(*week)) for week in unbroken}
    known = Counter(name for names in alike.values() for name in names)
    sources = {name for name in well_seen(parts) if known[name] >= FEWEST}
    number, compared = (sum(_by_day(posts, first, last, names)) for names in (None, sources))
    fitting = [_by_day(posts, *week, sources) for week, names in alike.items() if sources <= names]
    return Stretch(
        name=name,
        first=first,
        last=last,
        posts=number if number or any(parts.values()) else None,
        whole=last < today and bool(parts) and well_seen(parts) == parts.keys(),
        compared=compared,
        usual=usual(fitting) if sources and 2 * compared >= number else None,
    )


def _by_day(posts: Posts, first: date, last: date, sources: Set[str] | None) -> list[int]:
    some = [posts.get(first + n * _DAY, {}) for n in range((last - first).days + 1)]
    return [sum(n for name, n in day.items() if sources is None or name in sources) for day in some]
