"""What is let go after a time: texts and names, old mails, files and lines of the trail, single polls."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.accounts import Accounts
from monitor.archive import Archive
from monitor.archive.erasure.compaction import compact
from monitor.archive.folding import fold
from monitor.archive.posts import search_index
from monitor.campaign import KeepSettings
from monitor.core.clock import Clock
from monitor.drop_box import DropBox
from monitor.mail.store.outbox import KEPT
from monitor.mail.transport import remove_old

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing:
    """Lets go what is old."""

    mails: Path
    box: DropBox
    archive: Callable[[], Archive]
    accounts: Accounts
    keep: KeepSettings
    clock: Clock

    def __call__(self, stop: Callable[[], bool]) -> None:
        """Do it; `stop` is asked in between."""
        now = self.clock()
        remove_old(self.mails, now - KEPT)
        self.box.sweep()
        self.accounts.age_trail(now)
        with self.archive() as archive:
            archive.rejected.forget_old(now)
            fold(archive.db, now, stop)
            search_index.merge(archive.db, stop)
        for _ in remove_texts(self.archive, self.keep, now, stop):
            log.info("texts and names that were due have been removed")


def remove_texts(
    archive: Callable[[], Archive], keep: KeepSettings, now: datetime, stop: Callable[[], bool]
) -> Iterator[int]:
    """Scrub the posts that are due, and yield how many at a time; then leave no trace of any in the file.

    Raises ArchiveError if others are at work on the archive for long, and StorageError.
    """
    with archive() as writer:
        yield from writer.retention.apply(keep, now, stop)
        path, is_compact = writer.db.path, writer.retention.is_compact
    if not is_compact:
        compact(path)
        with archive() as writer:
            writer.retention.note_compaction()
