"""What a file that somebody brings is taken for, and what became of its items. Frozen, no I/O."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from monitor.core.model import Deleted, Other, Post, Rejected

_MOST_REASONS = 50
_OF_ALL = {"platform", "dates", "zone"}  # what is said of all rows; a column may be called "Facebook"
Item = Post | Rejected | Deleted | Other


@dataclass(frozen=True, slots=True, kw_only=True)
class FileQuestion:
    """What a file leaves open, for a person to say."""

    key: str  # under which the answer is given: "dates", "zone", "platform", "text", "created_at"
    words: str  # "Is 03/04/2026 3 April or 4 March?"
    options: tuple[tuple[str, str], ...]  # each answer, and what it means: ("day-first", "3 April")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a file is taken for."""

    kind: str  # in words: "a table of posts, as twarc-csv writes it"
    sample: tuple[Item, ...]  # the first ten; none while a question is open
    read_at: datetime | None  # as of when its numbers are where its posts do not say; None: they do
    header: str = ""  # a fingerprint of what its columns are called, by which answers are remembered
    columns: tuple[tuple[str, str | None], ...] = ()  # each, and what it is taken for; none without a table
    choices: tuple[tuple[str, str], ...] = ()  # what a person may take a column for: a key, and its words
    question: FileQuestion | None = None  # the first that is open

    @property
    def unused(self) -> tuple[str, ...]:
        """Return the columns that are taken for nothing, where a person may say what they are."""
        return tuple(column for column, meaning in self.columns if not meaning and self.choices)


def with_answers(before: Mapping[str, str], answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answers so far and newer ones; a column that these name is nothing else any more."""
    columns = {answer.casefold() for key, answer in answers.items() if answer and key not in _OF_ALL}
    older = {key: was for key, was in before.items() if key in _OF_ALL or was.casefold() not in columns}
    return {**older, **answers}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCounts:
    """How many items were read, and what became of each; those of two parts of a file can be added.

    `new` is None where nothing was stored, so that nobody knows. `other` match no track, or are no posts:
    `left_out` says why, and how many. `reasons` are those of the first that could not be read. `days` are the
    first and last of the posts of each platform.
    """

    read: int = 0
    new: int | None = 0
    other: int = 0
    rejected: int = 0
    reasons: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[str, tuple[date, date]] = field(default_factory=dict)

    @property
    def known(self) -> int | None:
        """Return how many posts were in the archive already; None where nobody knows."""
        return None if self.new is None else self.read - self.new - self.other - self.rejected

    @property
    def is_nothing(self) -> bool:
        """Return whether there was not a single post in it, and none to be removed."""
        others = sum(number for reason, number in self.left_out.items() if reason != Deleted.reason)
        return self.read == self.rejected + others

    def __add__(self, more: "ImportCounts") -> "ImportCounts":
        """Return the counts of both parts together."""
        days = dict(self.days)
        for platform, (first, last) in more.days.items():
            before = days.get(platform, (first, last))
            days[platform] = min(first, before[0]), max(last, before[1])
        return ImportCounts(
            read=self.read + more.read,
            new=None if self.new is None or more.new is None else self.new + more.new,
            other=self.other + more.other,
            rejected=self.rejected + more.rejected,
            reasons=(self.reasons + more.reasons)[:_MOST_REASONS],
            left_out=dict(Counter(self.left_out) + Counter(more.left_out)),
            days=days,
        )
