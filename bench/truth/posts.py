"""Made-up posts: as many as are meant, at the hours when people write, each with words of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bench.usual import poisson
from monitor.core.model import Author, Metrics, Post

ZONE = ZoneInfo("Europe/London")
FIRST = date(2026, 11, 16)  # a Monday: the week that is told of
WEEKS = 10  # before it
TAG = "callingtimeoncrime"
_PEOPLE = 36
_HOURS = (8, 10, 12, 13, 15, 17, 18, 19, 20, 21, 22)
_WHO = (
    "neighbours", "the parade", "our ward", "shopkeepers", "the school gate", "the night bus", "residents",
    "the estate", "the allotments", "the library", "the surgery", "the youth club", "the church hall",
)  # fmt: skip
_WHAT = (
    "a meeting", "the survey", "the petition", "more patrols", "street lights", "cameras", "a stall",
    "leaflets", "the new station", "wardens", "the helpline", "a walk", "bikes", "the underpass",
)  # fmt: skip
_WHEN = (
    "this evening", "by the station", "on the high road", "next month", "before school", "after work",
    "near the park", "at the market", "in the hall", "on the green", "over lunch", "at the weekend",
)  # fmt: skip
_DAY: dict[str, Any] = {"hours": _HOURS, "text_of": None, "prefix": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A post, and when its platform first shows it."""

    post: Post
    at: datetime


def moment(day: int, hour: float = 0) -> datetime:
    """Return an instant by the days since the told week's Monday, and the hours since local midnight."""
    return datetime.combine(FIRST + timedelta(days=day), time(), ZONE) + timedelta(hours=hour)


START = moment(-7 * WEEKS)
END = moment(7)
NOW = moment(7, 8.5)  # Monday morning, when the mail has gone


def words(chance: Random) -> str:
    """Return what somebody writes: no two alike, and of no mood."""
    said = [
        f"{chance.choice(_WHO)} and {chance.choice(_WHO)} on {chance.choice(_WHAT)} {chance.choice(_WHEN)}"
    ]
    said += [f"{chance.choice(_WHAT)} {chance.choice(_WHEN)}" for _ in range(2)]
    return f"{'; '.join(said).capitalize()}, item {chance.randrange(10**6)}. #CallingTimeOnCrime"


def reactions(chance: Random) -> Metrics:
    """Return the reactions to a post: most have a few, some many."""
    return Metrics(likes=int(chance.expovariate(1 / 3)), reposts=int(chance.expovariate(1)), replies=1)


def a_post(platform: str, name: str, at: datetime, chance: Random, **changes: Any) -> Post:
    """Return a post by one of so many `people`; `by` is the writer's name."""
    people = changes.pop("people", _PEOPLE)
    by = changes.pop("by", f"p{chance.randrange(people)}")
    usual = Post(
        platform=platform, id=name, url=f"https://{platform}.example/@{by}/{name}",
        author=Author(id=by, handle=f"@{by}@{platform}.example", followers=100),
        text=words(chance), created_at=at, lang="en", tags=frozenset({TAG}),
        metrics=reactions(chance), reread_key=name,
    )  # fmt: skip
    return replace(usual, **changes)


def steady(
    platform: str, chance: Random, a_day: float, first: int, last: int, **changes: Any
) -> Iterator[Post]:
    """Yield posts of these days, as many each day; of a broken number, as it falls out over the week."""
    for day in range(first, last):
        number = int(a_day * (day + 1)) - int(a_day * day)
        yield from _of_day(platform, chance, day, number, f"{day}", **changes)


def varied(
    platform: str, chance: Random, a_week: float, first: int, last: int, spread: float = 1, **changes: Any
) -> Iterator[Post]:
    """Yield posts of these days as chance has them; `spread` is their variance over their mean."""
    for day in range(first, last):
        mean = a_week / 7
        if spread > 1:
            mean = chance.gammavariate(mean / (spread - 1), spread - 1)
        yield from _of_day(platform, chance, day, poisson(chance, mean), f"{day}", **changes)


def burst(platform: str, chance: Random, number: int, day: int, **changes: Any) -> Iterator[Post]:
    """Yield so many more posts on one day."""
    return _of_day(platform, chance, day, number, f"more{changes.pop('mark', '')}{day}", **changes)


def _of_day(
    platform: str, chance: Random, day: int, number: int, mark: str, **changes: Any
) -> Iterator[Post]:
    hours, text_of, prefix = (changes.pop(name, usual) for name, usual in _DAY.items())
    for n in range(number):
        at = moment(day, chance.choice(hours) + chance.random() * 0.98)
        post = a_post(platform, f"{prefix}{platform}{mark}x{n}", at, chance, **changes)
        yield replace(post, text=text_of(post.text)) if text_of else post


def arriving(
    posts: Iterable[Post], at: datetime | None = None, lag: timedelta = timedelta()
) -> list[Arrival]:
    """Return posts with when they are shown: at once, `lag` later, or all at one instant."""
    return [Arrival(post=post, at=at or post.created_at + lag) for post in posts]


def weekly(platform: str, chance: Random, totals: Iterable[int], **changes: Any) -> Iterator[Post]:
    """Yield posts of whole weeks, the last of them the told one, each spread evenly over its days."""
    numbers = [*totals]
    for week, number in enumerate(numbers, 1 - len(numbers)):
        for day in range(7):
            share = number * (day + 1) // 7 - number * day // 7
            yield from _of_day(platform, chance, 7 * week + day, share, f"{7 * week + day}", **changes)
