"""What finds and erases people, on a real archive, its files and clock."""

from monitor.backup.eraser import Eraser
from monitor.campaign import Campaign
from monitor.cli import Paths
from monitor.cli.wiring import backups_of, incoming_of
from monitor.core.clock import utcnow


def eraser_of(paths: Paths, campaign: Campaign) -> Eraser:
    """Return it for all files of an installation."""
    folders = (paths.archive.parent / "mail", incoming_of(paths))
    return Eraser(backups=backups_of(paths, campaign), folders=folders, clock=utcnow)
