"""A made-up campaign for looking around, for tests and for benches. No real people.

The same arguments give the same history: posts as a collector would have seen them, with later
readings of their numbers, edited and deleted posts, and times in which one platform was not collected.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from monitor.archive import Archive
from monitor.archive.posts.annotations import Stance
from monitor.campaign import Campaign, Track
from monitor.core.model import Outcome, Page, Post, PostKind, Tone
from monitor.demo import behaviour
from monitor.demo.texts import Texts
from monitor.tone import Analyzer

WEEKS = 24
MOVED, EDITED, DELETED, OTHER = 0.3, 0.01, 0.02, 0.12  # shares of posts; OTHER: also in the next track
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DemoStep:
    """One page as it came from one platform."""

    source: str
    track: str
    page: Page


class _Writer:
    """Writes posts one after the other."""

    def __init__(self, campaign: Campaign, until: datetime, posts: int, chance: random.Random) -> None:
        self._chance = chance
        self._crowd = behaviour.Crowd(posts, chance, until, behaviour.platforms(campaign))
        self._texts = Texts(campaign, chance)
        self._track = campaign.tracks[0]
        self._number = 0

    def post(self, hour: datetime) -> Post:
        chance, self._number = self._chance, self._number + 1
        platform, author = self._crowd.someone(hour)
        url = f"https://example.org/{platform}/{self._number}"
        is_news = behaviour.DEMOS[platform].news
        kind = PostKind.ARTICLE if is_news else PostKind.REPLY if chance.random() < 0.2 else PostKind.POST
        lang = "en" if is_news else behaviour.language(chance)
        return Post(
            platform=platform,
            id=str(self._number),
            url=url,
            author=author,
            text=self._texts.headline(self._track) if is_news else self._texts.text(self._track, lang),
            created_at=hour + timedelta(seconds=chance.randrange(3600)),
            kind=kind,
            lang=lang,
            tags=frozenset() if is_news else self._texts.tags(self._track),
            links=frozenset({f"https://example.org/{self._number % 40}"})
            if chance.random() < 0.1
            else frozenset(),
            media=behaviour.media(chance),
            metrics=behaviour.metrics(platform, author.followers, chance),
        )


def history(
    campaign: Campaign,
    until: datetime,
    *,
    posts: int,
    seed: int = 1,
    page_size: int = 100,
) -> Iterator[DemoStep]:
    """Yield what a collector would have seen until then: `posts` posts in all, and what became of them."""
    chance = random.Random(seed)
    writer = _Writer(campaign, until, posts, chance)
    used = behaviour.platforms(campaign)
    waiting: dict[str, list[Post]] = {platform: [] for platform in dict.fromkeys(used)}
    hours = behaviour.hours(campaign.zone, until, WEEKS, posts, used)
    since = dict.fromkeys(waiting, hours[0][0])
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
            if ends or len(batch) >= page_size or hour.hour == 23:
                page = _page(platform, batch, before.get(platform, []), chance)
                yield from _steps(
                    campaign, platform, replace(page, since=since[platform], until=hour + _HOUR)
                )
                before[platform], waiting[platform], since[platform] = batch, [], hour + _HOUR


def fill(
    archive: Archive,
    campaign: Campaign,
    analyzer: Analyzer,
    now: datetime,
    *,
    posts: int = 1500,
    seed: int = 1,
    page_size: int = 100,
    progress: Callable[[int], object] = lambda number: None,
) -> int:
    """Put a made-up history and its events into an archive; return how many posts."""
    score = lru_cache(maxsize=10_000)(analyzer.score)
    until = now.replace(minute=0, second=0, microsecond=0)
    total = 0
    for step in history(campaign, until, posts=posts, seed=seed, page_size=page_size):
        at = step.page.until or until
        new = archive.ingest.save(
            campaign.gazetteer.with_places(step.page), source=step.source, track=step.track,
            scores=[score(post.text, post.lang) for post in step.page.posts],
            analyzer=analyzer.name, started_at=at, now=at,
        )  # fmt: skip
        total += new
        progress(new)
    for ago, (_, title) in behaviour.EVENTS.items():
        archive.events.add((until - timedelta(days=ago)).astimezone(campaign.zone).date(), title)
    _read_samples(archive, campaign, now, random.Random(seed))
    for platform in dict.fromkeys(behaviour.platforms(campaign)):
        if says := behaviour.DEMOS[platform].fails:
            page = Page(stream=platform, outcome=Outcome.REFUSED, detail=says)
            archive.coverage.save_failure(page, campaign.tracks[0].name, started_at=now, now=now)
    return total


def _read_samples(archive: Archive, campaign: Campaign, now: datetime, chance: random.Random) -> None:
    """Read the samples of two weeks, as somebody would who agrees with the program two times in three."""
    today, track = now.astimezone(campaign.zone).date(), campaign.tracks[0].name
    for ago in (21, 14):
        monday = today - timedelta(days=today.weekday() + ago)
        archive.tone_audits.draw(track, monday, 50, chance=chance, now=now)
        for audit in archive.tone_audits.samples(track, monday, monday):
            for sample in audit.unread:
                tone = sample.scored if chance.random() < 2 / 3 else chance.choice(list(Tone))
                archive.annotations.label([sample.post], "tone", tone, by="Made up", now=now)
                stance = chance.choices(list(Stance), (6, 2, 1))[0]
                archive.annotations.label([sample.post], "stance", stance, by="Made up", now=now)


def _page(platform: str, new: list[Post], before: list[Post], chance: random.Random) -> Page:
    """Return new posts, with what has become of the ones before."""
    again, deleted = [], []
    for post in before:
        lot = chance.random()
        if lot < DELETED:
            deleted.append(post.id)
        elif lot < DELETED + EDITED:
            again.append(replace(post, text=f"{post.text} (Corrected.)"))
        elif lot < DELETED + EDITED + MOVED and post.metrics.likes is not None:
            again.append(replace(post, metrics=behaviour.later_metrics(post.metrics, chance)))
    return Page(stream=f"{platform}:demo", posts=(*new, *again), deleted=tuple(deleted))


def _steps(campaign: Campaign, platform: str, page: Page) -> Iterator[DemoStep]:
    yield DemoStep(platform, campaign.tracks[0].name, page)
    for place, track in enumerate(campaign.tracks[1:], 1):
        posts = tuple(_also(post, track) for post in page.posts if _draws(post, place) < OTHER)
        yield DemoStep(platform, track.name, replace(page, posts=posts, deleted=()))


def _draws(post: Post, place: int) -> float:
    return (int(post.id) * 7919 + place * 104_729) % 1000 / 1000


def _also(post: Post, track: Track) -> Post:
    return replace(post, tags=post.tags | {tag.casefold() for tag in track.tags[:1]})


def _gap(platform: str, stopped: datetime, went_on: datetime) -> Page:
    return Page(
        stream=f"{platform}:demo", since=stopped, until=went_on, outcome=Outcome.GAP,
        detail="Made up: it could not be reached. Posts of that time are unknown, not zero.",
    )  # fmt: skip
