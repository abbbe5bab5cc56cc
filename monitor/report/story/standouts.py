"""What stands out in a week beside how much there was: a day, a theme, a place, a link, people. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import itemgetter
from statistics import NormalDist, median

from monitor.report import Breakdown, Report, Usual, Window
from monitor.report.baseline import ENOUGH, as_usual, of_counts
from monitor.report.coverage import ENOUGH as ALIKE
from monitor.report.story.breaks import basis, is_nearly_whole
from monitor.report.story.few_accounts import few_accounts
from monitor.report.story.finding import (
    SO_FAR,
    STRICT,
    STRICTER,
    WORDS,
    Finding,
    Kind,
    Standing,
    address,
    compared,
    copies,
    fitted,
    title,
)  # fmt: skip
from monitor.report.window import days
from monitor.report.wording import FEW, day_name, host, points, quantity, range_of, usually

_REGULARS = 10  # accounts, of which one may fall silent
_ODD = 2  # hashtags, links or places: of many, these few are in oddly many posts and looked at
_DAYS = 5  # of which one may be called the busiest
_LONG = 14  # days, of which each can be held against all others
_LAUNCHES = 20  # days, of which one may have been a launch's
_NAMED = 2  # events of a day: more make no sentence
_KINDS = {"theme": Kind.THEME, "tag": Kind.TAG, "link": Kind.LINK, "place": Kind.PLACE}

_OURS = ("theme", "place")  # in the office's own words


@dataclass(frozen=True, slots=True)
class _SeriesCounts:
    """Several counts of one kind, beside the same ones in the weeks before, each with its interval."""

    now: Sequence[int]
    weeks: Sequence[Sequence[int]]
    outside: float

    def middle(self, place: int) -> float:
        return median(week[place] for week in self.weeks)

    def at(self, place: int) -> Standing:
        interval = of_counts(self.weeks, self.outside, day=place)
        return Standing(self.now[place], self.middle(place), interval)

    def rise(self, place: int) -> float:
        """Return how far one of the counts lies above its interval; 0 if it does not, or is small."""
        is_more = self.now[place] >= FEW and self.now[place] > self.middle(place)
        return self.at(place).score if is_more else 0.0

    def usual(self, place: int) -> Usual:
        return as_usual([week[place] for week in self.weeks], of_counts(self.weeks, day=place))

    @property
    def oddest(self) -> int:
        return max(range(len(self.now)), key=lambda place: (self.rise(place), -place))


def standouts(report: Report) -> Iterator[Finding]:
    """Yield what stands out, at most one of each kind."""
    if report.comparison and report.comparison.hours >= ALIKE:
        yield from _day(report, report.comparison.days)
    if report.comparison and report.breakdown and len(report.past) >= ENOUGH:
        yield from _terms(report, report.breakdown)
        yield from _voices(report, report.breakdown)
        yield from silence(report)
    yield from _tone(report)


def _day(report: Report, now: Sequence[int]) -> Iterator[Finding]:
    if not (odd_day := _odd_day(report, now)):
        return
    counts, place, index, others = odd_day
    score, posts, day = counts.rise(index), now[place], days(compared(report))[place]
    window, of_day, total = Window(first=day, last=day), posts, sum(now)
    name = day_name(day, report.window)
    if report.is_over and is_nearly_whole(report):  # as its chart and its tile have them
        whole = {one.day: one.total for one in report.days}
        of_day, total = whole.get(day) or posts, report.posts.value or total
    by_news = counts.at(index).is_made_by(copies(report))  # that is said of the week
    if not score or by_news or not _leads(now, place, counts):
        return
    if few := few_accounts(report, counts.at(index), itemgetter(place)):
        part = f"All {posts:,}" if few.posts == posts else f"{few.posts:,} of the {posts:,}"
        sentence = f"{part} posts on {name} are by {few.name}"
        kind, page, score = Kind.ACCOUNT, few.address(window), score / 2
    else:
        chosen = "busiest" if posts == max(now) else "most unusual"
        among = f"the {chosen} of {len(now)} days{'' if report.is_over else ' so far'}"
        sentence = f"{name}, {among}, had {f'{of_day:,} of' if of_day < total else 'all'} {total:,} posts"
        kind, page = Kind.DAY, address(window)
    usual = counts.usual(index)
    room = WORDS if report.is_over else WORDS - SO_FAR
    ordinary = f" ({others.format(day)} {range_of(usual)})"
    planned = _events(report, day)
    sentence = fitted(sentence, ordinary, *basis(report, total), planned and f": {planned}", room=room)
    short = f"{of_day:,} on {name}{planned and f', {planned}'}" if kind is Kind.DAY else ""
    yield Finding(
        kind=kind, value=posts, usual=usual, score=score, sentence=sentence, address=page, short=short
    )


def _odd_day(report: Report, now: Sequence[int]) -> tuple[_SeriesCounts, int, int, str] | None:
    """Return the oddest day beside the same day of the weeks before, else beside the others of a long time.

    That is what it is counted in, its place in the time and in that, and what has the usual number.
    """
    weeks = [week.days for week in report.past]
    if len(weeks) >= ENOUGH and all(len(week) == len(now) for week in weeks):
        counts = _SeriesCounts(now, _ordinary(weeks), STRICT / len(now))
        return (counts, counts.oddest, counts.oddest, "a usual {:%A} has") if len(now) >= _DAYS else None
    if len(now) < _LONG:
        return None
    place = max(range(len(now)), key=lambda place: now[place])
    rest = _ordinary([[posts] for n, posts in enumerate(now) if n != place])
    return _SeriesCounts([now[place]], rest, STRICT / len(now)), place, 0, "other days have"


def _leads(now: Sequence[int], place: int, counts: _SeriesCounts) -> bool:
    """Return whether a day stands out among those beside it, too: a week that rose as a whole has no such."""
    beside = sum(now) - now[place]
    if list(now).count(max(now)) > 1 and now[place] == max(now):
        return False
    if len(counts.now) == 1:
        return True
    usual = sum(counts.middle(day) for day in range(len(now)) if day != place)
    level = max(1.0, beside / max(usual, 1.0))
    risen = [[round(level * posts) for posts in week] for week in counts.weeks]
    return bool(replace(counts, weeks=risen).rise(place))


def _ordinary(weeks: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return weeks in which no day stands out: one of a launch is as the same day of most weeks.

    What is usual is not what a campaign's great days were, by whose spread no other would ever be seen.
    """
    middles = [median(day) for day in zip(*weeks, strict=True)]
    over = sorted(
        (n - middle for week in weeks for n, middle in zip(week, middles, strict=True)), reverse=True
    )
    limit = over[len(over) // _LAUNCHES]

    def calm(most: Sequence[float]) -> list[list[int]]:
        return [
            [round(middle) if n > high else n for n, middle, high in zip(week, middles, most, strict=True)]
            for week in weeks
        ]

    trimmed = calm([middle + limit for middle in middles])
    return calm([of_counts(trimmed, STRICT, day=day)[1] for day in range(len(middles))])


def _events(report: Report, day: date) -> str:
    """Return what was planned on a day, all of it or, if that is too much for a sentence, nothing."""
    titles = [f"“{title(event.title)}”" for event in report.events if event.day == day]
    return f"the day of {' and '.join(titles)}" if 0 < len(titles) <= _NAMED else ""


def _terms(report: Report, breakdown: Breakdown) -> Iterator[Finding]:
    for kind in _KINDS:
        terms = [term for term in breakdown.terms if term.kind == kind]
        if not terms:
            continue
        now, *weeks = zip(*(term.people for term in terms), strict=True)
        counts = _SeriesCounts(now, weeks, STRICTER / _ODD)
        place = counts.oddest
        term, usual = terms[place], counts.usual(place)
        if score := counts.rise(place):
            yield Finding(
                kind=_KINDS[kind], figure=term.term, value=now[place], usual=usual, score=score,
                sentence=f"{_used(kind, term.title, now[place])} ({usually(usual)})",
                subject="" if kind in _OURS else f"{_used(kind, '', now[place])} ({usually(usual)})",
                address=_page(report, kind, term.term),
            )  # fmt: skip


def _used(kind: str, name: str, people: int) -> str:
    who = quantity(people, "person", "people")
    if kind == "place":
        return f"{title(name)} was mentioned by {who}"
    if kind == "theme":
        return f"{who} wrote about “{title(name)}”"
    if kind == "tag":
        return f"{f'#{title(name)}' if name else 'One hashtag'} was used by {who}"
    return f"{who} linked to {title(host(name)) if name else 'one page'}"


def _page(report: Report, kind: str, term: str) -> str:
    if kind == "link":
        return address(compared(report), q=f'"{host(term)}"')
    return address(compared(report), **{kind: term})


def _voices(report: Report, breakdown: Breakdown) -> Iterator[Finding]:
    """Yield the share of accounts not seen before, as if each earlier week had had as many accounts."""
    people = report.figures["people"].finished
    past = zip(breakdown.newcomers[1:], (week.values.get("people") for week in report.past), strict=True)
    weeks = [[round(new * people / of)] for new, of in past if people and of and new is not None]
    new = breakdown.newcomers[0]
    if not people or new is None or len(weeks) < ENOUGH:
        return
    counts = _SeriesCounts([new], weeks, STRICTER)
    usual = counts.usual(0)
    if (score := counts.rise(0)) and not counts.at(0).is_made_by(copies(report)):
        sentence = f"{new:,} of {people:,} people had not posted before ({usually(usual)} of as many)"
        yield Finding(
            kind=Kind.VOICES, figure="people", value=new, usual=usual, score=score, sentence=sentence,
            address=address(compared(report), new="yes"),
        )  # fmt: skip


def silence(report: Report) -> Iterator[Finding]:
    """Yield an account that posted in every week and has stopped, if chance would hardly make it stop."""
    silent = report.breakdown and report.breakdown.silent
    if not silent or not report.is_over:
        return
    counts = _SeriesCounts([0], [[posts] for posts in silent.posts], STRICT / _REGULARS)
    if score := counts.at(0).score:
        since = Window(first=report.past[-1].window.first, last=report.window.last)
        before = f"after {sum(silent.posts):,} posts in the {len(silent.posts)} weeks before"
        yield Finding(
            kind=Kind.SILENCE, value=0, score=score,
            sentence=f"An account that used to post every week wrote nothing this time, {before}",
            address=address(since, author=silent.id),
        )  # fmt: skip


def _tone(report: Report) -> Iterator[Finding]:
    """Yield a change of tone that people have read, and that their sample is large enough to show."""
    check = report.checked
    if check is None or check.change is None or check.week.last != report.window.last:
        return
    change, net = check.change, check.net
    way = "less negative" if change.value > 0 else "more negative"
    strict = change.doubt * NormalDist().inv_cdf(1 - STRICT / 2) / NormalDist().inv_cdf(0.975)
    score = max(0.0, (abs(change.value) - strict) / max(strict, 1.0))
    if score and check.read >= FEW:
        yield Finding(
            kind=Kind.TONE, figure="tone", value=round(net.value), score=score,
            sentence=f"Tone was {way} than in the last week checked: net {points(net.value)}, from"
            f" reading {check.read} of {check.posts:,} posts",
            address=address(check.week),
        )  # fmt: skip
