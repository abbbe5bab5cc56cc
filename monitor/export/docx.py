"""A brief of one A4 page as a Word file, to be read in two minutes and edited by hand."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Any

from monitor.archive.values import PostRow
from monitor.charts.activity import activity
from monitor.charts.standalone_chart import CARD, card
from monitor.charts.svg_to_png import png
from monitor.charts.text_layout import flat, printable
from monitor.core.content_warning import upsetting
from monitor.core.errors import PictureError
from monitor.export.provenance import coverage, source_line, unseen
from monitor.platform_info import forbidding
from monitor.privacy import parts
from monitor.report import Report, ShownPost
from monitor.report.anonymise import without_names
from monitor.report.figures import shown_on, statements
from monitor.report.measure import Face
from monitor.report.outcomes.sentences import outcome_lines
from monitor.report.story import Headline
from monitor.report.wording import tone_checked, window_words

QUOTES = 3
_QUOTED = 150  # characters of each
_SENTENCE = 200
_CHART, _SMALLEST = 8.4, 4.6  # cm: the more words, the lower, or the page would be two
_FEW = 700  # letters
_LOWER = 0.0045  # cm for each letter more
_MARGIN = 1.8  # cm
_INK = "14181F"


def write_brief(report: Report, headline: Headline, out: IO[bytes]) -> None:
    """Write the brief. Where no picture can be drawn, it says so in its place."""
    from docx import Document

    document = Document()
    _page(document, report.title, report.made_at)
    document.add_heading(flat(report.title, 70) + ": " + window_words(report.window), 1)
    if report.demo:
        document.add_paragraph("Made-up data: nobody wrote these posts.", "Strong line")
    document.add_paragraph(flat(headline.answer, _SENTENCE) + ".", "Answer")
    if headline.others:
        document.add_paragraph(" ".join(others(headline)))
    _numbers(document, report)
    if counters := outcome_lines(report):
        document.add_paragraph(f"Outcomes: {'; '.join(counters)}.", "Small")
    if tone := tone_checked(report):
        document.add_paragraph(f"Tone: {tone}", "Small")
    if headline.todo:
        document.add_heading("What to do", 2)
        document.add_paragraph(" ".join(steps(headline)))
    quotations = quotes(report.top)
    _chart(document, report, _height(headline, quotations))
    _quotes(document, quotations)
    document.add_heading("What we could not see", 2)
    document.add_paragraph(not_seen(report))
    document.add_heading("How we count", 2)
    for measure in shown_on(Face.BRIEF):
        meaning = measure.definition
        document.add_paragraph(f"{meaning.title} (definition {meaning.version}): {meaning.what}", "Small")
    document.add_paragraph(source_line(report), "Small")
    document.save(out)


def write_paper(text: str, title: str, made_at: datetime, out: IO[bytes]) -> None:
    """Write a paper of monitor.privacy, to be filled in and edited by hand."""
    from docx import Document

    document = Document()
    _page(document, title, made_at)
    for kind, lines in parts(text):
        if kind == "tr":
            _paper_table(document, lines)
            continue
        for (line,) in lines:
            if kind in ("h1", "h2", "h3"):
                document.add_heading(printable(line), int(kind[1]))
            else:
                document.add_paragraph(printable(line), "List Bullet" if kind == "li" else "Normal")
    document.save(out)


def _paper_table(document: Any, rows: Sequence[tuple[str, ...]]) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    table.style = "Table Grid"
    for cells, row in zip(rows, table.rows, strict=True):
        for text, cell in zip(cells, row.cells, strict=True):
            cell.text = printable(text)
    _header(table.rows[0])


def quotes(posts: Iterable[ShownPost | PostRow]) -> tuple[str, ...]:
    """Return what at most QUOTES people wrote, without who they are.

    Left out: posts that were removed, that may upset, and of platforms whose posts may not be passed on.
    """
    fit = (
        post.text
        for post in posts
        if post.text and post.platform not in forbidding("files") and not upsetting(post.text)
    )
    texts = (flat(without_names(text), _QUOTED) for text in fit)
    return tuple(dict.fromkeys(text for text in texts if text))[:QUOTES]


def others(headline: Headline) -> list[str]:
    """Return the sentences after the first."""
    return [flat(sentence, _SENTENCE) for sentence in headline.others]


def steps(headline: Headline) -> list[str]:
    """Return what to do, numbered."""
    return [f"{n}. {flat(step.text, 110)}." for n, step in enumerate(headline.todo, 1)]


def not_seen(report: Report) -> str:
    """Return what the numbers do not hold, as sentences."""
    shares = "; ".join(f"{name} {share}" for name, share in coverage(report))
    off = [flat(source.title, 40) for source in report.sources if not source.on]
    parts = [
        f"{unseen(report)}" or "Every day was covered.",
        f"{flat(shares, 240)}." if shares else "",
        f"Switched off: {', '.join(off)}." if off else "",
        "Private accounts and groups are never visible to us.",
    ]
    return " ".join(part for part in parts if part)


def _page(document: Any, title: str, made_at: datetime) -> None:
    from docx.shared import Cm, Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Cm(_MARGIN)
    section.top_margin = section.bottom_margin = Cm(1.4)
    properties = document.core_properties
    properties.title = flat(title, 200)
    properties.author, properties.comments = "", ""
    properties.language = "en-GB"
    properties.created = properties.modified = made_at.replace(tzinfo=None)
    _styles(document)


def _styles(document: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE

    for name, size, bold, before, after in (
        ("Normal", 10, False, 0, 2), ("Heading 1", 12, False, 0, 2), ("Heading 2", 10.5, True, 5, 1),
        ("Heading 3", 10, True, 4, 1), ("Answer", 17, True, 0, 5), ("Strong line", 10, True, 0, 2),
        ("Small", 8, False, 0, 0), ("Quotation", 10, False, 0, 2), ("Figure", 14, True, 0, 0),
    ):  # fmt: skip
        styles = document.styles
        style = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        _look(style, size, bold, before, after)


def _look(style: Any, size: float, bold: bool, before: float, after: float) -> None:
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size, style.font.bold = "Arial", Pt(size), bold
    style.font.color.rgb = RGBColor.from_string(_INK)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    style.paragraph_format.line_spacing = 1.0
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):  # these would win over the name
        fonts.attrib.pop(qn(f"w:{kind}"), None)
    language = properties.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        properties.append(language)
    language.set(qn("w:val"), "en-GB")


def _numbers(document: Any, report: Report) -> None:
    numbers = statements(report, Face.BRIEF)
    table = document.add_table(rows=3, cols=len(numbers))
    table.style = "Table Grid"
    for number, column in zip(numbers, table.columns, strict=True):
        lines = (number.title, "Small"), (number.words, "Figure"), (number.note, "Small")
        for cell, (text, style) in zip(column.cells, lines, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.style, paragraph.text = document.styles[style], printable(text)
    _header(table.rows[0])


def _header(row: Any) -> None:
    """Mark a table's first row as its header, which screen readers read with each cell."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _height(headline: Headline, quotations: Sequence[str]) -> float:
    """Return how high the picture may be, in cm."""
    sentences = (flat(headline.answer, _SENTENCE), *others(headline), *steps(headline))
    letters = sum(map(len, (*sentences, *quotations)))
    return max(_SMALLEST, _CHART - _LOWER * max(0, letters - _FEW))


def _chart(document: Any, report: Report, most: float) -> None:
    from docx.shared import Cm

    chart = card(report, activity(report), headline="", source="")
    try:
        picture = png(chart.svg, width=CARD.width)
    except PictureError as error:
        document.add_paragraph(str(error))
        return
    height = min(most, (21.0 - 2 * _MARGIN) * chart.height / CARD.width)
    shape = document.add_picture(io.BytesIO(picture), height=Cm(height))
    shape._inline.docPr.set("descr", chart.alt)
    shape._inline.docPr.set("title", "Posts by platform")


def _quotes(document: Any, texts: Sequence[str]) -> None:
    if not texts:
        return
    document.add_heading("What people wrote", 2)
    for text in texts:
        document.add_paragraph(f"“{text}”", "Quotation")
    document.add_paragraph("Public posts, without names. Ask the authors before you publish them.", "Small")
