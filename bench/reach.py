"""People and their followers in any window: the spans beside a scan of every author's days.

`python -m bench.reach [CASES]`: how often likely seen holds the truth, and how wide it is, in made-up cases.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from math import log
from pathlib import Path
from random import Random
from statistics import median, quantiles

from bench.questions import TRACK
from bench.ratios import Ratio, seconds
from bench.web import ZONE
from monitor.archive import Archive, ArchiveReader
from monitor.archive.stats import number
from monitor.archive.values import Audience, Scope, ViewedPost
from monitor.report.figures.seen import likely_seen

ACCOUNTS, SPREADS, MEASURED, MIDDLES = (5, 40, 400), (1.0, 1.5, 2.0), (30, 100, 300), (0.01, 0.05, 0.2)
LEAST, MOST, WIDEST = 0.90, 0.97, 3.0

Rule = Callable[[Sequence[Audience], Sequence[ViewedPost]], tuple[float, float]]

_SCAN = """
SELECT count(*), sum(followers) FROM (
  SELECT author_id, followers, row_number() OVER (PARTITION BY series, author_id ORDER BY day DESC) AS place
  FROM author_days WHERE day BETWEEN ? AND ?) WHERE place = 1"""


def _ours(archive: Archive, scope: Scope) -> tuple[int, int]:
    """Return people and their followers, with the accounts of bridges, which the scan counts too."""
    crowd = archive.stats.everyone(scope)
    return crowd.authors, crowd.followers


def measure(path: Path, first: date, last: date) -> Ratio:
    """Return how much faster the spans are in windows of all kinds; the note says how many differ."""
    windows = [
        (first + timedelta(days=start), min(last, first + timedelta(days=start + length - 1)))
        for start in (0, 40, 80, 120, 140)
        for length in (7, 28, 168)
    ]
    wrong, scans, spans = 0, [], []
    with ArchiveReader.open(path, ZONE) as archive:
        for begin, end in windows:
            scope = archive.stats.scope(TRACK, begin, end)
            days = [number(begin), number(end)]
            slow = archive.db.execute(_SCAN, days).fetchone()
            wrong += _ours(archive, scope) != (slow[0], slow[1] or 0)
            scans.append(seconds(lambda days=days: archive.db.execute(_SCAN, days).fetchone()))  # type: ignore[misc]
            spans.append(median(seconds(lambda scope=scope: _ours(archive, scope)) for _ in range(5)))  # type: ignore[misc]
    return Ratio(
        goal="reach of a window: scan of author-days / ours", value=median(scans) / median(spans), target=80,
        note=f"{median(scans) * 1000:,.0f} ms to {median(spans) * 1000:.2f} ms;"
        f" {wrong} of {len(windows)} windows differ",
    )  # fmt: skip


def ours(audience: Sequence[Audience], viewed: Sequence[ViewedPost]) -> tuple[float, float]:
    """Return the range of the program."""
    seen = likely_seen(audience, viewed)
    assert seen is not None
    return seen.low, seen.high


def percentiles(audience: Sequence[Audience], viewed: Sequence[ViewedPost]) -> tuple[float, float]:
    """Return the range of version 2: what is so of single posts, taken to be so of their sum. The control."""
    tenths = quantiles([post.views / post.followers for post in viewed], n=10, method="inclusive")
    followers = sum(part.followers or 0 for part in audience)
    return min(1.0, tenths[0]) * followers, min(1.0, tenths[8]) * followers


def band(followers: int) -> int:
    """Return the band of a number of followers, as the archive has it."""
    return max(1, min(5, len(str(followers)) - 2))


def made(
    chance: Random, accounts: int, spread: float, measured: int, middle: float
) -> tuple[list[Audience], list[ViewedPost], float]:
    """Return accounts of known followers, the posts that measure, and how many truly saw them.

    Each account is seen by a share of its followers, all at most; its logarithm varies by `spread`.
    """

    def share() -> float:
        return min(1.0, chance.lognormvariate(log(middle), spread))

    def followers() -> int:
        return round(chance.lognormvariate(log(4000), 1.0)) + 1

    bands: dict[int, list[int]] = {}
    for each in (followers() for _ in range(accounts)):
        bands.setdefault(band(each), []).append(each)
    audience = [
        Audience(platform="x", band=n, authors=len(some), followers=sum(some)) for n, some in bands.items()
    ]
    truth = sum(each * share() for some in bands.values() for each in some)
    viewed = [
        ViewedPost(platform="x", band=band(many), followers=many, views=round(many * share()))
        for many in (followers() for _ in range(measured))
    ]
    return audience, viewed, truth


def coverage(
    rules: Sequence[Rule],
    accounts: int,
    spread: float,
    measured: int,
    middle: float,
    cases: int,
    seed: int = 7,
) -> list[tuple[float, float]]:
    """Return of each rule how often it holds the truth, and its median width (high / low)."""
    chance = Random(f"{seed} {accounts} {spread} {measured} {middle}")
    held, widths = [0] * len(rules), [[0.0] * cases for _ in rules]
    for case in range(cases):
        audience, viewed, truth = made(chance, accounts, spread, measured, middle)
        for n, rule in enumerate(rules):
            low, high = rule(audience, viewed)
            held[n] += low <= truth <= high
            widths[n][case] = high / max(low, 1.0)
    return [(number / cases, median(wide)) for number, wide in zip(held, widths, strict=True)]


def rows(cases: int) -> Iterator[tuple[str, bool]]:
    """Yield a line for each cell, and whether ours misses a target there."""
    yield (
        "| accounts | sd(log) | middle | posts measured | ours holds | wide | percentiles hold | wide |",
        False,
    )
    yield "|---|---|---|---|---|---|---|---|", False
    for accounts in ACCOUNTS:
        for spread in SPREADS:
            for middle in MIDDLES:
                for measured in MEASURED:
                    found = coverage((ours, percentiles), accounts, spread, measured, middle, cases)
                    (held, wide), (old, old_wide) = found
                    is_wrong = not LEAST <= held <= MOST
                    is_wrong |= accounts == max(ACCOUNTS) and measured == max(MEASURED) and wide > WIDEST
                    cell = f"| {accounts} | {spread:g} | {middle:.0%} | {measured} | {held:.1%} | {wide:.1f}"
                    yield f"{cell} | {old:.1%} | {old_wide:.1f} |{' missed' * is_wrong}", is_wrong


def main() -> int:
    """Print the table; return 1 if ours misses a target."""
    missed = 0
    for line, is_wrong in rows(int(sys.argv[1]) if len(sys.argv) > 1 else 1000):
        print(line, flush=True)
        missed += is_wrong
    print(f"\nCells in which ours misses {LEAST:.0%} to {MOST:.0%}, or is too wide: {missed}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
