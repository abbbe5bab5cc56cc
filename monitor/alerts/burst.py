"""Whether more people post than usual at this time of day, or only more than yesterday. Pure.

The last three hours are held against the same three hours, by the campaign's clock, of the 28 days before.
Posts come in clusters, so their number varies more than chance alone would have it: a negative binomial
distribution, whose variance is a multiple of its mean, says how likely so many are. The usual rule, a mean
and three standard deviations, takes a quiet night's one post for a wonder: see bench/alerts.py.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

HOURS, DAYS = 3, 28
FLOOR = 4  # people, under which nothing is a burst
_LEAST_DAYS = 7  # to know what is usual
_PRIOR = 4  # days that the whole day's mean counts for, beside those of this time of day
_MOST_SPREAD = 8.0  # times the mean: one wild day must not make all others look calm
CHANCE = {"low": 3e-4, "usual": 5e-3, "high": 1.5e-2}  # of so many at this hour; found by bench/alerts.py
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """More people than usual posted between two instants; `usual` is the mean, and `limit` makes a burst."""

    since: datetime
    until: datetime
    people: int
    usual: float
    limit: int


def begins(now: datetime, zone: ZoneInfo) -> datetime:
    """Return when the hours begin that are looked at, in UTC: the running one and the two before.

    Hours are those of the campaign's clock, which in some zones begin at half past.
    """
    hour = now.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    return hour.astimezone(UTC) - (HOURS - 1) * _HOUR


def burst(
    posts: Mapping[datetime, int], people: int, *, now: datetime, zone: ZoneInfo, sensitivity: str = "usual"
) -> Burst | None:
    """Return the burst that is on at `now`, or None.

    `posts` has the posts of each hour that was collected, by its beginning in UTC: the other hours are
    unknown, and no part of what is usual. `people` is how many posted since `begins`: one who posts twenty
    times is one. With fewer than seven days to compare with, nothing is a burst.
    """
    if people < FLOOR:
        return None
    since = begins(now, zone)
    alike = list(_windows(posts, since, zone))
    if len(alike) < _LEAST_DAYS:
        return None
    all_day = [
        count for shift in range(0, 24, HOURS) for count in _windows(posts, since - shift * _HOUR, zone)
    ]
    mean = (sum(alike) + _PRIOR * sum(all_day) / len(all_day)) / (len(alike) + _PRIOR)
    spread = _spread(posts, since, zone)
    least = limit(mean, spread, CHANCE[sensitivity])
    if people < least:
        return None
    return Burst(since=since, until=now, people=people, usual=mean, limit=least)


def _windows(posts: Mapping[datetime, int], since: datetime, zone: ZoneInfo) -> Iterator[int]:
    """Yield the posts in the same hours of each day before that was collected in them."""
    local = since.astimezone(zone)
    for day in range(1, DAYS + 1):
        before = local.date() - timedelta(days=day)
        start = datetime.combine(before, local.time(), zone).astimezone(UTC)
        hours = [start + n * _HOUR for n in range(HOURS)]
        if all(hour in posts for hour in hours):
            yield sum(posts[hour] for hour in hours)


def _spread(posts: Mapping[datetime, int], since: datetime, zone: ZoneInfo) -> float:
    """Return how many times the mean the variance is, from all times of day: one alone has too few days."""
    squares = degrees = 0.0
    for shift in range(0, 24, HOURS):
        counts = sorted(_windows(posts, since - shift * _HOUR, zone))[:-1]  # without the wildest day
        if len(counts) > 1 and (mean := sum(counts) / len(counts)):
            squares += sum((count - mean) ** 2 for count in counts) / mean
            degrees += len(counts) - 1
    return min(max(squares / degrees if degrees else 1.0, 1.0), _MOST_SPREAD)


def limit(mean: float, spread: float, chance: float) -> int:
    """Return the smallest number that is reached with at most this chance, and no fewer than the floor."""
    tail, number = 1.0, 0
    for share in shares(mean, spread):
        tail -= share
        number += 1
        if tail <= chance:
            break
    return max(number, FLOOR)


def shares(mean: float, spread: float) -> Iterator[float]:
    """Yield the chance of 0, 1, 2, ... where the variance is `spread` times the mean.

    Negative binomial; Poisson where the variance is the mean.
    """
    if spread <= 1.0 + 1e-9:
        size, log = math.inf, -mean
    else:
        size = mean / (spread - 1)
        log = -size * math.log(spread)
    for n in range(10**7):
        yield math.exp(log)
        rising = mean if size == math.inf else (n + size) * (spread - 1) / spread
        log += math.log(rising / (n + 1)) if rising else -math.inf
