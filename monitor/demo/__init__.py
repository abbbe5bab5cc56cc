"""A made-up campaign for looking around, for tests and for benches. No real people.

The same arguments give the same history: posts as a collector would have seen them, with later
readings of their numbers, edited and deleted posts, and times in which one platform was not collected.
"""

import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from monitor.archive import Archive
from monitor.campaign import Campaign
from monitor.core.model import Outcome, Page, Post
from monitor.demo import behaviour, office, outcomes
from monitor.demo.writer import Writer
from monitor.themes.week_reading import suggest
from monitor.tone import Analyzer

WEEKS = 52
MOVED, EDITED, DELETED, OTHER = 0.3, 0.01, 0.02, 0.12  # shares of posts; OTHER: also in the next track
_HOUR = timedelta(hours=1)
_SEEN = 400  # posts, the newest, that the office works on


@dataclass(frozen=True, slots=True)
class DemoStep:
    """One page as it came from one platform."""

    source: str
    track: str
    page: Page


def history(
    campaign: Campaign, until: datetime, *, posts: int, seed: int = 1, page_size: int = 100,
    weeks: int = WEEKS,
) -> Iterator[DemoStep]:  # fmt: skip
    """Yield what a collector would have seen until then: `posts` posts in all, and what became of them."""
    chance = random.Random(seed)
    writer = Writer(campaign, until, posts, chance)
    used = behaviour.platforms(campaign)
    waiting: dict[str, list[Post]] = {platform: [] for platform in dict.fromkeys(used)}
    hours = behaviour.hours(campaign.zone, until, weeks, posts, used)
    since = {platform: max(hours[0][0], behaviour.began(platform, until)) for platform in waiting}
    before: dict[str, list[Post]] = {}
    for hour, count in hours:
        for post in (writer.post(hour) for _ in range(count)):
            waiting[post.platform].append(post)
        for platform, batch in waiting.items():
            if behaviour.is_out(platform, hour, until):
                continue
            if since[platform] < hour and behaviour.is_out(platform, hour - _HOUR, until):
                yield DemoStep(platform, campaign.tracks[0].name, _gap(platform, since[platform], hour))
                since[platform] = hour
            ends = hour == hours[-1][0] or behaviour.is_out(platform, hour + _HOUR, until)
            if ends or len(batch) >= page_size or (len(batch) > 2 and hour.hour == 23):
                page = _page(platform, batch, before.get(platform, []), chance)
                page = replace(page, since=since[platform], until=hour + _HOUR)
                yield from _steps(campaign, platform, page)
                before[platform], waiting[platform], since[platform] = batch, [], hour + _HOUR


def fill(
    archive: Archive, campaign: Campaign, analyzer: Analyzer, now: datetime, *, posts: int = 1500,
    seed: int = 1, page_size: int = 100, weeks: int = WEEKS,
    progress: Callable[[int], object] = lambda number: None,
) -> int:  # fmt: skip
    """Put a made-up history, the office's work and outcomes into an archive; return how many posts."""
    score = lru_cache(maxsize=10_000)(analyzer.score)
    until = now.replace(minute=0, second=0, microsecond=0)
    office.share(archive, campaign, until - timedelta(weeks=weeks))
    total, latest = 0, deque[Post](maxlen=_SEEN)
    for step in history(campaign, until, posts=posts, seed=seed, page_size=page_size, weeks=weeks):
        at = step.page.until or until
        new = archive.ingest.save(
            campaign.gazetteer.with_places(step.page), source=step.source, track=step.track,
            scores=[score(post.text, post.lang) for post in step.page.posts],
            analyzer=analyzer.name, started_at=at, now=at,
        )  # fmt: skip
        total += new
        latest.extend(step.page.posts[:new])
        progress(new)
    office.work(archive, campaign, latest, now, seed=seed)
    outcomes.count(archive, campaign, now, seed=seed)
    suggest(archive, campaign, now)
    return total


def _page(platform: str, new: list[Post], before: list[Post], chance: random.Random) -> Page:
    """Return new posts, with what has become of the ones before."""
    again, deleted = [], []
    for post in before:
        lot = chance.random()
        if lot < DELETED:
            deleted.append(post.id)
        elif lot < DELETED + EDITED:
            again.append(replace(post, text=f"{post.text} (Edited: a typo.)"))
        elif lot < DELETED + EDITED + MOVED and post.metrics.likes is not None:
            again.append(replace(post, metrics=behaviour.later_metrics(post.metrics, chance)))
    return Page(stream=f"{platform}:demo", posts=(*new, *again), deleted=tuple(deleted))


def _steps(campaign: Campaign, platform: str, page: Page) -> Iterator[DemoStep]:
    yield DemoStep(platform, campaign.tracks[0].name, page)
    for place, track in enumerate(campaign.tracks[1:], 1):
        posts = tuple(
            replace(post, tags=post.tags | {tag.casefold() for tag in track.tags[:1]})
            for post in page.posts
            if (int(post.id) * 7919 + place * 104_729) % 1000 / 1000 < OTHER  # the same ones each time
        )
        yield DemoStep(platform, track.name, replace(page, posts=posts, deleted=()))


def _gap(platform: str, stopped: datetime, went_on: datetime) -> Page:
    return Page(
        stream=f"{platform}:demo", since=stopped, until=went_on, outcome=Outcome.GAP,
        detail="Made up: it could not be reached. Posts of that time are unknown, not zero.",
    )  # fmt: skip
