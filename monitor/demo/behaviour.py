"""When posts come and what becomes of them: evenings are busy, and platforms keep quiet."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from monitor.campaign import Campaign
from monitor.core.model import Media, Metrics
from monitor.demo.year import Year
from monitor.platform_info import about, names

HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 10, 8, 7, 7, 9, 8, 7, 7, 9, 12, 18, 22, 20, 14, 7, 3)
WEEKDAYS = (1.0, 1.1, 1.1, 1.0, 0.9, 0.8, 0.9)
LANGUAGES = (*["en"] * 83, *[None] * 9, *["pl"] * 3, *["bn"] * 2, *["ur"] * 2, "cy")
DEMOS = {name: demo for name in names() if (demo := about(name).demo)}
PLATFORMS = tuple(  # the busy ones more than once, the busiest first
    name for name in sorted(DEMOS, key=lambda name: -DEMOS[name].share) for _ in range(DEMOS[name].share)
)
_HOUR = timedelta(hours=1)


def platforms(campaign: Campaign) -> tuple[str, ...]:
    """Return the platforms that are on in the campaign file, the busy ones more than once; else all."""
    on = campaign.sources_on
    return tuple(name for name in PLATFORMS if name in on) or PLATFORMS


def hours(
    zone: ZoneInfo, until: datetime, weeks: int, posts: int, used: Sequence[str] = PLATFORMS
) -> list[tuple[datetime, int]]:
    """Return (start, posts) of each hour, as many posts in all as asked for; fewer while one is out."""
    end, year = until.astimezone(UTC), Year(until.astimezone(zone).date())
    starts = [end - _HOUR * n for n in range(weeks * 7 * 24, 0, -1)]
    shares = Counter(used).items()
    up = [
        sum(share for platform, share in shares if not is_out(platform, start, end)) / len(used)
        for start in starts
    ]
    pace, local = cache(year.pace), [start.astimezone(zone) for start in starts]
    weights = (
        HOURS[at.hour] * WEEKDAYS[at.weekday()] * pace(at.date()) * share
        for at, share in zip(local, up, strict=True)
    )
    whole = list(accumulate(weights))
    ends = [round(posts * so_far / whole[-1]) for so_far in whole]
    return [(start, b - a) for start, a, b in zip(starts, [0, *ends], ends, strict=False)]


@cache
def outage(platform: str, until: datetime) -> tuple[datetime, datetime]:
    """Return when collecting a platform stopped and when it went on, on the hour."""
    first, last = (until.astimezone(UTC) - timedelta(days=ago) for ago in DEMOS[platform].out)
    return first, last


def is_out(platform: str, hour: datetime, until: datetime) -> bool:
    """Return whether a platform was not collected in an hour, or not yet."""
    first, last = outage(platform, until)
    return first <= hour < last or hour < began(platform, until)


@cache
def began(platform: str, until: datetime) -> datetime:
    return until.astimezone(UTC) - timedelta(days=DEMOS[platform].since)


def metrics(platform: str, audience: int, chance: random.Random) -> Metrics:
    """Return the numbers that a platform would give, and None for those that it would not.

    `audience` is how many follow the writer, whether or not the platform says so.
    """
    size, demo = int(chance.paretovariate(1.2) * (1 + audience / 500) ** 0.4), DEMOS[platform]
    patterns = {name: getattr(demo, name) for name in ("likes", "reposts", "replies", "quotes")}
    numbers = {name: number.value(size) for name, number in patterns.items() if number}
    return Metrics(views=int(audience * chance.uniform(0.02, 0.4)) + size if demo.views else None, **numbers)


def later_metrics(before: Metrics, chance: random.Random) -> Metrics:
    more, likes, views = chance.randrange(1, 6), before.likes, before.views
    likes, views = likes if likes is None else likes + more, views if views is None else views + 20 * more
    return replace(before, likes=likes, views=views)


def media(chance: random.Random) -> frozenset[Media]:
    """Return what a post shows: mostly nothing, then pictures."""
    lot = chance.random()
    if lot > 0.3:
        return frozenset()
    return frozenset({Media.IMAGE if lot > 0.07 else Media.VIDEO if lot > 0.01 else Media.AUDIO})
