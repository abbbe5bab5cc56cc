"""A week's posts as a picture for a mail: large letters, few marks, readable on a phone at half its size."""

from collections.abc import Iterator, Mapping

from monitor.charts.colours import HATCH_STRONG, INK, PAPER, SOFT
from monitor.charts.event_markers import marks_of
from monitor.charts.layout import UNKNOWN, Box, Layout, legend
from monitor.charts.series import by_platform
from monitor.charts.svg import Drawing, bars, disc, drawing, fill, hatched, plain_hatch, rect, text
from monitor.charts.text_layout import flat
from monitor.report import Report
from monitor.report.wording import titles

WIDTH = 600
_TOP, _PLOT = 34, 210
_MARK = 40  # above the bars, for the numbers of events
_AXIS = 66
_ROW = 34
_NAME = f'font-size="24" fill="{INK}"'
_DAY = f'font-size="24" fill="{SOFT}" text-anchor="middle"'
_HALO = f'stroke="{PAPER}" stroke-width="6" paint-order="stroke"'  # or a hatch would hide the number
_TOTAL = f'font-size="24" font-weight="600" fill="{INK}" text-anchor="middle" {_HALO}'


def week(report: Report) -> Drawing:
    """Return the posts of each day by platform, WIDTH pixels wide.

    A day of which nothing is known is hatched and has no number; one seen in part is hatched behind its bar.
    """
    days, series = report.days, by_platform(report.days, titles(report))
    events = marks_of(report, days)
    top = _TOP + (_MARK if events else 0)
    chart = Layout(
        days=days, series=series, right=WIDTH, top=top, bottom=top + _PLOT, bar=0.7, gap=2, thin=1 / 3,
        scale=lambda highest: (max(highest, 1),),
    )  # fmt: skip
    names = legend(series, days, "Not all seen")
    parts = [
        plain_hatch(10, 4, HATCH_STRONG),
        *hatched(chart, fill(UNKNOWN)),
        *bars(chart, fill),
        *_labels(chart),
        *(disc(chart.middle(mark.column), 20, 17, mark.label) for mark in events),
        rect(Box(0, chart.bottom, WIDTH, 2), f'fill="{INK}"'),
        *_legend(names, chart.bottom + _AXIS),
    ]
    return drawing(parts, WIDTH, round(chart.bottom + _AXIS + _ROW * ((len(names) + 1) // 2)))


def _labels(chart: Layout) -> Iterator[str]:
    for i, day in enumerate(chart.days):
        middle, total = chart.middle(i), chart.total(i)
        if total is not None:
            yield text(middle, chart.y(total) - 8, f"{total:,}", _TOTAL)
        yield text(middle, chart.bottom + 28, f"{day.day:%a}", _DAY)
        yield text(middle, chart.bottom + 54, f"{day.day.day}", _DAY)


def _legend(names: Mapping[str, str], top: float) -> Iterator[str]:
    for n, (style, name) in enumerate(names.items()):
        x, y = 8 + (n % 2) * WIDTH / 2, top + _ROW * (n // 2)
        yield rect(Box(x, y, 22, 22), fill(style))
        yield text(x + 32, y + 20, flat(name, 18), _NAME)
