"""How much there was of what is counted, against its usual range, and what a rise is made of. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median

from monitor.report import Report, Usual
from monitor.report.baseline import ENOUGH, of_amounts, of_counts
from monitor.report.story.breaks import basis, is_nearly_whole
from monitor.report.story.few_accounts import few_accounts
from monitor.report.story.finding import (
    STRICT,
    STRICTER,
    Finding,
    Kind,
    Standing,
    address,
    by_people,
    compared,
    copies,
    fitted,
    is_small,
)
from monitor.report.story.standouts import silence
from monitor.report.window import WEEK, length, shifted
from monitor.report.wording import quantity, range_of, usually

_MANY = 6  # weeks, from which on a record says something
_AMOUNTS = {  # the keys of their measures, and what one is called
    Kind.POSTS: ("posts", "post"),
    Kind.PEOPLE: ("people", "account"),
    Kind.REACTIONS: ("engagement", "reaction"),
    Kind.VIEWS: ("views", "view"),
}
_FEW_POSTS = ("one post", "two posts", "three posts")  # that may have most of it
_OF_POSTS = (Kind.REACTIONS, Kind.VIEWS)


@dataclass(frozen=True, slots=True)
class _Amount(Standing):
    """A number of the days that are compared, with what it was before."""

    kind: Kind
    usual: Usual

    @property
    def key(self) -> str:
        return _AMOUNTS[self.kind][0]

    def of(self, number: int) -> str:
        """Return so many of its unit: '12 posts'."""
        unit = _AMOUNTS[self.kind][1]
        return quantity(number, unit, f"{unit}s")

    def finding(self, kind: Kind, sentence: str, page: str) -> Finding:
        return Finding(
            kind=kind, figure=self.key, value=self.value, usual=self.usual, sentence=sentence, address=page
        )


def volume(report: Report) -> Iterator[Finding]:
    """Yield what lies far outside its usual range, as what makes it so where one account or post does."""
    for number in _numbers(report):
        if number.score:
            by_one = (one for part, one in _parts(report, number) if number.is_made_by(part))
            alone = next(by_one, None)
            score = max(number.score / 2, alone.score) if alone else number.score
            yield replace(alone or _whole(report, number), score=score)


def _numbers(report: Report) -> Iterator[_Amount]:
    for kind, (key, _) in _AMOUNTS.items():
        figure = report.figures[key]
        amounts = [known for week in report.past if (known := week.values.get(key)) is not None]
        if figure.finished is None or figure.usual is None or len(amounts) < ENOUGH:
            continue
        if kind in _OF_POSTS:
            interval = of_amounts(amounts, STRICT)
        elif kind is Kind.PEOPLE:
            interval = of_counts([[people] for people in amounts], STRICTER)
        else:
            interval = of_counts([week.days for week in report.past], STRICT)
        yield _Amount(figure.finished, median(amounts), interval, kind, figure.usual)


def _whole(report: Report, number: _Amount) -> Finding:
    kind, value, usual = number.kind, number.value, number.usual
    if kind is Kind.POSTS and report.is_over and is_nearly_whole(report):
        value = report.posts.value or value  # as its tile has it
    words, record, short = number.of(value), "", ""
    if kind is Kind.PEOPLE:
        words += " posted"
    elif kind is Kind.POSTS:
        words += by_people(report.figures["people"].finished)
    if not is_small(value, usual.high):
        ways = ("Quieter", "Busier") if kind is Kind.POSTS else (f"Fewer {kind}", f"More {kind}")
        way = f"{ways[value > usual.high]} than usual"
        words, short = f"{way}: {f'{value:,}' if kind in _OF_POSTS else words}", f"{way}: {number.of(value)}"
        record = _record(report, number.key, value)
    page = address(compared(report), **({"order": "biggest"} if kind in _OF_POSTS else {}))
    sentence, short = fitted(words, record, f" ({usually(usual)})"), short and f"{short} ({usually(usual)})"
    return replace(number.finding(kind, sentence, page), short=short, value=value)


def _record(report: Report, key: str, value: int) -> str:
    """Return ', the most in ten weeks', where no week is missing between; else nothing."""
    weeks = len(report.past)
    follow = report.past[-1].window.first == shifted(report.window, weeks * WEEK).first
    if weeks < _MANY or not follow or length(report.window) != WEEK:
        return ""
    before = [week.values.get(key) or 0 for week in report.past]
    if value > max(before):
        return f", the most in {weeks + 1} weeks"
    return f", the fewest in {weeks + 1} weeks" if value < min(before) else ""


def _parts(report: Report, number: _Amount) -> Iterator[tuple[float, Finding]]:
    """Yield what may make all of a rise, or of a fall, with how much of the number it is."""
    value, parts = number.value, report.breakdown
    if number.kind is Kind.POSTS and (few := few_accounts(report, number)):
        rest = "without it," if len(few.ids) == 1 else "without them,"
        sentence = _part(number, few.posts, value, f"are by {few.name}", rest)
        yield few.more, number.finding(Kind.ACCOUNT, sentence, few.address(compared(report)))
    if number.kind is Kind.POSTS and parts and parts.silent:
        head = f"{number.of(value)}{''.join(basis(report, value))} ({usually(number.usual)})"
        for stopped in silence(report):
            often = median(parts.silent.posts)
            sentence = f"{head}: one account that usually writes {often:,.0f} wrote none"
            yield -often, replace(stopped, value=value, usual=number.usual, sentence=sentence)
    if number.kind in (Kind.POSTS, Kind.PEOPLE) and report.news:
        story = f"one news story is on {report.news.sites:,} sites; counted once, {_as_usual(number)}"
        page = address(compared(report), ids=report.news.ids)
        yield copies(report), number.finding(Kind.NEWS, f"{number.of(value)}: {story}", page)
    tops = sorted(_tops(report, number.key), reverse=True) if number.kind in _OF_POSTS else []
    total = report.figures[number.key].value or 0
    for count, name in enumerate(_FEW_POSTS[: len(tops)], 1):
        part, posts = sum(top[0] for top in tops[:count]), [top[1] for top in tops[:count]]
        sentence = _part(number, part, total, f"went to {name}{tops[0][2] * (count == 1)}", "the others had")
        page = address(compared(report), ids=".".join(map(str, posts))) if count > 1 else f"/posts/{posts[0]}"
        # The latest readings of both: compared is what was known at an equal age.
        yield part * value / total, number.finding(Kind.POST, sentence, page)


def _part(number: _Amount, part: int, total: int, what: str, rest: str) -> str:
    """Return what so much of a number has in common, and that the rest is as usual, if it is."""
    if part == total:
        return f"All {number.of(total)} {what} ({usually(number.usual)})"
    # What is compared may be less than the total: it is of an equal age.
    is_usual = number.usual.low <= round(number.value * (1 - part / total)) <= number.usual.high
    end = f"; {rest} {_as_usual(number)}" if is_usual else f" ({usually(number.usual)} in all)"
    return f"{part:,} of {number.of(total)} {what}{end}"


def _as_usual(number: _Amount) -> str:
    return f"as many as usual ({range_of(number.usual)})"


def _tops(report: Report, metric: str) -> Iterator[tuple[int, int, str]]:
    """Yield how much each of the biggest posts had, its id, and if it is gone, of those that are compared."""
    now, basis = compared(report), report.comparison
    for post in report.top:
        is_compared = now.first <= post.created_at.date() <= now.last
        if basis and post.platform in basis.platforms and is_compared:
            removed = ", since removed" if post.text is None else ""
            if number := getattr(post.metrics, metric):
                yield number, post.id, removed
