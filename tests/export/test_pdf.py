"""The PDF of the week: one page with all the words in the order of reading, each part by its name."""

import io
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from pypdf import PdfReader

from monitor.core.errors import PictureError
from monitor.export.docx import not_seen, others, quotes, steps
from monitor.export.formats import kind
from monitor.export.pdf import write_pdf
from monitor.export.provenance import source_line
from monitor.report import Report
from monitor.report.figures import statements
from monitor.report.measure import Face
from monitor.report.story import Headline, headline
from tests.dashboard.reports import a_post, a_report
from tests.export.hostile import OURS
from tests.export.test_documents import fullest
from tests.export.test_hostile import a_bad_report

pytestmark = pytest.mark.heavy


def read(report: Report, told: Headline | None = None) -> PdfReader:
    out = io.BytesIO()
    write_pdf(report, told or headline(report), out)
    return PdfReader(out)


def words(pdf: PdfReader) -> str:
    return " ".join("\n".join(page.extract_text() for page in pdf.pages).split())


def tags(pdf: PdfReader) -> list[tuple[str, str]]:
    """Return the parts of the page in their order: what each is, and what is said of it instead."""
    return [*_tags(pdf.trailer["/Root"]["/StructTreeRoot"])]


def _tags(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, int):
        return
    node = node.get_object()
    if "/S" in node:
        yield node["/S"], node.get("/Alt", "")
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        yield from _tags(kid)


@pytest.mark.parametrize("report", [a_report(7, demo=True), a_report(28)], ids=["a week of the demo", "four"])
def test_the_page_says_in_this_order_what_the_week_was(report: Report):
    pdf, told = read(report), headline(report)
    numbers = statements(report, Face.MAIL)
    expected = [
        report.title, *(["Made-up data: nobody wrote these posts."] if report.demo else []),
        f"{told.answer}.", *others(told), "Posts per day",
        *(number.title for number in numbers), *(number.words for number in numbers),
        *(number.usually or number.basis for number in numbers), *steps(told), *quotes(report.top),
        not_seen(report), source_line(report),
    ]  # fmt: skip
    text, at = words(pdf), 0
    for one in expected:
        at = text.index(" ".join(one.split()), at)
    assert len(numbers) == 5


def test_the_page_is_tagged_named_and_in_british_english():
    pdf = read(a_report(7))
    root, found = pdf.trailer["/Root"], tags(pdf)
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "en-GB")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata.title == "#CallingTimeOnCrime: 16 to 22 November 2026"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    kinds = [name for name, _ in found]
    assert [kinds.count(name) for name in ("/H1", "/H2", "/Figure", "/Table", "/L")] == [1, 4, 1, 1, 2]
    assert kinds.count("/TH") == len(statements(a_report(7), Face.MAIL))
    [alt] = [alt for name, alt in found if name == "/Figure"]
    assert alt.startswith("#CallingTimeOnCrime, 16 to 22 November 2026. Posts per day. Totals: ")


@pytest.mark.parametrize("letters", ["plain", "the longest"])
def test_it_is_one_small_page_of_a4_with_its_own_letters(letters: str):
    report, told = (a_report(), headline(a_report())) if letters == "plain" else fullest()
    pdf = read(report, told)
    [page] = pdf.pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)  # points
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].get_object().values()]
    assert {font["/BaseFont"].partition("+")[2] for font in fonts} <= {"Inter-Regular", "Inter-SemiBold"}
    for font in fonts:
        [descendant] = font["/DescendantFonts"]
        assert descendant.get_object()["/FontDescriptor"].get_object().keys() & {"/FontFile2", "/FontFile3"}
    assert len(pdf.stream.getvalue()) < 80_000
    assert source_line(report)[-30:] in words(pdf)  # to its last words


@pytest.mark.parametrize("text", ['#read("/etc/passwd")', "*a* _b_ `c` $x$ <d> @e // f", "= g", "#1 \\ [h]"])
def test_markup_in_words_is_only_words(text: str):
    assert text in words(read(a_report(7, title=text)))


@pytest.mark.slow
@pytest.mark.parametrize("text", OURS, ids=range(len(OURS)))
def test_no_text_breaks_the_page(text: str):
    assert len(read(a_bad_report(text)).pages) == 1


def test_a_letter_that_no_typeface_has_is_a_box_and_the_last_line_says_what_that_means():
    pdf = read(a_report(7, title="#Crime \U000e1234"))
    assert len(pdf.pages) == 1
    assert words(pdf).endswith("no typeface on this computer has; the Word file has it.")
    assert "typeface" not in words(read(a_report(7)))  # the control


def test_the_brief_names_nobody():
    report = a_report(7, top=(a_post(text="@rosa asked Ann", handle="@heathway", name="Heathway Residents"),))
    out, form = io.BytesIO(), kind("brief", "pdf")
    assert form
    form.write(report, (), out)
    text = words(PdfReader(out))
    assert "asked Ann" in text
    assert not any(name in text for name in ("@heathway", "Residents", "@rosa", "@ward"))
    assert "@ward" in words(read(report))  # the control: the headline of those who work here does


def test_the_same_report_is_the_same_file():
    first, second = (read(a_report(7)).stream.getvalue() for _ in range(2))
    assert first == second


def test_without_the_library_a_sentence_says_what_to_take(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(PictureError, match="Use the Word file instead"):
        read(a_report(7))


def test_the_words_go_in_as_data(monkeypatch: pytest.MonkeyPatch):
    given = []
    monkeypatch.setattr("monitor.export.pdf._set", lambda week: given.append(week) or b"")
    write_pdf(a_report(7, title="#x"), headline(a_report(7)), io.BytesIO())
    assert given[0]["title"].startswith("#x: ")
