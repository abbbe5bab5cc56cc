"""A picture that stands alone: the chart of posts with all that explains it, colours written out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import escape

from monitor.charts.axes import Frame, day_words, ticks
from monitor.charts.bar_chart import SHADED_FROM, Series, by_platform
from monitor.charts.event_markers import Mark, marks
from monitor.charts.png import FAMILY
from monitor.charts.text_layout import flat, printable, wrapped
from monitor.report import Day, Report
from monitor.report.by_week import days_or_weeks
from monitor.report.wording import window_words

WIDTH = 1920
COLOURS = ("#12436D", "#28A197", "#801650", "#F46A25", "#6B7280")
_INK, _SOFT, _GRID, _HATCH = "#14181F", "#4B5563", "#D6DAE0", "#9AA3AF"
_EDGE = 72
_LEFT, _RIGHT = 150, WIDTH - _EDGE
_PLOT = 560
_WIDE = 0.74  # of a column
_MARKED = 8  # events told below the chart
_LABELS = 8
_STRIPE = 60


@dataclass(frozen=True, slots=True)
class Card:
    """A drawn card, with its height in pixels at WIDTH and what it shows, for those who cannot see it."""

    svg: str
    height: int
    alt: str


def card(report: Report, titles: Mapping[str, str], *, said: str, source: str) -> Card:
    """Return the chart of posts under the headline `said`, over the line `source`; both may be empty."""
    columns, per = days_or_weeks(report)
    series = by_platform(columns, titles)
    found = marks(report.events, report.redefined, [day.day for day in columns])
    sub = f"Posts per {per} by platform, {window_words(report.window)}. {flat(report.title, 60)}"
    blind = any(day.unknown >= SHADED_FROM for day in columns)
    parts, y = _heading(said, sub, _STRIPE if report.demo else 0)
    parts += _legend(series, y + 34, f"We could not see all of this {per}" if blind else "")
    frame = _frame(series, len(columns), y + 92 + (40 if found else 0))
    parts += _plot(columns, series, found, frame)
    y = frame.bottom + 56
    for line in (*_told(found), *_source(source)):
        y += 34
        parts.append(_text(_EDGE, y, line, 24, fill=_SOFT))
    if report.demo:
        parts.append(_made_up())
    height = round(y + 48)
    alt = _alt(series, sub, said, found, blind)
    return Card(svg=_whole(parts, height, alt), height=height, alt=alt)


def _whole(parts: Sequence[str], height: int, alt: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"'
        f' viewBox="0 0 {WIDTH} {height}" role="img" font-family="{FAMILY}">'
        f"<title>{escape(alt)}</title>"
        f'<defs><pattern id="unseen" width="14" height="14" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate(45)"><rect width="14" height="14" fill="#F0F2F5"/>'
        f'<rect width="5" height="14" fill="#B9C0CA"/></pattern></defs>'
        f'<rect width="{WIDTH}" height="{height}" fill="#FFFFFF"/>{"".join(parts)}</svg>'
    )


def _heading(said: str, sub: str, top: float) -> tuple[list[str], float]:
    parts, y = [], 30.0 + top
    for line in wrapped(said, _RIGHT - _EDGE, 56, 2) if said else ():
        y += 68
        parts.append(_text(_EDGE, y, line, 56, weight=600))
    y += 54
    parts.append(_text(_EDGE, y, sub, 32, fill=_SOFT))
    return parts, y


def _legend(series: Sequence[Series], y: float, unseen: str) -> list[str]:
    parts, x = [], float(_EDGE)
    fills = [(one.name, COLOURS[min(n, 4)]) for n, one in enumerate(series)]
    for name, fill in [*fills, *([(unseen, "url(#unseen)")] if unseen else [])]:
        edge = f' stroke="{_HATCH}"' if fill.startswith("url") else ""
        parts.append(f'<rect x="{x:.0f}" y="{y:.0f}" width="28" height="28" rx="4" fill="{fill}"{edge}/>')
        parts.append(_text(x + 40, y + 24, flat(name, 40), 28))
        x += 40 + len(flat(name, 40)) * 28 * 0.56 + 44
    return parts


def _frame(series: Sequence[Series], columns: int, top: float) -> Frame:
    tallest = max((sum(one.counts[i] or 0 for one in series) for i in range(columns)), default=0)
    return Frame(top=top, bottom=top + _PLOT, highest=ticks(tallest)[-1])


def _plot(days: Sequence[Day], series: Sequence[Series], found: Sequence[Mark], frame: Frame) -> list[str]:
    return [
        *_unseen(days, frame),
        *_numbers(frame),
        *_bars(series, len(days), frame),
        *_marks(found, len(days), frame),
        *_days([day.day for day in days], frame),
    ]


def _unseen(days: Sequence[Day], frame: Frame) -> Iterator[str]:
    for i, day in enumerate(days):
        if day.unknown >= SHADED_FROM:
            x, width = _column(i, len(days))
            yield (
                f'<rect x="{x:.1f}" y="{frame.top:.0f}" width="{width:.1f}" height="{_PLOT}"'
                ' fill="url(#unseen)"/>'
            )


def _numbers(frame: Frame) -> Iterator[str]:
    for number in ticks(frame.highest):
        y = frame.y(number)
        line = f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{y:.1f}" y2="{y:.1f}"'
        yield f'{line} stroke="{_GRID if number else _INK}" stroke-width="2"/>'
        yield _text(_LEFT - 16, y + 9, f"{number:,}", 26, fill=_SOFT, anchor="end")


def _bars(series: Sequence[Series], columns: int, frame: Frame) -> Iterator[str]:
    for i in range(columns):
        x, width = _column(i, columns)
        below = 0
        for n, one in enumerate(series):
            if count := one.counts[i]:
                top, bottom = frame.y(below + count), frame.y(below)
                gap = min(3.0, (bottom - top) * 0.4)
                yield (
                    f'<rect x="{x + width * (1 - _WIDE) / 2:.1f}" y="{top + gap:.1f}"'
                    f' width="{width * _WIDE:.1f}" height="{bottom - top - gap:.1f}"'
                    f' fill="{COLOURS[min(n, 4)]}"/>'
                )
                below += count


def _marks(found: Sequence[Mark], columns: int, frame: Frame) -> Iterator[str]:
    for mark in found:
        left, width = _column(mark.column, columns)
        x, y = left + width / 2, frame.top - 22
        yield (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y:.0f}" y2="{frame.bottom:.0f}" stroke="{_SOFT}"'
            ' stroke-width="2" stroke-dasharray="6 6"/>'
            f'<circle cx="{x:.1f}" cy="{y:.0f}" r="19" fill="{_INK}"/>'
        )
        yield _text(x, y + 9, mark.label, 24, fill="#FFFFFF", weight=600, anchor="middle")


def _days(days: Sequence[date], frame: Frame) -> Iterator[str]:
    every = 7 if 14 <= len(days) <= 7 * _LABELS else max(1, -(-len(days) // _LABELS))
    for i in range(0, len(days), every):
        left, width = _column(i, len(days))
        yield _text(left + width / 2, frame.bottom + 40, day_words(days[i]), 26, fill=_SOFT, anchor="middle")


def _column(i: int, columns: int) -> tuple[float, float]:
    width = (_RIGHT - _LEFT) / max(columns, 1)
    return _LEFT + i * width, width


def _told(found: Sequence[Mark]) -> list[str]:
    lines = [flat(f"{mark.label}  {mark.said}", 125) for mark in found[:_MARKED]]
    if len(found) > _MARKED:
        lines.append(f"and {len(found) - _MARKED} more")
    return lines


def _source(source: str) -> list[str]:
    return wrapped(source, _RIGHT - _EDGE, 24, 3) if source else []


def _made_up() -> str:
    words = _text(_EDGE, 42, "MADE-UP DATA: nobody wrote these posts", 30, fill="#FFFFFF", weight=600)
    return f'<rect width="{WIDTH}" height="{_STRIPE}" fill="{COLOURS[2]}"/>{words}'


def _alt(series: Sequence[Series], sub: str, said: str, found: Sequence[Mark], blind: bool) -> str:
    totals = ", ".join(f"{one.name} {one.total:,}" for one in series) or "no posts"
    events = " ".join(f"{mark.label}: {mark.said}." for mark in found[:_MARKED])
    unseen = " Some time was not seen, and is hatched." if blind else ""
    start = f"{said}. " if said else ""
    return printable(f"{start}{sub}. Totals: {totals}.{unseen} {events}".strip())


def _text(
    x: float, y: float, text: str, size: int, *, fill: str = _INK, weight: int = 400, anchor: str = "start"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" fill="{fill}"'
        f' text-anchor="{anchor}">{escape(flat(text, 400))}</text>'
    )
