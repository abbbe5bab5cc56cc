"""What people write, put together from the lines of `texts.toml`."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.campaign import Campaign
from monitor.core.gazetteer import PlaceKind
from monitor.core.text import matches
from monitor.demo.year import data

ENDED, OTHER_MARK = 0.4, 0.1  # shares of texts
_TRIES, _LATEST = 6, 3000  # to find a text that is none of so many
_START = re.compile(r"(?:^|(?<=[.!?] ))[a-z]")


@dataclass(frozen=True, slots=True)
class _Words:
    """Fills the braces of a line, also of what it fills them with."""

    lists: Mapping[str, Sequence[str]]
    chance: random.Random

    def __getitem__(self, name: str) -> str:
        return self.write(self.chance.choice(self.lists[name]))

    def write(self, line: str) -> str:
        return line.format_map(self) if "{" in line else line


class Texts:
    """Writes texts of a campaign's first track; the same chance gives the same texts."""

    def __init__(self, campaign: Campaign, chance: random.Random) -> None:
        track, file = campaign.tracks[0], data("texts")
        self._chance, self._query, self._voices, self._usual = (
            chance,
            track.query,
            file["voices"],
            file["tags"],
        )
        self._marks = [f"#{tag}" for tag in track.tags] or list(track.phrases)
        self._latest = set[str]()
        self._decks: dict[int, list[str]] = {}
        own = {"mark": self._marks[:1], "name": [campaign.name]}
        self._words = _Words(file["words"] | _places(campaign) | own, chance)

    def text(self, voice: str, talk: str) -> str:
        """Return what a voice says of something, or else of the campaign: hardly ever what it said lately."""
        lines = self._voices[voice].get(talk) or self._voices[voice]["general"]
        ends = (f"end_{kind}" for kind in (voice, talk))
        end = next((name for name in ends if name in self._words.lists), "end")
        for _ in range(_TRIES):
            text = _capitalised(self._words.write(self._marked(self._deal(lines), end)))
            if text not in self._latest:
                break
        if len(self._latest) == _LATEST:
            self._latest.clear()
        self._latest.add(text)
        return text

    def article(self, talk: str) -> str:
        """Return a headline, and how its article begins."""
        press = self._voices["press"]
        headline = self._words.write(self._deal(press.get(talk) or press["general"]))
        if not matches(self._query, headline):
            headline = f"{headline} {self._marks[0]}"
        lead = " ".join(self._words.write(line) for line in self._chance.sample(press["lead"], 2))
        return _capitalised(f"{headline}\n{lead}")

    def tags(self, text: str) -> frozenset[str]:
        """Return the tags of a text, and perhaps a usual one, the first of them oftenest."""
        own = {word[1:].casefold() for word in text.split() if word.startswith("#")}
        lot = int(self._chance.paretovariate(0.9)) - 1
        return frozenset(own | {self._usual[lot - 1]} if 0 < lot <= len(self._usual) else own)

    def _deal(self, lines: Sequence[str]) -> str:
        """Return one of the lines: each comes once before one comes again."""
        deck = self._decks.setdefault(id(lines), [])
        if not deck:
            deck.extend(self._chance.sample(lines, len(lines)))
        return deck.pop()

    def _marked(self, line: str, end: str) -> str:
        """Return a line, perhaps with an end, with the hashtag or phrase by which it belongs to the track."""
        if "{mark}" in line:
            return line
        mark = self._chance.choice(self._marks) if self._chance.random() < OTHER_MARK else "{mark}"
        return f"{line} {{{end}}} {mark}" if self._chance.random() < ENDED else f"{line} {mark}"


def _places(campaign: Campaign) -> dict[str, list[str]]:
    """Return the campaign's places by their words; where it has none of a kind, its boroughs, or its name."""
    places = list(campaign.gazetteer.places.values())
    titles = {kind: [place.title for place in places if place.kind == kind] for kind in PlaceKind}
    boroughs = titles[PlaceKind.BOROUGH] or [campaign.name]
    areas = [*boroughs * 4, *titles[PlaceKind.TOWN] * 2, *titles[PlaceKind.ESTATE]]
    streets, stations = titles[PlaceKind.STREET] or boroughs, titles[PlaceKind.STATION] or boroughs
    return {"borough": boroughs, "area": areas, "station": stations, "street": streets}


def _capitalised(text: str) -> str:
    return _START.sub(lambda match: match[0].upper(), text)
