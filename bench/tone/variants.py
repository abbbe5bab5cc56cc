"""The same text about another subject, quoted, or of other people: what must not change its tone, or must."""

import re
from collections.abc import Sequence
from random import Random

from vader import SentimentIntensityAnalyzer

# Put around texts to measure. What the first have is around texts that are learned from, too; what the others
# have is not.
SEEN = (
    "On violent crime in Dagenham: {}", "{} #CallingTimeOnCrime", "{} #KnifeCrime", "Domestic abuse: {}",
    "{} - thread on hate crime, arson and drug dealing", "About burglary: {}", "{} (after shoplifting)",
    "{} re county lines", "#HateCrime {}", "{} after a shooting in Romford",
)  # fmt: skip
NEVER_SEEN = (
    "{} (after the machete incident)", "Re the carjackings on our road: {}", "{} - looters in Romford",
    "{} re fly-tipping", "{} after the modern slavery raid", "On the grooming gang trial: {}",
    "{} #JusticeForJayden", "The riot: {}", "Catalytic converters again. {}", "{} #StopTheTrailBikes",
)  # fmt: skip
SUBJECTS = (
    "hate crime",
    "domestic abuse",
    "knife crime",
    "a stabbing",
    "burglary",
    "drug dealing",
    "the robberies",
    "anti-social behaviour",
    "bike theft",
    "county lines",
    "an assault",
    "shoplifting",
    "gang violence",
    "vandalism",
    "car theft",
    "arson",
    "violent crime",
    "mugging",
    "fraud",
    "a shooting",
    "graffiti",
    "cannabis smoke",
    "e-scooters",
    "stalking",
    "burgled sheds",
    "threats",
    "phone snatching",
    "kidnap",
    "acid",
    "spiking",
    "harassment",
    "racist abuse",
    "cuckooing",
    "dog attacks",
    "the bus station",
    "the survey",
    "the petition",
    "the council",
    "the police",
    "the park",
    "the library",
    "the MP",
    "the school gates",
    "parking",
    "potholes",
    "bins",
)
HASHTAGS = (
    "#HateCrime",
    "#DomesticAbuse",
    "#StopKnives",
    "#SaferStreets",
    "#Police",
    "#NeighbourhoodWatch",
    "#EndViolence",
    "#KnifeCrime",
    "#CallingTimeOnCrime",
    "#Romford",
    "#CrimeSurvey",
    "#Burglary",
    "#OurStreets",
    "#Barking",
)
_PLACES = (
    "Dagenham",
    "Barking",
    "Romford",
    "Ilford",
    "Hornchurch",
    "Rainham",
    "Leeds",
    "Walsall",
    "Croydon",
    "Newham",
)
_NAMES = (
    "Alex",
    "Sam",
    "Mohammed",
    "Priya",
    "Kwame",
    "Agnieszka",
    "Sunita",
    "Ade",
    "Fatima",
    "Dave",
    "Linda",
    "Tariq",
    "Chloe",
    "Jayden",
    "Elena",
    "Andrei",
    "Mei",
    "Ibrahim",
    "Patricia",
    "Wojtek",
    "Nadia",
    "Terry",
    "Joyce",
    "Kemi",
    "Hassan",
    "Sofia",
    "Gurpreet",
    "Debbie",
)
_BEFORE = (
    "On {subject} in {place}: ",
    "About {subject}: ",
    "Re {subject}. ",
    "{subject}: ",
    "{place} - {subject} - ",
    "Thread on {subject} and {other}. ",
    "{hashtag} ",
    "{hashtag} {more} ",
    "Meeting about {subject}. ",
)
_AFTER = (
    " {hashtag}",
    " {hashtag} {more}",
    " (after {subject})",
    " - {subject} in {place}",
    " re {subject}",
    " - thread on {subject} and {other}",
    " after {subject} in {place}",
    " ({subject}, {place})",
    ". {subject}.",
    " {hashtag} {subject}",
    " on {subject}",
)
_SAYINGS = (
    '"{}" said one resident',
    '"{}" a resident told the meeting',
    'One man told us: "{}"',
    'He said "{}"',
    '"{}", according to a mum of two',
    'From the survey: "{}"',
    'Reply to our post: "{}"',
    "“{}” she told the paper.",
    '"{}" - NAME, PLACE',
    'NAME from PLACE says: "{}"',
    'Headline: "{}"',
    '"{}" (comment on the petition)',
    "‘{}’ is what one shopkeeper told officers",
    'Someone wrote "{}" on the wall',
    'Quote from the residents\' meeting: "{}"',
)
_KNOWN = 0.5  # of the subjects and hashtags; the others are made of any words
_COMMONEST, _RAREST = 2500, 18_000  # places in the vocabulary between which words stand for any subject
_BLANK = re.compile(r"\[(?:NAME|PERSON|ORG|LOC)[^\]]*\]")  # as GoEmotions and XED have in place of names


class Variants:
    """Makes variants of texts by chance. `words` are those that stand for subjects nobody thought of."""

    def __init__(self, chance: Random, words: Sequence[str]) -> None:
        self._chance, self._words = chance, words

    def around(self, text: str) -> str:
        """Return a text with a subject before or after it, or both: its tone is the same."""
        side = self._chance.random()
        before = self._filled(_BEFORE) if side < 0.6 else ""
        return before + text + (self._filled(_AFTER) if not 0.4 < side < 0.6 else "")

    def quoted(self, text: str) -> str:
        """Return a text as somebody else's words: the writer's tone is neutral."""
        saying = self._chance.choice(_SAYINGS).replace("NAME", self._chance.choice(_NAMES))
        words = text.replace('"', "").strip().rstrip(".")
        return saying.replace("PLACE", self._chance.choice(_PLACES)).replace("{}", words)

    def named(self, text: str) -> str:
        """Return a text with names where its data has blanks for them."""
        return _BLANK.sub(lambda _: self._chance.choice(_NAMES), text)

    def _subject(self) -> str:
        if self._chance.random() < _KNOWN:
            return self._chance.choice(SUBJECTS)
        words = self._chance.sample(self._words, self._chance.choice((1, 1, 2)))
        return f"{self._chance.choice(('the ', '', 'a ', 'the '))}{' '.join(words)}"

    def _hashtag(self) -> str:
        if self._chance.random() < _KNOWN:
            return self._chance.choice(HASHTAGS)
        return "#" + "".join(word.capitalize() for word in self._chance.sample(self._words, 2))

    def _filled(self, frames: tuple[str, ...]) -> str:
        subject, other = (self._subject() for _ in range(2))
        hashtag, more = (self._hashtag() for _ in range(2))
        return self._chance.choice(frames).format(
            subject=subject, other=other, hashtag=hashtag, more=more, place=self._chance.choice(_PLACES)
        )


def toneless(vocabulary: Sequence[str]) -> list[str]:
    """Return words of a vocabulary that begins with the commonest, without those that a word list knows."""
    felt = SentimentIntensityAnalyzer().lexicon
    return [
        word
        for word in vocabulary[_COMMONEST:_RAREST]
        if len(word) > 3 and word.isalpha() and word not in felt
    ]
