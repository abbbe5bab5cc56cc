"""T1b and T12: a file brings posts, not growth; weeks that files have whole are compared."""

import csv
from collections.abc import Callable, Iterable, Sequence

from bench.truth.checks import CHANGE, FALL, RISE, Check, compared, level, never, number, says
from bench.truth.posts import moment, steady, weekly
from bench.truth.scenario import Scenario
from bench.truth.scenarios.sources import LEVEL, NO_FALL, NO_RISE, office, scenario
from bench.truth.world import World
from monitor.core.model import Post

_FILE = says(r"\bfiles?\b|import|\bX\b", "that a file brought them")


def table(world: World, name: str, posts: Iterable[Post]) -> str:
    """Write a table of posts, as other programs do, and return where it is."""
    path = world.folder / name
    with path.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["platform", "id", "url", "author", "text", "created_at", "likes"])
        for post in posts:
            at = post.created_at.isoformat()
            rows.writerow([post.platform, post.id, post.url, post.author.handle, post.text, at, 3])
    return str(path)


def brought(first: int, last: int, a_day: float, now: float | None = None) -> Callable[[World], None]:
    """Return an office that takes in tweets of these days on Sunday night, and never asks X itself."""

    def make(world: World) -> None:
        office(world, now=now)
        posts = steady("x", world.chance, a_day, first, last)
        path = table(world, "tweets.csv", (post for post in posts if post.created_at < moment(6, 22)))
        world.at(moment(6, 23), lambda: world.command("import", path))

    return make


def only_files(totals: Sequence[int], whole: bool = True) -> Callable[[World], None]:
    """Return an office that has nothing but files, one a week, which it says are everything, or does not."""

    def make(world: World) -> None:
        posts = [*weekly("x", world.chance, totals)]
        for week in range(1 - len(totals), 1):
            some = [post for post in posts if moment(7 * week) <= post.created_at < moment(7 * week + 7)]
            path = table(world, f"week{week}.csv", some)
            days = [str(moment(7 * week + day).date()) for day in (0, 6)]
            claim = ["--everything", "x", *days] if whole else []
            world.at(moment(7 * week + 7, 7), _import(world, path, claim))
        world.mail(0)
        world.mail(7)

    return make


def _import(world: World, path: str, claim: Sequence[str]) -> Callable[[], object]:
    return lambda: world.command("import", path, *claim)


def _compared_at_all() -> Check:
    return number("it is compared", lambda data: data["posts"]["before"] is not None,
                  lambda data: data["posts"])  # fmt: skip


def _import_only(name: str, make: Callable[[World], None], *checks: Check) -> Scenario:
    return Scenario(kind="T12", name=name, make=make, checks=checks)


SCENARIOS = [
    scenario("150 tweets of the week brought by a file", brought(0, 7, 21.5), NO_RISE, LEVEL, _FILE),
    scenario("20 tweets of the week brought by a file", brought(0, 7, 3), NO_RISE, LEVEL, _FILE),
    scenario("tweets of the week before brought by a file", brought(-7, 0, 10), NO_FALL, LEVEL),
    scenario("tweets of ten weeks brought by a file", brought(-70, 4, 4), never(CHANGE, "a change"), LEVEL),
    scenario("40 tweets brought by a file, and Mastodon doubles", brought(0, 7, 6, now=12),
             says(RISE, "a rise"), compared("posts", 84, 42)),
    _import_only("ten weeks of files, each everything, all alike", only_files([42] * 10),
                 never(CHANGE, "a change"), level("posts"), _compared_at_all()),
    _import_only("ten weeks of files, each everything; the last twice as much", only_files([42] * 9 + [84]),
                 says(RISE, "a rise"), compared("posts", 84, 42)),
    _import_only("ten weeks of files, each everything; the last half as much", only_files([42] * 9 + [20]),
                 says(FALL, "a fall"), compared("posts", 20, 42)),
    _import_only("ten weeks of files that may be samples; the last twice as much",
                 only_files([42] * 9 + [84], whole=False), never(CHANGE, "a change")),
]  # fmt: skip
