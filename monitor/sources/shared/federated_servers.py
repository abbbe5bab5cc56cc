"""What platforms made of many servers share: their setting, and leaving alone who asked for it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Protocol, TypeVar
from urllib.parse import urlsplit

from monitor.campaign.reader import SOME, Rule
from monitor.core.clock import stamp
from monitor.core.errors import RateLimited, SourceError
from monitor.core.model import Outcome, Page

CAPPED = "There was more than may be read at one time; some older posts since the last time were not seen."
REPEATS = "The server gives the same page again and again, so reading it was stopped until the next time."


class _Named(Protocol):
    @property
    def name(self) -> str: ...


S = TypeVar("S", bound=_Named)


def _address(server: str) -> str:
    whole = server.strip().rstrip("/").lower()
    return whole if "://" in whole else f"https://{whole}"


def _is_server(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("https", "http") and bool(parts.netloc) and not parts.path


# a platform's setting: addresses, each without a slash at the end
Servers = Annotated[tuple[Annotated[str, Rule("servers as example.social", _is_server, _address)], ...], SOME]


def each(
    streams: Iterable[S], pages: Callable[[S], Iterator[Page]], limit: RateLimited | None
) -> Iterator[Page]:
    """Yield the pages of one server's streams; a stream that fails gives a page that says so.

    With a `limit`, and once the server asks us to slow down, it is not asked again.
    """
    for stream in streams:
        try:
            if limit:
                raise limit
            yield from pages(stream)
        except SourceError as error:
            limit = error if isinstance(error, RateLimited) else limit
            yield failed(stream.name, error)


def onward(
    streams: Sequence[S], mark: str | None, older: Callable[[S, str], Iterator[Page]]
) -> Iterator[Page]:
    """Yield older pages of the stream that the mark lies in; at its end, the mark leads to the next stream.

    `older` takes a stream and a mark within it. A stream that fails gives a page that says so, and is left.
    """
    names = [stream.name for stream in streams]
    name, _, within = (mark or "").rpartition(" ")
    at, within = (names.index(name), within) if name in names else (0, "")
    last = None
    try:
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
        detail=str(error),
        retry_at=error.retry_at if isinstance(error, RateLimited) else None,
    )


def first_since(oldest: datetime, now: datetime) -> datetime:
    """Return since when a first look at a list of newest items covers everything: a day at most.

    A list shows its last items and perhaps some it keeps on top: the date of its oldest one says
    nothing of what has left it since.
    """
    return max(oldest, now - timedelta(days=1))


def left_alone(waits: Iterable[datetime], now: datetime) -> RateLimited | None:
    """Return what to say of a server that asked not to be asked before one of these; None if it may be."""
    until = max(waits, default=now)
    if not now < until <= now + timedelta(hours=1):  # none asks for more: then the clock was set back
        return None
    return RateLimited(f"It asked us to slow down, so it is left alone until {stamp(until)}.", until)
