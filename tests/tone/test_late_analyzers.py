"""The small language model is loaded at the first text that it scores, and let go when it scores none."""

import gc
import sys
import weakref
from types import SimpleNamespace

import pytest

from monitor.core.model import Sentiment, Tone
from monitor.tone import _transformer, english_analyzer, release
from monitor.tone.model_weights import VERSION

SUBJECT = frozenset({"stabbing"})


class Weights:
    """Stands for what is large."""


@pytest.fixture
def loads(monkeypatch):
    """Return weak references to what was loaded; the model need not be installed here."""
    models: list[weakref.ref[Weights]] = []

    class TransformerAnalyzer:
        def __init__(self, subject: frozenset[str]) -> None:
            self.weights = Weights()
            models.append(weakref.ref(self.weights))

        def score(self, text: str) -> Sentiment:
            return Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)

    _transformer.cache_clear()
    monkeypatch.setattr("monitor.tone._weights", lambda: "7")
    module = SimpleNamespace(TransformerAnalyzer=TransformerAnalyzer)
    monkeypatch.setitem(sys.modules, "monitor.tone.transformer", module)
    yield models
    _transformer.cache_clear()


def held(loads) -> list[bool]:
    gc.collect()
    return [one() is not None for one in loads]


def test_its_name_is_told_without_loading_it_and_says_which_weights(loads):
    one = english_analyzer("transformer", SUBJECT)
    assert one.name.startswith(f"transformer-7.{VERSION}-en2-")
    assert one.name != english_analyzer("transformer", frozenset()).name
    assert loads == []


@pytest.mark.heavy
def test_it_is_loaded_once_and_let_go_after_a_turn_without_a_text(loads):
    one = english_analyzer("transformer", SUBJECT)
    release()
    for n in range(3):
        one.score(f"a lovely day in the park, number {n}")
        release()
        assert held(loads) == [True]  # a text was scored in this turn
    release()
    assert held(loads) == [False]
    release()
    one.why("a lovely evening in the park")
    assert held(loads) == [False, True]
    release()
    release()
    assert held(loads) == [False, False]


@pytest.mark.heavy
def test_not_installed_it_has_no_name_and_no_opinion(monkeypatch):
    monkeypatch.setattr("monitor.tone.find_spec", lambda name: None)
    one = english_analyzer("transformer", SUBJECT)
    assert (one.name, one.is_whole()) == ("", False)
    other = english_analyzer("campaign", SUBJECT)  # the control
    assert (other.name.startswith("campaign-"), other.is_whole()) == (True, True)
