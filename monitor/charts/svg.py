"""How a chart is drawn, on a page or in a picture; what differs between the two is a Skin."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import escape

from monitor.charts.activity import WIDE, Activity
from monitor.charts.colours import BLUE, GRID, HEAT, INK, PAPER, SEEN, SERIES, SOFT, UNSEEN, USUAL, USUAL_EDGE
from monitor.charts.event_markers import EventMarker, rows_of
from monitor.charts.layout import ODD, RUNNING, SO_FAR, Box, Layout, clock, day_label
from monitor.charts.svg_to_png import BOLD, FAMILY
from monitor.charts.text_layout import flat
from monitor.report import Day
from monitor.report.window import is_years

FALL = 28  # pixels below a page's bars, for their names and the strip
_NUMBER = 22  # pixels, the height of the number over a bar and of the space around it
_LABELS = 8  # under the columns
_BADGE = 20  # pixels, a mark and the space beside it
_LETTER = 0.53  # of the type size, a letter's mean width
_NARROWEST = 292, 260  # pixels of a chart on the narrowest phone, and of one with an axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture, its height in pixels, and what it shows, for those who cannot see it."""

    svg: str
    height: int
    alt: str = ""  # empty where words beside it say so


@dataclass(frozen=True, slots=True, kw_only=True)
class Skin:
    """How parts look: by their class on a page, by attributes in a picture.

    `unit` is that of what goes across, a percent on a page; letters and lines are `scale` times a page's.
    """

    look: Callable[[str], str]
    unit: str = ""
    scale: float = 1

    def box(self, box: Box) -> str:
        """Return the attributes of a rectangle's place."""
        x, y, width, height, unit = box.x, box.y, box.width, box.height, self.unit
        return f'x="{x:.2f}{unit}" y="{y:.1f}" width="{width:.2f}{unit}" height="{height:.1f}"'

    def rects(self, style: str, boxes: Iterable[Box]) -> str:
        inside = "".join(f"<rect {self.box(box)}/>" for box in boxes)
        return f"<g {self.look(style)}>{inside}</g>" if inside else ""

    def text(
        self, style: str, x: float, y: float, words: str, *, anchor: str = "middle", dx: float = 0
    ) -> str:
        """Return words on one line that stand on `y`; `dx` is how far from `x`, in a page's pixels."""
        aside = f' dx="{dx * self.scale:g}"' if dx else ""
        return (
            f'<text {self.look(style)} x="{x:.2f}{self.unit}" y="{y:.1f}" text-anchor="{anchor}"{aside}>'
            f"{escape(flat(words, 400))}</text>"
        )

    def line(self, style: str, chart: Layout, number: float) -> str:
        """Return a line across a chart at a number."""
        x1, x2, y = f"{chart.left:g}{self.unit}", f"{chart.right:g}{self.unit}", chart.y(number)
        return f'<line {self.look(style)} x1="{x1}" x2="{x2}" y1="{y:.1f}" y2="{y:.1f}"/>'


PAGE = Skin(look='class="{}"'.format, unit="%")


def picture_skin(scale: float) -> Skin:
    """Return how a picture's parts look, `scale` times as large as on a page."""
    return Skin(look=lambda style: _attributes(style, scale), scale=scale)


def drawing(parts: Iterable[str], width: int, height: int, alt: str = "") -> Drawing:
    """Return the parts as one picture on white."""
    size, title = f'width="{width}" height="{height}"', f"<title>{escape(alt)}</title>" if alt else ""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}" role="img"'
        f' font-family="{FAMILY}">{title}<rect {size} fill="{PAPER}"/>{"".join(parts)}</svg>'
    )
    return Drawing(svg=svg, height=height, alt=alt)


def words(x: float, y: float, text: str, look: str) -> str:
    """Return words on one line of a picture that stand on `y`; `look` is their other attributes."""
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(flat(text, 400))}</text>'


def plot(activity: Activity, chart: Layout, skin: Skin) -> Iterator[str]:
    """Yield all parts of a chart, from the back to the front."""
    yield from _axis(activity, chart, skin)
    bands, thin = list(chart.bands()), 1.5 * skin.scale
    yield skin.rects("usual", bands)
    for style, boxes in chart.bars().items():
        yield skin.rects(style, boxes) if style else ""
    ends = (box._replace(y=y, height=thin) for box in bands for y in (box.y, box.y + box.height - thin))
    yield skin.rects("usual-end", ends)
    yield skin.rects("before", chart.outlines())
    yield from _running(activity, chart, skin)
    below = chart.bottom + 22 * skin.scale
    strips = list(chart.strips(below, 4 * skin.scale))
    yield skin.rects("unseen", (whole for whole, _ in strips))
    yield skin.rects("seen", (seen for _, seen in strips if seen.width))
    yield from _numbers(activity, chart, skin)
    yield from _flagged(activity, chart, skin)
    yield from _marks(activity, chart, skin)
    yield from _labels(activity, chart, skin)


def _running(activity: Activity, chart: Layout, skin: Skin) -> Iterator[str]:
    """Yield the line of what there was in all, from its lowest at the foot to its highest at the top."""
    known = [number for number in activity.running if number is not None]
    low, high = min(known, default=0), max(known, default=0)
    rise = (chart.bottom - chart.top) / max(high - low, 1)
    for column, (a, b) in enumerate(pairwise(activity.running)):
        if a is not None and b is not None:
            x1, x2 = (f"{chart.middle(place):.2f}{skin.unit}" for place in (column, column + 1))
            y1, y2 = (f"{chart.bottom - rise * (number - low):.1f}" for number in (a, b))
            yield f'<line {skin.look(RUNNING)} x1="{x1}" x2="{x2}" y1="{y1}" y2="{y2}"/>'


def rise(activity: Activity) -> int:
    """Return how much room a chart needs above its bars, in a page's pixels: numbers, marks, then words."""
    marks = 4 + _BADGE * (max(rows.values()) + 1) if (rows := _rows(activity)) else 0
    flag = 4 + 15 * len(activity.flag.lines) if activity.flag and not _is_beside_marks(activity) else 0
    return (_NUMBER if activity.has_numbers else 8) + marks + flag


def _rows(activity: Activity) -> dict[EventMarker, int]:
    return rows_of(activity.marks, math.ceil(_BADGE * len(activity.columns) / _narrowest(activity)))


def _is_beside_marks(activity: Activity) -> bool:
    """Return whether a flag's words have room in the row of the marks: it has none on their side."""
    flag, rows = activity.flag, _rows(activity)
    if not flag or not rows or max(rows.values()):
        return False
    side = 1 if _is_right(activity, flag.column) else -1
    return all(side * (mark.column - flag.column) <= 0 for mark in rows)


def _is_right(activity: Activity, column: int) -> bool:
    return column < len(activity.columns) / 2


def _narrowest(activity: Activity) -> int:
    return _NARROWEST[0 if activity.has_numbers else 1]


def _has_number(activity: Activity, chart: Layout, column: int) -> bool:
    return chart.total(column) is not None and (activity.has_numbers or column in chart.odd)


def _pole(activity: Activity, chart: Layout, skin: Skin, column: int, head: float) -> str:
    """Return a line from `head` down to all that belongs to a column; nothing where there is no room."""
    foot = chart.clear(column, _NUMBER * skin.scale)
    foot -= (24 if _has_number(activity, chart, column) else 2) * skin.scale
    x = f"{chart.middle(column):.2f}{skin.unit}"
    place = f'x1="{x}" x2="{x}" y1="{head:.1f}" y2="{foot:.1f}"'
    return f"<line {skin.look('pole')} {place}/>" if foot > head else ""


def _axis(activity: Activity, chart: Layout, skin: Skin) -> Iterator[str]:
    if not activity.has_numbers:
        for number in chart.numbers[1:]:
            yield skin.line("grid", chart, number)
            y = chart.y(number) + 4 * skin.scale
            words = _short(number, chart.numbers[-1])
            yield skin.text("ylab", chart.left, y, words, anchor="end", dx=-8)
    yield skin.line("zero", chart, 0)


def _short(number: int, most: int) -> str:
    """Return a number of an axis up to `most` in as many letters as a phone has room for: '20k', '1.5m'."""
    if most < 10_000:
        return f"{number:,}"
    return f"{number / 1_000:g}k" if most < 1_000_000 else f"{number / 1_000_000:g}m"


def _numbers(activity: Activity, chart: Layout, skin: Skin) -> Iterator[str]:
    for column in range(len(chart.days)):
        if _has_number(activity, chart, column):
            y = chart.clear(column, _NUMBER * skin.scale) - 6 * skin.scale
            style = "number odd" if column in chart.odd else "number"
            yield skin.text(style, chart.middle(column), y, f"{chart.total(column):,}".replace("-", "−"))


def _flagged(activity: Activity, chart: Layout, skin: Skin) -> Iterator[str]:
    """Yield a flag: a line from its column's number up, and words on the side that has more room."""
    if not (flag := activity.flag):
        return
    column, count = flag.column, len(chart.days)
    x, is_right = chart.middle(column), _is_right(activity, column)
    away, down, start = (14, 1, 12) if _is_beside_marks(activity) else (6, -3, 0)
    anchor, dx = ("start", away) if is_right else ("end", -away)
    columns = (count - column if is_right else column + 1) - 0.5
    room = int((columns * _narrowest(activity) / count + 4) / (13 * _LETTER))
    head = chart.top - rise(activity) * skin.scale
    yield _pole(activity, chart, skin, column, head + start * skin.scale)
    for nth, words in enumerate(flag.lines, 1):
        style, y = "event" if words is flag.event else "aside", head + (15 * nth + down) * skin.scale
        is_long = skin.unit and style == "event" and len(words) > room
        full = flat(words, 2 * room)
        yield skin.text(f"{style} wide" if is_long else style, x, y, full, anchor=anchor, dx=dx)
        if is_long:
            yield skin.text(f"{style} narrow", x, y, flat(words, room), anchor=anchor, dx=dx)


def _marks(activity: Activity, chart: Layout, skin: Skin) -> Iterator[str]:
    """Yield the marks, each with a line down to what stands over its bar; lines lie behind all marks."""
    rows, lowest = _rows(activity), chart.top - (_NUMBER if activity.has_numbers else 0) * skin.scale
    heights = {mark: lowest - (12 + _BADGE * row) * skin.scale for mark, row in rows.items()}
    for mark, y in heights.items():
        yield _pole(activity, chart, skin, mark.column, y)
    for mark, y in heights.items():
        x = chart.middle(mark.column)
        yield f'<circle {skin.look("mark")} cx="{x:.2f}{skin.unit}" cy="{y:.1f}" r="{9 * skin.scale:g}"/>'
        yield skin.text("mark-label", x, y + 4 * skin.scale, mark.label)


def _labels(activity: Activity, chart: Layout, skin: Skin) -> Iterator[str]:
    """Yield at most eight labels; every second one is `minor`, hidden where space is short."""
    every = max(1, math.ceil(len(chart.days) / _LABELS))
    for nth, column in enumerate(range(0, len(chart.days), every)):
        x, y = chart.middle(column), chart.bottom + 16 * skin.scale
        day, is_short = chart.days[column], len(chart.days) <= WIDE and activity.per == "day"
        words = f"{day.day:%a}" if is_short else _label(day, chart.days)
        style = "xlab minor" if nth % 2 and not is_short else "xlab"
        label = skin.text(style, x, y, words, anchor="end" if x > 0.97 * chart.right else "middle")
        more = f'<tspan {skin.look("wide")} dx="{3 * skin.scale:g}">{day.day.day}</tspan></text>'
        yield label.replace("</text>", more) if is_short else label


def _label(day: Day, days: Sequence[Day]) -> str:
    if day.hour is not None:
        return clock(day.hour)
    return f"{day.day:%b %Y}" if is_years(days[0].day, days[-1].day) else day_label(day.day)


def _attributes(style: str, scale: float) -> str:
    """Return what a class is on a page, as attributes."""
    name, *rest = style.split()
    if name in _TEXTS:
        size, fill, is_bold = _TEXTS[name]
        if ODD in rest:
            size, is_bold = 17, True
        halo = f'stroke="{PAPER}" stroke-width="{3 * scale:g}" paint-order="stroke"'
        more = f"{BOLD if is_bold else ''} {halo if name == 'number' else ''}"
        return f'font-size="{size * scale:g}" fill="{fill}" {more}'.rstrip()
    if name in _SHAPES:
        return _SHAPES[name].format(scale)
    colour = SERIES.get(name) or HEAT[int(name[1:])]
    if SO_FAR in rest:
        return f'fill="{colour}" fill-opacity="0.25" stroke="{colour}" stroke-width="{1.5 * scale:g}"'
    return f'fill="{BLUE if ODD in rest else colour}"'


_TEXTS = {
    "number": (13, INK, False), "event": (13, INK, True), "aside": (12, SOFT, False),
    "xlab": (12, SOFT, False), "ylab": (12, SOFT, False), "wide": (12, SOFT, False),
    "mark-label": (11, PAPER, True),
}  # fmt: skip
_SHAPES = {
    "grid": f'stroke="{GRID}" stroke-width="{{0:g}}"',
    "zero": f'stroke="{SOFT}" stroke-width="{{0:g}}"',
    "pole": f'stroke="{SOFT}" stroke-width="{{0:g}}"',
    "mark": f'fill="{INK}"',
    "usual": f'fill="{USUAL}"',
    "usual-end": f'fill="{USUAL_EDGE}"',
    "before": f'fill="none" stroke="{INK}" stroke-width="{{0:g}}" stroke-dasharray="4 3"',
    RUNNING: f'stroke="{INK}" stroke-width="{{0:g}}"',
    "so-far": f'fill="none" stroke="{SOFT}" stroke-width="{{0:g}}"',
    "seen": f'fill="{SEEN}"',
    "unseen": f'fill="{UNSEEN}"',
    "lu": f'fill="{UNSEEN}" stroke="{SEEN}"',
    "running": f'fill="none" stroke="{USUAL_EDGE}" stroke-width="{{0:g}}"',
}
