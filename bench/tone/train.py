"""Learn the weights of the tone analyzer: `python -m bench.tone.train FOLDER`. Needs scikit-learn.

Two models, one for each set of data, are learned apart and put together: the product of their likelihoods,
raised to a share each, is again one linear model. The same data gives the same weights.
"""

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from bench.tone.data import Row, checked, emotions, vader
from monitor.campaign import subject_words
from monitor.tone import model_weights
from monitor.tone.cleaning import Subject, clean_text, grams
from monitor.tone.lexicons import Lexicons
from monitor.tone.model_weights import VERSION, Weights

WORDS = Path(__file__).parents[2] / "config/topic-words.toml"
UNIT = 1 / 64
MOST = 15_000  # words and pairs that are kept
TWEETS = 0.6  # the share of the first model; the other has the rest
_C = 0.05  # stronger than is best for the score: words of the subject around a text turn fewer tones
_LEAST = {"tweets": 2, "comments": 8}  # texts that a word has to be in


class Read:
    """Texts as the analyzer reads them."""

    def __init__(self, rows: Sequence[Row], lexicons: Lexicons, subject: Subject) -> None:
        clean = [subject.joined(clean_text(text)) for text, _ in rows]
        self.grams = [grams(one, subject.words) for one in clean]
        self.features = np.array([lexicons.features(one) for one in clean])
        self.labels = np.array([label for _, label in rows])

    def some(self, at: Sequence[int]) -> "Read":
        """Return these of the texts."""
        part = object.__new__(Read)
        part.grams = [self.grams[n] for n in at]
        part.features, part.labels = self.features[at], self.labels[at]
        return part


def learned(read: Read, least: int) -> tuple[dict[str, int], Any, Any]:
    """Return the vocabulary, the weights of words and features, and the start."""
    number = Counter(gram for one in read.grams for gram in one)
    vocabulary = {gram: n for n, gram in enumerate(sorted(g for g, many in number.items() if many >= least))}
    rows, columns, values = [], [], []
    for n, found in enumerate(read.grams):
        for gram in sorted(found & vocabulary.keys()):
            rows.append(n)
            columns.append(vocabulary[gram])
            values.append(3 / math.sqrt(max(len(found), 1)))
    words = sparse.csr_matrix((values, (rows, columns)), shape=(len(read.grams), len(vocabulary)))
    every = sparse.hstack([words, sparse.csr_matrix(read.features)]).tocsr()
    model = LogisticRegression(C=_C, max_iter=1000, class_weight="balanced").fit(every, read.labels)
    return vocabulary, model.coef_, model.intercept_


def together(tweets: Read, comments: tuple[dict[str, int], Any, Any]) -> Weights:
    """Return both models as one, rounded, with the words that matter most."""
    parts = ((TWEETS, *learned(tweets, _LEAST["tweets"])), (1 - TWEETS, *comments))
    words: dict[str, Any] = {}
    features, start = np.zeros((3, tweets.features.shape[1])), np.zeros(3)
    for share, vocabulary, coefficients, begin in parts:
        for gram, n in vocabulary.items():
            words[gram] = words.get(gram, 0) + share * coefficients[:, n]
        features += share * coefficients[:, len(vocabulary) :]
        start += share * begin
    centred = {gram: row - row.mean() for gram, row in words.items()}
    kept = sorted(centred, key=lambda gram: (-np.abs(centred[gram]).sum(), gram))[:MOST]
    return Weights(
        version=VERSION, unit=UNIT, start=tuple(np.round(start, 4).tolist()),
        features=tuple(tuple(row) for row in np.round(features.T, 4).tolist()),
        grams={gram: [round(float(one)) for one in centred[gram] / UNIT] for gram in sorted(kept)},
    )  # fmt: skip


def main() -> int:
    """Write the weights beside the program."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path, help="where vader/ and goemotions/ are")
    folder = options.parse_args().folder
    if other := checked(folder):
        print(
            f"These are not the files that the weights were learned from: {', '.join(other)}", file=sys.stderr
        )
        return 1
    subject = Subject(subject_words(WORDS))
    lexicons = Lexicons(subject.words)
    comments = learned(Read(emotions(folder, "train"), lexicons, subject), _LEAST["comments"])
    made = together(Read(vader(folder), lexicons, subject), comments)
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
