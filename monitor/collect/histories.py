"""What people wrote before they were known here: a part after each poll, of which it says nothing."""

import logging

from monitor.collect import Collector
from monitor.core.errors import ConfigError, SourceError
from monitor.sources.contract import ReadsHistories

log = logging.getLogger(__name__)


def read_histories(collector: Collector, name: str) -> None:
    """Read on in the past of who wrote for a track; nothing where a platform does not show it."""
    now = collector.clock()
    try:
        platform = collector.open_source(name, now)
        if not isinstance(platform, ReadsHistories):
            return
        for track in collector.campaign.tracks:
            writers = collector.archive.people.writers(name, track.name)
            cursors = collector.archive.coverage.cursors(track.name)
            for page in platform.histories(track.query, writers, cursors):
                collector.save(page, name, track, now)
                if collector.stop():
                    return
    except (SourceError, ConfigError) as error:  # the poll has said so already, or will
        log.info("%s: no history was read: %s", name, error)
