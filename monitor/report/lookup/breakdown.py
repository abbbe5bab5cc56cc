"""Look up what numbers are made up of: accounts, newcomers, hashtags, links, places, themes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from monitor.archive.themes.themes import Theme
from monitor.core.text import normal_tag
from monitor.report import AccountPosts, Breakdown, PastWeek, Report, Term, TermPeople, ThemeCount, Window
from monitor.report.baseline import ENOUGH, of_counts, usual
from monitor.report.comparison import Compared
from monitor.report.coverage import ENOUGH as ALIKE
from monitor.report.lookup import Lookup
from monitor.report.window import days, length, weeks_shown
from monitor.report.wording import FEW

_YOUNG = timedelta(days=14)
_SCANNED = 10_000  # posts, in which terms are looked for one by one
_ODD = 0.01  # of ordinary weeks
_Counts = list[tuple[Window, dict[str, int]]]
_BUSY = 6  # accounts, of which some may have made a rise
_REGULARS = 10  # accounts with most posts, among which one may have fallen silent


def breakdown(
    compared: Compared | None, past: Sequence[PastWeek], tags: Sequence[Term], links: Sequence[Term]
) -> Breakdown | None:
    """Return what the numbers of a time are made up of; None if too little is known to compare it.

    Nothing is looked up where many other hours were seen than before: whole days would not be alike.
    """
    if compared is None:
        return None
    basis, weeks = compared.comparison, [week.window for week in past]
    if basis.hours < ALIKE or len(past) < ENOUGH or any(length(week) != length(basis.now) for week in weeks):
        return None
    busiest = _busiest(compared, weeks)
    return Breakdown(
        newcomers=tuple(_newcomers(compared, window) for window in (basis.now, *weeks)),
        busiest=busiest,
        silent=_silent(compared, weeks) if busiest else None,  # those who wrote are not known
        terms=tuple(_terms(compared, past, tags, links)),
    )


def _newcomers(compared: Compared, window: Window) -> int | None:
    lookup = compared.basis.lookup
    began, counts = lookup.archive.posts.first_day(), lookup.counts(window)
    if began is None or window.first < began + _YOUNG:  # to a young archive most are new
        return None
    return sum(count.newcomers for count in counts if count.platform in compared.comparison.platforms)


def _busiest(compared: Compared, weeks: Sequence[Window]) -> tuple[AccountPosts, ...]:
    """Return who posted most, with what they posted before."""
    stats, now = compared.basis.lookup.archive.stats, compared.now
    scope, top = replace(now.scope, first=weeks[-1].first), stats.top_authors(now.scope, _BUSY)
    return tuple(
        AccountPosts(
            id=author, posts=tuple(posts[day] for day in days(now.window)),
            before=tuple(tuple(posts[day] for day in days(week)) for week in weeks),
        )
        for author, posts in stats.author_days(scope, [one.id for one in top], now.out).items()
    )  # fmt: skip


def _silent(compared: Compared, weeks: Sequence[Window]) -> AccountPosts | None:
    """Return who posted most of those who posted in all weeks before, and not now."""
    stats, scope = compared.basis.lookup.archive.stats, compared.now.scope
    before = replace(scope, first=weeks[-1].first, last=scope.first - timedelta(days=1), posts=None)
    top, erased = stats.top_authors(before, _REGULARS), compared.basis.erased
    regulars = [author.id for author in top if author.id not in erased]
    for author, posts in stats.author_days(replace(before, last=scope.last), regulars).items():
        by_week = [sum(posts[day] for day in days(week)) for week in weeks]
        if all(by_week) and not any(posts[day] for day in days(compared.now.window)):
            return AccountPosts(id=author, posts=tuple(by_week))
    return None


def _terms(
    compared: Compared, past: Sequence[PastWeek], tags: Sequence[Term], links: Sequence[Term]
) -> Iterator[TermPeople]:
    """Yield the people of each term that is in oddly many posts, in archives that can be looked through."""
    lookup, now = compared.basis.lookup, compared.now
    if lookup.archive.lake or sum(now.days) + sum(sum(week.days) for week in past) > _SCANNED:
        return
    own = set(map(normal_tag, lookup.track.tags))
    places = {place.key: place.title for place in lookup.campaign.gazetteer.places.values()}
    themes, keep = lookup.archive.themes.current(), timedelta(days=lookup.campaign.keep.text_days)
    titles = {
        "tag": {tag.term: tag.title or tag.term for tag in tags if tag.term not in own},
        "link": {link.term: link.term for link in links},
        "place": places,
        "theme": {
            str(t.id): t.name for t in themes if t.is_counted and t.changes[-1] - keep < past[-1].window.first
        },
    }
    windows = [(one.first, one.last) for one in (now.window, *(week.window for week in past))]
    odd = [(kind, term) for kind in titles for term in _odd(compared, past, kind, [*titles[kind]])]
    out = {*now.out, *lookup.archive.comparable.bridged_ids(now.scope)}
    for (kind, term), people in lookup.archive.stats.term_people(now.scope, odd, windows, out).items():
        yield TermPeople(kind=kind, term=term, title=titles[kind][term], people=tuple(people))


def themes(lookup: Lookup, report: Report) -> tuple[ThemeCount, ...]:
    """Return each theme that the office keeps, the one with most posts first."""
    weeks, basis = [report.window, *weeks_shown(report.window)], report.comparison
    collected = cache(lookup.was_collected)  # a question of all that is covered
    alike = [basis.now, *(week.window for week in report.past)] if basis and report.breakdown else []
    counts = _by_window(lookup, weeks, report.platforms)
    compared = _by_window(lookup, alike, basis.platforms if basis else ())

    def posts(theme: Theme, counts: _Counts) -> list[int | None]:
        since = theme.changes[-1] - timedelta(days=lookup.campaign.keep.text_days)  # older texts were gone
        known = ((n, week.first > since and (n or collected(week))) for week, n in counts)
        return [n.get(str(theme.id), 0) if theme.is_counted and is_known else None for n, is_known in known]

    def count(theme: Theme) -> ThemeCount:
        now, *before = posts(theme, compared) or [None]
        whole, *weekly = posts(theme, counts)
        return ThemeCount(
            key=str(theme.id), title=theme.name, changes=theme.changes, posts=whole, weeks=tuple(weekly),
            finished=now, usual=usual([None if number is None else [number] for number in before]),
        )  # fmt: skip

    rows = map(count, lookup.archive.themes.current())
    return tuple(sorted(rows, key=lambda theme: -(theme.posts or 0)))


def _by_window(lookup: Lookup, windows: Sequence[Window], platforms: Iterable[str]) -> _Counts:
    scope = lookup.archive.stats.scope(lookup.track.name, date.min, date.min, frozenset(platforms))
    times = [(window.first, window.last) for window in windows]
    counts = lookup.archive.stats.term_counts(scope, "theme", times) if times else []
    return [*zip(windows, counts, strict=True)]


def _odd(compared: Compared, past: Sequence[PastWeek], kind: str, terms: Sequence[str]) -> Iterator[str]:
    """Yield the terms that are in more posts than ordinary weeks would give, were they as busy as this."""
    if not terms:
        return
    now, windows = compared.now, (compared.now.window, *(week.window for week in past))
    days = [(window.first, window.last) for window in windows]
    counts, *before = compared.basis.lookup.archive.stats.term_counts(now.scope, kind, days, terms)
    growth = max(1.0, sum(now.days) * len(past) / max(1, sum(sum(week.days) for week in past)))
    for term, posts in counts.items():
        weeks = [round(growth * week.get(term, 0)) for week in before]
        if posts > max(FEW - 1, *weeks) and posts > of_counts([[week] for week in weeks], _ODD)[1]:
            yield term
