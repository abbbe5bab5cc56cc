"""One entry: what was typed into the form or a row of a file, as a post. Pure."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from monitor.core.errors import EntryError
from monitor.core.files.written_values import MONTH_FIRST, WrittenTime, whole_number, written_time
from monitor.core.model import Author, Metrics, Post, encodable
from monitor.core.normal_text import normal
from monitor.core.text import hashtags
from monitor.manual_entry import BY_HAND, PLACES, id_of

COUNTS = {"likes": "likes", "shares": "reposts", "comments": "replies", "views": "views"}  # ours: the model's
FIELDS = ("where", "when", "text", "link", *COUNTS, "who")
LONGEST = {"where": 60, "text": 5_000, "link": 2_000, "who": 100}  # characters
_DIGITS = 10  # of a number: more people there are not
_AHEAD = timedelta(minutes=5)  # a phone's clock may be fast
_COMMON = {place.casefold(): place for place in PLACES}


def entry(fields: Mapping[str, str], zone: ZoneInfo, now: datetime) -> Post:
    """Return the post that these fields tell of; a number left empty is not known.

    Raises EntryError if any of them is wrong.
    """
    readers: dict[str, Callable[[str], Any]] = {
        "where": _place,
        "when": lambda text: _time(text, zone, now),
        "text": _text,
        "link": _link,
        **dict.fromkeys(COUNTS, _number),
        "who": lambda text: _short("who", text),
    }
    texts = {
        name: encodable(text).replace("\0", " ").replace("\r\n", "\n").strip()
        for name, text in fields.items()
    }
    return _post(values_of(readers, texts), zone)


def values_of(readers: Mapping[str, Callable[[str], Any]], fields: Mapping[str, str]) -> dict[str, Any]:
    """Return what the fields say; raises EntryError, with a sentence for each that is wrong."""
    values, slips = {}, {}
    for name, reader in readers.items():
        try:
            values[name] = reader(fields.get(name, ""))
        except ValueError as error:
            slips[name] = str(error)
    if slips:
        raise EntryError(slips)
    return values


def _post(values: Mapping[str, Any], zone: ZoneInfo) -> Post:
    place, at, text, who = values["where"], values["when"], values["text"], values["who"]
    return Post(
        platform=BY_HAND,
        id=id_of(place, str(at.astimezone(zone).date()), sha256(normal(text).encode()).hexdigest()[:16]),
        url=values["link"],
        # Without names all who were seen in one place are one account: fewer than there are, never more.
        author=Author(id=f"{place}: {who.casefold()}" if who else place, name=who or None),
        text=text,
        created_at=at,
        tags=hashtags(text),
        metrics=Metrics(**{ours: values[name] for name, ours in COUNTS.items()}),
    )


def _place(text: str) -> str:
    place = " ".join(text.split())
    if not place:
        raise ValueError("Enter where it was seen or heard.")
    return _COMMON.get(place.casefold()) or _short("where", place)


def _text(text: str) -> str:
    if not text:
        raise ValueError("Enter what was said, or a sentence that sums it up.")
    return _short("text", text)


def _short(name: str, text: str) -> str:
    if len(text) > LONGEST[name]:
        raise ValueError(f"This has {len(text):,} characters. Shorten it to {LONGEST[name]:,} at most.")
    return text


def _time(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    local = _local(text)
    at = local.instant(zone)
    if local.zone is None and at.astimezone(zone).timetuple()[:6] != local[:6]:
        raise ValueError(f"{text} did not exist: the clocks went forward. Enter another time.")
    if at > now + _AHEAD:
        raise ValueError(f"{text} is in the future. Enter when it was seen or heard.")
    return at


def _local(text: str) -> WrittenTime:
    with suppress(ValueError):
        at = written_time(text)
        if ":" in text and at.year >= 2000 and at.order != MONTH_FIRST:
            return at
    fault = f"{text[:40]!r} is not a date and time" if text else "The date and time are missing"
    raise ValueError(f"{fault}. Write them as 2026-11-20 18:30, or day first as 20/11/2026 18:30.")


def _link(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web = False
    if text and (not is_web or len(text.split()) > 1):
        raise ValueError("A link begins with https:// or http://. Copy it from the browser, or leave it out.")
    return _short("link", text)


def _number(text: str) -> int | None:
    with suppress(ValueError):
        if not re.match(r"-\d", text) and ((number := whole_number(text)) is None or number < 10**_DIGITS):
            return number
    raise ValueError(f"{text[:40]!r} is not a whole number. Write it in digits, or leave it blank.")
