"""CSV that people bring, as spreadsheets of any country write it: rows by the names of their columns."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from monitor.core.errors import MissingColumnsError

LONGEST_ROW = 1_000_000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow:
    """A row. `number` is as a spreadsheet counts: the header is row 1; `broken` says why it is unreadable."""

    number: int
    line: int  # its last one in the file: a cell may have several
    cells: Mapping[str, str]
    broken: str = ""


def rows(file: TextIO, required: Sequence[str]) -> Iterator[CsvRow]:
    """Yield the rows that are not empty, cells without space around them and columns in lower case.

    Raises MissingColumnsError if the header lacks a required column. The file is read from its beginning.
    """
    header = file.readline(LONGEST_ROW)
    file.seek(0)
    mark = ";" if header.count(";") > header.count(",") else ","  # Excel in much of Europe
    lines = _BoundedRows(file)
    reader = csv.reader(lines, delimiter=mark)
    columns = _columns(reader)
    if missing := [name for name in required if name not in columns]:
        raise MissingColumnsError(missing, header[:80])
    number = 1
    while True:
        number += 1
        lines.left = LONGEST_ROW
        try:
            cells = dict(zip(columns, (cell.strip() for cell in next(reader)), strict=False))
        except StopIteration:
            return
        except csv.Error as error:
            yield CsvRow(number=number, line=lines.number, cells={}, broken=str(error))
        else:
            if any(cells.values()):
                yield CsvRow(number=number, line=lines.number, cells=cells)


class _BoundedRows:
    """The lines of a file; a row that takes up more than so many characters of them is an error."""

    def __init__(self, file: TextIO) -> None:
        self._file, self.left, self.number = file, LONGEST_ROW, 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = rest = self._file.readline(self.left)
        if not line:
            raise StopIteration
        self.number += 1
        self.left -= len(line)
        if self.left:
            return line
        while rest and rest[-1] not in "\r\n":
            rest = self._file.readline(LONGEST_ROW)
        raise csv.Error(f"the row is longer than {LONGEST_ROW:,} characters")


def _columns(reader: Iterator[list[str]]) -> list[str]:
    try:
        return [name.strip().casefold() for name in next(reader, [])]
    except csv.Error:  # a quotation mark in the header that is never closed takes in the whole file
        return []
