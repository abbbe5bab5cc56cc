"""Numbers and times as people and programs write them into tables and feeds. Pure."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from monitor.core.clock import of_epoch
from monitor.core.normal_text import without_accents

UNKNOWN = frozenset({  # -1 is 4CAT's, \n MySQL's, with # spreadsheets write what went wrong
    "", "-", "--", "–", "—", "?", "nan", "none", "null", "n/a", "n.a.", "na", "nat", "<na>", "-1", r"\n",
    "#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "unknown", "undefined",
    "not available", "not known", "not shown", "hidden", "tbc", "n/k",
})  # fmt: skip
_ABOUT = re.compile(  # a number that is not known either
    r"(?:[<>≤≥~≈]|(?:about|approx\.?|around|over|under|circa|c\.)(?= ?\d)) ?[\d.,]+ ?[kmb]?"
    r"|[\d.,]+ ?[kmb]? ?(?:\+|ish|or so|\?|approx\.?)"
)
# With any country's mark between thousands: before three digits it cannot begin a fraction of a post.
_NUMBER = re.compile(
    r"([1-9]\d{0,2}(?:([., '’٬])\d{3}(?:\2\d{3})*)?|\d{1,2}(?:,\d\d)+,\d{3}|\d{1,15})(?:[.,]0*)?", re.ASCII
)
_SHORT = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?) ?(k|tsd|m|mn|mio|mln|bn?|mrd)\.?", re.ASCII)
_AROUND = "='\" 👍❤♥💬🔁👁\ufe0f"  # signs that keep a number a text, and that say of what it is
_TIMES = {"k": 10**3, "t": 10**3, "m": 10**6, "b": 10**9, "mrd": 10**9}
_OF_WHAT = re.compile(r" (?:like|view|comment|reply|replie|share|reaction|repost|retweet|follower)s?")
_EPOCH = re.compile(r"(\d{9,10}|\d{13}|\d{16})(?:\.\d+)?", re.ASCII)  # 12 digits are a day and minute
_SERIAL = re.compile(r"[3-5]\d{4}(?:[.,]\d+)?", re.ASCII)  # a spreadsheet's number of a day, of 1982 to 2064
_SERIAL_BEGIN = datetime(1899, 12, 30)  # noqa: DTZ001  # a day, of no zone
# Minutes ahead of UTC, as in https://www.iana.org/time-zones. Letters that mean several zones (IST, AST) are
# none.
ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "bst": 60, "west": 60, "cet": 60, "met": 60, "cest": 120,
    "mest": 120, "eet": 120, "eest": 180, "msk": 180, "aest": 600, "aedt": 660, "est": -300, "edt": -240,
    "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "akdt": -480,
    "hst": -600, "sast": 120, "hkt": 480, "awst": 480, "jst": 540, "kst": 540, "nzst": 720, "nzdt": 780,
}  # fmt: skip
# Times as `_tidy` leaves them. GMT+1 is Google's; Go and JavaScript name a zone behind its offset.
_ZONE_NAME = rf"(?:{'|'.join(ZONES)}|[a-z]{{4,10}}(?:/[a-z_]+){{1,2}})\b"
_OWN_ZONE = rf"(?:gmt|utc)?[+-]\d\d?(?::?\d\d)?|{_ZONE_NAME}"
_ZONE = rf"(?: ?(?P<zone>{_OWN_ZONE})(?: {_ZONE_NAME})?)?"
_CLOCK = (
    r"(?:[t, ]+(?:(?:at|a|um) )?(?P<hour>2[0-4]|[01]?\d)(?=[:.h]| ?[ap]\.?m)(?:[:.h](?P<minute>[0-5]\d))?"
    r"(?:[:.](?P<second>[0-6]\d)(?:[.,]\d+)?)?(?: ?(?P<half>[ap])\.?m\b\.?)?(?: uhr)?)?"
)
_NAME, _WEEKDAY = r"(?P<name>[a-z]{3,10})", r"(?:[a-z]{2,9}[.,]{0,2} )?"
_DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th|er|\.)?"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"(?P<year>\d{{4}})[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?)(?!\d){_CLOCK}{_ZONE}",
        rf"{_WEEKDAY}(?P<one>\d\d?)[-/.](?P<two>\d\d?)(?:-(?=\d{{4}})|[/.])(?P<year>\d{{4}}|\d\d)(?!\d)"
        rf"{_CLOCK}{_ZONE}",
        rf"{_WEEKDAY}{_DAY}[- ]{_NAME}\.?,?[- ](?P<year>\d{{4}}|\d\d)(?![\d:]){_CLOCK}{_ZONE}",
        rf"{_WEEKDAY}{_NAME}\.? {_DAY},? (?P<year>\d{{4}}){_CLOCK}{_ZONE}",
        rf"{_WEEKDAY}{_NAME} {_DAY}{_CLOCK}{_ZONE} (?P<year>\d{{4}})",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
        rf"(?:t?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?{_ZONE}",
    )
)
_LONG_NAME = re.compile(r"\([a-z]+ [a-z ]+\)")  # of a zone
# What people write into a time that says nothing of it: "20th of November '26 @ 09:30hrs".
_NOTHING = re.compile(r"@| of\b|(?<=\d) ?h(?:ou)?rs?\b|(?<= )'(?=\d\d\b)|(?<=[./ ]\d{4})-(?=\d\d?:)")
_BRACKETS = str.maketrans("()[]·•|", "       ")
_TIME_FIRST = re.compile(r"^(\d\d?:\d\d(?::\d\d)?(?: ?[ap]\.?m\b\.?)?),? (.+)")  # as on the pages of posts
_MONTHS = {  # by how their names begin in English, German, French and Welsh, without accents
    name: number
    for number, names in enumerate(
        ("jan ion", "feb fev chw", "mar mae mrz maw", "apr avr ebr", "may mai", "jun juin meh",
         "jul juil gor", "aug aou aws", "sep med", "oct okt hyd", "nov tac", "dec dez rha"), 1
    )
    for name in names.split()
}  # fmt: skip
_CENTURY = 69  # two digits from here on are of the last one, as C and POSIX have it
DAY_FIRST, MONTH_FIRST, UNCLEAR = "day-first", "month-first", "unclear"
_NOON = 12  # of a day without a time, so that no zone moves it into another


def whole_number(value: Any) -> int | None:
    """Return a number of posts or people; None where it was not told. Raises ValueError for anything else."""
    if isinstance(value, float) and value.is_integer():  # 12.0, as pandas has it
        value = int(value)
    if type(value) is int or value is None:
        return value
    text = " ".join(str(value).lower().strip(_AROUND).split())  # narrow spaces
    if text.isascii() and text.isdecimal() and len(text) <= 15:
        return int(text)
    if text in UNKNOWN or _ABOUT.fullmatch(text):
        return None
    if re.fullmatch(r"-\d{1,15}", text, re.ASCII):
        return 0  # votes against, as Reddit takes them off
    bare = _OF_WHAT.sub("", text)
    if isinstance(value, str) and (number := _NUMBER.fullmatch(bare)):
        return int("".join(filter(str.isdecimal, number[1])))
    if short := _SHORT.fullmatch(bare):
        return round(float(short[1].replace(",", ".")) * (_TIMES.get(short[2]) or _TIMES[short[2][0]]))
    raise ValueError(f"{str(value)[:40]!r} is not a whole number")


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
        at = of_epoch(float(text) / {13: 10**3, 16: 10**6}.get(len(epoch[1]), 1))
        return WrittenTime(*at.timetuple()[:6], UTC)
    if _SERIAL.fullmatch(text):
        days = float(text.replace(",", ".")) + 0.5 * text.isdecimal()  # or it is the noon of a day
        return WrittenTime(*(_SERIAL_BEGIN + timedelta(seconds=round(days * 86_400))).timetuple()[:6], None)
    tidy = _tidy(cell)
    with suppress(ValueError, OverflowError):
        return _time(next(filter(None, (form.fullmatch(tidy) for form in _FORMS)), None), order, _NOON)
    raise ValueError(f"{cell[:40]!r} is not a time we can read: write it as 22/11/2026 18:30")


def instant_in(text: str) -> datetime | None:
    """Return the instant that a text begins with, in UTC; None if it says none, or may mean two.

    A text without a zone is taken to be in UTC, one without a time of day for the beginning of that day.
    """
    tidy = _tidy(text)
    with suppress(ValueError, OverflowError):
        at = _time(next(filter(None, (form.match(tidy) for form in _FORMS)), None), DAY_FIRST, hour=0)
        return None if at.order == UNCLEAR else at.instant(UTC)
    return None


def _tidy(text: str) -> str:
    """Return a text in small letters, without accents and what stands between day and time, the day first."""
    plain = _LONG_NAME.sub("", without_accents(text[:100].lstrip("'")).replace(" - ", " "))
    tidy = " ".join(_NOTHING.sub(" ", plain).translate(_BRACKETS).split())
    return _TIME_FIRST.sub(r"\2 \1", tidy)


def _time(match: re.Match[str] | None, order: str, hour: int) -> WrittenTime:
    """Return the time that was found; `hour` is that of a day without one. Raises ValueError for none."""
    if match is None:
        raise ValueError("no time")
    parts = match.groupdict()
    year, day, month, minute, second = (
        int(parts.get(name) or 0) for name in ("year", "day", "month", "minute", "second")
    )
    hour = int(parts.get("hour") or hour)
    seen = ""
    if name := parts.get("name"):
        month = _MONTHS.get(name[:4]) or _MONTHS.get(name[:3], 0)  # 0 is no month
    elif "one" in parts:
        pair = int(parts["one"] or 0), int(parts["two"] or 0)
        clear = DAY_FIRST if pair[0] > 12 else MONTH_FIRST if pair[1] > 12 else ""
        day, month = pair if (clear or order) != MONTH_FIRST else pair[::-1]
        seen = clear or ("" if day == month else UNCLEAR)
    if half := parts.get("half"):
        hour = hour % 12 + 12 * (half == "p")
    if len(parts["year"] or "") == 2:
        year += 1900 if year >= _CENTURY else 2000
    # An hour of 24 and a leap second are times of the next day and minute.
    at = datetime(year, month, day, tzinfo=UTC) + timedelta(hours=hour, minutes=minute, seconds=second)
    return WrittenTime(*at.timetuple()[:6], _zone(parts["zone"]), seen)


def zone_called(name: str) -> tzinfo | None:
    """Return the zone of a name such as "BST", "GMT+1" or "Europe/London"; None for any other word."""
    with suppress(ValueError):
        return _zone(name) if re.fullmatch(_OWN_ZONE, name := name.strip().lower(), re.ASCII) else None
    return None


def _zone(name: str | None) -> tzinfo | None:
    if name is None:
        return None
    if "/" in name:
        with suppress(LookupError, OSError):  # a part of the world alone is a folder
            return ZoneInfo(name.title())
        raise ValueError(f"no time zone is called {name!r}")
    if "-" in name or "+" in name:
        digits = "".join(filter(str.isdecimal, name))
        minutes = int(digits[:-2]) * 60 + int(digits[-2:]) if len(digits) > 2 else int(digits) * 60
        return timezone(timedelta(minutes=-minutes if "-" in name else minutes))
    return timezone(timedelta(minutes=ZONES[name]))
