"""Sessions: kept here and not in the cookie, so that they end when we say so."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.accounts import token_hash
from monitor.accounts.database import Connection, SignInDatabase, note
from monitor.accounts.roles import Person
from monitor.accounts.users import FIELDS, end_sessions, person_of
from monitor.core.clock import stamp, unstamp
from monitor.core.errors import AccessError

_WAITS = timedelta(minutes=5)  # for the code, after the password
_TOUCHED = timedelta(minutes=1)  # so seldom is it written that a session is in use
_SELECT = (
    f"SELECT s.hash, s.device, s.waits, s.made_at, s.seen_at, {FIELDS} FROM sessions s"
    " JOIN people p ON p.id = s.person_id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody signed in on a device. `waits`: they have still to give the code from their phone."""

    hash: str
    person: Person
    device: str
    waits: bool
    made_at: datetime
    seen_at: datetime


class Sessions(SignInDatabase):
    """Who is signed in."""

    def begin(self, person: Person, device: str, now: datetime, *, waits: bool = False) -> str:
        """Return the token of a new session; only its digest is stored."""
        token = token_hash.new()
        at, ends = stamp(now), stamp(now + (_WAITS if waits else self.longest))

        def store(db: Connection) -> None:
            db.execute("DELETE FROM sessions WHERE expires_at < ?", (at,))
            db.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)",
                (token_hash.digest(token), person.id, device[:80], waits, at, at, ends),
            )
            if not waits:
                note(db, person.name, f"signed in ({device[:80]})", now)

        self._noted(store)
        return token

    def session(self, token: str, now: datetime, *, is_use: bool = True) -> Session | None:
        """Return the session of a token; None if it has ended. It is used, unless a page asks by itself."""
        digest = token_hash.digest(token)
        with self._signed_in() as db:
            row = db.execute(
                f"{_SELECT} WHERE s.hash = ? AND s.expires_at > ? AND s.seen_at > ? AND NOT p.disabled",
                (digest, stamp(now), stamp(now - self.idle)),
            ).fetchone()
        if row is None:
            return None
        session = _session(row)
        if is_use and now - session.seen_at >= _TOUCHED and not session.waits:
            with suppress(AccessError):  # busy: it is noted with the next page
                change = "UPDATE sessions SET seen_at = ? WHERE hash = ?", (stamp(now), digest)
                self._noted(lambda db: db.execute(*change))
        return session

    def sessions(self, person: Person, now: datetime) -> tuple[Session, ...]:
        """Return where a person is signed in, the latest use first."""
        with self._signed_in() as db:
            rows = db.execute(
                f"{_SELECT} WHERE s.person_id = ? AND NOT s.waits"
                " AND s.expires_at > ? AND s.seen_at > ? ORDER BY s.seen_at DESC",
                (person.id, stamp(now), stamp(now - self.idle)),
            ).fetchall()
        return tuple(_session(row) for row in rows)

    def end(self, token: str) -> None:
        """End one session: here at once, and in the file as soon as that can be written."""
        digest = token_hash.digest(token)
        self._noted(lambda db: db.execute("DELETE FROM sessions WHERE hash = ?", (digest,)))

    def end_all(self, person: Person, *, by: str, now: datetime) -> None:
        with self._writing() as db:
            end_sessions(db, person.id)
            note(db, by, f"signed {person.name} out everywhere", now)


def _session(row: tuple[object, ...]) -> Session:
    digest, device, waits, made_at, seen_at, *person = row
    return Session(
        hash=str(digest), device=str(device), waits=bool(waits), made_at=unstamp(str(made_at)),
        seen_at=unstamp(str(seen_at)), person=person_of(tuple(person)),  # type: ignore[arg-type]
    )  # fmt: skip
