"""What the archive gives: plain frozen values, which know no database. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import takewhile
from typing import Literal, NamedTuple

from monitor.core.clock import stamp
from monitor.core.model import Metrics, Picture, Tone

IMPORT = "import"  # the source of what comes from files; its streams are "import:" and a file's name
ERASED = "erased "  # begins the key, by number, under which it is noted when a person was erased
_WEEK = timedelta(days=6)
_LATE = 0.1  # of the posts that a sample was drawn from, up to which later ones are let be


class Mark(StrEnum):
    """How far the office is with a post."""

    NEEDS_REPLY = "needs reply"
    DONE = "done"
    NOT_OURS = "not ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCard:
    """One thing on the desk: a post, or several that one answer is for, the oldest first."""

    posts: tuple[int, ...]
    by: str  # who marked it, and when
    since: datetime
    owner: str | None = None
    due: date | None = None
    until: date | None = None
    answers: int = 0  # others of its posts that were answered on their own

    def is_late(self, today: date) -> bool:
        return self.due is not None and self.due < today

    def is_put_off(self, today: date) -> bool:
        """Return whether it waits for a day that is still to come."""
        return self.until is not None and self.until > today


def posts_on(cards: Iterable[DeskCard]) -> int:
    return sum(len(card.posts) for card in cards)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Local days, both ends included, of a track on some platforms: its series, id -> platform."""

    first: date
    last: date
    track: int
    series: Mapping[int, str]
    is_whole: bool = False  # all series of the track: then the counts that know no platforms serve
    posts: int | None = None  # in it, where they were counted already: a hint of which way is short

    @property
    def ids(self) -> str:
        """Return its series, which are the archive's own numbers, as a list of SQL; none has 0."""
        return ", ".join(map(str, self.series)) or "0"


class DayCount(NamedTuple):  # made by the thousand, for which a dataclass is too slow
    """The sums of one local day on one platform. A sum of what nobody said is 0: see `known`."""

    day: date
    platform: str
    posts: int
    likes: int
    reposts: int
    replies: int
    quotes: int
    views: int
    engagement_known: int  # posts with at least one of likes, reposts, replies and quotes
    views_known: int
    positive: int
    neutral: int
    negative: int
    unclear: int
    newcomers: int  # authors who had not posted before in this track on this platform

    @property
    def engagement(self) -> int | None:
        """Return likes, reposts, replies and quotes together; None if no post has any of them."""
        total = Metrics(likes=self.likes, reposts=self.reposts, replies=self.replies, quotes=self.quotes)
        return total.engagement if self.engagement_known else None


class HourCount(NamedTuple):
    """The posts of one hour of the week, by the campaign's clock; Monday is 0."""

    weekday: int
    hour: int
    posts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Distinct authors of one platform and band of followers; `followers` is None if not known."""

    platform: str
    band: int
    authors: int
    followers: int | None


class AuthorCount(NamedTuple):
    """Distinct authors of all platforms, those whose followers are known, and these followers."""

    authors: int
    followers_known: int
    followers: int

    @classmethod
    def of(cls, parts: Collection[Audience]) -> "AuthorCount":
        """Return the authors of all platforms and bands."""
        known = [part for part in parts if part.followers is not None]
        authors, of_known = (sum(part.authors for part in some) for some in (parts, known))
        return cls(authors, of_known, sum(part.followers or 0 for part in known))


class ViewedPost(NamedTuple):
    """A post of which both views and its author's followers (at least 1) are known."""

    platform: str
    band: int
    followers: int
    views: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LargestAccount:
    """A huge account, with more followers than all others together; `handle` is None if it is not known."""

    platform: str
    handle: str | None
    followers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """An author's posts in a window."""

    id: int
    platform: str
    handle: str | None
    name: str | None
    url: str | None
    followers: int | None
    posts: int
    engagement: int | None  # None: no platform said any number of these posts
    is_new: bool  # had not posted before the window


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRow:
    """A stored post with its writer. None: scrubbed, or the platform did not say."""

    id: int
    platform: str
    native_id: str
    url: str | None
    handle: str | None
    name: str | None
    text: str | None
    created_at: datetime
    day: date
    kind: str
    lang: str | None
    metrics: Metrics
    followers: int | None
    tone: Tone | None
    author_id: str | None = None  # the platform's own
    profile: str | None = None  # the author's address
    parent: str | None = None
    root: str | None = None
    read_at: datetime | None = None  # when its numbers were
    terms: tuple[tuple[str, str], ...] = ()  # kinds and terms: ("tag", "crime")
    pictures: tuple[Picture, ...] = ()
    origin: tuple[str, str] | None = None  # the source and stream that brought it; None: not kept
    message: str | None = None  # the native id of the first that says the same; None: no other does
    mark: str | None = None  # how far the office is with it
    notes: tuple[str, ...] = ()  # the office's own, the oldest first

    def terms_of(self, kind: str) -> tuple[str, ...]:
        """Return the terms of a kind, in the order of the alphabet."""
        return tuple(sorted(term for of, term in self.terms if of == kind))

    @property
    def places(self) -> tuple[str, ...]:
        """Return the places that it names, in the order of the alphabet."""
        return self.terms_of("place")


class Origin(NamedTuple):
    """What brought a post: a source, or a file; when, and as of when its numbers are."""

    source: str
    stream: str
    stored_at: datetime
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A coverage row: what one stream was asked, and why it ended."""

    source: str
    track: str
    stream: str
    ended_at: datetime
    since: datetime | None
    until: datetime | None
    outcome: str
    detail: str
    new: int
    retry_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileClaim:
    """What a person said of a file: that it had everything on a platform from `since` to `until`."""

    source: str
    since: datetime
    until: datetime
    file: str  # what it was called
    at: datetime  # when that was said

    @property
    def stream(self) -> str:
        """Return its name in the log of what was covered: one for each platform and time."""
        return f"file:{stamp(self.since)}/{stamp(self.until)}/{self.source}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A message that is on several news sites, by its posts there, the first to be stored first."""

    posts: tuple[int, ...]
    sites: int

    @property
    def ids(self) -> str:
        """Return its posts as an address names them, which may name 200."""
        return ".".join(map(str, self.posts[:200]))


class StoredText(NamedTuple):  # looked at by the ten thousand while somebody waits
    """What a post says and is tagged with, whether it is of a track, and whether a person brought it."""

    id: int
    platform: str
    text: str
    created_at: datetime
    tags: list[str]
    is_member: bool
    is_entered: bool  # by hand or with a file


class Joiners(NamedTuple):
    """People of one platform who joined in within an hour, and how many of them had never posted before."""

    hour: datetime  # its beginning, in UTC
    platform: str
    people: int
    newcomers: int


SuggestionKind = Literal["theme", "question"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A theme, or a question, that several people have in a week."""

    words: tuple[str, ...]  # its name, then whatever words belong to it
    people: int
    posts: tuple[int, ...]  # by their archive ids; the most typical is the first

    @property
    def name(self) -> str:
        """Return what it is called."""
        return self.words[0]


class WeekPost(NamedTuple):  # read by the thousand, for which a dataclass is too slow
    """A post of a week with its words, to be read for suggestions."""

    id: int
    author: int | str  # the archive's id; of what was entered by hand, where it was seen
    text: str
    lang: str | None
    engagement: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWeek:
    """How many posts of a week were read for suggestions, and how many were not."""

    read: int
    unread: int


class PostGain(NamedTuple):
    """A post, and how many likes, reposts, quotes and replies it got since an instant."""

    id: int
    engagement: int


@dataclass(frozen=True, slots=True)
class RecallSample:
    """How many posts of a week that another way found were here, and why the others were not."""

    source: str
    monday: date
    way: str  # "mastodon.world"
    posts: int  # drawn by chance from those that were found
    here: int
    causes: Mapping[str, int]  # "deleted since" -> posts


class StanceCount(NamedTuple):
    """Posts of a week to which people gave one stance, and how many of them a sample had drawn."""

    monday: date
    stance: str
    posts: int
    people: int
    by_chance: int


class SampledPost(NamedTuple):  # made by the hundred for each page, for which a dataclass is too slow
    """A post of a sample: as the program scored it then, and what a person has said of it."""

    post: int
    platform: str
    scored: Tone
    label: Tone | None
    is_gone: bool  # its text is not here any more, or somebody found that it is not ours
    rescored: Tone | None  # as the program scores it today; None: not at all


@dataclass(frozen=True, kw_only=True)  # no slots: what is worked out once is kept
class Audit:
    """A week's sample in the order of chance, and how the program scored all posts it is drawn from."""

    track: str
    monday: date
    posts: int
    mean: float  # of net tone, -1 to 1
    variance: float
    late: int  # posts of that week that came, and got a tone, after it was drawn
    sample: tuple[SampledPost, ...]

    @property
    def sunday(self) -> date:
        return self.monday + _WEEK

    @property
    def is_outdated(self) -> bool:
        """Return whether so many posts came later that the sample does not stand for the week any more."""
        return self.late > _LATE * self.posts

    @cached_property
    def readable(self) -> tuple[SampledPost, ...]:
        """Return the posts of the sample that are still here and ours."""
        return tuple(post for post in self.sample if not post.is_gone)

    @property
    def unread(self) -> tuple[SampledPost, ...]:
        """Return what is still to be read."""
        return tuple(post for post in self.readable if post.label is None)

    @cached_property
    def labelled(self) -> tuple[SampledPost, ...]:
        """Return what was read, in the order of chance up to the first post that was not.

        What people said of later ones, elsewhere or of the same words, is not left to chance.
        """
        return tuple(takewhile(lambda post: post.label is not None, self.readable))


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a post is kept, who wants it so, and until when."""

    post: int
    reason: str
    by: str
    made_at: datetime
    until: datetime
