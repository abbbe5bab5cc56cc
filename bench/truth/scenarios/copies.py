"""T1d to T1f: copies, one story and one account are named as what they are."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

from bench.truth.checks import RISE, SAME, level, never, says
from bench.truth.faces import ALL
from bench.truth.posts import Arrival, arriving, burst, moment, steady
from bench.truth.scenarios.sources import NO_RISE, office, scenario
from bench.truth.world import World
from monitor.core.model import Author, Metrics, PostKind

_STORY = (
    "Police chief promises forty more officers for three east London boroughs after residents' campaign. "
    "The commissioner told a public meeting that recruits will begin patrols in the spring, and that two "
    "stations will open their front counters again on weekdays. #CallingTimeOnCrime"
)
_UNKNOWN = never("we do not know why|no explanation", "that nobody knows why")
_ACCOUNT = says(r"(?:one|a single|same) (?:account|person|writer)|@shouter", "that one account made it")
_FEW = says(r"\b(?:two|three|four|five) accounts", "that a few accounts made it", ALL)
_NOT_FEW = never(r"\b(?:one|two|three|four|five) accounts?\b", "that a few accounts made it")
_LEVEL = level("posts", "people", by=0.2)
_ONE_POST = r"one post|single post|a post|the post.*: \d+ reactions"
_STORIES = says(r"stor(?:y|ies)\b.*\bsites|\bsites\b.*\bstory|one story", "that one story made it")


def bridged(own: float, share: float = 1) -> Callable[[World], None]:
    """Return an office whose posts a bridge copies to the other platform that it watches, from Monday on."""

    def make(world: World) -> None:
        office(world)
        world.post(arriving(steady("bluesky", world.chance, own, -70, 7)))
        world.watch("bluesky")
        originals = [one.post for one in world.arrivals("mastodon") if one.post.created_at >= moment(0)]
        for post in originals[: round(share * len(originals))]:
            copy = replace(
                post, platform="bluesky", id=f"copy{post.id}", url=f"https://bluesky.example/{post.id}",
                author=Author(id=f"bridged-{post.author.id}", handle=f"{post.author.id}.bridge.example"),
                copy_of=post.url,
            )  # fmt: skip
            world.post([Arrival(post=copy, at=post.created_at)])

    return make


def syndicated(sites: int, a_day: float = 1) -> Callable[[World], None]:
    """Return an office that reads the news, and one story on so many sites on Thursday."""

    def make(world: World) -> None:
        office(world)
        kind = {"kind": PostKind.ARTICLE, "metrics": Metrics()}
        world.post(arriving(steady("feeds", world.chance, a_day, -70, 7, **kind)))
        stories = burst("feeds", world.chance, sites, 3, text=_STORY, **kind)
        for n, post in enumerate(stories):
            site = replace(
                post, url=f"https://paper{n}.example/forty-more-officers",
                author=Author(id=f"paper{n}", name=f"Paper {n}"),
            )  # fmt: skip
            world.post([Arrival(post=site, at=site.created_at)])
        world.watch("feeds")

    return make


def loud(number: int, day: int | None = 1, accounts: int = 1) -> Callable[[World], None]:
    """Return an office, and accounts that post so many times together: on one day, or through the week."""

    def make(world: World) -> None:
        office(world)
        days = range(7) if day is None else [day]
        for one, n in product(days, range(accounts)):
            more = burst(
                "mastodon", world.chance, number // len(days) // accounts, one, by=f"shouter{n}", mark=n
            )
            world.post(arriving(more))

    return make


def always_loud(world: World) -> None:
    """An office with an account that has half of the posts in any week; the others post twice as often."""
    office(world)
    world.post(arriving(steady("mastodon", world.chance, 3, -70, 7, by="shouter", prefix="loud")))
    world.post(arriving(steady("mastodon", world.chance, 6, 0, 7, prefix="more")))


def one_post(reactions: int) -> Callable[[World], None]:
    """Return an office, and one post of its week that has so many reactions."""

    def make(world: World) -> None:
        office(world)
        loud = burst("mastodon", world.chance, 1, 3, by="loud", metrics=Metrics(likes=reactions))
        world.post(arriving(loud))

    return make


SCENARIOS = [
    scenario("a bridge copies every Mastodon post to Bluesky", bridged(2), NO_RISE, _LEVEL),
    scenario("a bridge copies a third of Mastodon's posts", bridged(4, 1 / 3), NO_RISE, _LEVEL),
    scenario("one story on 30 news sites, word for word", syndicated(30), _STORIES, _UNKNOWN,
             never(r"people (?:posting )?up|more people", "more people")),
    scenario("one story on 9 news sites, word for word", syndicated(9, 2), _UNKNOWN,
             never(r"people (?:posting )?up|more people", "more people")),
    scenario("one account posts 120 times on Tuesday", loud(120), _ACCOUNT, _UNKNOWN),
    scenario("one account posts 40 times on Tuesday", loud(40), _ACCOUNT, _UNKNOWN, SAME),
    scenario("one account posts 12 times a day all week", loud(84, None), _ACCOUNT, _UNKNOWN),
    scenario("two accounts post 60 times each on Tuesday", loud(120, accounts=2), _FEW, SAME),
    scenario("two accounts post 6 times a day all week", loud(84, None, accounts=2), _FEW, SAME),
    scenario("three accounts post 4 times a day all week", loud(84, None, accounts=3), _FEW, SAME),
    scenario("forty accounts post 3 times each on Tuesday", loud(120, accounts=40), _NOT_FEW,
             says("126 on Tuesday", "that Tuesday was busy")),
    scenario("an account that always posts 3 times a day, and all others twice as often",
             always_loud, _NOT_FEW, says(RISE, "a rise")),
    scenario("one post has 900 of 1,070 reactions", one_post(900),
             says(_ONE_POST, "that one post made it"),
             never(r"busier|more (?:posts|people)", "more posts")),
    scenario("one post has 200 of 370 reactions", one_post(200),
             says(_ONE_POST, "that one post made it"),
             never(r"busier|more (?:posts|people)", "more posts")),
]  # fmt: skip
