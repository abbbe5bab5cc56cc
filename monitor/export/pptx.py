"""Two PowerPoint slides: the chart, which can be edited, and the numbers with their ranges."""

from collections.abc import Sequence
from typing import IO, Any, NamedTuple

from monitor.charts.colours import GRID, SERIES
from monitor.charts.event_markers import marks_of
from monitor.charts.layout import day_label
from monitor.charts.series import Series, by_platform
from monitor.charts.text_layout import flat, printable
from monitor.export.provenance import coverage, made_line, methods, unseen
from monitor.report import Day, Report
from monitor.report.by_week import in_columns
from monitor.report.figures import statements
from monitor.report.measure import Face
from monitor.report.outcomes.sentences import outcome_lines
from monitor.report.story import Headline
from monitor.report.wording import tone_checked, window_words

_WIDE, _HIGH = 13.333, 7.5  # inches: 16 to 9
_EDGE = 0.6
_EVENTS = 4
_ROW = 1.9  # inches for a number, where there is room
_WEEK = 7
_LINE = 75  # letters of a title
_COUNTERS = 480  # letters of the outcomes on their slide, three lines; the notes have all
_METHODS = "How each number is counted is in the notes."
_BLANK_WITH_TITLE = 5  # the layout "Title Only" of the library's own template


class _Area(NamedTuple):
    """A part of a slide, in inches."""

    top: float
    height: float
    left: float = _EDGE
    width: float = _WIDE - 2 * _EDGE

    @property
    def units(self) -> tuple[int, int, int, int]:
        """Return left, top, width and height in the library's units."""
        from pptx.util import Inches

        return Inches(self.left), Inches(self.top), Inches(self.width), Inches(self.height)


def write_slides(report: Report, headline: Headline, out: IO[bytes]) -> None:
    """Write the two slides; their notes tell how the numbers are counted."""
    from pptx import Presentation
    from pptx.util import Inches

    show = Presentation()
    show.slide_width, show.slide_height = Inches(_WIDE), Inches(_HIGH)
    properties = show.core_properties
    properties.title, properties.author, properties.language = flat(report.title, 200), "", "en-GB"
    properties.created = properties.modified = report.made_at.replace(tzinfo=None)
    _chart_slide(show, report, headline)
    _number_slide(show, report, headline)
    show.save(out)


def _chart_slide(show: Any, report: Report, headline: Headline) -> None:
    columns, per = in_columns(report.days)
    series = by_platform(columns)
    slide = _slide(show, flat(headline.answer, 170))
    made_up = "MADE-UP DATA. " if report.demo else ""
    sub = f"{made_up}Posts per {per} by platform, {window_words(report.window)}. {flat(report.title, 60)}"
    _box(slide, _Area(1.2, 0.4), [sub], 16)
    below = _below(report, columns)
    if series and columns:
        _chart(slide, columns, series, 5.4 - 0.25 * len(below), per)
    high = 0.27 * len(below)
    _box(slide, _Area(7.2 - high, high), below, 12)
    _notes(slide, report)


def _below(report: Report, columns: Sequence[Day]) -> list[str]:
    markers = marks_of(report, columns)
    lines = [flat(f"{mark.label}  {mark.text}", 140) for mark in markers[:_EVENTS]]
    if len(markers) > _EVENTS:
        lines.append(f"and {len(markers) - _EVENTS} more, in the notes")
    if dark := unseen(report):
        lines.append(f"{dark} Days that were not covered are left empty: they may have had posts.")
    return [*lines, f"{made_line(report)} {_METHODS}"]


def _chart(slide: Any, days: Sequence[Day], series: Sequence[Series], height: float, per: str) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
    from pptx.util import Pt

    data = CategoryChartData(number_format="#,##0")
    data.categories = [day_label(day.day, days[0].day, days[-1].day) for day in days]
    for platform in series:
        data.add_series(printable(platform.name), platform.counts)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_STACKED, *_Area(1.6, height).units, data)
    totals = ", ".join(f"{platform.name} {platform.total:,}" for platform in series)
    words = f"Stacked columns of posts per {per} by platform. Totals: {totals}."
    frame._element.nvGraphicFramePr.cNvPr.set("descr", printable(words))
    chart = frame.chart
    chart.has_legend, chart.font.size = True, Pt(13)
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    _paint(chart, series, len(days), per)


def _paint(chart: Any, series: Sequence[Series], columns: int, per: str) -> None:
    from pptx.dml.color import RGBColor

    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 35, 100
    for bars, platform in zip(plot.series, series, strict=True):
        bars.format.fill.solid()
        bars.format.fill.fore_color.rgb = RGBColor.from_string(SERIES[platform.style][1:])
    axis = chart.value_axis
    axis.major_gridlines.format.line.color.rgb = RGBColor.from_string(GRID[1:])
    axis.format.line.fill.background()
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "#,##0", False
    if columns > _WEEK:
        _label_every(chart.category_axis, _WEEK if per == "day" else -(-columns // 8))


def _label_every(axis: Any, columns: int) -> None:
    """Set how far labels and ticks are apart, in the file's order; the library has no word for it."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    before = axis._element.find("{*}noMultiLvlLbl")
    for name in ("tickLblSkip", "tickMarkSkip"):
        mark = parse_xml(f'<c:{name} {nsdecls("c")} val="{columns}"/>')
        if before is None:
            axis._element.append(mark)
        else:
            before.addprevious(mark)


def _number_slide(show: Any, report: Report, headline: Headline) -> None:
    numbers = statements(report, Face.SLIDES)
    slide = _slide(show, "The numbers, and how sure they are")
    _box(slide, _Area(1.2, 0.4), [f"{flat(report.title, 60)}, {window_words(report.window)}"], 16)
    across, size = (2, 40) if len(numbers) <= 4 else (3, 28) if len(numbers) <= 6 else (4, 20)
    apart, scale = 12.4 / across, 2 / max(2, -(-len(numbers) // across))
    for n, number in enumerate(numbers):
        top, place = 1.9 + (n // across) * scale * _ROW, (_EDGE + (n % across) * apart, apart - 0.3)
        _box(slide, _Area(top, 0.35 * scale, *place), [number.title], 18 * scale)
        _box(slide, _Area(top + 0.35 * scale, 0.75 * scale, *place), [number.words], size * scale, bold=True)
        basis = "; ".join(filter(None, (number.usually, number.basis)))
        _box(slide, _Area(top + 1.1 * scale, 0.4 * scale, *place), [basis], 14 * scale)
    below = [flat(sentence, 250) for sentence in headline.others]
    if counters := outcome_lines(report):
        below.append(flat(f"Outcomes: {'; '.join(counters)}.", _COUNTERS))
    if below:
        _box(slide, _Area(5.5, 1.35), below, 12 if counters else 14)
    _box(slide, _Area(6.9, 0.3), [f"{made_line(report)} {_METHODS}"], 12)
    _notes(slide, report)


def _slide(show: Any, title: str) -> Any:
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    slide = show.slides.add_slide(show.slide_layouts[_BLANK_WITH_TITLE])
    shape, size = slide.shapes.title, 28 if len(title) < _LINE else 22
    shape.left, shape.top, shape.width, shape.height = _Area(0.35, 0.85).units
    frame = shape.text_frame
    frame.text, frame.vertical_anchor, frame.word_wrap = printable(title), MSO_ANCHOR.MIDDLE, True
    paragraph = frame.paragraphs[0]
    paragraph.alignment, paragraph.font.size, paragraph.font.bold = PP_ALIGN.LEFT, Pt(size), True
    return slide


def _box(slide: Any, area: _Area, lines: Sequence[str], size: float, *, bold: bool = False) -> None:
    from pptx.util import Pt

    frame = slide.shapes.add_textbox(*area.units).text_frame
    frame.word_wrap = True
    for n, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
        paragraph.text = printable(line)
        paragraph.font.size, paragraph.font.bold = Pt(size), bold


def _notes(slide: Any, report: Report) -> None:
    first, last = report.window.first, report.window.last
    events = [f"{day_label(event.day, first, last)}: {flat(event.title, 200)}" for event in report.events]
    lines = [
        *(["Made-up data: nobody wrote these posts."] if report.demo else []),
        "How each number is counted:",
        *(f"{name} (definition {number}): {' '.join(rest)}" for name, number, *rest in methods(report)),
        *([f"Tone: {tone}"] if (tone := tone_checked(report)) else []),
        *(["Outcomes:", *outcome_lines(report)] if report.outcomes else []),
        "What we could see:",
        *(f"{name}: {share}" for name, share in coverage(report)),
        unseen(report) or "Every day was covered.",
        *(["Events:", *events] if events else []),
    ]  # fmt: skip
    slide.notes_slide.notes_text_frame.text = printable("\n".join(lines))
