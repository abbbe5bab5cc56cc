"""Build the `Report` of a window from what the archive holds."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import pairwise

from monitor.archive import ArchiveReader
from monitor.archive.marks import DeskView
from monitor.archive.values import (
    Audit,
    DeskCard,
    Mark,
    Poster,
    PostRow,
    ReadWeek,
    Scope,
    SuggestionKind,
    posts_on,
)
from monitor.campaign import Campaign, Track
from monitor.core.gazetteer import PlaceKind
from monitor.core.model import Tone
from monitor.core.normal_text import normal
from monitor.core.text import normal_tag, spelling
from monitor.manual_entry import BY_HAND, place_of
from monitor.report import (
    Covered,
    Day,
    Details,
    Event,
    Figure,
    OwedReply,
    PlaceCount,
    Redefined,
    Report,
    Revision,
    Seen,
    SharedWords,
    ShownPerson,
    ShownPost,
    SourceState,
    StanceWeek,
    Term,
    ToneShares,
    Window,
)
from monitor.report import coverage as cover
from monitor.report.breakdown import breakdown, themes
from monitor.report.comparison import Compared, compare, obstacles
from monitor.report.comparison.lookup import Lookup, total
from monitor.report.comparison.steps import steps
from monitor.report.comparison.track_shares import track_shares
from monitor.report.figures import measures
from monitor.report.figures.seen import likely_seen, most_of
from monitor.report.figures.stance import stance_week
from monitor.report.measure import Counts
from monitor.report.tone_estimate import checked, read_pairs, shares
from monitor.report.window import WEEK, bounds, days, last_week, length, midnight, shifted, tells_opinions
from monitor.report.wording import host, link, working

_STANCES = timedelta(weeks=11)  # that are shown, or all weeks of a longer window
_RECENT = timedelta(days=28)  # before the window, up to which a check of tone is still told
_WORTH_READING = 100  # posts of a week with a tone, from which on a sample is asked for
_MOST_SHARED, _MOST_CHOSEN = 20, 200  # themes, and questions, of a week; and posts that an address may name
_LATEST = 30  # posts: days that have no more are shown whole
_MOST_OWED = 30  # replies; more would be no list of what to do
_SOON, _SUNDAY = timedelta(days=13), timedelta(days=6)  # since today, and since Monday
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
    today, compared = now.astimezone(campaign.zone).date(), compare(lookup, window)
    cards = archive.marks.cards(DeskView.OPEN, today)
    latest, top, owed = _lists(lookup, cards[:_MOST_OWED], today)
    tones = _tones(lookup, window, today)
    words_read, new_themes, questions = _suggested(lookup, window)
    audits = [] if platforms else _audits(archive, lookup.track, window)
    report = Report(
        campaign=campaign.name, track=lookup.track.name, title=lookup.track.title, window=window,
        is_over=bounds(campaign.zone, window)[1] <= now, platforms=tuple(sorted(platforms)),
        made_at=now.astimezone(campaign.zone), demo=archive.demo, sources=sources,
        days=tuple(_days(lookup, window, sources)), hours=_hours(lookup, window, sources),
        figures=_figures(lookup, window), seen=_seen(archive, lookup.scope),
        new_people=sum(count.newcomers for count in lookup.counts(window)) if _had_begun(lookup) else None,
        heat=_heat(lookup, window), latest=latest, top=top, tags=_tags(lookup), owed=owed,
        to_reply=posts_on(cards), overdue=posts_on(card for card in cards if card.is_late(today)),
        links=tuple(term for term in _terms(archive, lookup.scope, "link") if link(term.term)),
        shares=track_shares(lookup, window), covered=_covered(lookup, sources, window),
        events=_events(archive, window.first, window.last), coming=_events(archive, today, today + _SOON),
        redefined=_redefined(archive, window), boroughs=_boroughs(lookup, window),
        put_off=archive.annotations.put_off(today), unread=_unread(lookup, window),
        without_imprint=_without_imprint(lookup, window),
        news=archive.stats.biggest_story(lookup.scope), tones=tones, checked=checked(audits),
        revision=None if platforms else _revision(lookup, window),
        tone_shares=_tone_shares(archive, lookup.track, window, tones, audits),
        stances=_stances(lookup, window, today),
        to_read=None if platforms else _to_read(archive, lookup.track, today),
        new_themes=new_themes, questions=questions, words_read=words_read,
        details=_details(lookup, window, compared) if details else None,
    )  # fmt: skip
    report = _compared(report, lookup, compared)
    return replace(report, themes=themes(lookup, report))


def _suggested(
    lookup: Lookup, window: Window
) -> tuple[ReadWeek | None, tuple[SharedWords, ...], tuple[SharedWords, ...]]:
    """Return how much of a week was read, what is new in it and not kept, and what several ask; else None."""
    monday, today = window.first, lookup.now.astimezone(lookup.campaign.zone).date()
    sunday = monday + _SUNDAY
    if lookup.platforms or monday.weekday() or not min(today, sunday) <= window.last <= sunday:
        return None, (), ()
    kinds: tuple[SuggestionKind, ...] = ("theme", "question")
    themes, questions = (_shared_words(lookup, monday, kind) for kind in kinds)
    new = tuple(theme for theme in themes if normal(theme.name) not in lookup.archive.themes.terms())
    return lookup.archive.suggestions.week(lookup.track.name, monday), new, questions


def _shared_words(lookup: Lookup, monday: date, kind: SuggestionKind) -> tuple[SharedWords, ...]:
    archive = lookup.archive
    suggestions = archive.suggestions.of(lookup.track.name, monday, kind)[:_MOST_SHARED]
    quoted = _posts(lookup, archive.posts.by_ids([suggestion.posts[0] for suggestion in suggestions]))
    shared = list[SharedWords]()
    for item in suggestions:
        posts = item.posts[:_MOST_CHOSEN]
        progress = archive.posts.progress(posts)
        settled = archive.marks.settled(posts, lookup.campaign.own.handles)
        progress |= {post: Mark.DONE for post in settled if progress.get(post) in ("open", "replied")}
        counts = Counter(progress.values())
        shared.append(SharedWords(
            name=item.name, people=item.people, posts=posts, words=item.words, quoted=quoted[posts[0]],
            open=tuple(post for post in posts if progress.get(post) == "open"),
            waiting=counts[Mark.NEEDS_REPLY], replied=counts["replied"],
        ))  # fmt: skip
    return tuple(shared)


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
        places=_places(lookup, window, compared),
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
    return [_seen(archive, scope) for scope in _scopes(archive, report, times)]


def _tones(lookup: Lookup, window: Window, today: date) -> Mapping[Tone, int]:
    may_tell = tells_opinions(window, today, lookup.archive.posts.first_day())
    return lookup.archive.post_query.tones(lookup.scope) if may_tell else {}


def tones_in(archive: ArchiveReader, report: Report, times: Iterable[Window]) -> list[Mapping[Tone, int]]:
    """Return the posts of each tone that may be told, in each of these times, on a report's platforms.

    A day's are only where each day's of its week are: the week's less those of the others would be its own.
    """
    times, weeks = list(times), defaultdict[date, list[Mapping[Tone, int]]](list)
    tones = [
        archive.post_query.tones(scope) if report.tones else {} for scope in _scopes(archive, report, times)
    ]
    mondays = [time.first - timedelta(days=time.first.weekday()) for time in times]
    for monday, counts in zip(mondays, tones, strict=True):
        weeks[monday].append(counts if monday >= times[0].first else {})
    return [
        {tone: posts for tone, posts in counts.items() if all(tone in other for other in weeks[monday])}
        for monday, counts in zip(mondays, tones, strict=True)
    ]


def _scopes(archive: ArchiveReader, report: Report, times: Iterable[Window]) -> Iterator[Scope]:
    platforms = frozenset(report.platforms)
    return (archive.stats.scope(report.track, time.first, time.last, platforms) for time in times)


def _heat(lookup: Lookup, window: Window) -> tuple[tuple[float | None, ...], ...]:
    start, end = bounds(lookup.campaign.zone, window)
    counts, until = lookup.archive.stats.hour_counts(lookup.scope), min(end, lookup.now)
    return cover.heat(counts, lookup.counts(window), lookup.spans, start, until, lookup.campaign.zone)


def _had_begun(lookup: Lookup) -> bool:
    """Return whether there are posts from before the window; without, all people are new to us."""
    began = lookup.archive.posts.first_day()
    return began is not None and began < lookup.scope.first


def _without_imprint(lookup: Lookup, window: Window) -> tuple[int, ...]:
    """Return the campaign's own posts of these days whose text lacks the words of the imprint."""
    own = lookup.campaign.own
    if not own.imprint or not own.accounts:
        return ()
    words, posts = normal(own.imprint), lookup.archive.posts
    rows = posts.of_accounts(own.handles, window.first, window.last)
    return tuple(row.id for row in rows if row.text and not row.mark and words not in normal(row.text))


def _lists(
    lookup: Lookup, cards: Sequence[DeskCard], today: date
) -> tuple[tuple[ShownPost, ...], tuple[ShownPost, ...], tuple[OwedReply, ...]]:
    """Return the latest posts, those with most reactions, and those that are owed a reply."""
    archive = lookup.archive
    latest = archive.posts.newest(lookup.scope, most=_LATEST)
    top = archive.posts.by_ids(archive.stats.top_post_ids(lookup.scope))
    posts = _posts(lookup, [*latest, *top, *archive.posts.by_ids([card.posts[0] for card in cards])])
    replies = (
        OwedReply(
            post=posts[card.posts[0]], posts=card.posts, by=card.by, since=card.since,
            due=card.due or today,
        )
        for card in cards
    )  # fmt: skip
    folds = archive.posts.folds([*posts])
    newest, loudest = (_folded([posts[row.id] for row in rows], folds) for rows in (latest, top))
    return newest, loudest, tuple(replies)


def _folded(posts: Iterable[ShownPost], folds: Mapping[int, int]) -> tuple[ShownPost, ...]:
    """Return of the posts in the same words the first."""
    firsts: dict[tuple[bool, int], ShownPost] = {}
    for post in posts:
        fold = (post.id in folds, folds.get(post.id, post.id))
        firsts[fold] = replace(first, alike=first.alike + 1) if (first := firsts.get(fold)) else post
    return tuple(firsts.values())


def _posts(lookup: Lookup, rows: Sequence[PostRow]) -> dict[int, ShownPost]:
    """Return the posts by their ids in the archive."""
    ids = [row.id for row in rows]
    pages = tuple(f"{host(page)}/" for page in lookup.campaign.petition)
    settled = lookup.archive.marks.settled(ids, lookup.campaign.own.handles)
    new = lookup.archive.stats.new_voices(lookup.scope, ids) if _had_begun(lookup) else ()
    return {
        row.id: ShownPost(
            id=row.id, platform=row.platform, url=link(row.url or "") or "", handle=row.handle,
            name=row.name, text=row.text, created_at=row.created_at.astimezone(lookup.campaign.zone),
            metrics=row.metrics, seen_in=place_of(row.platform, row.native_id),
            is_marked=row.mark is not None, is_settled=row.id in settled,
            is_petition=any(f"{host(url)}/".startswith(pages) for url in filter(link, row.terms_of("link"))),
            is_new_voice=row.id in new,
        )
        for row in rows
    }  # fmt: skip


def _person(poster: Poster) -> ShownPerson:
    return ShownPerson(
        platform=poster.platform, url=link(poster.url or "") or "", handle=poster.handle, name=poster.name,
        followers=poster.followers, posts=poster.posts, engagement=poster.engagement, is_new=poster.is_new,
    )  # fmt: skip


def _terms(archive: ArchiveReader, scope: Scope, kind: str) -> tuple[Term, ...]:
    return tuple(Term(term=term, posts=posts) for term, posts in archive.stats.top_terms(scope, kind))


def _boroughs(lookup: Lookup, window: Window) -> tuple[Term, ...]:
    places = lookup.campaign.gazetteer.places.values()
    boroughs = [place.key for place in places if place.kind == PlaceKind.BOROUGH]
    if not boroughs:
        return ()
    days = [(window.first, window.last)]
    [posts] = lookup.archive.stats.term_counts(lookup.scope, "place", days, boroughs)
    return tuple(Term(term=key, posts=posts.get(key, 0)) for key in boroughs)


def _tags(lookup: Lookup) -> tuple[Term, ...]:
    """Return the hashtags as the campaign file writes them, else as most people lately did."""
    own = {normal_tag(tag): tag for track in lookup.campaign.tracks for tag in track.tags}
    return tuple(
        replace(tag, title=own.get(tag.term) or spelling(tag.term, lookup.archive.stats.texts(tag.term)))
        for tag in _terms(lookup.archive, lookup.scope, "tag")
    )


def _places(lookup: Lookup, window: Window, compared: Compared | None) -> tuple[PlaceCount, ...]:
    places = lookup.campaign.gazetteer.places.values()
    if not places:
        return ()
    [posts] = lookup.archive.stats.term_counts(lookup.scope, "place", [(window.first, window.last)])
    now = compared.terms(compared.now, "place") if compared else None
    then = compared.terms(compared.then, "place") if compared and compared.then else None
    is_known = bool(posts) or lookup.was_collected(window)
    counts = [
        PlaceCount(
            key=place.key, title=place.title, borough=place.borough, kind=place.kind,
            posts=posts.get(place.key, 0) if is_known else None,
            finished=None if now is None else now[place.key],
            before=None if then is None else then[place.key],
        )
        for place in places
    ]  # fmt: skip
    boroughs = [one for one in counts if one.kind == PlaceKind.BOROUGH]
    others = [one for one in counts if one.kind != PlaceKind.BOROUGH and (one.posts or one.before)]
    return (*boroughs, *sorted(others, key=lambda place: (-(place.posts or 0), place.title)))


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


def _audits(archive: ArchiveReader, track: Track, window: Window) -> list[Audit]:
    """Return the samples of the window's weeks, and of some before it: readers are a week behind."""
    weeks = (window.first - _RECENT, window.last - timedelta(days=6))
    return list(archive.tone_audits.samples(track.name, *weeks))


def _tone_shares(
    archive: ArchiveReader, track: Track, window: Window, tones: Mapping[Tone, int], audits: Sequence[Audit]
) -> ToneShares | None:
    if not (pairs := read_pairs(audits)) or len(tones) < len(Tone):
        return None
    labelled = archive.tone_audits.labelled(track.name, window.first, window.last)
    near = sum(audit.posts for audit in audits if audit.monday >= window.first)
    return shares(tones, pairs, labelled=labelled, elsewhere=max(0.0, 1 - near / max(1, sum(tones.values()))))


def _stances(lookup: Lookup, window: Window, today: date) -> tuple[StanceWeek, ...]:
    """Return the weeks that are over, from the first in which people labelled posts for or against."""
    stats, last = lookup.archive.stats, last_week(min(today, window.last + timedelta(days=1)))
    first = min(window.first - timedelta(days=window.first.weekday()), last - _STANCES)
    scope = replace(lookup.scope, first=first, last=last + timedelta(days=6), posts=None)
    own = lookup.campaign.own.handles
    counts = lookup.archive.post_query.stances(scope, own)
    mondays = days(Window(first=counts[0].monday, last=last))[::7] if counts and scope.is_whole else []
    weeks = [Window(first=monday, last=monday + timedelta(days=6)) for monday in mondays]
    posts = [stats.total("posts", lookup.scope_of(week)) for week in weeks]
    return tuple(map(partial(stance_week, counts, own=own), weeks, posts))


def _to_read(archive: ArchiveReader, track: Track, today: date) -> Window | None:
    monday = last_week(today)
    audit = next(archive.tone_audits.samples(track.name, monday, monday), None)
    is_read = audit is not None and not audit.unread and not audit.is_outdated
    if is_read or archive.tone_audits.toned(track.name, monday) < _WORTH_READING:
        return None
    return Window(first=monday, last=monday + timedelta(days=6))


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
    first = {
        number: min(version for other, version, _ in history if other == number) for number, *_ in history
    }
    return tuple(
        Redefined(day=day, definition=number, version=version)
        for number, version, day in history
        if version > first[number] and window.first <= day <= window.last
    )
