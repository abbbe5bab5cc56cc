"""More posts about crime must not look like a worse mood: on comments that no weights were learned from."""

from pathlib import Path
from statistics import fmean

import pytest
from vader import SentimentIntensityAnalyzer

from bench.tone.data import EMOTIONS, emotions
from monitor.campaign import subject_words
from monitor.tone import english_analyzer
from monitor.tone.cleaning import clean_text

FOLDER = Path(__file__).parents[3] / "shared/data/tone"
SUBJECT = frozenset(subject_words(Path(__file__).parents[2] / "config/topic-words.toml"))


def moved(rows, net) -> float:
    """Return by how many points net tone seems to move when posts about crime go from none to 60 %.

    The true mix is the same in both weeks: a quarter negative, half neutral, a quarter positive.
    """
    weeks = []
    for about in (False, True):
        means = [
            fmean(net(text) for text, tone in rows if tone == true and about is bool(SUBJECT & words(text)))
            for true in range(3)
        ]
        weeks.append(means[0] / 4 + means[1] / 2 + means[2] / 4)
    return 100 * 0.6 * (weeks[1] - weeks[0])


def words(text: str) -> set[str]:
    return set(clean_text(text).lower().split())


@pytest.mark.slow
def test_a_rising_share_of_crime_posts_moves_net_tone_by_nine_points_at_most():
    if not (FOLDER / EMOTIONS["test"]).is_file():
        pytest.skip("the rated comments are not at hand")
    rows, ours, vader = (
        emotions(FOLDER, "test"),
        english_analyzer("campaign", SUBJECT).analyzer,
        SentimentIntensityAnalyzer(),
    )

    def compound(text: str) -> int:
        said = vader.polarity_scores(text)["compound"]
        return (said > 0.05) - (said < -0.05)

    assert abs(moved(rows, lambda text: ours.score(text).tone.net)) <= 9
    assert moved(rows, compound) < -15  # the control
