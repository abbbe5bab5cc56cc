"""Train the transformer that hears tone: `python -m bench.tone.train_transformer FOLDER`. Needs PyTorch.

Chance has a seed, and one thread does all: the same data should give the same weights on the same processor,
in 49 minutes of a busy core with AVX-512 BF16. Texts are also read with another subject put around or into
them: both must sound alike.
"""

import argparse
import math
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.tone.data import (
    EDITORIALS,
    MILD,
    VADER,
    Row,
    checked,
    learnable,
    lexicon,
    rated,
    ratings,
    subject_of,
    with_more_crime,
)
from bench.tone.network import Network, encoder_folder, tensors, whole_numbers
from bench.tone.variants import Variants, plain_lines, toneless
from monitor.tone.model_weights import Three
from monitor.tone.word_pieces import WordPieces

SEED = 1
# How often a text of each set is seen in an epoch.
SHARES = {"tweets": 6.0, "editorials": 1.0, "comments": 1.0, "subtitles": 0.5, "posts": 4.0, "lexicon": 1.0}
EPOCHS, BATCH, LONGEST = 1.5, 64, 64
RATE, RATE_OF_TONES, WARM_UP, DECAY = 3e-4, 1e-3, 0.06, 0.01
ALIKE = 4.0  # how much it counts that a text sounds the same about another subject
TWICE = 0.5  # of these texts: both have a subject put in, each another
QUOTED, ANSWERED = 0.04, 0.03  # of the texts: turned into somebody else's words; put behind such words
_SPREAD = 0.3  # of a mean rating: a tweet near a limit may be of either tone
_NEARBY = 50  # batches that are made from texts sorted by length
_FOREIGN = "\u0250"  # letters from here on are not Latin


class Batch(NamedTuple):
    """Texts, how likely each tone of them is, and some of them, by places, with another subject around."""

    texts: list[str]
    tones: list[Three]
    places: list[int]
    variants: list[str]


class Batches:
    """Makes batches of texts, for ever; `number` is how many are trained on."""

    def __init__(
        self,
        sets: Mapping[str, Sequence[Row]],
        ratings: Mapping[str, float],
        variants: Variants,
        chance: random.Random,
    ) -> None:
        self._ratings, self._variants, self._chance = ratings, variants, chance
        self._rows = [
            row for name, rows in sets.items() for row in self._visited(with_more_crime(rows), SHARES[name])
        ]
        self.number = int(EPOCHS * len(self._rows)) // BATCH
        often = np.bincount([tone for _, tone in self._rows], minlength=3)
        self.weights = torch.tensor((often.sum() / 3 / often) ** 0.5, dtype=torch.float32)

    def _visited(self, rows: Sequence[Row], share: float) -> list[Row]:
        whole = int(share)
        return list(rows) * whole + self._chance.sample(list(rows), round((share - whole) * len(rows)))

    def __iter__(self) -> Iterator[Batch]:
        """Yield batches without end."""
        while True:
            self._chance.shuffle(self._rows)
            for begin in range(0, len(self._rows), _NEARBY * BATCH):
                near = sorted(self._rows[begin : begin + _NEARBY * BATCH], key=lambda row: len(row[0]))
                batches = [near[n : n + BATCH] for n in range(0, len(near), BATCH)]
                self._chance.shuffle(batches)
                yield from map(self._batch, batches)

    def _batch(self, rows: Sequence[Row]) -> Batch:
        texts, tones = zip(*map(self._quoted, rows), strict=True)
        places = self._chance.sample(range(len(rows)), len(rows) // 2)
        around = [self._variants.around(texts[place]) for place in places]
        moved = {place for place in places if self._chance.random() < TWICE}
        plain = [self._variants.around(text) if n in moved else text for n, text in enumerate(texts)]
        return Batch(plain, list(tones), places, around)

    def _quoted(self, row: Row) -> tuple[str, Three]:
        text, tone = self._variants.named(row[0]), self._tone(row)
        if '"' in text or len(text) > 160:
            return text, tone
        chance = self._chance.random()
        if chance < QUOTED:
            return self._variants.quoted(text), (0.0, 1.0, 0.0)
        if chance < QUOTED + ANSWERED:
            return f"{self._variants.quoted(self._chance.choice(self._rows)[0][:120])} {text}", tone
        return text, tone

    def _tone(self, row: Row) -> Three:
        if (mean := self._ratings.get(row[0])) is None:
            return float(row[1] == 0), float(row[1] == 1), float(row[1] == 2)
        good, bad = _part((mean - MILD) / _SPREAD), _part((-MILD - mean) / _SPREAD)
        return bad, 1 - good - bad, good


def _part(far: float) -> float:
    return 1 / (1 + math.exp(-far))


def trained(network: Network, pieces: WordPieces, batches: Batches) -> None:
    """Train a network, and say how far it is."""
    last = list(network.tones.parameters())
    rest = [
        one for name, one in network.named_parameters() if one.requires_grad and not name.startswith("tones")
    ]
    groups = [{"params": rest, "lr": RATE}, {"params": last, "lr": RATE_OF_TONES}]
    adam = torch.optim.AdamW(groups, weight_decay=DECAY, fused=True)
    steps = torch.optim.lr_scheduler.LambdaLR(adam, lambda step: _rate(step / batches.number))
    began = time.process_time()
    for step, batch in zip(range(batches.number), batches, strict=False):
        loss = _loss(network, pieces, batch, batches.weights)
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([*rest, *last], 1.0)
        adam.step()
        steps.step()
        if step % 100 == 0:
            seconds = time.process_time() - began
            print(f"\r{step:,} of {batches.number:,}, {seconds:,.0f} s", end="", file=sys.stderr, flush=True)


def _rate(part: float) -> float:
    return min(1.0, part / WARM_UP) * max(0.0, 1 - part)


def _loss(network: Network, pieces: WordPieces, batch: Batch, weights: Tensor) -> Tensor:
    network.train()
    tones = torch.tensor(batch.tones)
    with torch.autocast("cpu", torch.bfloat16):
        plain = network([pieces.read(text, LONGEST) for text in batch.texts]).float()
        moved = network([pieces.read(text, LONGEST) for text in batch.variants]).float()
    right = functional.cross_entropy(plain, tones, weights)
    right = right + 0.5 * functional.cross_entropy(moved, tones[batch.places], weights)
    return right + ALIKE * 0.5 * (_far(plain[batch.places], moved) + _far(moved, plain[batch.places]))


def _far(one: Tensor, other: Tensor) -> Tensor:
    """Return how far what is said of some texts is from what was said of others (Kullback & Leibler 1951)."""
    said, wanted = functional.log_softmax(other, -1), functional.softmax(one, -1).detach()
    return functional.kl_div(said, wanted, reduction="batchmean")


def kept_pieces(vocabulary: Sequence[str]) -> list[int]:
    """Return the numbers of the pieces of a vocabulary that English needs, in their order."""
    return [
        number
        for number, piece in enumerate(vocabulary)
        if not piece.startswith("[unused") and not any(sign.isalpha() and sign >= _FOREIGN for sign in piece)
    ]


def main() -> int:
    """Write the weights into the package that brings them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path, help="where vader/, goemotions/ and xed/ are")
    options.add_argument("--into", type=Path, default=Path("tone_model/campaign_monitor_tone"))
    given = options.parse_args()
    if other := checked(given.folder):
        print(
            f"These are not the files that the weights were learned from: {', '.join(other)}", file=sys.stderr
        )
        return 1
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    encoder = encoder_folder()
    vocabulary = (encoder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    pieces = WordPieces(vocabulary, subject_of())
    network = Network(tensors(encoder / "model.safetensors"))
    sets, words = learnable(given.folder), lexicon()
    means = words | {
        text: mean for name in (VADER, EDITORIALS) for text, mean in ratings(given.folder / name)
    }
    chance = random.Random(SEED)
    variants = Variants(chance, toneless(vocabulary), plain_lines(sets["subtitles"]))
    sets["lexicon"] = rated(words.items())
    trained(network, pieces, Batches(sets, means, variants, chance))
    kept = kept_pieces(vocabulary)
    np.savez_compressed(given.into / "weights.npz", **whole_numbers(network, kept))
    (given.into / "vocabulary.txt").write_text("".join(f"{vocabulary[n]}\n" for n in kept), encoding="utf-8")
    print(f"\n{(given.into / 'weights.npz').stat().st_size / 1e6:.1f} MB", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
