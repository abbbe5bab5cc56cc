"""A picture that stands alone: the chart of posts with all that explains it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.charts.colours import GRID, HATCH, HATCH_STRONG, INK, PAPER, SOFT
from monitor.charts.event_markers import EventMarker, marks_of
from monitor.charts.layout import UNKNOWN, Box, Layout, day_label, legend
from monitor.charts.series import Series, by_platform
from monitor.charts.svg import Drawing, bars, disc, drawing, fill, hatched, plain_hatch, rect, text
from monitor.charts.text_layout import flat, printable, wrapped
from monitor.report import Report
from monitor.report.by_week import days_or_weeks
from monitor.report.wording import window_words

WIDTH = 1920
_EDGE = 72
_LEFT, _RIGHT = 150, WIDTH - _EDGE
_PLOT = 560
_MARKED = 8  # events named below the chart
_LABELS = 8
_STRIPE = 60
_SMALL = f'font-size="24" fill="{SOFT}"'
_AXIS = f'font-size="26" fill="{SOFT}"'


@dataclass(slots=True)
class _Sheet:
    """What is drawn, from the top down to `y`."""

    y: float
    parts: list[str]

    def write(self, lines: Sequence[str], leading: float, look: str) -> None:
        """Add lines of text below all else."""
        for line in lines:
            self.y += leading
            self.parts.append(text(_EDGE, self.y, line, look))


def card(report: Report, titles: Mapping[str, str], *, headline: str, source: str) -> Drawing:
    """Return the chart of posts, WIDTH pixels wide.

    It is under `headline` and over the line `source`; both may be empty.
    """
    days, per = days_or_weeks(report)
    series = by_platform(days, titles)
    events = marks_of(report, days)
    names = legend(series, days, f"We could not see all of this {per}")
    below = f"Posts per {per} by platform, {window_words(report.window)}. {flat(report.title, 60)}"
    sheet = _Sheet(30, [plain_hatch(14, 5, HATCH)])
    if report.demo:
        sheet.y += _STRIPE
        sheet.parts += _made_up()
    lines = wrapped(headline, _RIGHT - _EDGE, 56, 4) if headline else []
    sheet.write(lines, 68, f'font-size="56" font-weight="600" fill="{INK}"')
    sheet.write([below], 54, f'font-size="32" fill="{SOFT}"')
    sheet.parts += _legend(names, sheet.y + 34)
    top = sheet.y + 92 + (40 if events else 0)
    chart = Layout(days=days, series=series, left=_LEFT, right=_RIGHT, top=top, bottom=top + _PLOT, gap=3)
    sheet.parts += _chart(chart, events)
    sheet.y = chart.bottom + 56
    sheet.write([*_notes(events), *(wrapped(source, _RIGHT - _EDGE, 24, 3) if source else [])], 34, _SMALL)
    alt = " ".join(_sentences(f"{headline}. {below}" if headline else below, series, names, events))
    return drawing(sheet.parts, WIDTH, round(sheet.y + 48), printable(alt))


def _made_up() -> list[str]:
    look = f'font-size="30" font-weight="600" fill="{PAPER}"'
    words = text(_EDGE, 42, "MADE-UP DATA: nobody wrote these posts", look)
    return [rect(Box(0, 0, WIDTH, _STRIPE), fill("s2")), words]


def _legend(names: Mapping[str, str], y: float) -> Iterator[str]:
    x = float(_EDGE)
    for style, name in names.items():
        label, edge = flat(name, 40), f' stroke="{HATCH_STRONG}"' if style == UNKNOWN else ""
        yield rect(Box(round(x), y, 28, 28), f'rx="4" {fill(style)}{edge}')
        yield text(x + 40, y + 24, label, f'font-size="28" fill="{INK}"')
        x += 40 + len(label) * 28 * 0.56 + 44


def _chart(chart: Layout, events: Sequence[EventMarker]) -> Iterator[str]:
    yield from hatched(chart, fill(UNKNOWN))
    for number in chart.numbers:
        y = chart.y(number)
        across = f'x1="{_LEFT}" x2="{_RIGHT}" y1="{y:.1f}" y2="{y:.1f}"'
        yield f'<line {across} stroke="{GRID if number else INK}" stroke-width="2"/>'
        yield text(_LEFT - 16, y + 9, f"{number:,}", f'{_AXIS} text-anchor="end"')
    yield from bars(chart, fill)
    for mark in events:
        x, y = chart.middle(mark.column), chart.top - 22
        down = f'x1="{x:.1f}" x2="{x:.1f}" y1="{y:.1f}" y2="{chart.bottom:.1f}"'
        yield f'<line {down} stroke="{SOFT}" stroke-width="2" stroke-dasharray="6 6"/>'
        yield disc(x, y, 19, mark.label)
    count = len(chart.days)
    for i in range(0, count, 7 if 14 <= count <= 7 * _LABELS else max(1, -(-count // _LABELS))):
        label = day_label(chart.days[i].day)
        yield text(chart.middle(i), chart.bottom + 40, label, f'{_AXIS} text-anchor="middle"')


def _notes(events: Sequence[EventMarker]) -> Iterator[str]:
    for mark in events[:_MARKED]:
        yield flat(f"{mark.label}  {mark.text}", 125)
    if len(events) > _MARKED:
        yield f"and {len(events) - _MARKED} more"


def _sentences(
    start: str, series: Sequence[Series], names: Mapping[str, str], events: Sequence[EventMarker]
) -> Iterator[str]:
    """Yield what the picture shows, for those who cannot see it."""
    totals = ", ".join(f"{one.name} {one.total:,}" for one in series) or "no posts"
    yield f"{start}. Totals: {totals}."
    if UNKNOWN in names:
        yield "Some time was not seen, and is hatched."
    for mark in events[:_MARKED]:
        yield f"{mark.label}: {mark.text}."
