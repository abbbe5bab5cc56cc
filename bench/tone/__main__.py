"""How right each analyzer of tone is, and how quick: `python -m bench.tone FOLDER`.

On texts that no weights have seen: a fifth of VADER's tweets and of XED's subtitles, GoEmotions' own test set
and the gate, 150 campaign posts that were written for this; with --development on those by which choices are
made. Macro-F1 counts the three tones alike. The tries are 200 short posts, as one types to try it out;
the voices 150 by those who comment on such a campaign, written without sight of any others.
"""

import argparse
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean, pvariance
from typing import NamedTuple

import numpy as np
from textblob import TextBlob
from vader import SentimentIntensityAnalyzer

from bench.tone.data import Row, is_about_crime, kept_back, posts, subject_of
from bench.tone.variants import NEVER_SEEN, SEEN, put
from monitor.archive.values import Audit
from monitor.core.model import SURE, Tone
from monitor.report import Net, ToneShare
from monitor.report.tone_estimate import SAMPLE, net_tone, shares
from monitor.tone.campaign_analyzer import CampaignAnalyzer
from monitor.tone.cleaning import Subject
from monitor.tone.lexicons import Lexicons

Shares = tuple[float, ...]  # how likely negative, neutral and positive are; 0 and 1 without doubt
Score = Callable[[str], Shares]

_INSERTED = 600  # texts that these are put around
_BINS = 10
_WEEKS, _POSTS = 400, 300  # that are drawn to try the weekly check
_ANGRY = ("sarcasm", "complaint")


def analyzers() -> dict[str, Score]:
    """Return all that is compared, by name; the transformer where its weights are installed."""
    words, masked = SentimentIntensityAnalyzer(), Lexicons(SUBJECT.words)
    compared: dict[str, Score] = {
        "TextBlob": lambda text: _certain(TextBlob(text).sentiment.polarity, 0),
        "VADER": lambda text: _certain(words.polarity_scores(text)["compound"], 0.05),
        "VADER without the subject": lambda text: _certain(masked.features(text)[5], 0.05),
        "campaign": lambda text: CAMPAIGN.analyze(text)[1:],
    }
    if find_spec("campaign_monitor_tone"):
        from monitor.tone.transformer import TransformerAnalyzer

        transformer = TransformerAnalyzer(subject_of())
        compared["transformer"] = lambda text: transformer.analyze(text)[1:]
    return compared


SUBJECT, CAMPAIGN = Subject(subject_of()), CampaignAnalyzer(subject_of())


def _certain(value: float, margin: float) -> Shares:
    """Return shares of a tone that a polarity is taken for."""
    tone = 2 if value > margin else 0 if value < -margin else 1
    return tuple(float(n == tone) for n in range(3))


class Scores:
    """What an analyzer says of rows."""

    def __init__(self, rows: Sequence[Row], score: Score) -> None:
        self.true = np.array([tone for _, tone in rows])
        self.shares = np.array([score(text) for text, _ in rows])
        self.tones, self.likely = self.shares.argmax(1), self.shares.max(1)

    def f1(self) -> float:
        """Return the macro-F1, in points."""
        both = [(self.true == tone, self.tones == tone) for tone in range(3)]
        return 100 * fmean(
            2 * float((true & told).sum()) / max(1, true.sum() + told.sum()) for true, told in both
        )

    def net_error(self) -> float:
        """Return by how many points net tone is too kind."""
        return 100 * float(self.tones.mean() - self.true.mean())

    def calibration_error(self) -> float:
        """Return by how many points it is surer than right, or less sure (Naeini et al. 2015)."""
        bins = np.minimum((self.likely * _BINS).astype(int), _BINS - 1)
        off = [
            abs(self.likely[bins == n].sum() - (self.tones == self.true)[bins == n].sum())
            for n in range(_BINS)
        ]
        return 100 * float(sum(off) / len(self.true))

    def clear(self) -> tuple[float, float]:
        """Return of a hundred how many are clear, and how many of these are right."""
        sure = self.likely >= SURE
        return 100 * float(sure.mean()), 100 * float((self.tones == self.true)[sure].mean())


def insertions(score: Score, texts: Sequence[str]) -> Iterator[tuple[str, float, float]]:
    """Yield each frame around or in texts, how many of a hundred tones it changes, and net tone in points."""
    before = np.array([score(text) for text in texts]).argmax(1)
    for frame in (*SEEN, *NEVER_SEEN):
        after = np.array([score(put(frame, text)) for text in texts]).argmax(1)
        yield frame, 100 * float((after != before).mean()), 100 * float(after.mean() - before.mean())


class Kind(NamedTuple):
    """Posts of a kind: how many there are, are right, are surely called positive, and surely wrong."""

    posts: int
    right: int
    surely_positive: int
    surely_wrong: int


def by_kind(score: Score, part: str) -> dict[str, Kind]:
    """Return how a part's posts of each kind are called."""
    found = defaultdict(list)
    for post in posts(part):
        shares = score(post.text)
        is_right, is_sure = int(np.argmax(shares)) == post.tone, max(shares) >= SURE
        found[post.kind].append((1, is_right, shares[2] >= SURE, is_sure and not is_right))
    return {kind: Kind(*map(sum, zip(*counts, strict=True))) for kind, counts in sorted(found.items())}


def shift(rows: Sequence[Row], tones: Sequence[int]) -> float:
    """Return by how many points net tone seems to change when posts about crime go from none to 60 %.

    The true mix stays the same: a quarter negative, half neutral, a quarter positive.
    """
    about = [is_about_crime(text) for text, _ in rows]
    nets = []
    for wanted in (False, True):
        of_each = [
            fmean(said - 1 for (_, true), said, on in zip(rows, tones, about, strict=True)
                  if on is wanted and true == tone)
            for tone in range(3)
        ]  # fmt: skip
        nets.append(of_each[0] / 4 + of_each[1] / 2 + of_each[2] / 4)
    return 100 * 0.6 * (nets[1] - nets[0])


def a_second(score: Score, texts: Sequence[str]) -> float:
    """Return how many texts are scored in a second of processor time."""
    score(texts[0])
    began = time.process_time()
    for text in texts:
        score(text)
    return len(texts) / (time.process_time() - began)


def memory(analyzer: str) -> float:
    """Return the megabytes of a process that has scored a text by an analyzer."""
    act = (
        "from monitor.tone import english_analyzer; import resource;"
        f"english_analyzer('{analyzer}', frozenset({{'crime'}})).score('What a lovely evening', 'en');"
        "print(int(open('/proc/self/statm').read().split()[1]) * resource.getpagesize() / 1e6)"
    )
    run = subprocess.run([sys.executable, "-c", act], capture_output=True, text=True, check=True)
    return float(run.stdout)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table in Markdown; numbers with one digit after the point."""
    cells = [[f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    lines = [head, ["---"] * len(head), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def main() -> int:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path, help="where vader/, goemotions/ and xed/ are")
    options.add_argument("--development", action="store_const", const="development", default="gate")
    given = options.parse_args()
    sets = kept_back(given.folder, given.development)
    compared = analyzers()
    found = {
        name: {part: Scores(rows, score) for part, rows in sets.items()} for name, score in compared.items()
    }
    print(rightness(found))
    print(doubt(sets, compared, found))
    print(subjects(sets, compared, found))
    print(kinds(compared, given.development))
    print(kinds(compared, "tries"))
    print(kinds(compared, "voices"))
    print(audits(sets, found))
    print(cost(compared, [text for text, _ in sets["tweets"]]))
    return 0


def rightness(found: Mapping[str, Mapping[str, Scores]]) -> str:
    """Return a table of macro-F1 in each set, and of the error of net tone in the last."""
    parts = list(next(iter(found.values())))
    rows = [
        [name, *(scores[part].f1() for part in parts), scores[parts[-1]].net_error()]
        for name, scores in found.items()
    ]
    return table(["macro-F1", *parts, f"net error, {parts[-1]}"], rows)


def doubt(
    sets: Mapping[str, Sequence[Row]],
    compared: Mapping[str, Score],
    found: Mapping[str, Mapping[str, Scores]],
) -> str:
    """Return a table of calibration and of what is clear: in each set, and in all texts about crime."""
    crime = [row for rows in sets.values() for row in rows if is_about_crime(row[0])]
    rows = []
    for name in (name for name in compared if name in ("campaign", "transformer")):
        for part, scores in {
            **found[name],
            f"about crime ({len(crime)})": Scores(crime, compared[name]),
        }.items():
            rows.append([name, part, scores.calibration_error(), *scores.clear()])
    return table(["analyzer", "texts", "calibration error", "clear, %", "right of these, %"], rows)


def subjects(
    sets: Mapping[str, Sequence[Row]],
    compared: Mapping[str, Score],
    found: Mapping[str, Mapping[str, Scores]],
) -> str:
    """Return a table of what words of the subject around texts change, and its worst frames."""
    general = [*sets["tweets"], *sets["comments"], *sets["subtitles"]]
    texts = random.Random(1).sample([text for text, _ in [*sets["tweets"], *sets["comments"]]], _INSERTED)
    rows = []
    for name, score in compared.items():
        moved = list(insertions(score, texts))
        worst, far = max(moved, key=lambda row: row[1]), max(moved, key=lambda row: abs(row[2]))
        tones = np.concatenate([found[name][part].tones for part in ("tweets", "comments", "subtitles")])
        mean = fmean(share for _, share, _ in moved)
        rows.append([name, mean, worst[1], worst[0], far[2], far[0], shift(general, tones.tolist())])
    head = [
        "subject put in",
        "tones changed, mean %",
        "most, %",
        "by",
        "net tone, most",
        "by",
        "same mix, more crime",
    ]
    return table(head, rows)


def kinds(compared: Mapping[str, Score], part: str) -> str:
    """Return a table of a part's posts by kind."""
    mine = [by_kind(score, part) for score in compared.values()]
    rows = [[kind, first.posts, *(of[kind].right for of in mine)] for kind, first in mine[0].items()]
    angry = [kind for kind in mine[0] if kind in _ANGRY]
    every = [Kind(*map(sum, zip(*of.values(), strict=True))) for of in mine]
    rows += [
        ["in all", every[0].posts, *(of.right for of in every)],
        ["surely wrong", every[0].posts, *(of.surely_wrong for of in every)],
        [
            "sarcasm and complaint surely called positive",
            sum(mine[0][kind].posts for kind in angry),
            *(sum(of[kind].surely_positive for kind in angry) for of in mine),
        ],
    ]
    return table([f"right, of the {part}", "posts", *compared], rows)


def audits(sets: Mapping[str, Sequence[Row]], found: Mapping[str, Mapping[str, Scores]]) -> str:
    """Return a table of how often the weekly check's ranges hold what people hear, and how wide they are."""
    names = [name for name in ("campaign", "transformer") if name in found]
    rows: list[list[object]] = []
    for name in names:
        pools = {part: _pairs(scores) for part, scores in found[name].items()}
        pools["about crime"] = [
            pair
            for part, texts in sets.items()
            for pair, (text, _) in zip(pools[part], texts, strict=True)
            if is_about_crime(text)
        ]
        rows += [[name, part, *covered(pool)] for part, pool in pools.items()]
    head = ["analyzer", "texts", "net tone held, %", "half its width", "shares held, %", "half their width"]
    return table(head, rows)


def _pairs(scores: Scores) -> list[tuple[Tone, Tone]]:
    """Return what people hear in texts, and what the program says."""
    tones = (Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE)
    return [
        (tones[true], tones[told] if likely >= SURE else Tone.UNCLEAR)
        for true, told, likely in zip(scores.true, scores.tones, scores.likely, strict=True)
    ]


def covered(pool: Sequence[tuple[Tone, Tone]]) -> tuple[float, float, float, float]:
    """Return how many ranges of a hundred hold the truth of weeks that are drawn, and half their mean width.

    Those of net tone, then those of the three shares.
    """
    chance, nets, parts = random.Random(1), [], []
    for _ in range(_WEEKS):
        week = chance.sample(pool, min(len(pool), _POSTS))
        read = week[:SAMPLE]
        programs = [program.net for _, program in week]
        whole = Audit(
            track="", monday=date(2026, 11, 9), posts=len(week), mean=fmean(programs),
            variance=pvariance(programs), late=0, sample=(),
        )  # fmt: skip
        net = net_tone(whole, [(person.net, program.net) for person, program in read])
        told = Counter([*(person for person, _ in read), *(program for _, program in week[SAMPLE:])])
        ranges = shares(told, read, labelled=SAMPLE, elsewhere=0)
        heard = Counter(person for person, _ in week)
        if net:
            nets.append((net, 100 * fmean(person.net for person, _ in week)))
        for tone, part in (ranges.shares if ranges else {}).items():
            parts.append((part, 100 * heard[tone] / len(week)))
    return (*_held(nets), *_held(parts))


def _held(ranges: Sequence[tuple[Net | ToneShare, float]]) -> tuple[float, float]:
    return (
        100 * fmean(found.low <= truth <= found.high for found, truth in ranges),
        fmean((found.high - found.low) / 2 for found, _ in ranges),
    )


def cost(compared: Mapping[str, Score], texts: Sequence[str]) -> str:
    """Return a table of speed and memory."""
    rows = [
        [name, f"{a_second(score, texts):,.0f}", memory(name)]
        for name, score in compared.items()
        if name in ("campaign", "transformer")
    ]
    return table(["analyzer", "texts a second", "memory, MB"], rows)


if __name__ == "__main__":
    sys.exit(main())
