"""Work on many texts by several processes at once, with what comes of it in the order of the texts."""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from typing import Any, TypeVar

from monitor.core.errors import MonitorError

_AHEAD = 2  # tasks for each process, so that none of them waits for this one
Ticket = TypeVar("Ticket")
Argument = TypeVar("Argument")
Result = TypeVar("Result")


def processors() -> int:
    affinity = getattr(os, "sched_getaffinity", None)  # which macOS lacks
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def results(
    work: Callable[[Argument], Result], tasks: Iterable[tuple[Ticket, Argument]], processes: int
) -> Generator[tuple[Ticket, Result], None, None]:
    """Yield the ticket of each task, which stays here, with what `work` makes of its argument.

    Without processes that is done here. Tasks are read ahead; where reading them raises MonitorError, what
    comes of those before that is yielded first. Raises MonitorError if a process was ended.
    """
    if not processes:
        yield from ((ticket, work(argument)) for ticket, argument in tasks)
        return
    # Started anew, not forked: a copy of this process would share its open archive.
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin, (work,))
    waiting: deque[tuple[Ticket, Future[Result]]] = deque()
    try:
        try:
            for ticket, argument in tasks:
                waiting.append((ticket, pool.submit(_result, argument)))
                if len(waiting) > _AHEAD * processes:
                    yield _next(waiting)
        except MonitorError:
            yield from _rest(waiting)
            raise
        yield from _rest(waiting)
    except BrokenProcessPool as error:
        raise MonitorError(
            "A process that scored texts was stopped, perhaps because memory ran out. What was stored before"
            " that is kept: free some memory, and run the same again."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _next(waiting: deque[tuple[Ticket, Future[Result]]]) -> tuple[Ticket, Result]:
    ticket, future = waiting.popleft()
    return ticket, future.result()


def _rest(waiting: deque[tuple[Ticket, Future[Result]]]) -> Generator[tuple[Ticket, Result], None, None]:
    while waiting:
        yield _next(waiting)


_works: list[Callable[[Any], Any]] = []  # one, in a process of the pool: to load it takes longer than a task


def _begin(work: Callable[[Any], Any]) -> None:
    _works[:] = [work]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that began this one ends it
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the one that started it was killed: else it would wait for work for ever."""
    if parent := parent_process():
        parent.join()
    os._exit(1)


def _result(argument: Any) -> Any:
    return _works[0](argument)
