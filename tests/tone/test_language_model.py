"""The language model as it is shipped: what word lists miss, and what must not move it."""

import subprocess
import sys
import zipfile
from collections import Counter
from importlib.resources import files
from statistics import fmean

import pytest

from bench.tone.data import posts, subject_of
from bench.tone.variants import NEVER_SEEN, SEEN, put
from monitor.core.model import SURE, Tone
from monitor.tone import english_analyzer, transformer

TONES = (Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE)


@pytest.fixture(scope="module")
def model():
    return english_analyzer("transformer", subject_of()).analyzer


@pytest.fixture(scope="module")
def words():
    return english_analyzer("campaign", subject_of()).analyzer


def likeliest(score) -> Tone:
    shares = (score.negative, score.neutral, score.positive)
    return TONES[shares.index(max(shares))]


def right(analyzer, kinds=None) -> float:
    gate = [post for post in posts("gate") if kinds is None or post.kind in kinds]
    return fmean(likeliest(analyzer.score(post.text)) is TONES[post.tone] for post in gate)


@pytest.mark.slow
def test_it_is_right_on_most_posts_that_it_never_saw(model, words):
    assert right(model) >= 0.75
    assert right(model) >= right(words) + 0.05  # else it would count for nothing


@pytest.mark.slow
def test_most_sarcasm_is_heard_and_seldom_surely_called_positive(model):
    texts = [post.text for post in posts("gate") if post.kind in ("sarcasm", "complaint")]

    assert sum(model.score(text).positive > SURE for text in texts) <= 0.15 * len(texts)
    assert right(model, ("sarcasm",)) >= 0.75


@pytest.mark.slow
def test_words_of_the_subject_around_a_post_change_few_tones(model):
    texts = [post.text for post in posts("development")][::3]  # bench.tone reads all of them
    before = [likeliest(model.score(text)) for text in texts]
    changes = Counter(
        frame
        for frame in (*SEEN, *NEVER_SEEN)
        for text, was in zip(texts, before, strict=True)
        if likeliest(model.score(put(frame, text))) is not was
    )

    assert changes.total() <= 0.06 * len(texts) * len((*SEEN, *NEVER_SEEN))


SCORES = """
import sys
from bench.tone.data import posts, subject_of
from monitor.tone import english_analyzer, transformer
analyzer = english_analyzer("transformer", subject_of())
texts = [post.text for post in posts("gate")][:30]
for text in texts if sys.argv[1] == "forwards" else texts[::-1]:
    score = analyzer.score(text)
    print(text, score.negative, score.neutral, score.positive)
"""


@pytest.mark.slow
def test_a_text_has_the_same_score_in_any_order_and_process():
    one, other = (
        subprocess.run(
            [sys.executable, "-c", SCORES, order], capture_output=True, text=True, check=True
        ).stdout
        for order in ("forwards", "backwards")
    )

    assert one.splitlines() == other.splitlines()[::-1]


def test_its_weights_are_numbers_of_at_most_25_megabytes():
    path = files("campaign_monitor_tone") / "weights.npz"

    assert 1e6 < path.stat().st_size < 25e6
    with zipfile.ZipFile(path) as weights:
        assert {name.rpartition(".")[2] for name in weights.namelist()} == {"npy"}


@pytest.mark.heavy
def test_it_is_less_sure_of_a_text_about_the_subject_and_calls_it_the_same(model, monkeypatch):
    about, other = (f"Great to see so many of us talk about {word}" for word in ("violence", "boredom"))
    ours, plain = model.score(about), model.score(other)
    monkeypatch.setattr(transformer, "_SUBJECT", 1.0)

    assert Tone.POSITIVE is ours.tone is model.score(about).tone
    assert 0.5 < ours.positive < model.score(about).positive
    assert plain == model.score(other)


@pytest.mark.parametrize("text", ["Dziękuję bardzo wszystkim za pomoc", "Merci beaucoup à tous les voisins"])
def test_another_language_is_not_scored(text):
    assert english_analyzer("transformer", subject_of()).score(text, None) is None


@pytest.mark.heavy
def test_an_empty_text_is_unclear(model):
    assert model.score("  ").tone is Tone.UNCLEAR
