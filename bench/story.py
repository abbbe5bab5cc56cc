"""How often the planted story of a made-up week is its headline: `python -m bench.story [TIMES]`.

Each week follows eight ordinary ones, of some 100 posts with ups and downs of whole days. In quiet weeks
nothing is planted. Beside each other are sizes that anybody would see and sizes near the limit.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bench.usual import poisson
from monitor.archive import Archive
from monitor.campaign import load
from monitor.core.model import Author, Metrics, Page, Post, PostKind, Sentiment, Tone
from monitor.report import Checked, Net, Report, Window
from monitor.report.build import build
from monitor.report.story import story
from monitor.report.story.finding import Kind
from monitor.report.window import bounds, shifted

CAMPAIGN = load(Path(__file__).parents[1] / "config/campaign.toml")
WEEK = Window(first=date(2026, 11, 16), last=date(2026, 11, 22))
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
HISTORY, SIZE = 8, 100
TOPICS = [f"topic{n}" for n in range(25)]
PLACES = list(CAMPAIGN.gazetteer.places)[:20]
STORY = (
    "Police have appealed for witnesses after three shops on the parade were broken into on Tuesday night."
    " Officers believe that the same van was used each time and ask anybody with footage to come forward."
)
_BUSY = timedelta(hours=22)  # of a day, from one in the morning
_RHYTHM = (1.0, 0.9, 1.0, 1.1, 1.3, 0.9, 0.8)
_NEUTRAL = Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)


class Town:
    """Who posts, and what of: the same people in all weeks, and some who come once."""

    def __init__(self, seed: int) -> None:
        """Begin with nobody new."""
        self.chance, self.ids = Random(seed), count()
        self.authors: set[str] = set()

    def week(self, window: Window, size: float = SIZE) -> list[Post]:
        """Return an ordinary week's posts."""
        days = [size * share / sum(_RHYTHM) * self.chance.gammavariate(12, 1 / 12) for share in _RHYTHM]
        return [
            self.post(window.first + timedelta(days=day))
            for day, mean in enumerate(days)
            for _ in range(poisson(self.chance, mean))
        ]

    def post(self, day: date, author: str = "", **changes: object) -> Post:
        """Return a post of that day."""
        chance, number = self.chance, next(self.ids)
        regular = f"regular{min(79, int(chance.expovariate(1 / 25)))}"
        author = author or (regular if chance.random() < 0.8 else f"new{number}")
        self.authors.add(author)
        ordinary = Post(
            platform="mastodon", id=str(number), url=f"https://example.org/{number}",
            author=Author(id=author, handle=f"@{author}", followers=200), text=f"Words number {number}",
            created_at=datetime(day.year, day.month, day.day, 1, tzinfo=UTC) + chance.random() * _BUSY,
            tags=frozenset(["callingtimeoncrime", *self._some(TOPICS, 0.02)]),
            links=frozenset(f"https://example.org/page/{link}" for link in self._some(TOPICS, 0.02)),
            places=frozenset(self._some(PLACES, 0.03)),
            metrics=Metrics(
                likes=round(chance.lognormvariate(1, 1)), views=round(chance.lognormvariate(5, 1))
            ),
        )  # fmt: skip
        return replace(ordinary, **changes)  # type: ignore[arg-type]

    def _some(self, words: list[str], share: float) -> list[str]:
        return [word for word in words if self.chance.random() < share]


Plant = Callable[[Town, list[Post], float], list[Post]]


def report(folder: Path, seed: int, plant: Kind | None, size: float) -> Report:
    """Return the report of a week after eight others, with this in it."""
    town = Town(seed)
    with Archive.open(folder / f"{seed}-{plant}-{size}.db", CAMPAIGN.zone) as archive:
        for n in range(HISTORY, -1, -1):
            window = shifted(WEEK, timedelta(days=7 * n))
            posts, steady = town.week(window), round(size) if plant is Kind.SILENCE else 6
            if n or plant is not Kind.SILENCE:
                posts += [town.post(window.first + timedelta(days=n % 7), "neighbour") for n in range(steady)]
            if n == 0 and plant in PLANTS:
                posts = PLANTS[plant](town, posts, size)
            store(archive, window, posts)
        made = build(archive, CAMPAIGN, WEEK, now=MONDAY, sources=())
    return _read(made, size) if plant is Kind.TONE else made


def store(archive: Archive, window: Window, posts: list[Post]) -> None:
    """Store a week's posts as they are on the Monday after."""
    start, end = bounds(CAMPAIGN.zone, window)
    at = end + timedelta(hours=8)
    archive.ingest.save(
        Page(stream="s", posts=tuple(posts), since=start, until=end),
        source="mastodon", track=CAMPAIGN.tracks[0].name, scores=[_NEUTRAL] * len(posts), analyzer="none",
        started_at=end, now=at,
    )  # fmt: skip


def _more_posts(town: Town, posts: list[Post], size: float) -> list[Post]:
    return posts + town.week(WEEK, SIZE * (size - 1))


def _more_people(town: Town, posts: list[Post], size: float) -> list[Post]:
    """Return a third more posts, and a share of all as by different people, who have all posted before."""
    posts = posts + town.week(WEEK, SIZE / 3)
    before = town.chance.sample(sorted(town.authors), len(posts))
    return [
        replace(post, author=Author(id=author)) if town.chance.random() < size else post
        for post, author in zip(posts, before, strict=True)
    ]


def _more(metric: str) -> Plant:
    def plant(town: Town, posts: list[Post], size: float) -> list[Post]:
        return [_raised(post, metric, round(size * (getattr(post.metrics, metric) or 0))) for post in posts]

    return plant


def _raised(post: Post, metric: str, value: int) -> Post:
    return replace(post, metrics=replace(post.metrics, **{metric: value}))


def _one_post(town: Town, posts: list[Post], size: float) -> list[Post]:
    return [_raised(posts[0], "likes", round(size * SIZE * 8)), *posts[1:]]


def _one_account(town: Town, posts: list[Post], size: float) -> list[Post]:
    days = [WEEK.first + timedelta(days=n % 7) for n in range(round(size))]
    return posts + [town.post(day, "regular3") for day in days]


def _one_story(town: Town, posts: list[Post], size: float) -> list[Post]:
    day = WEEK.first + timedelta(days=2)
    return posts + [
        town.post(day, f"site{n}", kind=PostKind.ARTICLE, text=STORY, tags=frozenset(), links=frozenset(),
                  places=frozenset())
        for n in range(round(size))
    ]  # fmt: skip


def _one_day(town: Town, posts: list[Post], size: float) -> list[Post]:
    thursday = datetime(2026, 11, 19, 1, tzinfo=UTC)
    return [
        replace(post, created_at=thursday + town.chance.random() * _BUSY)
        if town.chance.random() < size
        else post
        for post in posts
    ]


def _talk(field: str, term: str) -> Plant:
    def plant(town: Town, posts: list[Post], size: float) -> list[Post]:
        first = {post.author.id: n for n, post in reversed([*enumerate(posts)])}
        chosen = set(town.chance.sample(sorted(first.values()), round(size)))
        return [
            replace(post, **{field: getattr(post, field) | {term}}) if n in chosen else post
            for n, post in enumerate(posts)
        ]

    return plant


def _new_people(town: Town, posts: list[Post], size: float) -> list[Post]:
    return [
        replace(post, author=Author(id=f"newcomer{n}")) if town.chance.random() < size else post
        for n, post in enumerate(posts)
    ]


def _read(made: Report, size: float) -> Report:
    """Return the report of a week whose tone a person has read, as had been that of the week before."""
    change = Net(value=-size, low=-size - 19, high=-size + 19, doubt=19)
    net = Net(value=-30, low=-43, high=-17, doubt=13)
    before = shifted(WEEK, timedelta(days=7))
    return replace(
        made, checked=Checked(week=WEEK, net=net, read=50, posts=100, before=before, change=change)
    )


PLANTS: dict[Kind, Plant] = {
    Kind.POSTS: _more_posts, Kind.PEOPLE: _more_people, Kind.REACTIONS: _more("likes"),
    Kind.VIEWS: _more("views"), Kind.POST: _one_post, Kind.ACCOUNT: _one_account, Kind.NEWS: _one_story,
    Kind.DAY: _one_day, Kind.PLACE: _talk("places", PLACES[0]), Kind.TAG: _talk("tags", "topic1"),
    Kind.LINK: _talk("links", "https://example.org/page/topic1"), Kind.VOICES: _new_people,
}  # fmt: skip
# A size that anybody would see, and one near the limit: times as many, a share of the posts, posts or people.
SIZES: dict[Kind, tuple[float, float]] = {
    Kind.POSTS: (3, 2), Kind.PEOPLE: (1, 0.8), Kind.REACTIONS: (12, 5), Kind.VIEWS: (12, 5),
    Kind.POST: (8, 3), Kind.ACCOUNT: (120, 80), Kind.NEWS: (120, 80), Kind.DAY: (0.6, 0.4),
    Kind.PLACE: (35, 20), Kind.TAG: (30, 18), Kind.LINK: (30, 18), Kind.VOICES: (0.8, 0.65),
    Kind.SILENCE: (20, 14), Kind.TONE: (60, 40),
}  # fmt: skip


def headlines(plant: Kind | None, size: float, seeds: range) -> Counter[Kind]:
    """Return what is told first in so many weeks, by kind."""
    with TemporaryDirectory(prefix="bench-") as folder:
        return Counter(story(report(Path(folder), seed, plant, size))[0].kind for seed in seeds)


def rows(times: int) -> Iterator[str]:
    """Yield a line for quiet weeks, and two for each kind of story."""
    yield "| planted | size | weeks | told first | else |"
    yield "|---|---|---|---|---|"
    cases = [(None, 0.0), *((kind, size) for kind, sizes in SIZES.items() for size in sizes)]
    for kind, size in cases:
        weeks = 40 * times if kind is None else 3 * times
        first = headlines(kind, size, range(weeks))
        right = first.pop(kind or Kind.USUAL, 0)
        others = ", ".join(f"{other} {number}" for other, number in first.most_common())
        yield f"| {kind or 'nothing'} | {size or ''} | {weeks} | {right} | {others} |"


if __name__ == "__main__":
    for line in rows(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
        print(line, flush=True)
