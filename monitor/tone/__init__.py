"""How a text sounds. Analyzers are named and versioned, so that scores can be made again."""

from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from threading import Lock
from typing import Protocol

from monitor.model import Sentiment, Tone

MOST_CHARACTERS = 5000  # TextBlob is slower than linear on long runs of punctuation


def default_name() -> str:
    """Return the name of the analyzer in use, without loading it."""
    return f"textblob-{version('textblob')}"


class Analyzer(Protocol):
    """Something that scores a text."""

    @property
    def name(self) -> str:
        """Return the name and version that are stored with each score."""

    def score(self, text: str) -> Sentiment:
        """Return the tone of a text; an empty one is UNCLEAR."""


_loading = Lock()


@cache
def _loaded() -> Callable[[str], tuple[float, float]]:
    # Imported here: nltk, which it brings, is most of this program's start-up time and memory.
    from textblob.en import sentiment

    sentiment("")  # reads the word list now, not in several threads at once
    found: Callable[[str], tuple[float, float]] = sentiment
    return found


def _sentiment() -> Callable[[str], tuple[float, float]]:
    with _loading:
        return _loaded()


class TextBlobAnalyzer:
    """TextBlob's own lexicon, cut into three by its polarity. Uncalibrated for this subject."""

    @property
    def name(self) -> str:
        """Return "textblob-" and its version."""
        return default_name()

    def score(self, text: str) -> Sentiment:
        """Return the tone by polarity: above 0 positive, below 0 negative, 0 neutral."""
        if not text.strip():
            return Sentiment(tone=Tone.UNCLEAR, positive=0.0, neutral=1.0, negative=0.0)
        polarity = float(_sentiment()(text[:MOST_CHARACTERS])[0])
        tone = Tone.POSITIVE if polarity > 0 else Tone.NEGATIVE if polarity < 0 else Tone.NEUTRAL
        return Sentiment(
            tone=tone,
            positive=max(0.0, polarity),
            neutral=1.0 - abs(polarity),
            negative=max(0.0, -polarity),
        )
