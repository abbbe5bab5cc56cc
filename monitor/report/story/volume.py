"""How much there was of what is counted, against its usual range, and what a rise is made of. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from statistics import median

from monitor.report import Report, ShownPost, Usual
from monitor.report.baseline import ENOUGH, of_amounts, of_counts
from monitor.report.story.finding import (
    STRICT,
    STRICTER,
    Finding,
    Kind,
    address,
    by_accounts,
    compared,
    fitted,
    is_made_by,
    is_small,
    range_of,
    surprise,
    usually,
)
from monitor.report.window import WEEK, length, shifted
from monitor.report.wording import STORY, quantity

_MANY = 6  # weeks, from which on a record says something


@dataclass(frozen=True, slots=True)
class _Amount:
    kind: Kind
    key: str
    rise: str
    fall: str
    unit: tuple[str, str]
    metric: str = ""  # of one post, where that can make all of it


_AMOUNTS = (
    _Amount(Kind.POSTS, "posts", "Busier than usual", "Quieter than usual", ("post", "posts")),
    _Amount(Kind.PEOPLE, "people", "More people than usual", "Fewer people than usual",
            ("account", "accounts")),
    _Amount(Kind.REACTIONS, "engagement", "More reactions than usual", "Fewer reactions than usual",
            ("reaction", "reactions"), "engagement"),
    _Amount(Kind.VIEWS, "views", "More views than usual", "Fewer views than usual",
            ("view", "views"), "views"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Standing:
    """A number of the days that are compared, with what it was before."""

    amount: _Amount
    value: int
    usual: Usual
    middle: float
    interval: tuple[float, float]

    @property
    def score(self) -> float:
        return surprise(self.value, self.middle, self.interval)

    def is_made_by(self, part: float) -> bool:
        return is_made_by(part, self.value, self.middle, self.interval)


def volume(report: Report) -> Iterator[Finding]:
    """Yield what lies far outside its usual range, as what makes it so where one account or post does."""
    for amount in _AMOUNTS:
        number = _number(report, amount)
        if number and number.score:
            yield _by_one(report, number) or _finding(report, number)


def _number(report: Report, amount: _Amount) -> _Standing | None:
    figure = report.figures[amount.key]
    amounts = [known for week in report.past if (known := week.values.get(amount.key)) is not None]
    if figure.finished is None or figure.usual is None or len(amounts) < ENOUGH:
        return None
    match amount.kind:
        case Kind.POSTS:
            interval = of_counts([week.days for week in report.past], STRICT)
        case Kind.PEOPLE:
            interval = of_counts([[people] for people in amounts], STRICTER)
        case _:
            interval = of_amounts(amounts, STRICT)
    return _Standing(amount, figure.finished, figure.usual, median(amounts), interval)


def _finding(report: Report, number: _Standing) -> Finding:
    amount, value, usual = number.amount, number.value, number.usual
    words, record = quantity(value, *amount.unit), ""
    if amount.kind is Kind.PEOPLE:
        words += " posted"
    elif amount.kind is Kind.POSTS:
        words += by_accounts(report.figures["people"].finished)
    if not is_small(value, usual.high):
        start = amount.rise if value > usual.high else amount.fall
        words = f"{value:,}" if amount.metric else words
        words, record = f"{start}: {words}", _record(report, amount.key, value)
    order = {"order": "biggest"} if amount.metric else {}
    return Finding(
        kind=amount.kind, figure=amount.key, value=value, usual=usual, score=number.score,
        sentence=fitted(words, record, f" ({usually(usual)})"), address=address(compared(report), **order),
    )  # fmt: skip


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


def _by_one(report: Report, number: _Standing) -> Finding | None:
    """Return a rise as what makes all of it: without that, the number is as usual."""
    if number.value < number.usual.high:
        return None
    for part, finding in _PARTS[number.amount.kind](report, number):
        if number.is_made_by(part):
            return replace(finding, score=number.score / 2)
    return None


def _posts(report: Report, number: _Standing) -> Iterator[tuple[float, Finding]]:
    busiest = report.breakdown and report.breakdown.busiest
    if busiest:
        part = sum(busiest.posts)
        sentence = f"{part:,} of {number.value:,} posts are by one account; without it, as many as usual"
        page = address(compared(report), author=busiest.id)
        yield part, _part(Kind.ACCOUNT, number, f"{sentence} ({range_of(number.usual)})", page)
    messages = report.figures["messages"].finished
    if report.news and report.news.sites >= STORY and messages is not None:
        sentence = (
            f"{number.value:,} posts, {quantity(messages, 'message', 'messages')}: one news story is on"
            f" {report.news.sites:,} sites; counted once, posts are as usual ({range_of(number.usual)})"
        )
        yield report.news.sites - 1, _part(Kind.NEWS, number, sentence, f"/posts/{report.news.post}")


def _people(report: Report, number: _Standing) -> Iterator[tuple[float, Finding]]:
    if report.news and report.news.sites >= STORY:
        sites = report.news.sites
        sentence = (
            f"{sites:,} of {number.value:,} accounts are news sites with one story; without them, as many as"
            f" usual ({range_of(number.usual)})"
        )
        yield sites, _part(Kind.NEWS, number, sentence, f"/posts/{report.news.post}")


def _one_post(report: Report, number: _Standing) -> Iterator[tuple[float, Finding]]:
    amount, total = number.amount, report.figures[number.amount.key].value
    biggest = max(_tops(report, amount.metric), default=None)
    if biggest and total:
        part, post = biggest
        of = f"{part:,} of {quantity(total, *amount.unit)}"
        sentence = f"{of} went to one post; the others had as many as usual ({range_of(number.usual)})"
        # The latest readings of both: compared is what was known at an equal age.
        yield part * number.value / total, _part(Kind.POST, number, sentence, f"/posts/{post}")


def _tops(report: Report, metric: str) -> Iterator[tuple[int, int]]:
    """Yield how much each of the biggest posts had, with its id, of those that are compared."""
    for post in report.top:
        if is_compared(report, post) and (value := getattr(post.metrics, metric)):
            yield value, post.id


def is_compared(report: Report, post: ShownPost) -> bool:
    """Return whether a post counts in a comparison."""
    basis = report.comparison
    return (
        basis is not None
        and post.platform in basis.platforms
        and basis.now.first <= post.created_at.date() <= basis.now.last
    )


def _part(kind: Kind, number: _Standing, sentence: str, page: str) -> Finding:
    return Finding(
        kind=kind, figure=number.amount.key, value=number.value, usual=number.usual, score=0.0,
        sentence=sentence, address=page,
    )  # fmt: skip


_Parts = Callable[[Report, _Standing], Iterator[tuple[float, Finding]]]
_PARTS: dict[Kind, _Parts] = {
    Kind.POSTS: _posts, Kind.PEOPLE: _people, Kind.REACTIONS: _one_post, Kind.VIEWS: _one_post,
}  # fmt: skip
