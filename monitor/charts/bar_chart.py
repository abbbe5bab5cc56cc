"""Charts on a page: x in percent, y in pixels, colours by class only. Unknown time is hatched, never zero."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from markupsafe import Markup, escape

from monitor.charts.event_markers import EventMarker
from monitor.charts.layout import Layout, day_label
from monitor.charts.series import Series
from monitor.charts.svg import PERCENT, bars, hatch, hatched
from monitor.report import Day

_LABELS = 7
_MARKS = 24  # above the bars, for the numbers of events
_RADIUS = 9


@dataclass(frozen=True, slots=True)
class Caption:
    """What names a chart on its page; `title` and `desc` are read out in its place."""

    name: str  # a word of ours: it is the beginning of ids
    title: str
    desc: str


def stacked(
    caption: Caption,
    days: Sequence[Day],
    series: Sequence[Series],
    *,
    marks: Sequence[EventMarker] = (),
    height: int = 280,
) -> Markup:
    """Return stacked bars as SVG, one for each day or week."""
    top, bottom = 14 + (_MARKS if marks else 0), height - 28
    chart = Layout(days=days, series=series, right=100, top=top, bottom=bottom, gap=1.5)
    parts = [
        opening(caption, height, top, bottom),
        *hatched(chart, f'class="unknown" fill="url(#{caption.name}-h)"', PERCENT),
        *_numbers(chart),
        *bars(chart, 'class="{}"'.format, PERCENT),
        *_marks(marks, chart),
        *_days(chart, height - 8),
        "</svg>",
    ]
    return Markup("".join(parts))  # every text above went through escape or is a number


def shares(parts: Sequence[tuple[str, float]]) -> Markup:
    """Return one thin bar of (CSS class, percent) parts; a decoration beside the same words."""
    starts = accumulate((percent for _, percent in parts), initial=0.0)
    rects = "".join(
        f'<rect class="{escape(style)}" x="{start:.2f}%" width="{max(percent - 0.6, 0):.2f}%" height="10"/>'
        for (style, percent), start in zip(parts, starts, strict=False)
    )
    return Markup(f'<svg class="shares" width="100%" height="10" aria-hidden="true">{rects}</svg>')


def opening(caption: Caption, height: int, top: float, bottom: float) -> str:
    """Return the beginning of a chart, with its hatch.

    `top` and `bottom` of what is drawn are for the script that reads values out.
    """
    name = caption.name
    return (
        f'<svg class="chart" width="100%" height="{height}" role="img" data-top="{top}"'
        f' data-bottom="{bottom}" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(caption.title)}</title>'
        f'<desc id="{name}-d">{escape(caption.desc)}</desc>'
        + hatch(f"{name}-h", 7, 'class="hatch-back"', 'class="hatch"')
    )


def _numbers(chart: Layout) -> Iterator[str]:
    for number in chart.numbers:
        y, kind = chart.y(number), "grid" if number else "grid zero"
        yield f'<line class="{kind}" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="ylab" x="-8" y="{y + 4:.1f}" text-anchor="end">{number:,}</text>'


def _marks(marks: Sequence[EventMarker], chart: Layout) -> Iterator[str]:
    y = chart.top - _MARKS / 2
    for mark in marks:
        x = f"{chart.middle(mark.column):.2f}%"
        line = f'x1="{x}" x2="{x}" y1="{y + _RADIUS:.1f}" y2="{chart.bottom:.1f}"'
        yield f'<line class="mark-line" {line}/><circle class="mark" cx="{x}" cy="{y:.1f}" r="{_RADIUS}"/>'
        text = f'x="{x}" y="{y + 4:.1f}" text-anchor="middle"'
        yield f'<text class="mark-label" {text}>{escape(mark.label)}</text>'


def _days(chart: Layout, y: float) -> Iterator[str]:
    """Yield at most seven labels; every second one is `minor`, hidden where space is short."""
    every = max(1, math.ceil(len(chart.days) / _LABELS))
    for nth, i in enumerate(range(0, len(chart.days), every)):
        kind = "xlab minor" if nth % 2 else "xlab"
        x = chart.middle(i)
        place = f'x="{x:.2f}%" y="{y:.1f}" text-anchor="{"end" if x > 97 else "middle"}"'
        yield f'<text class="{kind}" {place}>{day_label(chart.days[i].day)}</text>'
