"""How right each analyzer of tone is, and how quick: `python -m bench.tone FOLDER`. Needs scikit-learn.

On VADER's tweets by five folds, each scored by weights learned from the other four; on GoEmotions' test part,
which no weights were learned from. Macro-F1 counts each of the three tones alike.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold
from textblob import TextBlob
from vader import SentimentIntensityAnalyzer

from bench.tone.data import Row, emotions, vader
from bench.tone.train import _LEAST, WORDS, Read, learned, together
from monitor.campaign import subject_words
from monitor.model import Tone
from monitor.tone.campaign import CampaignAnalyzer
from monitor.tone.lexicons import Lexicons
from monitor.tone.weights import Weights

Score = Callable[[str], int]
FOLDS = 5
BEFORE = ("On violent crime in Dagenham: ", "About the stabbings: ", "Knife crime again. ", "Murder trial: ",
          "Re the carjackings on our road: ")  # fmt: skip
AFTER = (" #CallingTimeOnCrime", " (after the machete incident)", " - looters in Romford", " re fly-tipping",
         " #KnifeCrime")  # fmt: skip


def plain(value: float, margin: float) -> int:
    """Return a class from a polarity."""
    return 2 if value > margin else 0 if value < -margin else 1


def analyzers(subject: frozenset[str]) -> dict[str, Score]:
    """Return all that is compared, by name."""
    words, masked = SentimentIntensityAnalyzer(), Lexicons(subject)
    ours = CampaignAnalyzer(subject)
    return {
        "TextBlob": lambda text: plain(TextBlob(text).sentiment.polarity, 0),
        "VADER": lambda text: plain(words.polarity_scores(text)["compound"], 0.05),
        "VADER without the subject": lambda text: plain(masked.features(text)[5], 0.05),
        "ours": lambda text: int(np.argmax(ours.analyze(text)[1:])),
    }


def by_folds(rows: Sequence[Row], subject: frozenset[str], folder: Path) -> list[int]:
    """Return our classes of the tweets, each by weights that have not seen it."""
    lexicons = Lexicons(subject)
    comments = learned(Read(emotions(folder, "train"), lexicons, subject), _LEAST["comments"])
    read, found = Read(rows, lexicons, subject), np.zeros(len(rows), dtype=int)
    for others, held in StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(read.labels, read.labels):
        weights = together(read.some(others), comments)
        found[held] = [_likeliest(weights, read, n) for n in held]
    return found.tolist()


def _likeliest(weights: Weights, read: Read, n: int) -> int:
    return int(np.argmax(weights.shares(read.grams[n], read.features[n])))


def flips(score: Score, rows: Sequence[Row]) -> list[float]:
    """Return for each word of the subject put before or after the share of texts whose class changes."""
    texts = [text for text, _ in random.Random(1).sample(list(rows), 600)]
    usual = [score(text) for text in texts]
    told = [lambda text, words=words: words + text for words in BEFORE]
    told += [lambda text, words=words: text + words for words in AFTER]
    return [
        sum(score(tell(text)) != was for text, was in zip(texts, usual, strict=True)) / len(texts)
        for tell in told
    ]


def a_second(act: Callable[[str], object], texts: Sequence[str]) -> float:
    """Return how many texts are scored in a second."""
    act(texts[0])
    began = time.perf_counter()
    for text in texts:
        act(text)
    return len(texts) / (time.perf_counter() - began)


def main() -> int:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path, help="where vader/ and goemotions/ are")
    folder = options.parse_args().folder
    subject = frozenset(subject_words(WORDS)) | {"callingtimeoncrime", "knifecrime"}
    tweets, comments = vader(folder), emotions(folder, "test")
    print("| analyzer | VADER's tweets, macro-F1 | GoEmotions, macro-F1 | challenge, right", end="")
    print(" | flips, mean | flips, most | texts/s |")
    print("|---|---|---|---|---|---|---|")
    told = challenge(folder)
    for name, score in analyzers(subject).items():
        first = by_folds(tweets, subject, folder) if name == "ours" else [score(text) for text, _ in tweets]
        second = [score(text) for text, _ in comments]
        right = accuracy_score([label for _, label in told], [score(text) for text, _ in told])
        turned, speed = flips(score, tweets), a_second(score, [text for text, _ in tweets[:2000]])
        print(
            f"| {name} | {_f1(tweets, first):.1f} | {_f1(comments, second):.1f} | {100 * right:.0f}% |"
            f" {100 * sum(turned) / len(turned):.1f}% | {100 * max(turned):.1f}% | {speed:,.0f} |"
        )
    return 0


def challenge(folder: Path) -> list[Row]:
    """Return the campaign posts that were written for this."""
    lines = (folder / "challenge.tsv").read_text(encoding="utf-8").splitlines()[1:]
    tones = {Tone.NEGATIVE: 0, Tone.NEUTRAL: 1, Tone.POSITIVE: 2}
    return [(text, tones[Tone(tone)]) for tone, _, text in (line.split("\t") for line in lines)]


def _f1(rows: Sequence[Row], found: Sequence[int]) -> float:
    return 100 * float(f1_score([label for _, label in rows], found, average="macro"))


if __name__ == "__main__":
    sys.exit(main())
