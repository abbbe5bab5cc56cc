"""What people say of posts: labels and notes."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from monitor.archive.connection import GIVEN, Connection, WriteConnection
from monitor.archive.values import Mark
from monitor.core.clock import stamp
from monitor.core.errors import ArchiveError
from monitor.core.model import Tone
from monitor.core.normal_text import normal
from monitor.core.records import record
from monitor.core.text import fingerprint, pieces
from monitor.platform_info import forbidding
from monitor.sqlite import Database

LONGEST_NOTE = 2000
_DOUBLE_TAP = timedelta(minutes=1)  # within which the same note was sent twice, not meant twice


class Stance(StrEnum):
    """Whether a text is for or against what the campaign asks; only people say so."""

    SUPPORT = "support"
    OPPOSE = "oppose"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a person said of a post; `value` is None where an earlier word was taken back."""

    field: str
    value: str | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A person's words about a post."""

    id: int
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PostAnnotations:
    """What people have said and done about one post."""

    labels: tuple[Label, ...] = ()  # the latest first
    notes: tuple[Note, ...] = ()  # the oldest first
    mark: Mark | None = None

    def latest(self, field: str) -> Label | None:
        """Return what holds of a "tone" or "stance": the last word, if it was not taken back."""
        last = next((label for label in self.labels if label.field == field), None)
        return last if last and last.value else None


_VALUES: dict[str, type[StrEnum]] = {"tone": Tone, "stance": Stance}
_MAY_BE_SAID = (
    "NOT ({field} = 'stance' AND EXISTS (SELECT 1 FROM posts WHERE id = {id}"
    f" AND platform IN ({', '.join(map(repr, forbidding('stance')))})))"
)


_LATER = "later:"  # begins the key of what is put off; its value is the day on which it comes back


@dataclass(frozen=True, slots=True)
class Annotations:
    """What people have said of posts, and how far they are with them."""

    db: Connection

    def of_posts(self, ids: Sequence[int]) -> dict[int, PostAnnotations]:
        """Return what people have said and done about posts; posts that nobody touched are left out."""
        values = [json.dumps(ids)]
        labels, notes = defaultdict[int, list[Label]](list), defaultdict[int, list[Note]](list)
        sql = f"SELECT post_id, field, value, by, at FROM labels WHERE post_id IN {GIVEN} ORDER BY id DESC"
        for post, *row in self.db.execute(sql, values):
            labels[post].append(record(Label, row))
        sql = f"SELECT post_id, id, text, by, at FROM notes WHERE post_id IN {GIVEN} ORDER BY id"
        for post, *row in self.db.execute(sql, values):
            notes[post].append(record(Note, row))
        marks = dict(self.db.execute(f"SELECT post_id, mark FROM marks WHERE post_id IN {GIVEN}", values))
        return {
            post: PostAnnotations(
                labels=tuple(labels.get(post, ())),
                notes=tuple(notes.get(post, ())),
                mark=Mark(marks[post]) if post in marks else None,
            )
            for post in labels.keys() | notes.keys() | marks.keys()
        }

    def put_off(self, today: date) -> tuple[str, ...]:
        """Return the names of what somebody has put off until a day that is still to come."""
        sql = "SELECT substr(key, ?) FROM meta WHERE key GLOB ? || '*' AND value > ? ORDER BY key"
        return tuple(self.db.column(sql, [len(_LATER) + 1, _LATER, str(today)]))


@dataclass(frozen=True, slots=True)
class AnnotationsWriter(Annotations):
    """The same, and what a person may add to it: each act in one short transaction."""

    db: WriteConnection

    def label(self, ids: Iterable[int], field: str, value: str | None, *, by: str, now: datetime) -> int:
        """Store what a person says of the "tone" or "stance" of posts; None takes an earlier word back.

        It holds for all posts of the same words, those to come too, and for none without a text.
        Return how many posts it changed.
        Raises ValueError if the field cannot have the value.
        """
        if value is not None:
            value = _VALUES[field](value).value
        rows = self.db.execute(
            f"SELECT id, text FROM posts WHERE id IN {GIVEN} AND text IS NOT NULL", [json.dumps(list(ids))]
        ).fetchall()  # of a forgotten post nothing new is kept
        at, alike = stamp(now), dict[int, str](rows)
        for text in {
            text for text in alike.values() if fingerprint(text)
        }:  # before the lock: a hashtag alone is in most of the posts, and looks at them all
            alike.update(_alike(self.db, text))
        with self.db.durable_transaction():
            self._keep({*alike.values()}, field, value, by, at)
            return sum(self._say(post, field, value, by, at) for post in sorted(alike))

    def postpone(self, name: str, today: date, until: date | None = None) -> None:
        """Store that something to do is not shown before a day, usually tomorrow; what is due again goes."""
        with self.db.durable_transaction():
            self.db.execute("DELETE FROM meta WHERE key GLOB ? || '*' AND value <= ?", [_LATER, str(today)])
            self.db.set_meta(_LATER + name, str(until or today + timedelta(days=1)))

    def take_up(self, name: str) -> None:
        """Store that something is not put off any more."""
        with self.db.durable_transaction():
            self.db.execute("DELETE FROM meta WHERE key = ?", [_LATER + name])

    def add_note(self, ids: Iterable[int], text: str, *, by: str, now: datetime) -> int:
        """Write a note to posts that have a text; return to how many. One that was sent twice is one.

        Raises ArchiveError if the note is empty or too long.
        """
        note = text.strip()
        if not 0 < len(note) <= LONGEST_NOTE:
            raise ArchiveError(f"A note has 1 to {LONGEST_NOTE:,} characters. This one has {len(note):,}.")
        with self.db.durable_transaction():
            posts = json.dumps(list(ids))
            self.db.execute(
                f"DELETE FROM notes WHERE post_id IN {GIVEN} AND text = ? AND by = ? AND at > ?",
                [posts, note, by, stamp(now - _DOUBLE_TAP)],
            )
            return self.db.execute(
                "INSERT INTO notes (post_id, text, by, at) SELECT id, ?, ?, ? FROM posts"
                f" WHERE id IN {GIVEN} AND text IS NOT NULL",
                [note, by, stamp(now), posts],
            ).rowcount

    def remove_note(self, note: int, post: int) -> bool:
        """Take a note of a post away; return whether there was one."""
        with self.db.durable_transaction():
            cursor = self.db.execute("DELETE FROM notes WHERE id = ? AND post_id = ?", [note, post])
            return cursor.rowcount > 0

    def _keep(self, texts: set[str], field: str, value: str | None, by: str, at: str) -> None:
        """Remember what is said of texts, for posts to come, instead of what was said of them before."""
        keys = json.dumps([key for text in texts for key in _keys(text)])
        self.db.execute(f"DELETE FROM text_labels WHERE field = ? AND text IN {GIVEN}", [field, keys])
        self.db.executemany(
            "INSERT INTO text_labels (text, field, value, by, at) VALUES (?, ?, ?, ?, ?)",
            [(key, field, value, by, at) for key in set(map(fingerprint, texts)) if key and value],
        )

    def _say(self, post: int, field: str, value: str | None, by: str, at: str) -> int:
        """Label one post, if that is not what its label says already; return 1 if it was not."""
        return self.db.execute(
            "INSERT INTO labels (post_id, field, value, by, at) SELECT :id, :field, :value, :by, :at"
            " WHERE (SELECT value FROM labels WHERE post_id = :id AND field = :field"
            f" ORDER BY id DESC LIMIT 1) IS NOT :value AND {_MAY_BE_SAID.format(field=':field', id=':id')}",
            {"id": post, "field": field, "value": value, "by": by, "at": at},
        ).rowcount


def inherit(db: Database, texts: Mapping[int, str]) -> None:
    """Give posts of these texts what a person has said of the same words before."""
    if not texts or not db.execute("SELECT 1 FROM text_labels LIMIT 1").fetchone():
        return
    keys = [(post, *_keys(text)) for post, text in texts.items()]
    db.conn.executemany(
        "INSERT INTO labels (post_id, field, value, by, at)"
        " SELECT ?1, field, value, by, at FROM text_labels t WHERE (text = ?2 OR text = ?3"
        " AND NOT EXISTS (SELECT 1 FROM text_labels WHERE text = ?2 AND field = t.field))"
        f" AND {_MAY_BE_SAID.format(field='field', id='?1')}",
        keys,
    )


def take_back(db: Database, post: int, at: str) -> None:
    """Take back what people said of a post whose words were replaced: they said it of others."""
    db.execute(
        "INSERT INTO labels (post_id, field, value, by, at) SELECT post_id, field, NULL, ?, ? FROM labels l"
        " WHERE post_id = ? AND value IS NOT NULL AND id = (SELECT max(id) FROM labels"
        " WHERE post_id = l.post_id AND field = l.field)",
        ["an edit by the writer", at, post],
    )


def forget_words(db: Database, post: int) -> None:
    """Forget what people said of the words of a post that is to be scrubbed, if no other says the same."""
    row = db.execute("SELECT text FROM posts WHERE id = ?", [post]).fetchone()
    keys = _keys(row[0]) if row and row[0] else (None, None)
    labels = db.execute("SELECT 1 FROM text_labels WHERE text IN (?, ?)", keys).fetchone()
    if labels and len(_alike(db, row[0])) < 2:
        db.execute("DELETE FROM text_labels WHERE text IN (?, ?)", keys)


def _keys(text: str) -> tuple[str | None, str | None]:
    """Return by what a text is known, and by what it was while only capitals and spaces were made alike."""
    return fingerprint(text), fingerprint(text, str.casefold)


def _alike(db: Database, text: str) -> list[tuple[int, str]]:
    """Return the posts that say the same, with their texts, found by the search index and then compared."""
    words = " ".join(f'"{piece}"' for piece in pieces(normal(text).replace('"', " ").replace("\x00", " ")))
    rows = db.execute(
        "SELECT p.id, p.text FROM posts_fts f JOIN posts p ON p.id = f.rowid WHERE posts_fts MATCH ?", [words]
    )
    key = fingerprint(text)
    return [(post, other) for post, other in rows if fingerprint(other) == key]
