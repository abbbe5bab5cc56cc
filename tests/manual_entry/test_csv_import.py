"""A file of entries: each wrong row is named by its number and costs itself only."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.core.errors import MonitorError
from monitor.core.model import Post, Rejected
from monitor.manual_entry.csv_import import TEMPLATE, entries

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEAD = "where,when,text,likes\n"
GOOD = "Nextdoor,2026-11-20 18:30,Hello,3\n"


def read(data: str | bytes):
    made = data if isinstance(data, bytes) else data.encode()
    return list(entries(made, ZoneInfo("Europe/London"), NOW))


def test_the_empty_template_has_no_entry_and_fits():
    assert read(TEMPLATE) == []
    [post] = read(TEMPLATE + "WhatsApp,20/11/2026 18:30,Hello,,,,,,\r\n")
    assert isinstance(post, Post)


def test_a_wrong_row_has_the_number_that_a_spreadsheet_shows():
    long = 'Nextdoor,2026-11-20 18:30,"two\nlines",\n'
    found = read(HEAD + GOOD + long + "\n,,,\nNextdoor,yesterday,Hello,x\n" + GOOD)
    assert [type(one) for one in found] == [Post, Post, Rejected, Post]
    assert found[2].reason.startswith("Row 6: when: 'yesterday' is not a date and time.")
    assert "likes: 'x' is not a whole number" in found[2].reason


def test_a_row_that_is_no_csv_costs_itself_only():
    found = read(HEAD + f"Nextdoor,2026-11-20 18:30,{'x' * 140_000},\n" + GOOD)
    assert [type(one) for one in found] == [Rejected, Post]
    assert found[0].reason.startswith("Row 2: it cannot be read")


@pytest.mark.parametrize("letters", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_letters_of_excel_are_read(letters):
    [post] = read((HEAD + "Nextdoor,2026-11-20 18:30,£5 – “so cheap”,\n").encode(letters))
    assert post.text == "£5 – “so cheap”"


def test_semicolons_are_read_and_cells_too_many_are_left_out():
    [post] = read("Where;When;Text\nNextdoor;2026-11-20 18:30;Hello;more\n")
    assert post.text == "Hello"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no column called where, when, text"),
        (b"where,text\n", "no column called when"),
        (b"PK\x03\x04rest", "This workbook is broken"),
        (b"\x81\xff\0", "not text"),
        ("where,text".encode("utf-16"), "no column called when"),
    ],
)
def test_another_file_is_refused_with_what_to_do(data, said):
    with pytest.raises(MonitorError, match=said):
        read(data)
