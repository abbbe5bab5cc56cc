"""The worker on the real clock, network and keys."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from monitor.campaign import Campaign
from monitor.cli import Paths
from monitor.cli.wiring import analyzer_of, backups_of
from monitor.cli.wiring.live_settings import Live
from monitor.cli.wiring.mail import mail_turn
from monitor.core.clock import ClockCheck, utcnow
from monitor.mail.job_runner import Job, Jobs
from monitor.settings_files import Settings
from monitor.tone import WAITING
from monitor.worker import Worker, WorkerSettings, work_lock
from monitor.worker.schedule import start

log = logging.getLogger(__name__)


@contextmanager
def running_worker(paths: Paths, settings: Callable[[], Settings]) -> Iterator[None]:
    """Run a worker meanwhile; it finishes its pages at the end.

    Raises ConfigError if mail is set up wrongly.
    """
    live = Live(settings, partial(worker_settings, paths))
    live()
    worker = Worker(settings=live, archive=paths.archive, clock=utcnow)
    stop_ticks = start(worker.tick, utcnow)
    try:
        yield
    finally:
        stop_ticks()
        worker.stop()


def worker_settings(paths: Paths, settings: Settings) -> WorkerSettings:
    """Return what the worker works by; raises ConfigError if mail is set up wrongly."""
    campaign, paths = settings.campaign, replace(paths, env=settings.env)
    if not (analyzer := analyzer_of(campaign)).name:
        log.error(WAITING)
    return WorkerSettings(
        campaign=campaign, analyzer=analyzer, env=settings.env,
        mail=mail_turn(paths, campaign), backup=_backup_turn(paths, campaign),
    )  # fmt: skip


def _backup_turn(paths: Paths, campaign: Campaign) -> Jobs:
    backups = backups_of(paths, campaign)

    def back_up(stop: object) -> None:
        with work_lock(paths.archive, "backup"):
            backups.create_due(utcnow(), campaign.backup.hour)

    jobs = {"the backup": Job(act=back_up, is_final=True)} if campaign.backup.on else {}
    return Jobs(jobs=jobs, clock=utcnow, is_believable=ClockCheck(clock=utcnow).is_believable)
