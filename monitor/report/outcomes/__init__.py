"""What people did beside posting, as a report has it: each counter by itself, never added to another kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from monitor.report.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeCount:
    """What one counter says, in all and in a report's window. None: it was not read, or not told.

    `before` is what it said in all by the end of `since`: the last day known of a week ago or before, or the
    first. What was taken off again is told apart: `added` has the rises alone.
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
    last: date | None  # that it is known of
    known: Window | None  # days of the window of which it is known what they added
    added: int | None  # in these
    removed: int  # in these
    days: tuple[int | None, ...]  # added on each day of the window; below 0: more was taken off
    totals: tuple[int | None, ...]  # by the end of each day of the window
    history: Mapping[date, int]  # what there was in all by the end of each day that is known
    weeks: tuple[tuple[int, ...], ...]  # added on each day of the weeks that say what is usual
    milestones: Mapping[str, datetime | None]  # None: its source does not say so any more
