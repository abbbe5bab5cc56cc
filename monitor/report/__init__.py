"""One `Report` for one window of days: what the page, the mail and the export all show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from monitor.archive.values import ReadWeek, RecallSample, Story
from monitor.core.gazetteer import PlaceKind
from monitor.core.model import CLEAR_TONES, Metrics, Tone
from monitor.report.outcomes import OutcomeCount as OutcomeCount
from monitor.report.tones import Checked as Checked
from monitor.report.tones import Net as Net
from monitor.report.tones import ToneShare as ToneShare
from monitor.report.tones import ToneShares as ToneShares
from monitor.report.window import Window as Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """A usual week: the median of those before, and the range that about nine in ten more would fall in."""

    median: float
    low: float
    high: float
    weeks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with what it rests on. `value` is None when no platform said.

    `known` and `of` count posts or people: "followers known for 182 of 212 people".
    A day that is not over is not compared with whole ones: `finished` is the number of the days that are
    over, and `before` that of the same days of the window just before. Both are None if no day is over, or
    if other platforms were collected then.
    """

    definition: str  # the key of its measure in monitor.report.figures
    value: int | None
    known: int
    of: int
    finished: int | None = None
    before: int | None = None
    usual: Usual | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How many are likely to have seen the posts, as a range of people.

    `measured_on` is the number of this campaign's posts that the range comes from; for the
    platforms in `assumed_for` there were too few. The range is without the `huge` number of followers of
    one account, if there is such a one.
    """

    low: int
    high: int
    measured_on: int
    assumed_for: tuple[str, ...]
    huge: int | None = None
    huge_handle: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Posts of one day by platform name.

    A platform is absent from `posts` when it was not collected that day: unknown, not zero.
    `unknown` is the share (0 to 1) of the day's time that was not collected: the mean of the platforms
    of which it is known in this window what time they covered. `passed` is the share (0 to 1) of the day
    that was over when the report was made. With an `hour` it is that hour of the day by the clock, and all
    its posts stand under one empty name.
    """

    day: date
    posts: dict[str, int]
    unknown: float
    engagement: int | None = None  # None: no platform said
    passed: float = 1.0
    hour: int | None = None

    @property
    def total(self) -> int | None:
        """Return the posts of all platforms; None if none was collected."""
        return sum(self.posts.values()) if self.posts else None

    @property
    def has_gaps(self) -> bool:
        """Return whether enough of it is unknown to be told; a few lost minutes are not."""
        return self.unknown >= 0.01

    @property
    def is_open(self) -> bool:
        """Return whether it has begun and is not over."""
        return 0 < self.passed < 1


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
    seen_in: str = ""  # where a person saw it who entered it by hand
    is_marked: bool = False  # a person has seen to it, or means to
    is_settled: bool = False  # by one of the campaign's own accounts, or answered by one
    is_petition: bool = False  # it links to the campaign's petition
    alike: int = 0  # posts of the same list in the same words, for which it stands
    is_new_voice: bool = False  # its writer had not posted before the window


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedReply:
    """A post that somebody has marked to be replied to, or several that one answer is for."""

    post: ShownPost  # the oldest
    posts: tuple[int, ...]
    by: str  # who marked it; empty for those who are not to know
    since: datetime
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedWords:
    """What several people say that is new, by its name, or what they ask, without one; quoted by one post."""

    name: str
    people: int
    posts: tuple[int, ...]  # by their archive ids, the quoted one first
    quoted: ShownPost
    words: tuple[str, ...] = ()  # by which its posts are known
    open: tuple[int, ...] = ()  # those of them that nobody has answered or marked
    waiting: int = 0  # those of them on the reply desk
    replied: int = 0  # those that somebody has replied to on their platform, and nobody marked

    @property
    def progress(self) -> str:
        """Return '6 posts: 3 to answer, 2 on the reply desk, 1 done'; empty while nothing is done."""
        posts, counts = len(self.posts), (len(self.open), self.waiting, self.replied)
        states = ("to answer", "on the reply desk", "with replies", "done")
        parts = zip((*counts, posts - sum(counts)), states, strict=True)
        words = ", ".join(f"{number} {state}" for number, state in parts if number)
        return "" if counts[0] == posts else f"{posts} posts: {words}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekSuggestions:
    """What the words of a week suggest: what is new in it, the clearest first; and what several people ask.

    `week` is how much of it was read for that; None: it is no whole week, or was not read.
    """

    week: ReadWeek | None = None
    themes: tuple[SharedWords, ...] = ()
    questions: tuple[SharedWords, ...] = ()  # most people first


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPerson:
    """An account and what it did in the window. `is_new`: had not posted before it."""

    platform: str
    url: str
    handle: str | None
    name: str | None
    followers: int | None
    posts: int
    engagement: int | None
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A hashtag, link or kind of media, and in how many posts it is."""

    term: str
    posts: int
    title: str = ""  # as the campaign file has it, or most people write it, if that is not as `term`


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCount:
    """A place of the campaign's file, and how many posts name it: where they speak of, not where from.

    `posts` is None if nothing was collected. `finished` and `before` are as those of a Figure.
    """

    key: str
    title: str
    borough: str  # the key of its borough; a borough's own for itself
    kind: PlaceKind
    posts: int | None
    finished: int | None
    before: int | None
    weeks: tuple[int, ...] = ()  # posts of earlier weeks that `finished` can be held against, latest first
    people: int | None = None  # None: there are too many posts to look through
    new_people: int | None = None  # who had not posted before the window


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeCount:
    """A theme that the office keeps, and how many posts it has.

    None: nothing was collected, or the theme is not found in all stored posts yet.
    """

    key: str  # its number
    title: str
    posts: int | None  # of the window
    weeks: tuple[int | None, ...]  # of each week in which it is drawn, the latest first
    finished: int | None  # of the window's days that are over, which `usual` is about
    usual: Usual | None  # None: too little is known to compare it
    changes: tuple[date, ...]  # when it was kept, then when its words changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A track's posts, None if it was not collected, and its part (0 to 1) of the posts of all tracks."""

    track: str
    title: str
    posts: int | None
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A day of the campaign's calendar."""

    day: date
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redefined:
    """From this day on, a number is counted in another way."""

    day: date
    definition: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """The part (0 to 1) of the window so far that a platform was collected.

    None: it answers, but does not say what time its answers cover, as a search of news.
    """

    source: str
    share: float | None
    file_from: date | None = None  # when a file was taken in that tells of this time, or of a part


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What a comparison does not count, for it was not watched alike in both times.

    `posts` of the window are not counted for it. `reason` is a clause: "seen 64% of the week".
    """

    source: str
    posts: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What `finished`, `before` and `usual` of each Figure were counted on: the same in all times.

    `hours` is the part (0 to 1) of the time that was compared, 1 unless some hours were seen in one only.
    """

    now: Window  # the days that are over
    then: Window
    platforms: tuple[str, ...]
    hours: float
    left_out: tuple[LeftOut, ...]
    days: tuple[int, ...] = ()  # posts of each day of `now`


class Step(StrEnum):
    """What breaks a series without anybody having written more or less."""

    SOURCE_ON = "source on"
    SOURCE_OFF = "source off"
    TAG_ADDED = "tag added"
    TAG_REMOVED = "tag removed"
    FILE = "file"
    LOOK_BACK = "look back"
    DEFINITION = "definition"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesStep:
    """A day from which on other things are counted: a line in a chart, and never growth.

    `subject` is what was switched on, added or taken in; `posts` those of the window that came with it.
    """

    day: date
    step: Step
    subject: str
    posts: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A number that was mailed, and what is known of the same week now."""

    week: Window
    mailed: int
    known: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PastWeek:
    """The numbers of an earlier time of the window's length, on what the comparison counts."""

    window: Window
    values: Mapping[str, int | None]  # by the keys of their measures
    days: tuple[int, ...]  # posts of each day


@dataclass(frozen=True, slots=True, kw_only=True)
class TermPeople:
    """How many accounts used a hashtag or link, or wrote of a place or theme: now, then in each past week."""

    kind: str  # "tag", "link", "place" or "theme"
    term: str
    title: str
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPosts:
    """An account, by the archive's id, and its posts in each of some days or weeks."""

    id: int
    posts: tuple[int, ...]
    before: tuple[tuple[int, ...], ...] = ()  # the same of each past week's days


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """What the numbers of a comparison are made up of, on its basis: now, then in each of the past weeks."""

    newcomers: tuple[int | None, ...]  # accounts that had not posted before; None: of the first weeks of all
    busiest: tuple[AccountPosts, ...]  # on each day that is compared; none: no writer is named
    silent: AccountPosts | None  # in each past week, of one that posted in all of them and not now
    terms: tuple[TermPeople, ...]  # those of which there are more posts than ordinary chance gives


@dataclass(frozen=True, slots=True, kw_only=True)
class StanceWeek:
    """A whole week's posts, and to how many people gave each stance; no `labels` where few people are."""

    week: Window
    posts: int
    labels: Mapping[str, int]
    is_random: bool  # all that have one were drawn by chance


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What one platform last said. `needs_person`: a key is missing or was refused."""

    name: str
    title: str
    on: bool
    last_success: datetime | None
    last_poll: datetime | None
    outcome: str | None  # of the last poll; see monitor.core.model.Outcome
    detail: str  # plain words: what is wrong and what to do
    needs_person: bool
    # When it was last asked, in the campaign's time, where it has missed two turns since; else None.
    overdue_since: datetime | None = None
    waits: bool = False  # it asked to be left alone, or its money is spent: it has no turns meanwhile
    money: str = ""  # what it has spent this month, and what deletions cost, in words; "" if nothing
    doubt: str = ""  # what speaks against trusting its silence, or that deletions are followed in time
    recall: RecallSample | None = None  # how many posts that another way found were here; None: not known


def stalled_since(sources: Iterable[SourceState]) -> datetime | None:
    """Return when any of these was last asked, if each that has turns has missed two of them since."""
    polled = [source for source in sources if source.on and source.last_poll and not source.waits]
    times = [source.overdue_since for source in polled if source.overdue_since]
    return max(times) if times and len(times) == len(polled) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A track's window on some platforms, or on all. Counts are of posts written in it."""

    campaign: str
    track: str
    title: str
    window: Window
    is_over: bool  # the window's last day has passed
    platforms: tuple[str, ...]  # the only ones counted; empty: all
    made_at: datetime
    demo: bool
    days: tuple[Day, ...]
    figures: Mapping[str, Figure]  # the numbers that are counted, by the keys of their measures
    new_people: int | None  # None: the window begins with the first post we have, to which all are new
    seen: Seen | None  # None: nobody's followers are known
    tones: Mapping[Tone, int]  # of the posts that have been scored, of each tone that may be told
    # Mean posts of an hour that was collected, by weekday (Monday first) and hour; None: none was, so far.
    heat: tuple[tuple[float | None, ...], ...]
    latest: tuple[ShownPost, ...]
    top: tuple[ShownPost, ...]
    tags: tuple[Term, ...]
    links: tuple[Term, ...]
    shares: tuple[Share, ...]
    covered: tuple[Covered, ...]
    events: tuple[Event, ...]
    coming: tuple[Event, ...]  # in the fourteen days from now
    redefined: tuple[Redefined, ...]
    sources: tuple[SourceState, ...]
    top_people: tuple[ShownPerson, ...]
    media: tuple[Term, ...]
    places: tuple[PlaceCount, ...]  # boroughs, then wards and all others that are named, the most first
    boroughs: tuple[Term, ...] = ()  # by their keys, with the posts that name them
    owed: tuple[OwedReply, ...] = ()  # of all days, the first of the reply desk
    to_reply: int = 0  # posts on the desk
    overdue: int = 0  # those of them whose day has passed
    without_imprint: tuple[int, ...] = ()  # posts of the campaign's own accounts that nobody has seen to
    bare_pictures: int = 0  # of the share kit, without an imprint
    put_off: tuple[str, ...] = ()  # what is to be done, but not today: see follow_up
    checked: Checked | None = None  # of the latest week that was checked; None: none lately
    tone_shares: ToneShares | None = None  # None: too little was read, lately
    stances: tuple[StanceWeek, ...] = ()  # the weeks up to the window's end; empty: none may be told
    # The last week that is over, if a sample of it is worth reading and is unread.
    to_read: Window | None = None
    news: Story | None = None  # the story on most news sites, if on three or more
    comparison: Comparison | None = None  # None: nothing was watched alike in both times
    obstacles: tuple[LeftOut, ...] = ()  # to a comparison, if there is none: the sources, most posts first
    steps: tuple[SeriesStep, ...] = ()  # in the window, or in the time that it is compared with
    unread: int = 0  # items that came in these days and could not be read
    is_rescoring: bool = False  # some posts still have the tone that another analyzer gave them
    revision: Revision | None = None  # of the week before; None: it was not mailed, or still is so
    past: tuple[PastWeek, ...] = ()  # the weeks that say what is usual, the latest first
    breakdown: Breakdown | None = None  # None: too little is known to compare it
    themes: tuple[ThemeCount, ...] = ()  # the most posts first
    hours: tuple[Day, ...] = ()  # of a window of one day
    suggestions: WeekSuggestions = WeekSuggestions()
    outcomes: tuple[OutcomeCount, ...] = ()  # in the order in which people come to them

    @property
    def posts(self) -> Figure:
        return self.figures["posts"]

    @property
    def stalled_since(self) -> datetime | None:
        """Return since when nothing is collected any more; None if something is, or nothing ever was."""
        return stalled_since(self.sources)

    @property
    def clear_tones(self) -> Mapping[Tone, float]:
        """Return the percent of each tone among posts whose tone is clear; empty if one may not be told.

        By what people read, if it is known how the program leans; else by the program's scores.
        """
        if self.is_rescoring:
            return {}
        if self.tone_shares:
            return {tone: share.value for tone, share in self.tone_shares.shares.items()}
        posts = {tone: self.tones[tone] for tone in CLEAR_TONES if tone in self.tones}
        number = sum(posts.values()) if len(posts) == len(CLEAR_TONES) else 0
        return {tone: 100 * part / number for tone, part in posts.items()} if number else {}

    @property
    def net_tone(self) -> int | None:
        """Return positive less negative, in percent of the posts whose tone is clear; None if none is."""
        shares = self.clear_tones
        return round(shares[Tone.POSITIVE] - shares[Tone.NEGATIVE]) if shares else None
