"""The ceiling of the audience, and the range of it that is likely to have seen the posts. Pure."""

from collections.abc import Iterable, Sequence
from math import ceil
from statistics import quantiles

from monitor.archive.counting import Audience, Viewed
from monitor.report import Seen

ENOUGH = 30  # posts with views and followers, to measure by
ASSUMED = (0.01, 0.20)  # of the ceiling, until there are so many


def likely_seen(audience: Sequence[Audience], viewed: Sequence[Viewed]) -> Seen | None:
    """Return how many are likely to have seen the posts; None if nobody's followers are known."""
    known = [part for part in audience if part.followers is not None]
    if not known:
        return None
    low = high = 0.0
    assumed = set()
    for part in known:
        found, followers = _range(part, viewed), part.followers or 0
        if found is None:
            assumed.add(part.platform)
        least, most = found or ASSUMED
        low, high = low + min(1.0, least) * followers, high + min(1.0, most) * followers
    measured = sum(one.platform not in assumed for one in viewed)
    return Seen(low=int(low), high=ceil(high), measured_on=measured, assumed_for=tuple(sorted(assumed)))


def _range(part: Audience, viewed: Sequence[Viewed]) -> tuple[float, float] | None:
    """Return views for each follower, by accounts of like size, else of the platform; None: too few."""
    there = [one for one in viewed if one.platform == part.platform]
    for alike in ([one for one in there if one.band == part.band], there):
        if len(alike) >= ENOUGH:
            return _middle(one.views / one.followers for one in alike)
    return None


def _middle(ratios: Iterable[float]) -> tuple[float, float]:
    tenths = quantiles(ratios, n=10, method="inclusive")
    return tenths[0], tenths[8]
