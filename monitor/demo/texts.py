"""Made-up posts: what supporters, critics, askers and newsrooms might write of any campaign."""

import random
from itertools import count

from monitor.campaign import Campaign, Track
from monitor.core.gazetteer import PlaceKind
from monitor.core.text import matches

REPEATED = 0.35  # share of texts that somebody else wrote before
_KNOWN = 400  # texts that may be repeated, the newest last
_FOR = (
    "Signed the petition this morning before work.",
    "Brilliant turnout at the stall, thank you to every volunteer.",
    "Filled in the survey, it took two minutes.",
    "More officers on the beat would make such a difference here.",
    "So proud of the neighbours who knocked on doors all weekend.",
    "We have lost too many young people already.",
    "The infographic says it all, pass it on.",
    "Lovely to see three generations at the meeting tonight.",
)
_AGAINST = (
    "A hashtag will not fix this.",
    "Another meeting, and still no date for the new police team.",
    "Nobody has answered my letter, it is awful.",
    "Great, one more leaflet. That will stop them.",
    "Promises before every election, and then silence.",
)
_ASKING = (
    "Does anyone know when the paper petition closes?",
    "Is the survey open to people who only work here?",
    "Where can I hand in the sheets from our street?",
    "Who do I write to about the broken lights?",
)
_PLACES = (
    "People in {area} deserve to feel safe on their own street.",
    "It matters to all of us in {area}.",
    "Half of our street in {area} has joined in.",
    "I have lived in {area} all my life and never saw so many come.",
    "{area} next, please.",
)
_STATION = "The walk home from {station} should not be a worry."
_ELSEWHERE = {  # in the languages of `behaviour.language` that are not English
    "bn": ("আমাদের রাস্তায় আর সহিংসতা চাই না।", "আজ সকালে আবেদনে সই করেছি।"),
    "pl": (
        "Dość przemocy na naszych ulicach.",
        "Dziś rano podpisałam petycję.",
        "Dziękuję wszystkim, którzy przyszli.",
    ),
}
_NEWS = (
    "Residents of {area} hand in signatures for {name}",
    "{name}: what the survey found in {area}",
    "MP meets families in {area} as {name} grows",
    "Council in {area} to debate more officers after {name} petition",
)
_RELATED = ("police", "safestreets", "youthwork", "community", "petition", "council", "neighbourhood", "news")


class Texts:
    """Writes texts of one campaign; the same chance gives the same texts."""

    def __init__(self, campaign: Campaign, chance: random.Random) -> None:
        places = list(campaign.gazetteer.places.values())
        boroughs = [place.title for place in places if place.kind == PlaceKind.BOROUGH] or [campaign.name]
        towns = [place.title for place in places if place.kind in (PlaceKind.TOWN, PlaceKind.ESTATE)]
        stations = [place.title for place in places if place.kind == PlaceKind.STATION]
        self._chance = chance
        self._places = [template.format(area=area) for template in _PLACES for area in (*boroughs, *towns)]
        self._places += [_STATION.format(station=station) for station in stations]
        self._news = [news.format(area=area, name=campaign.name) for news in _NEWS for area in boroughs]
        self._openings = [*_FOR * 3, *_AGAINST, *_ASKING]
        self._known: list[str] = []
        self._signed = count(1)

    def text(self, track: Track, lang: str | None = "en") -> str:
        """Return what a person writes in a language, or passes on in the same words."""
        chance = self._chance
        if lang in _ELSEWHERE:
            return f"{chance.choice(_ELSEWHERE[lang])} {_mark(track, chance)}"
        if self._known and chance.random() < REPEATED:
            return chance.choice(self._known)
        opening = f"{chance.choice(self._openings)} {chance.choice(self._places)}"
        text = f"{opening} Number {next(self._signed)} to say so. {_mark(track, chance)}"
        if len(self._known) < _KNOWN:
            self._known.append(text)
        else:
            self._known[chance.randrange(_KNOWN)] = text
        return text

    def headline(self, track: Track) -> str:
        """Return a headline of the track; newsrooms write the same one more than once."""
        headline = self._chance.choice(self._news)
        return headline if matches(track.query, headline) else f"{headline} {_mark(track, self._chance)}"

    def tags(self, track: Track) -> frozenset[str]:
        """Return the track's tag and perhaps a related one, the first of them oftenest."""
        own = [tag.casefold() for tag in track.tags[:1]]
        if self._chance.random() < 0.4:
            own.append(_RELATED[min(int(self._chance.paretovariate(0.9)) - 1, len(_RELATED) - 1)])
        return frozenset(own)


def _mark(track: Track, chance: random.Random) -> str:
    """Return the hashtag or phrase by which a post belongs to a track."""
    marks = [f"#{tag}" for tag in track.tags] or list(track.phrases)
    return chance.choice(marks) if chance.random() < 0.2 else marks[0]
