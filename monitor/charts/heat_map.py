"""Hours by weekdays, the fuller the darker. One never collected is hatched, one still to come is empty."""

import math
from collections.abc import Container, Iterator, Sequence
from functools import lru_cache

from markupsafe import Markup

from monitor.charts.bar_chart import Caption, opening
from monitor.charts.layout import clock

STEPS = 4  # above none at all: more shades cannot be told apart
_ROW, _GAP, _LABELS = 24, 2, 20
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

HATCH = (
    '<defs><pattern id="{}-h" width="7" height="7" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)">'
    '<rect class="hatch-back" width="7" height="7"/><line class="hatch" x1="0" x2="0" y1="0" y2="7"/>'
    "</pattern></defs>"
)

Cells = Sequence[Sequence[float | None]]  # Monday first, 24 hours each; None: never collected
Cell = tuple[int, int]  # weekday and hour


def heat_map(
    caption: Caption, cells: Cells, *, blanks: Container[Cell] = (), running: Cell | None = None
) -> Markup:
    """Return the map as SVG; `blanks` are left empty, and the hour that is not over has an outline."""
    bottom = _ROW * len(cells)
    most = max((number or 0 for row in cells for number in row), default=0.0)
    parts = [
        opening(caption, bottom + _LABELS, 0, bottom, "img", "chart axis"),
        HATCH.format(caption.name),
        *(part for y, row in enumerate(cells) for part in _row(y, row, most, blanks, f"{caption.name}-h")),
        f'<rect class="running" {_place(running[1], _ROW * running[0], 24)}/>' if running else "",
        *_hours(bottom + _LABELS - 4),
        "</svg>",
    ]
    return Markup("".join(parts))  # every text above went through escape or is a number


def step(number: float, most: float) -> int:
    """Return the shade of a number: 0 for none, then 1 to STEPS."""
    return math.ceil(STEPS * number / most) if most else 0


def _row(
    y: int, row: Sequence[float | None], most: float, blanks: Container[Cell], hatch: str
) -> Iterator[str]:
    top = _ROW * y
    yield f'<text class="ylab" x="-8" y="{top + 16}" text-anchor="end">{_DAYS[y]}</text>'
    for hour, number in enumerate(row):
        if (y, hour) in blanks:
            continue
        fill = f'fill="url(#{hatch})"' if number is None else f'class="h{step(number, most)}"'
        yield f"<rect {_place(hour, top, len(row))} {fill}/>"


@lru_cache(maxsize=1024)
def _place(hour: int, top: int, hours: int) -> str:
    width = 100 / hours
    return f'x="{hour * width:.2f}%" y="{top}" width="{width * 0.92:.2f}%" height="{_ROW - _GAP}" rx="2"'


def _hours(y: float) -> Iterator[str]:
    for hour in (0, 6, 12, 18):
        anchor = "start" if hour == 0 else "middle"
        place = f'x="{100 * hour / 24:.2f}%" y="{y}" text-anchor="{anchor}"'
        kind = "xlab minor" if hour % 12 else "xlab"
        yield f'<text class="{kind}" {place}>{clock(hour)}</text>'
