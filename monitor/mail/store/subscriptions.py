"""Subscriptions: who gets which mail. Whoever has said no gets none until they themselves say yes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.accounts import token_hash
from monitor.accounts.database import AccountsDatabase, Connection, note
from monitor.core.clock import stamp
from monitor.core.errors import AccessError
from monitor.core.records import record
from monitor.core.text import is_mailbox

KINDS = {"digest": "the weekly mail", "alerts": "alerts"}
_FIELDS = "id, address, kind, key, listed, agreed_at, left_at"
_ASKED_LASTS, _LEFT_LASTS = timedelta(days=14), timedelta(days=30)
_MAILS = {"digest": "digest", "alerts": "alert"}  # what they are called in the outbox
_MOST_ASKED = 50  # that have not answered, so that nobody makes us write to a whole town


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One kind of mail for one address. `key` stands in the link by which it is ended or begun."""

    id: int
    address: str
    kind: str
    key: str
    listed: bool
    agreed_at: datetime | None
    left_at: datetime | None

    @property
    def works(self) -> bool:
        """Return whether the mail is sent: its reader agreed, or is named by the campaign file."""
        return self.left_at is None and (self.listed or self.agreed_at is not None)


def address_of(text: str) -> str:
    """Return an address as it is kept; raises AccessError if mail cannot be sent there."""
    address = text.strip().lower()
    if not is_mailbox(address):
        raise AccessError(f"{text.strip()[:80]!r} is not an e-mail address. Write it as name@example.org.")
    return address


class Subscriptions(AccountsDatabase):
    """All subscriptions."""

    def subscriptions(self, kind: str | None = None) -> tuple[Subscription, ...]:
        """Return those of a kind, or all, by address."""
        sql = f"SELECT {_FIELDS} FROM subscriptions WHERE ?1 IS NULL OR kind = ?1 ORDER BY kind DESC, address"
        return self._records(Subscription, sql, (kind,))

    def list_readers(self, kind: str, addresses: Iterable[str], now: datetime) -> None:
        """Note which addresses the campaign file names now, and no others; who has left stays away."""
        recipients = {address_of(address) for address in addresses}
        if recipients == {one.address for one in self.subscriptions(kind) if one.listed}:
            return
        with self._writing() as db:
            db.execute("UPDATE subscriptions SET listed = 0 WHERE kind = ?", (kind,))
            db.executemany(
                "INSERT INTO subscriptions (address, kind, key, listed, asked_at) VALUES (?, ?, ?, 1, ?)"
                " ON CONFLICT (kind, address) DO UPDATE SET listed = 1",
                [(address, kind, token_hash.new(bits=128), stamp(now)) for address in sorted(recipients)],
            )

    def ask(self, kind: str, address: str, *, by: str, now: datetime) -> Subscription:
        """Return the subscription of an address whose owner is to be asked; raises AccessError."""
        address = address_of(address)
        with self._writing() as db:
            waiting = "agreed_at IS NULL AND NOT listed AND left_at IS NULL AND asked_at > ?"
            number = db.execute(
                f"SELECT count(*) FROM subscriptions WHERE {waiting}", (stamp(now - _ASKED_LASTS),)
            ).fetchone()[0]
            departure = db.execute(
                "SELECT left_at FROM subscriptions WHERE kind = ? AND address = ? AND left_at > ?",
                (kind, address, stamp(now - _LEFT_LASTS)),
            ).fetchone()
            if departure:
                raise AccessError(
                    "This address has unsubscribed, and cannot be asked again for 30 days. Its owner"
                    " can subscribe again with the link in any mail they were sent."
                )
            if number >= _MOST_ASKED:
                raise AccessError(
                    f"{number} people have been asked and have not answered yet. Wait for some of them to"
                    " answer."
                )
            row = db.execute(
                "INSERT INTO subscriptions (address, kind, key, asked_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (kind, address) DO UPDATE SET asked_at = excluded.asked_at"
                f" RETURNING {_FIELDS}",
                (address, kind, token_hash.new(bits=128), stamp(now)),
            ).fetchone()
            note(db, by, f"asked a reader to confirm {KINDS[kind]}", now)
        return record(Subscription, row)

    def subscription(self, key: str) -> Subscription | None:
        """Return the subscription of a link; None if there is none."""
        row = self._row(f"SELECT {_FIELDS} FROM subscriptions WHERE key = ?", (key,))
        return record(Subscription, row) if row else None

    def agree(self, key: str, now: datetime) -> None:
        """Note that the reader who has this link wants the mail."""
        self._answer(key, "agreed_at = ?, left_at = NULL", "agreed to", now)

    def leave(self, key: str, now: datetime) -> None:
        """Note that the reader who has this link wants no more of the mail."""
        self._answer(key, "left_at = ?, agreed_at = NULL", "left", now)

    def _answer(self, key: str, what: str, word: str, now: datetime) -> None:
        with self._writing() as db:
            row = db.execute(
                f"UPDATE subscriptions SET {what} WHERE key = ? RETURNING id, kind, address, left_at",
                (stamp(now), key),
            ).fetchone()
            if row:
                note(db, f"reader {row[0]}", f"{word} {KINDS[row[1]]}", now)
            if row and row[3]:
                _stop(db, row[1], row[2], now)

    def drop(self, number: int, *, by: str, now: datetime) -> None:
        """Take somebody off: they get nothing until they ask for it themselves."""
        with self._writing() as db:
            row = db.execute(
                "UPDATE subscriptions SET left_at = ?, agreed_at = NULL WHERE id = ? RETURNING kind, address",
                (stamp(now), number),
            ).fetchone()
            if row:
                note(db, by, f"removed reader {number} from {KINDS[row[0]]}", now)
                _stop(db, row[0], row[1], now)


def _stop(db: Connection, kind: str, address: str, now: datetime) -> None:
    """Stop what waits for a reader who wants no more of it."""
    db.execute(
        "UPDATE outbox SET state = 'stopped', reason = 'Its reader wants no more of them.', changed_at = ?"
        " WHERE state = 'queued' AND kind = ? AND address = ?",
        (stamp(now), _MAILS[kind], address),
    )
