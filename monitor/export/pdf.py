"""The week on one A4 page as a PDF, tagged for those who have it read to them (PDF/UA-1)."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from monitor.charts.activity import activity
from monitor.charts.standalone_chart import Size, card
from monitor.charts.svg_to_png import FONTS
from monitor.charts.text_layout import flat
from monitor.core.errors import PictureError
from monitor.export.docx import not_seen, others, quotes, steps
from monitor.export.provenance import source_line
from monitor.report import Report
from monitor.report.figures import statements
from monitor.report.measure import Face
from monitor.report.outcomes.sentences import outcome_lines
from monitor.report.story import Headline
from monitor.report.wording import tone_checked, window_words

_PAGE = Path(__file__).with_name("week.typ")
_CHART = Size(660, 330, 1, 0)  # as wide as the page, in pixels of 1/96 inch
_TITLE, _SENTENCE = 70, 200  # letters
_BOXES = "A box stands for a letter that no typeface on this computer has; the Word file has it."
_DATE = "year", "month", "day", "hour", "minute", "second"


def write_pdf(report: Report, headline: Headline, out: IO[bytes]) -> None:
    """Write the page. Raises PictureError where it cannot be set."""
    plain = replace(report, demo=False)  # the page says so itself
    chart = card(plain, activity(report), headline="", source="", size=_CHART)
    week = {
        "title": f"{flat(report.title, _TITLE)}: {window_words(report.window)}",
        "date": dict(zip(_DATE, report.made_at.timetuple(), strict=False)),
        "notice": "Made-up data: nobody wrote these posts." if report.demo else "",
        "answer": flat(headline.answer, _SENTENCE) + ".",
        "others": " ".join(others(headline)),
        "chart": chart.svg,
        "alt": chart.alt,
        "numbers": [
            {"title": number.title, "words": number.words, "basis": number.note}
            for number in statements(report, Face.MAIL)  # five, as in the mail
        ],
        "outcomes": "; ".join(outcome_lines(report)),
        "tone": tone_checked(report) or "",
        "todo": [step.partition(" ")[2] for step in steps(headline)],
        "quotes": quotes(report.top),
        "unseen": not_seen(report),
        "source": source_line(report),
    }
    out.write(_set(week))


def _set(week: Mapping[str, object]) -> bytes:
    try:
        from typst import TypstError
    except ImportError as error:
        raise PictureError(
            "This computer cannot make PDF files (typst is missing). Use the Word file instead."
        ) from error
    try:
        return _compiled(week, pdf_standards="ua-1")
    except TypstError:  # it has a letter that no typeface of this machine has
        return _compiled({**week, "source": f"{week['source']} {_BOXES}"})


def _compiled(week: Mapping[str, object], **standards: Any) -> bytes:
    from typst import Compiler, Fonts

    fonts = Fonts(include_embedded_fonts=False, font_paths=[FONTS])
    inputs = {"week": json.dumps(week)}
    compiler = Compiler(_PAGE, root=_PAGE.parent, font_paths=fonts, sys_inputs=inputs)
    pages = compiler.compile(format="pdf", **standards)
    assert isinstance(pages, bytes)
    return pages
