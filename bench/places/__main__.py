"""Precision and recall of the places found in labelled sentences, at the level of boroughs and of places.

Precision is the share of what is found that a person would find; recall the share of what a person finds that
is found. Each is printed with all that is wrong, so that nobody has to take the numbers on trust.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from bench.ingest import CAMPAIGN
from bench.places.sentences import HELD_OUT, TUNED, Sentence
from monitor.campaign import load
from monitor.core.gazetteer import Gazetteer

_KEYS = {"B": "barking-and-dagenham", "H": "havering", "R": "redbridge"}
PRECISION, RECALL = 0.95, 0.93  # the goals, for boroughs


class Shares(NamedTuple):
    """What part of what is found is right, and what part of what there is is found."""

    precision: float
    recall: float


def shares(pairs: Iterable[tuple[frozenset[str], frozenset[str]]]) -> Shares:
    """Return the shares of pairs of (found, wanted)."""
    counts = Counter[str]()
    for found, wanted in pairs:
        counts.update(right=len(found & wanted), found=len(found), wanted=len(wanted))
    return Shares(counts["right"] / (counts["found"] or 1), counts["right"] / (counts["wanted"] or 1))


def boroughs(gazetteer: Gazetteer, sentence: Sentence) -> tuple[frozenset[str], frozenset[str]]:
    """Return the keys of the boroughs that are found, and of those that are wanted."""
    found = gazetteer.find(sentence.text) & set(_KEYS.values())
    return found, frozenset(_KEYS[letter] for letter in sentence.boroughs)


def places(gazetteer: Gazetteer, sentence: Sentence) -> tuple[frozenset[str], frozenset[str]]:
    """Return the keys of the places within boroughs that are found, and of those that are wanted."""
    return gazetteer.find(sentence.text) - set(_KEYS.values()), frozenset(sentence.places.split())


def told(title: str, sentences: tuple[Sentence, ...], gazetteer: Gazetteer) -> Shares:
    """Print how well the places of sentences are found, and what is wrong; return it for boroughs."""
    wrong = [one for one in sentences for of in (boroughs, places) if len({*of(gazetteer, one)}) > 1]
    print(f"{title}: {len(sentences)} sentences, {len(set(wrong))} with something wrong")
    for name, of in (("boroughs", boroughs), ("places", places)):
        precision, recall = shares(of(gazetteer, one) for one in sentences)
        print(f"  {name}: precision {precision:.3f}, recall {recall:.3f}")
    kinds, missed = Counter(one.kind for one in sentences), Counter(one.kind for one in set(wrong))
    print("  wrong by kind: " + ", ".join(f"{kind} {missed[kind]} of {n}" for kind, n in kinds.items()))
    for one in dict.fromkeys(wrong):
        wanted = " ".join(sorted(boroughs(gazetteer, one)[1] | places(gazetteer, one)[1]))
        print(f"    {one.text!r}: {' '.join(sorted(gazetteer.find(one.text)))} (not: {wanted})")
    return shares(boroughs(gazetteer, one) for one in sentences)


def main() -> int:
    """Print the figures of each set; return 1 if a goal is missed."""
    gazetteer = load(CAMPAIGN).gazetteer
    measured = [told("Tuned", TUNED, gazetteer), told("Held out", HELD_OUT, gazetteer)]
    return 0 if all(one.precision >= PRECISION and one.recall >= RECALL for one in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
