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
from textwrap import shorten
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from monitor.campaign.petition_address import counter_name
from monitor.core.normal_text import WORD, normal

How = Literal["exact", "near", "link", "alt", "code", "likeness"]
_TEXT: tuple[How, How] = ("near", "exact")
_ALT: tuple[How, How] = ("alt", "alt")
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")  # how PNG and JPEG begin
LIKE = 0.4  # the least Jaccard index of a text that was passed on with changes
_LONG = 3  # words of a shingle: a text of fewer has none, and may be anybody's
_FEW = 5  # shingles, a run of seven words: fewer may be a slogan or a turn of phrase
CODE = "kit-"  # begins a code in a link, behind whatever word it stands there
_CUT = re.compile(r"(?:https?://|www\.)\S+|[#@]\S+")
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


class Kit:
    """What finds every version of every item in posts; what was retired is still passed on."""

    def __init__(self, items: Sequence[KitItem]) -> None:
        self.items, self._codes = items, {item.code: item for item in items}
        self._words = _KnownTexts([item.words for item in items])
        self._alts = _KnownTexts([item.alt for item in items])

    def matches(self, text: str, links: Iterable[str], alts: Iterable[str]) -> list[KitMatch]:
        """Return what a post has of the kit: of the words the likest item, and each link and picture."""
        some = list[KitMatch]()
        for words, texts, hows in ((text, self._words, _TEXT), *((alt, self._alts, _ALT) for alt in alts)):
            score, place = texts.likest(_shingles(words))
            if score >= LIKE:
                item = self.items[place]
                some.append(KitMatch(item.id, item.version, hows[score == 1], score))
        for link in links:
            if linked := self.linked(link):
                some.append(KitMatch(linked.id, linked.version, "link", None))
        return some

    def is_elsewhere(self, text: str) -> bool:
        """Return whether a text is too long for chance, and says something that the kit does not."""
        shingles = _shingles(text)
        return len(shingles) >= _FEW and not shingles <= self._words.places.keys() | self._alts.places.keys()

    def linked(self, link: str) -> KitItem | None:
        """Return the version whose code an address has; None if it leads to another page than that one's."""
        item = self._codes.get(code_in(link))
        return item if item and _page(item.address) == _page(link) else None


class _KnownTexts:
    """Texts by their shingles, so that a post is compared with those alone that share some."""

    def __init__(self, texts: Sequence[str]) -> None:
        shingles = [_shingles(text) for text in texts]
        self._sizes, self.places = [len(some) for some in shingles], defaultdict[_Shingle, list[int]](list)
        for place, some in enumerate(shingles):
            for shingle in some:
                self.places[shingle].append(place)

    def likest(self, words: frozenset[_Shingle]) -> tuple[float, int]:
        """Return how like these words the likest text is, and its place; of several the last."""
        shared = Counter(place for shingle in words for place in self.places.get(shingle, ()))
        scores = ((n / (len(words) + self._sizes[place] - n), place, n) for place, n in shared.items())
        return max((score[:2] for score in scores if score[2] >= _FEW or score[0] == 1), default=(0.0, 0))


kit_of = lru_cache(maxsize=4)(Kit)


def code_in(link: str) -> str:
    """Return the code of a version in an address, "?s=kit-print-a3" or ".../s/a3"; empty if it has none.

    Capitals make no difference: a QR code is smaller without small letters.
    """
    try:
        parts = urlsplit(link.lower().rstrip(".,;:!?)"))  # as a text that names it goes on
        values = [value for _, value in parse_qsl(parts.query) if value.startswith(CODE)]
    except ValueError:
        return ""
    return values[0].rpartition("-")[2] if values else "".join(_SHORT.findall(parts.path))


def _page(address: str) -> str:
    """Return what tells the page of an address; of a petition, that in its archive and its form are it."""
    return counter_name(address.lower().replace("://www.", "://"))


def _shingles(text: str) -> frozenset[_Shingle]:
    # One pattern for addresses without "https://" would read a text of dots in cubic time.
    parts = (part for part in normal(text).split() if "/" not in part or "." not in part.partition("/")[0])
    words = tuple(_WORDS.findall(_CUT.sub(" ", " ".join(parts))))
    return frozenset(words[place : place + _LONG] for place in range(len(words) - _LONG + 1))
