"""The dashboard's watch over the collector, which cannot itself say that it has stopped."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY_SECONDS = 300.0


@contextmanager
def watching(look: Callable[[Callable[[], bool]], object], every: float = EVERY_SECONDS) -> Iterator[None]:
    """Look every few minutes meanwhile, in a thread; `look` is given what says whether to stop."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(every):
            look(over.is_set)

    thread = threading.Thread(target=run, name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
