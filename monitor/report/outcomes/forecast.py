"""When a counter may reach a threshold, in words; a date is never promised. Pure.

A line through the logarithms of the last weekly sums, with the doubt of its level and slope and of the weeks
to come. Its 90 % interval holds in 88 % or more, as `bench/outcomes.py` measures; it often has no upper end.
"""

import math
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean, linear_regression
from typing import NamedTuple

from monitor.report.baseline import student
from monitor.report.outcomes.event_change import Totals, rises

WEEKS, FEWEST = 8, 6  # that are looked at, and that have to be known
OUTSIDE = 0.1  # of the times, half of it sooner and half later
AHEAD = 104  # weeks at most, which is "never"
_LARGEST = 300.0  # logarithm, beyond all that can be counted and short of what a float cannot hold
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class Forecast(NamedTuple):
    """Between which days a threshold may be reached; None is not before it closes, or not in two years."""

    threshold: int
    today: date
    closes: date | None
    is_slowing: bool
    earliest: date | None
    latest: date | None


def forecast(totals: Totals, threshold: int, today: date, closes: date | None = None) -> Forecast | None:
    """Return when a threshold may be reached, `closes` being the last day on which anything is counted.

    None if it is reached or closed, if nothing came in the eight weeks until yesterday, or if fewer than six
    are known. A week in which more was removed than added says nothing of signing: it is not known; of others
    what was removed is left out.
    """
    added, ends = rises(totals), [today - _DAY - ago * _WEEK for ago in range(WEEKS + 1)]
    weeks = {
        -ago: added[last] - added[eve]
        for ago, (last, eve) in enumerate(pairwise(ends))
        if {last, eve} <= added.keys() and (totals[last] or 0) >= (totals[eve] or 0)
    }
    latest = max((day for day, total in totals.items() if total is not None), default=today)
    lacking = threshold - (totals.get(latest) or 0)
    ahead = min(AHEAD, math.ceil(((closes - today).days + 1) / 7)) if closes else AHEAD
    if len(weeks) < FEWEST or not any(weeks.values()) or lacking <= 0 or ahead < 1:
        return None
    first, last, is_slowing = _reached(weeks, lacking, ahead)
    earliest = None if first is None else today + (first - 1) * _WEEK
    end = None if last is None else min(today + last * _WEEK - _DAY, closes or date.max)
    return Forecast(threshold, today, None if ahead == AHEAD else closes, is_slowing, earliest, end)


def forecast_words(forecast: Forecast | None) -> str:
    """Return '10,000: probably not before 3 February 2027; it may never be reached, ...'; '' of none."""
    if forecast is None:
        return ""
    rate, limit = f"the rate of the last {WEEKS} weeks", "within two years"
    if forecast.closes:
        limit = f"before it closes on {forecast.closes:%-d %B %Y}"
    begin = f"{forecast.threshold:,}: "
    if forecast.earliest is None:
        return f"{begin}unlikely {limit}, at {rate}."
    if forecast.earliest == forecast.today:
        begin += "perhaps within a week"
    else:
        begin += f"probably not before {forecast.earliest:%-d %B %Y}"
    if forecast.latest:
        return f"{begin}, perhaps not until {forecast.latest:%-d %B %Y}, at {rate}."
    never = f"not be reached {limit}" if forecast.closes else "never be reached"
    if forecast.is_slowing:
        return f"{begin}; it may {never}, at the rate at which signing is slowing."
    return f"{begin}; it may {never}, as far as the last {WEEKS} weeks tell."


def _reached(weeks: Mapping[int, int], lacking: int, ahead: int) -> tuple[int | None, int | None, bool]:
    """Return the first week in which it may be reached, the one by which it is, and if the weeks get quieter.

    `weeks` has the sums by place, the last at 0. None is not in the weeks `ahead`.
    """
    number, middle, logs = len(weeks), fmean(weeks), [math.log(total + 0.5) for total in weeks.values()]
    slope, level = linear_regression([place - middle for place in weeks], logs)
    square = sum((place - middle) ** 2 for place in weeks)
    errors = (log - level - slope * (place - middle) for place, log in zip(weeks, logs, strict=True))
    spread = sum(error**2 for error in errors) / (number - 2)
    spread = max(spread, 1 / (fmean(weeks.values()) + 0.5))  # single signatures differ by that much at least
    is_slowing = slope < -math.sqrt(spread / square)
    reach, first = student(number - 2, OUTSIDE), None
    total = moment = squares = 0.0
    for week in range(1, ahead + 1):
        amount = math.exp(min(level + slope * (week - middle), _LARGEST))
        total, moment, squares = total + amount, moment + amount * (week - middle), squares + amount**2
        # The variance of the total's logarithm, by its slopes in the level, the slope and each week.
        doubt = reach * math.sqrt(spread * (1 / number + (moment / total) ** 2 / square + squares / total**2))
        if first is None and total * math.exp(doubt) >= lacking:
            first = week
        if total * math.exp(-doubt) >= lacking:
            return first, week, is_slowing
    return first, None, is_slowing
