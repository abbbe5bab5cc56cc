"""Times as people and programs write them, in whatever zone. Pure."""

import re
from datetime import UTC, datetime, timedelta

from monitor.core.files.written_values import ZONES

_NAMED = [name for name, minutes in ZONES.items() if minutes]  # "GMT+1" says more than its name
_DAY, _MONTH = r"\b(\d\d?)(?:st|nd|rd|th)?", r"([a-z]{3})[a-z]*"
_DATE = re.compile(
    rf"(\d{{4}})-(\d\d)-(\d\d)|{_DAY}[ -]{_MONTH}[ ,-]+(\d{{4}}|\d\d)(?![\d:])"
    rf"|\b{_MONTH} {_DAY}\b.*?\b(\d{{4}})\b"
)
_CLOCK = re.compile(r"(?<!\d)(2[0-4]|[01]?\d):([0-5]\d)(?::([0-6]\d))?(?:[.,]\d+)?(?: ?([ap])\.?m\b)?")
_ZONE = re.compile(rf"([+-]\d\d?):?(\d\d)?\b|\b({'|'.join(_NAMED)})\b")


def instant(text: str) -> datetime | None:
    """Return the instant that a text says, in UTC; None if it says none.

    A text without a zone is taken to be in UTC, one without a time of day for the beginning of that day.
    """
    try:
        at = _spelt(" ".join(text[:100].lower().split())) or datetime.fromisoformat(text.strip())
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):  # such as 31 June
        return None


def _spelt(text: str) -> datetime | None:
    """Return the time in UTC; None if there is no date in this text."""
    if not (date := _DATE.search(text)):
        return None
    day, month, year = filter(None, date.groups())
    if month.isdigit():
        day, month, year = (year, month, day) if len(day) == 4 else (month, day, year)
    form = f"%d {'%m' if month.isdigit() else '%b'} {'%Y' if len(year) == 4 else '%y'}"
    midnight = datetime.strptime(f"{day} {month} {year}", form).replace(tzinfo=UTC)
    return midnight + _since_midnight(clock, text) if (clock := _CLOCK.search(text)) else midnight


def _since_midnight(clock: re.Match[str], text: str) -> timedelta:
    """Return the time of day in UTC, from midnight where it was written: it may lie in another day."""
    hour, minute, second = (int(part or 0) for part in clock.groups()[:3])
    if clock[4]:
        hour = hour % 12 + 12 * (clock[4] == "p")
    hours, minutes, name = zone.groups() if (zone := _ZONE.search(text, clock.end())) else ("0", None, None)
    offset = ZONES[name] if name else int(hours) * 60 + int(f"{hours[0]}{minutes or 0}")
    return timedelta(hours=hour, minutes=minute - offset, seconds=second)
