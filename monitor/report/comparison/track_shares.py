"""Each track's part of all posts, over the time in which all of them were watched."""

from datetime import date, timedelta

from monitor.archive.values import DayCount
from monitor.campaign import Track
from monitor.report import Share, Window
from monitor.report import coverage as cover
from monitor.report.lookup import Lookup
from monitor.report.window import bounds, days, midnight

_DAY = timedelta(days=1)


def track_shares(lookup: Lookup, window: Window) -> tuple[Share, ...]:
    """Return the tracks with their posts, and their parts of those on days that a source saw for all of them.

    A part is None where there was no such day.
    """
    tracks = lookup.campaign.tracks
    counts = {track: _counts(lookup, track, window) for track in tracks}
    seen = {track: _seen_days(lookup, track, window) for track in tracks}
    everywhere = frozenset.intersection(*(known or frozenset() for known in seen.values()))
    common = {
        track: sum(one.posts for one in counts[track] if (one.platform, one.day) in everywhere)
        for track in tracks
    }
    total = sum(common.values())
    return tuple(
        Share(
            track=track.name, title=track.title, share=common[track] / total if total else None,
            posts=None if seen[track] is None and not counts[track] else sum(x.posts for x in counts[track]),
        )
        for track in tracks
    )  # fmt: skip


def _counts(lookup: Lookup, track: Track, window: Window) -> list[DayCount]:
    if track == lookup.track:
        return lookup.counts(window)
    stats = lookup.archive.stats
    return stats.day_counts(stats.scope(track.name, window.first, window.last, lookup.platforms))


def _seen_days(lookup: Lookup, track: Track, window: Window) -> frozenset[tuple[str, date]] | None:
    """Return (source, day) of what was well seen for a track; None if nothing of these days was."""
    zone, now = lookup.campaign.zone, lookup.now
    start, end = bounds(zone, window)
    all_spans = lookup.archive.coverage.covered(track.name, start, end)
    platforms = lookup.platforms
    spans = [span for span in all_spans if span[2] > start and (not platforms or span[0] in platforms)]
    begun = [day for day in days(window) if midnight(zone, day) < now]
    times = ((midnight(zone, day), min(midnight(zone, day + _DAY), now)) for day in begun)
    edges = [(first.timestamp(), last.timestamp()) for first, last in times]
    if not spans:
        return None
    return frozenset(
        (source, day)
        for day, (since, until), covered in zip(begun, edges, cover.by_day(spans, edges), strict=True)
        for source, lasted in covered.items()
        if lasted >= cover.ENOUGH * (until - since)
    )
