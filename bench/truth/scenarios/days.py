"""T6: a day stands out only beyond chance, and of several events on it all are named or none."""

from collections.abc import Callable, Sequence

from bench.truth.checks import PEAK, RISE, Check, never, says
from bench.truth.faces import FACES, SPEAKING, Words
from bench.truth.posts import arriving, burst, steady, varied
from bench.truth.scenario import MONTH, WEEK, Scenario
from bench.truth.world import World

_NO_PEAK = never(PEAK, "that a day stands out")
_EVENT_IS_NO_RISE = never(f"{RISE}|more than usual", "that more was said round an event", ("events",))


def noisy(a_week: float, spread: float = 1, seed: int = 1) -> Callable[[World], None]:
    """Return an office with posts as chance has them; `spread` is their variance over their mean."""

    def make(world: World) -> None:
        world.chance.seed(seed)
        world.post(arriving(varied("mastodon", world.chance, a_week, -70, 7, spread)))
        world.watch("mastodon")
        world.mail(0)
        world.mail(7)

    return make


def peak(number: int, day: int, events: Sequence[str] = (), a_day: float = 4) -> Callable[[World], None]:
    """Return an office with so many more posts on one day, and what the calendar has of it."""

    def make(world: World) -> None:
        _flat(world, a_day)
        world.post(arriving(burst("mastodon", world.chance, number, day)))
        for title in events:
            world.event(day, title)

    return make


def launches(number: int, day: int, *before: tuple[int, int]) -> Callable[[World], None]:
    """Return an office with a launch on one day; others, each of so many posts on a day, were in the past."""

    def make(world: World) -> None:
        _flat(world, 7)
        for n, (more, when) in enumerate(((number, day), *before)):
            world.post(arriving(burst("mastodon", world.chance, more, when)))
            world.event(when, f"Launch {n}")

    return make


def with_events(a_day: float, days: Sequence[int]) -> Callable[[World], None]:
    """Return an office as busy each day, whatever is in the calendar."""

    def make(world: World) -> None:
        _flat(world, a_day)
        for day in days:
            world.event(day, f"Stall {day + 100}")

    return make


def saturdays(number: int) -> Callable[[World], None]:
    """Return an office with so many more posts on each Saturday."""

    def make(world: World) -> None:
        _flat(world, 5)
        for week in range(-10, 1):
            world.post(arriving(burst("mastodon", world.chance, number, 7 * week + 5)))

    return make


def _flat(world: World, a_day: float) -> None:
    world.post(arriving(steady("mastodon", world.chance, a_day, -70, 7)))
    world.watch("mastodon")
    world.mail(0)
    world.mail(7)


def _all_or_none(*titles: str) -> Check:
    """Return that a face that ties one of these events to the day, ties all."""

    def faults(words: Words) -> list[str]:
        found = []
        for face in SPEAKING:
            told = [one for one in FACES[face](words) if "Thursday" in one and any(t in one for t in titles)]
            found += [f"{face}: {one}" for one in told if not all(title in one for title in titles)]
        return found

    return Check("all events or none", faults)


def _scenario(name: str, make: Callable[[World], None], *checks: Check, **changes: object) -> Scenario:
    return Scenario(kind="T6", name=name, make=make, checks=checks, **changes)  # type: ignore[arg-type]


_BY_CHANCE = ((14, 1, 3), (14, 1, 7), (30, 1, 4), (30, 1.5, 9), (60, 1.5, 5), (400, 8, 6))
_STORY = ("json",)  # the sentences alone: charts name the busiest day in any case
_TWO = ("Bin collection leaflet", "Vigil for the victims")

SCENARIOS = [
    *(
        _scenario(f"{a_week} posts a week by chance ({seed}), {shown} are shown", noisy(a_week, spread, seed),
                  _NO_PEAK, window=window)
        for a_week, spread, seed in _BY_CHANCE
        for shown, window in (("seven days", WEEK), ("four weeks", MONTH))
    ),
    _scenario("each Saturday has 15 posts, the other days 5", saturdays(10), _NO_PEAK),
    _scenario("40 posts on the Thursday of a leaflet and a vigil", peak(36, 3, _TWO), _all_or_none(*_TWO),
              says("Thursday", "Thursday", _STORY)),
    _scenario("40 posts on the Thursday of a vigil", peak(36, 3, _TWO[1:]),
              says(f"Thursday.*{_TWO[1]}|{_TWO[1]}.*Thursday", "the vigil and the day", _STORY)),
    _scenario("40 posts on a Thursday of nothing known", peak(36, 3), says("Thursday", "Thursday", _STORY),
              never(r"because of|due to|caused|thanks to", "a cause", ("page", "subject", "mail", "html"))),
    _scenario("38 posts on the Friday of a launch, and two launch days before",
              launches(31, 4, (27, -24), (16, -10)), says("Friday.*Launch 0", "the launch's Friday", _STORY)),
    _scenario("46 posts on the Friday of a launch, four weeks are shown", launches(39, 4),
              says("Friday.*Launch 0", "the launch's Friday", _STORY), window=MONTH),
    _scenario("9 posts on a Thursday, 4 on the others", peak(5, 3), _NO_PEAK),
    _scenario("six events in weeks that are all alike", with_events(5, (-20, -15, -9, -5, 1, 3)),
              _EVENT_IS_NO_RISE, _NO_PEAK),
    _scenario("an event with 5 posts, as any day has", with_events(5, (3,)), _EVENT_IS_NO_RISE),
]  # fmt: skip
