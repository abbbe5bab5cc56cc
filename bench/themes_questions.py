"""How well questions that ask the same are told from others: B-cubed F1 (Bagga & Baldwin 1998).

Of each question: which part of those grouped with it asks the same, and which part of those that ask the same
is grouped with it. The 200 were written before the rule, and it did not change for the last 60, 96 and 98.
"""

import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from monitor.themes.questions import groups

TARGET = 0.8
QUESTIONS = Path(__file__).parents[1] / "tests" / "themes"


def labelled(name: str) -> list[tuple[str, str]]:
    """Return questions, each with the name of what it asks."""
    table = tomllib.loads((QUESTIONS / name).read_text(encoding="utf-8"))["groups"]
    return [(question, answer) for answer, questions in table.items() for question in questions]


def scores(questions: Sequence[tuple[str, str]]) -> tuple[float, float, float]:
    """Return precision, recall and F1, each from 0 to 1."""
    joined = groups({place: text for place, (text, _) in enumerate(questions)})
    group_of = {place: {*group} for group in joined for place in group}
    shares = []
    for place, (_, answer) in enumerate(questions):
        group = group_of.get(place, {place})
        same = {other for other, (_, wanted) in enumerate(questions) if wanted == answer}
        shares.append((len(group & same) / len(group), len(group & same) / len(same)))
    precision, recall = map(fmean, zip(*shares, strict=True))
    return precision, recall, 2 * precision * recall / (precision + recall)


def main() -> bool:
    """Print the scores; return whether those of the 200 questions are on target."""
    for name in ("", "_chatty", "_second", "_held_out", "_unseen", "_blind"):
        questions = labelled(f"questions{name}.toml")
        begin = time.perf_counter()
        precision, recall, both = scores(questions)
        took = 1000 * (time.perf_counter() - begin)
        parts = f"precision {precision:.3f}, recall {recall:.3f}, F1 {both:.3f}, {took:.0f} ms"
        print(f"questions{name}.toml: {len(questions)}, {parts}")
    return scores(labelled("questions.toml"))[2] >= TARGET


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
