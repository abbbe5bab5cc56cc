"""What is looked up once for a report: the days of its window, and of all that it is compared with."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter

from monitor.archive import ArchiveReader
from monitor.archive.values import Audience, DayCount, Scope
from monitor.campaign import Campaign, Track
from monitor.report import Report, Window
from monitor.report import coverage as cover
from monitor.report.window import bounds, length, shifted, weeks_before

_day_of = attrgetter("day")


@dataclass(frozen=True)
class Lookup:
    """A track's counts and known time, looked up when first asked for, and the archive for all else."""

    archive: ArchiveReader
    campaign: Campaign
    track: Track
    window: Window
    platforms: frozenset[str]  # the only ones; empty: all
    now: datetime

    @cached_property
    def every_day(self) -> Scope:
        """Return the days from the earliest that the window is compared with to its last."""
        window = self.window
        first = min(other.first for other in (shifted(window, length(window)), *weeks_before(window)))
        return self.archive.stats.scope(self.track.name, first, window.last, self.platforms)

    @cached_property
    def scope(self) -> Scope:
        """Return the days of the window, and how many posts they have."""
        posts = sum(count.posts for count in self.sums)
        return replace(self.every_day, first=self.window.first, posts=posts)

    @cached_property
    def sums(self) -> Sequence[DayCount]:
        """Return the sums of the window's days by platform."""
        return self.archive.stats.sums(self.scope_of(self.window))

    @cached_property
    def audience(self) -> Sequence[Audience]:
        """Return the distinct authors of the window by platform and band of followers."""
        return self.archive.stats.audience(self.scope)

    @cached_property
    def all_counts(self) -> Sequence[DayCount]:
        """Return the counts of all these days."""
        return self.archive.stats.day_counts(self.every_day)

    @cached_property
    def spans(self) -> cover.Spans:
        """Return the known times of all these days."""
        every_day = Window(first=self.every_day.first, last=self.window.last)
        start, end = bounds(self.campaign.zone, every_day)
        spans = self.archive.coverage.covered(self.track.name, start, min(end, self.now))
        return [span for span in spans if not self.platforms or span[0] in self.platforms]

    @property
    def today(self) -> date:
        """Return the day by the campaign's clock."""
        return self.now.astimezone(self.campaign.zone).date()

    @property
    def had_begun(self) -> bool:
        """Return whether there are posts from before the window; without, all people are new to us."""
        began = self.archive.posts.first_day()
        return began is not None and began < self.window.first

    def counts(self, window: Window) -> list[DayCount]:
        """Return the counts of these days by day and platform, the earliest first."""
        first = bisect_left(self.all_counts, window.first, key=_day_of)
        return list(self.all_counts[first : bisect_right(self.all_counts, window.last, key=_day_of)])

    def scope_of(self, window: Window) -> Scope:
        """Return the same track and platforms in other days."""
        return replace(self.every_day, first=window.first, last=window.last)

    def spans_within(self, start: datetime, end: datetime) -> cover.Spans:
        return [span for span in self.spans if span[1] < end and span[2] > start]

    def was_collected(self, window: Window) -> bool:
        """Return whether anything of these days is known."""
        return bool(self.spans_within(*bounds(self.campaign.zone, window)))


def scopes(archive: ArchiveReader, report: Report, times: Iterable[Window]) -> Iterator[Scope]:
    """Return where to count a report's track, on its platforms, in each of these times."""
    platforms = frozenset(report.platforms)
    return (archive.stats.scope(report.track, time.first, time.last, platforms) for time in times)


def total(counts: Sequence[DayCount]) -> DayCount:
    """Return the sums of days and platforms together, under no name."""
    columns = zip(*counts, strict=True) if counts else ((),) * len(DayCount._fields)
    _, _, *sums = columns
    return DayCount(date.min, "", *map(sum, sums))
