"""T1: a source switched on or off, or badly seen, is no growth, and silences nobody."""

from collections.abc import Callable
from datetime import timedelta

from bench.truth.checks import CHANGE, FALL, IN_RANGE, RISE, SAME, Check, apart, compared, level, never, says
from bench.truth.posts import arriving, moment, steady
from bench.truth.scenario import MONTH, Scenario
from bench.truth.world import World

_MORE, _FEWER = never(RISE, "more of anything"), never(FALL, "fewer of anything")
LEVEL = level("posts", "people", by=0.25)
# In a week that is as all are.
NO_RISE = Check("no rise", lambda words: [*_MORE.faults(words), *IN_RANGE.faults(words)])
NO_FALL = Check("no fall", lambda words: [*_FEWER.faults(words), *IN_RANGE.faults(words)])
BLUESKY, LEMMY = apart("Bluesky"), apart("Lemmy")


def office(world: World, a_day: float = 6, now: float | None = None, **changes: object) -> None:
    """Write down a campaign that is as busy each week, on one platform that is always asked.

    `now` is another number a day in the told week.
    """
    last = 7 if now is None else 0
    world.post(arriving(steady("mastodon", world.chance, a_day, -70, last, **changes)))
    if now is not None:
        world.post(arriving(steady("mastodon", world.chance, now, 0, 7, **changes)))
    world.watch("mastodon")
    world.mail(0)
    world.mail(7)


def and_new(
    source: str, a_day: float, day: int, hour: float = 0, busy: float | None = None
) -> Callable[[World], None]:
    """Return an office that switches a source on on a day; people had been there before."""

    def make(world: World) -> None:
        office(world, now=busy)
        world.post(arriving(steady(source, world.chance, a_day, -70, 7)))
        world.watch(source, moment(day, hour))

    return make


def and_off(source: str, a_day: float, day: int) -> Callable[[World], None]:
    """Return an office that switches a source off on a day."""

    def make(world: World) -> None:
        office(world)
        world.post(arriving(steady(source, world.chance, a_day, -70, 7)))
        world.watch(source, until=moment(day))
        world.at(moment(day), lambda: world.change(off=source))

    return make


def and_seen_badly(
    source: str, a_day: float, now: float | None, hours: float = 15
) -> Callable[[World], None]:
    """Return an office with a source that is asked for only so many hours of each day of the told week."""

    def make(world: World) -> None:
        office(world, now=now)
        world.post(arriving(steady(source, world.chance, a_day, -70, 7)))
        world.watch(source, until=moment(0))
        for day in range(7):
            world.watch(source, moment(day), moment(day) + timedelta(hours=hours))

    return make


def two_that_double(world: World) -> None:
    """Write down two platforms, each twice as busy in the told week."""
    office(world, a_day=6, now=12)
    world.post(arriving(steady("bluesky", world.chance, 5, -70, 0)))
    world.post(arriving(steady("bluesky", world.chance, 10, 0, 7)))
    world.watch("bluesky")


def one_that_stops(world: World) -> None:
    """Write down a platform that nobody can reach from Wednesday on."""
    office(world)
    world.post(arriving(steady("bluesky", world.chance, 4, -70, 7)))
    world.watch("bluesky", until=moment(2))


def scenario(name: str, make: Callable[[World], None], *checks: object, **changes: object) -> Scenario:
    """Return one of T1."""
    return Scenario(kind="T1", name=name, make=make, checks=checks, **changes)  # type: ignore[arg-type]


SCENARIOS = [
    scenario("Bluesky on from Tuesday 06:00, 20 posts a day", and_new("bluesky", 20, 1, 6),
             NO_RISE, LEVEL, BLUESKY),
    scenario("Bluesky on from Monday 00:00, 3 posts a day", and_new("bluesky", 3, 0),
             NO_RISE, LEVEL, BLUESKY),
    scenario("Bluesky on from Sunday noon, 20 posts a day", and_new("bluesky", 20, 6, 12),
             NO_RISE, LEVEL, BLUESKY),
    scenario("Bluesky on since Thursday of the week before", and_new("bluesky", 5, -4),
             NO_RISE, LEVEL, BLUESKY),
    scenario("Bluesky on for two whole weeks", and_new("bluesky", 5, -7), never(CHANGE, "a change"), LEVEL),
    scenario("Bluesky on for five whole weeks", and_new("bluesky", 5, -28), never(CHANGE, "a change"), LEVEL),
    scenario("Bluesky on from Tuesday, four weeks are shown", and_new("bluesky", 20, 1, 6),
             never(RISE, "more of anything", ("page", "brief", "json")), LEVEL, window=MONTH),
    scenario("Bluesky on from Tuesday, and Mastodon doubles", and_new("bluesky", 5, 1, 6, busy=12),
             says(RISE, "a rise"), compared("posts", 84, 42), BLUESKY, SAME),
    scenario("a feed on from Friday, and Mastodon halves", and_new("feeds", 2, 4, busy=3),
             says(FALL, "a fall"), compared("posts", 21, 42)),
    scenario("Bluesky off from Wednesday", and_off("bluesky", 5, 2), NO_FALL, LEVEL, BLUESKY),
    scenario("Bluesky off since Monday", and_off("bluesky", 5, 0), NO_FALL, LEVEL),
    scenario("Bluesky stops answering on Wednesday", one_that_stops, NO_FALL, LEVEL, BLUESKY),
    scenario("Lemmy, a post a day, seen 64% of the week; the others level",
             and_seen_badly("lemmy", 1, None), never(CHANGE, "a change"), LEVEL, LEMMY),
    scenario("Lemmy, a post a day, seen 64% of the week; Mastodon doubles",
             and_seen_badly("lemmy", 1, 12), says(RISE, "a rise"), LEMMY, compared("posts", 84, 42)),
    scenario("Lemmy, seen 88% of the week; Mastodon halves",
             and_seen_badly("lemmy", 1, 3, hours=21), says(FALL, "a fall"), LEMMY, compared("posts", 21, 42)),
    scenario("both platforms double, both seen", two_that_double, says(RISE, "a rise"),
             compared("posts", 154, 77)),
]  # fmt: skip
