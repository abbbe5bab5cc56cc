"""What the campaign file was before, since when, and who changed it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from monitor.accounts.database import AccountsDatabase, note
from monitor.core.clock import stamp

_MOST = 200


class CampaignVersion(NamedTuple):
    """The whole text of the campaign file, as it was from an instant on."""

    id: int
    at: datetime
    who: str
    text: str


class CampaignVersions(AccountsDatabase):
    """The latest versions of the campaign file."""

    def campaign_versions(self) -> tuple[CampaignVersion, ...]:
        """Return the versions, the newest first."""
        sql = "SELECT id, at, who, text FROM campaign_versions ORDER BY id DESC"
        return self._records(CampaignVersion, sql)

    @contextmanager
    def campaign_version(self, text: str, *, who: str, what: str, now: datetime) -> Iterator[None]:
        """Store a version and what was done, unless it is the newest; it is not one if what follows fails.

        It is on the disk before the file is changed: whatever ends the program, no change is without a name.
        """
        with self._writing() as db:
            newest = db.execute("SELECT text FROM campaign_versions ORDER BY id DESC LIMIT 1").fetchone()
            row = None
            if newest != (text,):
                row = db.execute(
                    "INSERT INTO campaign_versions (at, who, text) VALUES (?, ?, ?)", (stamp(now), who, text)
                ).lastrowid
                db.execute("DELETE FROM campaign_versions WHERE id <= ?", (row - _MOST,))
                if newest:  # else it is how the office began
                    note(db, who, what, now)
        try:
            yield
        except BaseException:
            with self._writing() as db:
                db.execute("DELETE FROM campaign_versions WHERE id = ?", (row,))
            raise
