"""The month's budget of a platform that costs money, kept in the archive, and the words for it."""

from calendar import monthrange
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.archive import Archive
from monitor.core.clock import Clock
from monitor.core.model import Author
from monitor.sources.contract import Bought
from monitor.sources.shared.spend import DOLLAR, PaidSettings


@dataclass(frozen=True, slots=True)
class SpendLimit:
    """A platform's budget as the archive has it: no kill and no second process can overdraw it."""

    archive: Archive
    source: str
    limit: int
    clock: Clock
    remainder: int = 0  # of the limit, that is left to what goes first

    def balance(self) -> int:
        return self.limit - self.remainder - self.archive.spend.spent_by_any_clock(self.source, self.clock())

    def reserve(self, most: int) -> int | None:
        if self.remainder and most > self.balance():
            return None
        return self.archive.spend.reserve(self.source, most, self.limit, self.clock())

    def settle(self, reservation: int, cost: int, bought: Bought) -> None:
        self.archive.spend.settle(reservation, cost, bought, self.clock())

    def bought(self, kind: str, ids: Collection[str], days: int) -> set[str]:
        return self.archive.spend.bought(self.source, kind, ids, self.clock() - timedelta(days=days))

    def people(self, ids: Collection[str]) -> Mapping[str, Author]:
        return self.archive.people.authors(self.source, ids)


def share_of_new_posts(limit: int, now: datetime) -> int:
    """Return what of the month's limit reading again leaves: the shares of the days to come, and one more."""
    at = now.astimezone(UTC)
    days = monthrange(at.year, at.month)[1]
    return limit * (days + 1 - at.day) // (days + 1)


def in_words(spent: int, limit: int, now: datetime) -> str:
    """Return a sentence on a month's money, with what its whole may come to at this pace."""
    at = now.astimezone(UTC)
    begun = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    elapsed, whole = at - begun, timedelta(days=monthrange(at.year, at.month)[1])
    sentence = f"${spent / DOLLAR:.2f} of this month's ${limit / DOLLAR:.2f} is spent"
    if spent < limit and elapsed >= timedelta(days=2):
        sentence += f"; at this pace the month comes to ${min(limit, spent * (whole / elapsed)) / DOLLAR:.2f}"
    return f"{sentence}."


def following_in_words(paid: PaidSettings, posts_a_week: int) -> str:
    """Return a sentence on what it costs a month to follow deletions within a day."""
    dollars = paid.following(posts_a_week)
    fits = dollars <= paid.dollars_a_month
    costs = "costs" if fits and paid.follow_deletions == "daily" else "would cost"
    return (
        f"Following deletions within 24 hours {costs} about ${dollars:.2f} a month at this week's number of"
        f" posts{'' if fits else ', more than the limit'}."
    )
