"""Who posts: a few regulars with a voice of their own, and many who are heard once or twice."""

import random
from array import array
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import accumulate

from monitor.core.model import Author
from monitor.demo.behaviour import DEMOS, PLATFORMS, is_out
from monitor.demo.year import data

_AGAINST = 9  # one in so many of those who are no regulars


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody by their place among all, which is how often they post beside the others."""

    place: int
    name: str
    slug: str  # the name as it stands in addresses
    voice: str


class Crowd:
    """The people: a long tail, each on one platform; `followers` by their places hardly change."""

    def __init__(
        self, posts: int, chance: random.Random, until: datetime, used: Sequence[str] = PLATFORMS
    ) -> None:
        self._until, self._used, self._chance = until, used, chance
        self._social = [platform for platform in used if not DEMOS[platform].news] or used
        people = max(30, posts // 2)
        self._reach = array("d", accumulate((place + 4) ** -0.85 for place in range(people)))
        cast: list[int] = [one["followers"] for one in data("texts")["cast"]]
        others = (min(int(chance.lognormvariate(5, 1.8)), 400_000) for _ in range(people - len(cast)))
        self.followers: Sequence[int] = array("L", [*cast, *others])

    def someone(self, hour: datetime) -> tuple[str, Character]:
        """Return the platform and the writer of the next post, on a platform that is collected then."""
        platform, place = self._draw()
        while is_out(platform, hour, self._until):
            platform, place = self._draw()
        return platform, character(place)

    def author(self, platform: str, who: Character) -> Author:
        demo, slug = DEMOS[platform], who.slug
        url = f"https://{slug}.example" if demo.news else f"https://{platform}.example/@{slug}"
        followers = self.followers[who.place] if demo.followers else None
        handle = demo.handle.format(name=slug)
        return Author(id=slug, handle=handle, name=who.name, url=url, followers=followers)

    def _draw(self) -> tuple[str, int]:
        place = bisect(self._reach, self._chance.random() * self._reach[-1])
        if place < len(data("texts")["cast"]):
            return self._social[place * 5 % len(self._social)], place
        return self._used[(place * 2654435761 >> 8) % len(self._used)], place  # scattered, the same each time


@lru_cache(maxsize=10_000)
def character(place: int) -> Character:
    """Return who somebody is; of those who share a name, the address has a number."""
    texts = data("texts")
    cast, first, last = texts["cast"], texts["names"]["first"], texts["names"]["last"]
    if place < len(cast):
        return Character(place, cast[place]["name"], _slug(cast[place]["name"]), cast[place]["voice"])
    name = f"{first[place % len(first)]} {last[(place // len(first) + place) % len(last)]}"
    turn = place // (len(first) * len(last))
    voice = "opponent" if place % _AGAINST == 0 else "resident"
    return Character(place, name, f"{_slug(name)}{turn + 1 if turn else ''}", voice)


def newspaper(place: int) -> Character:
    """Return one of the newspapers; there are not many."""
    press = data("texts")["names"]["press"]
    name = press[place % len(press)]
    return Character(place % len(press), name, _slug(name), "press")


def _slug(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum() and letter.isascii())
