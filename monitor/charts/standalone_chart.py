"""Pictures that stand alone: the chart of posts with all that explains it, in the sizes that are shared."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from monitor.charts.activity import Activity, activity
from monitor.charts.colours import BLUE, HEAT, INK, PAPER, SEEN, SOFT, UNSEEN, USUAL_EDGE
from monitor.charts.layout import Box
from monitor.charts.svg import FALL, Drawing, drawing, picture_skin, plot, rise, words
from monitor.charts.svg_to_png import BOLD
from monitor.charts.text_layout import flat, printable, wrapped
from monitor.report import Report
from monitor.report.wording import window_words

_MARKED = 8  # events named below the chart
_MAP_SIZE = 'viewBox="0 0 500 190" preserveAspectRatio="xMinYMin" overflow="visible"'
_MAP_STYLE = (
    f".ylab,.xlab{{font-size:12px;fill:{SOFT}}}.running{{fill:none;stroke:{USUAL_EDGE};stroke-width:2.5}}"
    f".hatch{{stroke:{SEEN};stroke-width:2}}.hatch-back{{fill:{UNSEEN}}}"
)
_LETTER = 0.56  # of the type size, a letter's mean width


class Size(NamedTuple):
    """How large a picture is, its letters `scale` times those of a page's chart."""

    width: int
    height: int
    scale: float
    edge: float = 30  # pixels of a page's chart


CARD, MAIL = Size(1920, 1080, 2), Size(600, 420, 1.7, 2)
LANDSCAPE, SQUARE, PORTRAIT = Size(1200, 630, 1.7), Size(1080, 1080, 2), Size(1080, 1350, 2.2)
SIZES = {"landscape": LANDSCAPE, "square": SQUARE, "portrait": PORTRAIT}


@dataclass(slots=True)
class _Sheet:
    """What is drawn, from the top down to `y`."""

    size: Size
    y: float
    parts: list[str]

    @property
    def edge(self) -> float:
        return self.size.edge * self.size.scale

    def write(self, text: str, points: float, look: str, most: int = 1) -> None:
        """Add a text below all else, in at most so many lines of a page's size."""
        size = points * self.size.scale
        lines = wrapped(text, self.size.width - 2 * self.edge, size, most) if text else []
        for line in lines:
            self.y += 1.25 * size
            self.parts.append(words(self.edge, self.y, line, f'font-size="{size:g}" {look}'))


def card(report: Report, chart: Activity, *, headline: str, source: str, size: Size = CARD) -> Drawing:
    """Return a report's chart as a picture under `headline` and over the line `source`, if there are such."""
    below = f"{flat(report.title, 60)}, {window_words(report.window)}. {chart.what}"
    sheet = _head(report, headline, below, chart.legend(), size)
    _chart(sheet, chart, _foot(sheet, _notes(chart), source))
    alt = " ".join(_sentences(f"{headline}. {below}" if headline else below, chart))
    return drawing(sheet.parts, size.width, size.height, printable(alt))


def map_card(
    report: Report, svg: str, names: Mapping[str, str], *, what: str, headline: str, source: str, size: Size
) -> Drawing:
    """Return the map of hours as a picture, from that of a page."""
    below = f"{flat(report.title, 60)}, {window_words(report.window)}. {what}"
    sheet = _head(report, headline, below, names, size)
    x, y = sheet.edge + 36 * size.scale, sheet.y + 20 * size.scale
    place = Box(x, y, size.width - x - sheet.edge, _foot(sheet, (), source) - y)
    style = "".join(f".h{n}{{fill:{colour}}}" for n, colour in enumerate(HEAT)) + _MAP_STYLE
    sheet.parts += [
        f"<style>{style}</style><svg {picture_skin(1).box(place)} {_MAP_SIZE}>", svg.partition(">")[2],
    ]  # fmt: skip
    return drawing(sheet.parts, size.width, size.height, printable(f"{headline}. {below}"))


def _head(report: Report, headline: str, below: str, names: Mapping[str, str], size: Size) -> _Sheet:
    sheet = _Sheet(size, 12 * size.scale, [])
    if report.demo:
        _made_up(sheet)
    sheet.write(headline, 22, f'{BOLD} fill="{INK}"', 4)
    sheet.y += 2 * size.scale
    sheet.write(below, 13, f'fill="{SOFT}"', 3)
    _legend(sheet, names)
    return sheet


def _foot(sheet: _Sheet, notes: Iterable[str], source: str) -> float:
    """Add what stands at the bottom; return the y at which it begins."""
    foot = _Sheet(sheet.size, 0, [])
    foot.write(" ".join(notes), 11, f'fill="{SOFT}"', _MARKED)
    foot.write(source, 10, f'fill="{SOFT}"', 3)
    top = sheet.size.height - foot.y - 14 * sheet.size.scale
    sheet.parts.append(f'<g transform="translate(0 {top:.1f})">{"".join(foot.parts)}</g>')
    return top


def week(report: Report) -> Drawing:
    """Return the chart alone with its legend, for a mail that says the rest in words."""
    chart, sheet = activity(report), _Sheet(MAIL, -8, [])
    _legend(sheet, chart.legend())
    _chart(sheet, chart, MAIL.height)
    return drawing(sheet.parts, MAIL.width, MAIL.height)


def _made_up(sheet: _Sheet) -> None:
    scale = sheet.size.scale
    look = f'font-size="{14 * scale:g}" {BOLD} fill="{PAPER}"'
    sheet.parts += [
        f'<rect width="{sheet.size.width}" height="{26 * scale:g}" fill="{BLUE}"/>',
        words(sheet.edge, 18 * scale, "MADE-UP DATA: nobody wrote these posts", look),
    ]
    sheet.y += 24 * scale


def _legend(sheet: _Sheet, names: Mapping[str, str]) -> None:
    """Add the names of what is drawn, in as many lines as they take."""
    scale, skin = sheet.size.scale, picture_skin(sheet.size.scale)
    x, right = sheet.edge, sheet.size.width - sheet.edge
    sheet.y += 22 * scale
    for style, name in names.items():
        label = flat(name, 60)
        width = (18 + len(label) * 12 * _LETTER + 16) * scale
        if x > sheet.edge and x + width > right:
            x, sheet.y = sheet.edge, sheet.y + 18 * scale
        sheet.parts.append(skin.rects(style, [Box(x, sheet.y - 10 * scale, 12 * scale, 12 * scale)]))
        sheet.parts.append(words(x + 18 * scale, sheet.y, label, f'font-size="{12 * scale:g}" fill="{INK}"'))
        x += width


def _chart(sheet: _Sheet, chart: Activity, bottom: float) -> None:
    scale = sheet.size.scale
    place = chart.layout(
        left=sheet.edge + (0 if chart.has_numbers else 30 * scale), right=sheet.size.width - sheet.edge,
        top=sheet.y + (10 + rise(chart)) * scale, bottom=bottom - (FALL + 8) * scale, gap=2 * scale,
    )  # fmt: skip
    sheet.parts += plot(chart, place, picture_skin(scale))


def _notes(chart: Activity) -> Iterator[str]:
    for mark in chart.marks[:_MARKED]:
        yield f"{mark.label}: {flat(mark.text, 120)}."
    if len(chart.marks) > _MARKED:
        yield f"And {len(chart.marks) - _MARKED} more."


def _sentences(start: str, chart: Activity) -> Iterator[str]:
    """Yield what the picture shows, for those who cannot see it."""
    totals = ", ".join(f"{one.name} {one.total:,}" for one in chart.series) or "no posts"
    yield f"{start}. Totals: {totals}."
    if any(day.has_gaps for day in chart.columns):
        yield "Some time was not covered."
    if chart.flag:
        yield f"{'; '.join(chart.flag.lines)}."
    yield from _notes(chart)
