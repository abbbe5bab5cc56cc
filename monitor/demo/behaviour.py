"""Who posts, when and how much: few people post often, evenings are busy, and platforms keep quiet."""

import random
from array import array
from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from monitor.campaign import Campaign
from monitor.core.model import Author, Media, Metrics
from monitor.platform_info import about, names

HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 10, 8, 7, 7, 9, 8, 7, 7, 9, 12, 18, 22, 20, 14, 7, 3)
WEEKDAYS = (1.0, 1.1, 1.1, 1.0, 0.9, 0.8, 0.9)
EVENTS = {
    45: (4.0, "Street stall"),
    30: (3.0, "Petition goes to the town hall"),
    9: (6.0, "Survey is published"),
}
DEMOS = {name: demo for name in names() if (demo := about(name).demo)}
PLATFORMS = tuple(  # the busy ones more than once, the busiest first
    name for name in sorted(DEMOS, key=lambda name: -DEMOS[name].share) for _ in range(DEMOS[name].share)
)
_HOUR = timedelta(hours=1)


def platforms(campaign: Campaign) -> tuple[str, ...]:
    """Return the platforms that are on in the campaign file, the busy ones more than once; else all."""
    on = {name for name, settings in campaign.sources.items() if settings.on}
    return tuple(name for name in PLATFORMS if name in on) or PLATFORMS


def hours(
    zone: ZoneInfo, until: datetime, weeks: int, posts: int, used: Sequence[str] = PLATFORMS
) -> list[tuple[datetime, int]]:
    """Return (start, posts) of each hour, as many posts in all as asked for; fewer while one is out."""
    end = until.astimezone(UTC)
    starts = [end - _HOUR * n for n in range(weeks * 7 * 24, 0, -1)]
    shares = Counter(used).items()
    up = [
        sum(share for platform, share in shares if not is_out(platform, start, end)) / len(used)
        for start in starts
    ]
    weights = (_weight(start.astimezone(zone), end) * share for start, share in zip(starts, up, strict=True))
    whole = list(accumulate(weights))
    ends = [round(posts * so_far / whole[-1]) for so_far in whole]
    return [(start, b - a) for start, a, b in zip(starts, [0, *ends], ends, strict=False)]


@cache
def outage(platform: str, until: datetime) -> tuple[datetime, datetime]:
    """Return when collecting a platform stopped and when it went on, on the hour."""
    first, last = (until.astimezone(UTC) - timedelta(days=ago) for ago in DEMOS[platform].out)
    return first, last


def is_out(platform: str, hour: datetime, until: datetime) -> bool:
    """Return whether a platform was not collected in an hour."""
    first, last = outage(platform, until)
    return first <= hour < last


def _weight(local: datetime, end: datetime) -> float:
    ago = (end.astimezone(local.tzinfo).date() - local.date()).days
    burst = EVENTS[ago][0] if ago in EVENTS else 1.5 if ago + 1 in EVENTS else 1.0
    return HOURS[local.hour] * WEEKDAYS[local.weekday()] * burst


class Crowd:
    """The people: a long tail, each on one platform, with followers that hardly change."""

    def __init__(
        self, posts: int, chance: random.Random, until: datetime, used: Sequence[str] = PLATFORMS
    ) -> None:
        self._until, self._used = until, used
        people = max(20, posts // 5)
        self._chance = chance
        self._reach = array("d", accumulate((place + 3) ** -0.75 for place in range(people)))
        self._followers = array(
            "L", (min(int(chance.lognormvariate(5, 1.8)), 2_000_000) for _ in range(people))
        )

    def someone(self, hour: datetime) -> tuple[str, Author]:
        """Return the platform and the author of the next post, on a platform that is collected then."""
        who, platform = self._draw()
        while is_out(platform, hour, self._until):
            who, platform = self._draw()
        name = f"{'newsroom' if DEMOS[platform].news else 'resident'}_{who + 1}"
        followers = self._followers[who] if DEMOS[platform].followers else None
        return platform, Author(
            id=name,
            handle=name,
            name=f"Made-up {name.replace('_', ' ')}",
            url=f"https://example.org/{platform}/{name}",
            followers=followers,
        )

    def _draw(self) -> tuple[int, str]:
        who = bisect(self._reach, self._chance.random() * self._reach[-1])
        return who, self._used[(who * 2654435761 >> 8) % len(self._used)]  # scattered, the same each time


def metrics(platform: str, followers: int | None, chance: random.Random) -> Metrics:
    """Return the numbers that a platform would give, and None for those that it would not."""
    size, demo = int(chance.paretovariate(1.1)), DEMOS[platform]
    patterns = {name: getattr(demo, name) for name in ("likes", "reposts", "replies", "quotes")}
    numbers = {name: number.value(size) for name, number in patterns.items() if number}
    views = int((followers or 0) * chance.uniform(0.02, 0.4)) + size if demo.views else None
    return Metrics(views=views, **numbers)


def later_metrics(before: Metrics, chance: random.Random) -> Metrics:
    """Return the numbers at a later reading."""
    more = chance.randrange(1, 6)
    likes, views = before.likes, before.views
    return Metrics(
        likes=None if likes is None else likes + more, reposts=before.reposts, replies=before.replies,
        quotes=before.quotes, views=None if views is None else views + 20 * more,
    )  # fmt: skip


def media(chance: random.Random) -> frozenset[Media]:
    """Return what a post shows: mostly nothing, then pictures."""
    lot = chance.random()
    if lot > 0.3:
        return frozenset()
    return frozenset({Media.IMAGE if lot > 0.07 else Media.VIDEO if lot > 0.01 else Media.AUDIO})


def language(chance: random.Random) -> str | None:
    """Return a language: mostly English; some platforms do not say."""
    lot = chance.random()
    return "en" if lot < 0.85 else None if lot < 0.95 else "bn" if lot < 0.98 else "pl"
