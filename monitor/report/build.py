"""Build the `Report` of a window from what the archive holds."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from monitor.archive import ArchiveReader
from monitor.archive.marks import DeskView
from monitor.archive.values import (
    Poster,
    Scope,
    posts_on,
)
from monitor.campaign import Campaign, Track
from monitor.core.text import normal_tag, spelling
from monitor.manual_entry import BY_HAND
from monitor.report import (
    Covered,
    Day,
    Details,
    Event,
    Figure,
    Redefined,
    Report,
    Revision,
    Seen,
    ShownPerson,
    SourceState,
    Term,
    Window,
)
from monitor.report import coverage as cover
from monitor.report.comparison import Compared, compare, obstacles
from monitor.report.comparison.steps import steps
from monitor.report.comparison.track_shares import track_shares
from monitor.report.figures import measures
from monitor.report.figures.seen import likely_seen, most_of
from monitor.report.lookup import Lookup, scopes, total
from monitor.report.lookup.breakdown import breakdown, themes
from monitor.report.lookup.places import boroughs, places
from monitor.report.lookup.posts import lists, without_imprint
from monitor.report.lookup.suggestions import suggestions
from monitor.report.lookup.tone import audits, stances, to_read, tone_shares, tones
from monitor.report.measure import Counts
from monitor.report.outcomes.counted import outcomes
from monitor.report.tone_estimate import checked
from monitor.report.window import WEEK, bounds, days, length, midnight, shifted
from monitor.report.wording import link, working

_MOST_OWED = 30  # replies; more would be no list of what to do
_SOON = timedelta(days=13)  # since today
_TURNS = timedelta(days=2)  # a source is asked twice in it, or it is overdue
_DUE = timedelta(hours=1)  # time since then is still to be collected: it is not missing


def build(
    archive: ArchiveReader,
    campaign: Campaign,
    window: Window,
    *,
    now: datetime,
    sources: tuple[SourceState, ...],
    track: Track | None = None,
    platforms: frozenset[str] = frozenset(),
    details: bool = False,
) -> Report:
    """Return the report of one track, the first unless another is named; on all platforms unless some are.

    It has its details, which take long to find, only if they are asked for.
    """
    lookup = Lookup.at(archive, campaign, track or campaign.tracks[0], window, platforms, now)
    today, compared = lookup.today, compare(lookup, window)
    cards = archive.marks.cards(DeskView.OPEN, today)
    latest, top, owed = lists(lookup, cards[:_MOST_OWED])
    counts, samples = tones(lookup, window), audits(lookup, window)
    report = Report(
        campaign=campaign.name, track=lookup.track.name, title=lookup.track.title, window=window,
        is_over=bounds(campaign.zone, window)[1] <= now, platforms=tuple(sorted(platforms)),
        made_at=now.astimezone(campaign.zone), demo=archive.demo, sources=sources,
        days=tuple(_days(lookup, window, sources)), hours=_hours(lookup, window, sources),
        figures=_figures(lookup, window), seen=_seen(archive, lookup.scope),
        new_people=sum(count.newcomers for count in lookup.counts(window)) if lookup.had_begun else None,
        heat=_heat(lookup, window), latest=latest, top=top, tags=_tags(lookup), owed=owed,
        to_reply=posts_on(cards), overdue=posts_on(card for card in cards if card.is_late(today)),
        links=tuple(term for term in _terms(archive, lookup.scope, "link") if link(term.term)),
        shares=track_shares(lookup, window), covered=_covered(lookup, sources, window),
        events=_events(archive, window.first, window.last), coming=_events(archive, today, today + _SOON),
        redefined=_redefined(archive, window), boroughs=boroughs(lookup, window),
        put_off=archive.annotations.put_off(today), unread=_unread(lookup, window),
        without_imprint=without_imprint(lookup, window),
        bare_pictures=sum(item.has_picture and not item.has_imprint for item in archive.kit.current()),
        news=archive.stats.biggest_story(lookup.scope), tones=counts, checked=checked(samples),
        revision=None if platforms else _revision(lookup, window),
        tone_shares=tone_shares(lookup, window, counts, samples),
        stances=stances(lookup, window), to_read=to_read(lookup), suggestions=suggestions(lookup, window),
        outcomes=outcomes(archive, window, now),
        details=_details(lookup, window, compared) if details else None,
    )  # fmt: skip
    report = _compared(report, lookup, compared)
    return replace(report, themes=themes(lookup, report))


def _compared(report: Report, lookup: Lookup, compared: Compared | None) -> Report:
    """Return a report with what its numbers are compared with."""
    report = replace(report, steps=steps(lookup, report.window, compared, report.redefined))
    if not compared:
        return replace(report, obstacles=obstacles(lookup, report.window))
    past = compared.past()
    return replace(
        report, comparison=compared.comparison, past=past,
        figures={key: compared.figure(figure, past) for key, figure in report.figures.items()},
        breakdown=breakdown(compared, past, report.tags, report.links),
    )  # fmt: skip


def _details(lookup: Lookup, window: Window, compared: Compared | None) -> Details:
    return Details(
        top_people=tuple(_person(one) for one in lookup.archive.stats.top_authors(lookup.scope)),
        media=_terms(lookup.archive, lookup.scope, "media"),
        places=places(lookup, window, compared),
    )


def _figures(lookup: Lookup, window: Window) -> dict[str, Figure]:
    """Return each number that is counted."""
    whole, scope = total(lookup.counts(window)), lookup.scope_of(window)
    counts = Counts(
        total=whole,
        crowd=lookup.archive.stats.crowd(scope),
        copies=lookup.archive.stats.copies(scope),
        is_known=bool(whole.posts) or lookup.was_collected(window),
    )
    readings = {one.key: one.count(counts) for one in measures() if one.count}
    return {key: Figure(definition=key, **reading._asdict()) for key, reading in readings.items()}


def _days(lookup: Lookup, window: Window, sources: Iterable[SourceState]) -> Iterator[Day]:
    starts = [midnight(lookup.campaign.zone, day) for day in days(window)]
    known = _known(lookup, window, starts, sources)
    for day, (covered, unknown, passed) in zip(days(window), known, strict=True):
        counts = lookup.counts(Window(first=day, last=day))
        posts = dict.fromkeys(sorted(covered), 0) | {count.platform: count.posts for count in counts}
        yield Day(
            day=day, posts=posts, unknown=unknown, engagement=total(counts).engagement, passed=passed
        )  # fmt: skip


def _hours(lookup: Lookup, window: Window, sources: Iterable[SourceState]) -> tuple[Day, ...]:
    """Return the hours of a window of one day by the clock; none of a longer one."""
    if window.first != window.last:
        return ()
    starts = [datetime.combine(window.first, time(hour), lookup.campaign.zone) for hour in range(24)]
    counts = {count.hour: count.posts for count in lookup.archive.stats.hour_counts(lookup.scope)}
    return tuple(
        Day(day=window.first, hour=hour, unknown=unknown, passed=passed,
            posts={"": counts.get(hour, 0)} if covered or hour in counts else {})
        for hour, (covered, unknown, passed) in enumerate(_known(lookup, window, starts, sources))
    )  # fmt: skip


def _known(
    lookup: Lookup, window: Window, starts: Sequence[datetime], sources: Iterable[SourceState]
) -> Iterator[tuple[Iterable[str], float, float]]:
    """Yield what covered each part of a window, the share of it that is unknown, and that which is over."""
    start, end = bounds(lookup.campaign.zone, window)
    now = lookup.now.timestamp()
    spans = [*lookup.spans_within(start, end), *(_in_time(lookup, sources) if end > lookup.now else ())]
    timed = len({source for source, _, _ in spans})
    whole = list(pairwise([*(at.timestamp() for at in starts), end.timestamp()]))
    edges = [(a, max(a, min(b, now - _DUE.total_seconds()))) for a, b in whole]
    # Hours without posts say nothing of words that were not asked for, and are no zero.
    some, every = (cover.by_day(cover.since(spans, at), edges) for at in _word_starts(lookup, start, end))
    for seen, covered, due, (a, b) in zip(some, every, edges, whole, strict=True):
        passed = min(1.0, max(0.0, (now - a) / (b - a))) if a < b else 1.0  # an hour that the clocks skip
        yield covered, cover.unknown(seen, *due, timed), passed


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


def _seen(archive: ArchiveReader, scope: Scope) -> Seen | None:
    audience, viewed = archive.stats.audience(scope), archive.stats.viewed_posts(scope)
    followers = most_of(audience)
    largest = None if followers is None else archive.stats.account_above(scope, followers)
    return likely_seen(audience, viewed, largest)


def seen_in(archive: ArchiveReader, report: Report, times: Iterable[Window]) -> list[Seen | None]:
    """Return how many are likely to have seen the posts of each of these times, on a report's platforms."""
    return [_seen(archive, scope) for scope in scopes(archive, report, times)]


def _heat(lookup: Lookup, window: Window) -> tuple[tuple[float | None, ...], ...]:
    start, end = bounds(lookup.campaign.zone, window)
    counts, until = lookup.archive.stats.hour_counts(lookup.scope), min(end, lookup.now)
    return cover.heat(counts, lookup.counts(window), lookup.spans, start, until, lookup.campaign.zone)


def _person(poster: Poster) -> ShownPerson:
    return ShownPerson(
        platform=poster.platform, url=link(poster.url or "") or "", handle=poster.handle, name=poster.name,
        followers=poster.followers, posts=poster.posts, engagement=poster.engagement, is_new=poster.is_new,
    )  # fmt: skip


def _terms(archive: ArchiveReader, scope: Scope, kind: str) -> tuple[Term, ...]:
    return tuple(Term(term=term, posts=posts) for term, posts in archive.stats.top_terms(scope, kind))


def _tags(lookup: Lookup) -> tuple[Term, ...]:
    """Return the hashtags as the campaign file writes them, else as most people lately did."""
    own = {normal_tag(tag): tag for track in lookup.campaign.tracks for tag in track.tags}
    return tuple(
        replace(tag, title=own.get(tag.term) or spelling(tag.term, lookup.archive.stats.texts(tag.term)))
        for tag in _terms(lookup.archive, lookup.scope, "tag")
    )


def _covered(lookup: Lookup, sources: Iterable[SourceState], window: Window) -> tuple[Covered, ...]:
    start, end = bounds(lookup.campaign.zone, window)
    end = min(end, lookup.now)
    spans = lookup.spans_within(start, end)
    answered = {source.name for source in sources if source.last_success}
    on = [name for name, settings in lookup.campaign.sources.items() if settings.on]
    platforms = lookup.platforms or frozenset(on)
    files = {
        claim.source: claim.at.astimezone(lookup.campaign.zone).date()
        for claim in lookup.archive.coverage.file_claims(lookup.track.name)
        if claim.since < end and claim.until > start
    }
    if answered := answered - {source for source, _, _ in spans}:
        # Silent in these days, though it does say what its answers cover: that is known, and nothing.
        answered -= lookup.archive.coverage.watched(lookup.track.name).keys()
    timed = cover.by_source(spans, [name for name in on if name in platforms], answered, start, end, files)
    by_hand = any(count.platform == BY_HAND for count in lookup.counts(window))
    return (*timed, Covered(source=BY_HAND, share=None)) if by_hand else timed


def _events(archive: ArchiveReader, first: date, last: date) -> tuple[Event, ...]:
    return tuple(Event(day=day, title=title) for day, title in archive.events.between(first, last))


def _revision(lookup: Lookup, window: Window) -> Revision | None:
    week = shifted(window, WEEK)
    mailed = lookup.archive.history.mailed_posts(lookup.track.name, week.first)
    known = total(lookup.counts(week)).posts
    if mailed in (None, known) or length(window) != WEEK:
        return None
    return Revision(week=week, mailed=mailed, known=known)


def _unread(lookup: Lookup, window: Window) -> int:
    items = lookup.archive.post_status.unread(*bounds(lookup.campaign.zone, window))
    return sum(number for name, number in items.items() if not lookup.platforms or name in lookup.platforms)


def _redefined(archive: ArchiveReader, window: Window) -> tuple[Redefined, ...]:
    history = archive.history.definitions()
    return tuple(
        Redefined(day=day, definition=key, version=version)
        for key, version, day in history
        if version > min(v for other, v, _ in history if other == key) and window.first <= day <= window.last
    )
