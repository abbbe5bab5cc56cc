"""T1g to T1i: time that nobody watched, posts that come late, and tracks that were not watched alike."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bench.truth.checks import CHANGE, RISE, never, number, says
from bench.truth.posts import END, START, arriving, burst, moment, steady
from bench.truth.scenarios.sources import LEVEL, NO_FALL, NO_RISE, scenario
from bench.truth.world import World

_NO_CHANGE = never(CHANGE, "a change")


def cut(
    *gaps: tuple[float, float], busy_saturday: int = 0, now: float | None = None
) -> Callable[[World], None]:
    """Return an office that was not collecting in these times, each from and until, in days."""

    def make(world: World) -> None:
        posts = [*steady("mastodon", world.chance, 6, -70, 7 if now is None else 0)]
        posts += [] if now is None else steady("mastodon", world.chance, now, 0, 7)
        for week in range(-10, 1):
            posts += burst("mastodon", world.chance, busy_saturday, 7 * week + 5, hours=range(9, 23))
        unseen = [(moment(0) + timedelta(days=a), moment(0) + timedelta(days=b)) for a, b in gaps]
        world.post(arriving(
            post for post in posts if not any(a <= post.created_at < b for a, b in unseen)
        ))  # fmt: skip
        _watch_but(world, unseen)
        world.mail(0)
        world.mail(7)

    return make


def _watch_but(world: World, unseen: list[tuple[datetime, datetime]]) -> None:
    since = START
    for a, b in sorted(unseen):
        world.watch("mastodon", since, a)
        since = b
    world.watch("mastodon", since, END)


def late(number: int, now: float | None = None) -> Callable[[World], None]:
    """Return an office that gets so many posts of the week before on Monday, when the mail has gone."""

    def make(world: World) -> None:
        world.post(arriving(steady("mastodon", world.chance, 6, -70, 0 if now is not None else 7)))
        world.post(arriving(steady("mastodon", world.chance, now or 0, 0, 7)))
        world.post(arriving(burst("mastodon", world.chance, number, -3), at=moment(0, 12)))
        world.watch("mastodon")
        world.mail(0)
        world.mail(7)

    return make


def two_tracks(first: int, last: int, a_day: float = 6) -> Callable[[World], None]:
    """Return an office with a second track as busy as the first, watched from day `first` to `last`."""

    def make(world: World) -> None:
        world.tracks["knives"] = ("PutTheKnifeDown",)
        world.post(arriving(steady("mastodon", world.chance, 6, -70, 7)))
        world.post(arriving(steady(
            "mastodon", world.chance, a_day, -70, 7, tags=frozenset({"puttheknifedown"}), prefix="k",
            text_of=lambda text: text.replace("#CallingTimeOnCrime", "#PutTheKnifeDown"),
        )))  # fmt: skip
        world.watch("mastodon", track="crime")
        if first < last:
            world.watch("mastodon", moment(first), moment(last), track="knives")
        world.mail(0)
        world.mail(7)

    return make


def _shares(expected: tuple[float | None, float | None], by: float = 0.06) -> object:
    """Return that the tracks' shares are these, or, rather than wrong, not said."""

    def is_so(data: dict) -> bool:  # type: ignore[type-arg]
        said = [one["share"] for one in data["shares"]]
        return all(
            share is None or (true is not None and abs(share - true) <= by)
            for share, true in zip(said, expected, strict=True)
        )

    return number(f"shares {expected}", is_so, lambda data: [one["share"] for one in data["shares"]])


_SAID = number("both shares are said", lambda data: all(one["share"] for one in data["shares"]),
               lambda data: [one["share"] for one in data["shares"]])  # fmt: skip
_NOT_ALL = number("the first is not said to have all", lambda data: data["shares"][0]["share"] != 1,
                  lambda data: data["shares"][0])  # fmt: skip
_NOT_SEEN = says("Saturday|15 hours|not collect|not see", "that some was not seen")
_BOTH_NUMBERS = [says(r"\b57\b", "57"), says(r"\b42\b", "42")]

SCENARIOS = [
    scenario("Saturday 09:00 to 24:00 not collected, when most post", cut((5.375, 6), busy_saturday=54),
             NO_FALL, LEVEL, _NOT_SEEN),
    scenario("all of Tuesday not collected", cut((1, 2)), NO_FALL, LEVEL),
    scenario("Tuesday and Thursday not collected", cut((1, 2), (3, 4)), NO_FALL, LEVEL),
    scenario("last week's Saturday not collected, when most post", cut((-1.625, -1), busy_saturday=54),
             NO_RISE, LEVEL),
    scenario("a day not collected in each of three weeks before", cut((-6, -5), (-12, -11), (-17, -16)),
             _NO_CHANGE, LEVEL),
    scenario("Saturday not collected, and the other days double", cut((5.375, 6), busy_saturday=20, now=12),
             says(RISE, "a rise")),
    scenario("Tuesday not collected, the others level, one hour", cut((1.5, 1.55)), _NO_CHANGE, LEVEL),
    scenario("15 posts of last week come after its mail", late(15), NO_FALL, *_BOTH_NUMBERS),
    scenario("4 posts of last week come after its mail", late(4), NO_FALL),
    scenario("15 posts come late, and this week doubles", late(15, now=12), says(RISE, "a rise")),
    scenario("a second track watched 2 of 7 days", two_tracks(0, 2), _shares((0.5, 0.5)),
             never(r"^(?:7|2)\d%$", "78% and 22%", ("page",))),
    scenario("a second track watched from Thursday noon", two_tracks(3, 7), _shares((0.5, 0.5)),
             never(r"^(?:6|3)\d%$", "64% and 36%", ("page",))),
    scenario("a second track never watched", two_tracks(0, 0), _shares((None, None)), _NOT_ALL),
    scenario("a second track watched all the time, half as busy", two_tracks(-70, 7, 3),
             _shares((0.667, 0.333)), _SAID),
]  # fmt: skip
