"""The outbox: each mail once for a campaign, kind, period and address, and how far it has come.

queued -> claimed -> data -> sent. `data` is noted before the message is handed over: whoever dies there
cannot know whether it was taken, as no sender can. Such a mail is sent once more, with the same
Message-ID, and marked; if that is not certain either, it is left for a person to decide.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from monitor.accounts.database import AccountsDatabase, Connection, note
from monitor.core.clock import stamp
from monitor.core.errors import AccessError
from monitor.core.records import record

STALE = timedelta(minutes=10)  # longer than any delivery takes: whoever was at it is gone
KEPT = timedelta(days=30)  # the text of a mail that has been sent
_AHEAD = timedelta(days=1)  # what was noted later than that from now, a wrong clock noted
_BEFORE = {  # each state of a mail that is being delivered: those it may come from
    "data": "('claimed')",
    "sent": "('data')",
    "queued": "('claimed', 'data')",
    "stopped": "('claimed', 'data')",
}
_WORDS = {
    "queued": "waiting",
    "claimed": "on its way",
    "data": "on its way, or the connection was lost: it will be retried in ten minutes",
    "sent": "sent",
    "stopped": "not sent",
    "unsure": "may not have arrived; send it again if it did not",
}
_FINAL = "('sent', 'stopped', 'unsure')"
_LATE = "It could not be delivered in time."


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message for one address; there is one at most for its kind and period."""

    kind: str
    period: str
    address: str
    message_id: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed(Mail):
    """A mail that this process, and no other, may deliver now; `tries` counts how often one was to."""

    id: int
    tries: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How far a mail has come. `twice`: it may have arrived two times."""

    id: int
    kind: str
    period: str
    address: str
    state: str
    twice: bool
    reason: str
    next_at: datetime
    changed_at: datetime
    is_kept: bool  # its text, so it can be sent again

    @property
    def words(self) -> str:
        """Return how far it has come, for people."""
        return "saved, not sent" if self.state == "sent" and self.reason else _WORDS[self.state]


class Outbox(AccountsDatabase):
    """The mails of all campaigns in this file."""

    def enqueue(self, campaign: str, mails: Iterable[Mail], *, until: datetime, now: datetime) -> int:
        """Return how many mails were put in; those that are in already stay as they are."""
        with self._writing() as db:
            return insert(db, campaign, mails, until, now)

    def tidy(self, now: datetime) -> None:
        """Take back what somebody died over, stop what is too late, and empty what is old."""
        stale, old, at = stamp(now - STALE), stamp(now - KEPT), stamp(now)
        with self._writing() as db:
            db.execute(
                "UPDATE outbox SET state = 'queued', changed_at = ?1"
                " WHERE state = 'claimed' AND changed_at NOT BETWEEN ?2 AND ?1",
                (at, stale),
            )
            db.execute(
                "UPDATE outbox SET state = iif(twice, 'unsure', 'queued'), twice = 1, changed_at = ?1,"
                " reason = 'The connection ended before the answer came.'"
                " WHERE state = 'data' AND changed_at NOT BETWEEN ?2 AND ?3",
                (at, stale, stamp(now + _AHEAD)),
            )
            db.execute(
                "UPDATE outbox SET state = iif(twice, 'unsure', 'stopped'), changed_at = ?1,"
                f" reason = trim('{_LATE} ' || reason)"
                " WHERE state = 'queued' AND until_at < ?1",
                (at,),
            )
            db.execute(
                f"UPDATE outbox SET body = NULL WHERE body IS NOT NULL AND state IN {_FINAL}"
                " AND changed_at < ?",
                (old,),
            )

    def claim(self, now: datetime) -> Claimed | None:
        """Return a mail to be delivered now, by this process alone; None if none waits."""
        with self._writing() as db:
            row = db.execute(
                "UPDATE outbox SET state = 'claimed', tries = tries + 1, changed_at = ?1 WHERE id ="
                " (SELECT id FROM outbox WHERE state = 'queued' AND next_at <= ?1"
                "  ORDER BY next_at, id LIMIT 1)"
                " RETURNING kind, period, address, message_id, body, id, tries, until_at",
                (stamp(now),),
            ).fetchone()
        return record(Claimed, row) if row else None

    def hand_over(self, mail: Claimed, now: datetime) -> bool:
        """Note that the message goes out from here on; False if somebody else has it by now."""
        return self._move(mail, "data", now)

    def arrived(self, mail: Claimed, now: datetime, *, folder: str = "") -> None:
        """Note that the message was taken; `folder` says where it lies, if it never left this computer."""
        self._move(mail, "sent", now, reason=folder)

    def postpone(self, mail: Claimed, reason: str, at: datetime, now: datetime) -> None:
        """Note that the message was not taken, and is to be tried again."""
        self._move(mail, "queued", now, reason=reason, next_at=at)

    def hold(self, mail: Claimed, but: str, reason: str, at: datetime, now: datetime) -> None:
        """Note that neither this message nor any that waits can be taken before `at`, `but` one kind."""
        self.postpone(mail, reason, at, now)
        with self._writing() as db:
            db.execute(
                "UPDATE outbox SET next_at = ?, reason = ?"
                " WHERE state = 'queued' AND kind != ? AND next_at < ?",
                (stamp(at), reason, but, stamp(at)),
            )

    def stop(self, mail: Claimed, reason: str, now: datetime) -> None:
        """Note that the message will never be taken."""
        self._move(mail, "stopped", now, reason=reason)

    def _move(
        self, mail: Claimed, new: str, now: datetime, *, reason: str = "", next_at: datetime | None = None
    ) -> bool:
        # `tries` is the proof of who has the claim: it rises each time a mail is claimed.
        with self._writing() as db:
            moved = db.execute(
                "UPDATE outbox SET state = ?, reason = ?, changed_at = ?, next_at = coalesce(?, next_at)"
                f" WHERE id = ? AND state IN {_BEFORE[new]} AND tries = ?",
                (new, reason, stamp(now), stamp(next_at) if next_at else None, mail.id, mail.tries),
            )
        return bool(moved.rowcount)

    def deliveries(self, campaign: str, most: int = 200) -> tuple[Delivery, ...]:
        """Return how far the latest mails have come, the newest first."""
        sql = (
            "SELECT id, kind, period, address, state, twice, reason, next_at, changed_at,"
            " body IS NOT NULL FROM outbox WHERE campaign = ? ORDER BY id DESC LIMIT ?"
        )
        return self._records(Delivery, sql, (campaign, most))

    def resend(self, number: int, *, by: str, until: datetime, now: datetime) -> None:
        """Put a mail that is not on its way in again, with a Message-ID of its own.

        Readers' programs hide a message whose Message-ID they know. Raises AccessError.
        """
        with self._writing() as db:
            row = db.execute(
                f"SELECT message_id, body FROM outbox WHERE id = ? AND state IN {_FINAL}", (number,)
            ).fetchone()
            if row is None or row[1] is None:
                raise AccessError(
                    "This mail cannot be sent again: it is on its way, or more than 30 days old. Choose"
                    " another."
                )
            name, at, host = row[0].rpartition("@")
            new = f"{name}.again-{now:%Y%m%dT%H%M%S}{at}{host}"
            body = bytes(row[1]).replace(row[0].encode(), new.encode(), 1)
            db.execute(
                "UPDATE outbox SET state = 'queued', message_id = ?, body = ?, twice = 0, reason = '',"
                " next_at = ?, until_at = ?, changed_at = ? WHERE id = ?",
                (new, body, stamp(now), stamp(until), stamp(now), number),
            )
            note(db, by, f"sent mail {number} again", now)


def insert(
    db: Connection, campaign: str, mails: Iterable[Mail], until: datetime, now: datetime,
    next_at: datetime | None = None,
) -> int:  # fmt: skip
    """Return how many of the mails are new, in a transaction of the caller's; none goes before `next_at`."""
    same = {"campaign": campaign, "first": stamp(next_at or now), "until": stamp(until), "at": stamp(now)}
    return sum(
        db.execute(
            "INSERT INTO outbox (campaign, kind, period, address, message_id, body, state, next_at, until_at,"
            " changed_at) VALUES (:campaign, :kind, :period, :address, :message_id, :body, 'queued', :first,"
            " :until, :at) ON CONFLICT DO NOTHING",
            asdict(mail) | same,
        ).rowcount
        for mail in mails
    )
