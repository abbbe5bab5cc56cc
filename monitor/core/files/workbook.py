"""Rows of an Excel workbook (XLSX), as texts: ECMA-376, part 1, 18. Read as it comes, and bounded. Pure."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import IO
from xml.parsers import expat

from monitor.core.errors import MonitorError
from monitor.core.files.opening import BROKEN

BEGINS = b"PK\x03\x04"
_MOST_TEXTS, _MOST_SHEET = 50_000_000, 500_000_000  # bytes of XML: the first are all in memory
_MOST_COLUMNS, _MOST_AREAS = 1_000, 10_000  # and areas of cells that are merged into one
_EXACT = 2**53  # from here on, a cell's number has lost digits
# 18.8.30: formats of dates and times that are known by number
_DAYS, _TIMES = (*range(14, 18), *range(27, 37), *range(50, 59)), (*range(18, 23), *range(45, 48))
_LITERAL = re.compile(r'"[^"]*"|\[[^\[\]]*\]|\\.|_.')
_AREA = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?[A-Za-z]{1,3}\$?(\d{1,7})", re.ASCII)
_NUMBER = re.compile(r"[\d\s.,]+")
_ADVICE = "In Excel choose Save as, then CSV UTF-8, and use that file."
_Element = tuple[str, Mapping[str, str], str]


def sheets(file: IO[bytes]) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """Yield the sheets, each as its rows: the number that Excel shows, and the cells' texts.

    What several rows share, as a date that is merged over them, is in each; a number is in the first alone.
    A time is written as 2026-11-22 18:30:00, a day as 2026-11-22, a number that lost digits as 1.57699E+18.
    Sheets that are hidden are left out, as whoever brings the workbook does not see them.
    Raises MonitorError for what is no workbook, or too large.
    """
    try:
        book = zipfile.ZipFile(file)
        begin, targets = datetime(1899, 12, 30, tzinfo=UTC), list[str]()
        paths = {
            attributes["Id"]: attributes["Target"].removeprefix("/xl/")
            for name, attributes, _ in _elements(book, "_rels/workbook.xml.rels")
            if name == "Relationship"
        }
        for name, attributes, _ in _elements(book, "workbook.xml"):
            if name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                begin = datetime(1904, 1, 1, tzinfo=UTC)
            elif name == "sheet" and attributes.get("state", "visible") == "visible":
                targets.append(paths[attributes["r:id"]])
        texts, dates = _texts(book), _dates(book)
    except (LookupError, *BROKEN) as error:
        raise MonitorError(f"This workbook is broken or locked ({error}). {_ADVICE}") from error
    for target in targets:
        yield _rows(book, target, texts, dates, begin)


def _elements(book: zipfile.ZipFile, name: str, most: int | None = None) -> Iterator[_Element]:
    """Yield each element of a part as it ends: its name, its attributes, and the text in it itself."""
    if book.getinfo(f"xl/{name}").file_size > (most or _MOST_SHEET):
        raise MonitorError(f"This workbook is too large to be read. {_ADVICE}")
    open_elements, complete = list[tuple[str, Mapping[str, str], list[str]]](), list[_Element]()

    def end(_: str) -> None:
        name, attributes, parts = open_elements.pop()
        complete.append((name, attributes, "".join(parts)))

    def refuse(*_: object) -> None:  # entities, which can stand for other files and grow without end
        raise ValueError("it declares a document type")

    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: open_elements.append(
        (name.rpartition(":")[2], attributes, [])
    )
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda text: open_elements[-1][2].append(text)
    parser.StartDoctypeDeclHandler = refuse
    with book.open(f"xl/{name}") as part:
        chunk = b"."
        while chunk:
            chunk = part.read(1 << 16)
            try:
                parser.Parse(chunk, not chunk)
            except expat.ExpatError as error:
                raise ValueError(str(error)) from error
            yield from complete
            complete.clear()


def _texts(book: zipfile.ZipFile) -> list[str]:
    """Return the texts that cells share: each of one or several runs."""
    texts, runs = list[str](), list[str]()
    with suppress(KeyError):  # a workbook of numbers has none
        for name, _, text in _elements(book, "sharedStrings.xml", _MOST_TEXTS):
            if name == "t":
                runs.append(text)
            elif name == "rPh":  # how a Japanese word is said
                runs.pop()
            elif name == "si":
                texts.append("".join(runs))
                runs.clear()
    return texts


def _dates(book: zipfile.ZipFile) -> dict[str, bool]:
    """Return the styles of cells whose numbers are dates, and whether each shows a time of day."""
    formats = {**dict.fromkeys(map(str, _DAYS), "d"), **dict.fromkeys(map(str, _TIMES), "h")}
    styles, styles_of_cells = list[str](), list[str]()
    with suppress(KeyError):
        for name, attributes, _ in _elements(book, "styles.xml", _MOST_TEXTS):
            if name == "numFmt":
                formats[attributes["numFmtId"]] = _LITERAL.sub("", attributes["formatCode"])
            elif name == "xf":
                styles.append(attributes.get("numFmtId", "0"))
            elif name == "cellStyleXfs":
                styles.clear()
            elif name == "cellXfs":
                styles_of_cells = styles.copy()
    forms = ((str(n), formats.get(style, "").lower()) for n, style in enumerate(styles_of_cells))
    return {n: bool(re.search("[hs]", form)) for n, form in forms if re.search("[dmyhs]", form)}


def _rows(
    book: zipfile.ZipFile, target: str, texts: list[str], dates: Mapping[str, bool], begin: datetime
) -> Iterator[tuple[int, list[str]]]:
    row, parts, number = list[str](), list[str](), 0
    try:
        spans, above = _spans(book, target), dict[int, tuple[int, str]]()
        for name, attributes, text in _elements(book, target):
            if name in ("v", "t"):
                parts.append(text)
            elif name == "c":
                column = _column(attributes.get("r", ""), len(row))
                if column < _MOST_COLUMNS:
                    row.extend([""] * (column + 1 - len(row)))
                    row[column] = _cell("".join(parts), attributes, texts, dates, begin)
                parts.clear()
            elif name == "row":
                number = int(attributes.get("r", number + 1))
                yield number, _filled(row, number, spans, above) if spans else row
                row = []
    except (ArithmeticError, LookupError, *BROKEN) as error:
        raise MonitorError(f"This workbook is broken after row {number} ({error}). {_ADVICE}") from error


def _filled(
    row: list[str], number: int, spans: Mapping[tuple[int, int], int], above: dict[int, tuple[int, str]]
) -> list[str]:
    """Return a row with what stands in cells `above` it that reach down to it, which it adds its own to.

    Not numbers, which would then be counted once more; and a row with nothing of its own stays empty.
    """
    for column, (last, text) in above.items() if any(row) else ():
        if number <= last and not _NUMBER.fullmatch(text):
            row.extend([""] * (column + 1 - len(row)))
            row[column] = row[column] or text
    above |= {at: (spans[number, at], text) for at, text in enumerate(row) if (number, at) in spans}
    return row


def _spans(book: zipfile.ZipFile, target: str) -> dict[tuple[int, int], int]:
    """Return the last row of each cell that is merged with those below it, by its own row and place."""
    if book.getinfo(f"xl/{target}").file_size > _MOST_SHEET:
        return {}
    with book.open(f"xl/{target}") as part:
        if not any(b"mergeCell" in chunk for chunk in iter(partial(part.read, 1 << 20), b"")):
            return {}
    elements = (attributes for name, attributes, _ in _elements(book, target) if name == "mergeCell")
    areas = (_AREA.fullmatch(attributes.get("ref", "")) for attributes in islice(elements, _MOST_AREAS))
    corners = ((int(area[2]), _column(area[1].upper(), 0), int(area[3])) for area in areas if area)
    return {(first, column): last for first, column, last in corners if first < last}


def _column(reference: str, default: int) -> int:
    """Return the place of a cell, from 0: that of "AB12" is 27; of one that says nothing, the next."""
    place = 0
    for letter in reference[:4].rstrip("0123456789"):
        place = place * 26 + ord(letter) - 64
    return place - 1 if place > 0 else default


def _cell(
    text: str, attributes: Mapping[str, str], texts: list[str], dates: Mapping[str, bool], begin: datetime
) -> str:
    kind = attributes.get("t", "n")
    if kind == "s" and text:
        return texts[int(text)]
    if kind != "n" or not text:
        return "" if kind == "e" else text
    number = float(text)
    if (style := attributes.get("s", "")) in dates:
        at = begin + timedelta(seconds=round(number * 86_400))
        if number.is_integer() and not dates[style]:
            return f"{at:%Y-%m-%d}"
        return f"{at:%H:%M:%S}" if number < 1 else f"{at:%Y-%m-%d %H:%M:%S}"
    return f"{number:.5E}" if abs(number) >= _EXACT else text
