"""T11: how a text sounds can be asked for by hand, line by line."""

import json
from collections.abc import Sequence

from bench.truth.checks import Check
from bench.truth.faces import Words
from bench.truth.scenario import Scenario
from bench.truth.scenarios.sources import office
from bench.truth.world import World
from monitor.cli.wiring import analyzer_of

_LINES = (
    "What a lovely evening, thank you all", "The bus is late again and I am furious",
    "The meeting is at seven", "", "Dziękuję bardzo wszystkim sąsiadom za pomoc",
)  # fmt: skip
_TONES = ("positive", "neutral", "negative")


def _scored(words: Words, texts: Sequence[str], *asked: str) -> list[str]:
    lines = "".join(f"{text}\n" for text in texts)
    return words.world.command("score", *asked, text=lines).splitlines()


def _a_line_each(words: Words) -> list[str]:
    """Return which lines are missing, or not as the analyzer has them."""
    found = [json.loads(line) for line in _scored(words, _LINES, "--json")]
    if len(found) != len(_LINES):
        return [f"score: {len(found)} lines for {len(_LINES)}"]
    analyzer = analyzer_of(words.world.campaign)
    return [
        f"score: {text!r}: {line}" for text, line in zip(_LINES[:3], found, strict=False)
        if line["tone"] != str(score.tone if (score := analyzer.score(text)) else None)
        or abs(sum(line[tone] for tone in _TONES) - 1) > 0.02
    ]  # fmt: skip


def _other_languages(words: Words) -> list[str]:
    """Return what is said of the mood of a text in another language."""
    line = json.loads(_scored(words, _LINES[-1:], "--json")[0])
    return [f"score: Polish: {line}"] if line["tone"] in _TONES else []


def _unsure(words: Words) -> list[str]:
    """Return which words of little certainty are given a tone."""
    texts = ["Oh wonderful, another petition", "Well that went as expected", "Ok", "You lot again"]
    found = [json.loads(line) for line in _scored(words, texts, "--json")]
    return [
        f"score: {text!r}: {line}" for text, line in zip(texts, found, strict=True)
        if line["tone"] != "unclear" and max(line[tone] for tone in _TONES) < 0.6
    ]  # fmt: skip


def _scenario(name: str, check: Check) -> Scenario:
    return Scenario(kind="T11", name=name, make=_office, checks=(check,))


def _office(world: World) -> None:
    office(world)


SCENARIOS = [
    _scenario("five lines are scored", Check("a line each", _a_line_each)),
    _scenario("a line in Polish", Check("no mood in another language", _other_languages)),
    _scenario("lines that could be either", Check("unclear below 0.6", _unsure)),
]
