"""A tally: what was counted of one day, in one place. Counts and where, never who. Pure."""

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from hashlib import sha256
from pathlib import Path
from typing import Any

from monitor.core.errors import EntryError
from monitor.core.files.written_values import UNKNOWN, written_time
from monitor.manual_entry.entry import values_of

TITLES = {"paper": "Signed on paper", "survey": "Survey", "visits": "Visits by link"}  # of what is counted
_MOST = {"paper": 2_000, "survey": 1_000_000, "visits": 1_000_000}  # that one tally may count
VOCABULARY = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
WORDS = VOCABULARY["fields"]
_UNITS = {what: "|".join(words) for what, words in VOCABULARY["units"].items()}
_MOST_SIGNATURES = 999_999_999  # of a petition
_FIRST = date(2000, 1, 1)  # that anything is of
_LONGEST = 60  # characters of an area, a street or a code
_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*\d[A-Z]{2}\b", re.IGNORECASE)
_HOUSE = re.compile(r"(?:(?:no\.?|flats?)?\s*\d{1,3}[a-z]?\b[\s,/&-]*)+", re.IGNORECASE)
_BEHIND = re.compile(  # Elm Road 7, RM10
    r"(?<![\s,])(?:[\s,]++(?:\d{1,3}[a-z]?|[a-z]{1,2}\d{1,2}[a-z]?))+$", re.IGNORECASE
)
_PERSON = re.compile(rf"\b(?:{'|'.join(VOCABULARY['person'])})\b|^dr\b", re.IGNORECASE)  # "Elm Dr" is none
_KIND = re.compile(rf"\b(?:{'|'.join(VOCABULARY['street'])})\b", re.IGNORECASE)
_JOINT = re.compile(r"[,()/&]| - ")  # between two streets, or a street and its town
_DISTRICT = re.compile(r"([a-z]{1,2})[\s-]?(\d[a-z\d]?)(?:\s\d)?\.?", re.IGNORECASE)  # "rm 9", "RM6 4"
_STREET = re.compile(r"(?:[AB]\d{1,4}\b|\d{1,2}(?:st|nd|rd|th)\b)?(?:[^\W\d_]|[ '’.,&()/-])*")  # or the A13
TOTAL = re.compile(rf"(?:{'|'.join(VOCABULARY['total'])}):?", re.IGNORECASE)  # of other rows
_CODE = re.compile(r"[a-z][\w-]*", re.ASCII | re.IGNORECASE)  # no dot: "jo.at.example.com" is no code
_NOT_SAID = UNKNOWN - {"-1"}
_DIGITS = re.compile(r"\d{1,12}|\d{1,3}(?:[ ,]\d{3}){1,3}", re.ASCII)
AreaOf = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class DayTally:
    """A count of one day; None is what was not said."""

    day: date
    area: str | None  # as the campaign's areas are called, or a postcode district
    street: str | None  # without a house number
    count: int
    sheets: int | None
    collector: str | None  # initials
    code: str | None  # of the link that people came by


def tally(kind: str, fields: Mapping[str, str], area_of: AreaOf, today: date) -> DayTally:
    """Return the tally that these fields tell of. What else they hold is not looked at.

    Raises EntryError, with a sentence for each field that is wrong; none quotes what may be a person's.
    """
    readers: Mapping[str, Callable[[str], Any]] = {
        "day": lambda text: _day(text, today),
        "area": lambda text: _area(text, area_of),
        "street": lambda text: _street(text, area_of),
        "count": lambda text: number(text, int(kind == "paper"), _MOST[kind], _UNITS[kind]),
        "sheets": lambda text: number(text, 1, 500, _UNITS["sheets"]) if text else None,
        "collector": _initials,
        "code": link_code,
    }
    cells = {name: text for name, text in fields.items() if text.strip().casefold() not in _NOT_SAID}
    return DayTally(**_values(readers, cells))


def petition_total(
    fields: Mapping[str, str], petitions: Collection[str], now: datetime, zone: tzinfo
) -> tuple[str, int, datetime]:
    """Return a petition, its total and when that was read; raises EntryError as `tally` does."""
    readers: Mapping[str, Callable[[str], Any]] = {
        "petition": lambda text: _choice(text, petitions),
        "total": lambda text: number(text, 0, _MOST_SIGNATURES, _UNITS["paper"]),
        "at": lambda text: _instant(text, now, zone),
    }
    petition, count, at = _values(readers, fields).values()
    return petition, count, at


def _values(readers: Mapping[str, Callable[[str], Any]], fields: Mapping[str, str]) -> dict[str, Any]:
    return values_of(readers, {name: " ".join(text.split()) for name, text in fields.items()})


@dataclass(frozen=True, slots=True)
class TallyFile:
    """What a table of tallies holds: each by what makes it the same if it comes again; and what is wrong."""

    tallies: Mapping[str, DayTally]
    wrong: tuple[str, ...]
    known: int = 0  # rows that say the same as one before
    unplaced: int = 0  # answers with an area that is not known

    @property
    def total(self) -> int:
        """Return what all of them count."""
        return sum(tally.count for tally in self.tallies.values())


def key_of(kind: str, tally: DayTally) -> str:
    """Return what tells a tally: a stall is the same if all of it is; answers and visits may become more."""
    return sha256(repr(tally if kind == "paper" else replace(tally, count=0)).encode()).hexdigest()[:24]


def tally_file(
    kind: str, rows: Iterable[tuple[int, Mapping[str, str]]], area_of: AreaOf, today: date
) -> TallyFile:
    """Return the tallies of a table's rows, each with its number; answers and visits of one key together."""
    tallies, wrong = dict[str, DayTally](), list[str]()
    known = unplaced = 0
    for row, fields in rows:
        if kind == "survey" and fields["area"] and not area_of(fields["area"]):
            fields, unplaced = {**fields, "area": ""}, unplaced + 1
        try:
            entry = tally(kind, fields, area_of, today)
        except EntryError as slips:
            wrong += [f"Row {row}, {WORDS[name]}: {why}" for name, why in slips.by.items()]
            continue
        key = key_of(kind, entry)
        known += key in tallies
        before = tallies[key].count if key in tallies and kind != "paper" else 0
        if before + entry.count > _MOST[kind]:
            wrong.append(f"Row {row}, {WORDS['count']}: With those above, more than {_MOST[kind]:,} a day.")
            continue
        tallies[key] = replace(entry, count=before + entry.count)
    return TallyFile(tallies, tuple(wrong), known, unplaced)


def district(text: str) -> str:
    """Return the district of a postcode in a text, and of another text itself, shortened."""
    postcode = _POSTCODE.search(text)
    part = _DISTRICT.fullmatch(text.strip())
    if part and not postcode:
        return f"{part[1]}{part[2]}".upper()
    return postcode[1].upper() if postcode else text[:_LONGEST]


def number(text: str, least: int, most: int, unit: str = "(?!)") -> int:
    """Return a number as people write it: 1204, 1,204 or 1 204; raises ValueError with a sentence.

    `unit`, a pattern, is what may stand before or after it, as in "12 signatures"; at first nothing may.
    """
    words = re.compile(rf"^(?:{unit}):? ?(?=\d)|(?<=\d) ?(?:{unit})\.?$", re.IGNORECASE)
    digits = re.sub(r"\.00?$", "", words.sub("", " ".join(text.split())))  # "1.000" may be a thousand
    if not (_DIGITS.fullmatch(digits) and least <= (count := int(re.sub("[ ,]", "", digits))) <= most):
        raise ValueError(f"Give a whole number from {least} to {most:,}.")
    return count


def _choice(text: str, petitions: Collection[str]) -> str:
    if text not in petitions:
        raise ValueError("Choose one of the campaign’s petitions.")
    return text


def _instant(text: str, now: datetime, zone: tzinfo) -> datetime:
    with suppress(ValueError):
        at = written_time(text)
        if at.year >= _FIRST.year and (instant := at.instant(zone)) <= now:
            return instant
    raise ValueError("Give the day and time at which you read it: since 2000, and not in the future.")


def _day(text: str, today: date) -> date:
    with suppress(ValueError):
        at = written_time(text)
        if _FIRST <= (day := date(at.year, at.month, at.day)) <= today:
            return day
    raise ValueError("Give a day that is not in the future, such as 2026-11-28.")


def _area(text: str, area_of: AreaOf) -> str | None:
    area = area_of(district(text)) if text else None
    if text and not area:
        raise ValueError(
            "There is no such area. Give a ward, a town, a borough, or the first half of a postcode,"
            " such as RM10; or leave it blank."
        )
    return area


def _street(text: str, area_of: AreaOf) -> str | None:
    if TOTAL.fullmatch(text):
        raise ValueError("A total of other rows is not counted again.")
    text = text[: 3 * _LONGEST]  # the patterns take long over long texts
    house = _HOUSE.match(text)
    street = _BEHIND.sub("", text[house.end() :] if house else text)
    is_one = street[:1].isalnum() and _STREET.fullmatch(street) and not _PERSON.search(street)
    if street and not (is_one and len(street) <= _LONGEST):
        raise ValueError(
            "Give the name of the street alone, up to 60 letters: nobody’s name, no whole postcode, e-mail"
            " address or telephone number."
        )
    parts = [part for part in _JOINT.split(street) if not _KIND.search(part) and not area_of(part.strip())]
    if sum(not area_of(word) for part in parts for word in part.split()) > 1:
        raise ValueError("This may be somebody’s name. Give a street with its kind, as in Elm Road, or none.")
    return street or None


def _initials(text: str) -> str | None:
    letters = re.sub("[ .-]", "", text)
    if letters and not (letters.isalpha() and len(letters) <= 3):
        raise ValueError("Give initials, three letters at most: nobody’s name is kept.")
    return letters.upper() or None


def link_code(text: str) -> str | None:
    """Return a link's code; None for what may say something else, such as "(not set)" or an address."""
    is_postcode = _POSTCODE.search(re.sub(r"[\W_]", " ", text))
    is_code = _CODE.fullmatch(text) and len(text) <= _LONGEST and text.casefold() not in UNKNOWN | {"direct"}
    return None if is_postcode or not is_code else text.lower() if text[:4].lower() == "kit-" else text
