"""What posts are asked for, and what comes back: a page of them, or how many there are. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, datetime
from enum import StrEnum

from monitor.archive.query.search_terms import is_choice, names_account
from monitor.archive.values import Scope
from monitor.core.model import Tone
from monitor.kit import KitUse

MOST_COUNTED = 1_000


class Order(StrEnum):
    """What comes first in a list."""

    NEWEST = "newest"
    BIGGEST = "biggest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What is asked of posts, of whatever track and days. Empty: nothing."""

    words: str = ""  # what was typed into a search box: see `search_terms`
    author: int | None = None
    tag: str = ""
    place: str = ""
    theme: str = ""  # its number
    kit: KitUse | None = None
    tone: Tone | None = None
    stance: str | None = None
    mark: str | None = None
    ids: tuple[int, ...] = ()  # by the archive's ids
    like: int | None = None  # in the same words as this post
    new_voices: bool = False  # people who had not posted before these days
    order: Order = Order.NEWEST

    @property
    def is_of_opinion(self) -> bool:
        """Return whether posts of a tone or stance are asked for: they come without names."""
        return bool(self.tone or self.stance)

    @property
    def is_of_person(self) -> bool:
        """Return whether the posts of one person are asked for, by number or by @name."""
        return self.author is not None or names_account(self.words)

    @property
    def is_chosen(self) -> bool:
        """Return whether somebody here chose the posts, as by a mark, or by one word or another."""
        return bool(self.ids or self.like or self.theme or self.kit or self.mark or is_choice(self.words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter(Criteria):
    """Which posts of a track's days are meant. Raises ValueError where one person's opinion would be told."""

    scope: Scope
    named_place: str | None = None  # whose name the words are
    own: tuple[str, ...] = ()  # handles of the campaign's accounts, whose posts have no stance

    def __post_init__(self) -> None:
        if self.is_of_opinion and (self.is_chosen or self.is_of_person):  # chosen, they could be one person's
            raise ValueError("tone and stance are never listed by person, nor of posts that somebody chose")

    @property
    def column(self) -> str | None:
        """Return the column of the daily counts that says how many posts these are; None if none does."""
        others = (self.words, self.author, self.tag, self.place, self.theme, self.kit, self.stance, self.mark)
        return None if any((*others, self.new_voices, self.ids, self.like)) else self.tone or "posts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The last post of a page; the next page begins after it."""

    engagement: int
    created_at: str
    id: int

    def __str__(self) -> str:
        return f"{self.engagement}.{self.created_at}.{self.id}"

    @classmethod
    def of(cls, text: str) -> "Cursor":
        """Return the cursor that `str` has written; raises ValueError for any other text."""
        engagement, created_at, post = text.split(".")
        at = datetime.strptime(created_at, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - only its year
        if at.year == MAXYEAR or not all(
            part.isascii() and part.isdecimal() and len(part) < 19 for part in (engagement, post)
        ):
            raise ValueError(f"no cursor: {text!r}")
        return cls(engagement=int(engagement), created_at=created_at, id=int(post))


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPage:
    """A page of posts, by archive id, with each one's author; `next` is None on the last page.

    `alike` says how many more posts of the list a post stands for, if the list is folded; they are counted
    to one above MOST_COUNTED.
    """

    authors: Mapping[int, int]
    next: Cursor | None
    alike: Mapping[int, int] = field(default_factory=dict)

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(self.authors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """How many posts there are in all; `more` if counting ended before the last.

    `folds` is how many of them a folded list shows; None where finding out would take too long.
    """

    posts: int
    more: bool = False
    folds: int | None = None
