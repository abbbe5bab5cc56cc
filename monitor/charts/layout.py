"""Where the parts of a chart of stacked bars go, in whatever it is drawn: no markup, no colours."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from monitor.charts.series import Series
from monitor.report import Day

UNKNOWN = "lu"  # the style of unknown time in a legend
SO_FAR = "so-far"  # the style of a column that is not over, beside that of its series
_SHADED_FROM = 0.01  # a few lost minutes are not worth a mark
_STEPS = (1, 2, 5, 10)


def ticks(highest: float, count: int = 4) -> list[int]:
    """Return round whole numbers from 0 to at least `highest`; at least two of them."""
    if highest <= count:
        return list(range(max(math.ceil(highest), 1) + 1))
    rough = highest / count
    scale = 10 ** math.floor(math.log10(rough))
    step = int(next(step * scale for step in _STEPS if step * scale >= rough))
    return [step * i for i in range(math.ceil(highest / step) + 1)]


class Box(NamedTuple):
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Stacked bars in columns, one for each day or week: in the drawing's own units, y downwards."""

    days: Sequence[Day]
    series: Sequence[Series]
    left: float = 0
    right: float
    top: float
    bottom: float
    bar: float = 0.74  # of a column's width
    gap: float  # above each part of a bar
    thin: float = 0.4  # of a part's height, the most that its gap takes, or thin parts would run together
    scale: Callable[[int], Sequence[int]] = ticks  # the numbers of the axis for the highest bar

    @cached_property
    def numbers(self) -> Sequence[int]:
        """Return the numbers of the axis; the last is at the top."""
        counts = zip(*(one.counts for one in self.series), strict=True)
        return self.scale(max((sum(filter(None, column)) for column in counts), default=0))

    @property
    def width(self) -> float:
        """Return the width of a column."""
        return (self.right - self.left) / max(len(self.days), 1)

    def middle(self, column: int) -> float:
        """Return the x of a column's middle."""
        return self.left + (self.right - self.left) * (column + 0.5) / len(self.days)

    def y(self, number: float) -> float:
        """Return the y of a number on the axis."""
        return self.bottom - (self.bottom - self.top) * number / self.numbers[-1]

    def total(self, column: int) -> int | None:
        """Return the posts of a column; None if nothing is known of it."""
        counts = [count for one in self.series if (count := one.counts[column]) is not None]
        return sum(counts) if counts else None

    def hatched(self) -> Iterator[Box]:
        """Yield the columns with unknown time."""
        for i, day in enumerate(self.days):
            if is_hatched(day):
                yield Box(self.left + i * self.width, self.top, self.width, self.bottom - self.top)

    def bars(self) -> dict[str, list[Box]]:
        """Return the parts of the bars by style, that of their series, each above those of the one before."""
        bars: dict[str, list[Box]] = {}
        column, post = self.width, (self.bottom - self.top) / self.numbers[-1]
        width, margin = column * self.bar, column * (1 - self.bar) / 2
        tops = [self.bottom] * len(self.days)
        lefts = [self.left + column * i + margin for i in range(len(self.days))]
        for series in self.series:
            bars[series.style] = []
            styles = [f"{series.style} {SO_FAR}" if day.is_open else series.style for day in self.days]
            for i, count in enumerate(series.counts):
                if count:
                    height = post * count
                    gap = min(self.gap, height * self.thin)
                    tops[i] -= height
                    box = Box(lefts[i], tops[i] + gap, width, height - gap)
                    bars.setdefault(styles[i], []).append(box)
        return bars


def is_hatched(day: Day) -> bool:
    """Return whether enough of a day is unknown to be marked."""
    return day.unknown >= _SHADED_FROM


def legend(series: Sequence[Series], days: Sequence[Day], unknown: str) -> dict[str, str]:
    """Return the names in a legend by style: the series, and what is drawn of a day not seen, or not over."""
    names = {one.style: one.name for one in series}
    if any(map(is_hatched, days)):
        names[UNKNOWN] = unknown
    if any(day.is_open for day in days):
        names[SO_FAR] = "So far"
    return names


def day_label(day: date) -> str:
    """Return a day as '19 Nov'."""
    return f"{day.day} {day:%b}"
