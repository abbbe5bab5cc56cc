"""A made-up campaign for looking around: the same seed gives the same posts. No real people."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.archive import Archive
from monitor.campaign import Campaign
from monitor.model import Author, Metrics, Outcome, Page, Post
from monitor.tone import Analyzer

DAYS = 56
BURSTS = {44: 4.0, 45: 2.0, 30: 3.0, 9: 6.0, 8: 3.0, 3: 4.0}  # days ago: times the usual
GAP = (17.5, 16.0)  # days ago: nothing was collected from the first until the second
PLATFORMS = {"bluesky": 40, "mastodon": 26, "reddit": 16, "feeds": 6, "x": 12}
HOURS = [1, 1, 1, 1, 1, 2, 4, 8, 10, 8, 7, 7, 9, 8, 7, 7, 9, 12, 18, 22, 20, 14, 7, 3]

OPENINGS = (
    "Signed the petition this morning.",
    "Brilliant turnout at the stall on the Heathway.",
    "Filled in the survey, it took two minutes.",
    "More officers would make such a difference here.",
    "So proud of the volunteers knocking on doors in Becontree.",
    "A hashtag will not fix this.",
    "Another meeting, and still no date for the new police team.",
    "Does anyone know when the paper petition closes?",
    "Lovely to meet neighbours from Rainham tonight.",
    "Our street in Romford wants to join in too.",
    "Nobody has answered my letter, it is awful.",
    "The infographic is a good summary, pass it on.",
)
ENDINGS = (
    "#CallingTimeOnCrime",
    "Have your say. #CallingTimeOnCrime",
    "Dagenham deserves to feel safe. #CallingTimeOnCrime",
    "Barking and Havering next? #CallingTimeOnCrime",
    "It was on the local news as well. #CallingTimeOnCrime",
)


def fill(
    archive: Archive,
    campaign: Campaign,
    analyzer: Analyzer,
    now: datetime,
    *,
    posts: int = 1500,
    progress: Callable[[int], object] = lambda number: None,
) -> int:
    """Put about eight weeks of made-up posts and coverage into an archive; return how many posts."""
    chance = random.Random(2026)
    made = 0
    numbers = _per_day(chance, posts)
    for ago, number in numbers.items():
        start = now - timedelta(days=ago + 1)
        drawn = [_post(chance, start, f"{ago}-{n}") for n in range(number)]
        for platform in PLATFORMS:
            some = tuple(post for post in drawn if post.platform == platform and not _in_gap(post, now))
            made += len(some)
            for since, until in _covered(start, now):
                inside = tuple(post for post in some if since <= post.created_at < until)
                _save(archive, campaign, analyzer, platform, inside, since, until)
        progress(number)
    archive.save_failure(
        source="x",
        track=campaign.tracks[0].name,
        outcome=Outcome.REFUSED,
        detail="Made up: the key was refused. Put a new X_BEARER_TOKEN into .env.",
        retry_at=None,
        started_at=now,
        now=now,
    )
    return made


def _per_day(chance: random.Random, posts: int) -> dict[int, int]:
    weights = {ago: BURSTS.get(ago, 1.0) * chance.uniform(0.7, 1.3) for ago in range(DAYS - 1, -1, -1)}
    whole = sum(weights.values())
    return {ago: round(posts * weight / whole) for ago, weight in weights.items()}


def _covered(start: datetime, now: datetime) -> list[tuple[datetime, datetime]]:
    end = start + timedelta(days=1)
    gap_from, gap_until = (now - timedelta(days=ago) for ago in GAP)
    spans = [(start, min(end, max(start, gap_from))), (max(start, min(end, gap_until)), end)]
    if end <= gap_from or start >= gap_until:
        spans = [(start, end)]
    return [(since, until) for since, until in spans if since < until]


def _in_gap(post: Post, now: datetime) -> bool:
    return now - timedelta(days=GAP[0]) <= post.created_at < now - timedelta(days=GAP[1])


def _save(
    archive: Archive,
    campaign: Campaign,
    analyzer: Analyzer,
    platform: str,
    posts: tuple[Post, ...],
    since: datetime,
    until: datetime,
) -> None:
    archive.save(
        Page(stream=f"{platform}:demo", posts=posts, since=since, until=until),
        source=platform,
        track=campaign.tracks[0].name,
        scores=[analyzer.score(post.text) for post in posts],
        analyzer=analyzer.name,
        started_at=until,
        now=until,
    )


def _post(chance: random.Random, start: datetime, id: str) -> Post:
    platform = chance.choices(list(PLATFORMS), list(PLATFORMS.values()))[0]
    who = min(int(chance.paretovariate(0.8)), 400)  # few people post much, most post once
    minutes = 60 * chance.choices(range(24), HOURS)[0] + chance.randrange(60)
    at = start.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(minutes=minutes)
    if at < start:
        at += timedelta(days=1)
    name = f"demo_{'newsroom' if platform == 'feeds' else 'resident'}_{who}"
    return Post(
        platform=platform,
        id=id,
        url=f"https://example.org/{platform}/{id}",
        author=Author(
            id=name, handle=name, name=f"Made-up person {who}", followers=_followers(platform, who)
        ),
        text=f"{chance.choice(OPENINGS)} {chance.choice(ENDINGS)}",
        created_at=at,
        tags=frozenset({"callingtimeoncrime"}),
        lang="en",
        metrics=_metrics(chance, platform),
    )


def _followers(platform: str, who: int) -> int | None:
    return 40 + 9000 // who if platform in ("mastodon", "x") else None


def _metrics(chance: random.Random, platform: str) -> Metrics:
    """Return the numbers that this platform would give, and None for those it would not."""
    size = int(chance.paretovariate(1.1))
    if platform == "mastodon":
        return Metrics(likes=size, reposts=size // 3, replies=size // 5, quotes=0)
    if platform == "reddit":
        return Metrics(likes=size * 2, replies=size, reposts=0)
    if platform == "x":
        return Metrics(likes=size, reposts=size // 4, replies=size // 6, quotes=0, views=size * 120 + 30)
    return Metrics()
