"""How often "more after an event" is wrong, and when thresholds are reached: `python -m bench.outcomes [N]`.

Made-up signatures a day: negative binomial, with a rhythm of the week, a trend, and shocks from outside that
have nothing to do with the event and fade within days. The same seeds give the same tables.
"""

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate, product
from random import Random
from statistics import NormalDist, fmean, pstdev
from typing import NamedTuple

from bench.usual import poisson
from monitor.report.outcomes.event_change import event_change
from monitor.report.outcomes.forecast import AHEAD, forecast

_RHYTHM = (1.0, 0.9, 1.0, 1.1, 1.3, 0.9, 0.8)
_SHOCKS = (1, 2, 4)  # times as many more on the day, and half of it on the next
_FADES = 0.5
_START = date(2026, 1, 5)
_LIFT = 1.5  # what is to be found
_BEFORE = 8  # weeks that a forecast knows


class Kind(NamedTuple):
    """What a made-up series is like: signatures a day at its end, and how they move."""

    size: float
    trend: float  # a week
    shock: float  # chance a day
    spread: float = 3  # the variance of a day over its mean


def series(chance: Random, days: int, kind: Kind, lifted: tuple[int, float] | None = None) -> list[int]:
    """Return the signatures of so many days; from the `lifted` one on so many times as many."""
    counts, shock = [], 0.0
    for day in range(days):
        shock += chance.choice(_SHOCKS) if chance.random() < kind.shock else 0
        mean = kind.size * (1 + kind.trend) ** ((day - days) / 7) * _RHYTHM[day % 7] * (1 + shock)
        shock *= _FADES
        mean *= lifted[1] if lifted and day >= lifted[0] else 1
        if kind.spread > 1:
            mean = chance.gammavariate(mean / (kind.spread - 1), kind.spread - 1)
        counts.append(poisson(chance, mean))
    return counts


def totals(counts: Sequence[int]) -> dict[date, int | None]:
    """Return the total at the end of each day, from the one before the first."""
    ends = accumulate(counts, initial=0)
    return {_START + timedelta(days=n - 1): total for n, total in enumerate(ends)}


def by_rank(counts: Sequence[int], event: int) -> bool:
    """Return whether the program calls it more after a day than before."""
    # One more total, as a week is over when the next day was read.
    change = event_change(totals([*counts, 0]), _START + timedelta(days=event))
    return change is not None and change.stands_out


def by_poisson(counts: Sequence[int], event: int) -> bool:
    """Return whether the usual comparison of two counts does, at 5 %: by their square roots."""
    before, after = sum(counts[event - 7 : event]), sum(counts[event : event + 7])
    return math.sqrt(2) * (math.sqrt(after) - math.sqrt(before)) > NormalDist().inv_cdf(0.95)


def more(
    rule: Callable[[Sequence[int], int], bool], kind: Kind, weeks: int, lift: float, number: int
) -> float:
    """Return the share of series in which a rule finds more after an event, `weeks` after their beginning."""
    chance, found = Random(11), 0
    for _ in range(number):
        event = weeks * 7 + chance.randrange(1, 8)
        found += rule(series(chance, event + 7, kind, (event, lift)), event)
    return found / number


class Held(NamedTuple):
    """The shares of series in which what was foretold came so."""

    dates: float  # the program's
    open: float  # of which there is no latest
    line: float  # of a straight line of the last week, give or take 15 %
    drawn: float  # of 90 % of the sums that are drawn from the eight weeks


def holding(kind: Kind, away: int, number: int) -> Held:
    """Return that of a threshold that is so many weeks away at the mean rate of the last eight."""
    chance, known, cells = Random(13), 7 * _BEFORE, []
    for _ in range(number):
        counts = series(chance, known + 7 * AHEAD, kind)
        ends, weeks = list(accumulate(counts)), [sum(counts[day : day + 7]) for day in range(0, known, 7)]
        lacking = max(1, round(fmean(weeks) * away))
        threshold = ends[known - 1] + lacking
        days = next((n for n, total in enumerate(ends, 1) if total >= threshold), math.inf) - known
        today = _START + timedelta(days=known)
        told = forecast(totals(counts[:known]), threshold, today)
        earliest, latest = (told.earliest, told.latest) if told else (date.max, date.min)
        day = date.max if days == math.inf else today + timedelta(days=days - 1)
        cells.append(
            (
                (earliest or date.max) <= day <= (latest or date.max),
                latest is None,
                abs(days - 7 * lacking / max(weeks[-1], 1)) <= 0.15 * days < math.inf,
                by_drawing(weeks, lacking, days / 7),
            )
        )
    return Held(*(sum(column) / number for column in zip(*cells, strict=True)))


def by_drawing(weeks: Sequence[int], lacking: int, reached: float) -> bool:
    """Return whether it is reached when 90 % of sums drawn from these weeks say; by mean and variance."""
    mean, reach = max(fmean(weeks), 0.1), NormalDist().inv_cdf(0.95) * pstdev(weeks)
    root = math.sqrt(reach**2 + 4 * mean * lacking)
    first, last = (((root + side * reach) / (2 * mean)) ** 2 for side in (-1, 1))
    return first - 1 < reached <= math.ceil(last)


EVENTS = [
    (weeks, Kind(size, trend, shock, spread))
    for weeks, size, trend, shock, spread in product(
        (9, 13, 26, 52), (2, 20, 100), (-0.05, 0, 0.03), (0, 0.03), (1, 3)
    )
]
RATES = {"flat": 0.0, "slowing": -0.05, "growing": 0.03}
THRESHOLDS = [
    (name, away, Kind(size * (1 + trend) ** AHEAD, trend, shock))
    for (name, trend), size, shock, away in product(RATES.items(), (3, 30), (0, 0.03), (3, 12))
]


def rows(number: int) -> Iterator[str]:
    """Yield both tables."""
    yield "| weeks before | a day | trend | shocks | spread | Poisson wrong | rank wrong | finds +50 % |"
    yield "|---|---|---|---|---|---|---|---|"
    wrong = []
    for weeks, kind in EVENTS:
        cells = [
            more(rule, kind, weeks, lift, number)
            for rule, lift in ((by_poisson, 1), (by_rank, 1), (by_rank, _LIFT))
        ]
        wrong.append(cells[1])
        begin = f"| {weeks} | {kind.size} | {kind.trend:.0%} | {kind.shock:.0%} | {kind.spread} | "
        yield begin + " | ".join(f"{cell:.1%}" for cell in cells) + " |"
    yield f"The rank is wrong in {sum(wrong) / len(wrong):.1%} of all, {max(wrong):.1%} at most.\n"
    yield "| signing | a day at first | shocks | weeks away | dates hold | no latest | line | drawn |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, away, kind in THRESHOLDS:
        first = kind.size / (1 + kind.trend) ** AHEAD
        begin = f"| {name} | {first:.0f} | {kind.shock:.0%} | {away} | "
        yield begin + " | ".join(f"{cell:.1%}" for cell in holding(kind, away, number)) + " |"


if __name__ == "__main__":
    for line in rows(int(sys.argv[1]) if len(sys.argv) > 1 else 2000):
        print(line, flush=True)
