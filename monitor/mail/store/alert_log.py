"""Alerts that were raised: each thing once, and no two of a kind soon after another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.accounts.database import AccountsDatabase
from monitor.core.clock import stamp
from monitor.mail.store.outbox import Mail, insert


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedAlert:
    """What people were told of: `rule` is what kind of thing it is, `subject` the thing itself."""

    rule: str
    subject: str
    title: str
    at: datetime


class AlertLog(AccountsDatabase):
    """The alerts of all campaigns in this file."""

    def raise_alert(
        self, campaign: str, alert: RaisedAlert, mails: Iterable[Mail], *, pause: timedelta,
        next_at: datetime, until: datetime,
    ) -> bool:  # fmt: skip
        """Put an alert's mails into the outbox; False if it was raised before, or one of its kind just was.

        `pause` is how long none of its kind may follow another; the mails go at `next_at`, not after `until`.
        """
        now = alert.at
        with self._writing() as db:
            earlier = db.execute(
                "SELECT 1 FROM alerts WHERE campaign = ? AND rule = ?"
                " AND (subject = ? OR at > ? AND at <= ?)",
                (campaign, alert.rule, alert.subject, stamp(now - pause), stamp(now)),
            ).fetchone()
            if earlier:
                return False
            db.execute(
                "INSERT INTO alerts (campaign, rule, subject, title, at) VALUES (?, ?, ?, ?, ?)",
                (campaign, alert.rule, alert.subject, alert.title, stamp(now)),
            )
            insert(db, campaign, mails, until, now, next_at)
        return True

    def alerts(self, campaign: str, most: int = 30) -> tuple[RaisedAlert, ...]:
        """Return the latest alerts, the newest first."""
        sql = "SELECT rule, subject, title, at FROM alerts WHERE campaign = ? ORDER BY id DESC LIMIT ?"
        return self._records(RaisedAlert, sql, (campaign, most))
