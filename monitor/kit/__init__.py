"""The share kit: what the campaign suggests to be passed on, and how it is found again in posts. Pure.

Texts are compared without links, hashtags and names, by the Jaccard index of their shingles of three words:
Broder 1997, "On the resemblance and containment of documents". bench/kit.py measures it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from monitor.core.normal_text import WORD, normal

How = Literal["exact", "near", "link", "alt", "code", "likeness"]
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")  # how PNG and JPEG begin
LIKE = 0.4  # the least Jaccard index of a text that was passed on with changes
MANY, WITHIN = 5, 24 * 3600  # people who say the same, and the seconds in which they do
_LEAST = 3  # words: fewer may be anybody's
CODE = "kit-"  # begins a code in a link, behind whatever word it stands there
_CUT = re.compile(r"(?:https?://|www\.)\S+|\S+\.\S+/\S*|[#@]\S+")
_WORDS = re.compile(rf"[{WORD}']+")
_Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KitItem:
    """A version of what is suggested: a text, a picture, or a link alone."""

    id: int = 0
    version: int = 0  # goes up with each change
    words: str = ""
    alt: str = ""  # what its picture shows
    address: str = ""  # where its links lead; "" for nowhere
    code: str = ""  # in its links, behind the channel, and in its picture's QR code
    has_imprint: bool | None = None  # of a picture; None: not said
    has_picture: bool = False
    at: datetime | None = None
    until: datetime | None = None  # when it was edited or retired; None: it is suggested

    @property
    def kind(self) -> str:
        """Return what it is: picture, text or link."""
        return "picture" if self.has_picture else "text" if self.words else "link"

    @property
    def title(self) -> str:
        """Return its first words, by which the team knows it."""
        return " ".join((self.words or self.alt or self.address).split())[:60]


class KitUse(StrEnum):
    """How a post passes on the kit; PART is with its link or picture, in own words."""

    EXACT = "exact"
    NEAR = "near"
    PART = "part"
    OWN = "own"


class KitMatch(NamedTuple):
    """That a post has a version of an item."""

    item: int
    version: int
    how: How
    score: float | None  # from 0 to 1; None: no question of degree


class SamePost(NamedTuple):
    """A post whose words others have, too."""

    words: int  # a number for them
    at: int  # in seconds
    id: int
    author: int
    platform: str
    is_new: bool  # its writer had posted nothing before
    text: str


class SameWords(NamedTuple):
    """What many people wrote in the same words within a day: evidence, and no more is known of it."""

    text: str
    post: int  # the first; the others are found by it
    people: int
    minutes: int  # from the first to the last
    platforms: tuple[str, ...]
    new_people: int  # who had posted nothing before


class _KitTexts:
    """Texts of items, by their words; of those that are the same the latest counts."""

    def __init__(self, texts: Iterable[tuple[KitItem, str]]) -> None:
        items = {words: item for item, text in texts if len(words := _words(text)) >= _LEAST}
        self._items = [(item, words, _shingles(words)) for words, item in items.items()]
        self._exact = items
        self._places = defaultdict[_Words, list[int]](list)
        for place, (_, _, shingles) in enumerate(self._items):
            for shingle in shingles:
                self._places[shingle].append(place)

    def best(self, text: str) -> tuple[KitItem, float] | None:
        """Return the item that a text is most like, and how much; None if it is like none."""
        if item := self._exact.get(words := _words(text)):
            return item, 1.0
        shingles = _shingles(words)
        shared = Counter(chain.from_iterable(self._places.get(shingle, ()) for shingle in shingles))
        scores = {
            place: number / (len(shingles) + len(self._items[place][2]) - number)
            for place, number in shared.items()
        }
        place = max(scores, key=scores.__getitem__, default=-1)
        return (self._items[place][0], scores[place]) if scores.get(place, 0) >= LIKE else None

    def rest(self, text: str) -> int:
        """Return how many shingles of a text are in none of these."""
        return len(_shingles(_words(text)) - self._places.keys())


class Kit:
    """What finds every version of every item in posts; what was retired is still passed on."""

    def __init__(self, items: Sequence[KitItem]) -> None:
        self._words = _KitTexts((item, item.words) for item in items)
        self._alts = _KitTexts((item, item.alt) for item in items)
        self._codes = {item.code: item for item in items}

    def matches(self, text: str, links: Iterable[str], alts: Iterable[str]) -> list[KitMatch]:
        """Return what a post has of the kit: of the words the likest item, and each link and picture."""
        some = dict[tuple[int, How], KitMatch]()
        texts: list[tuple[str, _KitTexts, tuple[How, How]]] = [(text, self._words, ("exact", "near"))]
        for words, items, (same, near) in texts + [(alt, self._alts, ("alt", "alt")) for alt in alts]:
            if best := items.best(words):
                item, score = best
                match = KitMatch(item.id, item.version, same if score == 1 else near, score)
                some[item.id, match.how] = match
        for link in links:
            item_of_code = self._codes.get(code_in(link)) if CODE in link else None
            if item_of_code and _page(item_of_code.address) == _page(link):
                some[item_of_code.id, "link"] = KitMatch(item_of_code.id, item_of_code.version, "link", None)
        return [*some.values()]

    def has_other_words(self, text: str) -> bool:
        """Return whether a text says something beside what the kit has."""
        return self._words.rest(text) > 0


@lru_cache(maxsize=4)
def kit_of(items: tuple[KitItem, ...]) -> Kit:
    """Return what finds these items, which is made once."""
    return Kit(items)


def code_in(link: str) -> str:
    """Return the code of a version in an address, as of "?s=kit-print-a3"; empty if it has none."""
    try:
        values = (value for _, value in parse_qsl(urlsplit(link).query) if value.startswith(CODE))
    except ValueError:
        return ""
    return next((value.rpartition("-")[2] for value in values), "")


def burst(posts: Sequence[SamePost]) -> SameWords | None:
    """Return what is said in the same words, given the earliest first, on the day with the most people.

    None where these are fewer than MANY.
    """
    first, most, people, group = 0, MANY - 1, Counter[int](), posts[:0]
    for last, post in enumerate(posts):
        people[post.author] += 1
        while post.at - posts[first].at > WITHIN:
            people[posts[first].author] -= 1
            if not people[posts[first].author]:
                del people[posts[first].author]
            first += 1
        if len(people) > most:
            most, group = len(people), posts[first : last + 1]
    if not group:
        return None
    new, platforms = {post.author for post in group if post.is_new}, {post.platform for post in group}
    minutes = (group[-1].at - group[0].at) // 60
    return SameWords(group[0].text, group[0].id, most, minutes, tuple(sorted(platforms)), len(new))


def _page(address: str) -> str:
    """Return the host and path of an address."""
    parts = urlsplit(address)
    return (parts.netloc.lower().removeprefix("www.") + parts.path).rstrip("/")


def _words(text: str) -> _Words:
    return tuple(_WORDS.findall(_CUT.sub(" ", normal(text))))


def _shingles(words: _Words) -> set[_Words]:
    return {words[place : place + _LEAST] for place in range(len(words) - _LEAST + 1)}
