"""One `Report` for one window of days: what the page, the mail and the export all show."""

from dataclasses import dataclass
from datetime import date, datetime

from monitor.model import Metrics, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Whole days in the campaign's time zone, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Posts of one day by platform name.

    A platform is absent from `posts` when it was not collected that day: unknown, not zero.
    `unknown` is the share (0 to 1) of the day's collecting time that no platform covered.
    """

    day: date
    posts: dict[str, int]
    unknown: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPost:
    """A post as it is shown. Text, handle and name are None once scrubbed."""

    id: int
    platform: str
    url: str
    handle: str | None
    name: str | None
    text: str | None
    created_at: datetime  # aware, in the campaign's time zone
    metrics: Metrics
    tone: Tone | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What one platform last said. `needs_person`: a key is missing or was refused."""

    name: str
    title: str
    on: bool
    last_success: datetime | None
    last_poll: datetime | None
    outcome: str | None  # of the last poll; see monitor.model.Outcome
    detail: str  # plain words: what is wrong and what to do
    needs_person: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A track's window. Counts are of posts created in it; None means not known."""

    campaign: str
    track: str
    title: str
    window: Window
    made_at: datetime
    demo: bool
    days: tuple[Day, ...]
    posts: int
    posts_before: int | None  # the same number of days just before; None if not collected
    people: int
    engagement: int | None  # likes + reposts + quotes + replies, latest readings
    engagement_known: int  # of how many posts at least one of these is known
    views: int | None
    views_known: int
    tones: dict[Tone, int]
    latest: tuple[ShownPost, ...]
    top: tuple[ShownPost, ...]
    sources: tuple[SourceState, ...]
