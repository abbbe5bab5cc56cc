"""TextBlob's frame with an analyzer for campaigns: the subject's words say nothing about the mood.

To be imported when it is needed: TextBlob brings nltk, most of this program's start-up time and memory.
"""

from collections.abc import Iterable
from typing import NamedTuple

from textblob.base import BaseSentimentAnalyzer
from textblob.sentiments import CONTINUOUS

from monitor.core.model import Sentiment, Tone
from monitor.tone.cleaning import MOST_CHARACTERS, Subject, clean_text, grams, own_words
from monitor.tone.lexicons import Lexicons
from monitor.tone.model_weights import load


class Analyzed(NamedTuple):
    """What TextBlob's users expect, -1 to 1, and how likely each tone is."""

    polarity: float
    negative: float
    neutral: float
    positive: float


class CampaignAnalyzer(BaseSentimentAnalyzer):  # type: ignore[misc]
    """Scores a text by both word lists without the words of the subject, and by learned words.

    As an analyzer of TextBlob: `TextBlob(text, analyzer=CampaignAnalyzer(words)).sentiment`.
    """

    kind = CONTINUOUS

    def __init__(self, subject: Iterable[str]) -> None:
        super().__init__()
        self._subject = Subject(subject)
        self._lexicons, self._weights = Lexicons(self._subject.words), load()

    def analyze(self, text: str, keep_assessments: bool = False) -> Analyzed:
        """Return how likely each tone of a text is."""
        clean = self._subject.joined(clean_text(own_words(text[:MOST_CHARACTERS])))
        negative, neutral, positive = self._weights.shares(
            grams(clean, self._subject.words), self._lexicons.features(clean)
        )
        return Analyzed(positive - negative, negative, neutral, positive)

    def score(self, text: str) -> Sentiment:
        """Return the tone of a text; UNCLEAR if it is empty or none is likely enough."""
        if not text.strip():
            return Sentiment(tone=Tone.UNCLEAR, positive=0.0, neutral=1.0, negative=0.0)
        _, negative, neutral, positive = self.analyze(text)
        return Sentiment.of(positive, neutral, negative)
