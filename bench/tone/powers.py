"""Fit how much the transformer and the word lists count: `python -m bench.tone.powers FOLDER`. Needs SciPy.

To the texts by which choices are made, each set and those about crime alike, by likelihood: of what it says
is likely at six in ten, six in ten are right (Guo et al. 2017). monitor/tone/transformer.py has what it
prints.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from bench.tone.data import Row, is_about_crime, kept_back, subject_of
from monitor.tone.campaign_analyzer import CampaignAnalyzer
from monitor.tone.transformer import installed


class Opinions(NamedTuple):
    """What both say of texts, as logarithms of how likely each tone is, and the tones that people named."""

    sentence: np.ndarray
    words: np.ndarray
    tones: np.ndarray


def opinions(rows: Sequence[Row]) -> Opinions:
    """Return what both say of rows."""
    words, (transformer, pieces) = CampaignAnalyzer(subject_of()), installed(subject_of())
    return Opinions(
        np.array([transformer.odds(pieces.read(text)) for text, _ in rows]),
        np.log([words.analyze(text)[1:] for text, _ in rows]),
        np.array([tone for _, tone in rows]),
    )


def surprise(powers: Sequence[float], read: Opinions) -> float:
    """Return the mean logarithm of how unlikely the tones are that people named, by both to these powers."""
    sums = powers[0] * read.sentence + powers[1] * read.words
    sums -= sums.max(1, keepdims=True)
    return float((np.log(np.exp(sums).sum(1)) - sums[np.arange(len(read.tones)), read.tones]).mean())


def main() -> int:
    """Print both powers, and that of both in texts about the subject."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path, help="where vader/, goemotions/ and xed/ are")
    rows = kept_back(options.parse_args().folder, "development")
    rows["crime"] = [row for some in rows.values() for row in some if is_about_crime(row[0])]
    sets = [opinions(some) for some in rows.values()]
    both = minimize(
        lambda powers: sum(surprise(powers, read) for read in sets), [0.7, 0.3], method="Nelder-Mead"
    ).x
    subject = minimize(lambda power: surprise(power[0] * both, sets[-1]), [1.0], method="Nelder-Mead").x
    print("_SENTENCE, _WORDS = {:.2f}, {:.2f}".format(*both))
    print(f"_SUBJECT = {subject[0]:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
