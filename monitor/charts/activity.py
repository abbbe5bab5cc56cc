"""What the chart of a report shows, in whatever it is drawn: its bars, usual ranges and marks. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice, pairwise, zip_longest
from statistics import fmean
from typing import Any, NamedTuple

from monitor.charts.event_markers import EventMarker, marks_of
from monitor.charts.layout import BEFORE, ODD, RUNNING, SEEN, SO_FAR, USUAL, Layout, ends, ticks
from monitor.charts.series import Series, by_platform, by_range, by_tone, together
from monitor.core.model import Tone
from monitor.report import Day, Report, Seen, Usual, Window
from monitor.report.baseline import usual_days
from monitor.report.by_week import MOST_DAYS, folded, in_columns
from monitor.report.figures.stance import share
from monitor.report.window import WEEK, length
from monitor.report.wording import FEW, window_words

WIDE = 8  # columns, up to which each has its number and room for words
_DAY = timedelta(days=1)
_TIMES = 2  # as many as usual, from which on it is said


class ChartKind(StrEnum):
    """What the bars are made of, by the word in an address."""

    POSTS = "posts"
    PLATFORM = "platform"
    TONE = "tone"
    REACH = "reach"
    STANCE = "stance"
    OUTCOME = "outcome"


# Only numbers of posts can stand beside those of another time.
COMPARED = ChartKind.POSTS, ChartKind.PLATFORM
_WHAT = {
    ChartKind.POSTS: "Posts per {}",
    ChartKind.PLATFORM: "Posts per {} by platform",
    ChartKind.TONE: "Posts per {} by tone (how they sound by the program’s estimate, not whom they support)",
    ChartKind.REACH: "People likely to have seen the posts of each {}",
    ChartKind.STANCE: "Support per {}, in percent: the share of all posts is in the bar 19 times in 20, if"
    " the labelled ones are a random sample",
}


class Flag(NamedTuple):
    """Words beside the bar of one column: what happened then, and how far it stands out; one may be empty."""

    column: int
    event: str
    aside: str

    @property
    def lines(self) -> tuple[str, ...]:
        """Return what there is of both."""
        return tuple(filter(None, (self.event, self.aside)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A chart before it is drawn."""

    kind: ChartKind
    columns: Sequence[Day]
    per: str  # what a column is: "hour", "day", "week" or "4 weeks"
    what: str  # "Posts per day"
    series: tuple[Series, ...]
    usual: Mapping[int, Usual] = field(default_factory=dict)
    before: tuple[Day | None, ...] = ()  # of another time; None beside a column that is not over
    before_name: str = ""
    marks: tuple[EventMarker, ...] = ()
    flag: Flag | None = None
    running: tuple[int | None, ...] = ()  # what there was in all by the end of each column, as a line

    @property
    def has_numbers(self) -> bool:
        """Return whether each bar has its number, and no axis is needed."""
        return len(self.columns) <= WIDE and all(one.style for one in self.series)

    def layout(self, **place: Any) -> Layout:
        """Return where its parts go; `place` is as Layout has it."""
        scale = ends if self.has_numbers else ticks
        before = [day.total if day else None for day in self.before]
        return Layout(
            days=self.columns, series=self.series, usual=self.usual, before=before, scale=scale, **place
        )  # fmt: skip

    def legend(self) -> dict[str, str]:
        """Return the names in a legend by style."""
        names = {one.style: one.name for one in self.series if one.style}
        odd = self.layout(right=1, top=0, bottom=1, gap=0).odd
        more = (
            (f"{self.series[0].style} {ODD}" if self.series else "", bool(odd), "Unusual"),
            (USUAL, bool(self.usual), "Usual for that weekday"),
            (BEFORE, bool(self.before), self.before_name),
            (RUNNING, any(self.running), "Running total, on its own scale"),
            (SO_FAR, any(day.is_open for day in self.columns), "So far"),
            (SEEN, any(day.has_gaps for day in self.columns), f"Share of the {self.per} covered"),
        )
        return names | {style: name for style, is_needed, name in more if is_needed}


def activity(
    report: Report, kind: ChartKind = ChartKind.POSTS, *,
    other: Report | None = None, seen: Sequence[Seen | None] = (),
    tones: Sequence[Mapping[Tone, int]] = (),
) -> Activity:  # fmt: skip
    """Return the chart of a report, its posts beside those of an `other` one if its kind is one of COMPARED.

    `seen` and `tones` are of each column; they are asked for where the chart is of reach, or of tone.
    """
    columns, per = columns_of(report, kind)
    usual = _usual(report) if kind is ChartKind.POSTS and per == "day" else {}
    match kind:
        case ChartKind.PLATFORM:
            series = by_platform(columns)
        case ChartKind.TONE:
            series = by_tone(columns, tones)
        case ChartKind.REACH:
            series = by_range("Likely seen", seen)
        case ChartKind.STANCE:
            series = by_range("Support", [share(one) if one.labels else None for one in report.stances])
        case ChartKind.POSTS:
            series = together(columns, report, compared=bool(usual))
    marks = marks_of(report, columns) if per != "hour" and kind is not ChartKind.STANCE else ()
    times = {column: _times(series[0].counts[column] or 0, usual[column]) for column in usual}
    flag = _flag(report, columns, times, marks) if per == "day" and len(columns) <= WIDE else None
    return Activity(
        kind=kind, columns=columns, per=per, what=_WHAT[kind].format(per), series=series, usual=usual,
        marks=() if flag and flag.event else marks, flag=flag,
        **(_before(columns, other, report.window.last) if other and kind in COMPARED else {}),
    )  # fmt: skip


def columns_of(report: Report, kind: ChartKind = ChartKind.POSTS) -> tuple[Sequence[Day], str]:
    """Return the columns of a report's chart, and what each is: an 'hour', a 'day', a 'week' or '4 weeks'.

    Of an hour no more is known than its posts.
    """
    if kind is ChartKind.STANCE:  # of whole weeks, in the window or before it
        return [Day(day=one.week.first, posts={}, unknown=0, passed=0) for one in report.stances], "week"
    by_hour = report.hours and kind is ChartKind.POSTS
    most = WEEK.days if kind is ChartKind.TONE else MOST_DAYS  # of a day few tones may be shown
    return (report.hours, "hour") if by_hour else in_columns(report.days, most)


def _usual(report: Report) -> dict[int, Usual]:
    """Return the usual range of each day that is compared, by its column; none of one not collected."""
    basis = report.comparison
    if basis is None or basis.now.first != report.window.first:
        return {}
    ranges = usual_days([week.days for week in report.past])
    return {column: usual for column, usual in enumerate(ranges) if report.days[column].posts}


def _before(columns: Sequence[Day], other: Report, last: date) -> dict[str, Any]:
    """Return another time in columns of as many days, and how it is called; `last` is the day of theirs."""
    sizes = (length(window).days for window in windows(columns, last))
    is_by_hour = bool(columns) and columns[0].hour is not None
    days = other.hours if is_by_hour else folded(other.days, sizes)
    pairs = zip_longest(columns, islice(days, len(columns)))
    missed = round(100 * fmean(day.unknown for day in other.days))
    name = f"{window_words(other.window)}{f', {missed}% not seen' if missed else ''}"
    return {"before": tuple(None if column.is_open else day for column, day in pairs), "before_name": name}


def _flag(
    report: Report, columns: Sequence[Day], times: Mapping[int, int], marks: Sequence[EventMarker]
) -> Flag | None:
    """Return what is written beside a bar: the only event of these days, or how far the oddest stands out."""
    if len(marks) == 1 and marks[0].label.isdigit():
        column = marks[0].column
        events = "; ".join(event.title for event in report.events if event.day == columns[column].day)
        return Flag(column, events, _aside(columns[column], times.get(column, 0)))
    column = max(times, key=lambda place: times[place], default=0)
    return Flag(column, "", _aside(columns[column], times[column])) if times.get(column) else None


def _times(posts: int, usual: Usual) -> int:
    """Return how many times as many posts as usual these are; 0 if that is not worth saying."""
    if posts < FEW or posts <= usual.high or not usual.median:
        return 0
    times = round(posts / usual.median)
    return times if times >= _TIMES else 0


def _aside(day: Day, times: int) -> str:
    return f"{times} times a usual {day.day:%A}" if times else ""


def windows(columns: Sequence[Day], last: date) -> list[Window]:
    """Return the days of each column; `last` is that of all."""
    firsts = [column.day for column in columns]
    lasts = [*(max(day - _DAY, first) for first, day in pairwise(firsts)), last]
    return [Window(first=first, last=last) for first, last in zip(firsts, lasts, strict=False)]
