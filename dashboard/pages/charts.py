"""The charts of the pages: each with its finding, its legend and the same numbers as a table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from statistics import fmean
from types import MappingProxyType
from typing import Any, NamedTuple

from flask import abort
from markupsafe import Markup, escape

from dashboard.filters import Choice, day_of, window_between
from dashboard.services import services
from monitor.charts.activity import COMPARED, Activity, ChartKind, activity, columns_of, windows
from monitor.charts.bar_chart import Caption, bar_chart
from monitor.charts.event_markers import EventMarker
from monitor.charts.heat_map import STEPS, heat_map
from monitor.charts.layout import clock, day_label
from monitor.charts.series import NOT_COLLECTED, Series, by_platform
from monitor.core.errors import FilterError
from monitor.core.model import Tone
from monitor.core.small_groups import LEAST
from monitor.report import Day, Report, Window, wording
from monitor.report.build import seen_in
from monitor.report.figures import stance as stances
from monitor.report.figures.seen import between
from monitor.report.lookup.tone import tones_in
from monitor.report.window import WEEK, days, length, shifted, week_of

_DAY = timedelta(days=1)
_WEEKS_BEFORE = 11 * WEEK  # that tone is shown in beside those of a short time
ENOUGH = 20  # posts, below which a finding would be chance
_UNSCORED = "No post has been scored yet"
_EVENING = 3  # hours of the busiest spell
_STANDS_OUT = 1.5  # times its even part of the day
_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHADES = (("h0", "None"), ("h1", "Fewest"), ("h2", "Few"), ("h3", "Many"), (f"h{STEPS}", "Most"))

Address = Callable[[date, date], str]  # of the posts of some days


class Switch(NamedTuple):
    """Another way to look at a chart."""

    title: str
    address: str
    is_on: bool


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
    switches: tuple[Switch, ...] = ()
    arguments: Mapping[str, str] = field(default_factory=dict)  # of its address, beside those of the page
    chart: Activity | None = None  # None: it is a map
    grid: bool = False

    @property
    def rows(self) -> Markup:
        return Markup("".join(line.row for line in self.lines))


def week(
    choice: Choice, report: Report, address: Address, args: Mapping[str, str] = MappingProxyType({})
) -> ChartView:
    """Return the chart of posts, made up and compared as the arguments of an address ask.

    Ends the request with 400 if they make no sense.
    """
    try:
        kind, other = _kind(args.get("chart")), _other(choice.window, args.get("compare"))
    except FilterError as error:
        abort(400, str(error))
    if kind is ChartKind.TONE:
        report = services().report(_with_weeks_before(choice))
    compared = other if kind in COMPARED else None
    before = services().report(replace(choice, window=compared)) if compared else None
    chart = activity(report, kind, **_column_values(report, kind), other=before)
    extra = {key: args[key] for key in ("chart", "compare") if args.get(key)}
    view = chart_view("activity", report, chart, address)
    why = f"Only posts can be compared with {wording.window_words(other)}" if other else ""
    both = f"{_posts(report)} on these dates, {_posts(before)} from {chart.before_name}" if before else why
    return replace(
        view,
        legend=(*view.legend, *([("words", both)] if both else [])),
        switches=tuple(_switches(choice, kind, extra)),
        arguments=extra,
    )


def _posts(report: Report) -> str:
    posts = report.posts.value
    return "an unknown number of posts" if posts is None else wording.quantity(posts, "post", "posts")


def _column_values(report: Report, kind: ChartKind) -> dict[str, Any]:
    """Return what a chart shows of each column that is not in the report."""
    lookups: dict[ChartKind, tuple[str, Callable[..., Any]]] = {
        ChartKind.REACH: ("seen", seen_in), ChartKind.TONE: ("tones", tones_in),
    }  # fmt: skip
    if kind not in lookups:
        return {}
    name, values = lookups[kind]
    with services().read() as archive:
        return {name: values(archive, report, windows(columns_of(report, kind)[0], report.window.last))}


def tone(choice: Choice, report: Report, address: Address) -> ChartView:
    """Return the chart of how posts sounded, by week."""
    kind, chosen = ChartKind.TONE, _with_weeks_before(choice)
    report = report if chosen == choice else services().report(chosen)
    return chart_view("tone", report, activity(report, kind, **_column_values(report, kind)), address)


def _with_weeks_before(choice: Choice) -> Choice:
    """Return the choice of up to a week with the weeks before it: of single days few tones may be shown."""
    window = choice.window
    first = max(week_of(window.first).first - _WEEKS_BEFORE, choice.began or date.min)
    is_short = length(window) <= WEEK
    return replace(choice, window=replace(window, first=min(first, window.first))) if is_short else choice


def stance(report: Report, address: Address) -> ChartView:
    """Return the chart of support by week, as people labelled posts."""
    chart = activity(report, ChartKind.STANCE)
    title = stances.finding(report) or "Too few posts were labelled for or against"
    advice = stances.advice(report)
    times = (week.week if week.labels else None for week in report.stances)
    return ChartView(
        id="stance", title=title, sub=chart.what, head=stances.HEAD, chart=chart,
        lines=tuple(
            ChartLine(name, tuple(cells), address(time.first, time.last) if time else "")
            for time, (name, *cells) in zip(times, stances.rows(report), strict=True)
        ),
        svg=bar_chart(Caption("stance", title, advice), chart),
        legend=(*chart.legend().items(), ("words", advice)),
    )  # fmt: skip


def chart_by_name(name: str, choice: Choice, report: Report, args: Mapping[str, str]) -> ChartView:
    """Return the chart of a name, without links; ends the request with 404 if there is none."""
    if name == "activity":
        return week(choice, report, nowhere, args)
    if name == "hours":
        return hours(report)
    if name not in ("tone", "stance"):
        abort(404)
    return tone(choice, report, nowhere) if name == "tone" else stance(report, nowhere)


def nowhere(first: date, last: date) -> str:
    """Return no address: of a chart whose posts are not for its readers."""
    return ""


def chart_view(name: str, report: Report, chart: Activity, address: Address, finding: str = "") -> ChartView:
    """Return a chart with its table. One that is not of posts has a `finding` of its own as its title."""
    title = finding or _FINDINGS[chart.kind](report)
    blind = "" if finding else unseen(report.days)
    totals = ", ".join(f"{one.name} {one.total:,}" for one in chart.series if one.style) or "no posts"
    desc = f"{chart.what}. Totals: {totals}. {blind} The table below has each {chart.per}."
    head, lines = _table(report, chart, address)
    links = [(line.address, _read_out(head, line)) for line in lines if line.address]
    return ChartView(
        id=name, title=title, sub=f"{chart.what}, {wording.window_words(report.window)}",
        svg=bar_chart(Caption(name, title, desc), chart, links),
        legend=(*chart.legend().items(), *(() if report.is_rescoring else _why_grey(chart))),
        head=head, lines=lines, marks=chart.marks, chart=chart,
        note=blind,
    )  # fmt: skip


def _why_grey(chart: Activity) -> list[tuple[str, str]]:
    """Return for the legend why the tone of some posts is not told, though they may well be scored."""
    tones = zip(*(one.counts for one in chart.series[: len(Tone)]), strict=True)
    is_held_back = chart.kind is ChartKind.TONE and any(
        None in counts and day.total for counts, day in zip(tones, chart.columns, strict=True)
    )
    why = f"Also grey: a tone with fewer than {LEAST} people in a {chart.per}, and weeks that are not whole."
    return [("words", why)] if is_held_back else []


def hours(report: Report) -> ChartView:
    title, blanks, running = hours_finding(report), _blanks(report), _running(report)
    sub = "Average posts per hour, over the hours collected, in the campaign's time zone"
    desc = "Average posts per hour by weekday and hour. The table below has each hour."
    cells = {(day, hour): n for day, row in enumerate(report.heat) for hour, n in enumerate(row)}
    day, hour = running or (0, -1)
    while hour >= 0 and cells[day, hour] is None:  # since it was last asked
        blanks[day, hour], hour = "none yet", hour - 1
    unknown = any(number is None and cell not in blanks for cell, number in cells.items())
    return ChartView(
        id="hours", title=title, sub=sub,
        svg=heat_map(Caption("hours", title, desc), report.heat, blanks=blanks, running=running),
        legend=(
            *_SHADES, *([("lu", "Never collected")] if unknown else []),
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
    now, firsts = report.made_at, {day.weekday(): day for day in days(report.window)[:7]}
    return {
        (day, hour): "still to come" if day in firsts else "not on these dates"
        for day in range(7)
        for hour in range(24)
        if day not in firsts or (firsts[day], hour) > (now.date(), now.hour)
    }


def _running(report: Report) -> tuple[int, int] | None:
    """Return the hour that is not over, where these days have no other one like it."""
    now, window = report.made_at, report.window
    is_within = length(window) <= 7 * _DAY and window.first <= now.date() <= window.last
    return (now.weekday(), now.hour) if is_within else None


def finding(report: Report) -> str:
    if report.posts.value is None:
        return "No data was collected for these dates"
    if not report.posts.value:
        return "No posts found for these dates"
    return wording.busiest(report)


def tone_finding(report: Report) -> str:
    if report.is_rescoring:
        return wording.RESCORING
    if read := report.tone_shares:
        good, bad = (wording.share_range(read.shares[tone]) for tone in (Tone.POSITIVE, Tone.NEGATIVE))
        return f"{good} of posts sound positive, {bad} negative{_over(report.window)}"
    share = wording.percents(report.clear_tones)
    if not share:
        return "The tone of these posts is not shown" if len(report.tones) < len(Tone) else _UNSCORED
    if sum(report.tones.values()) < ENOUGH:
        return "Too few posts to tell how most of them sound"
    most = max(share, key=lambda tone: share[tone])
    if share[most] > 50:
        return f"The program’s estimate: most posts sound {most}, {share[most]}%{_over(report.window)}"
    return (
        f"The program’s estimate: {share[Tone.POSITIVE]}% of posts sound positive, {share[Tone.NEGATIVE]}%"
        f" negative{_over(report.window)}"
    )


def _over(window: Window) -> str:
    """Return how long a window is if it is longer than the week that a page is about."""
    weeks = length(window) / WEEK
    return f" over {weeks:.0f} weeks" if weeks >= 2 else ""


def hours_finding(report: Report) -> str:
    """Return the busiest three hours of the day, if they stand out."""
    columns = zip(*report.heat, strict=True)
    means = [fmean(known) if (known := [n for n in hour if n is not None]) else 0.0 for hour in columns]
    spells = [sum(means[(start + n) % 24] for n in range(_EVENING)) for start in range(24)]
    start = max(range(24), key=lambda hour: spells[hour])
    if not sum(means):
        return "Not enough data yet to tell when people post"
    if (report.posts.value or 0) < ENOUGH:
        return "Too few posts to tell when people post"
    if spells[start] / sum(means) < _STANDS_OUT * _EVENING / 24:
        return "No time of day stands out"
    return f"People post most between {clock(start)} and {clock(start + _EVENING)}"


def reach_finding(report: Report) -> str:
    """Return how many people are likely to have seen the posts."""
    if report.seen is None:
        return "No follower numbers are known, so there is no estimate of how many saw the posts"
    return f"Likely seen by {between(report.seen.low, report.seen.high)} people"


_FINDINGS = dict(zip(ChartKind, (finding, finding, tone_finding, reach_finding), strict=False))
_TITLES = dict(zip(ChartKind, ("Posts", "By platform", "By tone", "Likely seen"), strict=False))


def _kind(text: str | None) -> ChartKind:
    if text and text not in _TITLES:
        words = ", ".join(kind for kind in _TITLES if kind is not ChartKind.POSTS)
        raise FilterError(f"There is no chart by {text!r}. Choose {words}, or leave it out.")
    return ChartKind(text or ChartKind.POSTS)


def _other(window: Window, text: str | None) -> Window | None:
    """Return the days that a chart is compared with: those just before, or as many from a day on."""
    if not text:
        return None
    if text == "before":
        return shifted(window, length(window))
    first = day_of(text, window.first)
    try:
        return window_between(first, first + length(window) - _DAY)
    except OverflowError as error:
        raise FilterError("Choose days between 2000 and 2100.") from error


def _switches(choice: Choice, kind: ChartKind, extra: Mapping[str, str]) -> Iterator[Switch]:
    for key, title in _TITLES.items():
        chart = None if key is ChartKind.POSTS else key
        yield Switch(title, choice.address("/", chart=chart, compare=extra.get("compare")), key is kind)


def _read_out(head: Sequence[str], line: ChartLine) -> str:
    """Return a column in words: 'Thursday 19 November: All posts 52, Usual 6 to 14'."""
    cells = ", ".join(f"{name} {cell}" for name, cell in zip(head[1:], line.cells, strict=True) if cell)
    return f"{line.name}: {cells}"


def unseen(days: Sequence[Day]) -> str:
    """Return how many days have unknown time, as a sentence; empty if none has."""
    blind = [day for day in days if day.has_gaps]
    if not blind:
        return ""
    lost = sum(day.unknown * day.passed for day in blind)
    whole = (
        wording.quantity(round(lost), "day", "days")
        if lost >= 0.95
        else wording.quantity(max(1, round(lost * 24)), "hour", "hours")
    )
    on = wording.quantity(len(blind), "day", "days")
    return f"On {on} we were not collecting all the time (gaps of about {whole} in total)."


def _table(
    report: Report, chart: Activity, address: Address
) -> tuple[tuple[str, ...], tuple[ChartLine, ...]]:
    """Return the head of a chart's table, and a line for each column, named by its first day.

    An hour has no posts to lead to: no page lists those of less than a day.
    """
    parts, times = list(_parts(report, chart)), windows(chart.columns, report.window.last)
    before = f"{chart.per.capitalize()} from " if "week" in chart.per else ""
    leads_to = nowhere if chart.per == "hour" else address
    names = [f"{before}{_name(day, report.window)}{wording.so_far(day)}" for day in chart.columns]
    lines = (
        ChartLine(name, tuple(row), leads_to(time.first, time.last))
        for name, time, *row in zip(names, times, *(cells for _, cells in parts), strict=True)
    )
    return (chart.per.capitalize(), *(name for name, _ in parts)), tuple(lines)


def _parts(report: Report, chart: Activity) -> Iterator[tuple[str, list[str]]]:
    """Yield the numbers of a chart's table, each with its heading."""
    columns = chart.columns
    if chart.kind is ChartKind.REACH:
        pairs = zip(*(one.counts for one in chart.series), strict=True)
        seen = [wording.NOT_KNOWN if a is None or b is None else between(a, a + b) for a, b in pairs]
        yield "Likely seen", seen
    elif chart.kind in (ChartKind.TONE, ChartKind.OUTCOME):
        yield from ((one.name, _cells(columns, one)) for one in chart.series)
    else:
        platforms = () if chart.per == "hour" else by_platform(columns)
        yield from ((one.name, _cells(columns, one)) for one in platforms)
        everything = Series("", "", tuple(day.total for day in columns), wording.NOT_KNOWN)
        yield "All posts", _cells(columns, everything)
    if chart.running:
        yield "In all", [_cell(total, "") for total in chart.running]
    if chart.usual:
        usual = [chart.usual.get(column) for column in range(len(columns))]
        yield "Usual", [wording.range_of(one) if one else "" for one in usual]
    if chart.before:
        pairs = zip(columns, chart.before, strict=True)
        yield chart.before_name, [_beside(day, other) for day, other in pairs]
    missed = (f"{100 * day.unknown:.0f}%" if day.passed else wording.blank(day, "") for day in columns)
    yield "Time not seen", [*missed]


def _name(day: Day, window: Window) -> str:
    return wording.day_name(day.day, window) if day.hour is None else clock(day.hour)


def _cells(columns: Sequence[Day], series: Series) -> list[str]:
    pairs = zip(columns, series.counts, strict=True)
    return [_cell(number, wording.blank(day, series.none)) for day, number in pairs]


def _beside(column: Day, other: Day | None) -> str:
    """Return a number of another time, and of which day it is where that is not the same of the week."""
    if other is None:
        return ""
    cell = _cell(other.total, wording.blank(other, NOT_COLLECTED))
    is_alike = column.day.weekday() == other.day.weekday() or column.hour is not None
    return cell if is_alike else f"{cell} (from {other.day:%a} {day_label(other.day)})"


def _cell(number: float | None, none: str = NOT_COLLECTED) -> str:
    return none if number is None else f"{number:,.1f}".removesuffix(".0")
