"""Texts that mean harm, in every kind of file: nothing runs, nothing breaks, nothing is lost in silence."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from functools import lru_cache
from xml.etree import ElementTree

import pytest

from monitor.charts.activity import ChartKind, activity
from monitor.charts.standalone_chart import card
from monitor.export import TABLE_COLUMNS
from monitor.export.csv import TABLES, write_csv, write_table
from monitor.export.xlsx import write_xlsx
from monitor.report import Event, Report, ShownPerson, Term
from tests.dashboard.reports import LAST, a_post, a_report
from tests.export.hostile import OURS, hostile, listed
from tests.export.test_exports import ROW

FORMULA = re.compile("^[=+\\-@\t\r\n＝＋－＠]")


@pytest.fixture(scope="module")
def texts() -> tuple[str, ...]:
    return hostile()


def a_bad_report(text: str, **changes: object) -> Report:
    person = ShownPerson(platform="mastodon", url=text, handle=text, name=text, followers=1, posts=1,
                         engagement=1, is_new=False)  # fmt: skip
    post = a_post(text=text, handle=text, name=text, url=text, platform="mastodon")
    return a_report(
        title=text, campaign=text, top=(post,) * 3, latest=(post,), top_people=(person,),
        tags=(Term(term=text, posts=1),), links=(Term(term=text, posts=1),),
        events=(Event(day=LAST, title=text),), **changes,
    )  # fmt: skip


def parts(file: bytes) -> dict[str, str]:
    """Return the XML parts of an office file by name; raises if one cannot be read."""
    with zipfile.ZipFile(io.BytesIO(file)) as opened:
        assert opened.testzip() is None
        found = {
            name: opened.read(name).decode() for name in opened.namelist() if name.endswith((".xml", ".rels"))
        }
    for text in found.values():
        check(text)
    return found


@lru_cache  # most parts are the same in each file
def check(text: str) -> None:
    """Raise ParseError if a text is no XML."""
    ElementTree.fromstring(text)


def formulas(sheets: dict[str, str]) -> int:
    return sum(
        len(re.findall("<f[ >]", text)) for name, text in sheets.items() if name.startswith("xl/worksheets/")
    )


def outside(found: dict[str, str]) -> list[str]:
    return [name for name, text in found.items() if 'TargetMode="External"' in text]


def test_the_public_lists_are_read_where_they_are():
    if not listed():
        pytest.skip("shared/data/hostile is not beside the repository; our own texts are used alone")
    assert len(listed()) > 500


@pytest.mark.slow
def test_a_workbook_has_no_formula_and_no_link(texts):
    out = io.BytesIO()
    rows = [replace(ROW, text=text, handle=text, name=text, url=text, lang=text) for text in texts]
    assert write_xlsx(a_bad_report(texts[0]), rows, out) == len(texts)
    found = parts(out.getvalue())
    assert formulas(found) == 0
    assert outside(found) == []
    assert found["xl/worksheets/sheet4.xml"].count("<row ") == len(texts) + 1


def test_control_a_workbook_with_the_usual_settings_has_both():
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for n, text in enumerate(OURS):
        sheet.write(n, 0, text[:200].replace("\ud800", ""))
    book.close()
    found = {
        name: text.decode()
        for name, text in ((n, zipfile.ZipFile(out).read(n)) for n in zipfile.ZipFile(out).namelist())
    }
    assert formulas(found) > 0
    assert outside(found) != []


def test_a_long_text_is_cut_and_not_lost():
    out = io.BytesIO()
    write_xlsx(a_report(), [replace(ROW, text="x" * 40_000)], out)
    posts = parts(out.getvalue())["xl/worksheets/sheet4.xml"]
    assert "x" * 32_766 + "…" in posts


def cells(text: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


@pytest.mark.slow
def test_no_cell_of_any_csv_begins_as_a_formula(texts):
    for write in (write_posts, *(lambda text, name=name: write_one(name, text) for name in TABLES)):
        for text in texts:
            assert [cell for cell in cells(write(text)) if FORMULA.match(cell)] == [], repr(text)


def write_posts(text: str) -> str:
    out = io.StringIO(newline="")
    write_csv([replace(ROW, text=text, handle=text, name=text, url=text, native_id=text,
                       terms=(("place", text),), message=text, mark=text, notes=(text, text),
                       origin=("import", f"import:{text}"))], out, TABLE_COLUMNS)  # fmt: skip
    return out.getvalue()


def write_one(name: str, text: str) -> str:
    out = io.StringIO(newline="")
    head, rows = TABLES[name][1](a_bad_report(text, days=a_report(1).days))
    write_table(head, rows, out)
    return out.getvalue()


def test_control_a_plain_csv_writer_writes_formulas():
    out = io.StringIO(newline="")
    csv.writer(out).writerows([text] for text in OURS if "\ud800" not in text)
    assert [cell for cell in cells(out.getvalue()) if FORMULA.match(cell)] != []


@pytest.mark.slow
def test_a_card_is_sound_xml_and_holds_no_tag_of_a_text(texts):
    for text in texts:
        report = a_bad_report(text, days=a_report(1).days)
        drawn = card(report, activity(report, ChartKind.PLATFORM), headline=text, source=text)
        root = ElementTree.fromstring(drawn.svg)
        kinds = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert kinds <= {"svg", "title", "g", "rect", "line", "circle", "text", "tspan"}
        names = {name for element in root.iter() for name in element.attrib}
        assert not any(name.startswith("on") or name.endswith("href") for name in names)
