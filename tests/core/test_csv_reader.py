"""Rows of a CSV file by the names of their columns, whatever a spreadsheet has made of it."""

import csv
from io import StringIO

import pytest

from monitor.core.csv_reader import rows
from monitor.core.errors import MissingColumnsError


def test_a_header_with_a_quotation_mark_that_is_never_closed_is_one_that_lacks_columns():
    text = 'id,"text\n' + "1,words\n" * csv.field_size_limit()
    with pytest.raises(MissingColumnsError):
        list(rows(StringIO(text), ["id", "text"]))


def test_a_cell_with_such_a_mark_costs_its_row():
    text = 'id,text\n1,words\n2,"' + "words " * csv.field_size_limit()
    found = list(rows(StringIO(text), ["id", "text"]))
    assert [(row.cells.get("id"), bool(row.broken)) for row in found[:2]] == [("1", False), (None, True)]
