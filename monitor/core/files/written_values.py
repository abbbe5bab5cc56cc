"""Numbers and times as people and other programs write them into tables. Pure."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from monitor.core.clock import of_epoch

UNKNOWN = frozenset({"", "-", "–", "—", "nan", "none", "null", "n/a", "na", "nat", "<na>", "-1"})  # -1: 4CAT
_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.0*)?", re.ASCII)
_SHORT = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s?([km])", re.ASCII | re.IGNORECASE)
_TIMES = {"k": 1_000, "m": 1_000_000}
_EPOCH = re.compile(r"(\d{9,10}|\d{12,13})(?:\.\d+)?", re.ASCII)
_CLOCK = (
    r"(?:[T,\s]+(?:at\s+)?(?P<hour>\d\d?)(?:[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d+)?)?"
    r"|(?=\s?[ap]\.?m))(?:\s?(?P<half>[ap])\.?m\.?)?)?"
)
_OFFSET = r"(?:(?:GMT|UTC)[+-]\d\d?(?::?\d\d)?|[+-]\d\d:?\d\d)"  # GMT+1 is Google's, of a form's answers
_ZONE = rf"(?:\s?(?P<zone>{_OFFSET}|[A-Za-z]{{1,5}}))?"
_WEEKDAY = r"(?:[A-Za-z]{3,9},?\s)?"
_YEAR = r"(?P<year>\d{4}|\d\d)"  # in two digits, as people type it, only behind the others
_DAY, _MONTH = r"(?P<day>\d\d?)(?:st|nd|rd|th)?", r"(?P<name>[A-Za-z]{3,9})"
_FORMS = tuple(
    re.compile(form, re.ASCII | re.IGNORECASE)
    for form in (
        rf"(?P<year>\d{{4}})[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?){_CLOCK}{_ZONE}",
        rf"(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d){_CLOCK}{_ZONE}",  # Google Analytics
        rf"{_WEEKDAY}(?P<one>\d\d?)[-/.](?P<two>\d\d?)[-/.]{_YEAR}{_CLOCK}{_ZONE}",
        rf"{_WEEKDAY}{_DAY}[-\s]{_MONTH},?[-\s]{_YEAR}{_CLOCK}{_ZONE}",
        rf"{_WEEKDAY}{_MONTH}\s{_DAY},?\s(?P<year>\d{{4}}){_CLOCK}{_ZONE}",
        rf"{_WEEKDAY}{_MONTH}\s{_DAY}{_CLOCK}{_ZONE}\s(?P<year>\d{{4}})",
    )
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Minutes ahead of UTC, as in https://www.iana.org/time-zones. Letters that mean several zones (IST, AST) are
# none.
ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "bst": 60, "west": 60, "cet": 60, "met": 60, "cest": 120,
    "mest": 120, "eet": 120, "eest": 180, "msk": 180, "aest": 600, "aedt": 660, "est": -300, "edt": -240,
    "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
}  # fmt: skip
DAY_FIRST, MONTH_FIRST, UNCLEAR = "day-first", "month-first", "unclear"
_NOON = 12  # of a day without a time, so that no zone moves it into another


def whole_number(cell: str) -> int | None:
    """Return a number of posts or people; None where it was not told. Raises ValueError for anything else."""
    if cell.isascii() and cell.isdecimal() and len(cell) <= 15:
        return int(cell)
    if cell.strip().casefold() in UNKNOWN:
        return None
    if re.fullmatch(r"-\d{1,15}", cell, re.ASCII):
        return 0  # votes against, as Reddit takes them off
    if number := _NUMBER.fullmatch(cell.strip()):
        return int(number[1].replace(",", ""))
    if short := _SHORT.fullmatch(cell.strip()):
        return round(float(short[1]) * _TIMES[short[2].casefold()])
    raise ValueError(f"{cell[:40]!r} is not a whole number")


class WrittenTime(NamedTuple):
    """A time as it was written. `zone` is None if it names none."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    zone: tzinfo | None
    order: str = ""  # of two numbers at its beginning: DAY_FIRST, MONTH_FIRST, or UNCLEAR

    def instant(self, zone: tzinfo) -> datetime:
        """Return it as an instant in UTC; `zone` is for one that names none. Raises ValueError for none."""
        try:
            return datetime(*self[:6], tzinfo=self.zone or zone).astimezone(UTC)
        except OverflowError as error:
            raise ValueError(f"the year {self.year} is out of range") from error


def written_time(cell: str, order: str = DAY_FIRST) -> WrittenTime:
    """Return a time written in any usual form; `order` is for a date such as 03/04/2026.

    Raises ValueError, saying how to write it.
    """
    text = cell.strip()
    if len(text) > 18 and text[4] == "-":
        with suppress(ValueError):
            at = datetime.fromisoformat(text)
            return WrittenTime(at.year, at.month, at.day, at.hour, at.minute, at.second, at.tzinfo)
    if epoch := _EPOCH.fullmatch(text):
        at = of_epoch(float(text) / (1000 if len(epoch[1]) > 10 else 1))
        return WrittenTime(*at.timetuple()[:6], UTC)
    for form in _FORMS:
        if parts := form.fullmatch(text):
            try:
                return _time(parts.groupdict(), order)
            except ValueError:
                break
    raise ValueError(f"{cell[:40]!r} is not a time we can read: write it as 2026-11-22T18:30:00Z")


def _time(parts: dict[str, str | None], order: str) -> WrittenTime:
    year, day, month, hour, minute, second = (
        int(parts.get(name) or 0) for name in ("year", "day", "month", "hour", "minute", "second")
    )
    year, seen = year + 2000 * (len(parts["year"] or "") == 2), ""
    if name := parts.get("name"):
        month = _MONTHS.index(name[:3].casefold()) + 1
    elif not day:
        pair = int(parts["one"] or 0), int(parts["two"] or 0)
        clear = DAY_FIRST if pair[0] > 12 else MONTH_FIRST if pair[1] > 12 else ""
        day, month = pair if (clear or order) != MONTH_FIRST else pair[::-1]
        seen = clear or ("" if day == month else UNCLEAR)
    if parts["half"]:
        hour = hour % 12 + 12 * (parts["half"] in "pP")
    elif parts["hour"] is None:
        hour = _NOON
    datetime(year, month, day, hour, minute, second, tzinfo=UTC)  # raises ValueError
    return WrittenTime(year, month, day, hour, minute, second, _zone(parts["zone"]), seen)


def _zone(name: str | None) -> tzinfo | None:
    if name is None:
        return None
    if "-" in name or "+" in name:
        digits = "".join(filter(str.isdecimal, name))
        minutes = int(digits[:-2]) * 60 + int(digits[-2:]) if len(digits) > 2 else int(digits) * 60
        return timezone(timedelta(minutes=-minutes if "-" in name else minutes))
    if name.casefold() not in ZONES:
        raise ValueError(f"{name} is not a known time zone")
    return timezone(timedelta(minutes=ZONES[name.casefold()]))
