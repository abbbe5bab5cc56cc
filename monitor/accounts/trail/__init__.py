"""The trail of who did what: each line holds the hash of the one before, and none goes but by age.

A line that is altered, added, moved or removed breaks the chain. Who can write to the file could build it
again: what the copies of the file end with, kept elsewhere, shows that.
"""

import json
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from monitor.core.clock import stamp, unstamp
from monitor.core.errors import AccessError
from monitor.sqlite import sqlite3

RESTORE = "a restore"  # who puts an older copy back, on the trail
_KEPT = timedelta(days=365)
_COLUMNS = "id, at, who, what, hash_before"
_ROWS = f"SELECT {_COLUMNS} FROM audit ORDER BY id"


class AuditEntry(NamedTuple):
    """A line of the trail."""

    at: datetime
    who: str
    what: str


def entry(at: str, who: str, what: str) -> AuditEntry:
    """Return a row as a line; one whose time is none, as somebody tampered with it, says so."""
    try:
        return AuditEntry(unstamp(at), who, what)
    except ValueError:
        return AuditEntry(datetime.fromtimestamp(0, UTC), who, f"(a time that cannot be read: {at}) {what}")


class Head(NamedTuple):
    """The last line that a copy has, and when the copy was made."""

    line: int
    hash: str
    at: datetime
    line_at: str  # when the line was written


def append(db: Any, at: str, who: str, what: str) -> None:
    """Add a line, in the transaction of what it tells; `what` has no text of posts and no name of theirs."""
    head = "coalesce((SELECT head FROM trail_ends), '')"
    add = f"INSERT INTO audit ({_COLUMNS[4:]}) VALUES (?, ?, ?, {head}) RETURNING {_COLUMNS}"
    row = db.execute(add, (at, who, what)).fetchone()
    db.execute("UPDATE trail_ends SET head = ?", (_hash(row),))


def chain(db: Any) -> None:
    """Chain the lines from before there were hashes, once."""
    if db.execute("SELECT 1 FROM trail_ends UNION SELECT 1 FROM audit WHERE hash_before <> ''").fetchone():
        return
    head = ""
    for number, at, who, what, _ in db.execute(_ROWS).fetchall():
        db.execute("UPDATE audit SET hash_before = ? WHERE id = ?", (head, number))
        head = _hash((number, at, who, what, head))
    db.execute("INSERT INTO trail_ends (id, head) VALUES (1, ?)", (head,))


def age(db: Any, now: datetime) -> None:
    """Let go of the lines that are older than a year, but for the last of all: the chain goes on from it."""
    db.execute(
        "UPDATE trail_ends SET (first_id, tail) = (SELECT id, hash_before FROM audit WHERE at >= ?"
        " OR id = (SELECT max(id) FROM audit) ORDER BY id LIMIT 1)"
        " WHERE EXISTS (SELECT 1 FROM audit WHERE at < ? AND id < (SELECT max(id) FROM audit))",
        (stamp(now - _KEPT),) * 2,
    )
    old = "FROM audit WHERE id < (SELECT first_id FROM trail_ends)"
    db.execute(f"UPDATE trail_ends SET aged_at = coalesce((SELECT max(at) {old}), aged_at)")
    db.execute(f"DELETE {old}")


def faults(db: Any, heads: Iterable[Head], now: datetime) -> list[str]:
    """Return what is wrong with the chain, each in a sentence; `heads` are the ends of the copies."""
    ends, year_ago = "SELECT first_id, tail, aged_at, head FROM trail_ends", stamp(now - _KEPT)
    first, before, aged_at, last = db.execute(ends).fetchone() or (1, "", "", "none")
    hashes, restores, sentences = dict[int, str](), dict[int, str](), list[str]()
    for row in db.execute(_ROWS):
        if row[4] != before:
            sentences.append(
                f"Line {row[0]} ({row[1]}) does not follow from the line before it: one of the two was"
                " changed, or lines were removed, added or moved there."
            )
        hashes[row[0]] = before = _hash(row)
        if row[2] == RESTORE:
            restores[row[0]] = row[1]
    if before != last:
        sentences.append("The last line was changed, or lines after it were removed.")
    if first > 1 and not aged_at:
        sentences.append(f"Lines before line {first} were removed, and not for their age.")
    if aged_at > year_ago:
        sentences.append(f"Lines up to {aged_at} were removed before a year was over.")
    for head in (one for one in heads if hashes.get(one.line) != one.hash):
        is_due = head.line < first and head.line_at < year_ago
        if not is_due and not any(head.line >= line and stamp(head.at) < at for line, at in restores.items()):
            sentences.append(
                f"The backup of {stamp(head.at)} ends with line {head.line}, which is not here as it was:"
                " lines were removed or changed since."
            )
    return sentences


def head_of(path: Path, at: datetime) -> Head | None:
    """Return the last line of a copy that was made then; None for one from before there was a chain.

    Raises AccessError if the copy cannot be read.
    """
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
        try:
            last = "SELECT audit.id, head, at FROM audit, trail_ends ORDER BY audit.id DESC LIMIT 1"
            row = db.execute(last).fetchone()
        except sqlite3.DatabaseError as error:
            if "no such table" in str(error):
                return None
            raise AccessError(f"The log in {path} cannot be read: {error}.") from error
    return Head(row[0], row[1], at, row[2]) if row else None


def _hash(row: Iterable[object]) -> str:
    return sha256(json.dumps([*row], default=str).encode()).hexdigest()
