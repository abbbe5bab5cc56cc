"""How often the rule for bursts is wrong in a year as years are, and what it finds. `python -m bench.alerts`

Made-up series of people by the hour, on two sources, from fixed seeds: the rhythm of a day and of a week,
days that are busier or calmer as a whole (sd 0.35), school holidays, growth to twice as much, threads of
replies. One person in three has never posted before. A burst is twenty extra people within six hours, most of
them in the first; four of five have never posted before. Each rule is asked at the end of every hour, which
finds what looks in between would: the running hour counts as a whole one. After an alarm it is silent for a
day.

`python -m bench.alerts SERIES RATE...` makes so many series of each kind, at these rates only.
"""

import math
import random
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import fmean, pstdev
from zoneinfo import ZoneInfo

from monitor.alerts.burst import DAYS, LENGTH, burst, limit

ZONE = ZoneInfo("Europe/London")
START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
DAY, WEEK, YEAR = 24, 168, 52 * 168
DAY_SHAPE = (0.3, 0.2, 0.1, 0.1, 0.1, 0.3, 0.7, 1.2, 1.5, 1.4, 1.3, 1.4,
             1.6, 1.4, 1.2, 1.2, 1.3, 1.5, 1.7, 1.8, 1.6, 1.2, 0.8, 0.5)  # fmt: skip
WEEK_SHAPE = (1.1, 1.1, 1.1, 1.1, 1.0, 0.8, 0.8)
HOLIDAYS = ((33, 47), (85, 89), (142, 184), (235, 240), (294, 308))  # days of the year, from and until
OF_DAY, IN_HOLIDAYS, GROWTH, LIFT = 0.35, 0.65, 2.0, 5.0
ANSWERED, ANSWERS, NEW, NEW_IN_BURST, BURST = 0.1, 1.0, 1 / 3, 0.8, 20
SILENT, FOUND_WITHIN, HISTORY = 24, 6, 4 * WEEK
RATES = (0.05, 0.2, 1.0, 5.0, 20.0)
FALSE, ALERTS_OF_LAUNCH = 0.7, 2.0  # a week; in the first three days
FOUND = {0.05: 0.9, 0.2: 0.9, 1.0: 0.9, 5.0: 0.9, 20.0: 0.6}

Row = list[int | None]


@dataclass
class Series:
    """People who joined in by the hour, from START on, of each source; and those who are new."""

    people: dict[str, Row]
    newcomers: dict[str, Row]

    def until(self, n: int) -> tuple[dict[str, Row], dict[str, Row]]:
        """Return what the rule is given at the end of hour `n`."""
        return tuple(  # type: ignore[return-value]
            {
                source: [None] * (LENGTH - n - 1) + row[max(0, n + 1 - LENGTH) : n + 1]
                for source, row in of.items()
            }
            for of in (self.people, self.newcomers)
        )

    def unseen(self, source: str, since: int, until: int) -> None:
        """Forget these hours of a source: it was not asked, or what was stored of them came later."""
        for of in (self.people, self.newcomers):
            of[source][since:until] = [None] * (until - since)

    def add(self, source: str, n: int, is_new: bool, people: int = 1) -> None:
        """Let people join in."""
        for of in (self.people, self.newcomers) if is_new else (self.people,):
            if n < len(of[source]):
                of[source][n] = (of[source][n] or 0) + people


Rule = Callable[[Series, int], bool]  # whether hour n, which is over, ends in an alarm


def expected(n: int, rate: float) -> float:
    """Return how many people usually join in in an hour."""
    local = (START + n * HOUR).astimezone(ZONE)
    day = n // DAY % 364
    share = IN_HOLIDAYS if any(first <= day < last for first, last in HOLIDAYS) else 1.0
    growth = GROWTH ** (n / YEAR - 0.5)
    return rate * growth * share * DAY_SHAPE[local.hour] / fmean(DAY_SHAPE) * WEEK_SHAPE[local.weekday()]


def poisson(mean: float, chance: random.Random) -> int:
    """Return a random count with this mean."""
    if mean > 60:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    level, number, product = math.exp(-mean), 0, chance.random()
    while product > level:
        number, product = number + 1, product * chance.random()
    return number


def made(
    hours: int, rate: float, chance: random.Random, shares: tuple[float, float] = (0.7, 0.3), launch: int = -1
) -> Series:
    """Return a series without a burst; from hour `launch` on, five times as many join in for good."""
    empty: list[Row] = [[0] * hours for _ in range(4)]
    series = Series({"a": empty[0], "b": empty[1]}, {"a": empty[2], "b": empty[3]})
    of_day = [chance.lognormvariate(-(OF_DAY**2) / 2, OF_DAY) for _ in range(hours // DAY + 1)]
    for n in range(hours):
        mean = expected(n, rate) * of_day[n // DAY] * (LIFT if 0 <= launch <= n else 1.0)
        for source, share in zip("ab", shares, strict=True):
            for _ in range(poisson(mean * share / (1 + ANSWERED * ANSWERS), chance)):
                series.add(source, n, chance.random() < NEW)
                for _ in range(poisson(ANSWERS, chance) if chance.random() < ANSWERED else 0):
                    later = min(6, int(chance.expovariate(1 / 1.5) + chance.random()))
                    series.add(source, n + later, chance.random() < NEW)
    return series


def found(
    rule: Rule, series: Series, starts: Iterable[int], chance: random.Random, new: float = NEW_IN_BURST,
    shares: tuple[float, float] = (0.7, 0.3),
) -> float:  # fmt: skip
    """Return the share of bursts that begin in these hours and are told of within six."""
    told, many = 0, 0
    for start in starts:
        joins = [
            (
                chance.choices("ab", shares)[0],
                start + min(5, int(chance.expovariate(1))),
                chance.random() < new,
            )
            for _ in range(BURST)
        ]
        for join in joins:
            series.add(*join)
        told += any(rule(series, n) for n in range(start, start + FOUND_WITHIN))
        many += 1
        for join in joins:
            series.add(*join, -1)
    return told / many


def alarms(rule: Rule, series: Series, first: int, last: int) -> list[int]:
    """Return the hours that end in an alarm."""
    hours, free = [], first
    for n in range(first, last):
        if n >= free and rule(series, n):
            hours.append(n)
            free = n + SILENT
    return hours


def ours(series: Series, n: int) -> bool:
    """The rule of the program."""
    return burst(*series.until(n), now=START + n * HOUR + timedelta(minutes=59), zone=ZONE) is not None


def sums(series: Series, n: int, width: int = 3) -> list[int]:
    """Return the three-hour sums at this time of day: of now, and of the days before that are known.

    An hour is known if half of the sources saw it.
    """
    of_days = []
    for day in range(DAYS + 1):
        last = n - DAY * day
        window = [
            [row[k] for row in series.people.values()] for k in range(max(0, last - width + 1), last + 1)
        ]
        if len(window) == width and all(2 * sum(x is not None for x in hour) >= len(hour) for hour in window):
            of_days.append(sum(x or 0 for hour in window for x in hour))
    return of_days


def three_deviations(series: Series, n: int) -> bool:
    """Mean and three standard deviations at this time of day."""
    now, *before = sums(series, n) or [0]
    return len(before) >= 7 and now >= 4 and now > fmean(before) + 3 * pstdev(before)


def same_time_only(series: Series, n: int) -> bool:
    """A negative binomial of the same three hours of the days before, whatever sources were on."""
    now, *before = sums(series, n) or [0]
    if len(before) < 7 or now < 4:
        return False
    mean = fmean(before)
    spread = min(max(pstdev(before) ** 2 / mean if mean else 1.0, 1.0), 8.0)
    return now >= limit(mean, spread, 5e-3)


RULES: dict[str, Rule] = {"ours": ours, "mean + 3 sd": three_deviations, "negative binomial": same_time_only}


@dataclass(frozen=True)
class Cell:
    """One figure of a rule at a rate: `value` is right if it is at most, or at least, `target`."""

    kind: str
    value: float
    target: float | None = None
    at_least: bool = False

    @property
    def is_missed(self) -> bool:
        """Return whether the target is."""
        return self.target is not None and (
            self.value < self.target if self.at_least else self.value > self.target
        )


def of_year(rule: Rule, rate: float, chance: random.Random, many: float) -> Iterator[Cell]:
    """A year after four weeks: false alarms, and bursts at all hours."""
    years = [made(HISTORY + YEAR, rate, chance) for _ in range(round(many))]
    count = sum(len(alarms(rule, year, HISTORY, HISTORY + YEAR)) for year in years)
    yield Cell("false alarms a week, in a year", count / 52 / len(years), FALSE)
    starts = range(HISTORY + 5 * DAY, HISTORY + YEAR - DAY, 6 * DAY + 7)
    share = fmean(found(rule, year, starts, chance) for year in years)
    yield Cell("bursts found", share, FOUND[rate], at_least=True)
    share = fmean(found(rule, year, starts, chance, NEW) for year in years)
    yield Cell("bursts found, of no more new people than ever", share)


def of_first_weeks(rule: Rule, rate: float, chance: random.Random, many: float) -> Iterator[Cell]:
    """The first four weeks of a campaign; what a look back brought, whole or not, makes them no longer."""
    starts = [made(4 * WEEK, rate, chance) for _ in range(round(4 * many))]
    for week in range(4):
        count = sum(len(alarms(rule, start, week * WEEK, (week + 1) * WEEK)) for start in starts)
        yield Cell(f"false alarms in week {week + 1} of all", count / len(starts), FALSE)
    share = fmean(found(rule, start, range(9 * DAY, 27 * DAY, 2 * DAY + 5), chance) for start in starts)
    yield Cell("bursts found in weeks 2 to 4", share)


def of_launch(rule: Rule, rate: float, chance: random.Random, many: float) -> Iterator[Cell]:
    """A launch, at any time of day, that lifts the level five times for good."""
    launches = [(8 + n % 2) * WEEK + n * 7 for n in range(round(6 * many))]
    series = [made(launch + 25 * DAY, rate, chance, launch=launch) for launch in launches]
    pairs = list(zip(series, launches, strict=True))
    count = sum(len(alarms(rule, one, launch, launch + 3 * DAY)) for one, launch in pairs)
    yield Cell("alerts in the first three days of a launch", count / len(pairs), ALERTS_OF_LAUNCH)
    count = sum(len(alarms(rule, one, launch + 3 * DAY, launch + 24 * DAY)) for one, launch in pairs)
    yield Cell("false alarms a week, in the three weeks after that", count / 3 / len(pairs), FALSE)


def of_new_source(rule: Rule, rate: float, chance: random.Random, many: float) -> Iterator[Cell]:
    """A second source, as busy as the first, switched on after six weeks."""
    shares, on = (0.5, 0.5), 6 * WEEK + 13
    series = [made(on + 4 * WEEK, rate, chance, shares) for _ in range(round(8 * many))]  # one week each
    for one in series:
        one.unseen("b", 0, on)
    for week in range(4):
        count = sum(len(alarms(rule, one, on + week * WEEK, on + (week + 1) * WEEK)) for one in series)
        yield Cell(f"false alarms in week {week + 1} of a new source", count / len(series), FALSE)
    week_of = range(on, on + WEEK - DAY, DAY - 5)
    share = fmean(found(rule, one, week_of, chance, shares=(1.0, 0.0)) for one in series)
    yield Cell("bursts found on the old one in that week", share, FOUND[rate], at_least=True)


def of_gaps(rule: Rule, rate: float, chance: random.Random, many: float) -> Iterator[Cell]:
    """Ten weeks with a gap of 6 to 48 hours in each."""
    series = [made(HISTORY + 10 * WEEK, rate, chance) for _ in range(round(2 * many))]
    for one in series:
        for week in range(14):
            start = week * WEEK + chance.randrange(100)
            for source in "ab" if week % 2 else "b":
                one.unseen(source, start, start + chance.randrange(6, 49))
    count = sum(len(alarms(rule, one, HISTORY, HISTORY + 10 * WEEK)) for one in series)
    yield Cell("false alarms a week, with gaps", count / 10 / len(series), FALSE)


KINDS = (of_year, of_first_weeks, of_launch, of_new_source, of_gaps)


def cells(rule: Rule, rate: float, many: float) -> Iterator[Cell]:
    """Yield all figures of a rule at a rate."""
    for kind in KINDS:
        yield from kind(rule, rate, random.Random(f"{kind.__name__} {rate}"), many)


def main() -> int:
    """Print every cell of every rule; return 1 if ours misses a target, or no other rule misses one."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    rates = [float(text) for text in sys.argv[2:]] or RATES
    missed = dict.fromkeys(RULES, 0)
    print("| rule | people an hour | figure | | target |\n|---|---|---|---|---|")
    for name, rule in RULES.items():
        for rate in rates:
            for cell in cells(rule, rate, many):
                missed[name] += cell.is_missed
                target = "" if cell.target is None else f"{'>=' if cell.at_least else '<='} {cell.target:g}"
                mark = " **missed**" if cell.is_missed else ""
                print(f"| {name} | {rate:g} | {cell.kind} | {cell.value:.2f}{mark} | {target} |", flush=True)
    print(f"\nTargets missed: {missed}")
    return 0 if missed.pop("ours") == 0 and all(missed.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
