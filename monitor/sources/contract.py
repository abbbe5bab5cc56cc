"""What every platform keeps: the protocol of a source, and of one that rereads, costs money or looks back."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

from monitor.core.model import Author, Page, Post, Query

Cursors = Mapping[str, str]  # by the names of streams: where each is read on
Waiting = Mapping[str, datetime]  # and until when each asked to be left alone
NO_WAITING: Waiting = {}
BACK = "back:"  # how the streams of a look back begin: it says nothing of how it is going today
# Native id, address and time of the platform's posts in the archive that were written at these times.
Recall = Callable[[Collection[datetime]], Sequence[tuple[str, str | None, datetime]]]
Bought = Mapping[str, Collection[str]]  # native ids by what they are: "post", "person"


class Source(Protocol):
    """A platform that can be searched."""

    @classmethod
    def open(cls, settings: Mapping[str, Any], env: Mapping[str, str], now: datetime) -> Self:
        """Return a source for one poll at `now`.

        Raises ConfigError for a wrong setting and Refused, naming it, for a missing key.
        """

    def search(self, query: Query, cursors: Cursors, waiting: Waiting = NO_WAITING) -> Iterator[Page]:
        """Yield pages of posts that match, oldest gap first; `cursors` by stream.

        `waiting` has the streams of any track that asked to be left alone, and until when:
        a platform of many servers asks only the others, and gives a page that says so.
        Takes at most about `time_limit.poll_seconds()` in all. Raises SourceError.
        """

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> Post:
        """Return the post in one item of an answer.

        Pure. Raises one of `monitor.core.model.WRONG` on an item that is none.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPost:
    """A post in the archive: its native id, and what its source needs to read it again."""

    id: str  # "": only its address is known, which on a platform of many servers does not tell
    reread_key: str


@runtime_checkable
class Rereads(Protocol):
    """A source that can read posts again by what it said of them."""

    at_once: ClassVar[int]  # most posts that it takes at a time
    a_minute: ClassVar[int]  # posts in a minute, at most half of what the platform allows: search needs some

    @property
    def ages(self) -> tuple[timedelta, ...]:
        """Return at which ages to read a post again, if it costs money; () else."""

    def reread(self, posts: Sequence[KnownPost]) -> Iterator[Page]:
        """Yield pages of these posts as they are now; `deleted` has the native ids of those that are gone.

        Of a post that is in no page nothing is known; where one is CAPPED, it was not asked for.
        Takes at most about `time_limit.poll_seconds()`. Raises SourceError.
        """


@runtime_checkable
class ReadsThreads(Rereads, Protocol):
    """A source that can read the conversation around a post."""

    def thread(self, post: KnownPost) -> Page:
        """Return what a post answers and what answers it, at most LONGEST_THREAD posts, each with its parent.

        `retry_at`: more may be there by then. Raises SourceError.
        """


@runtime_checkable
class Recalls(Protocol):
    """A source that needs what is stored, to tell whether an item is new."""

    recall: Recall


@runtime_checkable
class KnowsPictureHosts(Protocol):
    """A source of many servers, which say where the pictures are that they show."""

    def picture_hosts(self) -> Iterator[str]:
        """Yield the hosts of the servers that are read, and of their pictures. Raises SourceError."""


class Budget(Protocol):
    """A month's money of one platform. What was set aside and never reckoned up counts as spent."""

    def balance(self) -> int:
        """Return what may still be spent this month."""

    def reserve(self, most: int) -> int | None:
        """Set aside the most that a question can cost; return what to settle it by, None if not enough."""

    def settle(self, reservation: int, cost: int, bought: Bought) -> None:
        """Put what it did cost in the place of what was set aside, and note what was bought."""

    def bought(self, kind: str, ids: Collection[str], days: int) -> set[str]:
        """Return which of these were bought today (`days` 0) or in so many days before, by the UTC date."""

    def people(self, ids: Collection[str]) -> Mapping[str, Author]:
        """Return what is known of these people."""


@runtime_checkable
class Spends(Protocol):
    """A source that costs money, and is given a budget for it."""

    budget: Budget

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
class ReadsHistories(Protocol):
    """A source that can read all that somebody ever wrote."""

    def histories(self, query: Query, writers: Sequence[str], cursors: Cursors) -> Iterator[Page]:
        """Yield pages of what these people, by native id, ever wrote that matches; each is read once.

        Takes a few seconds, and goes on by the cursors. No page says that a time was covered.
        """


@runtime_checkable
class SecondWay(Protocol):
    """A source whose posts can be found by another way than that by which they are collected."""

    def second_way(self) -> tuple[str, Source] | None:
        """Return what people call another way, and a source that goes it; None if it is set up without one.

        What that source finds is a sample to check this one by: it looks back if it can, else it searches.
        """


@runtime_checkable
class Picks(Protocol):
    """A source that does not go by a post's words alone, as where its own search has found them elsewhere."""

    @staticmethod
    def pick(raw: Mapping[str, Any], query: Query, server: str) -> Post | None:
        """Return the post in an item that came before; None if it is not to be kept.

        `server` is the one that showed it, "" if that is not known.

        Pure. Raises one of `monitor.core.model.WRONG` on an item that is none.
        """


@runtime_checkable
class LooksBack(Protocol):
    """A source that can be asked for an older time."""

    def estimate(self, query: Query, since: datetime, until: datetime) -> Estimate:
        """Return what `back` would bring for the same time. Raises SourceError."""

    def back(self, query: Query, since: datetime, until: datetime, mark: str | None) -> Iterator[Page]:
        """Yield pages of posts from `since` up to `until`, for about `time_limit.poll_seconds()`.

        The `cursor` of each is the mark to go on from, also after a kill; None as a mark begins anew.
        A last page that is CAPPED says that there is more: ask again with its mark. After any other
        last page all was read, as far as the pages' `since` and `until` say. Raises SourceError.
        """
