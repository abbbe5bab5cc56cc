"""T7: alerts when sources change, in the first weeks, after a launch; and a burst is found all the same."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bench.truth.checks import Check
from bench.truth.faces import Words
from bench.truth.posts import Arrival, arriving, burst, moment, varied
from bench.truth.scenario import Scenario
from bench.truth.scenarios.imports import table
from bench.truth.world import World
from monitor.core.model import Author, Post

_EVERY, _TURN = timedelta(hours=3), timedelta(minutes=20)
_BURST_DAY, _HOURS = 3, (14, 15, 16, 17)
_NOON, _NIGHT = _BURST_DAY + 0.5, _BURST_DAY + 20 / 24


def _live(world: World, sources: Iterable[tuple[str, float, float]], since: int = -42) -> None:
    """Write down sources, each with the posts of an hour and the day from which it is asked."""
    for name, an_hour, day in sources:
        posts = varied(name, world.chance, 168 * an_hour, since, 7, people=_many(an_hour), hours=range(24))
        world.post(arriving(posts))
        world.watch(name, moment(0) + timedelta(days=day), moment(0))
        _watch_closely(world, name, max(0.0, day))


def _watch_closely(world: World, source: str, day: float) -> None:
    """Let a source be asked every three hours from a day on, and all the time on Thursday afternoon."""
    for since, until, every in ((day, _NOON, _EVERY), (_NOON, _NIGHT, _TURN), (_NIGHT, 7, _EVERY)):
        world.watch(source, moment(0) + timedelta(days=since), moment(0) + timedelta(days=until), every=every)


def _many(an_hour: float) -> int:
    return max(36, round(500 * an_hour))


def _look(world: World, since: float = 0, until: float = 7) -> None:
    start = moment(0) + timedelta(days=since, minutes=5)
    world.look(start, moment(0) + timedelta(days=until), _EVERY)
    afternoon = moment(_BURST_DAY, 12) + timedelta(minutes=1), moment(_BURST_DAY, 20)
    world.look(*afternoon, _TURN)


def new_source(*before: tuple[str, float], an_hour: float = 1, extra: int = 0) -> Callable[[World], None]:
    """Return an office that switches Bluesky on on Monday; `extra` people more post on Thursday."""

    def make(world: World) -> None:
        _live(world, [*((name, rate, -42) for name, rate in before), ("bluesky", an_hour, 0)])
        world.post(arriving(_people(world, extra, "mastodon")))
        _look(world)

    return make


def constant(an_hour: float, extra: int = 0, since: int = -42, looked: int = 0) -> Callable[[World], None]:
    """Return an office with a source since a day, and `extra` people more than usual on Thursday."""

    def make(world: World) -> None:
        _live(world, [("mastodon", an_hour, since)], since)
        world.post(arriving(_people(world, extra, "mastodon")))
        _look(world, looked)

    return make


def launch(an_hour: float, times: float = 5) -> Callable[[World], None]:
    """Return an office that is so many times as busy from a week before the told one, and stays so."""

    def make(world: World) -> None:
        for rate, first, last in ((an_hour, -42, -7), (an_hour * times, -7, 7)):
            kind = {"people": _many(an_hour), "hours": range(24)}
            world.post(arriving(varied("mastodon", world.chance, 168 * rate, first, last, **kind)))
        world.watch("mastodon", moment(-42), moment(-7))
        world.watch("mastodon", moment(-7), every=_EVERY)
        _look(world, -7)

    return make


def backfilled(an_hour: float, share: float) -> Callable[[World], None]:
    """Return an office that began on Monday, with so much of the weeks before read back."""

    def make(world: World) -> None:
        kind = {"people": _many(an_hour), "hours": range(24)}
        posts = [*varied("mastodon", world.chance, 168 * an_hour, -42, 7, **kind)]
        old = [post for post in posts if post.created_at < moment(0)]
        world.keep([post for post in old if world.chance.random() < share])
        world.post(arriving(post for post in posts if post.created_at >= moment(0)))
        world.watch("mastodon", moment(0), every=_EVERY)
        asked = [
            "--source",
            "mastodon",
            "--since",
            str(moment(-42).date()),
            "--until",
            str(moment(-1).date()),
        ]
        world.at(moment(0, 1), lambda: world.command("backfill", *asked, "--yes"))
        _look(world)

    return make


def bridged(number: int) -> Callable[[World], None]:
    """Return an office with two sources; on Thursday a bridge copies so many old posts at once."""

    def make(world: World) -> None:
        _live(world, [("mastodon", 0.3, -42), ("bluesky", 0.3, -42)])
        originals = burst("mastodon", world.chance, number, _BURST_DAY - 1, mark="old", hours=range(24))
        originals = [replace(post, author=Author(id=f"o{n}")) for n, post in enumerate(originals)]
        world.post(arriving(originals))
        for n, post in enumerate(originals):
            world.post([Arrival(post=_copy(post, n), at=moment(_BURST_DAY, 15))])
        _look(world)

    return make


def _copy(post: Post, number: int) -> Post:
    return replace(
        post, platform="bluesky", id=f"copy{post.id}", url=f"https://bluesky.example/copy{number}",
        author=Author(id=f"b{number}", handle=f"b{number}.bridge.example"), copy_of=post.url,
        created_at=moment(_BURST_DAY, 14.2) + timedelta(minutes=number),
    )  # fmt: skip


def one_who_shouts(number: int) -> Callable[[World], None]:
    """Return an office, and one person who posts so many times on Thursday afternoon."""

    def make(world: World) -> None:
        _live(world, [("mastodon", 0.3, -42)])
        world.post(arriving(burst("mastodon", world.chance, number, _BURST_DAY, by="shouter", hours=_HOURS)))
        _look(world)

    return make


def brought(number: int) -> Callable[[World], None]:
    """Return an office that takes in a file of so many posts of Thursday afternoon, on Thursday evening."""

    def make(world: World) -> None:
        _live(world, [("mastodon", 0.3, -42)])
        path = table(world, "tweets.csv", _people(world, number, "x"))
        world.at(moment(_BURST_DAY, 17.8), lambda: world.command("import", path))
        _look(world)

    return make


def _people(world: World, number: int, platform: str) -> list[Post]:
    """Return a post each by so many who never posted before, on Thursday afternoon."""
    posts = burst(platform, world.chance, number, _BURST_DAY, mark="crowd", hours=_HOURS)
    return [replace(post, author=Author(id=f"c{n}", handle=f"@c{n}")) for n, post in enumerate(posts)]


def _bursts(words: Words, since: datetime | None = None, until: datetime | None = None) -> list[str]:
    return [
        f"{one.at:%a %d %H:%M} {one.title}" for one in words.world.raised
        if one.rule == "burst" and (since is None or since <= one.at) and (until is None or one.at <= until)
    ]  # fmt: skip


def _at_most(number: int) -> Check:
    def faults(words: Words) -> list[str]:
        found = _bursts(words)
        return [f"{len(found)} alerts: {'; '.join(found)}"[:160]] if len(found) > number else []

    return Check(f"at most {number} alerts", faults)


_SILENT, _CAREFUL, _TWICE = _at_most(0), _at_most(1), _at_most(2)
_FOUND = Check(
    "the crowd is told of",
    lambda words: (
        [] if _bursts(words, moment(_BURST_DAY, 14), moment(_BURST_DAY, 21)) else ["no alert of it"]
    ),
)


def _scenario(name: str, make: Callable[[World], None], *checks: Check) -> Scenario:
    return Scenario(kind="T7", name=name, make=make, checks=checks)


SCENARIOS = [
    _scenario("Mastodon and news, then Bluesky with one an hour",
              new_source(("mastodon", 1), ("feeds", 0.5)), _CAREFUL),
    _scenario("Mastodon and news, then Bluesky with three an hour",
              new_source(("mastodon", 1), ("feeds", 0.5), an_hour=3), _CAREFUL),
    _scenario("Mastodon alone, then Bluesky, and 25 people more", new_source(("mastodon", 1), extra=25),
              _FOUND),
    _scenario("20 people more at a post in five hours", constant(0.2, 20), _FOUND, _TWICE),
    _scenario("20 people more at a post an hour", constant(1, 20), _FOUND, _TWICE),
    _scenario("25 people more at five posts an hour", constant(5, 25), _FOUND, _TWICE),
    _scenario("nothing more at a post an hour", constant(1), _CAREFUL),
    _scenario("the first ten days, at a post an hour", constant(1, since=-3, looked=-3), _CAREFUL),
    _scenario("the first two weeks, at five an hour", constant(5, since=-7, looked=-7), _TWICE),
    _scenario("a launch: five times as many from now on, at one an hour", launch(1), _TWICE),
    _scenario("a launch: five times as many from now on, at one in five hours", launch(0.2), _TWICE),
    _scenario("half of the weeks before read back, then live", backfilled(1, 0.5), _CAREFUL),
    _scenario("a third of the weeks before read back, then live", backfilled(2, 0.3), _CAREFUL),
    _scenario("a bridge copies 20 posts of the day at once", bridged(20), _SILENT),
    _scenario("one person posts 30 times in an afternoon", one_who_shouts(30), _SILENT),
    _scenario("a file brings 40 posts of the afternoon", brought(40), _SILENT),
]  # fmt: skip
