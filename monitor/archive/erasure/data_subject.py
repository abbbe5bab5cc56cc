"""Whom the archive holds rows about: by what they are known, and whether a text names them."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Self

from monitor.archive.connection import GIVEN, Connection
from monitor.archive.erasure import naming
from monitor.archive.erasure.naming import MASK, as_read
from monitor.archive.values import IMPORT
from monitor.core.normal_text import WORD, normal, plain
from monitor.core.text import normal_tag
from monitor.platform_info import hosts, original, pages, profiles

_LEAST = 8  # letters of a word that is nobody else's
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+"
)  # Thai to Chinese
_PEOPLE = (
    "SELECT a.id, a.platform, a.native_id, ifnull(handle, ''), ifnull(name, ''), a.url, p.url, p.native_id"
    f" FROM authors a LEFT JOIN posts p ON p.author_id = a.id WHERE {{}} IN {GIVEN}"
)


@dataclass(frozen=True)
class DataSubject:
    """An account on one platform, and all that it is known by."""

    platform: str
    native_id: str
    handle: str = ""
    name: str = ""  # that they show
    addresses: frozenset[str] = frozenset()  # how addresses of theirs begin, in small letters, after https://
    id: int = 0  # the archive's
    posts: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()  # of their names, which others do not use
    least: int = _LEAST  # letters of a word that is their name in what the office wrote

    @classmethod
    def of(cls, db: Connection, ids: Collection[int], of: str = "p.id") -> dict[int, Self]:
        """Return those who wrote posts, or whose ids these are if `of` is "a.id", by their archive ids."""
        people = dict[int, Self]()
        for author, platform, native_id, handle, name, *addresses in db.execute(
            _PEOPLE.format(of), [json.dumps([*ids])]
        ):
            person = people.setdefault(author, cls(platform, native_id, handle, name, id=author))
            begins = {start for text in (native_id, *addresses) for start in person.begins(text or "")}
            people[author] = replace(person, addresses=person.addresses | begins)
        return people

    @property
    def key(self) -> int | str:
        """Return by what the archive finds the person: who is only mentioned has no number."""
        return self.id or f"{self.platform} @{self.handle}"

    @property
    def label(self) -> str:
        """Return how the activity log calls the person, without a name."""
        return f"person {self.id}" if self.id else "a person who is only mentioned"

    @property
    def who(self) -> str:
        """Return the handle, or what stands in for it."""
        return self.handle or self.name or "an account without a name"

    @property
    def user(self) -> str:
        """Return the handle without its server, in small letters."""
        return self.handle.partition("@")[0].casefold()

    @property
    def words(self) -> list[str]:
        """Return what each address has that names the person."""
        tail = self.native_id.casefold().rpartition("://")[2]
        is_said = len(tail) >= _LEAST or any("{id}" in form for form in profiles(self.platform))
        return [word for word in (self.user, tail if is_said else "") if word]

    @property
    def own_tags(self) -> list[str]:
        """Return the hashtags that are made of a name."""
        return [normal_tag(name) for name in (self.user, self.name)]

    def begins(self, address: str) -> Iterator[str]:
        """Yield how an address begins up to where it names the person; nothing if it does not.

        Where a handle stands at the platform itself is known: elsewhere there, as in /r/london, it is a word.
        """
        _, scheme, rest = address.casefold().partition("://")
        rest = original(rest.removeprefix("www."))
        host = rest.partition("/")[0]
        if self.user and host.startswith(f"{self.user}.") and host.count(".") > 1:  # a site of their own
            yield host
        is_word = host in hosts(self.platform) or self.user in pages(self.platform)
        for word in self.words if scheme else ():
            if is_word if word == self.user else len(word) < _LEAST:
                continue
            start = len(host) if word == self.user else 0
            if match := re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])").search(rest, start):
                yield rest[: match.end()]

    @cached_property
    def names(self) -> frozenset[str]:
        """Return what texts name the person by; hashed, it is kept so that they do not come back."""
        tail = self.native_id.rstrip("/").rpartition("/")[2].lstrip("@") if "/" in self.native_id else ""
        names = {
            *filter(None, [self.native_id]),
            *(f"@{end}" for end in (self.handle, self.user, tail) if end),
        }
        is_nobody_elses = "@" in self.handle or self.handle.count(".") > 1  # on any platform
        anywhere = [f"@{self.handle}"] if is_nobody_elses else []
        profiles = (*self.addresses, *self._profiles())
        anywhere += [profile if profile[0] == "@" else f"/{profile}" for profile in profiles]
        anywhere += [f"#{tag}" for tag in self.tags if len(tag) >= _LEAST]
        return frozenset(map(normal, (*(f"{self.platform} {name}" for name in names), *anywhere)))

    def _profiles(self) -> Iterator[str]:
        """Yield where the platform shows the person, and what stands for them in addresses of any server."""
        user, server = self.user, self.handle.partition("@")[2]
        parts = {"user": user, "server": server, "id": self.native_id}
        of = {name: part for name, part in parts.items() if part}
        for form in profiles(self.platform, user):
            with suppress(KeyError):  # of what is not known
                yield form.format(**of)
        yield from (self.handle,) if server else ()
        if len(self.native_id) >= _LEAST and not self.native_id.isdigit() and self.native_id != self.handle:
            yield self.native_id

    @cached_property
    def _known(self) -> tuple[str, ...]:
        return tuple({*map(normal, (*self.words, *self.tags))}) or ("",)

    def mask(self, text: str, platform: str = "") -> str:
        """Return a text, of their platform or another, without what names the person, however it is spelt."""
        on, known = platform or self.platform, self._known
        if not all(known):  # whatever names them may have any words
            return naming.mask(text, on, self.names)
        # Of a very common name there are very many texts: few parts of each are worth a look.
        parts, small = text.split(" "), text.lower().split(" ")
        some = {n for word in known for n, part in enumerate(small) if word in part or not part.isascii()}
        for n in range(len(parts)) if any(map(text.__contains__, "%&\\")) else some:
            parts[n] = self._part(parts[n], on)
        return " ".join(parts)

    @cached_property
    def _part(self) -> Callable[[str, str], str]:
        """Return what masks a part of a text, of which many texts have the same."""
        return lru_cache(maxsize=4096)(lambda part, on: naming.mask(part, on, self.names))

    def is_in_item(self, raw: str, source: str) -> bool:
        """Return whether an item of a source that could not be read is by the person, or names them."""
        return naming.is_in_item(raw, self.platform if source == IMPORT else source, self.names)

    def is_in(self, text: str) -> bool:
        """Return whether a text, such as a mail of ours, names the person for certain, or links to a post."""
        words = _whole(word for word in (self.handle, self.native_id) if len(word) >= _LEAST)
        signs = re.finditer(rf"{words}|/posts/(\d{{1,18}})\b", text, re.IGNORECASE)
        return any(not sign[1] or int(sign[1]) in self.posts for sign in signs) or self.mask(text) != text

    def masked(self, text: str, platform: str = "") -> str:
        """Return words of the office's own without the person, and without a long name, whoever is meant."""
        words = (self.handle, self.name, self.user, plain(self.name))
        long = _whole(word for word in words if len(word) >= self.least or " " in word)
        return re.sub(long, MASK, self.mask(text, platform), flags=re.IGNORECASE)

    def may_be_in(self, text: str) -> bool:
        """Return whether a text has the person's name as a word, by which others may be called, too."""
        words = filter(None, (self.handle, self.user, self.name, self.native_id))
        return re.search(_whole(map(plain, words)), plain(as_read(text))) is not None

    @property
    def unspaced(self) -> str:
        """Return the name if it is of letters that are written without spaces between words, else ""."""
        return next(filter(_UNSPACED.fullmatch, (self.name, self.user)), "")


def _whole(words: Iterable[str]) -> str:
    """Return a pattern of any of these as a whole word."""
    words = [*words]
    if unspaced := "|".join(filter(_UNSPACED.fullmatch, words)):
        return f"{unspaced}|{_whole(word for word in words if not _UNSPACED.fullmatch(word))}"
    return rf"(?<![{WORD}])(?:{'|'.join(map(re.escape, words)) or '(?!)'})(?!@?[{WORD}])"
