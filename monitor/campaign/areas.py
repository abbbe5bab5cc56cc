"""The areas in which signs are counted, and which of them a person or a file means. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from monitor.core.errors import ConfigError
from monitor.core.gazetteer import AreaFacts, Gazetteer
from monitor.core.spelling import plain

KINDS = {"borough": "Boroughs", "constituency": "Constituencies", "ward": "Wards", "place": "Other places"}
_NOT = {"but", "except", "neither", "never", "no", "non", "nor", "not", "outside", "unlike"}
# Around a name, as councils and Parliament write it.
_COUNCIL = re.compile(r"^(?:london borough of|lb(?: of)?)\s|\slb$", re.IGNORECASE)
_SEAT = re.compile(r"(?<![\s(])[\s(]+(?:(?:county |borough )?constituency\)?|[bc]c)$", re.IGNORECASE)
_NO_PLACES = Gazetteer()
_MOST = 90  # per cent of a postcode district, from which it is a borough's


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaProfile(AreaFacts):
    """An area by its key: that of its place, or a constituency's code."""

    key: str
    title: str
    kind: str  # of KINDS
    boroughs: tuple[str, ...]  # their keys; "" of one that is not in the file
    where: str = ""  # the boroughs' titles, but of a borough
    tile: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """Return its title with its boroughs': wards' names repeat."""
        return f"{self.title}, {self.where}" if self.where else self.title


class Areas:
    """The areas of a file of places."""

    def __init__(self, gazetteer: Gazetteer = _NO_PLACES) -> None:
        """Raises ConfigError if what is known of an area fits no place."""
        self._gazetteer = gazetteer
        self._keys = {place.title: key for key, place in gazetteer.places.items()}
        self.by_key = {area.key: area for area in (*self._places(), *self._constituencies())}
        self._codes = {area.code: key for key, area in self.by_key.items() if area.code}
        self._names = {plain(area.title): key for key, area in self.by_key.items()}
        self._shares: dict[str, dict[str, int]] = {}  # of districts, by the keys of boroughs
        for borough in gazetteer.file.borough:
            for district, share in borough.districts.items():
                self._shares.setdefault(district, {})[self._keys[borough.title]] = share

    @property
    def crimes(self) -> tuple[str, ...]:
        """Return the categories of crime that the campaign is about; none: all."""
        return self._gazetteer.file.crimes

    def of(self, kind: str) -> list[AreaProfile]:
        """Return the areas of a kind, as the file has them."""
        return [area for area in self.by_key.values() if area.kind == kind]

    def area_of(self, text: str) -> str | None:
        """Return what an area is stored as: its key, or a postcode district as in "RM9"; None: not known.

        `text` is its name, code, or district, however it is written.
        """
        code = text.strip().upper()
        if code in self._shares or code in self._codes:
            return self._codes.get(code, code)
        text = _COUNCIL.sub("", text.strip()).replace("St.", "St")
        titles = plain(_SEAT.sub("", text)), plain(f"{text} ward")
        names = (self._names[title] for title in titles if title in self._names)
        return self._gazetteer.key_of(text) or next(names, None)

    def area_in(self, text: str) -> str | None:
        """Return what has this name, else the one place that it names, as 'Rainham, Essex'.

        A sentence may name any place, whoever says it, so no text of over four words is searched; nor one
        that says where it is not, as 'not Barking'.
        """
        names = text.casefold().split()
        keys = self._gazetteer.find(text) if len(names) <= 4 and _NOT.isdisjoint(names) else set()
        places = {key for key in keys if self._gazetteer.places[key].borough != key} or keys
        return self.area_of(text) or (next(iter(places)) if len(places) == 1 else None)

    def borough_of(self, area: str) -> str | None:
        """Return the key of the borough that has all of an area, or nearly all of a district; None: none."""
        if shares := self._shares.get(area):
            return next((borough for borough, share in shares.items() if share >= _MOST), None)
        known = self.by_key.get(area)
        return known.boroughs[0] if known and len(known.boroughs) == 1 else None

    def area_name(self, area: str) -> str:
        """Return an area's name for people; of a shared district, whose it is; of an unknown one, itself."""
        if area in self.by_key:
            return self.by_key[area].name
        return f"{area} ({owners})" if (owners := self.owners(area)) else area

    def owners(self, district: str) -> str:
        """Return 'half Redbridge, half Barking & Dagenham' of a shared postcode district; '' of any other."""
        shares = self._shares.get(district)
        if not shares or self.borough_of(district):
            return ""
        parts = {self._gazetteer.title(key): share for key, share in shares.items()}
        parts |= {"elsewhere": rest} if (rest := 100 - sum(parts.values())) > 0 else {}
        order = sorted(parts, key=lambda title: -parts[title])
        return ", ".join(f"{'half' if parts[title] == 50 else f'{parts[title]}%'} {title}" for title in order)

    def _places(self) -> Iterator[AreaProfile]:
        boroughs = {self._keys[borough.title]: borough for borough in self._gazetteer.file.borough}
        facts = {key: _facts(borough) for key, borough in boroughs.items()}
        for borough in boroughs.values():
            for ward in borough.facts:
                if (title := f"{ward.ward} ward") not in self._keys or len(ward.tile) not in (0, 2):
                    raise ConfigError(
                        f"facts: {ward.ward!r} is not among the wards of {borough.title}, or its tile is no"
                        " column and row, such as [2, 7]. Correct it."
                    )
                facts[self._keys[title]] = {**_facts(ward), "tile": ward.tile}
        for key, place in self._gazetteer.places.items():
            kind = str(place.kind) if place.kind in KINDS else "place"
            where = "" if kind == "borough" else boroughs[place.borough].title
            yield AreaProfile(
                key=key, title=place.title, kind=kind, boroughs=(place.borough,), where=where,
                **facts.get(key, {}),
            )  # fmt: skip

    def _constituencies(self) -> Iterator[AreaProfile]:
        for seat in self._gazetteer.file.constituency:
            keys = tuple(self._keys.get(title, "") for title in seat.boroughs)
            yield AreaProfile(
                key=seat.code or plain(seat.title), title=seat.title, kind="constituency", boroughs=keys,
                where=" and ".join(seat.boroughs), **_facts(seat),
            )  # fmt: skip


def _facts(area: AreaFacts) -> dict[str, Any]:
    return {spec.name: getattr(area, spec.name) for spec in fields(AreaFacts)}
