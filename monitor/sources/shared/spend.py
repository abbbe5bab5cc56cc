"""What a platform that costs money may spend: set aside before a question, reckoned up after its answer.

Money is in millionths of a US dollar: whole numbers, which add up.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Annotated, Any, Self

from monitor.campaign.reader import between, one_of, read
from monitor.core.model import REREAD_ROUND, Author
from monitor.sources.contract import Bought

DOLLAR = 1_000_000
_DAYS = 30  # for which deletions are followed: the same post again on a day of UTC is free
_AGES = {
    "daily": tuple(REREAD_ROUND * number for number in range(1, timedelta(days=_DAYS) // REREAD_ROUND + 1)),
    "sparse": tuple(timedelta(days=days) for days in (1, 3, 7, _DAYS)),
}

Dollars = Annotated[float, between(0, 100_000)]


@dataclass(frozen=True, slots=True)
class PaidSettings:
    """What each platform that costs money has in its table of the campaign file."""

    dollars_a_month: Annotated[Dollars, "the most to spend per month"] = 10.0
    dollars_a_post: Annotated[Dollars, "the platform's price per post"] = 0.005
    dollars_a_person: Annotated[Dollars, "the platform's price per author"] = 0.010
    follow_deletions: Annotated[
        str, one_of(*_AGES), "when posts are rechecked: daily for 30 days, or after 1, 3, 7 and 30 days"
    ] = "daily"

    @classmethod
    def part_of(cls, table: Mapping[str, Any], where: str) -> Self:
        """Return these of a platform's whole table; raises ConfigError for a wrong one."""
        names = {field.name for field in fields(PaidSettings)}
        return read(cls, {name: value for name, value in table.items() if name in names}, where)

    @property
    def ages(self) -> tuple[timedelta, ...]:
        return _AGES[self.follow_deletions]

    def following(self, posts_a_week: int) -> float:
        """Return the dollars a month that it costs to read posts daily, if as many come each week."""
        return posts_a_week / 7 * 30 * _DAYS * self.dollars_a_post


@dataclass(slots=True)
class UnsavedBudget:
    """A budget that is not stored: for tries, and until a stored one takes its place."""

    limit: int
    spent: dict[int, int] = field(default_factory=dict)
    have: dict[str, set[str]] = field(default_factory=dict)

    def balance(self) -> int:
        return self.limit - sum(self.spent.values())

    def reserve(self, most: int) -> int | None:
        if most > self.balance():
            return None
        self.spent[len(self.spent)] = most
        return len(self.spent) - 1

    def settle(self, reservation: int, cost: int, bought: Bought) -> None:
        self.spent[reservation] = cost
        for kind, ids in bought.items():
            self.have.setdefault(kind, set()).update(ids)

    def bought(self, kind: str, ids: Collection[str], days: int) -> set[str]:
        return self.have.get(kind, set()) & set(ids)

    def people(self, ids: Collection[str]) -> Mapping[str, Author]:
        return {}
