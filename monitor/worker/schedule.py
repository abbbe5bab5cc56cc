"""APScheduler, and nothing else: it wakes `tick`, at once and then every few seconds."""

import logging
from collections.abc import Callable
from datetime import UTC

from apscheduler.schedulers.background import BackgroundScheduler

from monitor.core.clock import Clock

EVERY_SECONDS = 20


def start(tick: Callable[[], object], clock: Clock, every: float = EVERY_SECONDS) -> Callable[[], None]:
    """Call `tick` now and then every `every` seconds; return what stops it after the call at hand."""
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    scheduler = BackgroundScheduler(timezone=UTC)
    # misfire_grace_time=None: the default of 1 second drops a wake-up after the machine slept.
    scheduler.add_job(
        tick,
        "interval",
        seconds=every,
        jitter=min(5, every // 4) or None,
        id="tick",
        next_run_time=clock(),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    scheduler.start()
    return lambda: scheduler.shutdown(wait=True)
