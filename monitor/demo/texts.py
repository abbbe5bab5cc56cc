"""What people write, put together from the lines of `texts.toml`."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.campaign import Campaign
from monitor.core.gazetteer import PlaceKind
from monitor.core.text import matches
from monitor.demo.story import data

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
        track = campaign.tracks[0]
        self._chance, self._query, self._file = chance, track.query, data("texts")
        self._marks = [f"#{tag}" for tag in track.tags] or list(track.phrases)
        self._latest: dict[str, None] = {}  # in order
        places = _places(campaign)
        self._words = _Words(
            self._file["words"] | places | {"mark": self._marks[:1], "name": [campaign.name]}, chance
        )

    def line(self, voice: str, talk: str) -> str:
        """Return what somebody says of what everybody talks about, or else of the campaign."""
        lines = self._file["voices"][voice]
        return self._fresh(lines.get(talk) or lines["general"])

    def kit(self) -> str:
        """Return the words that the campaign suggests."""
        return self._words.write(self._chance.choice(self._file["kit"]["lines"]))

    def foreign(self, lang: str) -> str:
        """Return a text in another language."""
        return self._fresh(self._file["elsewhere"][lang], may_end=False)

    def question(self, talk: str) -> tuple[str, str]:
        """Return a question, and what it asks about."""
        asks = self._file["asks"]
        about = (
            "sheets" if talk == "petition" and self._chance.random() < 0.6 else self._chance.choice([*asks])
        )
        return self._fresh(asks[about]["questions"]), about

    def reply(self, voice: str, about: str) -> str:
        """Return what somebody answers to a question about something, or to another voice."""
        is_against = voice == "opponent"
        if about in self._file["asks"] and not is_against:
            return self._fresh(self._file["asks"][about]["answers"])
        side = "agree" if is_against == (about == "opponent") else "argue"
        return self._fresh(self._file["voices"]["opponent" if is_against else "resident"][side])

    def article(self, talk: str) -> str:
        """Return a headline, and how its article begins."""
        press = self._file["voices"]["press"]
        headline = self._words.write(self._chance.choice(press.get(talk) or press["general"]))
        if not matches(self._query, headline):
            headline = f"{headline} {self._marks[0]}"
        lead = " ".join(self._words.write(line) for line in self._chance.sample(press["lead"], 2))
        return _capitalised(f"{headline}\n{lead}")

    def tags(self, text: str) -> frozenset[str]:
        """Return the tags of a text, and perhaps a usual one, the first of them oftenest."""
        own = {word[1:].casefold() for word in text.split() if word.startswith("#")}
        usual, lot = self._file["tags"]["usual"], int(self._chance.paretovariate(0.9)) - 1
        return frozenset(own | {usual[lot - 1]} if 0 < lot <= len(usual) else own)

    def _fresh(self, lines: Sequence[str], *, may_end: bool = True) -> str:
        """Return one of the lines as a text that nobody wrote lately, if a few tries find one."""
        for _ in range(_TRIES):
            text = self._text(self._chance.choice(lines), may_end)
            if text not in self._latest:
                break
        self._latest[text] = None
        if len(self._latest) > _LATEST:
            del self._latest[next(iter(self._latest))]
        return text

    def _text(self, line: str, may_end: bool) -> str:
        """Return a line as a text, with the hashtag or phrase by which it belongs to the track."""
        chance = self._chance
        if may_end and chance.random() < ENDED:
            line = f"{line} {chance.choice(self._file['words']['end'])}"
        if "{mark}" not in line:
            line = f"{line} {chance.choice(self._marks) if chance.random() < OTHER_MARK else '{mark}'}"
        return _capitalised(self._words.write(line))


def _places(campaign: Campaign) -> dict[str, list[str]]:
    """Return the campaign's places by their words; where it has none of a kind, its boroughs, or its name."""
    places = list(campaign.gazetteer.places.values())
    titles = {kind: [place.title for place in places if place.kind == kind] for kind in PlaceKind}
    boroughs = titles[PlaceKind.BOROUGH] or [campaign.name]
    return {
        "borough": boroughs,
        "area": [*boroughs * 4, *titles[PlaceKind.TOWN] * 2, *titles[PlaceKind.ESTATE]],
        "station": titles[PlaceKind.STATION] or boroughs,
        "street": titles[PlaceKind.STREET] or boroughs,
    }


def _capitalised(text: str) -> str:
    return _START.sub(lambda match: match[0].upper(), text)
