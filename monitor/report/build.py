"""Build the `Report` of a window from what the archive holds."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit

from monitor.archive import Archive
from monitor.archive.counting import DayCount
from monitor.archive.reading import Row
from monitor.campaign import Campaign, Track
from monitor.model import Tone
from monitor.report import Day, Report, ShownPost, SourceState, Window

Covered = Iterable[tuple[str, datetime, datetime]]


def last_days(campaign: Campaign, days: int, now: datetime) -> Window:
    """Return the window of the last `days` local days, today included."""
    today = now.astimezone(campaign.zone).date()
    return Window(first=today - timedelta(days=days - 1), last=today)


def build(
    archive: Archive,
    campaign: Campaign,
    window: Window,
    *,
    now: datetime,
    sources: tuple[SourceState, ...],
    track: Track | None = None,
) -> Report:
    """Return the report of one track, the first unless another is named."""
    track = track or campaign.tracks[0]
    start, end = bounds(campaign, window)
    scope = archive.scope(track.name, window.first, window.last)
    counts = archive.day_counts(scope)
    covered = archive.covered(track.name, start, end)
    before = _before(window)
    return Report(
        campaign=campaign.name,
        track=track.name,
        title=track.title,
        window=window,
        made_at=now.astimezone(campaign.zone),
        demo=archive.demo,
        days=_days(counts, campaign, window, covered, now),
        posts=sum(count.posts for count in counts),
        posts_before=_posts_before(archive, campaign, track, before),
        people=sum(part.authors for part in archive.audience(scope)),
        engagement=_sum_if_known([(count.engagement, count.engagement_known) for count in counts]),
        engagement_known=sum(count.engagement_known for count in counts),
        views=_sum_if_known([(count.views, count.views_known) for count in counts]),
        views_known=sum(count.views_known for count in counts),
        tones={tone: sum(count.tones[tone] for count in counts) for tone in Tone},
        latest=_shown(archive.newest(track.name, window.first, window.last, most=10), campaign),
        top=_shown(archive.posts(archive.top_posts(scope)), campaign),
        sources=sources,
    )


def bounds(campaign: Campaign, window: Window) -> tuple[datetime, datetime]:
    """Return the instants at which a window's local days begin and end."""
    start = datetime.combine(window.first, time(), campaign.zone)
    return start, datetime.combine(window.last + timedelta(days=1), time(), campaign.zone)


def union(spans: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime) -> timedelta:
    """Return how much of [start, end) the spans cover, overlaps counted once."""
    total, reached = timedelta(), start
    for a, b in sorted(spans):
        a, b = max(a, reached), min(b, end)
        if b > a:
            total, reached = total + (b - a), b
    return total


def _before(window: Window) -> Window:
    length = window.last - window.first + timedelta(days=1)
    return Window(first=window.first - length, last=window.last - length)


def _posts_before(archive: Archive, campaign: Campaign, track: Track, before: Window) -> int | None:
    start, end = bounds(campaign, before)
    if (
        union([(a, b) for _, a, b in archive.covered(track.name, start, end)], start, end)
        < (end - start) * 0.9
    ):
        return None  # too little of it was collected to compare with
    scope = archive.scope(track.name, before.first, before.last)
    return sum(count.posts for count in archive.day_counts(scope))


def _sum_if_known(sums: list[tuple[int, int]]) -> int | None:
    return sum(number for number, _ in sums) if any(known for _, known in sums) else None


def _days(
    counted: Iterable[DayCount], campaign: Campaign, window: Window, covered: Covered, now: datetime
) -> tuple[Day, ...]:
    counts: dict[date, dict[str, int]] = {}
    for count in counted:
        counts.setdefault(count.day, {})[count.platform] = count.posts
    covered = list(covered)
    number = (window.last - window.first).days + 1
    return tuple(
        _day(campaign, window.first + timedelta(days=n), counts, covered, now) for n in range(number)
    )


def _day(
    campaign: Campaign, day: date, counts: dict[date, dict[str, int]], covered: Covered, now: datetime
) -> Day:
    start, end = bounds(campaign, Window(first=day, last=day))
    end = min(end, now)  # what has not happened yet is not missing
    if end <= start:
        return Day(day=day, posts={}, unknown=1.0)
    seen = {source for source, a, b in covered if b > start and a < end}
    known = union([(a, b) for _, a, b in covered], start, end)
    posts = {source: 0 for source in sorted(seen)} | counts.get(day, {})
    return Day(day=day, posts=posts, unknown=1.0 - known / (end - start))


def _shown(rows: Iterable[Row], campaign: Campaign) -> tuple[ShownPost, ...]:
    return tuple(_post(row, campaign) for row in rows)


def _post(row: Row, campaign: Campaign) -> ShownPost:
    return ShownPost(
        id=row.id,
        platform=row.platform,
        url=row.url if row.url and urlsplit(row.url).scheme in ("http", "https") else "",
        handle=row.handle,
        name=row.name,
        text=row.text,
        created_at=row.created_at.astimezone(campaign.zone),
        metrics=row.metrics,
        tone=row.tone,
    )
