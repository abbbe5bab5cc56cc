"""The worker on the real clock, network and keys."""

from monitor.campaign import Campaign, keys
from monitor.cli import Paths
from monitor.cli.wiring import DOTENV, analyzer_of
from monitor.cli.wiring.mail import mail_turn
from monitor.core.clock import utcnow
from monitor.worker import Worker


def worker_of(paths: Paths, campaign: Campaign) -> Worker:
    """Return a worker on the real clock, network and keys; raises ConfigError if mail is set up wrongly."""
    return Worker(
        campaign=campaign, archive=paths.archive, analyzer=analyzer_of(campaign), env=keys(DOTENV),
        clock=utcnow, mail=mail_turn(paths, campaign),
    )  # fmt: skip
