"""Rows of a table by the names of their columns, whatever a spreadsheet has made of it."""

import csv
from io import BufferedReader, BytesIO

import pytest

from monitor.core.errors import MissingColumnsError
from monitor.core.files.csv_reader import Table, table

KNOWN = ("id", "text", "at")
ROWS = 'id,text,at\n1,"a, b\nc",now\n'


def of(text: str, encoding: str = "utf-8") -> Table:
    return table(BufferedReader(BytesIO(text.encode(encoding))), KNOWN)


def cells(found: Table) -> list[tuple[str, ...]]:
    return [tuple(row.cells) for row in found.rows]


def test_a_header_with_a_quotation_mark_that_is_never_closed_is_one_that_lacks_columns():
    text = 'id,"text\n' + "1,words\n" * csv.field_size_limit()
    with pytest.raises(MissingColumnsError):
        list(of(text).by_name(["id", "text"]))


def test_a_cell_with_such_a_mark_costs_its_row():
    text = 'id,text\n1,words\n2,"' + "words " * csv.field_size_limit()
    found = list(of(text).by_name(["id", "text"]))
    assert [(cells.get("id"), bool(row.broken)) for row, cells in found[:2]] == [("1", False), (None, True)]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom", "cp1252"]
)
def test_each_mark_in_each_alphabet_is_understood(mark: str, encoding: str):
    text = f"id{mark}text{mark}at\r\n1{mark}£5, caf\u00e9{mark}now\r\n"
    if mark == ",":
        text = text.replace("£5, caf\u00e9", '"£5, caf\u00e9"')
    if encoding.endswith("-bom"):
        text, encoding = "\ufeff" + text, encoding.removesuffix("-bom")
    assert cells(of(text, encoding)) == [("1", "£5, caf\u00e9", "now")]


def test_what_says_its_own_mark_is_believed():
    text = "sep=;\r\nid;text, with, many, commas, in, it;at\r\n1;b;c\r\n"
    assert cells(of(text)) == [("1", "b", "c")]


def test_titles_and_blank_lines_before_the_header_are_passed_over():
    found = of(f"Report: crime, at night, and by day\n\nFrom,1 November\n\n{ROWS}\n\n")
    assert found.columns == ("id", "text", "at")
    assert cells(found) == [("1", "a, b\nc", "now")]


def test_a_row_is_counted_as_a_spreadsheet_does_and_its_line_as_an_editor_does():
    [row] = of(f"Title\n\n{ROWS}").rows
    assert (row.number, row.line) == (4, 5)


def test_one_broken_letter_does_not_make_the_rest_of_another_alphabet():
    data = "id,text\n1,caf\u00e9 and cr\u00e8me\n2,".encode() + b"\xc3\n"
    found = table(BufferedReader(BytesIO(data)), KNOWN)
    assert cells(found) == [("1", "caf\u00e9 and cr\u00e8me"), ("2", "\ufffd")]


def test_control_a_file_of_windows_letters_is_not_read_as_utf8():
    assert "\ufffd" not in cells(of("id,text\n1,\u00a35\n", "cp1252"))[0][1]


def test_a_quotation_mark_that_is_never_closed_is_told_with_the_line_on_which_it_stands():
    rows = [*of('text,date\nfine,1\n"never closed,2\nswallowed,3\n').rows]
    assert [row.broken for row in rows] == [
        "",
        "a quotation mark on line 3 is never closed, so the rest is one row",
    ]


def test_a_cell_of_several_lines_and_one_with_inches_are_sound():
    rows = [*of('text,date\n"two\nlines, ""quoted""",1\n5" pipe,2\n').rows]
    assert [(row.cells[0], row.broken) for row in rows] == [('two\nlines, "quoted"', ""), ('5" pipe', "")]


def test_columns_of_one_name_each_get_a_name_of_their_own():
    columns = of("id,Likes,Likes (2),Likes,,,LIKES\n1,2,3,4,5,6,7\n").columns
    assert columns == ("id", "Likes", "Likes (2)", "Likes (3)", "", "", "LIKES (4)")


@pytest.mark.parametrize("row", ["1,Enough, is enough,now", "1,“Enough, is”,now", "1,1,204,now"])
def test_a_row_that_a_comma_in_a_cell_has_split_is_broken_in_words(row: str):
    [read] = of(f"id,text,at\n{row}\n").rows
    assert "without quotation marks" in read.broken


@pytest.mark.parametrize(
    "row", ["1,words,now,a note", "1,words,now,,", "1, words,12,", "12,345,now,,", '1,"Enough, is",now,']
)
def test_control_a_note_beside_a_table_breaks_no_row(row: str):
    [read] = of(f"id,text,at\n{row}\n").rows
    assert not read.broken
