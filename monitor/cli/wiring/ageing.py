"""What is let go after a time: old mails, files and lines of the trail, rejected items, single polls."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.accounts import Accounts
from monitor.archive import Archive
from monitor.archive.folding import fold
from monitor.core.clock import Clock
from monitor.drop_box import DropBox
from monitor.mail.store.outbox import KEPT
from monitor.mail.transport import remove_old

_AGEING = timedelta(hours=12)  # between two looks for what is old
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(kw_only=True)
class Ageing:
    """Lets go what is old, now and then; not at a time that is not to be believed, which would take all."""

    mails: Path
    box: DropBox
    archive: Callable[[], Archive]
    accounts: Accounts
    clock: Clock
    is_believable: Callable[[], bool]
    _last: datetime = _NEVER

    def __call__(self, stop: Callable[[], bool]) -> None:
        """Do it if it is time; `stop` is asked in between."""
        now = self.clock()
        if not self.is_believable() or abs(now - self._last) < _AGEING:
            return
        remove_old(self.mails, now - KEPT)
        self.box.sweep()
        self.accounts.age_trail(now)
        with self.archive() as archive:
            archive.rejected.forget_old(now)
            fold(archive.db, now, stop)
        self._last = now
