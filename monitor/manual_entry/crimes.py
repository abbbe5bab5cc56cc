"""Recorded crime in the files that the police publish: only counts by area, month and category are taken.

Two are known, besides a table of one's own (area, month, category, count):
- a month's "street" CSV of https://data.police.uk/data/ (columns: https://data.police.uk/about/), a row a
  crime. An LSOA's name begins with that of its borough, so that boroughs need no other table.
- the Metropolitan Police's crime by ward or borough, https://data.london.gov.uk/dataset/recorded_crime_summary:
  a row for each kind, a column for each month, as in 202609.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from monitor.campaign.areas import Areas
from monitor.core.errors import MonitorError
from monitor.core.files.csv_reader import Table, table
from monitor.core.files.opening import opened
from monitor.core.files.written_values import written_time
from monitor.manual_entry.tally import VOCABULARY
from monitor.manual_entry.tally import number as whole

MOST_BYTES = 50_000_000
T = TypeVar("T")
_Key = tuple[str, str, str]  # area, month, category
_SOURCES = VOCABULARY["crime_sources"]
_CATEGORIES = ("crime type", "category", "group", "majortext")
_MONTH = re.compile(r"(20\d\d)-?(0[1-9]|1[0-2])")
_CATEGORY = re.compile(r"[^\W\d_](?:[^\W\d_]|[ ,:&()/'’.–-]){1,59}")  # a number may be of an address
_WORD = re.compile(r"(\w+?)s?\b")  # in singular
_EXCEPT = re.compile(r"\b(?:excl|except|incl).*")
_MOST_COUNTS, _MOST = 200_000, 1_000_000  # counts of a file, and crimes in one
_UNKNOWN = (
    "This is not a file of recorded crime that we know. Use a month's “street” CSV from data.police.uk, the"
    " Metropolitan Police's crime by ward, or a table with the columns area, month, category and count."
)
_NOTHING = (
    "No counts for the campaign's areas were found in this file, so nothing was stored. Try another file."
)
_WRONG = "Row {}: “{}” is not {}, so nothing was stored. Correct that row, and choose the file again."
_BROKEN = "Row {} cannot be read, so nothing was stored: {}. Correct it, and choose the file again."
_TOO_MANY = "One category has more than {:,} crimes in a month, so nothing was stored. Correct the file."


class CrimeCount(NamedTuple):
    """The crimes of a category in an area in a month, as in '2026-09'."""

    area: str
    month: str
    category: str
    number: int
    source: str


def crimes_in(path: Path, areas: Areas, today: date) -> tuple[list[CrimeCount], set[str]]:
    """Return the counts of a file in the campaign's areas, and the totals in it whose parts are counted.

    Rows of other areas, and these totals, are passed over. Raises MonitorError for a file that is none of
    these, has none of these areas, or has a row of theirs that cannot be read or is of a month to come.
    """
    counts, gaps = Counter[_Key](), dict[_Key, int]()  # and the rows of cells without a number
    with opened(path) as file:
        rows = table(file, {*_SOURCES, *_CATEGORIES, "month", "count"})
        where, category, empty = _columns({name.casefold() for name in rows.columns})
        for number, area, row in _rows(rows, where, category, areas):
            if not _CATEGORY.fullmatch(kind := row.get(category, "")):
                raise MonitorError(_WRONG.format(number, kind[:40], "a category of crime"))
            for month, count in _counts({**empty, **row}, number, today):
                counts[area, month, kind] += count or 0
                if count is None:
                    gaps[area, month, kind] = number
            if len(counts) > _MOST_COUNTS:
                raise MonitorError(_UNKNOWN)
    if max(counts.values(), default=0) > _MOST:
        raise MonitorError(_TOO_MANY.format(_MOST))
    totals = _totals(counts, counts.keys() - gaps)
    whole = _whole({key: count for key, count in counts.items() if key not in totals}, gaps)
    items = [CrimeCount(*key, count, _SOURCES[where]) for key, count in whole.items()]
    return items, {key[2] for key in totals}


def _rows(
    rows: Table, where: str, category: str, areas: Areas
) -> Iterator[tuple[int, str, Mapping[str, str]]]:
    """Yield each row of the campaign's areas with its number and area."""
    area_of = lru_cache(maxsize=10_000)(areas.area_of)
    for place, row in rows.by_name((where, category)):
        if place.broken:
            raise MonitorError(_BROKEN.format(place.number, place.broken))
        name = row.get(where, "")
        area = area_of(name.rpartition(" ")[0] if where == "lsoa name" else name)
        if area in areas.by_key and "outcome" not in row.get("measure", "").casefold():  # no crime
            yield place.number, area, row


def _whole(counts: Mapping[_Key, int], gaps: Mapping[_Key, int]) -> Mapping[_Key, int]:
    """Return the counts of months of which each category has one."""
    known = {key: count for key, count in counts.items() if key not in gaps}
    if not known:
        raise MonitorError(_NOTHING)
    months = {key[:2] for key in known}
    if partial := [gaps[key] for key in counts.keys() & gaps if key[:2] in months]:
        raise MonitorError(_WRONG.format(min(partial), "", "a number of crimes"))
    return known


def _totals(keys: Iterable[_Key], known: Iterable[_Key]) -> set[_Key]:
    """Return those of which parts are known, in the same area and month."""
    parts = {
        (*key[:2], word)
        for key in known
        if (whole := _whole_of(key[2])) != ""
        for word in {"", *_WORD.findall(key[2].casefold())} - {whole}
    }
    return {key for key in keys if (*key[:2], _whole_of(key[2])) in parts}


def _whole_of(category: str) -> str | None:
    """Return the first word of the kind that a category is the total of, "" of all; None: it is no total."""
    words = _WORD.findall(_EXCEPT.sub("", category.casefold()))
    kinds = [word for word in words if word not in VOCABULARY["all_crime"]]
    return next(iter(kinds), "") if not kinds or {"total", "subtotal"} & {*words} else None


def _columns(names: set[str]) -> tuple[str, str, dict[str, str]]:
    """Return which column says where, which what, and the cells of a row that has none."""
    where = [column for column in _SOURCES if column in names]
    category = [column for column in _CATEGORIES if column in names]
    empty = {"count": ""} if "month" in names and where[:1] != ["lsoa name"] else {}
    if not (where and category and empty.keys() <= names):  # a rate is no number of crimes
        raise MonitorError(_UNKNOWN)
    return where[0], category[0], empty


def _counts(row: Mapping[str, str], number: int, today: date) -> Iterator[tuple[str, int | None]]:
    """Yield the months of a row and the crimes of each; a row that has no column of counts is one crime."""
    is_long = "month" in row
    cells = {row["month"]: row.get("count", "1")} if is_long else row
    for name, cell in cells.items():
        if is_long or (cell and _MONTH.fullmatch(name)):
            month = _valid(_month, name, number, "a month such as 2026-09")
            if month > f"{today:%Y-%m}":
                raise MonitorError(_WRONG.format(number, name, "a month that has begun"))
            count = partial(whole, least=0, most=_MOST)
            yield month, _valid(count, cell, number, "a number of crimes") if cell else None


def _month(cell: str) -> str:
    """Return a month as in '2026-09', also as Excel shows it: 'Sep-26', or its first day."""
    if match := _MONTH.fullmatch(cell):
        return "{}-{}".format(*match.groups())
    for text in (cell, f"1-{cell}", f"{cell}-1"):
        with suppress(ValueError):
            if (at := written_time(text)).day == 1:
                return f"{at.year}-{at.month:02}"
    raise ValueError("It is no month.")


def _valid(read: Callable[[str], T], cell: str, number: int, what: str) -> T:
    try:
        return read(cell)
    except ValueError as error:
        raise MonitorError(_WRONG.format(number, cell[:40], what)) from error
