"""TextBlob behind the Analyzer protocol."""

from importlib.metadata import version

import pytest

from monitor.core.model import Tone
from monitor.tone import TextBlobAnalyzer


@pytest.fixture(scope="module")
def analyzer() -> TextBlobAnalyzer:
    return TextBlobAnalyzer()


@pytest.mark.parametrize(
    ("text", "tone"),
    [
        ("What a wonderful evening", Tone.POSITIVE),
        ("This is a terrible idea", Tone.NEGATIVE),
        ("The meeting is on Monday", Tone.NEUTRAL),
        ("  ", Tone.UNCLEAR),
    ],
)
def test_a_text_gets_the_tone_of_its_words(analyzer, text, tone):
    assert analyzer.score(text).tone == tone


@pytest.mark.parametrize("text", ["great", "awful", "table", "", "great but awful", "!" * 100_000])
def test_the_three_shares_add_up_to_one(analyzer, text):
    score = analyzer.score(text)
    assert score.positive + score.neutral + score.negative == pytest.approx(1.0)
    assert min(score.positive, score.neutral, score.negative) >= 0


def test_the_stored_name_says_which_version_scored(analyzer):
    assert analyzer.name == f"textblob-{version('textblob')}"
    assert analyzer.name.startswith("textblob-0.")
