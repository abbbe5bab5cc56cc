"""A small transformer in numpy, and the analyzer that weighs what it says with the word lists.

To be imported when it is needed: docs/tone.md says what it takes. The network is the first layers of
all-MiniLM-L6-v2 (Wang et al. 2020, Apache-2.0), trained further by bench/tone; its weights come in a package.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from monitor.tone.campaign_analyzer import Analyzed, CampaignAnalyzer
from monitor.tone.model_weights import Three
from monitor.tone.word_pieces import WordPieces

Array = npt.NDArray[np.float32]
PACKAGE = "campaign_monitor_tone"
# Texts are short: on a busy computer, threads that share the work on one mostly wait for each other.
threadpool_limits(limits=1, user_api="blas")

HEADS = 12  # that each layer looks at a text with
_SENTENCE, _WORDS = 0.76, 0.34  # powers of what each says: bench/tone/powers.py fits them to texts kept back
_SUBJECT = 0.90  # of both, in a text about the subject: of these it is surer than right
_TINY = np.float32(1e-12)
_GELU, _CUBE = np.float32(math.sqrt(2 / math.pi)), np.float32(0.044715 * math.sqrt(2 / math.pi))


class Transformer:
    """An encoder, and a layer that names tones. Weights are whole numbers, with scales."""

    def __init__(self, weights: Mapping[str, npt.NDArray[Any]]) -> None:
        self._words, self._scale = weights["words"], weights["words.scale"]
        self._places = weights["places"]
        self._begin = _Norm(weights, "begin")
        self._layers = [_Layer(weights, f"{n}.") for n in range(int(weights["layers"]))]
        self._tones = _Linear(weights, "tones")

    def odds(self, pieces: Sequence[int]) -> Array:
        """Return the logarithms of how likely negative, neutral and positive are, for a text's pieces."""
        words = self._words[list(pieces)] * self._scale[list(pieces)]
        state = self._begin(words + self._places[: len(pieces)])
        for layer in self._layers:
            state = layer(state)
        sums = self._tones(state.mean(0))
        odds: Array = sums - sums.max()
        odds -= np.log(np.exp(odds).sum())
        return odds


class _Linear:
    def __init__(self, weights: Mapping[str, npt.NDArray[Any]], name: str) -> None:
        self._weight: Array = weights[name] * weights[f"{name}.scale"]
        self._bias: Array = weights[f"{name}.bias"]

    def __call__(self, state: Array) -> Array:
        return state @ self._weight + self._bias


class _Norm:
    def __init__(self, weights: Mapping[str, npt.NDArray[Any]], name: str) -> None:
        self._weight: Array = weights[f"{name}.norm"]
        self._bias: Array = weights[f"{name}.norm.bias"]

    def __call__(self, state: Array) -> Array:
        far: Array = state - state.mean(-1, keepdims=True)
        far /= np.sqrt((far * far).mean(-1, keepdims=True) + _TINY)
        return far * self._weight + self._bias


class _Layer:
    """Attention of all pieces to all, and a network for each; both are added to what was there."""

    def __init__(self, weights: Mapping[str, npt.NDArray[Any]], name: str) -> None:
        self._asked, self._told = _Linear(weights, f"{name}attention"), _Linear(weights, f"{name}told")
        self._wide, self._narrow = _Linear(weights, f"{name}wide"), _Linear(weights, f"{name}narrow")
        self._first, self._second = _Norm(weights, f"{name}first"), _Norm(weights, f"{name}second")

    def __call__(self, state: Array) -> Array:
        state = self._first(state + self._told(self._attention(state)))
        return self._second(state + self._narrow(_gelu(self._wide(state))))

    def _attention(self, state: Array) -> Array:
        length, width = state.shape
        query, key, value = self._asked(state).reshape(length, 3, HEADS, -1).transpose(1, 2, 0, 3)
        near: Array = query @ key.transpose(0, 2, 1) * np.float32(math.sqrt(HEADS / width))
        near = np.exp(near - near.max(-1, keepdims=True))
        near /= near.sum(-1, keepdims=True)
        seen: Array = (near @ value).transpose(1, 0, 2).reshape(length, width)
        return seen


def _gelu(state: Array) -> Array:
    """Return Gaussian error linear units, by the usual approximation (Hendrycks & Gimpel 2016)."""
    half: Array = np.tanh(state * (_GELU + _CUBE * state * state)) + np.float32(1)
    return np.float32(0.5) * state * half


class TransformerAnalyzer(CampaignAnalyzer):
    """Scores a text by the transformer and by the word lists: the product of both, each to a power."""

    def __init__(self, subject: Iterable[str]) -> None:
        super().__init__(subject)
        self._transformer, self._pieces = installed(subject)

    def analyze(self, text: str, keep_assessments: bool = False) -> Analyzed:
        """Return how likely each tone of a text is."""
        words = np.log(np.array(super().analyze(text)[1:]))
        pieces = self._pieces.read(text)
        power = _SUBJECT if self._pieces.mask in pieces else 1.0
        sentence = self._transformer.odds(pieces)
        negative, neutral, positive = shares(power * (_SENTENCE * sentence + _WORDS * words))
        return Analyzed(positive - negative, negative, neutral, positive)


def shares(odds: npt.NDArray[Any]) -> Three:
    """Return shares that make 1, of four digits: another processor's last digits hardly make another tone."""
    likely = np.exp(odds - odds.max())
    negative, _, positive = (math.floor(10_000 * share) / 10_000 for share in likely / likely.sum())
    return negative, round(1 - negative - positive, 4), positive


def installed(subject: Iterable[str]) -> tuple[Transformer, WordPieces]:
    """Return the network of the installed package, and what reads texts for it."""
    folder = files(PACKAGE)
    vocabulary = (folder / "vocabulary.txt").read_text(encoding="utf-8").splitlines()
    with (folder / "weights.npz").open("rb") as file, np.load(file, allow_pickle=False) as weights:
        if len(vocabulary) != len(weights["words"]):
            raise ValueError("The vocabulary is not that of the weights.")
        return Transformer(weights), WordPieces(vocabulary, subject)
