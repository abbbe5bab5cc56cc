"""Build the `Report` of a window from what the archive holds."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

from monitor.archive import ArchiveReader
from monitor.archive.marks import DeskView
from monitor.archive.values import Audience, AuthorCount, Poster, Scope, posts_on
from monitor.campaign import Campaign, Track
from monitor.core.text import normal_tag, spelling
from monitor.report import (
    Event,
    Figure,
    PastWeek,
    Redefined,
    Report,
    Revision,
    Seen,
    ShownPerson,
    SourceState,
    Term,
    Window,
)
from monitor.report.comparison import Compared, compare, obstacles
from monitor.report.comparison.steps import steps
from monitor.report.comparison.track_shares import track_shares
from monitor.report.figures import measures
from monitor.report.figures.seen import likely_seen, most_of
from monitor.report.lazy import LazyReport
from monitor.report.lookup import Lookup, scopes, total
from monitor.report.lookup.breakdown import breakdown, themes
from monitor.report.lookup.days_and_hours import by_day, by_hour, by_source, heat
from monitor.report.lookup.places import boroughs, places
from monitor.report.lookup.posts import lists, without_imprint
from monitor.report.lookup.suggestions import suggestions
from monitor.report.lookup.tone import audits, stances, to_read, tone_shares, tones
from monitor.report.measure import Counts
from monitor.report.outcomes.totals import outcomes
from monitor.report.tone_estimate import checked
from monitor.report.window import WEEK, bounds, length, shifted
from monitor.report.wording import link

_MOST_OWED = 30  # replies; more would be no list of what to do
_SOON = timedelta(days=13)  # since today


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
    """Return the report of one track, the first unless another is named; on all platforms unless some are."""
    lookup = Lookup(archive, campaign, track or campaign.tracks[0], window, platforms, now)
    return lazy_report(lookup, sources).whole()


def lazy_report(lookup: Lookup, sources: tuple[SourceState, ...]) -> LazyReport:
    """Return the report of a window, of which nothing is looked up before it is read."""
    archive, campaign, window, today = lookup.archive, lookup.campaign, lookup.window, lookup.today
    compared = cache(lambda: compare(lookup, window))
    cards = cache(lambda: archive.marks.cards(DeskView.OPEN, today))
    posts = cache(lambda: lists(lookup, cards()[:_MOST_OWED]))
    samples = cache(lambda: audits(lookup, window))
    report = LazyReport({
        "days": lambda: tuple(by_day(lookup, sources)),
        "hours": lambda: by_hour(lookup, sources),
        "figures": lambda: _figures(lookup, compared(), report.past),
        "seen": lambda: _seen(archive, lookup.scope, lookup.audience),
        "new_people": lambda: total(lookup.sums).newcomers if lookup.had_begun else None,
        "heat": lambda: heat(lookup),
        "latest": lambda: posts()[0], "top": lambda: posts()[1], "owed": lambda: posts()[2],
        "to_reply": lambda: posts_on(cards()),
        "overdue": lambda: posts_on(card for card in cards() if card.is_late(today)),
        "tags": lambda: _tags(lookup),
        "links": lambda: tuple(term for term in _terms(lookup, "link") if link(term.term)),
        "shares": lambda: track_shares(lookup, window),
        "covered": lambda: by_source(lookup, sources),
        "events": lambda: _events(archive, window.first, window.last),
        "coming": lambda: _events(archive, today, today + _SOON),
        "redefined": lambda: _redefined(archive, window),
        "boroughs": lambda: boroughs(lookup, window),
        "put_off": lambda: archive.annotations.put_off(today),
        "unread": lambda: _unread(lookup, window),
        "without_imprint": lambda: without_imprint(lookup, window),
        "bare_pictures": lambda: sum(x.has_picture and not x.has_imprint for x in archive.kit.current()),
        "news": lambda: archive.stats.biggest_story(lookup.scope),
        "tones": lambda: tones(lookup, window),
        "checked": lambda: checked(samples()),
        "revision": lambda: _revision(lookup, window),
        "tone_shares": lambda: tone_shares(lookup, window, report.tones, samples()),
        "is_rescoring": lambda: archive.tone_scores.is_mixed,
        "stances": lambda: stances(lookup, window),
        "to_read": lambda: to_read(lookup),
        "suggestions": lambda: suggestions(lookup, window),
        "outcomes": lambda: outcomes(archive, window, lookup.now),
        "top_people": lambda: tuple(map(_person, archive.stats.top_authors(lookup.scope))),
        "media": lambda: _terms(lookup, "media"),
        "places": lambda: places(lookup, window, compared()),
        "comparison": lambda: (times := compared()) and times.comparison,
        "obstacles": lambda: () if compared() else obstacles(lookup, window),
        "steps": lambda: steps(lookup, window, compared(), report.redefined),
        "past": lambda: times.past() if (times := compared()) else (),
        "breakdown": lambda: breakdown(compared(), report.past, report.tags, report.links),
        "themes": lambda: themes(lookup, report),
    }, campaign=campaign.name, track=lookup.track.name, title=lookup.track.title, window=window,
        is_over=bounds(campaign.zone, window)[1] <= lookup.now, platforms=tuple(sorted(lookup.platforms)),
        made_at=lookup.now.astimezone(campaign.zone), demo=archive.demo, sources=sources,
    )  # fmt: skip
    return report


def _figures(lookup: Lookup, compared: Compared | None, past: Sequence[PastWeek]) -> dict[str, Figure]:
    """Return each number that is counted, with what it is compared with."""
    window, whole = lookup.window, total(lookup.sums)
    counts = Counts(
        total=whole,
        crowd=AuthorCount.of(lookup.audience),
        copies=lookup.archive.stats.copies(lookup.scope_of(window)),
        is_known=bool(whole.posts) or lookup.was_collected(window),
    )
    readings = {one.key: one.count(counts) for one in measures() if one.count}
    figures = {key: Figure(definition=key, **reading._asdict()) for key, reading in readings.items()}
    return {key: compared.figure(one, past) for key, one in figures.items()} if compared else figures


def _seen(archive: ArchiveReader, scope: Scope, audience: Sequence[Audience]) -> Seen | None:
    if archive.lake:  # which has no posts, by whose views it would be told
        return None
    followers = most_of(audience)
    largest = None if followers is None else archive.stats.account_above(scope, followers)
    return likely_seen(audience, archive.stats.viewed_posts(scope), largest)


def seen_in(archive: ArchiveReader, report: Report, times: Iterable[Window]) -> list[Seen | None]:
    """Return how many are likely to have seen the posts of each of these times, on a report's platforms."""
    return [_seen(archive, scope, archive.stats.audience(scope)) for scope in scopes(archive, report, times)]


def _person(poster: Poster) -> ShownPerson:
    return ShownPerson(
        platform=poster.platform, url=link(poster.url or "") or "", handle=poster.handle, name=poster.name,
        followers=poster.followers, posts=poster.posts, engagement=poster.engagement, is_new=poster.is_new,
    )  # fmt: skip


def _terms(lookup: Lookup, kind: str) -> tuple[Term, ...]:
    terms = lookup.archive.stats.top_terms(lookup.scope, kind)
    return tuple(Term(term=term, posts=posts) for term, posts in terms)


def _tags(lookup: Lookup) -> tuple[Term, ...]:
    """Return the hashtags as the campaign file writes them, else as most people lately did."""
    own = {normal_tag(tag): tag for track in lookup.campaign.tracks for tag in track.tags}
    return tuple(
        replace(tag, title=own.get(tag.term) or spelling(tag.term, lookup.archive.stats.texts(tag.term)))
        for tag in _terms(lookup, "tag")
    )


def _events(archive: ArchiveReader, first: date, last: date) -> tuple[Event, ...]:
    return tuple(Event(day=day, title=title) for day, title in archive.events.between(first, last))


def _revision(lookup: Lookup, window: Window) -> Revision | None:
    if lookup.platforms or length(window) != WEEK:
        return None
    week = shifted(window, WEEK)
    mailed = lookup.archive.history.mailed_posts(lookup.track.name, week.first)
    known = total(lookup.counts(week)).posts
    return None if mailed in (None, known) else Revision(week=week, mailed=mailed, known=known)


def _unread(lookup: Lookup, window: Window) -> int:
    items = lookup.archive.post_status.unread(*bounds(lookup.campaign.zone, window))
    return sum(number for name, number in items.items() if not lookup.platforms or name in lookup.platforms)


def _redefined(archive: ArchiveReader, window: Window) -> tuple[Redefined, ...]:
    history = archive.history.definitions()
    firsts = {key: version for key, version, _ in sorted(history, key=lambda row: -row[1])} | {"rescored": 1}
    return tuple(
        Redefined(day=day, definition=key, version=version)
        for key, version, day in history
        if version > firsts[key] and window.first <= day <= window.last
    )
