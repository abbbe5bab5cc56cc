"""Like with like: what two times can be compared on, and their numbers counted on that alone."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from operator import itemgetter

from monitor.archive.events import TrackWord
from monitor.archive.posts.comparable import KindOfReaction, LeftOutPosts, UnlikePost
from monitor.archive.values import DayCount, Scope
from monitor.manual_entry import BY_HAND
from monitor.report import Comparison, Figure, LeftOut, PastWeek, Window
from monitor.report import coverage as cover
from monitor.report.baseline import ENOUGH, usual, usual_amount
from monitor.report.comparison.hours import Hour, SeenHours, times
from monitor.report.figures import measures
from monitor.report.lookup import Lookup, total
from monitor.report.measure import Counts, Reading
from monitor.report.window import bounds, days, finished, length, shifted, weeks_before
from monitor.report.wording import ERASED, day_name, quantity

_HALF = 0.5  # of the posts, under which the rest says nothing of the whole
_DAY = timedelta(days=1)
_RIPE = timedelta(days=30)  # after which numbers are read but once a month, and hardly move
_READ = 0.9  # of the posts whose numbers are known now, for those of then to be compared
_GIVEN = 0.2  # of a platform's posts: a kind of reactions known for so many more or fewer is another
_MUCH = 0.1  # of all reactions: of fewer it is no matter how far they are known
_UNREAD = (0,) * 7
_MOST = 8_000  # posts whose earlier readings can be looked up in a page's time
_REASONS = {
    "bridge": "bridged copies",
    "file": "from files, on top of what we collected",
    "look back": "found by looking back, on top of what we collected",
    "erased": ERASED,
}


@dataclass(frozen=True, slots=True)
class Basis:
    """What is compared: these sources, without some hours and words, as it was known at one age."""

    lookup: Lookup
    seen: SeenHours
    platforms: frozenset[str]
    cut: frozenset[Hour]  # that are left out
    lag: timedelta  # from a window's end to when it is looked at
    words: Sequence[TrackWord]  # that the track ever asked for
    since: datetime  # from then on, posts of other words do not count
    erased: tuple[int, ...]  # people whose later posts did not come in
    most: int = _MOST  # posts of a window, for its earlier readings to be looked up

    @classmethod
    def of(cls, lookup: Lookup, seen: SeenHours, now: Window, *then: Window) -> "Basis":
        """Return what was well seen in all these times."""
        end = bounds(lookup.campaign.zone, now)[1]
        since = min(bounds(lookup.campaign.zone, window)[0] for window in (now, *then))
        words = lookup.archive.history.words(lookup.track.name)
        well = [cover.well_seen(seen.shares(window)) for window in (now, *then)]
        erased, alike = lookup.archive.comparable.erased(end), frozenset.intersection(*well)
        basis = cls(lookup, seen, alike, frozenset(), lookup.now - end, words, since, erased)
        return basis.without(now, *then)

    def without(self, *windows: Window) -> "Basis":
        """Return the same without the hours that were not seen in one of these times."""
        cut = self.cut.union(*(self.seen.unseen(window) for window in windows))
        return replace(self, cut=frozenset(hour for hour in cut if hour[0] in self.platforms))

    def changed(self, since: datetime) -> list[TrackWord]:
        """Return the words that were asked for in a part of the time from then on only."""
        end = self.lookup.now - self.lag
        return [
            word
            for word in self.words
            if not word.is_asked(since, end) and (word.since or since) < end and (word.until or end) > since
        ]

    def hours(self, window: Window) -> float:
        """Return the part (0 to 1) of a window's hours that is compared."""
        every = 24 * length(window).days
        whole = every * len(self.platforms)
        return 1 - sum(hour < every for _, hour in self.cut) / whole if whole else 0.0

    def count(self, window: Window) -> "Tally":
        """Return the numbers of some days, counted on this."""
        archive, scope = self.lookup.archive, self.lookup.scope_of(window)
        series = {key: name for key, name in scope.series.items() if name in self.platforms}
        scope = replace(scope, series=series, is_whole=scope.is_whole and series == scope.series)
        unlike = archive.comparable.unlike(scope, self.lookup.track.name, self.cut_of(window))
        lasting = [word for word in self.words if word.is_asked(self.since, self.lookup.now - self.lag)]
        unlike += archive.comparable.by_words(scope, self.changed(self.since), lasting)
        unlike += archive.comparable.by_people(scope, self.erased)
        out = archive.comparable.between(scope, times(self.cut, window, self.lookup.campaign.zone)) | {
            post.id: (post.day, post.series, post.author) for post in unlike if not post.is_bridged
        }
        bridged = archive.comparable.bridged(scope)
        counts = [one for one in self.lookup.counts(window) if one.platform in self.platforms]
        posts = Counter[str]()
        for count in counts:
            posts[count.day.isoformat()] += count.posts
        posts.subtract(Counter(map(itemgetter(0), out.values())))
        for day, _, number in bridged:
            posts[day] -= number
        by_day = tuple(posts[day.isoformat()] for day in days(window))
        whole = total(counts)._replace(posts=sum(by_day))
        return Tally(self, window, scope, whole, by_day, out, unlike, bridged)

    def cut_of(self, window: Window) -> datetime:
        """Return when a window was as old as the one that is compared is now."""
        return bounds(self.lookup.campaign.zone, window)[1] + self.lag


@dataclass(frozen=True)
class Tally:
    """Some days as they are compared, and the posts that do not count in them."""

    basis: Basis
    window: Window
    scope: Scope
    total: DayCount  # of the posts that count; its other numbers are those of all posts
    days: tuple[int, ...]  # posts of each
    out: LeftOutPosts  # without those that bridges made
    unlike: list[UnlikePost]
    bridged: list[tuple[str, int, int]]  # day, series and posts

    @cached_property
    def readings(self) -> dict[str, Reading]:
        """Return each number that is counted; when asked for, as people and copies take long to count."""
        comparable = self.basis.lookup.archive.comparable
        whole = Counts(
            total=DayCount._make((*self.total[:3], *self._numbers(), *self.total[10:])),
            crowd=comparable.crowd(self.scope, self.out),
            copies=comparable.copies(self.scope, self.out),
            is_known=True,
        )
        return {one.key: one.count(whole) for one in measures() if one.count}

    @cached_property
    def kinds(self) -> dict[tuple[str, str], KindOfReaction]:
        """Return how far each kind of reactions is known, where the posts can be looked at."""
        is_short = self.total.posts <= self.basis.most and not self.basis.lookup.archive.lake
        return self.basis.lookup.archive.comparable.kinds(self.scope) if is_short else {}

    def has_kinds_of(self, other: "Tally") -> bool:
        """Return whether platforms gave what is much of the reactions for about as many of their posts."""
        pairs = [(self.kinds[kind], other.kinds[kind]) for kind in self.kinds.keys() & other.kinds.keys()]
        return all(
            abs(here.known - there.known) <= _GIVEN or max(here.part, there.part) <= _MUCH
            for here, there in pairs
        )

    def _numbers(self) -> Sequence[int]:
        """Return likes to views as they had been read when these days were as old as those of now are.

        And of how many they are known: none, if that is not. Newer posts have had less time to get them.
        """
        basis, cut = self.basis, self.basis.cut_of(self.window)
        is_ripe = basis.lag >= _RIPE or cut >= basis.lookup.now
        if not is_ripe and (self.total.posts > basis.most or basis.lookup.archive.lake):
            return _UNREAD
        comparable = basis.lookup.archive.comparable
        less = comparable.sums(self.scope, self.out)
        now = [number - out for number, out in zip(self.total[3:10], less, strict=True)]
        if is_ripe:
            return now
        more = comparable.moved(self.scope, self.out, cut)
        then = [number + moved for number, moved in zip(now, more, strict=True)]
        is_known = all(known >= _READ * of for known, of in zip(then[5:], now[5:], strict=True))
        return then if is_known else _UNREAD


@dataclass(frozen=True, slots=True)
class Compared:
    """A window beside the one before, and the weeks that say what is usual."""

    comparison: Comparison
    basis: Basis
    now: Tally
    then: Tally | None  # None: it was not seen well enough
    weeks: tuple[Window, ...]

    def past(self) -> tuple[PastWeek, ...]:
        """Return the weeks, counted on the same."""
        basis = replace(self.basis, most=_MOST // max(1, len(self.weeks)))
        known = {self.then.window: self.then} if self.then else {}
        tallies = (known.get(week) or basis.count(week) for week in self.weeks)
        return tuple(PastWeek(window=one.window, values=self._values(one), days=one.days) for one in tallies)

    def _values(self, tally: Tally) -> dict[str, int | None]:
        """Return its numbers; None where one is known for another part of its posts or people than now."""
        now, readings = self.now.readings, tally.readings
        values = {key: one.value if one.is_like(now[key]) else None for key, one in readings.items()}
        return values if tally.has_kinds_of(self.now) else {**values, "engagement": None}

    def figure(self, figure: Figure, past: Sequence[PastWeek]) -> Figure:
        """Return a number of the window with those that it is compared with."""
        key = figure.definition
        return replace(
            figure,
            finished=self.now.readings[key].value,
            before=self._values(self.then)[key] if self.then else None,
            usual=usual([week.days for week in past])
            if key == "posts"
            else usual_amount([week.values[key] for week in past]),
        )

    def terms(self, tally: Tally, kind: str) -> Counter[str]:
        """Return in how many posts of a time each term of a kind is."""
        archive = self.basis.lookup.archive
        [posts] = archive.stats.term_counts(tally.scope, kind, [(tally.window.first, tally.window.last)])
        return Counter(posts) - Counter(archive.comparable.terms(tally.scope, tally.out, kind))


def _seen(lookup: Lookup) -> SeenHours:
    """Return what each source saw.

    One that does not say what time its answers cover finds what was written while nobody asked, too.
    """
    timed = {source for source, _, _ in lookup.spans}
    others = sorted(lookup.archive.stats.platforms(lookup.every_day) - timed)
    times = [(name, lookup.archive.coverage.untimed(name, lookup.track.name)) for name in others]
    return SeenHours([*lookup.spans, *((name, *time) for name, time in times if time)], lookup.campaign.zone)


def compare(lookup: Lookup, window: Window) -> Compared | None:
    """Return a window beside earlier times, on what was well seen in all of them.

    Beside the time just before alone, where the weeks before leave under half of the posts; beside these,
    where that time was not well seen. None if no day of it is over, or under half of the posts is left.
    """
    now = finished(window, lookup.today)
    if now is None:
        return None
    then = shifted(now, length(window))
    begins = (week.first for week in weeks_before(window))
    earlier = [Window(first=first, last=first + length(now) - _DAY) for first in begins]
    seen = _seen(lookup)
    for before, others in (((then,), earlier), ((then,), ()), ((), earlier)):
        basis, weeks = _with_weeks(Basis.of(lookup, seen, now, *before), now, others)
        if lookup.archive.lake and (basis.cut or basis.changed(basis.since)):
            continue  # the posts that would not count are not here
        if not (basis.platforms and (before or len(weeks) >= ENOUGH)):
            continue
        this = basis.count(now)
        posts = total(lookup.counts(now)).posts - sum(number for *_, number in this.bridged)
        if sum(this.days) >= _HALF * posts:
            comparison = Comparison(
                now=now, then=then, platforms=tuple(sorted(basis.platforms)), hours=basis.hours(now),
                left_out=tuple(_left_out(basis, this, then)), days=this.days,
            )  # fmt: skip
            return Compared(comparison, basis, this, basis.count(then) if before else None, weeks)
    return None


def obstacles(lookup: Lookup, window: Window) -> tuple[LeftOut, ...]:
    """Return what was not watched alike in a window and the one before, the most posts first."""
    now = finished(window, lookup.today)
    if now is None:
        return ()
    then = shifted(now, length(window))
    basis = Basis.of(lookup, _seen(lookup), now, then)
    return tuple(sorted(_left_out(basis, basis.count(now), then), key=lambda part: -part.posts))


def _with_weeks(basis: Basis, now: Window, weeks: Iterable[Window]) -> tuple[Basis, tuple[Window, ...]]:
    """Return the weeks that the sources saw well, too, and what can be compared in all of them.

    Those that were seen whole, if they are enough; else all but those that would cost others many hours.
    """
    zone, changed = basis.lookup.campaign.zone, len(basis.changed(basis.since))
    fitting = [
        week
        for week in weeks
        if cover.well_seen(basis.seen.shares(week)) >= basis.platforms
        and len(basis.changed(bounds(zone, week)[0])) <= changed
    ]
    whole = tuple(week for week in fitting if basis.without(week).cut == basis.cut)
    if len(whole) >= ENOUGH:
        return basis, whole
    enough, used = cover.ENOUGH * basis.hours(now), list[Window]()
    for week in fitting:
        narrow = basis.without(week)
        if narrow.hours(now) >= enough:
            basis = narrow
            used.append(week)
    return basis, tuple(used)


def _left_out(basis: Basis, now: Tally, then: Window) -> Iterator[LeftOut]:
    """Yield what is not compared, the sources first, and what was found otherwise than the rest."""
    lookup, zone = basis.lookup, basis.lookup.campaign.zone
    counts = lookup.counts(now.window)
    sources = {count.platform for count in (*counts, *lookup.counts(then)) if count.posts}
    for source in sorted(sources - basis.platforms):
        posts = sum(count.posts for count in counts if count.platform == source)
        yield LeftOut(source=source, posts=posts, reason=_reason(basis, source, now.window, then))
    unlike = Counter((post.reason, now.scope.series[post.series]) for post in now.unlike)
    for _, series, number in now.bridged:
        unlike["bridge", now.scope.series[series]] += number
    earlier = replace(now.scope, first=then.first, last=then.last)
    for post in lookup.archive.comparable.by_people(earlier, basis.erased):
        unlike["erased", now.scope.series[post.series]] += 0  # so that it is said, if only of earlier posts
    for key, reason in _REASONS.items():
        numbers = {source: number for (why, source), number in unlike.items() if why == key}
        for source, number in sorted(numbers.items()):
            yield LeftOut(source=source, posts=number, reason=reason)
    for word in basis.changed(basis.since):
        number = sum(post.reason == str(word) for post in now.unlike)
        day = (word.until or word.since or basis.since).astimezone(zone).date()
        reason = f"searched for only {'until' if word.until else 'since'} {day_name(day)}"
        yield LeftOut(source=str(word), posts=number, reason=reason)


def _reason(basis: Basis, source: str, now: Window, then: Window) -> str:
    """Return as a clause why a source is not compared."""
    if source == BY_HAND:
        return "entered by hand"
    settings = basis.lookup.campaign.sources.get(source)
    if not (settings and settings.on) and source not in {name for name, _, _ in basis.seen.spans}:
        return "known from files only"
    number = length(now).days
    days = {1: "the day", 7: "the week"}.get(number, f"the {number:,} days")
    parts = (
        (basis.seen.shares(window).get(source, 0), name)
        for window, name in ((now, days), (then, f"{days} before"))
    )
    part, name = next(seen for seen in parts if seen[0] < cover.ENOUGH)  # or it would be compared
    hours = max(1, round(24 * number * (1 - part)))
    time = quantity(hours, "hour", "hours") if hours < 48 else f"{round(hours / 24):,} days"
    return f"not covered for about {time} of {name}" if part else f"not covered in {name}"
