"""Look up how many posts name each place, and by how many people: where they speak of, never where from."""

from monitor.core.gazetteer import PlaceKind
from monitor.report import PlaceCount, Term, Window
from monitor.report.comparison import Compared
from monitor.report.coverage import ENOUGH as ALIKE
from monitor.report.lookup import Lookup

SCANNED = 10_000  # posts, whose people are counted place by place


def boroughs(lookup: Lookup, window: Window) -> tuple[Term, ...]:
    places = lookup.campaign.gazetteer.places.values()
    keys = [place.key for place in places if place.kind == PlaceKind.BOROUGH]
    if not keys:
        return ()
    days = [(window.first, window.last)]
    [posts] = lookup.archive.stats.term_counts(lookup.scope, "place", days, keys)
    return tuple(Term(term=key, posts=posts.get(key, 0)) for key in keys)


def places(lookup: Lookup, window: Window, compared: Compared | None) -> tuple[PlaceCount, ...]:
    """Return the boroughs, then the wards and all other places that are named, the most named first."""
    if not lookup.campaign.gazetteer.places:
        return ()
    stats = lookup.archive.stats
    [posts] = stats.term_counts(lookup.scope, "place", [(window.first, window.last)])
    now = compared.terms(compared.now, "place") if compared else None
    then = compared.terms(compared.then, "place") if compared and compared.then else None
    weeks = compared.weeks if compared and compared.comparison.hours >= ALIKE else ()
    days = [(week.first, week.last) for week in weeks]
    past = stats.term_counts(compared.now.scope, "place", days) if compared and days else []
    is_few = (lookup.scope.posts or 0) <= SCANNED and not lookup.archive.lake
    people = stats.place_people(lookup.scope) if is_few else {}
    is_known = bool(posts) or lookup.was_collected(window)
    counts = [
        PlaceCount(
            key=place.key, title=place.title, borough=place.borough, kind=place.kind,
            posts=posts.get(place.key, 0) if is_known else None,
            finished=None if now is None else now[place.key],
            before=None if then is None else then[place.key],
            weeks=tuple(week.get(place.key, 0) for week in past),
            people=people.get(place.key, (0, 0))[0] if is_few and is_known else None,
            new_people=people.get(place.key, (0, 0))[1] if is_few and is_known and lookup.had_begun else None,
        )
        for place in lookup.campaign.gazetteer.places.values()
    ]  # fmt: skip
    boroughs = [one for one in counts if one.kind == PlaceKind.BOROUGH]
    rest = [one for one in counts if one.kind != PlaceKind.BOROUGH]
    others = [one for one in rest if one.posts or one.before or one.kind == PlaceKind.WARD]
    return (*boroughs, *sorted(others, key=lambda place: (-(place.posts or 0), place.title)))
