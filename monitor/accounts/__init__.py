"""Accounts: who may use the dashboard. A second SQLite file beside the archive; it knows no posts."""

from dataclasses import dataclass
from datetime import datetime

from monitor.accounts.api_tokens import Token, Tokens
from monitor.accounts.database import note
from monitor.accounts.oidc_state import OidcState, OidcStates
from monitor.accounts.roles import NOBODY, OFFICE, ROLES, Person, Role, role_of
from monitor.accounts.sessions import Session, Sessions
from monitor.accounts.shares import SHOWS, ShareLink, ShareLinks, ShareRequest
from monitor.accounts.sign_in import DEVICE_LASTS, SignIn
from monitor.accounts.totp import Totp
from monitor.core.clock import unstamp

__all__ = [
    "DEVICE_LASTS",
    "NOBODY",
    "OFFICE",
    "ROLES",
    "SHOWS",
    "Accounts",
    "AuditEntry",
    "OidcState",
    "Person",
    "Role",
    "Session",
    "ShareLink",
    "ShareRequest",
    "Token",
    "role_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A line of the audit trail."""

    at: datetime
    who: str
    what: str


class Accounts(SignIn, Sessions, Totp, Tokens, ShareLinks, OidcStates):
    """People, their sessions, links, tokens and shares, and the trail of what was done."""

    def note(self, who: str, what: str, now: datetime) -> None:
        """Write into the audit trail; `what` holds no text of posts."""
        self._noted(lambda db: note(db, who, what, now))

    def trail(self, most: int = 200) -> tuple[AuditEntry, ...]:
        """Return the latest lines of the audit trail, newest first."""
        rows = self._rows("SELECT at, who, what FROM audit ORDER BY id DESC LIMIT ?", (most,))
        return tuple(AuditEntry(unstamp(at), who, what) for at, who, what in rows)
