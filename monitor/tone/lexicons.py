"""What TextBlob's and VADER's word lists say of a text, without the words of the campaign's subject.

A post against violent crime names it: 'violent' alone costs 0.8 in TextBlob's list, and VADER calls 64 % of
such posts negative that people do not. So the subject's words are taken out of copies of both lists.
"""

import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import textblob
from textblob import en
from textblob._text import ABBREVIATIONS, RE_ABBR3
from vader import SentimentIntensityAnalyzer

NAMES = (
    "polarity", "strength", "subjectivity", "is positive", "is negative", "vader", "vader positive",
    "vader negative", "vader neutral", "vader is positive", "vader is negative", "exclamations", "questions",
    "negations", "capitals", "length", "both agree",
)  # fmt: skip
_NEGATIONS = frozenset({"not", "no", "never", "none", "nothing", "nobody", "without", "hardly"})
# What speakers of British English say, and lists made elsewhere lack; on VADER's scale of -4 to 4.
_BRITISH = {
    "gutted": -2.4, "scum": -2.9, "shambles": -2.4, "appalling": -2.6, "dodgy": -1.6, "knackered": -1.3,
    "naff": -1.6, "nicked": -1.5, "stolen": -1.8, "robbed": -1.9, "farce": -2.2, "hypocrites": -2.4,
    "hypocrite": -2.3, "scaremongering": -2.2, "chuffed": 2.6, "cracking": 1.8, "legends": 2.4,
    "legend": 2.2, "smashing": 2.0, "ta": 1.0, "cheers": 1.8, "well done": 2.2,
}  # fmt: skip


# Words with signs after them only, and a full stop after two letters at least: most texts are so.
_PLAIN = re.compile(
    r"(?:(?:[&-]|(?:[^\W_]|['\"£%])*+(?:(?<=[^\W_])-[^\W_]++)*+(?:['\",;!?]++|(?<=[^\W_]{2})\.)?+)(?: |$))*+"
)
_SIGN = re.compile(r"(['\",;!?]|\.(?: |$))")
_FACE = re.compile(r"\b[DO]\b")  # what may be the end of one: "x D"


def tokens(text: str) -> list[str]:
    """Return what TextBlob's tokenizer does, but joined in one string: of plain texts far sooner."""
    words = text.split(" ")
    if not _PLAIN.fullmatch(text) or "n't" in text or _FACE.search(text):
        return list(en.tokenize(text))
    if any(word in ABBREVIATIONS or RE_ABBR3.match(word) for word in words if word.endswith(".")):
        return list(en.tokenize(text))
    return [_SIGN.sub(r" \1 ", text)]


class _TextBlob(en.Sentiment):  # type: ignore[misc]
    """TextBlob's list, read when it is made: so each look into it need not ask whether it was."""

    __contains__, __getitem__ = dict.__contains__, dict.__getitem__


class _Vader(SentimentIntensityAnalyzer):
    """Looks for phrases place by place only in a text that has one: that is a third of its time."""

    def _match_multiword(self, lowered: list[str]) -> tuple[dict[int, float], frozenset[int]]:
        if not _has_any(self.multiword, lowered):
            return {}, frozenset()
        return super()._match_multiword(lowered)

    def _laden_idioms(self, lowered: list[str]) -> list[float]:
        return super()._laden_idioms(lowered) if _has_any(self.idioms, lowered) else []


def _has_any(phrases: Mapping[str, float], words: list[str]) -> bool:
    text = " ".join(words)
    return any(phrase in text for phrase in phrases)


class Lexicons:
    """Both word lists, without some words. Made once: it reads a file of TextBlob's."""

    def __init__(self, without: Iterable[str]) -> None:
        stopwords = frozenset(without)
        self._textblob = _TextBlob(
            path=str(Path(textblob.__file__).parent / "en/en-sentiment.xml"), synset="wordnet_id",
            negations=frozenset({"no", "not", "n't", "never"}), modifiers=("RB",),
            modifier=lambda word: word.endswith("ly"), tokenizer=tokens, language="en",
        )  # fmt: skip
        self._textblob.load()
        words = SentimentIntensityAnalyzer(extra_lexicon=_BRITISH).lexicon
        for word in stopwords:
            self._textblob.pop(word, None)
        self._vader = _Vader(lexicon={word: value for word, value in words.items() if word not in stopwords})

    def features(self, clean: str) -> tuple[float, ...]:
        """Return what both say of a cleaned text, by NAMES; each about -1 to 1."""
        polarity, subjectivity = self._textblob(clean)
        scores = self._vader.polarity_scores(clean)
        whole, words = scores["compound"], clean.split()
        negations = sum(map(_NEGATIONS.__contains__, clean.lower().split()))
        number = len(words) or 1
        return (
            polarity, abs(polarity), subjectivity, float(polarity > 0), float(polarity < 0), whole,
            scores["pos"], scores["neg"], scores["neu"], float(whole > 0.05), float(whole < -0.05),
            min(clean.count("!"), 3) / 3, min(clean.count("?"), 3) / 3,
            5 * negations / number,
            sum(len(word) > 1 for word in filter(str.isupper, words)) / number,
            math.log(number) / 4, polarity * whole,
        )  # fmt: skip
