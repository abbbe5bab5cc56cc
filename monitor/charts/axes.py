"""Scales and the labels beside them; no bars, no colours."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import escape

_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a chart's bars may be, in pixels from the top, and the highest number it shows."""

    top: float
    bottom: float
    highest: float

    def y(self, number: float) -> float:
        """Return the height on the page, in pixels from the top, of a number."""
        return self.bottom - (self.bottom - self.top) * number / self.highest


def ticks(highest: float, wanted: int = 4) -> list[int]:
    """Return round whole numbers from 0 to at least `highest`; at least two of them."""
    if highest <= wanted:
        return list(range(max(math.ceil(highest), 1) + 1))
    rough = highest / wanted
    scale = 10 ** math.floor(math.log10(rough))
    step = int(next(step * scale for step in _STEPS if step * scale >= rough))
    return [step * i for i in range(math.ceil(highest / step) + 1)]


def centre(i: int, count: int) -> float:
    """Return the middle of column `i` of `count`, in percent of the width."""
    return 100 * (i + 0.5) / count


def day_words(day: date) -> str:
    """Return a day as '19 Nov'."""
    return f"{day.day} {day:%b}"


def number_axis(frame: Frame, numbers: Sequence[int]) -> Iterator[str]:
    """Yield a line across the chart and its number for each tick."""
    for number in numbers:
        y = frame.y(number)
        kind = "grid zero" if number == 0 else "grid"
        yield f'<line class="{kind}" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="ylab" x="-8" y="{y + 4:.1f}" text-anchor="end">{number:,}</text>'


def day_axis(days: Sequence[date], y: float) -> Iterator[str]:
    """Yield at most seven day labels; every second one is `minor`, hidden where space is short."""
    every = max(1, math.ceil(len(days) / 7))
    for nth, i in enumerate(range(0, len(days), every)):
        kind = "xlab minor" if nth % 2 else "xlab"
        x = centre(i, len(days))
        anchor = "end" if x > 97 else "middle"
        place = f'x="{x:.2f}%" y="{y:.1f}" text-anchor="{anchor}"'
        yield f'<text class="{kind}" {place}>{day_words(days[i])}</text>'


def opening(id: str, height: int, *, title: str, desc: str, **drawn: float) -> str:
    """Return the beginning of a chart; `title` and `desc` are read out in its place.

    What is `drawn` (as top=14) is for the script that reads values out.
    """
    mark = escape(id)
    data = "".join(f' data-{name}="{number}"' for name, number in drawn.items())
    return (
        f'<svg class="chart" width="100%" height="{height}" role="img"{data} '
        f'aria-labelledby="{mark}-t {mark}-d">'
        f'<title id="{mark}-t">{escape(title)}</title><desc id="{mark}-d">{escape(desc)}</desc>'
    )


def hatching(id: str) -> str:
    """Return the pattern of unknown time, to be filled with `url(#id)`."""
    return (
        f'<defs><pattern id="{id}" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="hatch-back" width="7" height="7"/>'
        '<line class="hatch" x1="0" x2="0" y1="0" y2="7"/></pattern></defs>'
    )
