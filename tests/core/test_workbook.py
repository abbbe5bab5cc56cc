"""Workbooks as Excel and other programs write them, and such as are made to do harm."""

import io
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
import xlsxwriter

from monitor.core.errors import MonitorError
from monitor.core.files import workbook
from monitor.core.files.csv_reader import table
from monitor.core.files.workbook import sheets


def a_book(*rows: list[Any], options: dict[str, Any] | None = None) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, options or {})
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(at, column, value, day)
            else:
                sheet.write(at, column, value)
    book.close()
    return out.getvalue()


def cells(data: bytes) -> list[tuple[int, list[str]]]:
    [rows] = sheets(io.BytesIO(data))
    return list(rows)


def with_part(data: bytes, name: str, text: str) -> bytes:
    """Return the workbook with one of its parts replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for item in before.namelist():
            after.writestr(item, text if item == name else before.read(item))
    return out.getvalue()


@pytest.mark.parametrize("options", [{}, {"constant_memory": True}], ids=["shared texts", "texts in place"])
def test_cells_are_texts_whatever_they_are(options: dict[str, Any]):
    at = datetime(2026, 11, 22, 18, 30, 5, tzinfo=UTC).replace(tzinfo=None)
    assert cells(a_book(["id", "text"], [12, "£5 = a\nb"], [None, at], [True, 1.5], options=options)) == [
        (1, ["id", "text"]), (2, ["12", "£5 = a\nb"]), (3, ["", "2026-11-22 18:30:05"]), (4, ["1", "1.5"]),
    ]  # fmt: skip


def test_days_that_are_counted_from_1904_are_the_same_days():
    at = datetime(2026, 11, 22, 18, 30, tzinfo=UTC).replace(tzinfo=None)
    assert cells(a_book([at], options={"date_1904": True})) == [(1, ["2026-11-22 18:30:00"])]


@pytest.mark.parametrize("number", [1594823456789012345, 2**53, 1.5e300], ids=["an id", "the first", "huge"])
def test_a_number_that_has_lost_digits_shows_that_it_has(number: float):
    [(_, [cell])] = cells(a_book([number]))
    assert "E+" in cell
    assert cells(a_book([2**53 - 1]))[0][1] == ["9007199254740991"]  # control


def test_a_day_is_one_unless_its_cell_shows_a_time():
    day, out = datetime(2026, 11, 22, tzinfo=UTC).replace(tzinfo=None), io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for column, form in enumerate(("dd/mm/yyyy", "[$-809]d mmmm yy", "dd/mm/yyyy hh:mm")):
        sheet.write_datetime(0, column, day, book.add_format({"num_format": form}))
    book.close()
    assert cells(out.getvalue()) == [(1, ["2026-11-22", "2026-11-22", "2026-11-22 00:00:00"])]


def test_a_sheet_that_is_hidden_is_not_read():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for name in ("Posts", "old"):
        book.add_worksheet(name).write_row(0, 0, [name])
    book.worksheets()[1].hide()
    book.close()
    assert cells(out.getvalue()) == [(1, ["Posts"])]


def several(**sheets: list[list[str]]) -> io.BufferedReader:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    book.close()
    return io.BufferedReader(io.BytesIO(out.getvalue()))


def test_the_sheet_with_the_best_header_is_the_table():
    posts = [["Report"], [], ["text", "id"], ["a", "1"]]
    found = table(several(Notes=[["about"], ["text"]], Posts=posts, Blank=[["text", "id"]]), {"text", "id"})
    assert found.columns == ("text", "id")
    assert [(row.number, row.cells) for row in found.rows] == [(4, ["a", "1"])]


def test_of_several_sheets_with_the_same_columns_none_is_read_alone():
    with pytest.raises(MonitorError, match="Several sheets"):
        table(several(October=[["text"], ["a"]], November=[["text"], ["b"]]), {"text"})


def test_runs_of_letters_are_one_text_and_how_a_word_is_said_is_left_out():
    runs, said = "<r><t>one </t></r><r><t>two</t></r>", "<rPh><t>トウキョウ</t></rPh>"
    texts = f"<sst><si>{runs}</si><si><t>東京</t>{said}</si></sst>"
    assert cells(with_part(a_book(["a", "b"]), "xl/sharedStrings.xml", texts)) == [(1, ["one two", "東京"])]


def a_sheet(cell: str, before: str = "") -> str:
    return f"{before}<worksheet><row>{cell}</row></worksheet>"


WRONG_SHEETS = {
    "entities": a_sheet("<c><v>&c;</v></c>", '<!DOCTYPE a [<!ENTITY b "1"><!ENTITY c "&b;&b;">]>'),
    "another file": a_sheet("<c><v>&b;</v></c>", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>'),
    "cut": "<worksheet><row>",
    "empty": "",
    "zero": "\0",
    "no row": '<worksheet><row r="x"/></worksheet>',
    "no such text": a_sheet('<c t="s"><v>99</v></c>'),
    "no number": a_sheet("<c><v>many</v></c>"),
    "no day": a_sheet('<c s="1"><v>1e12</v></c>'),
}


@pytest.mark.parametrize("kind", WRONG_SHEETS)
def test_a_sheet_that_is_wrong_ends_in_words(kind: str):
    book = a_book(["a", datetime(2026, 11, 22, tzinfo=UTC).replace(tzinfo=None)])
    with pytest.raises(MonitorError, match=r"This workbook is broken.*Save as, then CSV"):
        cells(with_part(book, "xl/worksheets/sheet1.xml", WRONG_SHEETS[kind]))


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"])
@pytest.mark.parametrize("text", ["<a", "<sheets><sheet/></sheets>", '<x xmlns="y"><xf numFmtId="&"/></x>'])
def test_another_part_that_is_wrong_ends_in_words_or_in_cells(part: str, text: str):
    with suppress(MonitorError):
        assert [list(rows) for rows in sheets(io.BytesIO(with_part(a_book(["a"]), part, text)))] in (
            [[(1, ["a"])]],
            [],
        )


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 1000, a_book(["a"])[:-60]])
def test_what_is_no_workbook_is_refused_in_words(data: bytes):
    with pytest.raises(MonitorError, match="broken or locked"):
        list(sheets(io.BytesIO(data)))


def test_a_part_that_unpacks_to_more_than_a_workbook_may_hold_is_not_unpacked(monkeypatch):
    bomb = with_part(
        a_book(["a"]), "xl/worksheets/sheet1.xml", "<worksheet>" + " " * 2_000_000 + "</worksheet>"
    )
    assert len(bomb) < 20_000
    assert cells(bomb) == []  # control
    monkeypatch.setattr(workbook, "_MOST_SHEET", 1_000_000)
    with pytest.raises(MonitorError, match="too large to be read"):
        cells(bomb)


def test_a_cell_far_to_the_right_costs_no_row_of_its_width():
    sheet = '<worksheet><row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row></worksheet>'
    assert cells(with_part(a_book(["a"]), "xl/worksheets/sheet1.xml", sheet)) == [(1, ["1"])]


ROWS = ["Date", "Text"], ["20/11/2026", "one"], ["", "two"], ["", "three"], ["21/11/2026", "four"]


def merged(*areas: str, rows: Sequence[list[str]] = ROWS) -> bytes:
    """Return a workbook of a few rows in which these areas are merged, as Excel and LibreOffice have it."""
    data, name = a_book(*rows), "xl/worksheets/sheet1.xml"
    sheet = zipfile.ZipFile(io.BytesIO(data)).read(name).decode()
    cells = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    return with_part(
        data, name, sheet.replace("</sheetData>", f"</sheetData><mergeCells>{cells}</mergeCells>")
    )


def test_a_cell_that_is_merged_over_several_rows_is_in_each():
    assert [row[0] for _, row in cells(merged("A2:A4"))] == ["Date", *3 * ["20/11/2026"], "21/11/2026"]


@pytest.mark.parametrize("number", ["46", "1,204", "12.0", "1 204"])
def test_a_number_that_is_merged_over_several_rows_is_in_the_first_alone(number: str):
    rows = ["Street", "Signatures"], ["Heathway", number], ["Gale Street", ""]
    assert [row[1:] for _, row in cells(merged("B2:B3", rows=rows))] == [["Signatures"], [number], []]


def test_a_row_of_which_every_cell_is_of_the_row_above_stays_empty():
    name, styled = "xl/worksheets/sheet1.xml", '<row r="6"><c r="A6" s="0"/></row></sheetData>'
    data = merged("A5:A6")
    sheet = zipfile.ZipFile(io.BytesIO(data)).read(name).decode().replace("</sheetData>", styled)
    assert cells(with_part(data, name, sheet))[4:] == [(5, ["21/11/2026", "four"]), (6, [""])]


@pytest.mark.parametrize("area", ["$A$2:$A$4", "a2:a4"])
def test_an_area_may_be_written_as_in_a_formula(area: str):
    assert cells(merged(area)) == cells(merged("A2:A4"))


@pytest.mark.parametrize("area", ["A2:B2", "A2", "C2:C4", "A9:A12"])
def test_control_cells_that_are_merged_otherwise_are_as_they_are(area: str):
    assert cells(merged(area)) == cells(merged("A1:B1"))


@pytest.mark.parametrize("area", ["", "A", "A2:", "A2:A99999999999", ":", "A:A", "A2:A3 C2:C3"])
def test_an_area_that_is_none_is_left_aside(area: str):
    assert cells(merged(area)) == cells(merged("A1:B1"))
