"""How often an ordinary week is called unusual, and a doubling found: `python -m bench.usual [WEEKS]`."""

import math
import sys
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product
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
    means = (mean * share / sum(_WEEKDAYS) for share in _WEEKDAYS)
    return [bisect(_chances(mean, spread), chance.random()) for mean in means]


@cache
def _chances(mean: float, spread: float) -> list[float]:
    """Return how likely it is that a day of less than 700 has at most 0, 1, 2 posts, and so on.

    Poisson's, or the negative binomial: Poisson's with a mean that is gamma distributed.
    """
    of_one = math.exp(-mean) if spread == 1 else spread ** (-mean / (spread - 1))
    at_most = [of_one]
    while at_most[-1] < 1 - 1e-9:
        number = len(at_most)
        of_one *= (mean + (number - 1) * (spread - 1)) / (number * spread)
        at_most.append(at_most[-1] + of_one)
    return at_most


def level_week(chance: Random, mean: float, spread: float) -> list[int]:
    """Return the posts of seven days of a week that is busier or quieter as a whole, its sum as varied."""
    level = chance.gammavariate(mean / (spread - 1), (spread - 1) / mean) if spread > 1 else 1.0
    return [poisson(chance, mean * level * share / sum(_WEEKDAYS)) for share in _WEEKDAYS]


def called_unusual(
    interval: Callable[[Sequence[Sequence[int]]], tuple[float, float]],
    *,
    history: int, size: float, spread: float, weeks: int, factor: float = 1, trend: float = 0, seed: int = 7,
    draw: Draw = week,
) -> float:  # fmt: skip
    """Return the share of weeks, `factor` times as busy as those before, that lie outside their interval.

    With a `trend` each week has so much more than the one before it, as a share.
    """
    chance, outside = Random(seed), 0
    for _ in range(weeks):
        low, high = interval(
            [draw(chance, size * (1 + trend) ** -ago, spread) for ago in range(1, history + 1)]
        )
        outside += not low <= sum(draw(chance, size * factor, spread)) <= high
    return outside / weeks


def rows(weeks: int) -> Iterator[str]:
    """Yield a line for each history, size and spread."""
    columns = {
        "called unusual": (of_counts, {}),
        "busy as a whole": (of_counts, {"draw": level_week}),
        "rising 2 % a week": (of_counts, {"trend": 0.02}),
        "amounts": (_of_totals, {}),
        "amounts rising": (_of_totals, {"trend": 0.02}),
        "doublings found": (of_counts, {"factor": 2}),
    }
    yield f"| weeks | posts a week | spread | {' | '.join(columns)} |"
    yield "|" + "---|" * (3 + len(columns))
    for history, size, spread in product(HISTORIES, SIZES, SPREADS):
        case = {"history": history, "size": size, "spread": spread, "weeks": weeks}
        shares = [called_unusual(interval, **case, **other) for interval, other in columns.values()]  # type: ignore[arg-type]
        yield f"| {history} | {size} | {spread} | {' | '.join(f'{share:.1%}' for share in shares)} |"


def _of_totals(weeks: Sequence[Sequence[int]]) -> tuple[float, float]:
    return of_amounts([*map(sum, weeks)])


if __name__ == "__main__":
    for line in rows(int(sys.argv[1]) if len(sys.argv) > 1 else 4000):
        print(line, flush=True)
