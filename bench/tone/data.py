"""The data that weights may be learned from, and what is kept back from them to measure.

In a folder that is not part of the project: VADER's ratings of tweets and editorials (Hutto & Gilbert 2014,
MIT), GoEmotions (Demszky et al. 2020, CC BY 4.0) and XED (Öhman et al. 2020, CC BY 4.0). In posts/: campaign
posts that were written for this project.
"""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from vader import SentimentIntensityAnalyzer

from monitor.campaign import subject_words
from monitor.tone.cleaning import Subject, clean_text, grams

Row = tuple[str, int]  # a text, and 0 negative, 1 neutral, 2 positive
TONES = ("negative", "neutral", "positive")

VADER = "vader/tweets_GroundTruth.txt"
EDITORIALS = "vader/nytEditorialSnippets_GroundTruth.txt"
SUBTITLES, PLAIN_SUBTITLES = "xed/xed_en-annotated.tsv", "xed/xed_neu_en.txt"
_LABELS = "goemotions/labels.txt"
EMOTIONS = {part: f"goemotions/{part}.tsv" for part in ("train", "dev", "test")}
SHA256 = {
    VADER: "dfbe7102e2f92579ed8b19df9a3822491880697c67adf712fb66e520cc05102f",
    EDITORIALS: "7d8fbcce7dde5d716da53e78f4ef4be6b706e9ef1e1d51887e6d0ad4b69cc27e",
    SUBTITLES: "26ac0254fbdb8b09cf2b00d44041d9084ece31bd200ae7c0e0662fbd8b037d98",
    PLAIN_SUBTITLES: "6e8b38af83b80fb64ec1139007973b1f09ec16d48549e82de22423cdba259f08",
    EMOTIONS["train"]: "1c254a142be5c00e80d819b9ae1bbd36d94b2eeb8f4b1271846508d57e57d9c5",
    _LABELS: "45c3ef86782d2a4d7fedcd6d8c111aa0d0e94720689bd164fac94fefb4495a89",
    EMOTIONS["dev"]: "575489c079c9de1097062a01738f998590d6b7ead66dd1c9fd1d2ba01fd8bc62",
    EMOTIONS["test"]: "0587b2dd8b27b97352adbfc3fb083d46005c8946657fdc2b1ca8b1cc7f1f8be4",
}
MILD = 0.5  # of -4 to 4, up to which a rating is neutral
_OFTENER, _MOST_OFTEN = 3.0, 6  # how many times, at the mean and at most
_WORDS = Path(__file__).parents[2] / "config/topic-words.toml"
_KEPT_BACK, _DEVELOPMENT = 20, 10  # of a hundred
_GLAD, _SAD = frozenset({5, 8}), frozenset({1, 3, 4, 6})  # joy, trust; anger, disgust, fear, sadness
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
    return rated(ratings(folder / VADER))


def editorials(folder: Path) -> list[Row]:
    """Return the sentences of editorials that people rated from -4 to 4."""
    return rated(ratings(folder / EDITORIALS))


def ratings(path: Path) -> list[tuple[str, float]]:
    """Return texts with the mean of what people rated them, -4 to 4."""
    lines = (line.split("\t", 2) for line in path.read_text(encoding="utf-8").splitlines())
    return [(text, float(mean)) for _, mean, text in lines]


def rated(means: Iterable[tuple[str, float]]) -> list[Row]:
    """Return the texts of mean ratings, each with its tone."""
    return [(text, 2 if mean > MILD else 0 if mean < -MILD else 1) for text, mean in means]


def subtitles(folder: Path) -> list[Row]:
    """Return the lines of films whose emotions are all of one tone, and those without any."""
    rows = []
    for line in (folder / SUBTITLES).read_text(encoding="utf-8").splitlines():
        text, numbers = line.split("\t")
        felt = {int(number) for number in numbers.split(",")}
        good, bad = bool(felt & _GLAD), bool(felt & _SAD)
        if good != bad:
            rows.append((text, 2 if good else 0))
    plain = (folder / PLAIN_SUBTITLES).read_text(encoding="utf-8").splitlines()
    return rows + [(line.split("\t", 1)[1], 1) for line in plain]


def emotions(folder: Path, part: str) -> list[Row]:
    """Return the comments whose emotions are all of one tone."""
    labels = (folder / _LABELS).read_text(encoding="utf-8").split()
    rows = []
    for line in (folder / EMOTIONS[part]).read_text(encoding="utf-8").splitlines():
        text, numbers, _ = line.split("\t")
        felt = {labels[int(number)] for number in numbers.split(",")}
        good, bad = bool(felt & _POSITIVE), bool(felt & _NEGATIVE)
        if not (good and bad):
            rows.append((text, 2 if good else 0 if bad else 1))
    return rows


class Post(NamedTuple):
    """A campaign post that was written for this, its tone, and of which kind it is."""

    text: str
    tone: int
    kind: str


def posts(part: str) -> list[Post]:
    """Return the campaign posts for "training", for "development", those of the "gate", "tries", "voices"."""
    with (Path(__file__).with_name("posts") / f"{part}.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Post(row["text"], TONES.index(row["tone"]), row["kind"]) for row in rows]


class Parts(NamedTuple):
    """Rows that may be learned from, a tenth by which choices are made, and a fifth that measures."""

    learned: list[Row]
    development: list[Row]
    back: list[Row]


def parted(rows: Iterable[Row]) -> Parts:
    """Return rows in their parts, by the texts themselves."""
    parts = Parts([], [], [])
    for row in rows:
        number = int(hashlib.sha256(row[0].encode()).hexdigest()[:8], 16) % 100
        parts[(number < _KEPT_BACK) + (number < _KEPT_BACK + _DEVELOPMENT)].append(row)
    return parts


def learnable(folder: Path) -> dict[str, Sequence[Row]]:
    """Return what may be learned from, by the name of the set."""
    return {
        "tweets": parted(vader(folder)).learned, "editorials": editorials(folder),
        "comments": emotions(folder, "train"), "subtitles": parted(subtitles(folder)).learned,
        "posts": [(post.text, post.tone) for post in posts("training")],
    }  # fmt: skip


def kept_back(folder: Path, part: str) -> dict[str, Sequence[Row]]:
    """Return what no weights have seen, by the name of the set: for "development", or of the "gate"."""
    theirs, ours = ("dev", "development") if part == "development" else ("test", "back")
    of_part = attrgetter(ours)
    return {
        "tweets": of_part(parted(vader(folder))), "comments": emotions(folder, theirs),
        "subtitles": of_part(parted(subtitles(folder))),
        part: [(post.text, post.tone) for post in posts(part)],
    }  # fmt: skip


def subject_of() -> frozenset[str]:
    """Return the words of the subject that come with the project, and two hashtags."""
    return frozenset(subject_words(_WORDS)) | {"callingtimeoncrime", "knifecrime"}


_SUBJECT = Subject(subject_of())


def is_about_crime(text: str) -> bool:
    """Return whether a text has a word of the subject."""
    return not _SUBJECT.words.isdisjoint(grams(_SUBJECT.joined(clean_text(text)), ()))


def with_more_crime(rows: Sequence[Row]) -> list[Row]:
    """Return rows with those about crime repeated, so that no tone is likelier for the subject."""
    crime = [row for row in rows if is_about_crime(row[0])]
    among_all, among_crime = (Counter(tone for _, tone in some) for some in (rows, crime))
    often = {
        tone: _OFTENER * among_all[tone] / len(rows) * len(crime) / many for tone, many in among_crime.items()
    }
    return [*rows, *(row for row in crime for _ in range(min(_MOST_OFTEN, round(often[row[1]])) - 1))]


def lexicon() -> dict[str, float]:
    """Return the words and faces that VADER's list knows, as people rated them, without the subject's."""
    rated = SentimentIntensityAnalyzer().lexicon
    return {word: mean for word, mean in rated.items() if not is_about_crime(word)}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
