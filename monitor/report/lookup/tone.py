"""Look up how posts sound, and where they stand, as far as it may be told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from monitor.archive import ArchiveReader
from monitor.archive.values import Audit
from monitor.core.model import Tone
from monitor.report import Report, StanceWeek, ToneShares, Window
from monitor.report.figures.stance import stance_week
from monitor.report.lookup import Lookup, scopes
from monitor.report.tone_estimate import ENOUGH, read_pairs, shares
from monitor.report.window import days, last_week, tells_opinions, week_of

_STANCES = timedelta(weeks=11)  # that are shown, or all weeks of a longer window
_RECENT = timedelta(days=28)  # before the window, up to which a check of tone is still told
_WORTH_READING = 100  # posts of a week with a tone, from which on a sample is asked for


def tones(lookup: Lookup, window: Window) -> Mapping[Tone, int]:
    """Return the posts of each tone that may be told."""
    may_tell = tells_opinions(window, lookup.today, lookup.archive.posts.first_day())
    return lookup.archive.opinions.tones(lookup.scope) if may_tell else {}


def tones_in(archive: ArchiveReader, report: Report, times: Sequence[Window]) -> list[Mapping[Tone, int]]:
    """Return the posts of each tone that may be told, in each of these times, on a report's platforms.

    A day's are only where each day's of its week are: the week's less those of the others would be its own.
    """
    every = scopes(archive, report, times)
    is_safe = report.tones and not report.is_rescoring
    counts = [archive.opinions.tones(scope) if is_safe else {} for scope in every]
    mondays = [week_of(time.first).first for time in times]
    weeks = defaultdict[date, list[Mapping[Tone, int]]](list)
    for monday, count in zip(mondays, counts, strict=True):
        weeks[monday].append(count if monday >= times[0].first else {})
    return [
        {tone: posts for tone, posts in count.items() if all(tone in other for other in weeks[monday])}
        for monday, count in zip(mondays, counts, strict=True)
    ]


def audits(lookup: Lookup, window: Window) -> list[Audit]:
    """Return the samples of the window's weeks, and of some before it: readers are a week behind."""
    if lookup.platforms:
        return []
    weeks = (window.first - _RECENT, window.last - timedelta(days=6))
    return list(lookup.archive.tone_audits.samples(lookup.track.name, *weeks))


def tone_shares(
    lookup: Lookup, window: Window, tones: Mapping[Tone, int], audits: Sequence[Audit]
) -> ToneShares | None:
    """Return each tone's share by what people read then, or else ever; None if it was too little."""
    known, track = lookup.archive.tone_audits, lookup.track.name
    # samples are drawn from all platforms
    if lookup.platforms or len(tones) < len(Tone) or lookup.archive.tone_scores.is_mixed:
        return None
    near = sum(audit.posts for audit in audits if audit.monday >= window.first)
    pairs, elsewhere = read_pairs(audits), max(0.0, 1 - near / max(1, sum(tones.values())))
    is_near = len(pairs) >= ENOUGH or not elsewhere
    if not is_near:
        pairs, elsewhere = read_pairs(known.samples(track, date.min, lookup.today)), 1.0
    if not pairs:
        return None
    labelled = known.labelled(track, window.first, window.last)
    return shares(tones, pairs, labelled=labelled, elsewhere=elsewhere, is_near=is_near)


def stances(lookup: Lookup, window: Window) -> tuple[StanceWeek, ...]:
    """Return the weeks that are over, from the first in which people labelled posts for or against."""
    stats, last = lookup.archive.stats, week_of(last_week(min(lookup.today, window.last + timedelta(days=1))))
    first = min(week_of(window.first).first, last.first - _STANCES)
    scope, own = replace(lookup.scope, first=first, last=last.last, posts=None), lookup.campaign.own.handles
    counts = lookup.archive.opinions.stances(scope, own)
    mondays = days(Window(first=counts[0].monday, last=last.first))[::7] if counts and scope.is_whole else []
    weeks = [*map(week_of, mondays)]
    posts = [stats.total("posts", lookup.scope_of(week)) for week in weeks]
    return tuple(map(partial(stance_week, counts, own=own), weeks, posts))


def to_read(lookup: Lookup) -> Window | None:
    """Return the last week that is over, if a sample of it is worth reading and is unread."""
    monday, audits = last_week(lookup.today), lookup.archive.tone_audits
    audit = next(audits.samples(lookup.track.name, monday, monday), None)
    is_read = audit is not None and not audit.unread and not audit.is_outdated
    is_elsewhere = bool(lookup.platforms or lookup.archive.lake)  # a lake has no posts to read
    if is_elsewhere or is_read or audits.toned(lookup.track.name, monday) < _WORTH_READING:
        return None
    return week_of(monday)
