"""A worker whose settings stay as they are."""

from pathlib import Path
from typing import Any

from monitor.core.clock import Clock
from monitor.worker import Worker, WorkerSettings


def a_worker(*, archive: Path, clock: Clock, **settings: Any) -> Worker:
    """Return a worker of these settings."""
    all_along = WorkerSettings(**settings)
    return Worker(settings=lambda: all_along, archive=archive, clock=clock)
