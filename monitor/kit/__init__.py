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
from textwrap import shorten
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from monitor.core.normal_text import WORD, normal

How = Literal["exact", "near", "link", "alt", "code", "likeness"]
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")  # how PNG and JPEG begin
LIKE = 0.4  # the least Jaccard index of a text that was passed on with changes
_LONG = 3  # words of a shingle: a text of fewer has none, and may be anybody's
CODE = "kit-"  # begins a code in a link, behind whatever word it stands there
_CUT = re.compile(r"(?:https?://|www\.)\S+|\S+\.\S+/\S*|[#@]\S+")
_SHORT = re.compile(r"/s/([a-z][a-z0-9]*)/?$")
_WORDS = re.compile(rf"[{WORD}']+")
_Shingle = tuple[str, ...]


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
        return shorten(self.words or self.alt or self.address, 60, placeholder=" …") or self.address


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


class _KitTexts:
    """The shingles of items' texts."""

    def __init__(self, texts: Iterable[tuple[KitItem, str]]) -> None:
        self._items = [(item, len(_shingles(text))) for item, text in texts]
        self._places = defaultdict[_Shingle, list[int]](list)
        for place, (_, text) in enumerate(texts):
            for shingle in _shingles(text):
                self._places[shingle].append(place)

    def best(self, text: str) -> tuple[KitItem, float] | None:
        """Return the item that a text is most like, of several the latest, and how much; None for none."""
        shingles = _shingles(text)
        shared = Counter(chain.from_iterable(self._places.get(shingle, ()) for shingle in shingles))
        scores = ((n / (len(shingles) + self._items[place][1] - n), place) for place, n in shared.items())
        score, place = max(scores, default=(0.0, 0))
        return (self._items[place][0], score) if score >= LIKE else None

    def has_all(self, text: str) -> bool:
        """Return whether a text says nothing that is in none of these."""
        return _shingles(text) <= self._places.keys()


class Kit:
    """What finds every version of every item in posts; what was retired is still passed on."""

    def __init__(self, items: Sequence[KitItem]) -> None:
        self._words = _KitTexts([(item, item.words) for item in items])
        self._alts = _KitTexts([(item, item.alt) for item in items])
        self._codes = {item.code: item for item in items}

    def matches(self, text: str, links: Iterable[str], alts: Iterable[str]) -> list[KitMatch]:
        """Return what a post has of the kit: of the words the likest item, and each link and picture."""
        some = list[KitMatch]()
        if best := self._words.best(text):
            some.append(_match(best, "exact" if best[1] == 1 else "near"))
        some += [_match(best, "alt") for alt in alts if (best := self._alts.best(alt))]
        for link in links:
            item = self._codes.get(code_in(link))
            if item and _page(item.address) == _page(link):
                some.append(KitMatch(item.id, item.version, "link", None))
        return some

    def has_all(self, text: str) -> bool:
        """Return whether all that a text says is in the kit."""
        return self._words.has_all(text)


@lru_cache(maxsize=4)
def kit_of(items: tuple[KitItem, ...]) -> Kit:
    """Return what finds these items, which is made once."""
    return Kit(items)


def code_in(link: str) -> str:
    """Return the code of a version in an address, "?s=kit-print-a3" or ".../s/a3"; empty if it has none."""
    try:
        parts = urlsplit(link)
        values = [value for _, value in parse_qsl(parts.query) if value.startswith(CODE)]
    except ValueError:
        return ""
    return values[0].rpartition("-")[2] if values else "".join(_SHORT.findall(parts.path))


def _match(best: tuple[KitItem, float], how: How) -> KitMatch:
    item, score = best
    return KitMatch(item.id, item.version, how, score)


def _page(address: str) -> str:
    """Return the host and path of an address."""
    parts = urlsplit(address)
    return (parts.netloc.lower().removeprefix("www.") + parts.path).rstrip("/")


def _shingles(text: str) -> set[_Shingle]:
    words = tuple(_WORDS.findall(_CUT.sub(" ", normal(text))))
    return {words[place : place + _LONG] for place in range(len(words) - _LONG + 1)}
