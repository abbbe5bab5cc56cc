"""What was decided of each week's mail: sent, late or skipped, once and for good."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.accounts.database import AccountsDatabase
from monitor.core.clock import stamp
from monitor.mail.store.outbox import Mail, insert

_AHEAD = timedelta(days=1)  # what was decided later than that from now, a wrong clock decided


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRun:
    """What became of a week's mail, and why if it was not sent in time."""

    week: str
    decision: str
    why: str
    decided_at: datetime


class DigestRuns(AccountsDatabase):
    """The decisions of all campaigns in this file."""

    def decide(
        self, campaign: str, decided: DigestRun, mails: Iterable[Mail] = (), *, until: datetime | None = None
    ) -> bool:
        """Note a decision and put its mails into the outbox, in one step; False if it was taken before.

        One that was taken by a clock days ahead is none.
        """
        now = decided.decided_at
        with self._writing() as db:
            new = db.execute(
                "INSERT INTO weeks (campaign, week, decision, why, decided_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (campaign, week) DO UPDATE SET decision = excluded.decision,"
                " why = excluded.why, decided_at = excluded.decided_at WHERE weeks.decided_at > ?",
                (campaign, decided.week, decided.decision, decided.why, stamp(now), stamp(now + _AHEAD)),
            ).rowcount
            if new:
                insert(db, campaign, mails, until or now, now)
        return bool(new)

    def weeks(self, campaign: str, now: datetime, most: int = 60) -> tuple[DigestRun, ...]:
        """Return what was decided until now, the latest week first."""
        sql = (
            "SELECT week, decision, why, decided_at FROM weeks WHERE campaign = ? AND decided_at <= ?"
            " ORDER BY week DESC LIMIT ?"
        )
        return self._records(DigestRun, sql, (campaign, stamp(now + _AHEAD), most))
