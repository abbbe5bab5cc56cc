"""The platforms: one module each, found by being in this folder, and the contract they keep.

A platform's words stay in its module. A module ends in `SOURCE: type[Source] = ItsClass`.
Modules are imported only when their platform is asked for, so that start-up stays quick.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from importlib.resources import files
from pkgutil import iter_modules
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

from monitor.core.errors import ConfigError
from monitor.core.model import Page, Post, Query
from monitor.sources.wire.purse import Purse

_NOT_PLATFORMS = {"wire"}
NO_WAITING: Mapping[str, datetime] = {}


class Source(Protocol):
    """A platform that can be searched."""

    title: ClassVar[str]  # as people call it: "Bluesky"
    keys: ClassVar[tuple[str, ...]]  # environment variables it cannot work without
    how_to: ClassVar[str]  # one sentence: where to get the keys, what it costs; "" without keys

    @classmethod
    def open(cls, settings: Mapping[str, Any], env: Mapping[str, str], now: datetime) -> Self:
        """Return a source for one poll at `now`.

        Raises ConfigError for a wrong setting and Refused, naming it, for a missing key.
        """

    def search(
        self, query: Query, cursors: Mapping[str, str], waiting: Mapping[str, datetime] = NO_WAITING
    ) -> Iterator[Page]:
        """Yield pages of posts that match, oldest gap first; `cursors` by stream.

        `waiting` has the streams of any track that asked to be left alone, and until when:
        a platform of many servers asks only the others, and gives a page that says so.
        Takes at most about `budget.poll_seconds()` in all. Raises SourceError.
        """

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> Post:
        """Return the post in one item of an answer.

        Pure. Raises one of `monitor.core.model.WRONG` on an item that is none.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A post in the archive: its native id, and what its source needs to read it again."""

    id: str  # "": only its address is known, which on a platform of many servers does not tell
    again: str


@runtime_checkable
class Rereads(Protocol):
    """A source that can read posts again by what it said of them, many in one answer."""

    at_once: ClassVar[int]  # most posts in one answer; 1 where each costs a request
    ages: ClassVar[tuple[timedelta, ...]]  # at which to read a post again, if it costs money; () else

    def reread(self, posts: Sequence[Known]) -> Iterator[Page]:
        """Yield pages of these posts as they are now; `deleted` has the native ids of those that are gone.

        A post that is in no page was not asked for, or was not answered: nothing is known of it.
        Takes at most about `budget.poll_seconds()`. Raises SourceError.
        """


@runtime_checkable
class Spends(Protocol):
    """A source that costs money, and is given a purse for it."""

    purse: Purse

    @property
    def limit(self) -> int:
        """Return what may be spent in a month of UTC, in millionths of a US dollar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a look back would bring, and cost at most. None: nobody can say before."""

    posts: int | None = None
    requests: int | None = None
    dollars: float | None = None


@runtime_checkable
class LooksBack(Protocol):
    """A source that can be asked for an older time."""

    def estimate(self, query: Query, since: datetime, until: datetime) -> Estimate:
        """Return what `back` would bring for the same time. Raises SourceError."""

    def back(self, query: Query, since: datetime, until: datetime, mark: str | None) -> Iterator[Page]:
        """Yield pages of posts from `since` up to `until`, for about `budget.poll_seconds()`.

        The `cursor` of each is the mark to go on from, also after a kill; None as a mark begins anew.
        A last page that is CAPPED says that there is more: ask again with its mark. After any other
        last page all was read, as far as the pages' `since` and `until` say. Raises SourceError.
        """


def quoted(words: str) -> str:
    """Return the words as a search takes them to be looked for together."""
    return '"' + words.replace('"', " ").strip() + '"'


def names() -> list[str]:
    """Return the names of all platforms, sorted, without importing any."""
    return sorted(m.name for m in iter_modules(__path__) if m.name not in _NOT_PLATFORMS)


@cache
def title(name: str) -> str:
    """Return what people call a platform; raises ConfigError for a name that is none.

    It is read from the module's text: to run it would load its libraries, and a worker that waits has none.
    """
    if name not in names():
        raise ConfigError(f"There is no source called {name!r}. Sources: {', '.join(names())}.")
    module, room = files(__package__) / f"{name}.py", files(__package__) / name / "__init__.py"
    said = (module if module.is_file() else room).read_text(encoding="utf-8")
    return str(re.findall(r'(?m)^    title: ClassVar\[str\] = "(.+)"$', said)[0])


def source(name: str) -> type[Source]:
    """Return the platform's class; raises ConfigError for a name that is none."""
    if name not in names():
        raise ConfigError(f"There is no source called {name!r}. Sources: {', '.join(names())}.")
    found: type[Source] = import_module(f"monitor.sources.{name}").SOURCE
    return found
