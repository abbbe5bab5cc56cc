"""Controls: rules that the program had or might have had, each put in place of its own to be caught.

They are as they were before like was counted with like (28 November 2026), or more naive still.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from statistics import fmean, median, quantiles
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from bench.truth.world import exchanged
from monitor.alerts import rules
from monitor.alerts.burst import Burst
from monitor.alerts.burst import Counts as PeopleByHour
from monitor.archive import ArchiveReader
from monitor.archive.coverage import CoverageWriter
from monitor.archive.values import AuthorCount, DayCount
from monitor.campaign import Campaign
from monitor.core.gazetteer import Gazetteer
from monitor.report import (
    Comparison,
    Figure,
    PastWeek,
    Report,
    Seen,
    Share,
    Window,
    baseline,
    build,
    coverage,
    follow_up,
)
from monitor.report.figures import measures
from monitor.report.figures.seen import likely_seen
from monitor.report.lookup import total
from monitor.report.measure import Counts
from monitor.report.story.finding import Finding, Kind
from monitor.report.window import bounds, days, finished, length, shifted, weeks_before

_WELL_SEEN = 0.9


@dataclass(frozen=True, slots=True)
class Control:
    """A broken rule, and the scenarios that have to catch it: kinds, or words of their names."""

    name: str
    caught_by: Sequence[str]
    broken: Callable[[], AbstractContextManager[Any]]


# All posts are counted, if only the platforms that were well seen are the same; as last read.


@contextmanager
def _all_posts() -> Iterator[None]:
    real = build.build

    def built(archive: ArchiveReader, campaign: Campaign, *args: Any, **changes: Any) -> Report:
        return _counted_on_all(real(archive, campaign, *args, **changes), archive, campaign)

    built.__name__ = real.__name__
    with exchanged(real, built):
        yield


def _counted_on_all(report: Report, archive: ArchiveReader, campaign: Campaign) -> Report:
    now = finished(report.window, report.made_at.date())
    if now is None:
        return report
    then = shifted(now, length(report.window))
    seen = _well_seen(archive, campaign, report, now)
    if not seen or _well_seen(archive, campaign, report, then) != seen:
        then = now
    weeks = [one for one in weeks_before(report.window) if _well_seen(archive, campaign, report, one) == seen]
    this, before, *past = (_time(archive, report, window) for window in (now, then, *weeks))
    comparison = Comparison(
        now=now, then=then, platforms=tuple(sorted(seen)), hours=1, left_out=(), days=this.days
    )
    figures = {key: _figure(one, this, before, past) for key, one in report.figures.items()}
    return replace(
        report, comparison=comparison, figures=figures, past=tuple(past), steps=(), revision=None,
        shares=_shares(archive, campaign, report),
    )  # fmt: skip


def _well_seen(archive: ArchiveReader, campaign: Campaign, report: Report, window: Window) -> frozenset[str]:
    start, end = bounds(campaign.zone, window)
    end = min(end, report.made_at)
    parts: dict[str, timedelta] = {}
    for source, since, until in archive.coverage.covered(report.track, start, end):
        parts[source] = parts.get(source, timedelta()) + min(until, end) - max(since, start)
    return frozenset(name for name, part in parts.items() if part >= _WELL_SEEN * (end - start))


def _counts(archive: ArchiveReader, track: str, window: Window) -> Sequence[DayCount]:
    return archive.stats.day_counts(archive.stats.scope(track, window.first, window.last))


def _time(archive: ArchiveReader, report: Report, window: Window) -> PastWeek:
    """Return all numbers of a time, of all posts."""
    scope = archive.stats.scope(report.track, window.first, window.last)
    found = _counts(archive, report.track, window)
    counts = Counts(
        total=total(found),
        crowd=AuthorCount.of(archive.stats.audience(scope)),
        copies=archive.stats.copies(scope),
        is_known=True,
    )
    values = {one.key: one.count(counts).value for one in measures() if one.count}
    by_day = tuple(sum(count.posts for count in found if count.day == day) for day in days(window))
    return PastWeek(window=window, values=values, days=by_day)


def _figure(figure: Figure, this: PastWeek, before: PastWeek, past: Sequence[PastWeek]) -> Figure:
    key = figure.definition
    usual = (
        baseline.usual([week.days for week in past])
        if key == "posts"
        else baseline.usual_amount([week.values[key] for week in past])
    )
    return replace(figure, finished=this.values[key], before=before.values[key], usual=usual)


def _shares(archive: ArchiveReader, campaign: Campaign, report: Report) -> tuple[Share, ...]:
    posts = [total(_counts(archive, track.name, report.window)).posts for track in campaign.tracks]
    return tuple(
        Share(track=track.name, title=track.title, posts=number, share=number / max(1, sum(posts)))
        for track, number in zip(campaign.tracks, posts, strict=True)
    )


# Usual is what lies between the tenths of the weeks before.


@contextmanager
def _percentiles() -> Iterator[None]:
    def of_counts(weeks: Sequence[Sequence[int]], *args: Any, day: int | None = None) -> tuple[float, float]:
        return _tenths([sum(week) if day is None else week[day] for week in weeks])

    def of_amounts(amounts: Sequence[int], *args: Any) -> tuple[float, float]:
        return _tenths(amounts)

    with exchanged(baseline.of_counts, of_counts), exchanged(baseline.of_amounts, of_amounts):
        yield


def _tenths(numbers: Sequence[float]) -> tuple[float, float]:
    tenths = quantiles(numbers, n=10, method="inclusive")
    return tenths[0], tenths[8]


# A day of twice the median stands out, by the first event that it had.


def _twice_the_median() -> AbstractContextManager[Any]:
    return patch("monitor.report.story.standouts._day", _peak)


def _peak(report: Report, *args: Any) -> Iterator[Finding]:
    totals = [sum(day.posts.values()) for day in report.days]
    most = max(totals)
    if most < max(3, 2 * median(totals)):
        return
    day = report.days[totals.index(most)].day
    titles = [event.title for event in report.events if event.day == day]
    event = f": the day of “{titles[0]}”" if titles else ""
    yield Finding(
        kind=Kind.DAY, figure="posts", value=most, usual=None, score=9.0, address="/posts",
        sentence=f"{day:%A} stands out, with {most} posts{event}",
    )  # fmt: skip


# Few are seen by as small a part of the followers as one post in ten, and that of all posts at once.


@contextmanager
def _sum_of_extremes() -> Iterator[None]:
    def extremes(audience: Any, viewed: Any, *args: Any) -> Seen | None:
        followers = sum(part.followers or 0 for part in audience)
        ratios = [post.views / post.followers for post in viewed]
        low, high = _tenths(ratios) if len(ratios) >= 30 else (0.01, 0.2)
        return Seen(
            low=int(low * followers), high=ceil(high * followers), measured_on=len(ratios), assumed_for=()
        )

    with exchanged(likely_seen, extremes):
        yield


# The map of hours adds up, whatever was seen.


def _added_up() -> AbstractContextManager[Any]:
    def heat(counts: Any, *args: Any) -> tuple[tuple[float, ...], ...]:
        cells: dict[tuple[int, int], float] = {}
        for count in counts:
            cells[count.weekday, count.hour] = cells.get((count.weekday, count.hour), 0) + count.posts
        return tuple(tuple(cells.get((day, hour), 0) for hour in range(24)) for day in range(7))

    return patch.object(coverage, "heat", heat)


# Who is loud and sounds well is thanked.


@contextmanager
def _thanks_by_reactions() -> Iterator[None]:
    def todo(report: Report) -> Iterator[follow_up.Action]:
        for post in report.top:
            if (post.metrics.engagement or 0) >= 10:
                yield follow_up.Action(text=f"Thank {post.handle}", page="post", post=post.id)

    with exchanged(follow_up.todo, todo):
        yield


# A burst is three times the mean of all hours, whoever was asked in them.


@contextmanager
def _three_times_the_mean() -> Iterator[None]:
    def burst(
        people: PeopleByHour, newcomers: object, *, now: datetime, zone: ZoneInfo, **how: object
    ) -> Burst | None:
        hours = [
            sum(numbers) for numbers in zip(*([n or 0 for n in row] for row in people.values()), strict=True)
        ]
        usual = 3 * fmean(hours)
        latest = {source: sum(n or 0 for n in row[-3:]) for source, row in people.items()}
        if sum(latest.values()) < max(4, 3 * usual):
            return None
        since = now - timedelta(hours=3)
        return Burst(since=since, until=now, people=latest, usual=usual, limit=round(3 * usual))

    with exchanged(rules.burst, burst):
        yield


def _names_anywhere() -> AbstractContextManager[Any]:
    """Return that a place is found wherever its name's letters are."""

    def find(self: Gazetteer, text: str) -> frozenset[str]:
        return frozenset(
            key for key, place in self.places.items() if place.title.casefold() in text.casefold()
        )

    return patch.object(Gazetteer, "find", find)


CONTROLS = (
    Control(
        "all posts are counted if the well-seen platforms are the same",
        ("Bluesky on from Tuesday 06:00", "150 tweets", "hashtag added on Wednesday, 17",
         "bridge copies every", "15 posts of last week come", "watched 2 of 7 days"),
        _all_posts,
    ),
    Control(
        "engagement as last read", ("come in 24 hours, each", "come in 48 hours, each"), _all_posts
    ),
    Control(
        "usual between the tenths of the weeks before", ("then 43", "then 46", "then 50"), _percentiles
    ),
    Control(
        "a day of twice the median stands out", ("a leaflet and a vigil", "the other days 5"),
        _twice_the_median,
    ),
    Control("likely seen as a sum of extremes", ("posts by 400", "1.5 million"), _sum_of_extremes),
    Control(
        "hours added up", ("three of four Mondays", "two of four Sundays", "from 00:00 to 06:00"), _added_up
    ),
    Control("thanks by reactions", ("sarcasm, with", "angry faces"), _thanks_by_reactions),
    Control(
        "a tone is named from 0.45 on", ("hard to tell",),
        lambda: patch("monitor.core.model.SURE", 0.45),
    ),
    Control(
        "the subject's words are words like others", ("domestic abuse",),
        lambda: patch("monitor.campaign.subject_words", lambda path: ()),
    ),
    Control(
        "a burst is three times the mean of all hours", ("a launch:", "then Bluesky with three"),
        _three_times_the_mean,
    ),
    Control(
        "no file is everything", ("each everything; the last",),
        lambda: patch.object(CoverageWriter, "save_file_claim", lambda *args: None),
    ),
    Control("a place wherever its letters are", ("ten posts on clubs",), _names_anywhere),
)  # fmt: skip
