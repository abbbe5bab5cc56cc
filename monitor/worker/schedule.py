"""APScheduler, and nothing else: it wakes `tick`, at once and then every few seconds."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.core.clock import Clock

EVERY_SECONDS = 20


class _Turns(IntervalTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Counts the next turn from now.

    APScheduler counts it from the last one, and lists all that were missed: of a clock that leaps from 1970
    to today, as on a machine without a battery, these are ninety million.
    """

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        following: datetime | None = super().get_next_fire_time(previous_fire_time and now, now)
        return following


def start(tick: Callable[[], object], clock: Clock, every: float = EVERY_SECONDS) -> Callable[[], None]:
    """Call `tick` now and then every `every` seconds; return what stops it after the call at hand.

    Set back by a day, the clock holds nothing up: APScheduler waits for a time of day, and is woken.
    """
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    scheduler = BackgroundScheduler(timezone=UTC)
    # misfire_grace_time=None: the default of 1 second drops a wake-up after the machine slept.
    scheduler.add_job(
        tick,
        _Turns(seconds=every, jitter=min(5, every // 4) or None, timezone=UTC),
        id="tick",
        next_run_time=clock(),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    scheduler.start()
    over = Event()
    Thread(target=_follow_the_clock, args=(scheduler, clock, every, over), name="clock", daemon=True).start()

    def stop() -> None:
        over.set()
        scheduler.shutdown(wait=True)

    return stop


def _follow_the_clock(scheduler: BackgroundScheduler, clock: Clock, every: float, over: Event) -> None:
    """Wake the job wherever its next turn lies further ahead than it can: the clock was set back."""
    while not over.wait(every):
        job = scheduler.get_job("tick")
        if job and job.next_run_time - clock() > timedelta(seconds=2 * every):
            scheduler.modify_job("tick", next_run_time=clock())
