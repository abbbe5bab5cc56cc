"""CSV that a spreadsheet opens as it is, and does not run."""

import csv
from collections.abc import Iterable
from typing import TextIO

from monitor.archive.reading import Row
from monitor.takeaway import COLUMNS, record

# A cell that begins so is a formula to a spreadsheet; the full-width forms are too in some of them.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def write_csv(rows: Iterable[Row], out: TextIO) -> int:
    """Write a header and a line for each row; return the number of rows.

    None is an empty cell. A text that a spreadsheet would run gets an apostrophe in front.
    The byte order mark that Excel wants is left to whoever opens `out`.
    """
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    number = 0
    for row in rows:
        writer.writerow([_cell(value) for value in record(row).values()])
        number += 1
    return number


def _cell(value: str | int | None) -> str | int:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value
