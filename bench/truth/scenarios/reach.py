"""T10: how many are likely to have seen the posts: a range that holds the truth, and is of use."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bench.truth.checks import Check, never, number, says
from bench.truth.faces import Words
from bench.truth.posts import arriving, burst, steady
from bench.truth.scenario import Scenario
from bench.truth.world import World
from monitor.core.model import Author, Metrics, Post

_SHOWN_SHARE = 0.05  # of followers who see a post, in the middle
_GIVEN = 0.4  # of the posts, of which the platform says how many saw them


def crowd(people: int, deviation: float, seed: int = 1) -> Callable[[World], None]:
    """Return an office with posts by so many, a part of whose followers sees each; of some it is said.

    `deviation` is that of the part's logarithm.
    """

    def make(world: World) -> None:
        world.chance.seed(seed)
        old = steady("youtube", world.chance, 10, -70, 0)
        posts = [*(_seen(world, post, deviation) for post in old)]
        told = burst("youtube", world.chance, people, 2)
        told_posts = [_seen(world, replace(post, author=_account(world, n)), deviation)
                      for n, post in enumerate(told)]  # fmt: skip
        world.truth = sum(views for _, views in told_posts)
        world.post(arriving(post for post, _ in (*posts, *told_posts)))
        world.watch("youtube")
        world.mail(0)
        world.mail(7)

    return make


def _account(world: World, number: int) -> Author:
    followers = round(math.exp(world.chance.gauss(math.log(800), 1)))
    return Author(id=f"f{number}", handle=f"f{number}", followers=followers)


def _seen(world: World, post: Post, deviation: float) -> tuple[Post, int]:
    """Return a post with how many saw it, which is said of some only, and that number."""
    share = min(1.0, math.exp(world.chance.gauss(math.log(_SHOWN_SHARE), deviation)))
    views = round((post.author.followers or 0) * share)
    is_given = world.chance.random() < _GIVEN
    return replace(post, metrics=Metrics(likes=1, views=views if is_given else None)), views


def with_giant(world: World) -> None:
    """Write down an office of small accounts, and one of 1.5 million followers."""
    _flat(world)
    giant = Author(id="giant", handle="@giant@mastodon.example", followers=1_500_000)
    world.post(arriving(burst("mastodon", world.chance, 1, 2, author=giant)))


def few_known(share: float) -> Callable[[World], None]:
    """Return an office of whose accounts so many say how many follow them."""

    def make(world: World) -> None:
        _flat(world, share)

    return make


def _flat(world: World, share: float = 1) -> None:
    for post in steady("mastodon", world.chance, 6, -70, 7):
        is_known = int(post.author.id[1:]) < 36 * share
        author = replace(post.author, followers=150 if is_known else None)
        world.post(arriving([replace(post, author=author)]))
    world.watch("mastodon")
    world.mail(0)
    world.mail(7)


def _holds_truth() -> Check:
    def faults(words: Words) -> list[str]:
        seen, truth = words.data["seen"], words.world.truth
        if seen and seen["low"] <= truth <= seen["high"]:
            return []
        return [f"json: {seen and (seen['low'], seen['high'])} does not hold {truth}"]

    return Check("the range holds the truth", faults)


def _width(most: float) -> Check:
    def is_so(data: dict[str, Any]) -> bool:
        return bool(data["seen"]) and data["seen"]["high"] <= most * max(1, data["seen"]["low"])

    return number(f"at most {most} times as wide", is_so, lambda data: data["seen"])


def _below(most: int) -> Check:
    return number(f"nothing above {most}", lambda data: not data["seen"] or data["seen"]["high"] <= most,
                  lambda data: data["seen"])  # fmt: skip


def _scenario(name: str, make: Callable[[World], None], *checks: Check) -> Scenario:
    return Scenario(kind="T10", name=name, make=make, checks=checks)


SCENARIOS = [
    _scenario("posts by 400, views by chance of 1", crowd(400, 1), _holds_truth(), _width(3)),
    _scenario("posts by 400, views by chance of 1.5", crowd(400, 1.5, 2), _holds_truth(), _width(3)),
    _scenario("posts by 40, views by chance of 1", crowd(40, 1, 3), _holds_truth(), _width(8)),
    _scenario("posts by 5, views by chance of 1", crowd(5, 1, 4), _holds_truth()),
    _scenario("one account of 1.5 million followers among small ones", with_giant, _below(30_000),
              says(r"1\.5 million|1,500,000", "how large the one account is", ("page",))),
    _scenario("followers known for a third of the accounts", few_known(1 / 3),
              never(r"audience ceiling", "that it is a ceiling", ("page", "mail", "html", "brief"))),
    _scenario("followers known for nine in ten accounts", few_known(0.9), _below(6_000)),
]  # fmt: skip
