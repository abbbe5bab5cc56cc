"""A map of areas as hexagons of one size, each with its number; what is not known is hatched."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from monitor.charts.bar_chart import Caption
from monitor.charts.heat_map import HATCH, step

_WIDE, _HIGH, _EDGE = 44, 38, 4  # from one tile to the next, and what is left around them
_HEXAGON = "l21 12v24l-21 12l-21-12v-24z"


class AreaTile(NamedTuple):
    """An area at its column and row; `is_ranked`: its number is large enough to be held against others."""

    place: tuple[int, ...]
    title: str
    number: int | None
    is_ranked: bool


def tile_map(caption: Caption, tiles: Sequence[AreaTile]) -> Markup:
    """Return the map as SVG. Its shades are only beside its numbers: four, from the largest down."""
    columns, rows = (max(tile.place[axis] for tile in tiles) + 1 for axis in (0, 1))
    width, height = _WIDE * columns + _WIDE // 2 + 2 * _EDGE, _HIGH * rows + 12 + 2 * _EDGE
    most = max((tile.number or 0 for tile in tiles), default=0)
    return Markup("".join((
        f'<svg class="tiles" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{caption.name}-t">',
        f'<title id="{caption.name}-t">{escape(caption.title)}. {escape(caption.desc)}</title>',
        HATCH.format(caption.name), *_tiles(tiles, most, f"{caption.name}-h"), "</svg>",
    )))  # fmt: skip


def _tiles(tiles: Sequence[AreaTile], most: int, hatch: str) -> Iterator[str]:
    for tile in tiles:
        column, row = tile.place
        x, y = _WIDE * column + _WIDE // 2 * (1 + row % 2) + _EDGE, _HIGH * row + _EDGE
        shade = step(tile.number or 0, most) if tile.is_ranked else 0
        fill = f' fill="url(#{hatch})"' if tile.number is None else ""
        style = f' class="h{shade}"' if tile.number is not None else ""
        words = "not known" if tile.number is None else f"{tile.number:,}"
        number = "" if tile.number is None else f'<text x="{x}" y="{y + 29}">{words}</text>'
        hexagon = f'<path{fill} d="M{x} {y}{_HEXAGON}"/>'
        yield f"<g{style}><title>{escape(tile.title)}: {words}</title>{hexagon}{number}</g>"
