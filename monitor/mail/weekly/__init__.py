"""What the weekly mail needs: its readers, its numbers, who sends it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from monitor.campaign import Campaign
from monitor.core.clock import Clock
from monitor.mail.envelope import Sender
from monitor.mail.store import MailStore, Subscription
from monitor.report import Report, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestJob:
    """All that the weekly mail needs. `report` makes the numbers of some days, as at a time.

    `remember` is given each report that was mailed: what it said may be revised.
    """

    campaign: Campaign
    store: MailStore
    report: Callable[[Window, datetime], Report]
    sender: Sender
    clock: Clock
    remember: Callable[[Report], None] = lambda report: None

    @property
    def key(self) -> str:
        """Return what the campaign is called in the outbox."""
        return self.campaign.tracks[0].name

    @property
    def base(self) -> str:
        """Return how the addresses of the dashboard begin."""
        return self.campaign.digest.address.rstrip("/")

    def readers(self) -> list[Subscription]:
        return [one for one in self.store.subscriptions("digest") if one.works]
