"""How often a password may be tried: counted in the file, so that all processes count together."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from monitor.accounts.database import Connection, SignInDatabase
from monitor.accounts.token_hash import digest
from monitor.core.clock import stamp, unstamp

FREE_BY_ACCOUNT = 5
FREE_BY_ADDRESS = 20  # an office may share one
_FIRST, _LONGEST = timedelta(seconds=30), timedelta(minutes=15)  # short: it keeps the owner out, too
_FORGOTTEN = timedelta(days=1)


def pause(number: int, free: int) -> timedelta:
    """Return how long to wait after so many tries: nothing, then 30 seconds, each time double, 15 minutes."""
    if number < free:
        return timedelta(0)
    return min(_LONGEST, _FIRST * (1 << min(number - free, 10)))


class Throttle(SignInDatabase):
    """Tries to sign in. Each is counted before the password is looked at, and taken back if it was right."""

    def claim(self, keys: Mapping[str, int], now: datetime) -> datetime | None:
        """Return None if there may be a try now, which is counted; else when there may be one.

        `keys` say what the try counts for, and how many of each may follow without a pause.
        """

        def count_all(db: Connection) -> datetime | None:
            db.execute("DELETE FROM tries WHERE last_at < ?", (stamp(now - _FORGOTTEN),))
            until = max((_next(db, key, now) for key in keys), default=now)
            if until > now:
                return until
            for key, free in keys.items():
                _count(db, key, free, now)
            return None

        return self._noted(count_all)

    def forgive(self, keys: Mapping[str, int]) -> None:
        """Take back a try that was right: all for the first of the keys, this one for the others."""
        first, *others = map(digest, keys)

        def forgive_all(db: Connection) -> None:
            db.execute("DELETE FROM tries WHERE key = ?", (first,))
            # Only this one: else somebody could sign in between guesses at others' passwords.
            db.executemany("UPDATE tries SET number = number - 1 WHERE key = ?", [(key,) for key in others])

        self._noted(forgive_all)


def _next(db: Connection, key: str, now: datetime) -> datetime:
    row = db.execute("SELECT next_at FROM tries WHERE key = ?", (digest(key),)).fetchone()
    return unstamp(row[0]) if row else now


def _count(db: Connection, key: str, free: int, now: datetime) -> None:
    row = db.execute("SELECT number FROM tries WHERE key = ?", (digest(key),)).fetchone()
    number = (row[0] if row else 0) + 1
    db.execute(
        "INSERT INTO tries (key, number, last_at, next_at) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE"
        " SET number = excluded.number, last_at = excluded.last_at, next_at = excluded.next_at",
        (digest(key), number, stamp(now), stamp(now + pause(number, free))),
    )
