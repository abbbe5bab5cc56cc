"""The jobs beside collecting, each by itself, so that none holds up the others: which, and how often."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.core.clock import Clock
from monitor.core.errors import MonitorError
from monitor.core.storage import is_lock, storage_error

log = logging.getLogger(__name__)

_REST = timedelta(minutes=10)  # for a job that broke: it is tried again, but does not fill the log
# A lock passes, a full disk does not. Not at each turn: a large archive that is written anew takes a minute.
_LOCKED = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of work. `act` is given what says whether to stop."""

    act: Callable[[Callable[[], bool]], object]
    every: timedelta = timedelta(0)  # not again before; by default at each turn
    is_final: bool = False  # what it does is not undone: it waits while the clock is not to be believed


@dataclass(kw_only=True)
class Jobs:
    """Takes its jobs in order; one that was done, or broke, rests for a while."""

    jobs: dict[str, Job]
    clock: Clock
    is_believable: Callable[[], bool] = lambda: True  # whether the clock is
    _rests: dict[str, tuple[datetime, timedelta]] = field(default_factory=dict)  # since when, for how long

    def __call__(self, stop: Callable[[], bool]) -> None:
        """Take a turn; `stop` is asked before each job."""
        for name, job in self.jobs.items():
            now = self.clock()
            began, rest = self._rests.get(name, (now, timedelta(0)))
            if stop() or began <= now < began + rest:
                continue
            if job.is_final and not self.is_believable():  # asked last: it may be set while others work
                continue
            self._rests[name] = now, job.every
            try:
                job.act(stop)
            except Exception as error:  # whatever it is, the weekly mail must not end because an alert broke
                is_known = isinstance(cause := storage_error(error) or error, MonitorError)
                log.error("%s failed; it will be retried later: %s", name, cause, exc_info=not is_known)
                rest = min(job.every, _LOCKED) if is_lock(error) else job.every  # a full disk stays full
                self._rests[name] = now, max(rest, _REST)
