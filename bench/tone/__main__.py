"""How right each analyzer of tone is, and how quick: `python -m bench.tone FOLDER`. Needs scikit-learn.

On VADER's tweets and on GoEmotions by five folds each, scored by weights learned from the other four and from
the other set. Macro-F1 counts each of the three tones alike.
"""

import argparse
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import numpy as np
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold
from textblob import TextBlob
from vader import SentimentIntensityAnalyzer

from bench.tone.data import Row, emotions, vader
from bench.tone.train import _LEAST, WORDS, Read, learned, together
from monitor.campaign import subject_words
from monitor.core.model import SURE, Tone
from monitor.tone.campaign_analyzer import CampaignAnalyzer
from monitor.tone.cleaning import Subject, clean_text
from monitor.tone.lexicons import Lexicons
from monitor.tone.model_weights import Weights

Score = Callable[[str], int]


class Guess(NamedTuple):
    """The likeliest class of a text, and whether it is likely enough to be named."""

    tone: int
    is_clear: bool


FOLDS = 5
BEFORE = ("On violent crime in Dagenham: ", "About the stabbings: ", "Knife crime again. ", "Murder trial: ",
          "Re the carjackings on our road: ")  # fmt: skip
AFTER = (" #CallingTimeOnCrime", " (after the machete incident)", " - looters in Romford", " re fly-tipping",
         " #KnifeCrime", " - thread on hate crime, arson and drug dealing",
         " after the modern slavery raid")  # fmt: skip


def plain(value: float, margin: float) -> int:
    """Return a class from a polarity."""
    return 2 if value > margin else 0 if value < -margin else 1


def analyzers(subject: frozenset[str]) -> dict[str, Score]:
    """Return all that is compared, by name."""
    words, masked = SentimentIntensityAnalyzer(), Lexicons(Subject(subject).words)
    ours = CampaignAnalyzer(subject)
    return {
        "TextBlob": lambda text: plain(TextBlob(text).sentiment.polarity, 0),
        "VADER": lambda text: plain(words.polarity_scores(text)["compound"], 0.05),
        "VADER without the subject": lambda text: plain(masked.features(text)[5], 0.05),
        "ours": lambda text: int(np.argmax(ours.analyze(text)[1:])),
    }


def by_folds(
    tweets: Sequence[Row], comments: Sequence[Row], subject: Subject
) -> tuple[list[Guess], list[Guess]]:
    """Return our classes of tweets and of comments, each by weights that have not seen it."""
    lexicons = Lexicons(subject.words)
    first, second = (Read(rows, lexicons, subject) for rows in (tweets, comments))
    whole = learned(second, _LEAST["comments"])
    return (
        _held(first, lambda others: together(first.some(others), whole)),
        _held(second, lambda others: together(first, learned(second.some(others), _LEAST["comments"]))),
    )


def _held(read: Read, learn: Callable[[Sequence[int]], Weights]) -> list[Guess]:
    """Return the class of each text by what is learned from the folds that it is not in."""
    guesses: dict[int, Guess] = {}
    for others, held in StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(read.labels, read.labels):
        weights = learn(others)
        guesses |= {int(n): _likeliest(weights.shares(read.grams[n], read.features[n])) for n in held}
    return [guesses[n] for n in range(len(read.labels))]


def _likeliest(shares: Sequence[float]) -> Guess:
    return Guess(int(np.argmax(shares)), max(shares) >= SURE)


def flips(score: Callable[[str], object], rows: Sequence[Row]) -> list[float]:
    """Return for each word of the subject put before or after the share of texts whose class changes."""
    texts = [text for text, _ in random.Random(1).sample(list(rows), 3000)]
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
    names = frozenset(subject_words(WORDS)) | {"callingtimeoncrime", "knifecrime"}
    subject, ours = Subject(names), CampaignAnalyzer(names)
    tweets, comments = vader(folder), emotions(folder, "train")
    folds = by_folds(tweets, comments, subject)
    print("| analyzer | VADER's tweets, macro-F1 | GoEmotions, macro-F1 | challenge, right", end="")
    print(" | flips, mean | flips, most | same mix, more crime | texts/s |")
    print("|---|---|---|---|---|---|---|---|")
    told = challenge(folder)
    for name, score in analyzers(names).items():
        first, second = ([guess.tone for guess in guesses] for guesses in folds)
        if name != "ours":
            first, second = ([score(text) for text, _ in rows] for rows in (tweets, comments))
        moved = shift([*tweets, *comments], [*first, *second], subject.words)
        right = accuracy_score([label for _, label in told], [score(text) for text, _ in told])
        turned = flips(score, [*tweets, *comments])
        speed = a_second(score, [text for text, _ in tweets[:2000]])
        print(
            f"| {name} | {_f1(tweets, first):.1f} | {_f1(comments, second):.1f} | {100 * right:.0f}% |"
            f" {100 * sum(turned) / len(turned):.1f}% | {100 * max(turned):.1f}% |"
            f" {moved:+.1f} | {speed:,.0f} |"
        )
    print()
    for rows, guesses in zip((tweets, comments), folds, strict=True):
        print(clear(rows, guesses))
    turned = flips(lambda text: ours.score(text).tone, [*tweets, *comments])
    print(f"named or not, or another: mean {100 * fmean(turned):.1f}%, most {100 * max(turned):.1f}%")
    print(f"\n100,000 characters: {1000 / a_second(ours.score, ['Lovely! ' * 12_500] * 20):.1f} ms")
    print(f"memory beyond TextBlob's: {memory(OURS) - memory(TEXTBLOB):.0f} MB")
    return 0


def clear(rows: Sequence[Row], guesses: Sequence[Guess]) -> str:
    """Return how many texts have a tone that is clear enough, and how right it is."""
    pairs = [(row, guess.tone) for row, guess in zip(rows, guesses, strict=True) if guess.is_clear]
    kept, tones = zip(*pairs, strict=True)
    right = accuracy_score([label for _, label in kept], tones)
    return f"clear: {100 * len(kept) / len(rows):.1f}%, macro-F1 {_f1(kept, tones):.1f}, right {right:.1%}"


def shift(rows: Sequence[Row], found: Sequence[int], subject: frozenset[str]) -> float:
    """Return by how many points net tone seems to change when posts about crime go from none to 60 %.

    The true mix stays the same: a quarter negative, half neutral, a quarter positive.
    """
    about = [bool(subject & set(clean_text(text).lower().split())) for text, _ in rows]
    nets = []
    for wanted in (False, True):
        of_each = [
            fmean(said - 1 for (_, true), said, on in zip(rows, found, about, strict=True)
                  if on is wanted and true == tone)
            for tone in range(3)
        ]  # fmt: skip
        nets.append(of_each[0] / 4 + of_each[1] / 2 + of_each[2] / 4)
    return 100 * 0.6 * (nets[1] - nets[0])


TEXTBLOB = "from textblob import TextBlob; TextBlob('What a lovely evening for all').sentiment"
OURS = (
    "from monitor.tone import english_analyzer;"
    "english_analyzer('campaign', frozenset({'crime'})).score('What a lovely evening for all', 'en')"
)


def memory(act: str) -> float:
    """Return the megabytes of a process that has done this."""
    pages = "int(open('/proc/self/statm').read().split()[1])"
    told = f"{act}; import resource; print({pages} * resource.getpagesize() / 1e6)"
    return float(
        subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout
    )


def challenge(folder: Path) -> list[Row]:
    """Return the campaign posts that were written for this."""
    lines = (folder / "challenge.tsv").read_text(encoding="utf-8").splitlines()[1:]
    tones = {Tone.NEGATIVE: 0, Tone.NEUTRAL: 1, Tone.POSITIVE: 2}
    return [(text, tones[Tone(tone)]) for tone, _, text in (line.split("\t") for line in lines)]


def _f1(rows: Sequence[Row], found: Sequence[int]) -> float:
    return 100 * float(f1_score([label for _, label in rows], found, average="macro"))


if __name__ == "__main__":
    sys.exit(main())
