"""The data that the weights may be learned from, read from a folder that is not part of the project.

VADER's ratings of tweets (Hutto & Gilbert 2014, MIT) and GoEmotions (Demszky et al. 2020, CC BY 4.0).
"""

import hashlib
from pathlib import Path

Row = tuple[str, int]  # a text, and 0 negative, 1 neutral, 2 positive

VADER = "vader/tweets_GroundTruth.txt"
EMOTIONS = {"train": "goemotions/train.tsv", "test": "goemotions/test.tsv"}
SHA256 = {
    VADER: "dfbe7102e2f92579ed8b19df9a3822491880697c67adf712fb66e520cc05102f",
    EMOTIONS["train"]: "1c254a142be5c00e80d819b9ae1bbd36d94b2eeb8f4b1271846508d57e57d9c5",
    EMOTIONS["test"]: "0587b2dd8b27b97352adbfc3fb083d46005c8946657fdc2b1ca8b1cc7f1f8be4",
}
_MILD = 0.5  # of -4 to 4, up to which a rating is neutral
_POSITIVE = frozenset({
    "admiration", "amusement", "approval", "caring", "desire", "excitement", "gratitude", "joy", "love",
    "optimism", "pride", "relief",
})  # fmt: skip
_NEGATIVE = frozenset({
    "anger", "annoyance", "disappointment", "disapproval", "disgust", "embarrassment", "fear", "grief",
    "nervousness", "remorse", "sadness",
})  # fmt: skip


def checked(folder: Path) -> list[str]:
    """Return the names of files that are not those that the weights were learned from."""
    return [name for name, wanted in SHA256.items() if _digest(folder / name) != wanted]


def vader(folder: Path) -> list[Row]:
    """Return the tweets that people rated from -4 to 4."""
    rows = []
    for line in (folder / VADER).read_text(encoding="utf-8").splitlines():
        _, mean, text = line.split("\t", 2)
        rows.append((text, 2 if float(mean) > _MILD else 0 if float(mean) < -_MILD else 1))
    return rows


def emotions(folder: Path, part: str) -> list[Row]:
    """Return the comments whose emotions are all of one tone."""
    labels = (folder / "goemotions/labels.txt").read_text(encoding="utf-8").split()
    rows = []
    for line in (folder / EMOTIONS[part]).read_text(encoding="utf-8").splitlines():
        text, numbers, _ = line.split("\t")
        felt = {labels[int(number)] for number in numbers.split(",")}
        good, bad = bool(felt & _POSITIVE), bool(felt & _NEGATIVE)
        if not (good and bad):
            rows.append((text, 2 if good else 0 if bad else 1))
    return rows


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
