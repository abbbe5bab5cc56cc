"""How often an ordinary week has a theme that is none, and how often one that is there is seen.

Weeks of ordinary comments are GoEmotions (Demszky et al. 2020, CC BY 4.0) in an order of chance, each by a
person of its own; none of them says more than another of anything. Type:
`python -m bench.themes FOLDER`, where FOLDER has `goemotions/train.tsv`.
"""

import random
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.ratios import seconds
from monitor.archive.values import Suggestion, WeekPost
from monitor.themes.new_themes import Vocabulary, new_themes

WEEKS, POSTS, BEFORE, PLANTED = 60, 120, 8, 8
FALSE, SEEN = 0.5, 57  # targets
# Each in words of its own, as people write them who have not read each other.
THEME = (
    "the street lights in our road have been out since monday",
    "no street lights again tonight, i walked home with my phone torch",
    "who do i ring about broken street lights?",
    "street lights off by the station and nobody cares",
    "my mum fell because the street lights do not work",
    "they said the street lights would be mended last week",
    "half the street lights on our estate are dead",
    "council says new street lights are coming. when?",
)
FORMS = (  # of six people, half of whom write of one and half of several
    "Police drone over our estate again last night",
    "A drone kept me awake till two",
    "my kids waved at the drone",
    "Drones everywhere this week",
    "Are drones really cheaper than officers?",
    "those drones scare the dog",
)


def comments(folder: Path, chance: random.Random) -> list[str]:
    """Return the comments, in an order of chance."""
    lines = (folder / "goemotions/train.tsv").read_text(encoding="utf-8").splitlines()
    texts = [line.split("\t", 1)[0] for line in lines]
    chance.shuffle(texts)
    return texts


def weeks(texts: Sequence[str]) -> list[list[WeekPost]]:
    """Return the comments as weeks of posts."""
    posts = [WeekPost(number, number, text, "en", 0) for number, text in enumerate(texts)]
    return [posts[start : start + POSTS] for start in range(0, len(posts) - POSTS + 1, POSTS)]


def with_theme(week: Sequence[WeekPost], theme: Sequence[str]) -> list[WeekPost]:
    """Return a week in which the first posts are about the planted theme."""
    changed = [post._replace(text=text) for post, text in zip(week, theme, strict=False)]
    return [*changed, *week[len(changed) :]]


def has_theme(themes: Sequence[Suggestion], words: set[str]) -> bool:
    """Return whether the planted theme is among the first three."""
    return any(words.intersection(theme.words) for theme in themes[:3])


def measured(folder: Path) -> tuple[float, int, int, float]:
    """Return false words a week, weeks in which each planted theme was seen, and seconds a week."""
    every, vocabulary = weeks(comments(folder, random.Random(1))), Vocabulary([])
    wrong = seen = forms = 0
    spent = 0.0
    for number in range(BEFORE, BEFORE + WEEKS):
        week, before = every[number], every[number - BEFORE : number]
        spent += seconds(lambda: new_themes(week, before, vocabulary))  # noqa: B023
        wrong += sum(len(theme.words) for theme in new_themes(week, before, vocabulary))
        themes = [new_themes(with_theme(week, theme), before, vocabulary) for theme in (THEME, FORMS)]
        seen += has_theme(themes[0], {"street", "street lights"})
        forms += has_theme(themes[1], {"drone"})
    return wrong / WEEKS, seen, forms, spent / WEEKS


def main() -> bool:
    """Print the figures; return whether both are on target."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "")
    if not (folder / "goemotions/train.tsv").is_file():
        print("skipped: the comments are not here; name the folder that has goemotions/train.tsv")
        return True
    wrong, seen, forms, spent = measured(folder)
    print(f"{wrong:.2f} false words a week (target {FALSE}); the planted theme of {PLANTED} people")
    print(f"among the first three in {seen} of {WEEKS} weeks (target {SEEN}); {spent * 1000:.0f} ms a week;")
    print(f"that of {len(FORMS)} people, in two forms of its word, in {forms} of {WEEKS}")
    return wrong <= FALSE and min(seen, forms) >= SEEN


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
