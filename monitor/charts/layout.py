"""Where the parts of a chart of stacked bars go, in whatever it is drawn: no markup, no colours."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from monitor.charts.series import Series
from monitor.report import Day, Usual
from monitor.report.window import is_years

SO_FAR = "so-far"  # the style of a column that is not over, beside that of its series
ODD = "odd"  # of one that is outside its usual range
USUAL, SEEN, BEFORE = "usual", "seen", "before"  # of the range, the strip below, and the other time
RUNNING = "sum"  # of the line of what there was in all
_STEPS, _TICKS = (1, 2, 5, 10), 4


def ticks(highest: float) -> list[int]:
    """Return round whole numbers from 0 to at least `highest`; at least two of them."""
    if highest <= _TICKS:
        return list(range(max(math.ceil(highest), 1) + 1))
    rough = highest / _TICKS
    scale = 10 ** math.floor(math.log10(rough))
    step = int(next(step * scale for step in _STEPS if step * scale >= rough))
    return [step * i for i in range(math.ceil(highest / step) + 1)]


def ends(highest: float) -> list[int]:
    """Return the axis of a chart that has a number on each bar: nothing but its two ends."""
    return [0, max(math.ceil(highest), 1)]


class Box(NamedTuple):
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Stacked bars in columns, one for each hour, day or week: in the drawing's own units, y downwards.

    `usual` holds the ranges of the first series by column, `before` what another time had in each column.
    """

    days: Sequence[Day]
    series: Sequence[Series]
    usual: Mapping[int, Usual] = field(default_factory=dict)
    before: Sequence[int | None] = ()
    left: float = 0
    right: float
    top: float
    bottom: float
    bar: float = 0.7  # of a column's width
    gap: float  # above each part of a bar
    thin: float = 0.4  # of a part's height, the most that its gap takes, or thin parts would run together
    scale: Callable[[float], Sequence[int]] = ticks  # the numbers of the axis for the highest bar

    @cached_property
    def numbers(self) -> Sequence[int]:
        """Return the numbers of the axis; the last is at the top."""
        totals = [self.total(column) or 0 for column in range(len(self.days))]
        highs = [usual.high for usual in self.usual.values()]
        return self.scale(max([*totals, *highs, *filter(None, self.before)], default=0))

    @property
    def width(self) -> float:
        return (self.right - self.left) / max(len(self.days), 1)

    def middle(self, column: int) -> float:
        return self.left + self.width * (column + 0.5)

    def y(self, number: float) -> float:
        return self.bottom - (self.bottom - self.top) * number / self.numbers[-1]

    def total(self, column: int) -> int | None:
        """Return the number of a column; None if nothing is known of it."""
        counts = [count for one in self.series if (count := one.counts[column]) is not None]
        return sum(counts) if counts else None

    def clear(self, column: int, height: float) -> float:
        """Return the lowest y, from a bar's top up, above which `height` is free of ranges and outlines."""
        foot, lines = self.y(max(0, self.total(column) or 0)), []  # a fall has no bar
        if usual := self.usual.get(column):
            lines.append((self.y(usual.low), self.y(usual.high)))
        if other := self.before[column] if self.before else None:
            lines.append((self.y(other), self.y(other)))
        for bottom, top in sorted(lines, reverse=True):
            if top < foot and foot - height < bottom:
                foot = top
        return foot

    @cached_property
    def odd(self) -> frozenset[int]:
        """Return the columns outside their usual range."""
        return frozenset(
            column
            for column, usual in self.usual.items()
            if (count := self.series[0].counts[column]) is not None and not usual.low <= count <= usual.high
        )

    def bands(self) -> Iterator[Box]:
        """Yield the usual ranges, a little wider than the bars."""
        for column, usual in self.usual.items():
            width, top = self.width * (1 + self.bar) / 2, self.y(usual.high)
            height = max(self.y(usual.low) - top, self.gap)
            yield Box(self.middle(column) - width / 2, top, width, height)

    def outlines(self) -> Iterator[Box]:
        """Yield the bars of the other time."""
        for column, count in enumerate(self.before):
            if count is not None:
                yield self._post(column, self.bar + 0.1, self.y(count), self.bottom)

    def strips(self, top: float, height: float) -> Iterator[tuple[Box, Box]]:
        """Yield a strip for each column that has begun: the whole of it, and the part that was seen."""
        for column, day in enumerate(self.days):
            if day.passed:
                whole = self._post(column, self.bar, top, top + height)
                yield whole, whole._replace(width=whole.width * day.passed * (1 - day.unknown))

    def columns(self) -> Iterator[Box]:
        """Yield the whole columns."""
        return (self._post(column, 1, self.top, self.bottom) for column in range(len(self.days)))

    def bars(self) -> dict[str, list[Box]]:
        """Return the parts of the bars by style, that of their series, each above those of the one before."""
        bars: dict[str, list[Box]] = {}
        tops = [self.bottom] * len(self.days)
        for nth, series in enumerate(self.series):
            bars.setdefault(series.style, [])
            for column, count in enumerate(series.counts):
                if count and count > 0:
                    height = (self.bottom - self.top) * count / self.numbers[-1]
                    gap, base = min(self.gap, height * self.thin), tops[column]
                    tops[column] = base - height
                    box = self._post(column, self.bar, tops[column] + gap, base)
                    bars.setdefault(self._style(nth, column), []).append(box)
        return bars

    def _style(self, nth: int, column: int) -> str:
        style = self.series[nth].style
        if self.days[column].is_open:
            return f"{style} {SO_FAR}"
        return f"{style} {ODD}" if nth == 0 and column in self.odd else style

    def _post(self, column: int, part: float, top: float, bottom: float) -> Box:
        width = self.width * part
        return Box(self.middle(column) - width / 2, top, width, bottom - top)


def day_label(day: date, first: date = date.max, last: date = date.max) -> str:
    """Return a day as '19 Nov'; as '19 Nov 2016' between a `first` and `last` that are years apart."""
    return f"{day:%-d %b}{f' {day.year}' if is_years(first, last) else ''}"


def clock(hour: int) -> str:
    """Return an hour as '6pm', 'noon' or 'midnight'."""
    if hour % 12 == 0:
        return "noon" if hour % 24 else "midnight"
    return f"{hour % 12}{'am' if hour % 24 < 12 else 'pm'}"
