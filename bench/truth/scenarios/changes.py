"""T1c: another question brings other answers; a look back, or what is typed in, is no growth either."""

from collections.abc import Callable
from functools import partial

from bench.truth.checks import CHANGE, FALL, RISE, SAME, apart, compared, level, never, says
from bench.truth.posts import TAG, arriving, moment, steady
from bench.truth.scenario import Scenario
from bench.truth.scenarios.sources import LEVEL, NO_FALL, NO_RISE, office, scenario
from bench.truth.world import World

_OTHER = "enoughisenough"
_BOTH = ("CallingTimeOnCrime", "EnoughIsEnough")
_NEW_TAG = apart("#?EnoughIsEnough")


def with_tag(a_day: float, day: int, now: float | None = None, hour: float = 9) -> Callable[[World], None]:
    """Return an office that asks for one more hashtag from a day on; people had used it all the time."""

    def make(world: World) -> None:
        office(world, now=now)
        world.post(arriving(steady(
            "mastodon", world.chance, a_day, -70, 7, tags=frozenset({_OTHER}), text_of=_other_words,
            prefix="t",
        )))  # fmt: skip
        world.at(moment(day, hour), partial(world.change, tags=_BOTH))

    return make


def without_tag(world: World) -> None:
    """Write down an office that gives a hashtag up on Wednesday."""
    world.tracks["crime"] = _BOTH
    office(world)
    posts = steady(
        "mastodon", world.chance, 4, -70, 7, tags=frozenset({_OTHER}), text_of=_other_words, prefix="t"
    )
    world.post(arriving(posts))
    world.at(moment(2, 9), partial(world.change, tags=_BOTH[:1]))


def both_tags(world: World) -> None:
    """Write down an office whose posts have two hashtags; it asks for the second from Wednesday on."""
    office(world, tags=frozenset({TAG, _OTHER}))
    world.at(moment(2, 9), partial(world.change, tags=_BOTH))


def _other_words(text: str) -> str:
    return text.replace("#CallingTimeOnCrime", "#EnoughIsEnough")


def look_back(first: int, last: int, a_day: float = 10, now: float | None = None) -> Callable[[World], None]:
    """Return an office that reads the days from `first` to `last` of a platform new to it, on Friday."""

    def make(world: World) -> None:
        office(world, now=now)
        posts = [*steady("bluesky", world.chance, a_day, -70, 7)]
        world.keep(posts)
        world.post(arriving(post for post in posts if post.created_at >= moment(4, 9)))
        world.watch("bluesky", moment(4, 9))
        days = [str(moment(day).date()) for day in (first, last)]
        asked = ["--source", "bluesky", "--since", days[0], "--until", days[1]]
        world.at(moment(4, 10), lambda: world.command("backfill", *asked, "--yes"))

    return make


def typed_in(number: int, now: float | None = None) -> Callable[[World], None]:
    """Return an office that types in what people said, for the first time."""

    def make(world: World) -> None:
        office(world, now=now)
        table = world.folder / "seen.csv"
        day = moment(2).date()
        times = (f"{day}T{9 + n % 9:02}:{n % 60:02}" for n in range(number))
        rows = [f"Facebook,{at},Heard: word {n * 7919},,,,,,Person {n}" for n, at in enumerate(times)]
        table.write_text("\n".join(["where,when,text,link,likes,shares,comments,views,who", *rows]))
        world.at(moment(5, 9), lambda: world.command("import", "--by-hand", str(table)))

    return make


_PART = {"now": moment(2, 12)}  # Wednesday noon

SCENARIOS: list[Scenario] = [
    scenario("a hashtag added on Wednesday, 17 posts a day", with_tag(17, 2), NO_RISE, LEVEL, _NEW_TAG),
    scenario("a hashtag added on Wednesday, 2 posts a day", with_tag(2, 2), NO_RISE, LEVEL, _NEW_TAG),
    scenario("a hashtag added in the week before", with_tag(8, -3), NO_RISE, LEVEL),
    scenario("a hashtag added on Wednesday, and the old one doubles", with_tag(5, 2, now=12),
             says(RISE, "a rise"), compared("posts", 84, 42), _NEW_TAG),
    scenario("a hashtag added that all posts have anyway", both_tags, never(CHANGE, "a change"), LEVEL),
    scenario("a hashtag given up on Wednesday", without_tag, NO_FALL, LEVEL),
    scenario("a look back at this week on a platform new to it", look_back(0, 4), NO_RISE, LEVEL),
    scenario("a look back at nine weeks on a platform new to it", look_back(-63, 4, 4), NO_RISE, LEVEL),
    scenario("a look back, and Mastodon doubles", look_back(0, 4, 4, now=12), says(RISE, "a rise"),
             compared("posts", 84, 42)),
    scenario("30 posts typed in by hand", typed_in(30), NO_RISE, LEVEL, SAME),
    scenario("8 posts typed in by hand, and Mastodon halves", typed_in(8, now=3), says(FALL, "a fall"),
             compared("posts", 21, 42)),
    scenario("a week that is not over, at the usual pace", partial(office, a_day=6),
             never(CHANGE, "a change", ("page", "brief", "json")), level("posts"),
             says("so far|by yesterday|by now", "that it is not over", ("page", "brief")), **_PART),
    scenario("a week that is not over, twice as busy", partial(office, a_day=8, now=20),
             says(RISE, "a rise", ("page", "brief")), compared("posts", 40, 16), **_PART),
]  # fmt: skip
