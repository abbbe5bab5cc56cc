"""What is looked up once for a report: the days of its window, and of all that it is compared with."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter

from monitor.archive import ArchiveReader
from monitor.archive.values import DayCount, Scope
from monitor.campaign import Campaign, Track
from monitor.report import Report, Window
from monitor.report import coverage as cover
from monitor.report.window import bounds, length, shifted, weeks_before

_day_of = attrgetter("day")


@dataclass(frozen=True, slots=True)
class Lookup:
    """The counts and the known time of a track, from the earliest day that is compared to the last shown."""

    archive: ArchiveReader
    campaign: Campaign
    track: Track
    scope: Scope
    all_counts: Sequence[DayCount]
    spans: cover.Spans
    now: datetime
    platforms: frozenset[str]

    @classmethod
    def at(
        cls,
        archive: ArchiveReader,
        campaign: Campaign,
        track: Track,
        window: Window,
        platforms: frozenset[str],
        now: datetime,
    ) -> "Lookup":
        """Look up what a report of a window needs, on these platforms or on all."""
        scope = archive.stats.scope(track.name, window.first, window.last, platforms)
        first = min(other.first for other in (shifted(window, length(window)), *weeks_before(window)))
        start, end = bounds(campaign.zone, Window(first=first, last=window.last))
        spans = [
            span
            for span in archive.coverage.covered(track.name, start, min(end, now))
            if not platforms or span[0] in platforms
        ]
        counts = archive.stats.day_counts(replace(scope, first=first))
        posts = sum(count.posts for count in counts if count.day >= window.first)
        return cls(archive, campaign, track, replace(scope, posts=posts), counts, spans, now, platforms)

    @property
    def today(self) -> date:
        """Return the day by the campaign's clock."""
        return self.now.astimezone(self.campaign.zone).date()

    @property
    def had_begun(self) -> bool:
        """Return whether there are posts from before the window; without, all people are new to us."""
        began = self.archive.posts.first_day()
        return began is not None and began < self.scope.first

    def counts(self, window: Window) -> list[DayCount]:
        """Return the counts of these days by day and platform, the earliest first."""
        first = bisect_left(self.all_counts, window.first, key=_day_of)
        return list(self.all_counts[first : bisect_right(self.all_counts, window.last, key=_day_of)])

    def scope_of(self, window: Window) -> Scope:
        """Return the same track and platforms in other days."""
        return replace(self.scope, first=window.first, last=window.last, posts=None)

    def spans_within(self, start: datetime, end: datetime) -> cover.Spans:
        """Return the known times that touch [start, end)."""
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
