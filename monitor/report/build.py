"""Build the `Report` of a window from what the archive holds."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from operator import attrgetter

from monitor.archive import ArchiveReader
from monitor.archive.values import AuthorCount, DayCount, Poster, PostRow, Scope
from monitor.campaign import Campaign, Track, track_of
from monitor.core.gazetteer import PlaceKind
from monitor.core.model import Tone
from monitor.manual_entry import BY_HAND, place_of
from monitor.report import (
    Checked,
    Covered,
    Day,
    Details,
    Event,
    Figure,
    PlaceCount,
    Redefined,
    Report,
    Share,
    ShownPerson,
    ShownPost,
    SourceState,
    Term,
    Window,
)
from monitor.report import coverage as cover
from monitor.report.baseline import usual, usual_amount
from monitor.report.figures import measures
from monitor.report.figures.seen import likely_seen
from monitor.report.measure import Counts, Reading
from monitor.report.tone_estimate import checked
from monitor.report.window import bounds, days, finished, last_week, length, midnight, shifted, weeks_before
from monitor.report.wording import link

_day_of = attrgetter("day")
_RECENT = timedelta(days=28)  # before the window, up to which a check of tone is still told
_WORTH_READING = 100  # posts of a week with a tone, from which on a sample is asked for
_SOON = timedelta(days=13)
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
) -> Report:
    """Return the report of one track, the first unless another is named; on all platforms unless some are.

    It is without its details, which take long to find: see `with_details`.
    """
    lookup = _Lookup.at(archive, campaign, track or campaign.tracks[0], window, platforms, now)
    start, end = bounds(campaign.zone, window)
    today = now.astimezone(campaign.zone).date()
    latest = archive.posts.newest(lookup.scope)
    top = archive.posts.by_ids(archive.stats.top_post_ids(lookup.scope))
    posts = _posts(lookup, [*latest, *top])
    return Report(
        campaign=campaign.name,
        track=lookup.track.name,
        title=lookup.track.title,
        window=window,
        is_over=end <= now,
        platforms=tuple(sorted(platforms)),
        made_at=now.astimezone(campaign.zone),
        demo=archive.demo,
        days=_days(lookup, window),
        figures=_figures(lookup, window),
        new_people=sum(count.newcomers for count in lookup.counts(window)) if _had_begun(lookup) else None,
        seen=likely_seen(archive.stats.audience(lookup.scope), archive.stats.viewed_posts(lookup.scope)),
        tones=_tones(_total(lookup.counts(window))),
        heat=cover.heat(
            archive.stats.hour_counts(lookup.scope), lookup.spans, start, min(end, now), campaign.zone
        ),
        latest=tuple(posts[row.id] for row in latest),
        top=tuple(posts[row.id] for row in top),
        tags=_terms(archive, lookup.scope, "tag"),
        links=tuple(term for term in _terms(archive, lookup.scope, "link") if link(term.term)),
        shares=_shares(lookup, window),
        covered=_covered(lookup, sources, window),
        events=_events(archive, window.first, window.last),
        coming=_events(archive, today, today + _SOON),
        redefined=_redefined(archive, window),
        sources=sources,
        story=archive.stats.biggest_story(lookup.scope),
        checked=None if platforms else _checked(archive, lookup.track, window),
        to_read=None if platforms else _to_read(archive, lookup.track, today),
    )


def with_details(archive: ArchiveReader, campaign: Campaign, report: Report) -> Report:
    """Return a report together with its details."""
    track = track_of(campaign, report.track)
    lookup = _Lookup.at(archive, campaign, track, report.window, frozenset(report.platforms), report.made_at)
    details = Details(
        top_people=tuple(_person(one) for one in archive.stats.top_authors(lookup.scope)),
        media=_terms(archive, lookup.scope, "media"),
        places=_places(lookup, report.window),
    )
    return replace(report, details=details)


@dataclass(frozen=True, slots=True)
class _Lookup:
    """What was looked up once for a report: the days of the window and of all that it is compared with."""

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
    ) -> "_Lookup":
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

    def counts(self, window: Window) -> list[DayCount]:
        first = bisect_left(self.all_counts, window.first, key=_day_of)
        return list(self.all_counts[first : bisect_right(self.all_counts, window.last, key=_day_of)])

    def of_track(self, track: Track, window: Window) -> int | None:
        """Return the posts of a track; None if it was not collected in these days."""
        if track == self.track:
            counts, is_known = self.counts(window), self.was_collected(window)
        else:
            scope = self.archive.stats.scope(track.name, window.first, window.last, self.platforms)
            counts = self.archive.stats.day_counts(scope)
            is_known = bool(self.archive.coverage.covered(track.name, *bounds(self.campaign.zone, window)))
        return sum(count.posts for count in counts) if counts or is_known else None

    def scope_of(self, window: Window) -> Scope:
        return replace(self.scope, first=window.first, last=window.last, posts=None)

    def crowd(self, window: Window) -> AuthorCount:
        return self.archive.stats.crowd(self.scope_of(window))

    def copies(self, window: Window) -> int:
        return self.archive.stats.copies(self.scope_of(window))

    def spans_within(self, start: datetime, end: datetime) -> cover.Spans:
        return [span for span in self.spans if span[1] < end and span[2] > start]

    def was_collected(self, window: Window) -> bool:
        return bool(self.spans_within(*bounds(self.campaign.zone, window)))

    def collected(self, window: Window) -> frozenset[str]:
        start, end = bounds(self.campaign.zone, window)
        return cover.well_collected(self.spans, start, min(end, self.now))

    def compared(self, window: Window) -> tuple[Window, Window] | None:
        """Return the days that are over, and the same of the window before.

        None if there are none, or if other platforms were collected then.
        """
        now = finished(window, self.now.astimezone(self.campaign.zone).date())
        if now is None:
            return None
        then, collected = shifted(now, length(window)), self.collected(now)
        return (now, then) if collected and self.collected(then) == collected else None


def _figures(lookup: _Lookup, window: Window) -> dict[str, Figure]:
    """Return each number that is counted, with the window before and the usual week.

    Only like is compared with like: windows of which the same platforms were collected.
    """
    collected = lookup.collected(window)
    weeks = [week for week in weeks_before(window) if collected and lookup.collected(week) == collected]
    compared = lookup.compared(window)
    readings = {one: _readings(lookup, one) for one in {window, *(compared or ()), *weeks}}
    usual_posts = usual([_posts_by_day(lookup, week) for week in weeks])
    return {
        key: Figure(
            definition=key,
            value=reading.value,
            known=reading.known,
            of=reading.of,
            finished=readings[compared[0]][key].value if compared else None,
            before=readings[compared[1]][key].value if compared else None,
            usual=usual_posts
            if key == "posts"
            else usual_amount([readings[week][key].value for week in weeks]),
        )
        for key, reading in readings[window].items()
    }


def _posts_by_day(lookup: _Lookup, window: Window) -> list[int]:
    posts = Counter[date]()
    for count in lookup.counts(window):
        posts[count.day] += count.posts
    return [posts[day] for day in days(window)]


def _readings(lookup: _Lookup, window: Window) -> dict[str, Reading]:
    total = _total(lookup.counts(window))
    is_known = bool(total.posts) or lookup.was_collected(window)
    counts = Counts(total=total, crowd=lookup.crowd(window), copies=lookup.copies(window), is_known=is_known)
    return {one.key: one.count(counts) for one in measures() if one.count}


def _total(counts: Sequence[DayCount]) -> DayCount:
    """Return the sums of days and platforms together, under no name."""
    columns = zip(*counts, strict=True) if counts else ((),) * len(DayCount._fields)
    _, _, *sums = columns
    return DayCount(date.min, "", *map(sum, sums))


def _tones(counts: DayCount) -> dict[Tone, int]:
    return dict(zip(Tone, counts.tones, strict=True))


def _days(lookup: _Lookup, window: Window) -> tuple[Day, ...]:
    counts: dict[date, list[DayCount]] = {}
    for count in lookup.counts(window):
        counts.setdefault(count.day, []).append(count)
    zone, due = lookup.campaign.zone, (lookup.now - _DUE).timestamp()
    start, end = bounds(zone, window)
    spans = lookup.spans_within(start, end)
    sources = len({source for source, _, _ in spans})
    midnights = [midnight(zone, day).timestamp() for day in days(window)]
    edges = [(a, max(a, min(b, due))) for a, b in pairwise([*midnights, end.timestamp()])]
    return tuple(
        _day(day, counts.get(day, []), covered, cover.unknown(covered, a, b, sources))
        for day, covered, (a, b) in zip(days(window), cover.by_day(spans, edges), edges, strict=True)
    )


def _day(day: date, counts: Sequence[DayCount], covered: Iterable[str], unknown: float) -> Day:
    posts, whole = dict.fromkeys(sorted(covered), 0), _total(counts)
    posts.update((count.platform, count.posts) for count in counts)
    return Day(day=day, posts=posts, unknown=unknown, engagement=whole.engagement, tones=_tones(whole))


def _had_begun(lookup: _Lookup) -> bool:
    """Return whether there are posts from before the window; without, all people are new to us."""
    began = lookup.archive.posts.first_day()
    return began is not None and began < lookup.scope.first


def _posts(lookup: _Lookup, rows: Sequence[PostRow]) -> dict[int, ShownPost]:
    """Return the posts by their ids in the archive."""
    ids = [row.id for row in rows]
    marked = lookup.archive.annotations.marks(ids)
    new = lookup.archive.stats.new_voices(lookup.scope, ids) if _had_begun(lookup) else ()
    return {
        row.id: ShownPost(
            id=row.id,
            platform=row.platform,
            url=link(row.url or "") or "",
            handle=row.handle,
            name=row.name,
            text=row.text,
            created_at=row.created_at.astimezone(lookup.campaign.zone),
            metrics=row.metrics,
            tone=row.tone,
            seen_in=place_of(row.platform, row.native_id),
            is_marked=row.id in marked,
            is_new_voice=row.id in new,
        )
        for row in rows
    }


def _person(poster: Poster) -> ShownPerson:
    return ShownPerson(
        platform=poster.platform,
        url=link(poster.url or "") or "",
        handle=poster.handle,
        name=poster.name,
        followers=poster.followers,
        posts=poster.posts,
        engagement=poster.engagement,
        is_new=poster.is_new,
    )


def _terms(archive: ArchiveReader, scope: Scope, kind: str) -> tuple[Term, ...]:
    return tuple(Term(term=term, posts=posts) for term, posts in archive.stats.top_terms(scope, kind))


def _places(lookup: _Lookup, window: Window) -> tuple[PlaceCount, ...]:
    places = lookup.campaign.gazetteer.places.values()
    if not places:
        return ()
    compared = lookup.compared(window)
    windows = [(one.first, one.last) for one in (window, *(compared or ()))]
    terms = lookup.archive.stats.term_counts(lookup.scope, "place", windows)
    posts, now, then = terms if compared else (terms[0], {}, {})
    is_known = bool(posts) or lookup.was_collected(window)
    counts = [
        PlaceCount(
            key=place.key,
            title=place.title,
            borough=place.borough,
            kind=place.kind,
            posts=posts.get(place.key, 0) if is_known else None,
            finished=now.get(place.key, 0) if compared else None,
            before=then.get(place.key, 0) if compared else None,
        )
        for place in places
    ]
    boroughs = [one for one in counts if one.kind == PlaceKind.BOROUGH]
    others = [one for one in counts if one.kind != PlaceKind.BOROUGH and (one.posts or one.before)]
    return (*boroughs, *sorted(others, key=lambda place: (-(place.posts or 0), place.title)))


def _covered(lookup: _Lookup, sources: Iterable[SourceState], window: Window) -> tuple[Covered, ...]:
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
    timed = cover.by_source(spans, [name for name in on if name in platforms], answered, start, end, files)
    by_hand = any(count.platform == BY_HAND for count in lookup.counts(window))
    return (*timed, Covered(source=BY_HAND, share=None)) if by_hand else timed


def _shares(lookup: _Lookup, window: Window) -> tuple[Share, ...]:
    posts = {track: lookup.of_track(track, window) for track in lookup.campaign.tracks}
    total = sum(number or 0 for number in posts.values())
    return tuple(
        Share(
            track=track.name,
            title=track.title,
            posts=number,
            share=number / total if total and number is not None else None,
        )
        for track, number in posts.items()
    )


def _events(archive: ArchiveReader, first: date, last: date) -> tuple[Event, ...]:
    return tuple(Event(day=day, title=title) for day, title in archive.events.between(first, last))


def _checked(archive: ArchiveReader, track: Track, window: Window) -> Checked | None:
    """Return what was read of the window's last week, or of one before it: readers are a week behind."""
    weeks = (window.first - _RECENT, window.last - timedelta(days=6))
    return checked(archive.tone_audits.samples(track.name, *weeks))


def _to_read(archive: ArchiveReader, track: Track, today: date) -> Window | None:
    monday = last_week(today)
    audit = next(archive.tone_audits.samples(track.name, monday, monday), None)
    is_read = audit is not None and not audit.unread and not audit.is_outdated
    if is_read or archive.tone_audits.toned(track.name, monday) < _WORTH_READING:
        return None
    return Window(first=monday, last=monday + timedelta(days=6))


def _redefined(archive: ArchiveReader, window: Window) -> tuple[Redefined, ...]:
    history = archive.definitions.history()
    first = {
        number: min(version for other, version, _ in history if other == number) for number, *_ in history
    }
    return tuple(
        Redefined(day=day, definition=number, version=version)
        for number, version, day in history
        if version > first[number] and window.first <= day <= window.last
    )
