"""T2: what is usual, said in as many cases as it is so; and nothing said of too few."""

from collections.abc import Callable, Sequence

from bench.truth.checks import CHANGE, FALL, PERCENT, RISE, SAME, compared, never, says
from bench.truth.posts import arriving, weekly
from bench.truth.scenario import Scenario
from bench.truth.world import World

_ORDINARY = (
    never(CHANGE, "a change", ("subject", "json")),
    never(r"busier|quieter|(?:more|fewer) than usual|most .*in \w+ weeks", "that the week is unusual"),
)
_USUAL = says("usual", "that it is a usual week", ("page", "subject", "mail", "html"))
_NO_PERCENT = never(PERCENT, "a percentage of few posts")
_NO_USUAL = never(
    r"than usual|usual(?:ly)?\b.*\d|a usual week(?! is)", "what is usual, of which too little is known"
)
# Seven weeks round 42 as chance would have them, and some more.
_ROUND_42 = (38, 47, 41, 35, 46, 44, 40, 49, 37)


def weeks(*totals: int, people: int = 36) -> Callable[[World], None]:
    """Return an office with weeks of so many posts, the last of them the told one, watched from the first."""

    def make(world: World) -> None:
        posts = [*weekly("mastodon", world.chance, totals)]
        world.post(arriving(posts))
        world.watch("mastodon", min(post.created_at for post in posts).replace(hour=0, minute=0, second=0))
        world.mail(0)
        world.mail(7)

    return make


def _scenario(name: str, totals: Sequence[int], *checks: object) -> Scenario:
    return Scenario(kind="T2", name=name, make=weeks(*totals), checks=checks)  # type: ignore[arg-type]


SCENARIOS = [
    _scenario("nine weeks of 42, then 43", [42] * 9 + [43], *_ORDINARY, _USUAL, SAME),
    _scenario("40, 44, 38, 42, then 46", [40, 44, 38, 42, 46], *_ORDINARY, _USUAL),
    _scenario("40, 44, 38, 42, then 37", [40, 44, 38, 42, 37], *_ORDINARY, _USUAL),
    _scenario("nine weeks round 42, then 50", [*_ROUND_42, 50], *_ORDINARY, _USUAL),
    _scenario("nine weeks round 42, then 34", [*_ROUND_42, 34], *_ORDINARY, _USUAL),
    _scenario("weeks of 280 to 350, then 352", [300, 345, 281, 322, 310, 350, 290, 331, 305, 352],
              *_ORDINARY, _USUAL),
    _scenario("weeks of 2 to 5, then 6", [3, 2, 4, 5, 3, 2, 4, 3, 3, 6], *_ORDINARY, _NO_PERCENT),
    _scenario("weeks of 3, then none", [3, 2, 4, 3, 3, 2, 4, 3, 3, 0], *_ORDINARY, _NO_PERCENT),
    _scenario("weeks of 42, then 90 twice", [42] * 8 + [90, 90], never("a usual week", "that it is usual")),
    _scenario("only two weeks, 30 then 45", [30, 45], _NO_USUAL),
    _scenario("only three weeks, then one more of 50", [38, 44, 40, 50], _NO_USUAL),
    _scenario("6 posts, then 9", [5, 7, 6, 4, 6, 5, 7, 6, 6, 9], _NO_PERCENT,
              never(r"\b(?:up|down)\b (?:from|by|\d)", "up or down of under ten posts")),
    _scenario("weeks round 42, then 84", [*_ROUND_42, 84], says(RISE, "a rise"), compared("posts", 84, 37),
              SAME),
    _scenario("weeks round 42, then 72", [*_ROUND_42, 72], says(RISE, "a rise")),
    _scenario("weeks round 42, then 18", [*_ROUND_42, 18], says(FALL, "a fall"), compared("posts", 18, 37)),
    _scenario("weeks round 100, then 200", [96, 105, 99, 110, 93, 101, 98, 107, 95, 200],
              says(RISE, "a rise")),
    _scenario("weeks of 3, then 14", [3, 2, 4, 3, 3, 2, 4, 3, 3, 14], _NO_PERCENT,
              says(r"\b14\b", "14", ("page", "subject", "mail"))),
    _scenario("growth of a tenth each week", [20, 22, 24, 27, 29, 32, 35, 39, 43, 47],
              never(FALL, "a fall")),
]  # fmt: skip
