"""Shares: pages that anyone who has the link may read, until it ends."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor import COMMAND
from monitor.accounts import token_hash
from monitor.accounts.database import AccountsDatabase, note
from monitor.core.clock import stamp
from monitor.core.errors import AccessError
from monitor.core.records import record

USUAL_DAYS, MOST_DAYS = 30, 366
SHOWS = {
    "overview": "The overview",
    "activity": "The chart of posts",
    "tone": "The chart of tone",
    "hours": "The chart of hours",
}
_FIELDS = "id, name, shows, asked, handles, texts, sites, made_by, made_at, expires_at, revoked_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRequest:
    """What a link is to show, and how long. `query` is that of an address: which days, which track."""

    name: str
    shows: str = "overview"
    query: str = ""
    handles: bool = False  # with the names of those who posted
    texts: bool = False  # with the texts of posts
    sites: tuple[str, ...] = ()  # that may embed it, such as https://example.org
    days: int = USUAL_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLink:
    """A link for those without an account."""

    id: int
    name: str
    shows: str
    query: str
    handles: bool
    texts: bool
    sites: tuple[str, ...]
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    def works(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


class ShareLinks(AccountsDatabase):
    """The links of all people."""

    def share(self, request: ShareRequest, *, by: str, now: datetime) -> str:
        """Return the last part of a new link, to be shown once; raises AccessError if it cannot be made."""
        name, sites = _name_and_sites(request)
        slug = token_hash.new(bits=128)
        with self._writing() as db:
            number = db.execute(
                f"INSERT INTO shares (hash, {_FIELDS[4:]}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                (token_hash.digest(slug), name, request.shows, request.query, request.handles, request.texts,
                 " ".join(sites), by, stamp(now), stamp(now + timedelta(days=request.days))),
            ).lastrowid  # fmt: skip
            # By its number: a name may be that of somebody who is erased, and lines of the trail stay.
            note(db, by, f"share {number}: {SHOWS[request.shows].lower()}, for {request.days} days", now)
        return slug

    def shares(self) -> tuple[ShareLink, ...]:
        """Return all links, the newest first."""
        return self._records(ShareLink, f"SELECT {_FIELDS} FROM shares ORDER BY id DESC")

    def share_of(self, slug: str, now: datetime) -> ShareLink | None:
        """Return what a link shows; None if it does not work, or not any more."""
        row = self._row(f"SELECT {_FIELDS} FROM shares WHERE hash = ?", (token_hash.digest(slug),))
        share = record(ShareLink, row) if row else None
        return share if share and share.works(now) else None

    def revoke(self, number: int, *, by: str, now: datetime) -> ShareLink:
        """Return the share whose link ends now; raises AccessError if there is none."""
        with self._writing() as db:
            revoke = "UPDATE shares SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"
            db.execute(revoke, (stamp(now), number))
            row = db.execute(f"SELECT {_FIELDS} FROM shares WHERE id = ?", (number,)).fetchone()
            if row is None:
                raise AccessError(
                    f"There is no share link with the number {number}. '{COMMAND} share list' shows them."
                )
            share = record(ShareLink, row)
            note(db, by, f"share {number}: ended", now)
        return share


def _name_and_sites(request: ShareRequest) -> tuple[str, tuple[str, ...]]:
    name = " ".join(request.name.split())
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise AccessError("Give the link a name, such as who it is for.")
    if request.shows not in SHOWS:
        raise AccessError(f"{request.shows!r} cannot be shared. Choose one of: {', '.join(SHOWS)}.")
    if not 1 <= request.days <= MOST_DAYS:
        raise AccessError(f"A link can work for 1 to {MOST_DAYS} days. Create a new one after that.")
    return name, tuple(_site(site) for site in request.sites)


def _site(site: str) -> str:
    """Return a site as a browser's policy names it; raises AccessError for anything but its bare address."""
    parts = urlsplit(site.strip().rstrip("/"))
    # What stands here goes into a header: letters, digits, dots and a port, and nothing else.
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[a-z0-9.-]+(:\d{1,5})?", parts.netloc):
        raise AccessError(f"{site!r} is not the address of a site. Write it as https://example.org.")
    if parts.path or parts.query or parts.fragment:
        raise AccessError(f"Give the site only, without a page: {parts.scheme}://{parts.netloc}")
    return f"{parts.scheme}://{parts.netloc}"
