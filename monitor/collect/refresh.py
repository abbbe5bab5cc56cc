"""Reading posts again: their numbers, edits and deletions, a part after each poll."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from time import monotonic

from monitor.archive import ArchiveReader
from monitor.archive.conversations import THREAD_PAUSE
from monitor.archive.posts.refresh_queue import DuePost, next_reading
from monitor.collect import Collector, why_off
from monitor.collect.spend_limit import SpendLimit, share_of_new_posts
from monitor.core.errors import ConfigError, RateLimited, SourceError, Unreadable
from monitor.core.model import REREAD_ROUND, Outcome, Page, Purpose
from monitor.report.wording import quantity
from monitor.sources.contract import KnownPost, ReadsThreads, Rereads, Spends
from monitor.sources.shared.stream_reading import failed, faults_of
from monitor.sources.shared.time_limit import POLL_SECONDS, within

log = logging.getLogger(__name__)

_MINUTES = 5  # so much of a platform's allowance at a time, however seldom it is asked
_LEAST_SECONDS = 10.0  # that are left where a question is begun
_MOST_THREADS = 20  # a turn
_LATER = timedelta(hours=1)  # of a post that was asked for in vain


def reread(collector: Collector, name: str) -> None:
    """Read again what is due of a platform, as far as its limits go; nothing where it cannot be."""
    now = collector.clock()
    platform = _opened(collector, name, now)
    if platform is None:
        return
    posts = _due(collector, name, platform, now)
    end = monotonic() + POLL_SECONDS
    for start in range(0, len(posts), platform.at_once):
        seconds = end - monotonic()
        if seconds < _LEAST_SECONDS or collector.stop():
            return
        some = posts[start : start + platform.at_once]
        costs_nothing = len(some) < platform.at_once and not platform.ages
        witnesses = collector.archive.refresh_queue.witnesses(name, now) if costs_nothing else []
        with within(seconds):
            if not _read(collector, name, platform, some, witnesses):
                return


def read_threads(collector: Collector, name: str) -> None:
    """Read the conversations that are due of a platform, some at a time; one that fails costs itself."""
    now, end = collector.clock(), monotonic() + POLL_SECONDS
    platform, own = _opened(collector, name, now), collector.campaign.own.handles
    if not isinstance(platform, ReadsThreads) or why_off(collector.campaign, name):
        return
    for post in collector.archive.conversations.due(name, own, now, _MOST_THREADS):
        seconds, started_at = end - monotonic(), collector.clock()
        if seconds < _LEAST_SECONDS or collector.stop():
            return
        try:
            with faults_of(f"{name}, the conversation around {post.reread_key}"), within(seconds):
                page = platform.thread(KnownPost(id=post.native_id, reread_key=post.reread_key))
        except SourceError as error:  # which costs this conversation only
            page = failed("", error)
        page = replace(page, stream=f"again:{name}", purpose=Purpose.THREAD)
        collector.save(page, name, collector.campaign.tracks[0], started_at)
        collector.archive.conversations.schedule(post.id, page.retry_at or started_at + THREAD_PAUSE)
        if page.outcome is Outcome.RATE_LIMITED:
            return


def _opened(collector: Collector, name: str, now: datetime) -> Rereads | None:
    """Return a platform that can read posts again, with a budget that leaves new posts theirs."""
    try:
        platform = collector.reopen_source(name, now)
    except (SourceError, ConfigError):  # the poll has said so already
        return None
    if not isinstance(platform, Rereads):
        return None
    if isinstance(platform, Spends):  # new posts go first
        remainder = share_of_new_posts(platform.limit, now)
        platform.budget = SpendLimit(collector.archive, name, platform.limit, collector.clock, remainder)
    return platform


def _due(collector: Collector, name: str, platform: Rereads, now: datetime) -> Sequence[DuePost]:
    """Return the posts whose turn it is, as many as its limits allow; what is too old is put off."""
    queue = collector.archive.refresh_queue
    queue.bring_forward(name, now, max((b - a for a, b in pairwise(platform.ages)), default=REREAD_ROUND))
    minutes = min(_MINUTES, collector.campaign.sources[name].every_minutes)
    posts, skipped = split_by_age(queue.due(name, now, minutes * platform.a_minute), platform.ages, now)
    queue.schedule(skipped)
    return posts


def _read(
    collector: Collector, name: str, platform: Rereads, due: Sequence[DuePost], witnesses: Sequence[DuePost]
) -> bool:
    """Store these posts as they are now, and when they are due next; return whether to go on."""
    posts = [*due, *witnesses]
    ids, problems, started_at = set[str](), set[Outcome](), collector.clock()
    for page in _pages(name, platform, posts, {post.native_id for post in witnesses}):
        collector.save(page, name, collector.campaign.tracks[0], started_at)
        ids |= {post.id for post in page.posts} | set(page.deleted)
        problems |= {page.outcome} - {Outcome.COMPLETE}
    if not problems:  # of a post in no page nothing is known, but its time passes
        ids = {post.native_id for post in posts}
    now = collector.clock()
    later = {} if Outcome.CAPPED in problems else {post.id: now + _LATER for post in posts}
    times = {post.id: after(post.created_at, now, platform.ages) for post in posts if post.native_id in ids}
    collector.archive.refresh_queue.schedule(later | times)
    return problems.isdisjoint({Outcome.CAPPED, Outcome.RATE_LIMITED})


def _pages(name: str, platform: Rereads, posts: Sequence[DuePost], witnesses: Set[str]) -> Iterator[Page]:
    """Yield the pages of these posts, which cover no time; that nothing came of it is one, too."""
    known, stream = [KnownPost(id=p.native_id, reread_key=p.reread_key) for p in posts], f"again:{name}"
    try:
        for page in platform.reread(known):
            if witnesses and witnesses <= set(page.deleted):
                raise Unreadable(
                    "It failed to show posts that still exist, so no post was treated as deleted."
                )
            yield replace(
                page,
                stream=stream,
                purpose=Purpose.REREAD,
                cursor=None,
                since=None,
                until=None,
                retry_at=None,
            )
    except SourceError as error:
        log.info("%s: what is known could not be read again: %s", name, error)
        outcome = Outcome.CAPPED if isinstance(error, RateLimited) else Outcome(error.outcome)
        yield Page(stream=stream, outcome=outcome, detail=str(error))


def in_words(archive: ArchiveReader, name: str, now: datetime) -> str:
    """Return how far behind the reading again of a platform's posts is; "" if it is not."""
    posts, longest = archive.refresh_queue.backlog(name, now)
    if not posts:
        return ""
    return (
        f"{quantity(posts, 'post', 'posts')} of the last 30 days should have been read again by now,"
        " but the monitor was off, or its limits of requests or money do not reach: a round takes"
        f" {longest / timedelta(days=1):.1f} days, and what is deleted there may be kept here as long."
    )


def split_by_age(
    due: Iterable[DuePost], ages: tuple[timedelta, ...], now: datetime
) -> tuple[list[DuePost], Mapping[int, datetime | None]]:
    """Return the posts to ask for, and when the others are due by their archive ids: those cost too much."""
    if not ages:
        return list(due), {}
    posts: list[DuePost] = []
    skipped: dict[int, datetime | None] = {}
    for post in due:
        age = now - post.created_at
        if age < ages[0]:
            skipped[post.id] = post.created_at + ages[0]
        elif age > ages[-1] + timedelta(days=1):
            skipped[post.id] = None
        else:
            posts.append(post)
    return posts, skipped


def after(created_at: datetime, now: datetime, ages: tuple[timedelta, ...]) -> datetime | None:
    """Return when a post that was read now is to be read next; None: never."""
    if not ages:
        return next_reading(created_at, now)
    return next((created_at + age for age in ages if now < created_at + age), None)
