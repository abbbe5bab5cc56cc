"""Whether more people join in than is usual for this hour, this day and these sources. Pure.

Each source is held against itself: what it usually has at this time of day, from the hours of four weeks
that were seen while it was asked. A day may be busier than others as a whole; its own hours tell how busy,
and what is usual of a day follows the days before: up at once, down slowly. People come in clusters, so their
number varies more than chance alone would have it: a negative binomial distribution says how likely so many
are. `bench/alerts.py` says how often that is wrong, and what it finds.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

WINDOWS = 1, 2, 4  # hours, the running one among them, in which a burst may be
FLOOR = 8  # people more than usual, under which nothing is a burst
DAYS = 28
OPEN = 6  # the latest hours, which are judged and are no part of what is usual
LENGTH = DAYS * 24 + OPEN  # of what `burst` is given
_LEAST = 7 * 24  # hours that were seen, to know what is usual
_CHANCE = {"low": 5e-5, "usual": 2.5e-4, "high": 1e-3}  # of so many; found by bench/alerts.py
_NEWCOMERS = 10  # times that chance, of people who are new: few are, and a burst is full of them
# How sure what is usual is, each as people that were counted: more of them, and less is left to chance.
_HOUR_PRIOR = 4  # that an hour of the day is like all
_DAY_PRIOR = 4  # that a day is like the days before
_MEMORY = 0.5 ** (1 / 8)  # what an hour counts for beside the next: half after eight hours
_DRIFT = 0.005  # of a day's level, its variance within the hours that are judged
_RISE, _SLOW = 1.2, 0.2  # a day so much busier is what is usual from then on; others count for a fifth
_YOUNG = 0.04  # variance of what is usual, for each time that the hours seen go into four weeks once more
_WILD = 100  # one window in so many is left out of the spread: it may be a burst of the past
_MOST_SPREAD = 8.0
_HOUR = timedelta(hours=1)

Counts = Mapping[str, Sequence[int | None]]  # of each source by hour, the running one last; None: not seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """More people than usual joined in between two instants; `usual` is the mean, `limit` makes a burst."""

    since: datetime
    until: datetime
    people: Mapping[str, int]  # by source, most first
    usual: float
    limit: int
    newcomers: bool = False  # whether only those who had never posted before are counted

    @property
    def total(self) -> int:
        return sum(self.people.values())


class _Hour(NamedTuple):
    people: int
    usual: float


class _Level(NamedTuple):
    """How many times the usual this day has, how many people that rests on, and the level before it."""

    mean: float
    weight: float
    before: float


def hours(now: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return the beginnings (in UTC) of the hours that `burst` looks at, the running one last.

    Hours are those of the campaign's clock, which in some zones begin at half past.
    """
    last = now.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    return [last - n * _HOUR for n in reversed(range(LENGTH))]


def burst(
    people: Counts, newcomers: Counts, *, now: datetime, zone: ZoneInfo, sensitivity: str = "usual"
) -> Burst | None:
    """Return the burst that is on at `now`, or None.

    Both have the people who joined in, in each of `hours`, and in the latest of them whether these are known
    to be complete or not. A source that was seen for less than a week is left out of both sides.
    """
    beginnings = hours(now, zone)
    clock = [hour.astimezone(zone).hour for hour in beginnings]
    chance = _CHANCE[sensitivity]
    for counts, is_new in ((people, False), (newcomers, True)):
        peak = _peak(counts, clock, chance * _NEWCOMERS if is_new else chance)
        if peak:
            width, totals, usual, limit = peak
            return Burst(
                since=beginnings[-width], until=now, people=totals, usual=usual, limit=limit, newcomers=is_new
            )
    return None


def _peak(
    counts: Counts, clock: Sequence[int], chance: float
) -> tuple[int, Mapping[str, int], float, int] | None:
    """Return the hours that a burst is in, its people by source, their usual number and the limit."""
    if sum(n or 0 for row in counts.values() for n in row[-max(WINDOWS) :]) < FLOOR:
        return None
    usual = {source: means for source, row in counts.items() if (means := usual_hours(row, clock))}
    if not usual:
        return None
    series = list(_series(counts, usual, clock))
    levels = list(_levels(series, clock))
    young = _youth(counts, usual, levels)
    for width in WINDOWS:
        mean, spread = _outlook(series[-width:], levels[-width:], young)
        totals = {source: sum(n or 0 for n in counts[source][-width:]) for source in usual}
        people = sum(totals.values())
        least = math.ceil(mean + FLOOR)
        if people < least:
            continue
        least = max(least, limit(mean, spread * _spread(series[:-OPEN], levels, width), chance))
        if people >= least:
            return width, dict(sorted(totals.items(), key=lambda item: -item[1])), mean, least
    return None


def usual_hours(row: Sequence[int | None], clock: Sequence[int]) -> list[float]:
    """Return the people that each hour of the day usually has; nothing if too few hours were seen."""
    past = [(hour, n) for hour, n in zip(clock, row[:-OPEN], strict=False) if n is not None]
    if len(past) < _LEAST:
        return []
    mean = (sum(n for _, n in past) + 0.5) / len(past)
    people, times = [0] * 24, [0] * 24
    for hour, n in past:
        people[hour] += n
        times[hour] += 1
    return [mean * (people[hour] + _HOUR_PRIOR) / (times[hour] * mean + _HOUR_PRIOR) for hour in range(24)]


def _series(counts: Counts, usual: Mapping[str, list[float]], clock: Sequence[int]) -> Iterator[_Hour]:
    """Yield the people of each hour beside the usual number, of the sources that were seen in it."""
    for n, hour in enumerate(clock):
        seen = [source for source in usual if counts[source][n] is not None]
        yield _Hour(sum(counts[source][n] or 0 for source in seen), sum(usual[s][hour] for s in seen))


def _levels(series: Iterable[_Hour], clock: Iterable[int]) -> Iterator[_Level]:
    """Yield what is known of the day's level as each hour begins.

    Gamma and Poisson: people who came and people who were due are added up, the latest hours for most.
    """
    level, came, due = 1.0, 0.0, 0.0
    for hour, of_day in zip(series, clock, strict=True):
        if of_day == 0:
            day = (_DAY_PRIOR + came) / (_DAY_PRIOR + due)
            level *= 1 + (1 if day > _RISE else _SLOW) * (day - 1)
            came = due = 0.0
        weight = _DAY_PRIOR + came
        yield _Level(level * weight / (_DAY_PRIOR + due), weight / (1 + _DRIFT * weight), level)
        came = _MEMORY * came + hour.people
        due = _MEMORY * due + level * hour.usual


def _outlook(window: Sequence[_Hour], levels: Sequence[_Level], young: float) -> tuple[float, float]:
    """Return the people that are due in a window, and how many times that their variance is.

    A window that begins on the day before knows no more than one that begins at midnight.
    """
    mean = levels[0].mean * sum(hour.usual for hour in window)
    return mean, 1 + mean * (1 / min(level.weight for level in levels) + young)


def _youth(counts: Counts, usual: Mapping[str, list[float]], levels: Sequence[_Level]) -> float:
    """Return the variance of what is usual where not all of the four weeks tell of it, as a share.

    Hours that were not seen do not, and those before a launch do little beside those after it.
    """
    hours, size = 0.0, sum(map(sum, usual.values()))
    for source, means in usual.items():
        past = zip(counts[source][:-OPEN], levels, strict=False)
        seen = [level.before for n, level in past if n is not None]
        # So many equal hours would tell as much as those that were seen, each as busy as its level.
        hours += sum(means) / size * sum(seen) ** 2 / sum(level * level for level in seen)
    return _YOUNG * (DAYS * 24 / hours - 1)


def _spread(past: Sequence[_Hour], levels: Sequence[_Level], width: int) -> float:
    """Return how many times more than foreseen such windows of the past varied."""
    squares = []
    for n in range(2 * 24, len(past) - width + 1, width):
        mean, spread = _outlook(past[n : n + width], levels[n : n + width], 0.0)
        if mean:
            people = sum(hour.people for hour in past[n : n + width])
            squares.append((people - mean) ** 2 / (mean * spread))
    calm = sorted(squares)[: -1 - len(squares) // _WILD]
    return min(max(sum(calm) / len(calm), 1.0), _MOST_SPREAD) if calm else 1.0


def limit(mean: float, spread: float, chance: float) -> int:
    """Return the smallest number that is reached with at most this chance."""
    tail, number = 1.0, 0
    for share in shares(mean, spread):
        tail -= share
        number += 1
        if tail <= chance:
            break
    return number


def shares(mean: float, spread: float) -> Iterator[float]:
    """Yield the chance of 0, 1, 2, ... where the variance is `spread` times the mean: negative binomial."""
    spread = max(spread, 1 + 1e-8)  # nearly Poisson, where the variance is the mean
    size = mean / (spread - 1)
    log = -size * math.log1p(spread - 1)
    for n in range(10**7):
        yield math.exp(log)
        rising = (n + size) * (spread - 1) / spread
        log += math.log(rising / (n + 1)) if rising else -math.inf
