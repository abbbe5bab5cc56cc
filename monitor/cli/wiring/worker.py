"""The worker on the real clock, network and keys."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from monitor.backup import daily
from monitor.campaign import Campaign, keys
from monitor.cli import Paths
from monitor.cli.wiring import DOTENV, analyzer_of, backups_of
from monitor.cli.wiring.mail import mail_turn
from monitor.core.clock import ClockCheck, utcnow
from monitor.worker import Worker, work_lock
from monitor.worker.schedule import start


@contextmanager
def running_worker(paths: Paths, campaign: Campaign) -> Iterator[None]:
    """Run a worker meanwhile; it finishes its pages at the end.

    Raises ConfigError if mail is set up wrongly.
    """
    worker = Worker(
        campaign=campaign, archive=paths.archive, analyzer=analyzer_of(campaign), env=keys(DOTENV),
        clock=utcnow, mail=mail_turn(paths, campaign), backup=_backup_turn(paths, campaign),
    )  # fmt: skip
    stop_ticks = start(worker.tick, utcnow)
    try:
        yield
    finally:
        stop_ticks()
        worker.stop()


def _backup_turn(paths: Paths, campaign: Campaign) -> Callable[[], None]:
    check = ClockCheck(clock=utcnow)
    turn = daily(backups_of(paths, campaign), campaign.backup.hour, utcnow, check.is_believable)

    def locked() -> None:
        with work_lock(paths.archive, "backup"):
            turn()

    return locked if campaign.backup.on else lambda: None
