"""A goal, what was measured beside what in one run, and whether the target is met."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """One line of the table. `at_least`: more is better; else less is."""

    goal: str
    value: float
    target: float
    at_least: bool = True
    note: str = ""

    @property
    def is_met(self) -> bool:
        """Return whether the target is reached."""
        return self.value >= self.target if self.at_least else self.value <= self.target


HEAD = "| goal | measured | target | met | note |\n|---|---|---|---|---|"


def table(ratios: Iterable[Ratio]) -> str:
    """Return the ratios as a table in Markdown."""
    return "\n".join([HEAD, *map(line, ratios)])


def line(one: Ratio) -> str:
    """Return a ratio as a line of that table."""
    sign, met = ("≥" if one.at_least else "≤"), ("yes" if one.is_met else "**no**")
    return f"| {one.goal} | {one.value:,.2f} | {sign} {one.target:g} | {met} | {one.note} |"


def seconds(act: Callable[[], object]) -> float:
    """Return how long an act takes."""
    began = perf_counter()
    act()
    return perf_counter() - began


def beside(one: Callable[[], object], other: Callable[[], object], rounds: int = 5) -> tuple[float, float]:
    """Return the median seconds of two acts, run in turns so that a busy moment meets both."""
    pairs = [(seconds(one), seconds(other)) for _ in range(rounds)]
    first, second = zip(*pairs, strict=True)
    return median(first), median(second)
