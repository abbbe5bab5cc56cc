"""Stacked bars per day by platform or tone, and one bar of shares. Unknown time is hatched, never zero."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from monitor.charts.axes import Frame, centre, day_axis, hatching, number_axis, opening, ticks
from monitor.charts.event_markers import ROOM, Mark, drawn
from monitor.core.model import Tone
from monitor.manual_entry import BY_HAND
from monitor.report import Day

OTHER = "Other"
NOT_COLLECTED = "not collected"
MOST = 4  # more colours cannot be told apart by every eye
SHADED_FROM = 0.01  # a few lost minutes are not worth a mark
_HEIGHT = 280
_WIDE = 0.74  # of a column


@dataclass(frozen=True, slots=True)
class Series:
    """One platform's posts, a number a day; None where it was not collected that day."""

    name: str
    style: str  # the CSS class of its colour
    counts: tuple[int | None, ...]
    none: str = NOT_COLLECTED  # what a day without a number means

    @property
    def total(self) -> int:
        """Return the posts of all known days."""
        return sum(count or 0 for count in self.counts)


def by_platform(days: Sequence[Day], titles: Mapping[str, str]) -> tuple[Series, ...]:
    """Return the platforms, biggest first; from the fifth on they are joined as 'Other'."""
    totals = Counter[str]()
    for day in days:
        totals.update(day.posts)
    names = sorted(totals, key=lambda name: (-totals[name], name))
    shown = names if len(names) <= MOST else names[:MOST]
    series = [
        Series(titles.get(name, name), f"s{i}", tuple(day.posts.get(name) for day in days), _none(name))
        for i, name in enumerate(shown)
    ]
    if rest := names[len(shown) :]:
        series.append(Series(OTHER, "sx", tuple(_together(day, rest) for day in days)))
    return tuple(series)


def _none(name: str) -> str:
    return "none entered" if name == BY_HAND else NOT_COLLECTED


def by_tone(days: Sequence[Day]) -> tuple[Series, ...]:
    """Return the scored posts by tone; None on a day of which nothing was collected."""
    return tuple(
        Series(
            tone.capitalize(),
            f"t-{tone}",
            tuple(day.tones.get(tone, 0) if day.posts else None for day in days),
        )
        for tone in Tone
    )


def stacked(
    figure_id: str,
    days: Sequence[Day],
    series: Sequence[Series],
    *,
    title: str,
    desc: str,
    marks: Sequence[Mark] = (),
    height: int = _HEIGHT,
) -> Markup:
    """Return the chart as SVG; `title` and `desc` are read out in its place."""
    tallest = max((_sum(series, i) for i in range(len(days))), default=0)
    numbers = ticks(tallest)
    frame = Frame(top=14 + (ROOM if marks else 0), bottom=height - 28, highest=numbers[-1])
    hatch = f"{escape(figure_id)}-h"
    parts = [
        opening(figure_id, height, title=title, desc=desc, top=frame.top, bottom=frame.bottom),
        hatching(hatch),
        *_unknown(days, frame, hatch),
        *number_axis(frame, numbers),
        *_bars(series, len(days), frame),
        *drawn(marks, len(days), frame),
        *day_axis([day.day for day in days], height - 8),
        "</svg>",
    ]
    return Markup("".join(parts))  # every text above went through escape or is a number


def shares(parts: Sequence[tuple[str, float]]) -> Markup:
    """Return one thin bar of (CSS class, percent) parts; a decoration beside the same words."""
    bars, at = [], 0.0
    for style, percent in parts:
        bars.append(
            f'<rect class="{escape(style)}" x="{at:.2f}%" width="{max(percent - 0.6, 0):.2f}%" height="10"/>'
        )
        at += percent
    return Markup(f'<svg class="shares" width="100%" height="10" aria-hidden="true">{"".join(bars)}</svg>')


def _together(day: Day, names: Sequence[str]) -> int | None:
    known = [day.posts[name] for name in names if name in day.posts]
    return sum(known) if known else None


def _sum(series: Sequence[Series], i: int) -> int:
    return sum(one.counts[i] or 0 for one in series)


def _unknown(days: Sequence[Day], frame: Frame, hatch: str) -> Iterator[str]:
    column = 100 / max(len(days), 1)
    for i, day in enumerate(days):
        if day.unknown >= SHADED_FROM:
            yield (
                f'<rect class="unknown" fill="url(#{hatch})" x="{i * column:.2f}%" width="{column:.2f}%" '
                f'y="{frame.top}" height="{frame.bottom - frame.top}"/>'
            )


def _bars(series: Sequence[Series], days: int, frame: Frame) -> Iterator[str]:
    width, bottoms = 100 / max(days, 1) * _WIDE, [frame.bottom] * days
    places = [f'x="{centre(i, days) - width / 2:.2f}%" width="{width:.2f}%"' for i in range(days)]
    each = (frame.bottom - frame.top) / frame.highest  # pixels a post
    for one in series:
        yield f'<g class="{one.style}">'
        for i, count in enumerate(one.counts):
            if count:
                high = each * count
                gap = min(1.5, high * 0.4)  # in proportion, or thin parts would run together
                bottoms[i] -= high
                yield f'<rect {places[i]} y="{bottoms[i] + gap:.2f}" height="{high - gap:.2f}"/>'
        yield "</g>"
