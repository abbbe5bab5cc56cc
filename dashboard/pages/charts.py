"""The charts of the overview: each with its finding, its legend and the same numbers as a table."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean
from typing import NamedTuple

from markupsafe import Markup, escape

from monitor.charts.bar_chart import Caption, stacked
from monitor.charts.event_markers import EventMarker, marks_of
from monitor.charts.heat_map import STEPS, clock, heat_map
from monitor.charts.layout import UNKNOWN, is_hatched, legend
from monitor.charts.series import NOT_COLLECTED, Series, by_platform, by_tone
from monitor.core.model import Tone
from monitor.report import Day, Report
from monitor.report.by_week import MOST_DAYS, days_or_weeks
from monitor.report.wording import (
    blank,
    busiest,
    day_name,
    percents,
    quantity,
    share_range,
    so_far,
    window_words,
)

_DAY = timedelta(days=1)
ENOUGH = 20  # posts, below which a finding would be chance
_EVENING = 3  # hours of the busiest spell
_STANDS_OUT = 1.5  # times its even part of the day
_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHADES = (("h0", "None"), ("h1", "Fewest"), ("h2", "Few"), ("h3", "Many"), (f"h{STEPS}", "Most"))

Address = Callable[[date, date], str]  # of the posts of some days


class ChartLine(NamedTuple):  # made by the hundred for each page
    """A row of a chart's table; `address` leads to its posts."""

    name: str
    cells: tuple[str, ...]
    address: str = ""

    @property
    def row(self) -> Markup:
        """Return the row as HTML, its texts escaped at once: a page has a thousand of them."""
        address, name, *cells = str(escape("\n".join((self.address, self.name, *self.cells)))).split("\n")
        head = f'<a href="{address}">{name}</a>' if address else name
        return Markup(f'<tr><th scope="row">{head}</th><td>{"</td><td>".join(cells)}</td></tr>\n')


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartView:
    """A picture and all that stands round it. `grid`: the table has a column for each of its columns."""

    id: str
    title: str
    sub: str
    svg: Markup
    legend: tuple[tuple[str, str], ...]  # style, name
    head: tuple[str, ...]
    lines: tuple[ChartLine, ...]
    note: str = ""
    marks: tuple[EventMarker, ...] = ()
    grid: bool = False

    @property
    def rows(self) -> Markup:
        """Return the rows of the table as HTML."""
        return Markup("".join(line.row for line in self.lines))


def activity(report: Report, titles: Mapping[str, str], address: Address) -> ChartView:
    """Return the chart of posts by platform, by day or by week."""
    columns, per = days_or_weeks(report)
    series, title = by_platform(columns, titles), finding(report)
    markers = marks_of(report, columns)
    totals = ", ".join(f"{one.name} {one.total:,}" for one in series) or "no posts"
    blind = unseen(report.days)
    desc = f"Posts per {per} by platform. Totals: {totals}. {blind} The table below has each {per}."
    return ChartView(
        id="activity", title=title, sub=f"Posts per {per} by platform, {window_words(report.window)}",
        svg=stacked(Caption("activity", title, desc), columns, series, marks=markers),
        legend=tuple(legend(series, report.days, f"We could not see all of this {per}").items()),
        head=(per.capitalize(), *(one.name for one in series), "All posts", "Time not seen"),
        lines=_lines(columns, report, address, (*_cells(columns, series), *_coverage_cells(columns))),
        note=f"{blind} Shaded {per}s may have had more posts than shown." if blind else "", marks=markers,
    )  # fmt: skip


def tone(report: Report, address: Address) -> ChartView:
    """Return the chart of how posts sounded, by day or by week."""
    columns, per = days_or_weeks(report)
    series, title = by_tone(columns), tone_finding(report)
    desc = f"Scored posts per {per} by tone. The table below has each {per}."
    return ChartView(
        id="tone", title=title, sub=f"Posts per {per} by how they sound, as the program guesses",
        svg=stacked(Caption("tone", title, desc), columns, series, height=220),
        legend=tuple((one.style, one.name) for one in series),
        head=(per.capitalize(), *(one.name for one in series)),
        lines=_lines(columns, report, address, _cells(columns, series)),
        note="How posts sound, not whom they support.",
    )  # fmt: skip


def hours(report: Report) -> ChartView:
    """Return the map of hours and weekdays."""
    title, blanks, running = hours_finding(report), _blanks(report), _running(report)
    sub = "Average posts an hour, over the hours that were collected, by the campaign's clock"
    desc = "Average posts an hour by weekday and hour. The table below has each hour."
    cells = {(day, hour): n for day, row in enumerate(report.heat) for hour, n in enumerate(row)}
    day, hour = running or (0, -1)
    while hour >= 0 and cells[day, hour] is None:  # since it was last asked
        blanks[day, hour], hour = "none yet", hour - 1
    unknown = any(number is None and cell not in blanks for cell, number in cells.items())
    return ChartView(
        id="hours", title=title, sub=sub,
        svg=heat_map(Caption("hours", title, desc), report.heat, blanks=blanks, running=running),
        legend=(
            *_SHADES, *([(UNKNOWN, "Never collected")] if unknown else []),
            *([("running", "This hour, so far")] if running else []),
        ),
        head=("Day", *(clock(hour) for hour in range(24))),
        lines=tuple(
            ChartLine(name=name, cells=tuple(
                blanks.get((day, hour)) or _cell(cells[day, hour]) for hour in range(24)
            ))
            for day, name in enumerate(_WEEK)
        ),
        grid=True,
    )  # fmt: skip


def _blanks(report: Report) -> dict[tuple[int, int], str]:
    """Return the hours of the week of which none has begun in these days, and why not."""
    now, firsts = report.made_at, {day.day.weekday(): day.day for day in report.days[:7]}
    return {
        (day, hour): "still to come" if day in firsts else "not in these days"
        for day in range(7)
        for hour in range(24)
        if day not in firsts or (firsts[day], hour) > (now.date(), now.hour)
    }


def _running(report: Report) -> tuple[int, int] | None:
    """Return the hour that is not over, where these days have no other one like it."""
    now, window = report.made_at, report.window
    is_within = len(report.days) <= 7 and window.first <= now.date() <= window.last
    return (now.weekday(), now.hour) if is_within else None


def finding(report: Report) -> str:
    """Return what the chart of posts shows."""
    if report.posts.value is None:
        return "Nothing was collected in these days"
    if not report.posts.value:
        return "No posts were found in these days"
    return busiest(report)


def tone_finding(report: Report) -> str:
    """Return which tone most posts have."""
    if read := report.tone_shares:
        good, bad = (share_range(read.shares[tone]) for tone in (Tone.POSITIVE, Tone.NEGATIVE))
        return f"{good} of posts sound positive, {bad} negative"
    share = percents(report.clear_tones)
    if not share:
        return "No post has been rated yet"
    if sum(report.tones.values()) < ENOUGH:
        return "Too few posts to say how most of them sound"
    most = max(share, key=lambda tone: share[tone])
    if share[most] > 50:
        return f"The program’s guess: most posts sound {most}, {share[most]}%"
    return (
        f"The program’s guess: {share[Tone.POSITIVE]}% of posts sound positive,"
        f" {share[Tone.NEGATIVE]}% negative"
    )


def hours_finding(report: Report) -> str:
    """Return the busiest three hours of the day, if they stand out."""
    columns = zip(*report.heat, strict=True)
    means = [fmean(known) if (known := [n for n in hour if n is not None]) else 0.0 for hour in columns]
    spells = [sum(means[(start + n) % 24] for n in range(_EVENING)) for start in range(24)]
    start = max(range(24), key=lambda hour: spells[hour])
    if not sum(means):
        return "When people post is not known yet"
    if (report.posts.value or 0) < ENOUGH:
        return "Too few posts to say when people post"
    if spells[start] / sum(means) < _STANDS_OUT * _EVENING / 24:
        return "No hours of the day stand out"
    return f"People post most between {clock(start)} and {clock(start + _EVENING)}"


def unseen(days: Sequence[Day]) -> str:
    """Return how many days have unknown time, as a sentence; empty if none has."""
    blind = [day for day in days if is_hatched(day)]
    if not blind:
        return ""
    lost = sum(day.unknown * day.passed for day in blind)
    whole = quantity(round(lost), "day", "days") if lost >= 0.95 else f"{max(1, round(lost * 24))} hours"
    on = quantity(len(blind), "day", "days")
    return f"On {on} we were not collecting all the time (about {whole} in all)."


def _lines(
    columns: Sequence[Day], report: Report, address: Address, cells: Iterable[Iterable[str]]
) -> tuple[ChartLine, ...]:
    """Return a line a column of the chart, named by its first day; `cells` come by column of the table."""
    firsts = [day.day for day in columns]
    lasts = [*(day - _DAY for day in firsts[1:]), report.window.last] if firsts else []
    before = "" if len(report.days) <= MOST_DAYS else "Week from "
    return tuple(
        ChartLine(f"{before}{day_name(day.day)}{so_far(day)}", tuple(row), address(day.day, end))
        for day, end, *row in zip(columns, lasts, *cells, strict=True)
    )


def _cells(columns: Sequence[Day], series: Iterable[Series]) -> Iterator[list[str]]:
    for row in series:
        yield [_cell(number, blank(day, row.none)) for day, number in zip(columns, row.counts, strict=True)]


def _coverage_cells(columns: Sequence[Day]) -> Iterator[list[str]]:
    yield [f"{sum(day.posts.values()):,}" if day.posts else blank(day, "not known") for day in columns]
    yield [f"{100 * day.unknown:.0f}%" if day.passed else blank(day, "") for day in columns]


def _cell(number: float | None, none: str = NOT_COLLECTED) -> str:
    return none if number is None else f"{number:,.1f}".removesuffix(".0")
