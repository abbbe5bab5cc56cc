"""What has to be kept while somebody signs in elsewhere: for ten minutes, and for one return."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.accounts import token_hash
from monitor.accounts.database import Connection, SignInDatabase
from monitor.core.clock import stamp

_LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcState:
    """What was sent along, and is asked for again. Where to go `onward` is up to us."""

    state: str
    nonce: str
    verifier: str
    onward: str


class OidcStates(SignInDatabase):
    """Those who went to sign in elsewhere and are not back yet."""

    def keep(self, handshake: OidcState, now: datetime) -> None:

        def store(db: Connection) -> None:
            db.execute("DELETE FROM handshakes WHERE expires_at < ?", (stamp(now),))
            db.execute(
                "INSERT INTO handshakes VALUES (?, ?, ?, ?, ?)",
                (token_hash.digest(handshake.state), handshake.nonce, handshake.verifier, handshake.onward,
                 stamp(now + _LASTS)),
            )  # fmt: skip

        self._noted(store)

    def redeem(self, state: str, now: datetime) -> OidcState | None:
        """Return the handshake of a state, which is used up; None if there is none."""
        row = self._noted(
            lambda db: db.execute(
                "DELETE FROM handshakes WHERE hash = ? AND expires_at > ? RETURNING nonce, verifier, onward",
                (token_hash.digest(state), stamp(now)),
            ).fetchone()
        )
        return OidcState(state=state, nonce=row[0], verifier=row[1], onward=row[2]) if row else None
