"""A week's posts as a picture for a mail: large letters, few marks, readable on a phone at half its size."""

from collections.abc import Iterator, Sequence

from markupsafe import escape

from monitor.charts.axes import Frame
from monitor.charts.bar_chart import SHADED_FROM, Series, by_platform
from monitor.charts.event_markers import Mark, marks
from monitor.charts.png import FAMILY
from monitor.charts.share_image import COLOURS
from monitor.charts.text_layout import flat
from monitor.report import Day, Report
from monitor.report.wording import titles

WIDTH = 600
_INK, _SOFT = "#14181F", "#4B5563"
_TOP, _PLOT = 34, 210
_MARK = 40  # above the bars, for the numbers of events
_AXIS = 66
_ROW = 34
_WIDE = 0.7  # of a column
_SIZE = 24


def week(report: Report) -> tuple[str, int]:
    """Return the posts of each day by platform as SVG, and its height in pixels at WIDTH.

    A day of which nothing is known is hatched and has no number; one seen in part is hatched behind its bar.
    """
    days = report.days
    series = by_platform(days, titles(report))
    found = marks(report.events, report.redefined, [day.day for day in days])
    tallest = max((sum(day.posts.values()) for day in days), default=0)
    top = _TOP + (_MARK if found else 0)
    frame = Frame(top=top, bottom=top + _PLOT, highest=max(tallest, 1))
    legend = [(one.name, COLOURS[min(n, 4)]) for n, one in enumerate(series)]
    if any(day.unknown >= SHADED_FROM for day in days):
        legend.append(("Not all seen", "url(#unseen)"))
    height = round(frame.bottom + _AXIS + _ROW * ((len(legend) + 1) // 2))
    parts = [
        *_columns(days, series, frame),
        *_marks(found, len(days)),
        _box(0, frame.bottom, WIDTH, 2, _INK),
        *_legend(legend, frame.bottom + _AXIS),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"'
        f' viewBox="0 0 {WIDTH} {height}" font-family="{FAMILY}">'
        '<defs><pattern id="unseen" width="10" height="10" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect width="10" height="10" fill="#F0F2F5"/>'
        '<rect width="4" height="10" fill="#9AA3AF"/></pattern></defs>'
        f'<rect width="{WIDTH}" height="{height}" fill="#FFFFFF"/>{"".join(parts)}</svg>'
    ), height


def _columns(days: Sequence[Day], series: Sequence[Series], frame: Frame) -> Iterator[str]:
    width = WIDTH / max(len(days), 1)
    for i, day in enumerate(days):
        left, wide = (i + (1 - _WIDE) / 2) * width, _WIDE * width
        if day.unknown >= SHADED_FROM:
            yield _box(i * width, frame.top, width, _PLOT, "url(#unseen)")
        top = frame.bottom
        for n, one in enumerate(series):
            if count := one.counts[i]:
                bottom, top = top, top - _PLOT * count / frame.highest
                gap = min(2.0, (bottom - top) / 3)
                yield _box(left, top + gap, wide, bottom - top - gap, COLOURS[min(n, 4)])
        middle = (i + 0.5) * width
        if day.posts:
            yield _text(middle, top - 8, f"{sum(day.posts.values()):,}", weight=600, halo=True)
        yield _text(middle, frame.bottom + 28, f"{day.day:%a}", fill=_SOFT)
        yield _text(middle, frame.bottom + 54, f"{day.day.day}", fill=_SOFT)


def _marks(found: Sequence[Mark], columns: int) -> Iterator[str]:
    for mark in found:
        x = (mark.column + 0.5) * WIDTH / columns
        yield f'<circle cx="{x:.1f}" cy="20" r="17" fill="{_INK}"/>'
        yield _text(x, 28, mark.label, fill="#FFFFFF", weight=600)


def _legend(names: Sequence[tuple[str, str]], top: float) -> Iterator[str]:
    for n, (name, fill) in enumerate(names):
        x, y = 8 + (n % 2) * WIDTH / 2, top + _ROW * (n // 2)
        yield _box(x, y, 22, 22, fill)
        yield _text(x + 32, y + 20, flat(name, 18), fill=_INK, anchor="start")


def _box(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>'


def _text(
    x: float,
    y: float,
    text: str,
    *,
    fill: str = _INK,
    weight: int = 400,
    anchor: str = "middle",
    halo: bool = False,
) -> str:
    behind = ' stroke="#FFFFFF" stroke-width="6" paint-order="stroke"' if halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{_SIZE}" font-weight="{weight}" fill="{fill}"'
        f' text-anchor="{anchor}"{behind}>{escape(text)}</text>'
    )
