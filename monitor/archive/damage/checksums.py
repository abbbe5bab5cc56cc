"""Checksums of the archive's rows, by which a change that no program made is found, and where it is.

A post has one together with all that hangs on it, any other row has its own. Triggers of each connection
that writes keep them: a change adds what a row says now and takes away what it said before, so that damage
is never sealed as right, whatever is written later. Posts, authors and terms, of which many come at once,
get theirs afterwards, from `seal`. Counts and the search index have none: they follow from the rest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

from monitor.archive.connection import Connection, WriteConnection, silence
from monitor.core.errors import DamagedError
from monitor.core.storage import storage_error
from monitor.sqlite import sqlite3

Key = int | str


class _Columns(NamedTuple):
    """The columns of a table that a checksum covers, by their names."""

    key: str
    numbers: str = ""
    texts: str = ""


UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)  # the latter of SQLite's words for what is damaged
_MASK = 2**32 - 1
_WHOLE = "cannot be read"  # in place of a key
# `+` before a key lets SQLite look a number up among keys of both kinds.
_POSTS = _Columns(
    "id", "author_id origin likes reposts replies quotes views followers"  # the tone, message and fold follow
    " created_unix utc_offset seen_unix due_unix read_unix",
    "platform native_id url text kind lang edited_at scrubbed_at again parent root copy_of",
)  # fmt: skip
_OF_A_POST: dict[str, _Columns] = {
    "posts": _POSTS,
    "post_series": _Columns("post_id", "series"),
    "post_terms": _Columns("post_id", "term_id"),
    "set_aside": _Columns("post_id", "series"),
    "snapshots": _Columns("post_id", "read_unix likes reposts replies quotes views followers"),
    "pictures": _Columns("post_id", "place", "alt address thumbnail looked_at codes verdict"),
    "scores": _Columns("post_id", "analyzer tone positive neutral negative scored_unix"),
    "labels": _Columns("post_id", "id", "field value by at"),
    "marks": _Columns("post_id", "together", "mark by at owner due until"),
    "mark_history": _Columns("post_id", "id answer", "act by at owner day"),
    "notes": _Columns("post_id", "id", "text by at"),
    "holds": _Columns("post_id", "", "reason by made_at until"),
    "replies": _Columns("post_id"),
    "conversations": _Columns("post_id", "", "due_at"),
    "kit_matches": _Columns("post_id", "item version score", "how said_by at"),
    "audited": _Columns("post_id", "audit_id place", "scored"),
}
_SEALED_LATER: dict[str, _Columns] = {
    "posts": _POSTS,
    "authors": _Columns("id", "followers read_unix followers_unix", "platform native_id handle name url"),
    "terms": _Columns("id", "", "kind term"),
    "salts": _Columns("id", "", "salt"),
    "_sqlite_migrations": _Columns("id", "", "migration_set name applied_at"),
}
_SEALED_AT_ONCE: dict[str, _Columns] = {
    "tracks": _Columns("id", "", "name"),
    "analyzers": _Columns("id", "", "name"),
    "series": _Columns("id", "track_id", "platform"),
    "origins": _Columns("id", "", "source stream"),
    "audits": _Columns("id", "track_id posts counted mean variance", "monday drawn_at"),
    "events": _Columns("id", "", "day title"),
    "coverage": _Columns(
        "id", "got new rejected",
        "source stream track started_at ended_at covered_from covered_until outcome detail retry_at",
    ),
    "spending": _Columns("id", "micros is_settled month_limit", "source month at"),
    "rejected": _Columns("id", "", "source stream at reason raw track"),
    "cursors": _Columns("track stream", "", "cursor updated_at"),
    "definitions": _Columns("number version", "", "since"),
    "bought": _Columns("source kind native_id", "", "day"),
    "text_labels": _Columns("text field", "", "value by at"),
    "track_words": _Columns("track kind word since", "", "until"),
    "mailed": _Columns("track monday", "posts", "at"),
    "themes": _Columns("id version", "", "name words without at"),
    "kit_items": _Columns(
        "id version", "has_imprint", "words alt address code at until picture"
    ),
    "counters": _Columns("id", "", "kind name title address read_at"),
    "readings": _Columns("counter at", "total placed", "state"),
    "area_readings": _Columns("counter area at", "count"),
    "milestones": _Columns("counter name seen_at", "", "at"),
    "tallies": _Columns(
        "id", "counter count sheets", "day area street collector code key by at taken_back_at"
    ),
    "echoes": _Columns("id", "", "kind native_id day title member url answered_on"),
    "crimes": _Columns("area month category", "count", "source"),
    "import_answers": _Columns("header question", "", "answer at"),
    "recall_samples": _Columns("source monday cause", "posts", "way at"),
    "meta": _Columns("key", "", "value"),  # the last: where it is sealed, all are
}  # fmt: skip
PARTS = _SEALED_AT_ONCE | _SEALED_LATER
_DATES = {
    "posts": "day", "coverage": "started_at", "events": "day", "audits": "monday", "rejected": "at",
    "spending": "at", "text_labels": "at", "cursors": "updated_at", "bought": "day", "definitions": "since",
    "mailed": "monday", "themes": "at", "kit_items": "at", "recall_samples": "monday", "readings": "at",
    "area_readings": "at", "milestones": "seen_at", "tallies": "day", "echoes": "day",
}  # fmt: skip


class Damage(NamedTuple):
    """A row that does not say what it should; to a post belongs all that hangs on it."""

    part: str  # the table
    key: Key
    date: str | None = None  # of the row
    digest: int | None = None  # its checksum; None: it has none
    actual: int | None = None  # what that would be for what is there; None: the row is gone

    @property
    def is_whole_table(self) -> bool:
        """Return whether a page of the table cannot be read, so that its rows cannot be told."""
        return self.key == _WHOLE

    def __str__(self) -> str:
        return f"{self.part} {self.key}" + (f" ({self.date})" if self.date else "")


@dataclass(frozen=True, slots=True)
class Checksums:
    """What each row should say."""

    db: Connection

    def unsealed(self) -> int:
        """Return how many posts have no checksum yet."""
        return self.db.number(f"SELECT count(*) FROM posts t WHERE {_is_new('posts')}")

    def damage(self, note: Callable[[int], object] = silence) -> list[Damage]:
        """Return the rows that do not say what they should, and the tables whose rows cannot be told.

        From then on the connection reads texts that are not UTF-8 any more, too. What the disk says is raised
        as SQLite says it. `note` is told after each of PARTS.
        """
        self.db.conn.text_factory = lambda text: text.decode(errors="replace")
        damage = list[Damage]()
        for part in PARTS:
            damage += _damaged(self.db, part)
            note(1)
        return damage


@dataclass(frozen=True, slots=True)
class ChecksumsWriter(Checksums):
    """The same, and checksums of what is new."""

    db: WriteConnection

    def seal(self, most: int = 5000) -> bool:
        """Give checksums to new rows, at most so many of a table; return whether there were any."""
        new = [
            part
            for part in PARTS
            if self.db.execute(f"SELECT 1 FROM {part} t WHERE {_is_new(part)} LIMIT 1").fetchone()
        ]
        if new:
            with self.db.transaction():
                for part in new:
                    limit = f"ORDER BY id LIMIT {most}" if part in _SEALED_LATER else ""
                    self.db.execute(
                        f"INSERT OR IGNORE INTO checksums SELECT '{part}', {key_of(part)}, {_actual(part)}"
                        f" FROM {part} t WHERE {_is_new(part)} {limit}"
                    )
        return bool(new)


def keys(part: str) -> dict[str, str]:
    """Return the tables that share a table's checksums, each with SQL for the key of a row `t`."""
    return {name: _key(columns, "t") for name, columns in _tables(part).items()}


def key_of(part: str) -> str:
    """Return SQL for the key of a table's row `t`."""
    return _key(PARTS[part], "t")


def _damaged(db: Connection, part: str) -> list[Damage]:
    key, actual = key_of(part), _actual(part)
    try:
        rows = db.execute(
            f"SELECT '{part}', {key}, {_DATES.get(part, 'NULL')}, c.digest, {actual} FROM {part} t"
            f" LEFT JOIN checksums c ON c.part = '{part}' AND c.key = +{key}"
            f" WHERE (c.digest IS NOT NULL OR NOT {_is_new(part)}) AND c.digest IS NOT {actual}"
            " UNION ALL SELECT part, key, NULL, digest, NULL FROM checksums"
            f" WHERE part = '{part}' AND key NOT IN (SELECT {key} FROM {part} t)"
        )
        return [Damage(*row) for row in rows]
    except UNREADABLE as error:
        if not isinstance(storage_error(error), DamagedError):
            raise
        return [Damage(part, _WHOLE)]


def _tables(part: str) -> dict[str, _Columns]:
    return _OF_A_POST if part == "posts" else {part: PARTS[part]}


def _key(columns: _Columns, row: str) -> str:
    return " || ' ' || ".join(f"{row}.{name}" for name in columns.key.split())


def _digest(table: str, columns: _Columns, row: str) -> str:
    """Return SQL for the digest of a row. Texts go in as bytes: damaged ones need not be UTF-8."""
    if not columns.texts and len(columns.numbers.split()) == 1:  # a link; far cheaper than a call of Python
        return f"{row}.{columns.numbers} * {crc32(table.encode()) | 1}"
    key = _key(columns, row)
    values = [key if columns.key in ("id", "post_id") else f"CAST({key} AS BLOB)"]
    values += [f"{row}.{name}" for name in columns.numbers.split()]
    values += [f"CAST({row}.{name} AS BLOB)" for name in columns.texts.split()]
    return f"row_digest({', '.join(values)})"


def _actual(part: str) -> str:
    """Return SQL for what the checksum of a row `t` should be."""
    terms = [_digest(part, PARTS[part], "t")]
    for name, columns in _tables(part).items():
        if name != part:
            digest = _digest(name, columns, name)
            terms.append(f"ifnull((SELECT sum({digest}) FROM {name} WHERE post_id = t.id), 0)")
    return f"(({' + '.join(terms)}) & {_MASK})"


def _is_new(part: str) -> str:
    """Return SQL for whether a row `t` is one that need not have a checksum yet."""
    if part in _SEALED_LATER:
        last = f"(SELECT key FROM checksums WHERE part = '{part}' ORDER BY key DESC LIMIT 1)"
        return f"t.id > ifnull({last}, 0)"
    return "NOT EXISTS (SELECT 1 FROM checksums WHERE part = 'meta' AND key = 'time_zone')"


def _triggers(part: str, table: str, columns: _Columns) -> str:
    """Return SQL for the triggers of a connection that keep the checksums of a table's rows."""
    old, new = _digest(table, columns, "OLD"), _digest(table, columns, "NEW")

    def change(by: str, row: str) -> str:
        digest, key = f"(digest {by}) & {_MASK}", _key(columns, row)
        return f"UPDATE checksums SET digest = {digest} WHERE part = '{part}' AND key = +{key};"

    acts = {f"UPDATE OF {', '.join(' '.join(columns).split())}": change(f"+ {new} - {old}", "OLD")}
    if table != part:
        acts |= {"INSERT": change(f"+ {new}", "NEW"), "DELETE": change(f"- {old}", "OLD")}
    else:
        acts["DELETE"] = f"DELETE FROM checksums WHERE part = '{part}' AND key = +{_key(columns, 'OLD')};"
    if part in _SEALED_AT_ONCE:
        digest = f"{new} & {_MASK}"
        acts["INSERT"] = (
            f"INSERT OR REPLACE INTO checksums VALUES ('{part}', {_key(columns, 'NEW')}, {digest});"
        )
    return "".join(
        f"CREATE TEMP TRIGGER checksum_{table}_{act[:6]} AFTER {act} ON main.{table} BEGIN {sql} END;"
        for act, sql in acts.items()
    )


# By which a connection changes the checksums with whatever it writes.
TRIGGERS = "".join(
    _triggers(part, table, columns) for part in PARTS for table, columns in _tables(part).items()
)
