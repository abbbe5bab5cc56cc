"""What was decided of each week's mail: sent, late or skipped, once and for good."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.accounts.file import File
from monitor.accounts.mail.outbox import Mail, insert
from monitor.clock import stamp, unstamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What became of a week's mail, and why if it was not sent in time."""

    week: str
    decision: str
    why: str
    decided_at: datetime


class Weeks(File):
    """The decisions of all campaigns in this file."""

    def decide(
        self, campaign: str, decided: Decided, mails: Iterable[Mail] = (), *, until: datetime | None = None
    ) -> bool:
        """Note a decision and put its mails into the outbox, in one step; False if it was taken before."""
        now = decided.decided_at
        with self._writing() as db:
            new = db.execute(
                "INSERT INTO weeks (campaign, week, decision, why, decided_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (campaign, decided.week, decided.decision, decided.why, stamp(now)),
            ).rowcount
            if new:
                insert(db, campaign, mails, until or now, now)
        return bool(new)

    def weeks(self, campaign: str, most: int = 60) -> tuple[Decided, ...]:
        """Return what was decided, the latest week first."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT week, decision, why, decided_at FROM weeks WHERE campaign = ?"
                " ORDER BY week DESC LIMIT ?",
                (campaign, most),
            ).fetchall()
        return tuple(
            Decided(week=week, decision=decision, why=why, decided_at=unstamp(at))
            for week, decision, why, at in rows
        )
