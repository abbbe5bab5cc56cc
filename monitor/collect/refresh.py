"""Reading posts again: their numbers, edits and deletions, a part after each poll."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from time import monotonic

from monitor.archive import ArchiveReader
from monitor.archive.posts.refresh_queue import DuePost, next_reading
from monitor.collect import Collector
from monitor.collect.spend_limit import SpendLimit, share_of_new_posts
from monitor.core.errors import ConfigError, SourceError
from monitor.core.model import REREAD_ROUND, Outcome, Page
from monitor.report.wording import quantity
from monitor.sources.contract import KnownPost, Rereads, Spends
from monitor.sources.shared.time_limit import POLL_SECONDS, within

log = logging.getLogger(__name__)

AGAIN = "again:"  # how the streams of what is read again begin
_MINUTES = 5  # so much of a platform's allowance at a time, however seldom it is asked
_LEAST_SECONDS = 10.0  # that are left where a question is begun
_LATER = timedelta(hours=1)  # of a post that was asked for in vain
_ENOUGH = {Outcome.CAPPED, Outcome.RATE_LIMITED}  # after which nothing more is asked for


def reread(collector: Collector, name: str) -> None:
    """Read again what is due of a platform, as far as its limits go; nothing where it cannot be."""
    queue, now = collector.archive.refresh_queue, collector.clock()
    try:
        platform = collector.open_source(name, now)
    except (SourceError, ConfigError):  # the poll has said so already
        return
    if not isinstance(platform, Rereads):
        return
    if isinstance(platform, Spends):  # new posts go first
        remainder = share_of_new_posts(platform.limit, now)
        platform.budget = SpendLimit(collector.archive, name, platform.limit, collector.clock, remainder)
    queue.bring_forward(name, now, max((b - a for a, b in pairwise(platform.ages)), default=REREAD_ROUND))
    minutes = min(_MINUTES, collector.campaign.sources[name].every_minutes)
    posts, skipped = split_by_age(queue.due(name, now, minutes * platform.a_minute), platform.ages, now)
    queue.schedule(skipped)
    end = monotonic() + POLL_SECONDS
    for start in range(0, len(posts), platform.at_once):
        seconds = end - monotonic()
        if seconds < _LEAST_SECONDS or collector.stop():
            return
        with within(seconds):
            if not _read(collector, name, platform, posts[start : start + platform.at_once]):
                return


def _read(collector: Collector, name: str, platform: Rereads, posts: Sequence[DuePost]) -> bool:
    """Store these posts as they are now, and when they are due next; return whether to go on."""
    ids, problems, started_at = set[str](), set[Outcome](), collector.clock()
    for page in _pages(name, platform, posts):
        collector.save(page, name, collector.campaign.tracks[0], started_at, is_reread=True)
        ids |= {post.id for post in page.posts} | set(page.deleted)
        problems |= {page.outcome} - {Outcome.COMPLETE}
    if not problems:  # of a post in no page nothing is known, but its time passes
        ids = {post.native_id for post in posts}
    now, is_enough = collector.clock(), bool(problems & _ENOUGH)
    times = {post.id: after(post.created_at, now, platform.ages) for post in posts if post.native_id in ids}
    later = {} if is_enough else {post.id: now + _LATER for post in posts}
    collector.archive.refresh_queue.schedule(later | times)
    return not is_enough


def _pages(name: str, platform: Rereads, posts: Sequence[DuePost]) -> Iterator[Page]:
    """Yield the pages of these posts; that nothing came of it is one, too."""
    known = [KnownPost(id=post.native_id, reread_key=post.reread_key) for post in posts]
    try:
        for page in platform.reread(known):
            yield page_of(name, page)
    except SourceError as error:
        log.info("%s: what is known could not be read again: %s", name, error)
        yield Page(stream=f"{AGAIN}{name}", outcome=Outcome(error.outcome), detail=str(error))


def in_words(archive: ArchiveReader, name: str, now: datetime) -> str:
    """Return how far behind the reading again of a platform's posts is; "" if it is not."""
    backlog = archive.refresh_queue.backlog(name, now)
    if backlog is None:
        return ""
    return (
        f"{quantity(backlog.posts, 'post', 'posts')} of the last 30 days should have been read again by now,"
        " but the monitor was off, or its limits of requests or money do not reach: a round takes"
        f" {backlog.round / timedelta(days=1):.1f} days, and what is deleted there may be kept here as long."
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


def page_of(name: str, page: Page) -> Page:
    """Return a page under the stream of what is read again, which has no cursor and covers no time."""
    return Page(
        stream=f"{AGAIN}{name}", posts=page.posts, rejected=page.rejected, deleted=page.deleted,
        deleted_authors=page.deleted_authors, outcome=page.outcome, detail=page.detail,
    )  # fmt: skip
