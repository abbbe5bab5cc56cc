"""What a platform that costs money may spend: set aside before a question, reckoned up after its answer.

Money is in millionths of a US dollar: whole numbers, which add up.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from monitor.core.model import Author
from monitor.sources.contract import Bought

DOLLAR = 1_000_000


@dataclass(slots=True)
class UnsavedBudget:
    """A budget that is not stored: for tries, and until a stored one takes its place."""

    limit: int
    spent: dict[int, int] = field(default_factory=dict)
    have: dict[str, set[str]] = field(default_factory=dict)

    def balance(self) -> int:
        """Return what may still be spent."""
        return self.limit - sum(self.spent.values())

    def reserve(self, most: int) -> int | None:
        """Set money aside; None if there is not enough."""
        if most > self.balance():
            return None
        self.spent[len(self.spent)] = most
        return len(self.spent) - 1

    def settle(self, reservation: int, cost: int, bought: Bought) -> None:
        """Note what it did cost."""
        self.spent[reservation] = cost
        for kind, ids in bought.items():
            self.have.setdefault(kind, set()).update(ids)

    def bought(self, kind: str, ids: Collection[str], days: int) -> set[str]:
        """Return which of these were bought."""
        return self.have.get(kind, set()) & set(ids)

    def people(self, ids: Collection[str]) -> Mapping[str, Author]:
        """Return that nobody is known."""
        return {}
