"""What charts are drawn with: bars and the hatch for all, the rest in pixels with its colours written out."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from markupsafe import escape

from monitor.charts.colours import HATCH_BACK, INK, PAPER, SERIES, SOFT
from monitor.charts.layout import SO_FAR, UNKNOWN, Box, Layout
from monitor.charts.svg_to_png import FAMILY
from monitor.charts.text_layout import flat

# The places of boxes; a percent of a page's width is several pixels.
PIXELS = 'x="%.1f" y="%.1f" width="%.1f" height="%.1f"'
PERCENT = 'x="%.2f%%" y="%.2f" width="%.2f%%" height="%.2f"'
_LABEL = f'font-size="24" font-weight="600" fill="{PAPER}" text-anchor="middle"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture, its height in pixels, and what it shows, for those who cannot see it."""

    svg: str
    height: int
    alt: str = ""  # empty where words beside it say so


def drawing(parts: Iterable[str], width: int, height: int, alt: str = "") -> Drawing:
    """Return the parts as one picture on white."""
    size, title = f'width="{width}" height="{height}"', f"<title>{escape(alt)}</title>" if alt else ""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}" role="img"'
        f' font-family="{FAMILY}">{title}<rect {size} fill="{PAPER}"/>{"".join(parts)}</svg>'
    )
    return Drawing(svg=svg, height=height, alt=alt)


def hatch(name: str, tile: int, back: str, stripe: str) -> str:
    """Return the pattern of unknown time, to be filled with `url(#name)`; half of the stripe is seen."""
    return (
        f'<defs><pattern id="{name}" width="{tile}" height="{tile}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect {back} width="{tile}" height="{tile}"/>'
        f'<line {stripe} x1="0" x2="0" y1="0" y2="{tile}"/></pattern></defs>'
    )


def fill(style: str) -> str:
    """Return the attribute that paints a part, or a legend's entry, of this style in a picture."""
    if style == UNKNOWN:
        return 'fill="url(#unseen)"'
    colour = SERIES.get(style.split()[0], SOFT)
    hollow = f' fill-opacity="0.25" stroke="{colour}" stroke-width="2"' if style.endswith(SO_FAR) else ""
    return f'fill="{colour}"{hollow}'


def plain_hatch(tile: int, stripe: int, colour: str) -> str:
    """Return the hatch that `fill` names."""
    return hatch("unseen", tile, f'fill="{HATCH_BACK}"', f'stroke="{colour}" stroke-width="{2 * stripe}"')


def text(x: float, y: float, words: str, look: str) -> str:
    """Return words on one line that stand on `y`; `look` is the other attributes, such as their size."""
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(flat(words, 400))}</text>'


def rect(box: Box, look: str) -> str:
    """Return a rectangle; `look` is its other attributes, such as its fill."""
    return f"<rect {PIXELS % box} {look}/>"


def hatched(chart: Layout, look: str, place: str = PIXELS) -> Iterator[str]:
    """Yield the columns with unknown time."""
    return (f"<rect {look} {place % box}/>" for box in chart.hatched())


def bars(chart: Layout, look: Callable[[str], str], place: str = PIXELS) -> Iterator[str]:
    """Yield the bars; `look` returns the attributes of a series by its style."""
    for style, boxes in chart.bars().items():
        yield f"<g {look(style)}>"
        yield from [f"<rect {place % box}/>" for box in boxes]
        yield "</g>"


def disc(x: float, y: float, radius: int, label: str) -> str:
    """Return the mark of an event: a dark disc with its number."""
    circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{INK}"/>'
    return circle + text(x, y + radius // 2, label, _LABEL)
