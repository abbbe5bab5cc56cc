"""What people say, as the office keeps it: themes, each a name and the words that its posts have."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zlib import crc32

from monitor.archive.connection import Connection, WriteConnection
from monitor.archive.erasure.naming import MASK
from monitor.core.clock import stamp, unstamp
from monitor.core.errors import ArchiveError
from monitor.core.normal_text import normal, without_accents
from monitor.core.text import any_of, one_line

LONGEST_NAME = 60
# What a theme was before it was dropped, and another before it had its words; none if either was used since.
_BEFORE = (
    "SELECT b.name, b.words, b.without, c.id, c.version FROM themes c"
    " JOIN themes b ON b.id = c.id AND b.version = c.version - 1"
    " JOIN themes d ON d.at = c.at AND d.id = :theme AND d.version = :version AND d.words = ''"
    " WHERE c.id IN (:theme, :into) AND c.version = (SELECT max(version) FROM themes WHERE id = c.id)"
)
_LONGEST_WORD, _MOST_WORDS, _MOST_THEMES = 80, 50, 40  # each text is asked for all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A theme: its posts have one of its words or phrases, and none of those that it is `without`."""

    id: int
    version: int  # goes up with each change
    name: str
    words: tuple[str, ...]
    without: tuple[str, ...]
    changes: tuple[date, ...]  # when it was kept, then when its words changed
    sign: str  # of its words since they last changed
    is_counted: bool  # in all stored posts; False: the worker still looks for these words in older ones


@dataclass(frozen=True, slots=True)
class Themes:
    """The themes that the office keeps."""

    db: Connection

    def current(self) -> list[Theme]:
        """Return all themes that are not dropped, the first to be kept first."""
        signs, latest = self.db.meta("themes").split(), dict[int, Theme]()
        columns = "id, version, name, words, without, at"
        rows = self.db.execute(f"SELECT {columns} FROM themes ORDER BY id, version")
        for number, version, name, *texts, at in rows:
            words, without = map(_lines, texts)
            before = latest.pop(number, None)
            day = unstamp(at).astimezone(self.db.zone).date()
            if before and (before.words, before.without) == (words, without):
                sign, changes = before.sign, before.changes
            else:  # by its version, for it may have the words of an earlier one
                sign = f"{number}:{version}:{crc32('|'.join(texts).encode())}"
                changes = (*(d for d in (before.changes if before else ()) if d != day), day)
            if texts[0]:
                latest[number] = Theme(
                    id=number, version=version, name=name, words=words, without=without, changes=changes,
                    sign=sign, is_counted=sign in signs,
                )  # fmt: skip
        return sorted(latest.values(), key=lambda theme: theme.id)

    def terms(self) -> frozenset[str]:
        """Return all names and words of themes, as they are compared."""
        return frozenset(normal(term) for theme in self.current() for term in (theme.name, *theme.words))

    def search(self) -> tuple[Callable[[str], frozenset[str]], str]:
        """Return what finds the themes of a text, by their numbers, and what changes as that does."""
        themes = self.current()
        patterns = [(str(theme.id), any_of(theme.words), any_of(theme.without)) for theme in themes]

        def find(text: str) -> frozenset[str]:
            words = without_accents(text)
            return frozenset(
                number
                for number, some, none in patterns
                if some and some.search(words) and not (none and none.search(words))
            )

        return find, " ".join(theme.sign for theme in themes)


@dataclass(frozen=True, slots=True)
class ThemesWriter(Themes):
    """The same; and themes kept, changed, merged and dropped. Each raises ArchiveError, saying what to do.

    Whoever changes one says which `version` they saw: what somebody else did since is not overwritten.
    """

    db: WriteConnection

    def save(
        self, name: str, words: str, without: str, now: datetime, *, theme: int = 0, version: int = 0
    ) -> None:
        """Keep a new theme, or give one another name or other words, which lines or commas part."""
        label, any_of = one_line(name), _words(words)
        if not 0 < len(label) <= LONGEST_NAME or "@" in normal(label) or not any_of:
            raise ArchiveError(
                f"A theme needs a name of 1 to {LONGEST_NAME} characters, without @, and a word or a phrase."
            )
        with self.db.durable_transaction():
            if theme:
                self._check(theme, version)
            others = [one for one in self.current() if one.id != theme]
            if any(normal(one.name) == normal(label) for one in others):
                raise ArchiveError(
                    f"There is a theme called “{label}” already. Change that, or use another name."
                )
            if len(others) >= _MOST_THEMES:
                raise ArchiveError(f"There are {_MOST_THEMES} themes already. Merge two, or drop one.")
            number = theme or self.db.number("SELECT ifnull(max(id), 0) + 1 FROM themes")
            self._add(number, version, label, any_of, _words(without), now)

    def merge(self, theme: int, version: int, into: int, now: datetime) -> None:
        """Join a theme to another, which has the posts of both from then on, and maybe more."""
        with self.db.durable_transaction():
            themes = {one.id: one for one in self.current()}
            if theme == into or not {theme, into} <= themes.keys():
                raise ArchiveError("Choose another theme of this page to merge this one into.")
            self._check(theme, version)
            source, other = themes[theme], themes[into]
            words = _words("\n".join((*other.words, *source.words)))
            # What only one of them is without may be in posts of the other.
            both = {*map(normal, source.without)}
            without = [word for word in other.without if normal(word) in both]
            self._add(into, other.version, other.name, words, without, now)
            self._add(theme, version, "", (), (), now)

    def drop(self, theme: int, version: int, now: datetime) -> None:
        """Keep a theme no longer; its posts stay."""
        with self.db.durable_transaction():
            self._check(theme, version)
            self._add(theme, version, "", (), (), now)

    def undo(self, theme: int, version: int, into: int) -> None:
        """Take back that this version dropped a theme, or merged it `into` another: both are as they were."""
        with self.db.durable_transaction():
            rows = self.db.execute(_BEFORE, {"theme": theme, "version": version, "into": into}).fetchall()
            names = {normal(other.name) for other in self.current() if other.id != into}
            if len(rows) != 1 + bool(into) or any(normal(name) in names for name, *_ in rows):
                raise ArchiveError("This cannot be undone: the theme, or its name, has been used since.")
            # A new version, so that no page of before passes; in place of the last: no word has changed.
            self.db.executemany(
                "UPDATE themes SET name = ?, words = ?, without = ?, version = version + 1"
                " WHERE id = ? AND version = ?",
                rows,
            )
            self.db.execute("DELETE FROM meta WHERE key = 'themes'")  # posts came in that were not asked

    def _check(self, theme: int, version: int) -> None:
        if (theme, version) not in {(one.id, one.version) for one in self.current()}:
            raise ArchiveError(
                "Somebody else has changed or dropped this theme since you opened the page."
                " Check the current version, and try again."
            )

    def _add(
        self, theme: int, version: int, name: str, words: Iterable[str], without: Iterable[str], now: datetime
    ) -> None:
        row = (theme, version + 1, name, "\n".join(words), "\n".join(without), stamp(now))
        self.db.executemany("INSERT INTO themes VALUES (?, ?, ?, ?, ?, ?)", [row])


def _lines(text: str) -> tuple[str, ...]:
    """Return the words that are looked for: none in which a person was who is forgotten."""
    return tuple(line for line in text.split("\n") if line and MASK not in line)


def _words(text: str) -> tuple[str, ...]:
    """Return what was typed as words and phrases; raises ArchiveError if these are none, or too many."""
    lines = [one_line(part).strip('"“” ') for line in text.splitlines() for part in line.split(",")]
    words = _lines("\n".join({normal(word): word for word in lines}.values()))
    if len(words) > _MOST_WORDS or any(len(w) > _LONGEST_WORD or not re.search(r"\w", w) for w in words):
        raise ArchiveError(
            f"Use at most {_MOST_WORDS} words or phrases, one per line, of up to {_LONGEST_WORD} characters,"
            " with a letter or a digit in it."
        )
    return words
