"""The transformer's arithmetic against the same in plain Python, and what is made of its answer."""

import itertools
import math
from random import Random

import numpy as np
import pytest

from monitor.tone.transformer import HEADS, Transformer, shares
from tests.tone import small_model
from tests.tone.small_model import LAYERS, WIDTH


@pytest.fixture(scope="module")
def weights():
    return small_model.weights()


def dot(one, other):
    return sum(a * b for a, b in zip(one, other, strict=True))


class Plain:
    """The network again, number by number."""

    def __init__(self, weights):
        self.weights = {name: value.tolist() for name, value in weights.items()}

    def odds(self, pieces):
        state = [
            self.begin(piece, place) for piece, place in zip(pieces, self.weights["places"], strict=False)
        ]
        for layer in range(LAYERS):
            state = self.layer(f"{layer}.", state)
        sums = self.linear("tones", [sum(column) / len(state) for column in zip(*state, strict=True)])
        whole = math.log(sum(math.exp(number) for number in sums))
        return [number - whole for number in sums]

    def begin(self, piece, place):
        (scale,) = self.weights["words.scale"][piece]
        return self.norm("begin", self.added([scale * n for n in self.weights["words"][piece]], place))

    def layer(self, name, state):
        told = [self.linear(f"{name}told", row) for row in self.attention(name, state)]
        state = [self.norm(f"{name}first", self.added(*pair)) for pair in zip(state, told, strict=True)]
        wide = [[self.gelu(x) for x in self.linear(f"{name}wide", row)] for row in state]
        narrow = [self.linear(f"{name}narrow", row) for row in wide]
        return [self.norm(f"{name}second", self.added(*pair)) for pair in zip(state, narrow, strict=True)]

    def attention(self, name, state):
        asked = [self.linear(f"{name}attention", row) for row in state]
        seen = [[0.0] * WIDTH for _ in state]
        for head, (row, mine) in itertools.product(range(HEADS), zip(seen, asked, strict=True)):
            query, key, value = (slice(n * WIDTH + 2 * head, n * WIDTH + 2 * head + 2) for n in range(3))
            near = [math.exp(dot(mine[query], other[key]) / math.sqrt(2)) for other in asked]
            told = zip(*(other[value] for other in asked), strict=True)
            row[query] = [dot(near, column) / sum(near) for column in told]
        return seen

    @staticmethod
    def added(one, other):
        return [a + b for a, b in zip(one, other, strict=True)]

    @staticmethod
    def gelu(x):
        return 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))

    def linear(self, name, row):
        w = self.weights
        columns = zip(*w[name], w[f"{name}.scale"], w[f"{name}.bias"], strict=True)
        return [s * sum(x * n for x, n in zip(row, numbers, strict=True)) + b for *numbers, s, b in columns]

    def norm(self, name, row):
        mean = sum(row) / len(row)
        spread = math.sqrt(sum((x - mean) ** 2 for x in row) / len(row) + 1e-12)
        w = self.weights
        learned = zip(row, w[f"{name}.norm"], w[f"{name}.norm.bias"], strict=True)
        return [(x - mean) / spread * a + b for x, a, b in learned]


@pytest.mark.parametrize("pieces", [[1], [1, 2, 3], [4, 4, 4, 8, 0, 1, 2, 3, 4, 5, 6, 7]])
def test_the_network_says_what_plain_arithmetic_says(weights, pieces):
    assert Transformer(weights).odds(pieces) == pytest.approx(Plain(weights).odds(pieces), abs=1e-3)


def test_another_weight_would_be_noticed(weights):
    other = weights | {"1.narrow": -weights["1.narrow"]}

    assert Transformer(other).odds([1, 2, 3]) != pytest.approx(Plain(weights).odds([1, 2, 3]), abs=1e-3)


def test_shares_make_one_and_have_four_digits():
    chance = Random(3)
    for _ in range(500):
        made = shares(np.array([chance.uniform(-30, 30) for _ in range(3)]))
        assert sum(made) == pytest.approx(1, abs=1e-12)
        assert all(0 <= share <= 1 and share == round(share, 4) for share in made)
