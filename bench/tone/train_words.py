"""Learn the weights of `campaign`: `python -m bench.tone.train_words FOLDER`. Needs scikit-learn.

One linear model of words, pairs of words and what two word lists say, from the sets of SHARES, each with a
weight of its own. Each text is read twice, as it is and with another subject around it. Half of what is
learned of it is what people said, half what the transformer says, which must be installed (Hinton et al.
2015). The same data should give the same weights.
"""

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from vader import SentimentIntensityAnalyzer

from bench.tone.data import Row, checked, learnable, subject_of
from bench.tone.variants import NEAR, Variants, plain_lines, toneless
from monitor.tone import model_weights
from monitor.tone.cleaning import Subject, clean_text, grams, own_words
from monitor.tone.lexicons import Lexicons
from monitor.tone.model_weights import VERSION, Weights
from monitor.tone.transformer import PACKAGE, installed

UNIT = 1 / 64
MOST = 15_000  # words and pairs that are kept
# How much a text of each set counts.
SHARES = {"tweets": 10.0, "comments": 1.0, "subtitles": 0.4, "posts": 4.0}
_C = 0.3
_LEAST = 2  # texts that a word has to be in
# What is learned of the commonest words, as "again" and "our", is held back: they are around any subject.
_COMMON, _HELD_BACK = 300, 0.5
# So are words for places, as in "our road": where something happened is no tone.
_PLACES = frozenset({
    "area", "borough", "estate", "lane", "neighbourhood", "park", "place", "road", "roads", "station",
    "street", "streets", "town", "ward",
})  # fmt: skip
_TURNS = frozenset({"not", "no", "never", "none", "nothing", "nobody", "without", "hardly", "but"})
_TAUGHT = 0.5  # how much of a text's tone is what the transformer says


class Reading(NamedTuple):
    """Texts as the analyzer reads them, and how much each counts for each tone."""

    grams: list[frozenset[str]]
    features: np.ndarray
    weights: np.ndarray  # a row for each text, a column for each tone


def reading(sets: Mapping[str, Sequence[Row]]) -> Reading:
    """Return the texts of all sets that have a share, and variants; in a set, the three tones count alike."""
    transformer, pieces = installed(subject_of())
    vocabulary = (files(PACKAGE) / "vocabulary.txt").read_text(encoding="utf-8").splitlines()
    variants = Variants(Random(1), toneless(vocabulary), plain_lines(sets["subtitles"]), NEAR)
    texts, weights = [], []
    for name, share in SHARES.items():
        of_set = np.array([tone for _, tone in sets[name]])
        often = np.bincount(of_set, minlength=3)
        taught = np.exp([transformer.odds(pieces.read(text)) for text, _ in sets[name]])
        tones = (1 - _TAUGHT) * np.eye(3)[of_set] + _TAUGHT * taught
        texts += [text for text, _ in sets[name]] + [variants.around(text) for text, _ in sets[name]]
        weights += [tones * share / 2 * (len(of_set) / 3 / often)[of_set, None]] * 2
    return _read(texts, np.concatenate(weights))


def _read(texts: Sequence[str], weights: np.ndarray) -> Reading:
    subject = Subject(subject_of())
    lexicons = Lexicons(subject.words)
    clean = [subject.joined(clean_text(own_words(text))) for text in texts]
    features = np.array([lexicons.features(text) for text in clean])
    return Reading([grams(text, subject.words) for text in clean], features, weights)


def learned(read: Reading) -> Weights:
    """Return the model, rounded, with the words that matter most."""
    often = Counter(gram for words in read.grams for gram in words)
    vocabulary = {gram: n for n, gram in enumerate(sorted(g for g, many in often.items() if many >= _LEAST))}
    common = _common(often) | _PLACES
    weight = np.where([common.issuperset(gram.split()) for gram in vocabulary], _HELD_BACK, 1.0)
    words = _matrix(read.grams, vocabulary) @ sparse.diags(weight)
    every = sparse.hstack([words, sparse.csr_matrix(read.features)]).tocsr()
    # Each text thrice: once for each tone, as far as it is of that.
    tones = np.repeat([0, 1, 2], len(read.grams))
    counts = read.weights.T.ravel()
    model = LogisticRegression(C=_C, max_iter=1000)
    model.fit(sparse.vstack([every] * 3).tocsr(), tones, sample_weight=counts)
    rows = model.coef_[:, : len(vocabulary)].T * weight[:, None]
    centred = dict(zip(vocabulary, rows - rows.mean(1, keepdims=True), strict=True))
    kept = sorted(centred, key=lambda gram: (-np.abs(centred[gram]).sum(), gram))[:MOST]
    features = np.round(model.coef_[:, len(vocabulary) :].T, 4).tolist()
    return Weights(
        version=VERSION, unit=UNIT, start=tuple(np.round(model.intercept_, 4).tolist()),
        features=tuple(map(tuple, features)),
        grams={gram: [round(float(number)) for number in centred[gram] / UNIT] for gram in sorted(kept)},
    )  # fmt: skip


def _common(often: Mapping[str, int]) -> frozenset[str]:
    """Return the commonest words, without those that turn others, and those that a word list knows."""
    ranking = sorted((gram for gram in often if gram.isalpha()), key=lambda gram: (-often[gram], gram))
    return frozenset(ranking[:_COMMON]) - _TURNS - SentimentIntensityAnalyzer().lexicon.keys()


def _matrix(texts: Sequence[frozenset[str]], vocabulary: Mapping[str, int]) -> sparse.csr_matrix:
    """Return a row for each text: of a longer one, each word says less."""
    rows, columns, values = [], [], []
    for row, words in enumerate(texts):
        for gram in sorted(words & vocabulary.keys()):
            rows.append(row)
            columns.append(vocabulary[gram])
            values.append(3 / math.sqrt(max(len(words), 1)))
    return sparse.csr_matrix((values, (rows, columns)), shape=(len(texts), len(vocabulary)))


def main() -> int:
    """Write the weights beside the program."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path, help="where vader/, goemotions/ and xed/ are")
    folder = options.parse_args().folder
    if other := checked(folder):
        print(
            f"These are not the files that the weights were learned from: {', '.join(other)}", file=sys.stderr
        )
        return 1
    made = learned(reading(learnable(folder)))
    said = {
        "version": made.version, "unit": made.unit, "start": made.start, "features": made.features,
        "grams": made.grams,
    }  # fmt: skip
    path = Path(model_weights.__file__).with_name("model_weights.json")
    path.write_text(json.dumps(said, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB, {len(made.grams)} words and pairs", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
