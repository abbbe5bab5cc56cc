"""An analyzer's scores moved towards what the office hears, as far as that helps on posts kept back. Pure.

Vector scaling (Guo and others 2017, https://arxiv.org/abs/1706.04599) with one scale for the three tones:
softmax(scale * log share + lean), held back towards the scores as they are.
"""

import json
from collections.abc import Sequence
from math import ceil, exp, log, sqrt
from statistics import fmean, stdev
from typing import NamedTuple, Self

from monitor.core.model import CLEAR_TONES, SURE, Sentiment, Tone

ENOUGH = 200  # texts that chance drew, with a tone that people chose, from which on it is tried
_GROWTH = 1.25  # of their number, from which on it is tried again
_FOLDS = 5
_STEPS = 20  # for each number
_PRIOR = 2.0  # by how many texts' worth each number is held back
_CLEAR = 2 / 3  # of the clear texts, as many as have to be clear afterwards
_BOUNDS = ((0.3, 3.0), (-2.0, 2.0), (-2.0, 2.0))  # of scale and leans: a tone is never turned around
_LEAST = 0.001  # of a share, as a share of none has no logarithm

_Three = Sequence[float]  # in the order of CLEAR_TONES
_Row = tuple[_Three, int]  # logarithms of the shares, and what is heard


class Moves(NamedTuple):
    """What scores are moved by: all as they are with 1, 0, 0."""

    scale: float
    positive: float
    negative: float

    def of(self, score: Sentiment) -> Sentiment:
        return Sentiment.of(*_shares(self, _logs(score)))


class Rightness(NamedTuple):
    """Of some texts: whose likeliest tone was right, whose tone was clear, and both."""

    right: int
    clear: int
    both: int


class Adjustment(NamedTuple):
    """How an analyzer did on texts kept back, each by what was learned from others, and if that is used."""

    texts: int
    before: Rightness
    after: Rightness
    moves: Moves | None  # None: it did not help, so scores stay as they are

    @property
    def next_at(self) -> int:
        """Return from how many texts on it is tried again: scores are not to change each day."""
        return ceil(_GROWTH * self.texts)

    @classmethod
    def from_json(cls, words: str) -> Self | None:
        """Return what `json.dumps` made of one; None of no words."""
        if not words:
            return None
        texts, before, after, moves = json.loads(words)
        return cls(texts, Rightness(*before), Rightness(*after), Moves(*moves) if moves else None)


def adjustment(examples: Sequence[tuple[Sentiment, Tone]]) -> Adjustment:
    """Return what the scores of different texts, and what people hear in each, teach.

    They have to be drawn by chance: people correct what is wrong. It is used if, on the parts kept back, what
    people hear is likelier by over one standard error, no fewer are right, and two thirds as many are clear.
    """
    rows = [(_logs(score), CLEAR_TONES.index(tone)) for score, tone in examples]
    parts = [_fit([row for n, row in enumerate(rows) if n % _FOLDS != part]) for part in range(_FOLDS)]
    before = [(_shares((1, 0, 0), logs), tone) for logs, tone in rows]
    after = [(_shares(parts[n % _FOLDS], logs), tone) for n, (logs, tone) in enumerate(rows)]
    gains = [log(new[tone] / old[tone]) for (new, tone), (old, _) in zip(after, before, strict=True)]
    first, second = _rightness(before), _rightness(after)
    keeps = second.right >= first.right and second.clear >= _CLEAR * first.clear
    helps = keeps and fmean(gains) > stdev(gains) / sqrt(len(gains))
    return Adjustment(len(rows), first, second, _fit(rows) if helps else None)


def _rightness(rows: Sequence[_Row]) -> Rightness:
    right = [shares[tone] == max(shares) for shares, tone in rows]
    clear = [max(shares) >= SURE for shares, _ in rows]
    return Rightness(sum(right), sum(clear), sum(map(min, right, clear)))


def _logs(score: Sentiment) -> _Three:
    return [log(max(share, _LEAST)) for share in (score.positive, score.neutral, score.negative)]


def _shares(moves: _Three, logs: _Three) -> tuple[float, float, float]:
    scale, positive, negative = moves
    good, even, bad = exp(scale * logs[0] + positive), exp(scale * logs[1]), exp(scale * logs[2] + negative)
    whole = good + even + bad
    return good / whole, even / whole, bad / whole


def _fit(rows: Sequence[_Row]) -> Moves:
    """Return the moves under which what people hear is likeliest: Newton's steps, one number at a time."""
    start, moves = (1.0, 0.0, 0.0), [1.0, 0.0, 0.0]
    for n in [0, 1, 2] * _STEPS:
        slope, curve = _PRIOR * (start[n] - moves[n]), _PRIOR
        for logs, tone in rows:
            worth = good, even, bad = (logs, (1, 0, 0), (0, 0, 1))[n]  # of each tone, by how much it is moved
            positive, neutral, negative = _shares(moves, logs)
            mean = positive * good + neutral * even + negative * bad
            slope += worth[tone] - mean
            curve += positive * good**2 + neutral * even**2 + negative * bad**2 - mean**2
        _, moves[n], _ = sorted((moves[n] + slope / curve, *_BOUNDS[n]))
    return Moves(*(round(number, 2) + 0.0 for number in moves))  # as a name has them, and without -0
