"""Items that could not be read: kept whole within bounds, for a later version to read them again."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from monitor.archive.connection import WriteConnection
from monitor.archive.values import IMPORT
from monitor.core.clock import stamp
from monitor.core.model import Page
from monitor.core.records import record

OF_A_POLL = 100  # items that are kept at most
_OF_A_SOURCE, _BYTES_OF_A_SOURCE, _BYTES = 1000, 2 * 2**20, 8 * 2**20  # the last: of all sources
AGE = timedelta(days=30)
_WORD = re.compile(r"[^\s\"'\\<>,{}\[\]()]+")
_LEAST = 8  # letters of a word that is a name wherever it stands
# Where an item says by whom and of whom it is, or which post: elsewhere a name is a word like any other.
_NAMES = re.compile(
    r"acct|account|author|actor|user|handle|creator|channel|owner|mention|profile|sender"
    r"|\b(?:by|from|did)\b|(?:screen|display)_?name|(?:id|ur[il])$",
    re.IGNORECASE,
)
_WHO = re.compile(rf"{_NAMES.pattern}|name$", re.IGNORECASE)
_SIZES = "(SELECT id, source, length(CAST(raw AS BLOB)) AS size FROM rejected)"
_TRIM_SOURCE = (
    "DELETE FROM rejected WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER newest AS number,"
    f" sum(size) OVER newest AS total FROM {_SIZES} WHERE source = ? WINDOW newest AS (ORDER BY id DESC))"
    " WHERE number > ? OR total > ?)"
)
_TRIM = (
    "DELETE FROM rejected WHERE id IN (SELECT id FROM"
    f" (SELECT id, sum(size) OVER (ORDER BY id DESC) AS total FROM {_SIZES}) WHERE total > ?)"
)


class RejectedItem(NamedTuple):
    """An item as it came. `track` is "" where it is for each whose words it has."""

    id: int
    source: str
    stream: str
    track: str
    at: datetime
    raw: str


@dataclass(frozen=True, slots=True)
class RejectedItems:
    """What could not be read, until it can be."""

    db: WriteConnection

    def every(self) -> Iterator[RejectedItem]:
        """Yield the items, oldest first; of those that come meanwhile, none."""
        for number in self.db.column("SELECT id FROM rejected ORDER BY id"):
            sql = "SELECT id, source, stream, track, at, raw FROM rejected WHERE id = ?"
            for row in self.db.execute(sql, [number]).fetchall():
                yield record(RejectedItem, row)

    def remove(self, item: int) -> None:
        with self.db.transaction():
            self.db.execute("DELETE FROM rejected WHERE id = ?", [item])

    def forget_old(self, now: datetime) -> None:
        """Remove the items that are older than 30 days: they hold people's words."""
        with self.db.transaction():
            self.db.execute("DELETE FROM rejected WHERE at < ?", [stamp(now - AGE)])


def keep(db: WriteConnection, page: Page, source: str, track: str, started_at: datetime, at: str) -> None:
    """Keep the first items of a poll that could not be read, each once; `coverage` counts all of them."""
    if not page.rejected:
        return
    sql = "SELECT count(*) FROM rejected WHERE source = ? AND at >= ?"
    room = max(0, OF_A_POLL - db.number(sql, [source, stamp(started_at)]))
    known = set(db.execute("SELECT track, reason, raw FROM rejected WHERE source = ?", [source]))
    items = dict.fromkeys((track, item.reason, item.raw) for item in page.rejected[:room])
    db.executemany(
        "INSERT INTO rejected (source, stream, at, track, reason, raw) VALUES (?, ?, ?, ?, ?, ?)",
        [(source, page.stream, at, *item) for item in items if item not in known],
    )
    db.execute(_TRIM_SOURCE, [source, _OF_A_SOURCE, _BYTES_OF_A_SOURCE])
    db.execute(_TRIM, [_BYTES])


def forget(db: WriteConnection, is_gone: Callable[[str, str], bool]) -> None:
    """Remove the items that are gone, by their texts and sources."""
    rows = db.execute("SELECT id, raw, source FROM rejected").fetchall()
    numbers = [(number,) for number, raw, source in rows if is_gone(raw, source)]
    db.executemany("DELETE FROM rejected WHERE id = ?", numbers)


def naming(platform: str, ids: Iterable[str]) -> Callable[[str, str], bool]:
    """Return what tells whether an item of a platform, or of a file, names one of these posts or people."""
    known = {form for name in ids for form in _forms(name)}
    return lambda raw, source: source in (platform, IMPORT) and not known.isdisjoint(names_in(raw))


def names_in(raw: str) -> set[str]:
    """Return what may be names and ids of posts and people in an item, in small letters, without '@'."""
    names = set[str]()
    for place, text in _values(raw):
        if _NAMES.search(place):
            names.update(_forms(text))
        elif not place:  # not what it should be, or cut short: a short word may be anything
            names.update(form for word in _WORD.findall(text) if len(word) >= _LEAST for form in _forms(word))
    return names


def texts_in(raw: str) -> list[str]:
    """Return all texts of an item."""
    return [text for _, text in _values(raw)]


def words_in(raw: str) -> str:
    """Return the texts of an item but those that say by whom it is, one on each line."""
    return "\n".join(text for place, text in _values(raw) if not _WHO.search(place))


def _forms(name: str) -> set[str]:
    """Return a name or id as it is compared, and the last part of one that is an address."""
    name = name.casefold().rstrip("/")
    return {name.lstrip("@"), name.rpartition("/")[2].lstrip("@")}


def _values(raw: str) -> Iterator[tuple[str, str]]:
    """Yield the texts and numbers of an item, each with the keys that lead to it."""
    parts: list[tuple[str, Any]]
    try:
        parts = [("", json.loads(raw))]
    except (ValueError, RecursionError):
        parts = [("", re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), raw))]
    while parts:
        place, value = parts.pop()
        if isinstance(value, dict):
            parts += [(f"{place} {key}", part) for key, part in value.items()]
        elif isinstance(value, list):
            parts += [(place, part) for part in value]
        elif value is not None:
            yield place, str(value)
