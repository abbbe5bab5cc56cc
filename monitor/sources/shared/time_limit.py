"""How long a poll may take, and how tracks and hosts share it. Light to import: the worker waits with it."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from typing import TypeVar

POLL_SECONDS = 50.0  # a whole poll, of every track; the bar is 60

T = TypeVar("T")

_share: ContextVar[float | None] = ContextVar("_share", default=None)


def poll_seconds() -> float:
    """Return how long a search may take now: a whole poll's time, or the track's share of it."""
    share = _share.get()
    return POLL_SECONDS if share is None else share


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let every search in this block take no longer than this, whatever it opens."""
    before = _share.set(seconds)
    try:
        yield
    finally:
        _share.reset(before)


def shares(items: Sequence[T]) -> Iterator[tuple[T, float]]:
    """Yield each item with its seconds; together they take no longer than a search may.

    Each has an even share of the time that is left, so that a slow one cannot use up the others'.
    """
    end = time.monotonic() + poll_seconds()
    for index, item in enumerate(items):
        yield item, max(0.0, end - time.monotonic()) / (len(items) - index)
