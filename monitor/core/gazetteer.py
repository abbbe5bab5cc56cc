"""Which places a text names. Pure: never where a person lives, only what was written."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from monitor.core.errors import ConfigError
from monitor.core.model import Page
from monitor.core.normal_text import cleaned, normal

_SPACE = r"[\s_-]*"
_STREET = r"road|rd|street|lane|ln|avenue|ave|gardens|crescent|terrace|grove|mews"  # another place
_ELSE = r"(?:https?://|www\.)\S+|@[\w.]+"  # an address or an account is not where a post speaks of
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=\d)(?=[A-Z][a-z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TAG = re.compile(r"#\w+")
_NO_LETTER = re.compile(r"[\W_]+")


class PlaceKind(StrEnum):
    """What sort of place it is. A name that several share means the first of them."""

    BOROUGH = "borough"
    TOWN = "town"
    ESTATE = "estate"
    HOSPITAL = "hospital"
    STATION = "station"
    WARD = "ward"


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
class Borough:
    """A borough of the file; a text of its lists is a title, then other names, with '|' between."""

    title: str
    aliases: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    estates: tuple[str, ...] = ()
    hospitals: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()
    wards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsure:
    """Names that mean other things, too: never meant where one of the words `unless` is.

    `beside` are cues of these names only, besides those of the file.
    """

    names: tuple[str, ...]
    beside: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    needs_cue: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesFile:
    """What the file says, as it says it."""

    cues: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    only_with_kind: tuple[str, ...] = ()
    borough: tuple[Borough, ...] = ()
    unsure: tuple[Unsure, ...] = ()


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


class Gazetteer:
    """The places of a file, ready to be looked for; safe to share between threads."""

    def __init__(self, file: PlacesFile = PlacesFile()) -> None:
        """Raises ConfigError if two places would have the same key, or a name has no letter."""
        pairs = list(_places_of(file))
        self.places: Mapping[str, Place] = _by_key(place for place, _ in pairs)
        self._entries = tuple(_names(file, pairs, self.places))
        if not all(_plain(name) for name, _ in self._entries):
            raise ConfigError("borough, unsure or cues: one of the names has no letter in it.")

    @cached_property
    def _names(self) -> Mapping[str, _Name]:
        return {_plain(name): meaning for name, meaning in self._entries}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return _pattern(name for name, _ in self._entries)  # takes 40 ms, which showing pages need not wait

    def title(self, key: str) -> str:
        """Return a place's name for people; of a place that is not in the file any more, its key."""
        return self.places[key].title if key in self.places else key

    def find(self, text: str) -> frozenset[str]:
        """Return the keys of the places that a text names, and of their boroughs."""
        words = {_letters(name) for name in self._pattern.findall(_open_tags(cleaned(text)).casefold())}
        meanings = [self._names[name] for name in words if name in self._names]
        possible = [name for name in meanings if name.place and name.unless.isdisjoint(words)]
        places = {name.place for name in possible if name.place and name.is_sure}
        places |= {name.place for name in possible if name.place and not name.beside.isdisjoint(words)}
        unsure = [name for name in possible if not name.is_sure]
        cues = [name for name in meanings if name.is_cue]
        for _ in range(2):  # what is confirmed may confirm another
            boroughs = {place.borough for place in places}
            places |= {name.place for name in unsure if name.place and _is_meant(name, boroughs, cues)}
        return frozenset(key for place in places for key in (place.key, place.borough))

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
    unsure = {_plain(name): one for one in file.unsure for name in one.names}
    common = {_plain(name) for name in file.only_with_kind}
    yield from ((word, _Name()) for one in file.unsure for word in (*one.unless, *one.beside))
    yield from ((cue, _Name(is_cue=True)) for cue in file.cues)
    for place, names in reversed(pairs):
        for name in names:
            yield from _meanings(name, place, unsure.get(_plain(name)), is_common=_plain(name) in common)
    for borough in file.borough:
        for code in borough.postcodes:
            meaning = _meaning(places[_key(borough.title)], unsure.get(_plain(code)))
            yield code, replace(meaning, is_cue=True, is_postcode=True)
    yield from ((phrase, _Name()) for phrase in file.ignored)


def _meanings(
    name: str, place: Place, unsure: Unsure | None, *, is_common: bool
) -> Iterator[tuple[str, _Name]]:
    """Yield a place's name alone, and with the word of its kind after it, which makes it surer."""
    words = _WORDS.get(place.kind, ())
    meaning = _meaning(place, unsure)
    if not (is_common and words):
        yield name, meaning
    for word in words:
        yield f"{name} {word}", replace(meaning, is_sure=not is_common, is_cue=is_common, is_common=is_common)


def _meaning(place: Place, unsure: Unsure | None) -> _Name:
    if unsure is None:
        return _Name(place, is_cue=place.kind == PlaceKind.BOROUGH)
    unless, beside = frozenset(map(_plain, unsure.unless)), frozenset(map(_plain, unsure.beside))
    return _Name(place, is_sure=not unsure.needs_cue, unless=unless, beside=beside)


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Return what finds the names in a normal text, the longest first, sorted by their first letters."""
    by_letter: dict[str, list[str]] = {}
    for name in sorted({normal(name) for name in names}, key=len, reverse=True):
        by_letter.setdefault(name[0], []).append(_spelling(name)[1:])
    any_of = "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in sorted(by_letter.items()))
    if not any_of:
        return re.compile("(?!)")
    # (?>...): once a long name is found, a shorter one in it is not tried.
    return re.compile(rf"{_ELSE}|(?<!\w)((?>(?:{any_of})(?!\w)))(?!{_SPACE}(?:{_STREET})(?!\w))")


def _spelling(name: str) -> str:
    words = re.split(r"[\s-]+", name.replace("&", "and"))
    spellings = ["(?:and|&)" if word == "and" else re.sub("'", "'?", re.escape(word)) for word in words]
    return _SPACE.join(r"st\.?" if word == "st" else word for word in spellings)


def _open_tags(text: str) -> str:
    """Return the text with the words of its hashtags apart: '#GantsHill' as '#Gants Hill'."""
    return _TAG.sub(lambda tag: _CAMEL.sub(" ", tag[0]), text) if "#" in text else text


def _plain(name: str) -> str:
    """Return a name as it is compared: 'King George's' and 'king georges' are one."""
    return _letters(normal(name))


def _letters(name: str) -> str:
    return _NO_LETTER.sub("", name.replace("&", "and"))


def _key(title: str) -> str:
    plain = title.casefold().replace("&", "and").replace("'", "").replace("’", "")
    return _NO_LETTER.sub("-", plain).strip("-")
