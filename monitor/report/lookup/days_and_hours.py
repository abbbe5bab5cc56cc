"""Look up what is known of a window: how much of its time each source covered, and the posts of its parts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise

from monitor.archive.stats import number
from monitor.manual_entry import BY_HAND
from monitor.report import Covered, Day, SourceState
from monitor.report import coverage as cover
from monitor.report.lookup import Lookup
from monitor.report.window import bounds, days, midnight
from monitor.report.wording import working

_TURNS = timedelta(days=2)  # a source is asked twice in it, or it is overdue
_DUE = timedelta(hours=1)  # time since then is still to be collected: it is not missing


def by_day(lookup: Lookup, sources: Iterable[SourceState]) -> Iterator[Day]:
    starts = [midnight(lookup.campaign.zone, day) for day in days(lookup.window)]
    counts, engaged = defaultdict[int, dict[str, int]](dict), dict[int, int]()
    names = lookup.scope.series
    for key, series, posts, engagement in lookup.archive.stats.posts_by_day(lookup.scope):
        counts[key][names[series]] = posts
        if engagement is not None:
            engaged[key] = engaged.get(key, 0) + engagement
    known = zip(days(lookup.window), _known(lookup, starts, sources), strict=True)
    for day, (covered, unknown, passed) in known:
        key = number(day)
        number_of = dict.fromkeys(sorted(covered), 0) | counts.get(key, {})
        yield Day(day=day, posts=number_of, unknown=unknown, engagement=engaged.get(key), passed=passed)


def by_hour(lookup: Lookup, sources: Iterable[SourceState]) -> tuple[Day, ...]:
    """Return the hours of a window of one day by the clock; none of a longer one."""
    window = lookup.window
    if window.first != window.last:
        return ()
    starts = [datetime.combine(window.first, time(hour), lookup.campaign.zone) for hour in range(24)]
    counts = {count.hour: count.posts for count in lookup.archive.stats.hour_counts(lookup.scope)}
    return tuple(
        Day(day=window.first, hour=hour, unknown=unknown, passed=passed,
            posts={"": counts.get(hour, 0)} if covered or hour in counts else {})
        for hour, (covered, unknown, passed) in enumerate(_known(lookup, starts, sources))
    )  # fmt: skip


def _known(
    lookup: Lookup, starts: Sequence[datetime], sources: Iterable[SourceState]
) -> Iterator[tuple[Iterable[str], float, float]]:
    """Yield what covered each part of the window, the share of it that is unknown, and that which is over."""
    start, end = bounds(lookup.campaign.zone, lookup.window)
    now = lookup.now.timestamp()
    spans = [*lookup.spans_within(start, end), *(_in_time(lookup, sources) if end > lookup.now else ())]
    timed = len({source for source, _, _ in spans} | _silent(lookup, start))
    whole = list(pairwise([*(at.timestamp() for at in starts), end.timestamp()]))
    edges = [(a, max(a, min(b, now - _DUE.total_seconds()))) for a, b in whole]
    # Hours without posts say nothing of words that were not asked for, and are no zero.
    first, last = _word_starts(lookup, start, end)
    some = cover.by_day(cover.since(spans, first), edges)
    every = cover.by_day(cover.since(spans, last), edges) if last > max(first, start) else some
    for seen, covered, due, (a, b) in zip(some, every, edges, whole, strict=True):
        # An hour that the clocks skip has passed, too.
        passed = 1.0 if b <= now or a >= b else max(0.0, (now - a) / (b - a))
        yield covered, cover.unknown(seen, *due, timed), passed


def _silent(lookup: Lookup, start: datetime) -> set[str]:
    """Return the sources that are on and were covered before an instant: if not since, they are missing."""
    watched = lookup.archive.coverage.watched(lookup.track.name)
    return {name for name in _sources(lookup) if name in watched and watched[name][0] < start}


def _sources(lookup: Lookup) -> list[str]:
    """Return the sources that are on, of those that are chosen."""
    return [name for name in lookup.campaign.sources_on if name in (lookup.platforms or {name})]


def _word_starts(lookup: Lookup, start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Return since when one, and each, of the words was asked for that are asked for at the end."""
    end = min(end, lookup.now)
    words = lookup.archive.history.words(lookup.track.name)
    times = [word.since or start for word in words if word.is_asked(end, end)] or [start]
    return min(times), max(times)


def _in_time(lookup: Lookup, sources: Iterable[SourceState]) -> cover.Spans:
    """Return the time up to now since each source was last asked, of those whose next turn is to come."""
    ends: dict[str, datetime] = {}
    for source, _, until in lookup.spans:
        ends[source] = max(until, ends.get(source, until))
    names = [source.name for source in sources if working(source) and source.name in ends]
    return [(name, ends[name], lookup.now) for name in names if ends[name] > lookup.now - _TURNS]


def by_source(lookup: Lookup, sources: Iterable[SourceState]) -> tuple[Covered, ...]:
    """Return how much of the window's time so far each source covered."""
    start, end = bounds(lookup.campaign.zone, lookup.window)
    end = min(end, lookup.now)
    spans = lookup.spans_within(start, end)
    answered = {source.name for source in sources if source.last_success}
    files = {
        claim.source: claim.at.astimezone(lookup.campaign.zone).date()
        for claim in lookup.archive.coverage.file_claims(lookup.track.name)
        if claim.since < end and claim.until > start
    }
    if answered := answered - {source for source, _, _ in spans}:
        # Silent in these days, though it does say what its answers cover: that is known, and nothing.
        answered -= lookup.archive.coverage.watched(lookup.track.name).keys()
    timed = cover.by_source(spans, _sources(lookup), answered, start, end, files)
    by_hand = any(count.platform == BY_HAND for count in lookup.sums)
    return (*timed, Covered(source=BY_HAND, share=None)) if by_hand else timed


def heat(lookup: Lookup) -> tuple[tuple[float | None, ...], ...]:
    """Return the mean posts of an hour that was seen, by weekday and hour; None: none was."""
    start, end = bounds(lookup.campaign.zone, lookup.window)
    counts, until = lookup.archive.stats.hour_counts(lookup.scope), min(end, lookup.now)
    return cover.heat(counts, lookup.sums, lookup.spans, start, until, lookup.campaign.zone)
