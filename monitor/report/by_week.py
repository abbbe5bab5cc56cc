"""Days folded into weeks, for windows with more days than a chart can show. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from statistics import fmean

from monitor.report import Day, Report
from monitor.report.window import week_of

MOST_DAYS = 100  # that a chart shows one by one


def days_or_weeks(report: Report) -> tuple[Sequence[Day], str]:
    """Return what a chart of a report has a column for, and how it is called: each 'day', or each 'week'."""
    return (report.days, "day") if len(report.days) <= MOST_DAYS else (weekly(report.days), "week")


def weekly(days: Sequence[Day]) -> tuple[Day, ...]:
    """Return one Day a week, named by its Monday. What is unknown of a week is the mean of its days."""
    weeks = groupby(days, key=lambda day: week_of(day.day))
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
