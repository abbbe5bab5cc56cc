"""Build the `Report` of a window from what the archive holds."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from urllib.parse import urlsplit

from monitor.archive import ArchiveReader
from monitor.archive.rows import AuthorCount, DayCount, Poster, PostRow, Scope
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
from monitor.report.baseline import usual
from monitor.report.figures import measures
from monitor.report.figures.seen import likely_seen
from monitor.report.measure import Counts, Reading
from monitor.report.tone_estimate import checked
from monitor.report.window import before, bounds, days, finished, length, midnight, shifted, weeks_before

Known = cover.Known
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
    looked = _Looked.at(archive, campaign, track or campaign.tracks[0], window, platforms, now)
    start, end = bounds(campaign.zone, window)
    latest, top = (
        archive.posts.newest(looked.scope),
        archive.posts.by_ids(archive.stats.top_post_ids(looked.scope)),
    )
    shown = _shown(looked, [*latest, *top])
    return Report(
        campaign=campaign.name,
        track=looked.track.name,
        title=looked.track.title,
        window=window,
        is_over=end <= now,
        platforms=tuple(sorted(platforms)),
        made_at=now.astimezone(campaign.zone),
        demo=archive.demo,
        days=_days(looked, window, now),
        figures=_figures(looked, window),
        new_people=_new_people(looked, window),
        seen=likely_seen(archive.stats.audience(looked.scope), archive.stats.viewed_posts(looked.scope)),
        tones=_tones(_added(looked.counts(window))),
        heat=cover.heat(
            archive.stats.hour_counts(looked.scope), looked.known, start, min(end, now), campaign.zone
        ),
        latest=tuple(shown[row.id] for row in latest),
        top=tuple(shown[row.id] for row in top),
        tags=_terms(archive, looked.scope, "tag"),
        links=tuple(term for term in _terms(archive, looked.scope, "link") if _is_web(term.term)),
        shares=_shares(looked, window),
        covered=_covered(looked, sources, window, now),
        events=tuple(
            Event(day=day, title=title) for day, title in archive.events.between(window.first, window.last)
        ),
        coming=_coming(archive, now.astimezone(campaign.zone).date()),
        redefined=_redefined(archive, window),
        sources=sources,
        checked=None if platforms else _checked(archive, looked.track, window),
        to_read=None if platforms else _to_read(archive, looked.track, now.astimezone(campaign.zone).date()),
    )


def with_details(archive: ArchiveReader, campaign: Campaign, report: Report) -> Report:
    """Return a report together with its details."""
    track = track_of(campaign, report.track)
    platforms = frozenset(report.platforms)
    looked = _Looked.at(archive, campaign, track, report.window, platforms, report.made_at)
    details = Details(
        top_people=tuple(_person(one) for one in archive.stats.top_authors(looked.scope)),
        media=_terms(archive, looked.scope, "media"),
        places=_places(looked, report.window),
    )
    return replace(report, details=details)


@dataclass(frozen=True, slots=True)
class _Looked:
    """What was looked up once for a report: the days of the window and of all that it is compared with."""

    archive: ArchiveReader
    campaign: Campaign
    track: Track
    scope: Scope
    all_counts: Sequence[DayCount]
    known: Known
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
    ) -> "_Looked":
        scope = archive.stats.scope(track.name, window.first, window.last, platforms)
        first = min(other.first for other in (before(window), *weeks_before(window)))
        start, end = bounds(campaign.zone, Window(first=first, last=window.last))
        known = [
            one
            for one in archive.coverage.covered(track.name, start, min(end, now))
            if not platforms or one[0] in platforms
        ]
        counts = archive.stats.day_counts(replace(scope, first=first))
        posts = sum(count.posts for count in counts if count.day >= window.first)
        return cls(archive, campaign, track, replace(scope, posts=posts), counts, known, now, platforms)

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

    def crowd(self, window: Window) -> AuthorCount:
        return self.archive.stats.crowd(replace(self.scope, first=window.first, last=window.last, posts=None))

    def was_collected(self, window: Window) -> bool:
        start, end = bounds(self.campaign.zone, window)
        return any(a < end and b > start for _, a, b in self.known)

    def collected(self, window: Window) -> frozenset[str]:
        start, end = bounds(self.campaign.zone, window)
        return cover.well_collected(self.known, start, min(end, self.now))

    def compared(self, window: Window) -> tuple[Window, Window] | None:
        """Return the days that are over, and the same of the window before.

        None if there are none, or if other platforms were collected then.
        """
        now = finished(window, self.now.astimezone(self.campaign.zone).date())
        if now is None:
            return None
        then, collected = shifted(now, length(window)), self.collected(now)
        return (now, then) if collected and self.collected(then) == collected else None


def _figures(looked: _Looked, window: Window) -> dict[str, Figure]:
    """Return each number that is counted, with the window before and the usual week.

    Only like is compared with like: windows of which the same platforms were collected.
    """
    collected = looked.collected(window)
    weeks = [week for week in weeks_before(window) if collected and looked.collected(week) == collected]
    compared = looked.compared(window)
    readings = {one: _readings(looked, one) for one in {window, *(compared or ()), *weeks}}
    return {
        key: Figure(
            definition=key,
            value=value,
            known=known,
            of=of,
            finished=readings[compared[0]][key].value if compared else None,
            before=readings[compared[1]][key].value if compared else None,
            usual=usual([readings[week][key].value for week in weeks]),
        )
        for key, (value, known, of) in readings[window].items()
    }


def _readings(looked: _Looked, window: Window) -> dict[str, Reading]:
    total = _added(looked.counts(window))
    is_known = bool(total.posts) or looked.was_collected(window)
    counts = Counts(total=total, crowd=looked.crowd(window), is_known=is_known)
    return {one.key: one.count(counts) for one in measures() if one.count}


def _added(counts: Sequence[DayCount]) -> DayCount:
    """Return the sums of days and platforms together, under no name."""
    columns = zip(*counts, strict=True) if counts else ((),) * len(DayCount._fields)
    _, _, *sums = columns
    return DayCount(date.min, "", *map(sum, sums))


def _tones(counts: DayCount) -> dict[Tone, int]:
    return dict(zip(Tone, counts.tones, strict=True))


def _days(looked: _Looked, window: Window, now: datetime) -> tuple[Day, ...]:
    counts: dict[date, list[DayCount]] = {}
    for count in looked.counts(window):
        counts.setdefault(count.day, []).append(count)
    zone, due = looked.campaign.zone, (now - _DUE).timestamp()
    start, end = bounds(zone, window)
    known = [one for one in looked.known if one[1] < end and one[2] > start]
    sources = len({source for source, _, _ in known})
    midnights = [midnight(zone, day).timestamp() for day in days(window)]
    edges = [(a, max(a, min(b, due))) for a, b in pairwise([*midnights, end.timestamp()])]
    return tuple(
        _day(day, counts.get(day, []), covered, cover.unknown(covered, a, b, sources))
        for day, covered, (a, b) in zip(days(window), cover.by_day(known, edges), edges, strict=True)
    )


def _day(day: date, counts: Sequence[DayCount], covered: Iterable[str], unknown: float) -> Day:
    posts, whole = dict.fromkeys(sorted(covered), 0), _added(counts)
    posts.update((count.platform, count.posts) for count in counts)
    return Day(day=day, posts=posts, unknown=unknown, engagement=whole.engagement, tones=_tones(whole))


def _new_people(looked: _Looked, window: Window) -> int | None:
    return sum(count.newcomers for count in looked.counts(window)) if _had_begun(looked) else None


def _new_voices(looked: _Looked, ids: Sequence[int]) -> frozenset[int]:
    return looked.archive.stats.new_voices(looked.scope, ids) if _had_begun(looked) else frozenset()


def _had_begun(looked: _Looked) -> bool:
    """Return whether there are posts from before the window; without, all people are new to us."""
    began = looked.archive.posts.first_day()
    return began is not None and began < looked.scope.first


def _shown(looked: _Looked, rows: Sequence[PostRow]) -> dict[int, ShownPost]:
    """Return the posts by their ids in the archive."""
    ids = [row.id for row in rows]
    marked, new = looked.archive.annotations.marks(ids), _new_voices(looked, ids)
    return {
        row.id: ShownPost(
            id=row.id,
            platform=row.platform,
            url=_web(row.url),
            handle=row.handle,
            name=row.name,
            text=row.text,
            created_at=row.created_at.astimezone(looked.campaign.zone),
            metrics=row.metrics,
            tone=row.tone,
            seen_in=place_of(row.platform, row.native_id),
            is_marked=row.id in marked,
            is_new_voice=row.id in new,
        )
        for row in rows
    }


def _person(one: Poster) -> ShownPerson:
    return ShownPerson(
        platform=one.platform,
        url=_web(one.url),
        handle=one.handle,
        name=one.name,
        followers=one.followers,
        posts=one.posts,
        engagement=one.engagement,
        is_new=one.is_new,
    )


def _terms(archive: ArchiveReader, scope: Scope, kind: str) -> tuple[Term, ...]:
    return tuple(Term(term=term, posts=posts) for term, posts in archive.stats.top_terms(scope, kind))


def _places(looked: _Looked, window: Window) -> tuple[PlaceCount, ...]:
    known = looked.campaign.gazetteer.places.values()
    if not known:
        return ()
    compared = looked.compared(window)
    windows = [(one.first, one.last) for one in (window, *(compared or ()))]
    found = looked.archive.stats.term_counts(looked.scope, "place", windows)
    posts, now, then = found if compared else (found[0], {}, {})
    is_known = bool(posts) or looked.was_collected(window)
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
        for place in known
    ]
    boroughs = [one for one in counts if one.kind == PlaceKind.BOROUGH]
    others = [one for one in counts if one.kind != PlaceKind.BOROUGH and (one.posts or one.before)]
    return (*boroughs, *sorted(others, key=lambda one: (-(one.posts or 0), one.title)))


def _covered(
    looked: _Looked, sources: Iterable[SourceState], window: Window, now: datetime
) -> tuple[Covered, ...]:
    start, end = bounds(looked.campaign.zone, window)
    end = min(end, now)
    known = [one for one in looked.known if one[1] < end and one[2] > start]
    answered = {source.name for source in sources if source.last_success}
    on = [name for name, settings in looked.campaign.sources.items() if settings.on]
    platforms = looked.platforms or frozenset(on)
    timed = cover.by_source(known, [name for name in on if name in platforms], answered, start, end)
    by_hand = any(count.platform == BY_HAND for count in looked.counts(window))
    return (*timed, Covered(source=BY_HAND, share=None)) if by_hand else timed


def _shares(looked: _Looked, window: Window) -> tuple[Share, ...]:
    posts = {track: looked.of_track(track, window) for track in looked.campaign.tracks}
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


def _coming(archive: ArchiveReader, today: date) -> tuple[Event, ...]:
    return tuple(Event(day=day, title=title) for day, title in archive.events.between(today, today + _SOON))


def _checked(archive: ArchiveReader, track: Track, window: Window) -> Checked | None:
    """Return what was read of the window's last week, or of one before it: readers are a week behind."""
    weeks = (window.first - _RECENT, window.last - timedelta(days=6))
    return checked(archive.tone_audits.samples(track.name, *weeks))


def _to_read(archive: ArchiveReader, track: Track, today: date) -> Window | None:
    monday = today - timedelta(days=today.weekday() + 7)
    audit = next(archive.tone_audits.samples(track.name, monday, monday), None)
    is_read = audit is not None and not audit.unread and not audit.is_outdated
    if is_read or archive.tone_audits.toned(track.name, monday) < _WORTH_READING:
        return None
    return Window(first=monday, last=monday + timedelta(days=6))


def _redefined(archive: ArchiveReader, window: Window) -> tuple[Redefined, ...]:
    known = archive.definitions.history()
    first = {number: min(version for other, version, _ in known if other == number) for number, *_ in known}
    return tuple(
        Redefined(day=day, definition=number, version=version)
        for number, version, day in known
        if version > first[number] and window.first <= day <= window.last
    )


def _web(address: str | None) -> str:
    return address if address and _is_web(address) else ""


def _is_web(address: str) -> bool:
    try:
        return urlsplit(address).scheme in ("http", "https")
    except ValueError:  # such as an address with half a bracket
        return False
