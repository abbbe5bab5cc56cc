"""An analyzer's scores moved towards what the office hears, as far as that helps on posts kept back. Pure.

Vector scaling (Guo and others 2017, https://arxiv.org/abs/1706.04599) with one scale for the three tones:
softmax(scale * log share + lean), held back towards the scores as they are.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, stdev
from typing import NamedTuple, Self

from monitor.core.model import CLEAR_TONES, SURE, Sentiment, Tone

ENOUGH = 200  # texts with a tone that people chose, from which on it is tried
_GROWTH = 1.25  # of their number, from which on it is tried again: scores are not to change each day
_FOLDS = 5
_STEPS = 60  # a third of them for each number
_PRIOR = 2.0  # by how many texts' worth each number is held back
_LEAST = 0.001  # of a share, as a share of none has no logarithm

Example = tuple[Sentiment, Tone]  # how a text was scored, without any adjustment, and what a person hears
_Row = tuple[Sequence[float], int]  # logarithms of the shares in the order of CLEAR_TONES, and what is heard


class Moves(NamedTuple):
    """What scores are moved by: all as they are with 1, 0, 0."""

    scale: float
    positive: float
    negative: float

    def __str__(self) -> str:
        """Return them as they are in the name of an analyzer."""
        return f"{self.scale:.2f}{self.positive:+.2f}{self.negative:+.2f}"

    def of(self, score: Sentiment) -> Sentiment:
        """Return a score moved."""
        return Sentiment.of(*_shares(self, _logs(score)))


class Rightness(NamedTuple):
    """Of some texts: whose likeliest tone was right, whose tone was clear, and both."""

    right: int
    clear: int
    clear_and_right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """How an analyzer did on texts kept back, each by what was learned from others, and if that is used."""

    texts: int
    before: Rightness
    after: Rightness
    moves: Moves | None  # None: it did not help, so scores stay as they are

    def is_outgrown(self, texts: int) -> bool:
        """Return whether there are so many more texts by now that it is to be tried again."""
        return texts >= _GROWTH * self.texts

    def words(self) -> str:
        """Return it as text, for `from_words`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_words(cls, words: str) -> Self:
        """Return what `words` made."""
        values = json.loads(words)
        before, after, moves = values["before"], values["after"], values["moves"]
        return cls(
            texts=values["texts"], before=Rightness(*before), after=Rightness(*after),
            moves=Moves(*moves) if moves else None,
        )  # fmt: skip


def adjustment(examples: Sequence[Example]) -> Adjustment:
    """Return what examples, each of another text, teach: to be used if it helps beyond chance.

    That is: the logarithm of the share of what people hear is more by over one standard error on the parts
    kept back, and as many texts are right or more.
    """
    rows = [(_logs(score), CLEAR_TONES.index(tone)) for score, tone in examples]
    before = [_shares(Moves(1, 0, 0), logs) for logs, _ in rows]
    parts = [_fit([row for n, row in enumerate(rows) if n % _FOLDS != part]) for part in range(_FOLDS)]
    after = [_shares(parts[n % _FOLDS], logs) for n, (logs, _) in enumerate(rows)]
    tones = [tone for _, tone in rows]
    gains = [math.log(new[tone] / old[tone]) for new, old, tone in zip(after, before, tones, strict=True)]
    first, second = _rightness(before, tones), _rightness(after, tones)
    helps = fmean(gains) > stdev(gains) / math.sqrt(len(gains)) and second.right >= first.right
    return Adjustment(texts=len(rows), before=first, after=second, moves=_fit(rows) if helps else None)


def _rightness(shares: Sequence[Sequence[float]], tones: Sequence[int]) -> Rightness:
    right = [one.index(max(one)) == tone for one, tone in zip(shares, tones, strict=True)]
    clear = [max(one) >= SURE for one in shares]
    return Rightness(sum(right), sum(clear), sum(map(min, right, clear)))


def _logs(score: Sentiment) -> Sequence[float]:
    return [math.log(max(share, _LEAST)) for share in (score.positive, score.neutral, score.negative)]


def _shares(moves: Sequence[float], logs: Sequence[float]) -> tuple[float, float, float]:
    scale, positive, negative = moves
    good = math.exp(scale * logs[0] + positive)
    even = math.exp(scale * logs[1])
    bad = math.exp(scale * logs[2] + negative)
    whole = good + even + bad
    return good / whole, even / whole, bad / whole


def _fit(rows: Sequence[_Row]) -> Moves:
    """Return the moves under which what people hear is likeliest: Newton's steps, one number at a time."""
    start, ways = Moves(1, 0, 0), ((), (1, 0, 0), (0, 0, 1))
    moves = [*start]
    for step in range(_STEPS):
        n = step % 3
        slope, curve = _PRIOR * (start[n] - moves[n]), _PRIOR
        for logs, tone in rows:
            worth, shares = ways[n] or logs, _shares(moves, logs)
            mean = sum(map(float.__mul__, shares, map(float, worth)))
            slope += worth[tone] - mean
            curve += sum(share * (one - mean) ** 2 for share, one in zip(shares, worth, strict=True))
        moves[n] += slope / curve
    return Moves(*(round(number, 2) + 0.0 for number in moves))  # as the name of the analyzer has them
