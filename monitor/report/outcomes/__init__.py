"""What people did beside posting, as a report has it: each counter by itself, never added to another kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeCount:
    """What one counter says, in all and in a report's window. None: it was not read, or not told.

    `before` is what it said in all by the end of `since`: the last day known of a week ago or before, or the
    first.
    """

    kind: str  # petition | paper | survey | visits | parliament
    id: int
    title: str
    address: str | None
    state: str  # as its source calls it; empty: it has none
    total: int | None
    placed: int | None  # the sum of its areas, which may be more or less than `total`
    as_of: datetime | None  # when its source last answered, or somebody last entered something
    is_entered: bool  # by people
    before: int | None
    since: date | None
    added: int | None  # in the window
    totals: tuple[int | None, ...]  # by the end of the day before the window, and of each of its days
    weeks: tuple[tuple[int, ...], ...]  # added on each day of the weeks that say what is usual
    milestones: Mapping[str, datetime | None]  # None: its source does not say so any more

    @property
    def days(self) -> tuple[int | None, ...]:
        """Return what was added on each day of the window; None also of days to come."""
        pairs = pairwise(self.totals)
        return tuple(None if a is None or b is None else b - a for a, b in pairs)
