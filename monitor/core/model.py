"""What the program talks about. Frozen; no platform's words, no SQL, no I/O."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self

from monitor.core.errors import NotPublicError

# In this time each post of the last 30 days is read again: deletions are to be followed within a day, and a
# turn may be missed.
REREAD_ROUND = timedelta(hours=20)
# What reading an item may raise when it is not what it should be; OverflowError is an ArithmeticError.
WRONG = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError)


class PostKind(StrEnum):
    """What sort of thing a post is."""

    POST = "post"
    REPLY = "reply"
    QUOTE = "quote"
    ARTICLE = "article"


class Tone(StrEnum):
    """How a text sounds; not whether its writer agrees with the campaign."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"
    UNCLEAR = "unclear"

    @property
    def net(self) -> int:
        """Return 1 for positive, -1 for negative, else 0: the mean of these is net tone."""
        return (self is Tone.POSITIVE) - (self is Tone.NEGATIVE)


UNSIGNED = "[not said]:"  # begins the id of the writer of a post whose platform does not say who that is
CLEAR_TONES: tuple[Tone, ...] = tuple(tone for tone in Tone if tone is not Tone.UNCLEAR)
SURE = 0.6  # of the likeliest tone, from which on it is named; else it is unclear


class Media(StrEnum):
    """What a post shows besides its text."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


class Outcome(StrEnum):
    """Why a poll ended. Only COMPLETE means that what was not seen is not there."""

    COMPLETE = "complete"
    CAPPED = "capped"
    GAP = "gap"
    CLOSED = "closed"
    RATE_LIMITED = "rate-limited"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"
    BROKEN = "broken"


ANSWERS = frozenset({Outcome.COMPLETE, Outcome.CAPPED, Outcome.GAP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """A post's public numbers at one reading. None: the platform did not say."""

    likes: int | None = None
    reposts: int | None = None
    replies: int | None = None
    quotes: int | None = None
    views: int | None = None

    @property
    def engagement(self) -> int | None:
        """Return likes, reposts, replies and quotes together; None if the platform gave none of them."""
        counts = [n for n in (self.likes, self.reposts, self.replies, self.quotes) if n is not None]
        return sum(counts) if counts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A public account on one platform; never joined across platforms."""

    id: str
    handle: str | None = None
    name: str | None = None
    url: str | None = None
    followers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a post, as its platform tells of it. None: not said."""

    alt: str | None = None  # its description in words
    address: str | None = None
    thumbnail: str | None = (
        None  # where it may be fetched from; None if its post is, or may be, marked sensitive
    )


BETWEEN_NOTES = "\n---\n"  # of one post, in a file of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One public post. `(platform, id)` is its identity; `created_at` is aware and in UTC."""

    platform: str
    id: str
    url: str
    author: Author
    text: str
    created_at: datetime
    kind: PostKind = PostKind.POST
    lang: str | None = None
    tags: frozenset[str] = frozenset()  # lower case, without '#'
    links: frozenset[str] = frozenset()  # web addresses it points to, as long as the platform knows them
    media: frozenset[Media] = frozenset()
    places: frozenset[str] = frozenset()  # keys of the gazetteer, found in the text when it is collected
    metrics: Metrics = Metrics()
    parent: str | None = None  # native id, or address, of what it answers or quotes
    root: str | None = None  # the same of the beginning of that conversation
    copy_of: str | None = None  # web address of the post that a bridge between platforms made this from
    pictures: tuple[Picture, ...] = ()
    read_at: datetime | None = None  # when its numbers were read; None: now, as it is stored
    reread_key: str | None = None  # what its source needs to read it again; None: it cannot be
    mark: str | None = None  # how far the office was with it, in a file of ours
    notes: tuple[str, ...] = ()  # the office's, in a file of ours
    is_only_counted: bool = False  # its writer asks not to be found: neither name, text nor address is kept
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What the address of a post says of it."""

    platform: str
    id: str  # what the post's own id or address ends with
    own_id: str = ""  # the post's, as far as its address tells
    server: str = ""  # on a platform of many
    reread_key: str = ""  # what its source needs to read it; "": it cannot by that
    written_at: datetime | None = None  # if its id tells


MOST_RAW = 2**16  # characters of an item that could not be read, which is kept whole to be read again
LONGEST_THREAD = 500  # posts of a conversation that are asked for, and shown
_EXCERPT = 1000  # of a longer one: enough to mend its reader by


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """An item that could not be read: it costs itself and nothing else."""

    reason: str
    raw: str  # what came, or its beginning; "" of what not everybody may read

    @classmethod
    def of(cls, why: str | Exception, item: object) -> Self:
        """Return the item as put aside: in letters that can be stored, whatever it is."""
        is_bare = isinstance(why, str | NotPublicError)
        reason = str(why) if is_bare else f"{type(why).__name__}: {why}"
        try:
            raw = item if isinstance(item, str) else json.dumps(item, default=str)
        except WRONG:
            raw = "It cannot be shown: it is nested too deeply, or is not data."
        raw = "" if isinstance(why, NotPublicError) else encodable(raw[: MOST_RAW + 1])
        return cls(reason=encodable(reason[:300]), raw=raw if len(raw) <= MOST_RAW else raw[:_EXCERPT])


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """An item of a file that is understood, and is no post to be stored."""

    reason: str
    platform: str = ""
    id: str = ""  # of the post that it stands for: the archive may have it


def encodable(text: str) -> str:
    """Return the text with each half of a character, which JSON can hold and UTF-8 cannot, spelt out."""
    return text.encode("utf-8", "backslashreplace").decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """What a file says is gone from its platform: a post, or all posts of a person."""

    platform: str
    id: str = ""  # the post's native id
    author: str = ""  # the person's
    url: str = ""  # the post's, and when it was written: it may be known by another id
    created_at: datetime | None = None
    reason: ClassVar[str] = "their platform reports it deleted, so it is also deleted from the archive"

    def means(self, post: Post) -> bool:
        """Return whether a post is gone by this."""
        return post.platform == self.platform and (self.id == post.id or self.author == post.author.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for: any of the tags or phrases, all required words, none of the excluded.

    With `near`, as "police cuts~5", the words of any of these near each other as well.
    """

    track: str
    tags: tuple[str, ...] = ()  # without '#', as written by the campaign
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


class Purpose(StrEnum):
    """What a platform was asked for, and so which posts of an answer are stored."""

    SEARCH = "search"  # all, in the track
    REREAD = "reread"  # those that are known, in the tracks that they are in
    THREAD = "thread"  # all; the new ones in no track, and so in no count, until a search finds them


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer of a platform, saved in one transaction.

    `cursor` is stored with the page; None leaves the stored one alone (a newest-first
    platform gives it with its last page only, so that a crash midway loses nothing).
    `since`/`until` bound the time that this page's stream is now known to cover.
    `retry_at`: before then the platform asks not to be asked again.
    `deleted` holds native ids that the platform says are gone.
    `title` is what the place that was asked calls itself, if it says so.
    """

    stream: str
    posts: tuple[Post, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    deleted: tuple[str, ...] = ()
    deleted_authors: tuple[str, ...] = ()
    cursor: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    outcome: Outcome = Outcome.COMPLETE
    detail: str = ""
    title: str = ""
    retry_at: datetime | None = None
    purpose: Purpose = Purpose.SEARCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a source finds for words that are not watched yet, newest first. Nothing of it is stored."""

    title: str  # of the source
    posts: tuple[Post, ...] = ()  # of the last seven days
    sentence: str  # how many these are, and whether they are all


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentiment:
    """An analyzer's opinion of one text; the three shares add up to 1."""

    tone: Tone
    positive: float
    neutral: float
    negative: float

    @classmethod
    def of(cls, positive: float, neutral: float, negative: float) -> Self:
        """Return the likeliest tone if it is likely enough, or UNCLEAR."""
        shares = (positive, neutral, negative)
        tone = CLEAR_TONES[shares.index(max(shares))] if max(shares) >= SURE else Tone.UNCLEAR
        return cls(tone=tone, positive=positive, neutral=neutral, negative=negative)
