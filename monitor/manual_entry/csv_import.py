"""A file of entries: the table, in the form of the template. Pure."""

from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

from monitor.core.csv_reader import CsvRow, rows
from monitor.core.errors import EntryError, MissingColumnsError, MonitorError
from monitor.core.model import Post, Rejected
from monitor.manual_entry.entry import FIELDS, entry

TEMPLATE = ",".join(FIELDS) + "\r\n"
MOST_BYTES, MOST_ROWS = 1_000_000, 5_000  # of a file that is sent to the dashboard
_REQUIRED = ("where", "when", "text")
_ADVICE = "Begin with the template, and save it as CSV."


def entries(data: bytes, zone: ZoneInfo, now: datetime) -> Iterator[Post | Rejected]:
    """Yield the post of each row, and for one that is wrong a Rejected that begins with the row's number.

    Raises MonitorError if the file is no such table.
    """
    try:
        for row in rows(StringIO(_file_text(data), newline=""), _REQUIRED):
            yield _read(row, zone, now)
    except MissingColumnsError as error:
        raise MonitorError(f"This file {error} {_ADVICE}") from error


def _read(row: CsvRow, zone: ZoneInfo, now: datetime) -> Post | Rejected:
    if row.broken:
        return Rejected.of(f"Row {row.number}: it cannot be read ({row.broken}).", row.broken)
    try:
        return entry(row.cells, zone, now)
    except EntryError as slips:
        reasons = " ".join(f"{name}: {why}" for name, why in slips.by.items())
        return Rejected.of(f"Row {row.number}: {reasons}", dict(row.cells))


def _file_text(data: bytes) -> str:
    """Return the text of a file: Excel's plain 'CSV' has Windows' letters, no UTF-8 from a '£' on."""
    if data.startswith(b"PK\x03\x04"):
        raise MonitorError(
            "This is an Excel workbook. In Excel choose Save as, then CSV, and take that file."
        )
    for letters in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(letters)
        except UnicodeDecodeError:
            continue
    raise MonitorError(f"This file is not text. {_ADVICE}")
