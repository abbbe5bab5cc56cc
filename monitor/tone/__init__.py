"""How a text sounds. Analyzers are named and versioned, so that scores can be made again."""

from collections.abc import Callable
from copy import copy
from functools import cache, lru_cache
from importlib.metadata import version
from threading import Lock
from typing import TYPE_CHECKING, Protocol, Self
from zlib import crc32

from monitor.core.model import Sentiment, Tone
from monitor.tone.cleaning import MOST_CHARACTERS, Subject
from monitor.tone.language import VERSION, is_english
from monitor.tone.model_weights import VERSION as WEIGHTS
from monitor.tone.word_influence import Why, why

if TYPE_CHECKING:
    from monitor.tone.adjustment import Moves
    from monitor.tone.campaign_analyzer import CampaignAnalyzer


class Analyzer(Protocol):
    """Something that scores a text."""

    @property
    def name(self) -> str:
        """Return the name and version that are stored with each score."""

    def score(self, text: str, lang: str | None = None) -> Sentiment | None:
        """Return the tone of a text, UNCLEAR for an empty one; None if it is in another language.

        `lang` is what the platform says of its language.
        """

    def adjusted(self, moves: "Moves") -> Self:
        """Return an analyzer of another name, whose scores are moved."""


def english_analyzer(name: str, subject: frozenset[str]) -> "EnglishOnly":
    """Return the analyzer of this name: "campaign" or "textblob". `subject` are words that are nobody's mood.

    It scores texts in English only.
    """
    return EnglishOnly(CampaignTone(subject) if name == "campaign" else TextBlobAnalyzer(), subject)


@lru_cache(maxsize=2000)  # of a campaign's posts, a third are copies of others, which often come together
def _score(by: "EnglishOnly", short: str, lang: str | None) -> Sentiment | None:
    return by.opinion(short) if is_english(short, lang, by.subject) else None


_loading = Lock()  # so that several threads do not load the same at once


@cache
def _textblob() -> Callable[[str], tuple[float, float]]:
    # Imported here: nltk, which it brings, is most of this program's start-up time and memory.
    from textblob.en import sentiment

    sentiment("")  # reads the word list now
    scorer: Callable[[str], tuple[float, float]] = sentiment
    return scorer


@lru_cache(maxsize=2)  # a campaign has one subject, until its file is changed
def _campaign_analyzer(subject: frozenset[str]) -> "CampaignAnalyzer":
    from monitor.tone.campaign_analyzer import CampaignAnalyzer  # for the same reason

    return CampaignAnalyzer(subject)


class EnglishOnly:
    """An analyzer that does not guess: a text in another language is not scored."""

    moves: "Moves | None" = None  # by which scores are moved, as the office's labels taught

    def __init__(self, analyzer: "CampaignTone | TextBlobAnalyzer", subject: frozenset[str]) -> None:
        self.analyzer, self.subject = analyzer, subject
        # a phrase is left out whole: what is left of one would seem to have moved the tone
        self._joined = Subject(subject if isinstance(analyzer, CampaignTone) else ()).joined
        # the analyzer's name and version, the language rule's, and a number made from the subject
        self.name = f"{analyzer.name}-{VERSION}-{crc32(' '.join(sorted(subject)).encode()):08x}"

    def adjusted(self, moves: "Moves") -> Self:
        """Return the same, by a name of its own, with its scores moved."""
        other = copy(self)
        other.moves = moves
        other.name += f"-adjusted:{moves.scale:.2f}{moves.positive:+.2f}{moves.negative:+.2f}"
        return other

    def opinion(self, text: str) -> Sentiment:
        """Return the tone of a text that is taken to be in English."""
        score = self.analyzer.score(text)
        return self.moves.of(score) if self.moves and text.strip() else score

    def score(self, text: str, lang: str | None = None) -> Sentiment | None:
        """Return the tone of a text; None if it is in another language than English."""
        return _score(self, text[:MOST_CHARACTERS], lang)

    def why(self, text: str, lang: str | None = None) -> Why | None:
        """Return which words moved the tone of a text; None if it is in another language than English."""
        short = text[:MOST_CHARACTERS]
        if not is_english(short, lang, self.subject):
            return None
        return why(self.opinion, self._joined(short))


class TextBlobAnalyzer:
    """TextBlob's own lexicon, cut into three by its polarity. Uncalibrated for this subject."""

    @property
    def name(self) -> str:
        """Return "textblob-" and its version, without loading it."""
        return f"textblob-{version('textblob')}"

    def score(self, text: str) -> Sentiment:
        """Return the tone by polarity: above 0 positive, below 0 negative, 0 neutral."""
        if not text.strip():
            return Sentiment(tone=Tone.UNCLEAR, positive=0.0, neutral=1.0, negative=0.0)
        with _loading:
            sentiment = _textblob()
        polarity = float(sentiment(text[:MOST_CHARACTERS])[0])
        tone = Tone.POSITIVE if polarity > 0 else Tone.NEGATIVE if polarity < 0 else Tone.NEUTRAL
        return Sentiment(
            tone=tone,
            positive=max(0.0, polarity),
            neutral=1.0 - abs(polarity),
            negative=max(0.0, -polarity),
        )


class CampaignTone:
    """The analyzer for campaigns, loaded at the first text: it takes most of start-up time and memory."""

    name = f"campaign-{WEIGHTS}"

    def __init__(self, subject: frozenset[str]) -> None:
        self._subject = subject

    def score(self, text: str) -> Sentiment:
        """Return the tone of a text; an empty one, and one that could be either, is UNCLEAR."""
        with _loading:
            analyzer = _campaign_analyzer(self._subject)
        return analyzer.score(text)
