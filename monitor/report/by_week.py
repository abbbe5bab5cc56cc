"""Days folded into weeks, or four of them, for windows with more days than a chart can show. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from statistics import fmean

from monitor.report import Day

MOST_DAYS, MOST_WEEKS = 100, 104  # that a chart shows one by one


def in_columns(days: Sequence[Day], most: int = MOST_DAYS) -> tuple[Sequence[Day], str]:
    """Return a chart's columns, up to `most` days each, and what one is: a 'day', 'week' or '4 weeks'."""
    if len(days) <= most:
        return days, "day"
    return (weekly(days), "week") if len(days) <= 7 * MOST_WEEKS else (weekly(days, 4), "4 weeks")


def weekly(days: Sequence[Day], size: int = 1) -> tuple[Day, ...]:
    """Return one Day for so many weeks, named by its Monday. What is unknown is the mean of its days."""
    weeks = groupby(days, key=lambda day: (day.day.toordinal() - 1) // (7 * size))  # the first was a Monday
    return tuple(_folded(list(week)) for _, week in weeks)


def folded(days: Iterable[Day], sizes: Iterable[int]) -> Iterator[Day]:
    """Yield a Day for so many days each, named by its first: for what is laid beside other weeks."""
    rest = iter(days)
    return (_folded(group) for size in sizes if (group := list(islice(rest, size))))


def _folded(week: Sequence[Day]) -> Day:
    posts = Counter[str]()
    for day in week:
        posts.update(day.posts)
    engaged = [day.engagement for day in week if day.engagement is not None]
    return Day(
        day=week[0].day,
        posts=dict(posts),
        unknown=fmean(day.unknown for day in week),
        engagement=sum(engaged) if engaged else None,
        passed=fmean(day.passed for day in week),
    )
