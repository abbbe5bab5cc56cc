"""What is usual, and whether a number left it. Pure.

A percentile of a few earlier weeks calls every third ordinary week odd, because it knows neither how much
chance there is in one more week, nor that the weeks known are only some. These ranges take in both. How often
they are wrong is measured by `bench/usual.py`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, median, variance

from monitor.report import Usual

_Weeks = Sequence[Sequence[float]]  # each told as the posts of its days

OUTSIDE = 0.1  # of ordinary times: half of it below, half above
_LARGE = 500  # from this mean on, the shape of a sum is smooth enough to be reckoned as one
# The spread of few posts is badly known, and found too small as often as too large, which costs more.
_DOUBT = 12
# Where nothing can be too few, as with two posts a week, what was meant for that side goes to the other; the
# less, the fewer weeks are known.
_CAUTION = 5
_ERRORS = 1  # standard errors of the spread of whole weeks, by which it has to be above that of their days
ENOUGH = 4  # weeks, to say what is usual
_TREND = 6  # weeks, to see a slow trend in them
_SLOW = 0.05  # a week; what changes faster than that is no slow trend, but news
# The doubt of a trend counts for half as much again, as only one that is clear is followed.
_TREND_DOUBT = 1.5


def usual(weeks: Sequence[Sequence[int] | None]) -> Usual | None:
    """Return what is usual after these weeks, latest first, each told as the posts of its days.

    None if fewer than four are known.
    """
    return _usual([week for week in weeks if week is not None], of_counts)


def usual_amount(weeks: Sequence[int | None]) -> Usual | None:
    """Return the same for what does not add up by days, or comes in heaps: people, likes, views."""
    known = [[amount] for amount in weeks if amount is not None]
    return _usual(known, lambda weeks: of_amounts([amount for [amount] in weeks]))


def _usual(known: Sequence[Sequence[int]], interval: Callable[..., tuple[float, float]]) -> Usual | None:
    if len(known) < ENOUGH:
        return None
    return as_usual([*map(sum, _levelled(known).weeks)], interval(known))


def usual_days(weeks: Sequence[Sequence[int]]) -> tuple[Usual, ...]:
    """Return what is usual on each day of a week, after these weeks; none if fewer than four are known."""
    if len(weeks) < ENOUGH:
        return ()
    days = zip(*_levelled(weeks).weeks, strict=True)
    return tuple(as_usual(day, of_counts(weeks, day=n)) for n, day in enumerate(days))


def as_usual(weeks: Sequence[float], interval: tuple[float, float]) -> Usual:
    """Return what is usual after these weeks: the whole numbers in the interval, as they are shown."""
    low, high = math.ceil(interval[0]), math.floor(interval[1])
    return Usual(median=median(weeks), low=low, high=max(low, high), weeks=len(weeks))


def of_counts(weeks: _Weeks, outside: float = OUTSIDE, *, day: int | None = None) -> tuple[float, float]:
    """Return the interval for the total of one more week, from the counts of each day of at least two.

    With a `day`, counted from 0, it is for that day alone; `outside` is the share of ordinary times that lie
    outside the interval. The weeks are of the same length. They are taken for negative binomial, with a
    spread that is pooled over all days, each measured against the same day of the other weeks; or with that
    of the whole weeks, where it is clearly larger, because some weeks are busier on all their days.
    """
    level = _levelled(weeks)
    number, total = len(weeks), sum(map(sum, level.weeks))
    spread = _pooled(level.weeks, day)
    mean = ((total if day is None else sum(week[day] for week in level.weeks)) + spread / 2) / number
    spread += (spread - 1) * _DOUBT / max(total, 1)
    return _negative_binomial(mean, mean * spread * (1 + 1 / number) + mean**2 * level.doubt, number, outside)


def _pooled(weeks: _Weeks, day: int | None) -> float:
    """Return the spread of the days of these weeks; or of the whole weeks, where that is asked and larger."""
    spread = _spread(weeks)
    if day is None:
        of_weeks = _spread([[sum(week)] for week in weeks])
        if of_weeks > spread * (1 + _ERRORS * math.sqrt(2 / (len(weeks) - 1))):
            return of_weeks
    return spread


@dataclass(frozen=True, slots=True)
class _LevelledWeeks:
    """Weeks as busy as the one to come would be, were a slow trend in them to go on."""

    weeks: _Weeks
    doubt: float = 0.0  # the relative variance of that


def _levelled(weeks: _Weeks) -> _LevelledWeeks:
    """Return the weeks, latest first, moved along the trend in them as far as it is clear; or as they are.

    The trend is the line through the logarithms of their posts, made flatter by as much as it is in doubt.
    """
    number = len(weeks)
    if number < _TREND:
        return _LevelledWeeks(weeks)
    places = [(number - 1) / 2 - ago for ago in range(number)]
    square, logs = sum(place**2 for place in places), [math.log(sum(week) + 0.5) for week in weeks]
    slope = sum(place * log for place, log in zip(places, logs, strict=True)) / square
    flat = _moved(weeks, [-slope * place for place in places])
    mean = sum(map(sum, weeks)) / number
    doubt = _pooled(flat, None) / max(mean, 0.5) / square  # the variance of the slope
    clear = 1 - doubt / slope**2 if slope else 0.0
    if clear <= 0:
        return _LevelledWeeks(weeks)
    followed = max(-_SLOW, min(_SLOW, slope * clear))
    ahead = (number + 1) / 2
    moved = _moved(weeks, [followed * (ahead - place) for place in places])
    return _LevelledWeeks(moved, doubt * _TREND_DOUBT * ahead**2)


def _moved(weeks: _Weeks, by: Sequence[float]) -> _Weeks:
    factors = map(math.exp, by)
    return [[posts * factor for posts in week] for week, factor in zip(weeks, factors, strict=True)]


def of_amounts(amounts: Sequence[int], outside: float = OUTSIDE) -> tuple[float, float]:
    """Return the interval for one more amount, such as likes, from at least two: t's, of their logarithms.

    Amounts that hardly differ are taken to spread as counts do.
    """
    level = _levelled([[amount] for amount in amounts])
    known = [amount for [amount] in level.weeks]
    number, logs = len(amounts), [math.log1p(amount) for amount in known]
    mean, amount = fmean(logs), fmean(known)
    deviation = math.sqrt(max(variance(logs), amount / (1 + amount) ** 2) * (1 + 1 / number) + level.doubt)
    reach = student(number - 1, outside) * deviation
    return max(0.0, math.expm1(mean - reach)), math.expm1(mean + reach)


def _spread(weeks: _Weeks) -> float:
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
