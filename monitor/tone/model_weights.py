"""What each word and feature says for each tone: learned by bench/tone/train_words.py, kept beside this."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from operator import mul

VERSION = "7"  # of the weights; here too, since their file takes 4 MB when read, and a name should not
CLASSES = ("negative", "neutral", "positive")
Three = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A linear model of three classes: `start`, a row for each feature, a row for each word or pair."""

    version: str
    start: Three
    features: tuple[Three, ...]
    grams: Mapping[str, Sequence[int]]  # in `unit`s
    unit: float

    def shares(self, grams: Iterable[str], features: Sequence[float]) -> Three:
        """Return how likely each of CLASSES is; together 1."""
        sums = self._sums(frozenset(grams), features)
        highest = max(sums)
        odds = [math.exp(number - highest) for number in sums]
        whole = sum(odds)
        return odds[0] / whole, odds[1] / whole, odds[2] / whole

    def _sums(self, grams: frozenset[str], features: Sequence[float]) -> list[float]:
        # A long text has more words, each of which says less.
        by = 3 * self.unit / math.sqrt(max(len(grams), 1))
        words = zip((0, 0, 0), *filter(None, map(self.grams.get, grams)), strict=True)
        columns = zip(self.start, zip(*self.features, strict=True), words, strict=True)
        return [start + sum(map(mul, features, column)) + by * sum(row) for start, column, row in columns]


@cache
def load() -> Weights:
    data = json.loads((files(__package__) / "model_weights.json").read_text(encoding="utf-8"))
    return Weights(
        version=data["version"], start=tuple(data["start"]), unit=data["unit"], grams=data["grams"],
        features=tuple(tuple(row) for row in data["features"]),
    )  # fmt: skip
