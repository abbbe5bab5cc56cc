"""Recorded crime in the files that the police publish: only counts by area, month and category are taken.

Two are known, besides a table of one's own (area, month, category, count):
- a month's "street" CSV of https://data.police.uk/data/ (columns: https://data.police.uk/about/), a row a
  crime. An LSOA's name begins with that of its borough, so that boroughs need no other table.
- the Metropolitan Police's crime by ward or borough, https://data.london.gov.uk/dataset/recorded_crime_summary:
  a row for each kind, a column for each month, as in 202609.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from monitor.campaign.areas import Areas
from monitor.core.errors import MonitorError
from monitor.core.files.csv_reader import table
from monitor.core.files.opening import opened

MOST_BYTES = 50_000_000
_LICENCE = "under the Open Government Licence v3.0"
_MET = f"Metropolitan Police, by way of the London Datastore, {_LICENCE}"
_SOURCES = {  # by the column that only such a file has, which says where: who published it
    "lsoa name": f"data.police.uk, {_LICENCE}", "wardcode": _MET, "lookup_boroughname": _MET,
    "area": "the office's table",
}  # fmt: skip
_CATEGORIES = ("crime type", "category", "group", "majortext")
_MONTH = re.compile(r"(20\d\d)-?(0[1-9]|1[0-2])")
_COUNT = re.compile(r"\d{1,6}")
_CATEGORY = re.compile(r"[^\W\d_][\w ,&()/'.-]{1,59}")
_MOST_COUNTS, _MOST = 200_000, 1_000_000  # counts of a file, and crimes in one
_UNKNOWN = (
    "This is not a file of recorded crime that we know. Use a month's “street” CSV from data.police.uk, the"
    " Metropolitan Police's crime by ward, or a table with the columns area, month, category and count."
)
_NOTHING = (
    "No counts for the campaign's areas were found in this file, so nothing was stored. Try another file."
)


class CrimeCount(NamedTuple):
    """The crimes of a category in an area in a month, as in '2026-09'."""

    area: str
    month: str
    category: str
    number: int
    source: str


def crimes_in(path: Path, areas: Areas) -> list[CrimeCount]:
    """Return the counts of a file in the campaign's areas; rows of other areas are passed over.

    Raises MonitorError for a file that is none of these, or has none of these areas.
    """
    counts, keys = Counter[tuple[str, str, str]](), dict[str, str]()
    with opened(path) as file:
        rows = table(file, {*_SOURCES, *_CATEGORIES, "month", "count"})
        names = {name.casefold() for name in rows.columns}
        where = next((column for column in _SOURCES if column in names), None)
        category = next((column for column in _CATEGORIES if column in names), None)
        if where is None or category is None:
            raise MonitorError(_UNKNOWN)
        for _, row in rows.by_name((where, category)):
            name = row.get(where, "")
            name = name.rpartition(" ")[0] if where == "lsoa name" else name
            area = keys[name] if name in keys else keys.setdefault(name, areas.area_of(name) or "")
            kind = row.get(category, "")
            if area in areas.by_key and _CATEGORY.fullmatch(kind):
                counts.update({(area, month, kind): count for month, count in _counts(row)})
            if len(counts) > _MOST_COUNTS or len(keys) > _MOST_COUNTS:
                raise MonitorError(_UNKNOWN)
    if not counts or max(counts.values()) > _MOST:
        raise MonitorError(_NOTHING)
    return [CrimeCount(*key, count, _SOURCES[where]) for key, count in counts.items()]


def _counts(row: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Yield the months of a row and the crimes of each; a row that has no column of counts is one crime."""
    cells = {row["month"]: row.get("count", "1")} if "month" in row else row
    for name, cell in cells.items():
        if (month := _MONTH.fullmatch(name)) and _COUNT.fullmatch(cell):
            yield f"{month[1]}-{month[2]}", int(cell)
