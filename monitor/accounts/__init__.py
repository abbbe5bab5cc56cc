"""Accounts: who may use the dashboard. A second SQLite file beside the archive; it knows no posts."""

from collections.abc import Iterable
from datetime import UTC, datetime

from monitor.accounts import trail
from monitor.accounts.api_tokens import Token, Tokens
from monitor.accounts.database import note
from monitor.accounts.oidc_state import OidcState, OidcStates
from monitor.accounts.privacy_requests import PrivacyRequests
from monitor.accounts.roles import NOBODY, OFFICE, ROLES, Person, Role, role_of
from monitor.accounts.sessions import Session, Sessions
from monitor.accounts.shares import SHOWS, ShareLink, ShareLinks, ShareRequest
from monitor.accounts.sign_in import DEVICE_LASTS, SignIn
from monitor.accounts.totp import Totp
from monitor.accounts.trail import AuditEntry, Head
from monitor.accounts.trail.campaign_versions import CampaignVersion, CampaignVersions
from monitor.core.clock import stamp


class Accounts(SignIn, Sessions, Totp, Tokens, ShareLinks, OidcStates, CampaignVersions, PrivacyRequests):
    """People, their sessions, links, tokens and shares, and the trail of what was done."""

    def note(self, who: str, what: str, now: datetime, *, daily: bool = False) -> None:
        """Write into the audit trail; `what` holds no text of posts, and names nobody who posted.

        What programs do every few minutes is written down once a day: `daily`.
        """
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0)
        if not (daily and any(line.what == what for line in self.trail(who=who, about=what, since=midnight))):
            self._noted(lambda db: note(db, who, what, now))

    def trail(
        self,
        most: int = -1,
        *,
        who: str = "",
        about: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> tuple[AuditEntry, ...]:
        """Return the latest lines of the trail, newest first: of somebody, and about something, if named."""
        rows = self._rows(
            "SELECT at, who, what FROM audit WHERE ? IN ('', who) AND substr(what, 1, length(?)) = ?"
            " AND at >= ? AND at < ? ORDER BY id DESC LIMIT ?",
            (who, about, about, stamp(since) if since else "", stamp(until) if until else "~", most),
        )
        return tuple(trail.entry(*row) for row in rows)

    def trail_names(self) -> tuple[str, ...]:
        """Return whom the trail tells of."""
        return tuple(name for (name,) in self._rows("SELECT DISTINCT who FROM audit ORDER BY who"))

    def trail_faults(self, heads: Iterable[Head], now: datetime) -> list[str]:
        """Return what is wrong with the trail, each in a sentence; `heads` are the ends of its copies."""
        with self._reading() as db:
            db.execute("BEGIN")  # a line that comes meanwhile has moved the end
            sentences = trail.faults(db, heads, now)
            db.execute("COMMIT")
        return sentences

    def age_trail(self, now: datetime) -> None:
        """Let go of what is older than a year in the trail."""
        with self._writing() as db:
            trail.age(db, now)
