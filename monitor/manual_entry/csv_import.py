"""A file of entries: the table, in the form of the template. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from io import BufferedReader, BytesIO
from zoneinfo import ZoneInfo

from monitor.core.errors import EntryError, MissingColumnsError, MonitorError
from monitor.core.files.csv_reader import CsvRow, table
from monitor.core.model import Post, Rejected
from monitor.manual_entry.entry import FIELDS, entry

TEMPLATE = ",".join(FIELDS) + "\r\n"
MOST_BYTES, MOST_ROWS = 1_000_000, 5_000  # of a file that is sent to the dashboard
_REQUIRED = ("where", "when", "text")
_ADVICE = "Start from the template, and save it as CSV."


def entries(data: bytes, zone: ZoneInfo, now: datetime) -> Iterator[Post | Rejected]:
    """Yield the post of each row, and for one that is wrong a Rejected that begins with the row's number.

    Raises MonitorError if the file is no such table.
    """
    file = BufferedReader(BytesIO(data))
    try:
        for row, cells in table(file, FIELDS).by_name(_REQUIRED):
            yield _read(row, cells, zone, now)
    except MissingColumnsError as error:
        raise MonitorError(f"This file {error} {_ADVICE}") from error


def _read(row: CsvRow, cells: Mapping[str, str], zone: ZoneInfo, now: datetime) -> Post | Rejected:
    if row.broken:
        return Rejected.of(f"Row {row.number}: it cannot be read ({row.broken}).", row.broken)
    try:
        return entry(cells, zone, now)
    except EntryError as slips:
        reasons = " ".join(f"{name}: {why}" for name, why in slips.by.items())
        return Rejected.of(f"Row {row.number}: {reasons}", dict(cells))
