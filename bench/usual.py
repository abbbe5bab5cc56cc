"""How often an ordinary week is called unusual, and a doubling found: `python -m bench.usual [WEEKS]`."""

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from random import Random

from monitor.report.baseline import of_amounts, of_counts

_WEEKDAYS = (1.0, 0.9, 1.0, 1.1, 1.3, 0.9, 0.8)
HISTORIES, SIZES, SPREADS = (4, 8, 26), (3, 30, 300), (1, 3)
Draw = Callable[[Random, float, float], list[int]]


def poisson(chance: Random, mean: float) -> int:
    """Return a random count with this mean."""
    if mean > 400:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    limit, number, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        number, product = number + 1, product * chance.random()
    return number


def week(chance: Random, mean: float, spread: float) -> list[int]:
    """Return the posts of seven days: `spread` times as varied as those that know nothing of each other."""
    means = [mean * share / sum(_WEEKDAYS) for share in _WEEKDAYS]
    if spread > 1:
        means = [chance.gammavariate(mean / (spread - 1), spread - 1) for mean in means]
    return [poisson(chance, mean) for mean in means]


def level_week(chance: Random, mean: float, spread: float) -> list[int]:
    """Return the posts of seven days of a week that is busier or quieter as a whole, its sum as varied."""
    level = chance.gammavariate(mean / (spread - 1), (spread - 1) / mean) if spread > 1 else 1.0
    return [poisson(chance, mean * level * share / sum(_WEEKDAYS)) for share in _WEEKDAYS]


def called_unusual(
    interval: Callable[[Sequence[Sequence[int]]], tuple[float, float]],
    *,
    history: int, size: float, spread: float, weeks: int, factor: float = 1, seed: int = 7, draw: Draw = week,
) -> float:  # fmt: skip
    """Return the share of weeks, `factor` times as busy as those before, that lie outside their interval."""
    chance, outside = Random(seed), 0
    for _ in range(weeks):
        low, high = interval([draw(chance, size, spread) for _ in range(history)])
        outside += not low <= sum(draw(chance, size * factor, spread)) <= high
    return outside / weeks


def rows(weeks: int) -> Iterator[str]:
    """Yield a line for each history, size and spread."""
    yield "| weeks | posts a week | spread | called unusual | busy as a whole | amounts | doublings found |"
    yield "|---|---|---|---|---|---|---|"
    for history in HISTORIES:
        for size in SIZES:
            for spread in SPREADS:
                case = {"history": history, "size": size, "spread": spread, "weeks": weeks}
                ordinary = called_unusual(of_counts, **case)  # type: ignore[arg-type]
                level = called_unusual(of_counts, draw=level_week, **case)  # type: ignore[arg-type]
                amounts = called_unusual(lambda known: of_amounts([*map(sum, known)]), **case)  # type: ignore[arg-type]
                double = called_unusual(of_counts, factor=2, **case)  # type: ignore[arg-type]
                yield (
                    f"| {history} | {size} | {spread} | {ordinary:.1%} | {level:.1%} | {amounts:.1%}"
                    f" | {double:.0%} |"
                )


if __name__ == "__main__":
    for line in rows(int(sys.argv[1]) if len(sys.argv) > 1 else 4000):
        print(line, flush=True)
