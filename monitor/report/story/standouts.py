"""What stands out in a week beside how much there was: a day, a place, a hashtag, a link, people. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist, median

from monitor.report import AccountPosts, Breakdown, Report, Usual, Window
from monitor.report.baseline import ENOUGH, of_counts
from monitor.report.story.finding import (
    STRICT,
    STRICTER,
    Finding,
    Kind,
    address,
    compared,
    copies,
    fitted,
    is_made_by,
    surprise,
    title,
    usually,
)  # fmt: skip
from monitor.report.window import days
from monitor.report.wording import FEW, day_name, host, points, quantity

_REGULARS = 10  # accounts, of which one may fall silent
_ODD = 2  # hashtags, links or places: of many, these few are in oddly many posts and looked at
_DAYS = 5  # of which one may be called the busiest
_NAMED = 2  # events of a day: more make no sentence
_KINDS = {"tag": Kind.TAG, "link": Kind.LINK, "place": Kind.PLACE}


@dataclass(frozen=True, slots=True)
class _SeriesCounts:
    """Several counts of one kind, beside the same ones in the weeks before, each with its interval."""

    now: Sequence[int]
    weeks: Sequence[Sequence[int]]
    outside: float

    def middle(self, place: int) -> float:
        return median(week[place] for week in self.weeks)

    def interval(self, place: int) -> tuple[float, float]:
        return of_counts(self.weeks, self.outside, day=place)

    def rise(self, place: int) -> float:
        """Return how far one of the counts lies above its interval; 0 if it does not, or is small."""
        value, middle = self.now[place], self.middle(place)
        if value < FEW or value <= middle:
            return 0.0
        return surprise(value, middle, self.interval(place))

    def is_made_by(self, part: int, place: int) -> bool:
        return is_made_by(part, self.now[place], self.middle(place), self.interval(place))

    def usual(self, place: int) -> Usual:
        low, high = of_counts(self.weeks, day=place)
        return Usual(median=self.middle(place), low=low, high=high, weeks=len(self.weeks))

    @property
    def oddest(self) -> int:
        return max(range(len(self.now)), key=lambda place: (self.rise(place), -place))


def standouts(report: Report) -> Iterator[Finding]:
    """Yield what stands out, at most one of each kind."""
    if report.comparison and report.breakdown and len(report.past) >= ENOUGH:
        yield from _day(report, report.comparison.days, report.breakdown.busiest)
        yield from _terms(report, report.breakdown)
        yield from _voices(report, report.breakdown)
        yield from _silence(report, report.breakdown.silent)
    yield from _tone(report)


def _day(report: Report, now: Sequence[int], busiest: AccountPosts | None) -> Iterator[Finding]:
    weeks = [week.days for week in report.past]
    if len(now) < _DAYS or any(len(week) != len(now) for week in weeks):
        return
    counts = _SeriesCounts(now, weeks, STRICT / len(now))
    place = counts.oddest
    score, posts, day = counts.rise(place), now[place], days(compared(report))[place]
    own = busiest.posts[place] if busiest else 0
    window = Window(first=day, last=day)
    if not score or counts.is_made_by(copies(report), place):  # a news story is said of the week
        return
    if busiest and counts.is_made_by(own, place):
        sentence = f"{own:,} of the {posts:,} posts on {day_name(day)} are by one account"
        kind, page, score = Kind.ACCOUNT, address(window, author=busiest.id), score / 2
    else:
        chosen = "busiest" if posts == max(now) else "most unusual"
        sentence = f"{day_name(day)}, the {chosen} of {len(now)} days, had {posts:,} of {sum(now):,} posts"
        kind, page = Kind.DAY, address(window)
    usual = counts.usual(place)
    range_ = usually(usual).removeprefix("usually ")
    sentence = fitted(sentence, f" (a usual {day:%A} has {range_})", _events(report, day))
    yield Finding(
        kind=kind, figure="posts", value=posts, usual=usual, score=score, sentence=sentence, address=page
    )


def _events(report: Report, day: date) -> str:
    """Return what was planned on a day, all of it or, if that is too much for a sentence, nothing."""
    titles = [f"“{title(event.title)}”" for event in report.events if event.day == day]
    return f": the day of {' and '.join(titles)}" if 0 < len(titles) <= _NAMED else ""


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
                sentence=f"{_used(term.kind, term.title, now[place])} ({usually(usual)})",
                address=_page(report, term.kind, term.term),
            )  # fmt: skip


def _used(kind: str, name: str, people: int) -> str:
    accounts = quantity(people, "account", "accounts")
    if kind == "place":
        return f"{title(name)} was named by {accounts}"
    if kind == "tag":
        return f"#{title(name)} was used by {accounts}"
    return f"{accounts} linked to {title(host(name))}"


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
    if (score := counts.rise(0)) and not counts.is_made_by(copies(report), 0):
        sentence = f"{new:,} of {people:,} accounts had not posted before ({usually(usual)} of as many)"
        yield Finding(
            kind=Kind.VOICES, figure="people", value=new, usual=usual, score=score, sentence=sentence,
            address=address(compared(report), new="yes"),
        )  # fmt: skip


def _silence(report: Report, silent: AccountPosts | None) -> Iterator[Finding]:
    """Yield an account that posted in every week and has stopped, if chance would hardly make it stop."""
    if silent is None or not report.is_over:
        return
    interval = of_counts([[posts] for posts in silent.posts], STRICT / _REGULARS)
    if score := surprise(0, median(silent.posts), interval):
        since = Window(first=report.past[-1].window.first, last=report.window.last)
        before = f"after {sum(silent.posts):,} in the {len(silent.posts)} weeks before"
        yield Finding(
            kind=Kind.SILENCE, figure="posts", value=0, usual=None, score=score,
            sentence=f"An account that posted every week wrote nothing this time, {before}",
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
    score = surprise(abs(change.value), 0.0, (-strict, strict))
    if score and check.read >= FEW:
        yield Finding(
            kind=Kind.TONE, figure="tone", value=round(net.value), usual=None, score=score,
            sentence=f"Tone was {way} than in the last week checked: net {points(net.value)}, by reading"
            f" {check.read} of {check.posts:,} posts",
            address=address(check.week),
        )  # fmt: skip
