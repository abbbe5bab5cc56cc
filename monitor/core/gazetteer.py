"""Which places a text names. Pure: never where a person lives, only what was written."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from hashlib import sha256

from monitor.core.errors import ConfigError
from monitor.core.model import Page
from monitor.core.normal_text import cleaned, normal
from monitor.core.spelling import is_slip, plain, words

RULES = 2  # goes up with each change of this module by which the same file finds other places
_LONG = 7  # letters, from which a name is known though one of them is wrong
_LONG_NAME = rf"(?i)[^\W\d_]{{{_LONG},}}(?<!ing)"
_CAPITAL = re.compile(r"(?<![#\w])[A-Z]")  # but a hashtag's, which many have who write no other
_PREPOSITIONS = ("in", "from", "near", "around", "across")
# After a name, these make it a street's or a club's; "Romford street robbery" says what was done in streets.
_OTHERS = re.compile(
    r"(?:road(?! (?:death|polic|rage|safety|tax|user|work))|rd|avenue|ave|gardens|crescent|terrace|grove|mews"
    r"|street(?! (?:art|clean|crime|deal|drink|drug|fight|food|gang|light|rac|robber|trad|violence))"
    r"|lane(?! clos)|ln|[ar]?fc)\b"
)


class PlaceKind(StrEnum):
    """What sort of place it is. A name that several share means the first of them."""

    BOROUGH = "borough"
    TOWN = "town"
    ESTATE = "estate"
    HOSPITAL = "hospital"
    STATION = "station"
    PARK = "park"
    STREET = "street"
    LANDMARK = "landmark"
    WARD = "ward"


_SPELT_BY_EAR = (PlaceKind.BOROUGH, PlaceKind.TOWN, PlaceKind.ESTATE)
_SHORT = {"road": "rd", "avenue": "ave", "lane": "ln", "street": "st", "drive": "dr", "gardens": "gdns"}
_WORDS = {  # that come after a name, and say which place of this name is meant
    PlaceKind.ESTATE: ("estate",),
    PlaceKind.STATION: (
        "station", "tube", "tube station", "train station", "railway station", "underground station",
    ),
    PlaceKind.WARD: ("ward",),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place by its key, which the archive keeps; `borough` is the key of the borough it is in."""

    key: str
    title: str
    kind: PlaceKind
    borough: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFacts:
    """What the file knows of an area; no text is searched for it, so that it is no part of a version."""

    code: str = field(default="", repr=False)  # the ONS's
    electors: int | None = field(default=None, repr=False)
    residents: int | None = field(default=None, repr=False)
    as_of: date | None = field(default=None, repr=False)
    source: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WardFacts(AreaFacts):
    """The same of a ward by its name, and its column and row in the map."""

    ward: str
    tile: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Constituency(AreaFacts):
    """A constituency, and the titles of the boroughs in which it lies."""

    title: str
    boroughs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Borough(AreaFacts):
    """A borough of the file; a text of its lists is a title, then other names, with '|' between."""

    title: str
    aliases: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    estates: tuple[str, ...] = ()
    hospitals: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()
    wards: tuple[str, ...] = ()
    parks: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    landmarks: tuple[str, ...] = ()
    facts: tuple[WardFacts, ...] = field(default=(), repr=False)
    # What per cent of a postcode district lies here.
    districts: dict[str, int] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsure:
    """Names that mean other things, too: never meant where one of the words `unless` is.

    `beside` are cues of these names only, besides those of the file. `capitals`: everyday words, which are
    meant where they are written with their capitals, and else need more than a cue.
    """

    names: tuple[str, ...]
    beside: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    needs_cue: bool = True
    capitals: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesFile:
    """What the file says, as it says it."""

    cues: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    only_with_kind: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    borough: tuple[Borough, ...] = ()
    unsure: tuple[Unsure, ...] = ()
    constituency: tuple[Constituency, ...] = field(default=(), repr=False)
    crimes: tuple[str, ...] = field(default=(), repr=False)  # categories, as the police call them; none: all


@dataclass(frozen=True, slots=True)
class _Name:
    """What a name in a text means. No place: it is a cue, or says that another name means something else."""

    place: Place | None = None
    is_sure: bool = True
    is_cue: bool = False
    is_postcode: bool = False
    is_common: bool = False
    unless: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    capitals: str = ""

    def as_written(self, here: str, before: str, text: str) -> "_Name":
        """Return what an everyday word means here: a place by its capitals, or in "robbed in barking"."""
        if before in _PREPOSITIONS:
            return replace(self, is_sure=True, unless=frozenset())
        if here == self.capitals:
            return replace(self, is_sure=True)
        return replace(self, is_common=here.islower() and bool(_CAPITAL.search(text)))


class Gazetteer:
    """The places of a file, ready to be looked for; safe to share between threads."""

    def __init__(self, file: PlacesFile = PlacesFile()) -> None:
        """Raises ConfigError if two places would have the same key, or a name is none, or has no letter."""
        self.file = file
        self.places: Mapping[str, Place] = _by_key(place for place, _ in _places_of(file))
        if not all(any(map(str.isalnum, plain(name))) for name, _ in self._entries()):
            raise ConfigError("borough, unsure or cues: one of the names has no letter in it.")
        self._persons = frozenset(file.persons) - {""}
        self.version = sha256(repr((RULES, file)).encode()).hexdigest()[:16]

    def _entries(self) -> Iterator[tuple[str, _Name]]:
        return _names(self.file, list(_places_of(self.file)), self.places)

    # What is searched with is made by the first search: a worker may wait long for a post.
    @cached_property
    def _names(self) -> dict[str, _Name]:
        return {plain(name): meaning for name, meaning in self._entries()}

    @cached_property
    def _sizes(self) -> dict[str, list[int]]:
        return _sizes(name for name, _ in self._entries())

    @cached_property
    def _long(self) -> dict[str, list[str]]:
        return _long_names(self._entries())

    def title(self, key: str) -> str:
        """Return a place's name for people; of a place that is not in the file any more, its key."""
        return self.places[key].title if key in self.places else key

    def key_of(self, text: str) -> str | None:
        """Return the key of the place whose name this is, and nothing more; None if there is none."""
        meaning = self._names.get(plain(text))
        return meaning.place.key if meaning and meaning.place and not meaning.is_postcode else None

    def find(self, text: str) -> frozenset[str]:
        """Return the keys of the places that a text names, and of their boroughs."""
        mentions = list(self._mentions(cleaned(text)))
        names, meanings = {name for name, _ in mentions}, [meaning for _, meaning in mentions]
        possible = [name for name in meanings if name.place and name.unless.isdisjoint(names)]
        places = {name.place for name in possible if name.place and name.is_sure}
        places |= {name.place for name in possible if name.place and not name.beside.isdisjoint(names)}
        unsure = [name for name in possible if not name.is_sure]
        cues = [name for name in meanings if name.is_cue]
        for _ in range(2 if unsure else 0):  # what is confirmed may confirm another
            boroughs = {place.borough for place in places}
            places |= {name.place for name in unsure if name.place and _is_meant(name, boroughs, cues)}
        return frozenset(key for place in places for key in (place.key, place.borough))

    def _mentions(self, text: str) -> Iterator[tuple[str, _Name]]:
        """Yield the names in a text, the longer of two, with what they mean as they are written."""
        row = words(text)
        small = [word.casefold() for word in row]
        end = 0
        for start, word in enumerate(small):
            if start < end:
                continue
            if word in self._sizes and (size := self._size(small, start)):
                end = start + size
                before = row[start - 1] if start else ""
                if before not in self._persons and not _OTHERS.match(" ".join(small[end : end + 2])):
                    meaning = self._names[name := "".join(small[start:end])]
                    if meaning.capitals:
                        meaning = meaning.as_written(" ".join(row[start:end]), before.casefold(), text)
                    yield name, meaning
            elif len(word) >= _LONG - 1 and (right := self._right(word)):
                yield right, self._names[right]

    def _size(self, small: Sequence[str], start: int) -> int:
        """Return how many words the longest name has that starts here; 0 if none does."""
        for size in self._sizes[small[start]]:
            if "".join(small[start : start + size]) in self._names:
                return size
        return 0

    def _right(self, word: str) -> str:
        """Return the long name of which a word is one letter away, beginning alike; '' if there is none."""
        if not (near := self._long.get(word[:3], []) + self._long.get(word[-3:], [])):
            return ""
        return next((name for name in near if name[0] == word[0] and is_slip(word, name)), "")

    def with_places(self, page: Page) -> Page:
        """Return a page whose posts have the places that they name."""
        posts = ((post, self.find(post.text)) for post in page.posts)
        return replace(
            page, posts=tuple(replace(post, places=places) if places else post for post, places in posts)
        )


def _is_meant(name: _Name, boroughs: set[str], cues: Iterable[_Name]) -> bool:
    """Return whether an unsure name is confirmed: by a place of its borough, or by a cue.

    Not by itself; no postcode by another: "RM10 for lunch, RM5 for tea" are prices; and no name that is
    common by a cue: many a town has a councillor for Abbey ward.
    """
    if name.place and name.place.borough in boroughs:
        return True
    if name.is_common:
        return False
    return any(cue is not name and not (cue.is_postcode and name.is_postcode) for cue in cues)


def _by_key(places: Iterable[Place]) -> dict[str, Place]:
    by_key: dict[str, Place] = {}
    for place in places:
        if place.key in by_key:
            raise ConfigError(f"borough: {place.title!r} is listed twice; list it once.")
        by_key[place.key] = place
    return by_key


def _sizes(names: Iterable[str]) -> dict[str, list[int]]:
    """Return how many words names have, the most first, by the first of them, or by some that are joined."""
    sizes: dict[str, set[int]] = {}
    for name in map(cleaned, names):
        for spelling in (name, name.replace("'", "")):
            parts = [word.casefold() for word in words(spelling) if word != "#"]
            for number in range(len(parts)):
                sizes.setdefault("".join(parts[: number + 1]), set()).add(len(parts) - number)
    return {first: sorted(of, reverse=True) for first, of in sizes.items()}


def _long_names(entries: Iterable[tuple[str, _Name]]) -> dict[str, list[str]]:
    """Return the long names by how they begin and end: one of these is right where one letter is wrong.

    Not those of verbs: a word that is nearly Havering is mostly "hovering".
    """
    by_part: dict[str, list[str]] = {}
    for name, meaning in entries:
        is_town = meaning.place and meaning.place.kind in _SPELT_BY_EAR
        if is_town and meaning.is_sure and not meaning.unless and re.fullmatch(_LONG_NAME, name):
            for part in (name.casefold()[:3], name.casefold()[-3:]):
                by_part.setdefault(part, []).append(name.casefold())
    return by_part


def _places_of(file: PlacesFile) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """Yield each place with its names: of those that share a name, first the one that is meant by it."""
    for kind in PlaceKind:
        for borough in file.borough:
            home = _key(borough.title)
            if kind == PlaceKind.BOROUGH:
                place = Place(key=home, title=borough.title, kind=kind, borough=home)
                yield place, (borough.title, *borough.aliases)
                continue
            for text in getattr(borough, f"{kind}s"):
                names = tuple(name.strip() for name in text.split("|"))
                yield _place(names[0], kind, home), names


def _place(title: str, kind: PlaceKind, borough: str) -> Place:
    """Return a place; a station or ward says so in its title, as it may share its name with a town."""
    full = f"{title} {kind}" if kind in (PlaceKind.STATION, PlaceKind.WARD) else title
    return Place(key=_key(full), title=full, kind=kind, borough=borough)


def _names(
    file: PlacesFile, pairs: Sequence[tuple[Place, tuple[str, ...]]], places: Mapping[str, Place]
) -> Iterator[tuple[str, _Name]]:
    """Yield what each name means, as it is written; of equal names the last one's meaning holds."""
    unsure = {plain(name): one for one in file.unsure for name in one.names}
    common = {plain(name) for name in file.only_with_kind}
    codes = [(code, borough) for borough in file.borough for code in borough.postcodes]
    spellings = (*(code for code, _ in codes), *(name for _, of in pairs for name in of))
    known = {*map(plain, spellings)}
    for name in (*file.only_with_kind, *(name for one in file.unsure for name in one.names)):
        if plain(name) not in known:
            raise ConfigError(
                f"unsure or only_with_kind: {name!r} is not the name of a place in this file. Correct it."
            )
    yield from ((word, _Name()) for one in file.unsure for word in (*one.unless, *one.beside))
    yield from ((cue, _Name(is_cue=True)) for cue in file.cues)
    for place, names in reversed(pairs):
        for name in names:
            yield from _meanings(name, place, unsure.get(plain(name)), is_common=plain(name) in common)
    for code, borough in codes:
        meaning = _meaning(code, places[_key(borough.title)], unsure.get(plain(code)))
        yield code, replace(meaning, is_cue=True, is_postcode=True)
    yield from ((phrase, _Name()) for phrase in file.ignored)


def _meanings(
    name: str, place: Place, unsure: Unsure | None, *, is_common: bool
) -> Iterator[tuple[str, _Name]]:
    """Yield a place's name alone, and with the word of its kind after it, which makes it surer.

    A street's name has that word: it is also yielded as people shorten it.
    """
    words = _WORDS.get(place.kind, ())
    meaning = _meaning(name, place, unsure)
    if not words:
        meaning = replace(meaning, is_sure=meaning.is_sure and not is_common, is_common=is_common)
    if not (is_common and words):
        yield name, meaning
    if place.kind == PlaceKind.STREET:
        yield " ".join(_SHORT.get(word.casefold(), word) for word in name.split()), meaning
    for word in words:
        yield f"{name} {word}", replace(meaning, is_sure=not is_common, is_cue=is_common, is_common=is_common)


def _meaning(name: str, place: Place, unsure: Unsure | None) -> _Name:
    if unsure is None:
        return _Name(place, is_cue=place.kind == PlaceKind.BOROUGH)
    unless, beside = frozenset(map(plain, unsure.unless)), frozenset(map(plain, unsure.beside))
    capitals = name if unsure.capitals else ""
    return _Name(place, is_sure=not unsure.needs_cue, unless=unless, beside=beside, capitals=capitals)


def _key(title: str) -> str:
    return "-".join(filter(str.isalnum, words(normal(title).replace("'", ""))))
