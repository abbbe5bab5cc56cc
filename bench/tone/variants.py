"""The same text about another subject, quoted, or of other people: what must not change its tone, or must."""

import re
from collections.abc import Sequence
from random import Random

from vader import SentimentIntensityAnalyzer

# Put around texts, or in their middle, to measure. What the first have is in variants that are learned from,
# too; what the others have is not.
SEEN = (
    "On violent crime in Dagenham: {}", "{} #CallingTimeOnCrime", "{} #KnifeCrime", "Domestic abuse: {}",
    "{} - thread on hate crime, arson and drug dealing", "About burglary: {}", "{} (after shoplifting)",
    "{} re county lines", "#HateCrime {}", "{} after a shooting in Romford",
    "{} (knife crime) {}", "{}, after the robberies, {}", "{} - hate crime - {}", "{} #SaferStreets {}",
)  # fmt: skip
NEVER_SEEN = (
    "{} (after the machete incident)", "Re the carjackings on our road: {}", "{} - looters in Romford",
    "{} re fly-tipping", "{} after the modern slavery raid", "On the grooming gang trial: {}",
    "{} #JusticeForJayden", "The riot: {}", "Catalytic converters again. {}", "{} #StopTheTrailBikes",
    "{} (the joyriders) {}", "{}, given the pickpockets, {}", "{} - the squatters, in court - {}",
    "{} #BobbiesBack {}",
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
    "boy racers",
    "hooligans",
    "burglars",
    "prowlers",
    "scammers",
    "trespassers",
    "vandals",
    "intruders",
    "moped riders",
    "touts",
    "arsonists",
    "stalkers",
    "noisy neighbours",
    "football fans",
    "scaffolders",
    "tent dwellers",
    "copper cables",
    "number plates",
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
# What many texts say without a tone: a sentence makes that plain, a single word has to be learned so.
NEAR = (
    "our street",
    "our area",
    "our estate",
    "my street",
    "the high street",
    "this borough",
    "your ward",
    "our town",
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
    "{subject} now. ",
    "{subject}, part two. ",
    "{subject} in {place} today. ",
    "More on {subject}: ",
    "{subject}? ",
    "{subject}! ",
    "{subject}... ",
    "Talking of {subject}, ",
    "Since {subject} in our street: ",
    "With {subject} near us, ",
    "{subject} and {other} update. ",
    "About {subject}: ",
    "Re {subject}. ",
    "{subject}: ",
    "{place} - {subject} - ",
    "Thread on {subject} and {other}. ",
    "{hashtag} ",
    "{hashtag} {more} ",
    "Meeting about {subject}. ",
    "Again {subject}. ",
    "{subject} again: ",
    "{subject} once more. ",
    "More {subject}. ",
)
_AFTER = (
    " {hashtag}",
    " since {subject}",
    " - {subject} update",
    " before {subject} and {other}",
    ", says the one from {subject}",
    " at {subject}",
    " #{place} {subject}",
    "... {subject}",
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
_WITHIN = (
    " ({subject}) ",
    " - {subject} - ",
    ", {subject}, ",
    " {hashtag} ",
    " {hashtag} {more} ",
    " about {subject} ",
    " re {subject} ",
    " ({subject} in {place}) ",
    ", after {subject}, ",
    ", on {subject} and {other}, ",
    " in {place} ",
    "... {subject}... ",
    " {subject} ",
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
_SIDES = {  # before, within, after a text, and how often subjects are put there
    (True, False, False): 0.2, (False, False, True): 0.2, (True, False, True): 0.25,
    (False, True, False): 0.2, (True, True, False): 0.1, (False, True, True): 0.05,
}  # fmt: skip
_LINES = 0.1  # of what is put before or after: a whole line of no tone
_CLAUSE = 0.5  # of what is put within: at a comma or the like
_KNOWN = 0.5  # of the subjects and hashtags; the others are made of any words
# Of the latter: made a word that the vocabulary has only in pieces, as rare ones are.
_PIECES, _ENDINGS = 0.4, ("ers", "er", "ing", "ed", "s", "ics")
_COMMONEST, _RAREST = 2500, 18_000  # places in the vocabulary between which words stand for any subject
_SHORT = 40  # letters of a line
_BLANK = re.compile(r"\[(?:NAME|PERSON|ORG|LOC)[^\]]*\]")  # as GoEmotions and XED have in place of names


class Variants:
    """Makes variants of texts by chance.

    `words` stand for subjects nobody thought of, `lines` for what else may be said beside, `near` for more
    places.
    """

    def __init__(
        self, chance: Random, words: Sequence[str], lines: Sequence[str], near: Sequence[str] = ()
    ) -> None:
        self._chance, self._words, self._lines = chance, words, lines
        self._places = (*_PLACES, *near)

    def around(self, text: str) -> str:
        """Return a text with a subject before, within or after it: its tone is the same."""
        before, within, after = self._chance.choices(list(_SIDES), list(_SIDES.values()))[0]
        if within:
            text = self._parted(text)
        if (before or after) and self._chance.random() < _LINES:
            line = self._chance.choice(self._lines)
            return f"{line} {text}" if before else f"{text} {line}"
        return (self._filled(_BEFORE) if before else "") + text + (self._filled(_AFTER) if after else "")

    def _parted(self, text: str) -> str:
        """Return a text of several words with a subject between two of them."""
        words = text.split()
        ends = [n for n in range(1, len(words)) if words[n - 1][-1] in ",.;:!?"]
        anywhere = range(1, len(words))
        if not anywhere:
            return text
        place = self._chance.choice(ends if ends and self._chance.random() < _CLAUSE else anywhere)
        return " ".join(words[:place]) + self._filled(_WITHIN) + " ".join(words[place:])

    def quoted(self, text: str) -> str:
        """Return a text as somebody else's words: the writer's tone is neutral."""
        saying = self._chance.choice(_SAYINGS).replace("NAME", self._chance.choice(_NAMES))
        words = text.replace('"', "").strip().rstrip(".")
        return saying.replace("PLACE", self._chance.choice(self._places)).replace("{}", words)

    def named(self, text: str) -> str:
        """Return a text with names where its data has blanks for them."""
        return _BLANK.sub(lambda _: self._chance.choice(_NAMES), text)

    def _subject(self) -> str:
        if self._chance.random() < _KNOWN:
            return self._chance.choice(SUBJECTS)
        words = self._chance.sample(self._words, self._chance.choice((1, 1, 2)))
        if self._chance.random() < _PIECES:
            words[-1] += self._chance.choice(_ENDINGS)
        return f"{self._chance.choice(('the ', '', 'a ', 'the '))}{' '.join(words)}"

    def _hashtag(self) -> str:
        if self._chance.random() < _KNOWN:
            return self._chance.choice(HASHTAGS)
        return "#" + "".join(word.capitalize() for word in self._chance.sample(self._words, 2))

    def _filled(self, frames: tuple[str, ...]) -> str:
        subject, other = (self._subject() for _ in range(2))
        hashtag, more = (self._hashtag() for _ in range(2))
        return self._chance.choice(frames).format(
            subject=subject, other=other, hashtag=hashtag, more=more, place=self._chance.choice(self._places)
        )


def put(frame: str, text: str) -> str:
    """Return a text with a frame around it, or in its middle."""
    words = text.split()
    middle = (len(words) + 1) // 2
    halves = (" ".join(words[:middle]), " ".join(words[middle:]))
    return frame.format(*halves) if frame.count("{}") == 2 else frame.format(text)


def toneless(vocabulary: Sequence[str]) -> list[str]:
    """Return words of a vocabulary that begins with the commonest, without those that a word list knows."""
    felt = SentimentIntensityAnalyzer().lexicon
    return [
        word
        for word in vocabulary[_COMMONEST:_RAREST]
        if len(word) > 3 and word.isalpha() and word not in felt
    ]


def plain_lines(rows: Sequence[tuple[str, int]]) -> list[str]:
    """Return those of subtitles that are short, neutral, and without a word that a word list knows."""
    felt = SentimentIntensityAnalyzer().lexicon
    lines = [text for text, tone in rows if tone == 1 and len(text) < _SHORT]
    return [line for line in lines if not any(word in felt for word in re.findall(r"[a-z']+", line.lower()))]
