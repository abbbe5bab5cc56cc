"""Tables that people bring, as spreadsheets of any country write them: rows by the names of their columns."""

import csv
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from io import StringIO
from itertools import chain, islice, pairwise
from typing import TextIO

from monitor.core.errors import MissingColumnsError, MonitorError
from monitor.core.files import workbook
from monitor.core.files.opening import Buffered, text_of

LONGEST_ROW = 1_000_000  # characters
_TITLES = 30  # rows in which the header must be: titles and blank lines may stand before it
_SAMPLE = 1 << 16  # characters by which the mark between cells is told
_SEVERAL = (
    "Several sheets of this workbook have the same columns, and one would be read alone. Copy their rows into"
    " one sheet, or save each as a file of its own."
)
_SPLIT = "it has a number or a text with a comma, or whatever parts cells, and without quotation marks"
_THOUSANDS = re.compile(r"\d{1,3} \d{3}")
_MARKS = ",;\t|"  # a semicolon is Excel's in much of Europe, a tab that of its "Unicode text"


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow:
    """A row. `number` is as a spreadsheet counts, from 1; `broken` says why it is unreadable."""

    number: int
    line: int  # its last one in the file: a cell may have several
    cells: Sequence[str]
    broken: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: its columns as they are called, and the rows below its header that are not empty."""

    columns: tuple[str, ...]
    rows: Iterator[CsvRow]

    def by_name(self, required: Sequence[str]) -> Iterator[tuple[CsvRow, Mapping[str, str]]]:
        """Yield each row and its cells, without space around them, by the names of columns in lower case.

        Raises MissingColumnsError if the header lacks a required column.
        """
        names = [name.casefold() for name in self.columns]
        if missing := [name for name in required if name not in names]:
            raise MissingColumnsError(missing, ",".join(self.columns)[:80])
        for row in self.rows:
            yield row, dict(zip(names, (cell.strip() for cell in row.cells), strict=False))


def table(file: Buffered, known: Container[str]) -> Table:
    """Return the table in a file; of a workbook's sheets, that of the best header.

    The header is the row at the beginning with most names that are known, in lower case.
    Raises MonitorError for what is no table, and for several with the same columns: one alone would be read.
    """
    if file.peek(4)[:4] != workbook.BEGINS:
        content = _table(_rows(text_of(file), known), known)
        return replace(content, rows=(_whole(row, len(content.columns)) for row in content.rows))
    sheets = (
        (CsvRow(number=number, line=number, cells=cells) for number, cells in rows)
        for rows in workbook.sheets(file)
    )
    tables = [_table(rows, known) for rows in sheets]
    best = max(tables, key=lambda sheet: _score(sheet.columns, known), default=_table(iter(()), known))
    others = (sheet for sheet in tables if sheet is not best and sheet.columns == best.columns)
    if any(any(row.cells) for sheet in others for row in sheet.rows):
        raise MonitorError(_SEVERAL)
    return best


def _table(rows: Iterator[CsvRow], known: Container[str]) -> Table:
    first = list(islice(rows, _TITLES))
    best = max(first, key=lambda row: _score(row.cells, known), default=None)
    if best is None:
        return Table(columns=(), rows=iter(()))
    after = chain(first[first.index(best) + 1 :], rows)
    return Table(
        columns=tuple(_column_names(cell.strip(" \t\r\n\ufeff") for cell in best.cells)),
        rows=(row for row in after if row.broken or any(row.cells)),
    )


def _whole(row: CsvRow, columns: int) -> CsvRow:
    """Return a row, as a broken one if what it has more of than columns comes from a comma in a cell."""
    pairs = pairwise(row.cells if any(row.cells[columns:]) else ())
    is_split = any(
        _THOUSANDS.fullmatch(f"{cell.strip()} {other.strip()}")
        or (cell[-1:].strip() and re.match(r" +\S", other))
        for cell, other in pairs
    )
    return replace(row, broken=row.broken or _SPLIT) if is_split else row


def _column_names(columns: Iterable[str]) -> Iterator[str]:
    """Yield the names of columns, each once: another "Likes" is "Likes (2)"."""
    names, number = set[str](), Counter[str]()
    for column in columns:
        name = column
        while name and name.casefold() in names:
            number[column.casefold()] += 1
            name = f"{column} ({number[column.casefold()] + 1})"
        names.add(name.casefold())
        yield name


def _score(cells: Sequence[str], known: Container[str]) -> tuple[int, int]:
    names = [cell.strip(" \t\r\n\ufeff").casefold() for cell in cells]
    return sum(name in known for name in names), sum(map(bool, names))


def _rows(file: TextIO, known: Container[str]) -> Iterator[CsvRow]:
    with file:
        lines = _BoundedRows(file)
        reader, number = csv.reader(lines, delimiter=_mark(file, known)), 0
        while True:
            number += 1
            lines.left, lines.quotes, start = LONGEST_ROW, 0, lines.number + 1
            try:
                cells, broken = next(reader), ""
            except StopIteration:
                return
            except csv.Error as error:
                cells, broken = [], str(error)
            if lines.quotes % 2 and lines.number > start:  # the rest of the file is taken for one cell
                broken = f"a quotation mark on line {start} is never closed, so the rest is one row"
            yield CsvRow(number=number, line=lines.number, cells=cells, broken=broken)


def _mark(file: TextIO, known: Container[str]) -> str:
    """Return what stands between cells: as Excel's own line says, else what makes the best header."""
    sample = file.read(_SAMPLE)
    file.seek(0)
    start = sample.lstrip('"\ufeff').casefold()
    if start.startswith("sep=") and start[4:5] in _MARKS:
        return start[4]

    def best(mark: str) -> tuple[int, int]:
        rows = csv.reader(_BoundedRows(StringIO(sample, newline="")), delimiter=mark)
        score = 0, 0
        with suppress(csv.Error):  # what comes before it has been looked at
            for row in islice(rows, _TITLES):
                score = max(score, _score(row, known))
        return score

    return max(_MARKS, key=best)


class _BoundedRows:
    """The lines of a file; a row that takes up more than so many characters of them is an error."""

    def __init__(self, file: TextIO) -> None:
        self._file, self.left, self.number, self.quotes = file, LONGEST_ROW, 0, 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = rest = self._file.readline(self.left)
        if not line:
            raise StopIteration
        self.number += 1
        self.quotes += line.count('"')
        self.left -= len(line)
        if self.left:
            return line
        while rest and rest[-1] not in "\r\n":
            rest = self._file.readline(LONGEST_ROW)
        raise csv.Error(f"the row is longer than {LONGEST_ROW:,} characters")
