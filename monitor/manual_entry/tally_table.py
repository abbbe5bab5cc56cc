"""A table of tallies, answers or visits: only the columns that count are read. Runs as a confined process."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, tzinfo
from functools import partial
from hashlib import sha256
from io import BufferedReader, BytesIO
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from monitor.core.errors import MonitorError
from monitor.core.files.confined import serve
from monitor.core.files.csv_reader import Table, table
from monitor.core.files.opening import LOCKED
from monitor.core.files.written_values import DAY_FIRST, MONTH_FIRST, UNCLEAR, WrittenTime, written_time
from monitor.manual_entry.tally import TOTAL, VOCABULARY, district

COLUMNS = {
    "paper": ("day", "area", "street", "count", "sheets", "collector"),
    "survey": ("day", "area"),
    "visits": ("day", "count", "code"),
}  # of each kind of table
NEEDED = ("day", "count")  # of these
MOST_ROWS, _MOST_COLUMNS = 50_000, 500
_GAP = re.compile(r"[\s_]")
_SPAN = re.compile(r"(?!.*day).*\b(?:week|w/c|month|quarter)\b", re.IGNORECASE)
_WITHIN = {
    name: re.compile(
        rf"(?!.*\b(?:{VOCABULARY['not'].get(name, 'birth')})).*\b(?:{'|'.join(map(re.escape, of))})s?\b"
    )
    for name, of in VOCABULARY["columns"].items()
}
_UNFINISHED = [
    [re.compile("|".join(of[part])) for part in ("heads", "cells")] for of in VOCABULARY["unfinished"]
]
_DITTO = re.compile(r"[\"“”'’〃-]*[\"“”〃]|''|ditto\b.*|do\.?|same|as above", re.IGNORECASE)
_PICTURE = re.compile(rb"\xff\xd8\xff|\x89PNG|GIF8|%PDF|II\*\0|MM\0\*|RIFF....WEBP|....ftyp", re.DOTALL)
_PHOTO = (
    "This is a picture or a scan. Sheets show people’s names and addresses, so pictures of them are not"
    " accepted. Count the signatures, and type the number into the form."
)
_EMPTY = "No table can be found in this file. It needs column names in one of its first rows."
_NO_DAYS = "A number of a whole week or month is of no day, so none is counted. Choose a column of days."
_PARTIAL = "Answers that were not finished, or only a test, and so are not counted: {:,}."
_TOTAL = "Row {} sums up other rows, which are counted themselves."
_TOO_LONG = f"This table has more than {MOST_ROWS:,} rows. Split it; name each part of a survey differently."


def read(
    data: bytes, *, kind: str, zone: str, order: str = "", places: Mapping[str, int | None]
) -> Mapping[str, Any]:
    """Return what a table counts, as JSON can hold it; `places` are columns that a person has chosen.

    `rows` are numbers of rows and the fields of their tallies, `unread` those without a time, `broken` says
    why rows are not read; `unclear` is a date that may be of two days, "" if none is. Raises MonitorError
    for what is no table.
    """
    if _PICTURE.match(data):
        raise MonitorError(_PHOTO)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise MonitorError(f"This is {LOCKED}")
    content = table(
        BufferedReader(BytesIO(data)), {name for names in VOCABULARY["columns"].values() for name in names}
    )
    if not any(columns := content.columns[:_MOST_COLUMNS]):
        raise MonitorError(_EMPTY)
    chosen = {name: places.get(name, _place(name, columns)) for name in COLUMNS[kind]}
    broken = list[str]()
    rows = list(_cells(content, chosen, broken))
    heads = {name: columns[at] for name, at in chosen.items() if at is not None and at < len(columns)}
    if any(_SPAN.match(heads.get(name, "")) for name in NEEDED):
        rows, broken = [], [_NO_DAYS]
    orders = {at.order: cells["day"] for _, cells in rows if (at := _time(cells["day"], DAY_FIRST))}
    clear = orders.keys() & {DAY_FIRST, MONTH_FIRST}
    order = order or (clear.pop() if len(clear) == 1 else "")
    local = ZoneInfo(zone)
    source = UTC if "utc" in heads.get("day", "").casefold() else local
    dated = [(number, _dated(cells, order, source, local)) for number, cells in rows]
    tallies = [(number, cells) for number, cells in dated if cells]
    return {
        "columns": [column[:80] for column in columns],
        "header": sha256("\n".join(content.columns).casefold().encode()).hexdigest()[:16],
        "places": chosen,
        "unclear": "" if order else orders.get(UNCLEAR, ""),
        "rows": tallies,
        "broken": broken,
        # Above the first may be a second header, as SurveyMonkey writes: its cell has no digit.
        "unread": [
            number
            for (number, cells), (_, tally) in zip(rows, dated, strict=True)
            if not tally and (number > rows[0][0] or re.search(r"\d", cells["day"]))
        ],
    }


def _place(name: str, columns: Sequence[str]) -> int | None:
    """Return where a column is, by its whole name or a word of it; None if nothing is called so."""
    small = [" ".join(column.casefold().split()) for column in columns]
    close = [_GAP.sub("", column) for column in small]  # "EndDate", "end_date"
    whole = (
        close.index(alias)
        for alias in map(partial(_GAP.sub, ""), VOCABULARY["columns"][name])
        if alias in close
    )
    parts = (place for place, column in enumerate(small) if _WITHIN[name].match(column))
    return next(chain(whole, parts), None)


def _cells(
    content: Table, chosen: Mapping[str, int | None], broken: list[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the chosen cells of each row that has any; nothing else of it is looked at.

    Why a row cannot be read is added to `broken`, and how many answers of a survey were not finished. Of
    stalls, "ditto" is what the row above says.
    """
    names = () if "count" in chosen else content.columns
    heads = enumerate(name.casefold().removesuffix("(%)").rstrip("?: ") for name in names)
    states = [(at, cells) for at, head in heads for of, cells in _UNFINISHED if of.fullmatch(head)]
    unfinished, before = 0, dict.fromkeys(chosen, "")
    for count, row in enumerate(content.rows):
        if count == MOST_ROWS:
            raise MonitorError(_TOO_LONG)
        cells = {
            name: "" if place is None else "".join(row.cells[place : place + 1]).strip()
            for name, place in chosen.items()
        }
        if "street" in cells:
            cells = {name: before[name] if _DITTO.fullmatch(cell) else cell for name, cell in cells.items()}
        if row.broken:
            broken.append(f"Row {row.number} cannot be read: {row.broken}.")
        elif "count" in cells and any(TOTAL.fullmatch(cell) for cell in cells.values()):
            broken.append(_TOTAL.format(row.number))
        elif any(of.fullmatch("".join(row.cells[at : at + 1]).strip().casefold()) for at, of in states):
            unfinished += 1
        elif any(cells.values()):
            yield row.number, (before := cells)
    broken += [_PARTIAL.format(unfinished)] if unfinished else []


def _time(cell: str, order: str) -> WrittenTime | None:
    with suppress(ValueError):
        return written_time(cell, order)
    return None


def _dated(cells: Mapping[str, str], order: str, zone: tzinfo, local: tzinfo) -> dict[str, str]:
    """Return a row with its local day, and the district of its postcode; nothing if it has no day.

    `zone` is that of a time that names none.
    """
    with suppress(ValueError, OverflowError):  # it is at the very beginning or end of all years
        if at := _time(cells["day"], order or DAY_FIRST):
            day = str(at.instant(zone).astimezone(local).date())
            return {"count": "1", **cells, "day": day, "area": district(cells.get("area", ""))}
    return {}


if __name__ == "__main__":
    serve(read)
