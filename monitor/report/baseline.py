"""What is usual, and whether a number left it. Pure.

A percentile of a few earlier weeks calls every third ordinary week odd, because it knows neither how much
chance there is in one more week, nor that the weeks known are only some. These ranges take in both. How often
they are wrong is measured by `bench/usual.py`.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist, fmean, median, variance

from monitor.report import Usual

OUTSIDE = 0.1  # of ordinary times: half of it below, half above
_LARGE = 500  # from this mean on, the shape of a sum is smooth enough to be reckoned as one
# The spread of few posts is badly known, and found too small as often as too large, which costs more.
_DOUBT = 12
# Where nothing can be too few, as with two posts a week, what was meant for that side goes to the other; the
# less, the fewer weeks are known.
_CAUTION = 5
_ERRORS = 1  # standard errors of the spread of whole weeks, by which it has to be above that of their days
ENOUGH = 4  # weeks, to say what is usual


def usual(weeks: Sequence[Sequence[int] | None]) -> Usual | None:
    """Return what is usual after these weeks, each told as the posts of its days.

    None if fewer than four are known.
    """
    known = [week for week in weeks if week is not None]
    return _usual([*map(sum, known)], of_counts(known)) if len(known) >= ENOUGH else None


def usual_amount(weeks: Sequence[int | None]) -> Usual | None:
    """Return the same for what does not add up by days, or comes in heaps: people, likes, views."""
    known = [amount for amount in weeks if amount is not None]
    return _usual(known, of_amounts(known)) if len(known) >= ENOUGH else None


def usual_days(weeks: Sequence[Sequence[int]]) -> tuple[Usual, ...]:
    """Return what is usual on each day of a week, after these weeks; none if fewer than four are known."""
    if len(weeks) < ENOUGH:
        return ()
    return tuple(_usual(day, of_counts(weeks, day=n)) for n, day in enumerate(zip(*weeks, strict=True)))


def _usual(weeks: Sequence[int], interval: tuple[float, float]) -> Usual:
    return Usual(median=median(weeks), low=interval[0], high=interval[1], weeks=len(weeks))


def of_counts(
    weeks: Sequence[Sequence[int]], outside: float = OUTSIDE, *, day: int | None = None
) -> tuple[float, float]:
    """Return the interval for the total of one more week, from the counts of each day of at least two.

    With a `day`, counted from 0, it is for that day alone; `outside` is the share of ordinary times that lie
    outside the interval. The weeks are of the same length. They are taken for negative binomial, with a
    spread that is pooled over all days, each measured against the same day of the other weeks; or with that
    of the whole weeks, where it is clearly larger, because some weeks are busier on all their days.
    """
    number, total = len(weeks), sum(map(sum, weeks))
    spread = _spread(weeks)
    if day is None:
        of_weeks = _spread([[sum(week)] for week in weeks])
        if of_weeks > spread * (1 + _ERRORS * math.sqrt(2 / (number - 1))):
            spread = of_weeks
    mean = ((total if day is None else sum(week[day] for week in weeks)) + spread / 2) / number
    spread += (spread - 1) * _DOUBT / max(total, 1)
    return _negative_binomial(mean, mean * spread * (1 + 1 / number), number, outside)


def of_amounts(amounts: Sequence[int], outside: float = OUTSIDE) -> tuple[float, float]:
    """Return the interval for one more amount, such as likes, from at least two: t's, of their logarithms.

    Amounts that hardly differ are taken to spread as counts do.
    """
    number, logs = len(amounts), [math.log1p(amount) for amount in amounts]
    mean, amount = fmean(logs), fmean(amounts)
    deviation = math.sqrt(max(variance(logs), amount / (1 + amount) ** 2) * (1 + 1 / number))
    reach = student(number - 1, outside) * deviation
    return max(0.0, math.expm1(mean - reach)), math.expm1(mean + reach)


def _spread(weeks: Sequence[Sequence[int]]) -> float:
    """Return the variance of a day over its mean, which for posts that know nothing of each other is 1."""
    number, days = len(weeks), [*zip(*weeks, strict=True)]
    mean = sum(map(fmean, days))
    # As `statistics.variance` has it, which reckons in fractions and took a fifth of a page.
    squares = (number * sum(posts * posts for posts in day) - sum(day) ** 2 for day in days)
    return max(1.0, sum(one / (number * (number - 1)) for one in squares) / mean) if mean else 1.0


def _negative_binomial(mean: float, spread: float, number: int, outside: float) -> tuple[float, float]:
    if mean >= _LARGE:
        return _smooth(mean, spread, outside)
    size = mean**2 / (spread - mean)
    ratio = mean / (mean + size)
    chance = (size / (mean + size)) ** size
    low, share, below, value = None, outside / 2, 0.0, 0
    # Half of a value's own chance counts as below it: so that one in ten is meant on average.
    while low is None or below + chance / 2 <= 1 - share:
        if low is None and below + chance / 2 >= outside / 2:
            low, share = value, share + (share - below) * number / (number + _CAUTION)
        below += chance
        value += 1
        chance *= ratio * (size + value - 1) / value
    return low, value - 1


def _smooth(mean: float, spread: float, outside: float) -> tuple[float, float]:
    """Return the same for a large mean: a gamma distribution, by the cube root of Wilson and Hilferty."""
    part = spread / (9 * mean**2)
    reach = NormalDist().inv_cdf(1 - outside / 2) * math.sqrt(part)
    return mean * (1 - part - reach) ** 3, mean * (1 - part + reach) ** 3


def student(freedom: int, outside: float) -> float:
    """Return how many deviations of Student's t leave this share outside.

    By Cornish and Fisher: Abramowitz and Stegun, 26.7.5.
    """
    z = NormalDist().inv_cdf(1 - outside / 2)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )
