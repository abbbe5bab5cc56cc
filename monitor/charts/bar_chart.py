"""Charts on a page: x in percent, y in pixels, colours by class only. What was not collected is a gap."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from markupsafe import Markup, escape

from monitor.charts.activity import Activity
from monitor.charts.layout import Layout
from monitor.charts.svg import FALL, PAGE, plot, rise
from monitor.report import Usual

_HEIGHT, _LOW = 208, 24  # pixels of a chart, and of one that is a decoration
_ROOM = 1.15  # of a line, times the largest number on it
_LINKED = 31  # columns: more stops of the tab key would be in the way, and the table has the same links


@dataclass(frozen=True, slots=True)
class Caption:
    """What names a chart on its page; `title` and `desc` are read out in its place."""

    name: str  # a word of ours: it is the beginning of ids
    title: str
    desc: str


def bar_chart(caption: Caption, activity: Activity, links: Sequence[tuple[str, str]] = ()) -> Markup:
    """Return the chart as SVG; `links` are of its columns, each with what is read out of it."""
    top, bottom, links = rise(activity), _HEIGHT - FALL, links if len(links) <= _LINKED else ()
    chart = activity.layout(right=100, top=top, bottom=bottom, gap=2)
    parts = [
        opening(caption, _HEIGHT, top, bottom, "group" if links else "img",
                "chart" if activity.has_numbers else "chart axis"),
        '<g aria-hidden="true">', *plot(activity, chart, PAGE), "</g>",
        *_links(chart, links),
        "</svg>",
    ]  # fmt: skip
    return Markup("".join(parts))  # every text above went through escape or is a number


def shares(parts: Sequence[tuple[str, float]]) -> Markup:
    """Return one thin bar of (CSS class, percent) parts; a decoration beside the same words."""
    starts = accumulate((percent for _, percent in parts), initial=0.0)
    rects = "".join(
        f'<rect class="{escape(style)}" x="{start:.2f}%" width="{max(percent - 0.6, 0):.2f}%" height="10"/>'
        for (style, percent), start in zip(parts, starts, strict=False)
    )
    return Markup(f'<svg class="shares" width="100%" height="10" aria-hidden="true">{rects}</svg>')


def sparkline(counts: Sequence[int | None], steps: Sequence[int]) -> Markup:
    """Return thin bars, shaded where a number is not known, with a line before each of `steps`.

    It is a decoration beside the same numbers.
    """
    most, wide = max(1, *(count or 0 for count in counts)), 100 / len(counts)
    bars = (("unseen", most) if count is None else ("posts", count) for count in counts)
    rects = "".join(
        f'<rect class="{style}" x="{n * wide:.1f}%" width="{wide - min(2, wide / 5):.2f}%"'
        f' y="{_LOW * (1 - count / most):.1f}" height="{_LOW * count / most:.1f}"/>'
        for n, (style, count) in enumerate(bars)
    )
    rects += "".join(f'<rect class="step" x="{n * wide:.1f}%" width="2" height="{_LOW}"/>' for n in steps)
    return Markup(f'<svg class="spark" width="100%" height="{_LOW}" aria-hidden="true">{rects}</svg>')


def range_bar(value: float, usual: Usual) -> Markup:
    """Return the usual range on a line from zero, with a mark where the number lies; a decoration, too."""
    whole = max(value, usual.high, 1.0) * _ROOM
    low, high, at = (100 * number / whole for number in (max(usual.low, 0.0), usual.high, value))
    return Markup(
        '<svg class="range" width="100%" height="12" aria-hidden="true">'
        '<rect class="line" y="5" width="100%" height="3" rx="1.5"/>'
        f'<rect class="usual" x="{low:.2f}%" y="4" width="{max(high - low, 1):.2f}%" height="5" rx="2"/>'
        f'<rect class="now" x="{at:.2f}%" width="3" height="12" rx="1.5"/></svg>'
    )


def part_bar(share: float) -> Markup:
    """Return a bar of which a part (0 to 1) is full; a decoration, too."""
    return Markup(
        '<svg class="part" width="100%" height="6" aria-hidden="true">'
        '<rect class="line" width="100%" height="6" rx="3"/>'
        f'<rect class="full" width="{100 * share:.2f}%" height="6" rx="3"/></svg>'
    )


def opening(caption: Caption, height: int, top: float, bottom: float, role: str, style: str) -> str:
    """Return the beginning of a chart.

    `top` and `bottom` of what is drawn are for the script that reads values out.
    """
    name = caption.name
    return (
        f'<svg class="{style}" width="100%" height="{height}" role="{role}" data-top="{top}"'
        f' data-bottom="{bottom}" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(caption.title)}</title>'
        f'<desc id="{name}-d">{escape(caption.desc)}</desc>'
    )


def _links(chart: Layout, links: Sequence[tuple[str, str]]) -> Iterator[str]:
    for box, (address, words) in zip(chart.columns(), links, strict=False):
        name = f'aria-label="{escape(words)}"'
        yield f'<a class="column" href="{escape(address)}" {name}><rect {PAGE.box(box)}/></a>'
