"""The ceiling of the audience, and the range of it that is likely to have seen the posts. Pure."""

from collections.abc import Sequence
from math import ceil
from statistics import quantiles

from monitor.archive.stats import Audience, Viewed
from monitor.report import Seen

ENOUGH = 30  # posts with views and followers, to measure by
ASSUMED = (0.01, 0.20)  # of the ceiling, until there are so many


def likely_seen(audience: Sequence[Audience], viewed: Sequence[Viewed]) -> Seen | None:
    """Return how many are likely to have seen the posts; None if nobody's followers are known."""
    known = [part for part in audience if part.followers is not None]
    if not known:
        return None
    low = high = 0.0
    assumed, ranges = set(), _ranges(viewed)
    for part in known:
        found = ranges.get((part.platform, part.band)) or ranges.get((part.platform, None))
        if found is None:
            assumed.add(part.platform)
        (least, most), followers = found or ASSUMED, part.followers or 0
        low, high = low + min(1.0, least) * followers, high + min(1.0, most) * followers
    measured = sum(one.platform not in assumed for one in viewed)
    low, high = round(low, 6), round(high, 6)  # the order of adding must not make one person more
    return Seen(low=int(low), high=ceil(high), measured_on=measured, assumed_for=tuple(sorted(assumed)))


def _ranges(viewed: Sequence[Viewed]) -> dict[tuple[str, int | None], tuple[float, float]]:
    """Return views for each follower by platform and band, and by platform alone (None); not of too few."""
    ratios: dict[tuple[str, int | None], list[float]] = {}
    for one in viewed:
        ratio = one.views / one.followers
        for key in ((one.platform, one.band), (one.platform, None)):
            ratios.setdefault(key, []).append(ratio)
    return {key: _middle(found) for key, found in ratios.items() if len(found) >= ENOUGH}


def _middle(ratios: Sequence[float]) -> tuple[float, float]:
    tenths = quantiles(ratios, n=10, method="inclusive")
    return tenths[0], tenths[8]
