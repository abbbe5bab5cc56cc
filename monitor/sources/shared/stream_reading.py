"""Streams: what is asked for one term, from where it is read on, how far a look came, who is left alone."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from monitor.core.clock import stamp, unstamp
from monitor.core.errors import Broken, ConfigError, RateLimited, Refused, SourceError
from monitor.core.model import WRONG, Outcome, Page, encodable
from monitor.core.storage import storage_error
from monitor.sources.contract import Cursors, Waiting

log = logging.getLogger(__name__)

_BROKE = "A fault in this program stopped the check. It will be retried; see the log for details."
CAPPED = "There was more than can be read at one time; some older posts since the last check were missed."
REPEATS = "{} keeps returning the same page, so reading stopped until next time."
_THREADS = 10  # whose comments are read in one look: each costs a request
_NUMBERS = 500  # of threads that are remembered
_MORE_THREADS = f"More than {_THREADS} threads had new comments; the rest will be read at the next check."


@dataclass(frozen=True, slots=True)
class Stream:
    """What is asked for one term, and from where it is read on."""

    name: str
    term: str
    cursor: str | None
    kind: str = ""  # of what is asked for, on a platform that tells several apart
    server: str = ""

    @classmethod
    def of(cls, cursors: Cursors, name: str, term: str, *, kind: str = "", server: str = "") -> Self:
        """Return the stream of this name, with its cursor if it has one."""
        return cls(name.lower(), term, cursors.get(name.lower()), kind, server)

    def last_look(self, now: datetime) -> datetime | None:
        """Return when it was read last, `now` at the latest, by a cursor that says no more; None if never."""
        try:
            return min(unstamp(self.cursor), now) if self.cursor else None
        except ValueError:
            return None


def each(
    streams: Iterable[Stream], pages: Callable[[Stream], Iterator[Page]], limit: RateLimited | None
) -> Iterator[Page]:
    """Yield the pages of one server's streams; a stream that fails gives a page that says so.

    With a `limit`, and once the server asks us to slow down, it is not asked again.
    """
    for stream in streams:
        try:
            with faults_of(stream.name):
                if limit:
                    raise limit
                yield from pages(stream)
        except SourceError as error:
            page = failed(stream.name, error)  # which holds on to no answer
            limit = RateLimited(page.detail, page.retry_at) if page.outcome is Outcome.RATE_LIMITED else limit
            yield page


@contextmanager
def faults_of(name: str) -> Iterator[None]:
    """Make an error of the source out of whatever ends the block: out of a bug, too, which the log tells.

    Raises SourceError, and StorageError.
    """
    try:
        yield
    except SourceError:
        raise
    except ConfigError as error:
        raise Refused(str(error)) from error
    except Exception as error:  # whatever it is, it costs this piece of work only
        if of_disk := storage_error(error):  # then no other could be stored
            raise of_disk from error
        log.error("%s: the check failed", name, exc_info=error)
        raise Broken(_BROKE) from error


def comments(
    stream: str, threads: Mapping[str, int], cursor: str | None, read: Callable[[str], Page]
) -> Iterator[Page]:
    """Yield what stands below threads that have more comments, by these numbers, than when they were read.

    The cursor has how many each had. One that fails is tried again at the next look; the others are read on.
    """
    # Those at hand come last, and stay: a look need not bring every thread that the next one brings.
    numbers = dict(sorted(_numbers(cursor).items(), key=lambda item: item[0] in threads))
    grown = [thread for thread, number in threads.items() if number > numbers.get(thread, 0)]
    wrong: SourceError | None = None
    for thread in grown[:_THREADS]:
        try:
            with faults_of(stream):
                page = read(thread)
        except SourceError as error:  # which costs this thread only
            wrong = error
            if isinstance(wrong, RateLimited):
                break
            continue
        numbers[thread] = threads[thread]
        yield replace(page, cursor=json.dumps(dict([*numbers.items()][-_NUMBERS:])))
    if wrong:
        yield failed(stream, wrong)
    elif len(grown) > _THREADS:
        yield Page(stream=stream, outcome=Outcome.CAPPED, detail=_MORE_THREADS)


def _numbers(cursor: str | None) -> dict[str, int]:
    """Return how many comments each thread had when they were read; nothing for a cursor that is none."""
    try:
        numbers = json.loads(cursor or "{}")
        return {str(thread): int(number) for thread, number in numbers.items()}
    except WRONG:
        return {}


def onward(
    streams: Sequence[Stream], mark: str | None, older: Callable[[Stream, str], Iterator[Page]]
) -> Iterator[Page]:
    """Yield older pages of the stream that the mark lies in; at its end, the mark leads to the next stream.

    `older` takes a stream and a mark within it. A stream that fails gives a page that says so, and is left.
    """
    names = [stream.name for stream in streams]
    name, _, within = (mark or "").rpartition(" ")
    at, within = (names.index(name), within) if name in names else (0, "")
    last = None
    try:
        with faults_of(names[at]):
            for last in older(streams[at], within):
                yield replace(last, cursor=f"{names[at]} {last.cursor}") if last.cursor else last
    except RateLimited:
        raise
    except SourceError as error:
        last = failed(names[at], error)
        yield last
    if at + 1 < len(names) and not (last and last.outcome is Outcome.CAPPED):
        yield Page(stream=names[at + 1], outcome=Outcome.CAPPED, cursor=f"{names[at + 1]} ")


def failed(stream: str, error: SourceError) -> Page:
    """Return the page that stores why a stream could not be read, and when it may be asked again."""
    return Page(
        stream=stream,
        outcome=Outcome(error.outcome),
        detail=encodable(str(error)),
        retry_at=error.retry_at if isinstance(error, RateLimited) else None,
    )


def cut_off(page: Page, oldest: datetime, detail: str = CAPPED) -> Page:
    """Return the last page of a look that ended at its oldest post, before all of its time was read."""
    since = max(page.since or oldest, oldest)
    return replace(page, since=min(since, page.until or since), outcome=Outcome.CAPPED, detail=detail)


def first_since(oldest: datetime, now: datetime) -> datetime:
    """Return since when a first look at a list of newest items covers everything: a day at most.

    A list shows its last items and perhaps some it keeps on top: the date of its oldest one says
    nothing of what has left it since.
    """
    return max(oldest, now - timedelta(days=1))


def left_alone(waiting: Waiting, now: datetime, *, start: str = "") -> RateLimited | None:
    """Return what to say of a server that asked to be left alone for now; None if it may be asked.

    Its streams are those of `waiting` whose names begin with `start`.
    """
    until = max((at for stream, at in waiting.items() if stream.startswith(start)), default=now)
    if not now < until <= now + timedelta(hours=1):  # none asks for more: then the clock was set back
        return None
    return RateLimited(f"It asked us to slow down, so it will not be contacted until {stamp(until)}.", until)
