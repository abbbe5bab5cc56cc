"""One turn of all that has to do with mail: each part by itself, so that none holds up the others."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.core.clock import Clock
from monitor.core.storage import storage_error

log = logging.getLogger(__name__)

Part = Callable[[Callable[[], bool]], object]  # is given what says whether to stop
_REST = timedelta(minutes=10)  # for a part that broke: it is tried again, but does not fill the log


@dataclass(kw_only=True)
class MailJobs:
    """Takes its parts in order; one that breaks rests for a while."""

    parts: dict[str, Part]
    clock: Clock
    _rests: dict[str, datetime] = field(default_factory=dict)

    def __call__(self, stop: Callable[[], bool]) -> None:
        """Take a turn; `stop` is asked before each part."""
        for name, part in self.parts.items():
            now = self.clock()
            broke = self._rests.get(name)
            if stop() or (broke and broke <= now < broke + _REST):
                continue
            try:
                part(stop)
            except Exception as error:  # whatever it is, the weekly mail must not end because an alert broke
                of_disk = storage_error(error)
                log.error("%s failed; it will be retried in ten minutes", name, exc_info=not of_disk)
                self._rests[name] = now
