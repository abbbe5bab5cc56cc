"""More posts about crime must not look like a worse mood: on comments that no weights were learned from."""

from pathlib import Path

import pytest
from vader import SentimentIntensityAnalyzer

from bench.tone.__main__ import shift
from bench.tone.data import EMOTIONS, emotions, subject_of
from monitor.tone import english_analyzer

FOLDER = Path(__file__).parents[3] / "shared/data/tone"


@pytest.mark.slow
def test_a_rising_share_of_crime_posts_moves_net_tone_by_nine_points_at_most():
    if not (FOLDER / EMOTIONS["test"]).is_file():
        pytest.skip("the rated comments are not at hand")
    rows = emotions(FOLDER, "test")
    ours, vader = english_analyzer("campaign", subject_of()).analyzer, SentimentIntensityAnalyzer()

    def compound(text: str) -> int:
        said = vader.polarity_scores(text)["compound"]
        return 1 + (said > 0.05) - (said < -0.05)

    assert abs(shift(rows, [1 + ours.score(text).tone.net for text, _ in rows])) <= 9
    assert shift(rows, [compound(text) for text, _ in rows]) < -15  # the control
