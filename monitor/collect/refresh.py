"""Reading posts again: their numbers, edits and deletions, a part after each poll."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from monitor.archive.posts.refresh_queue import DuePost, next_reading
from monitor.collect import Collector
from monitor.core.errors import ConfigError, SourceError
from monitor.core.model import Outcome, Page
from monitor.sources.contract import KnownPost, Rereads

log = logging.getLogger(__name__)

AGAIN = "again:"  # how the streams of what is read again begin
_MOST, _ANSWERS = 40, 4  # posts where each costs a request, and answers where it does not
_LATER = timedelta(hours=1)  # of a post that was asked for in vain


def reread(collector: Collector, name: str) -> None:
    """Read again what is due of a platform; nothing where it cannot be."""
    archive, now = collector.archive, collector.clock()
    if not archive.refresh_queue.due(name, now, 1):  # most of the time, without loading a platform's library
        return
    try:
        platform = collector.open_source(name, now)
    except (SourceError, ConfigError):  # the poll has said so already
        return
    if not isinstance(platform, Rereads):
        return
    most = _MOST if platform.at_once == 1 else _ANSWERS * platform.at_once
    posts, skipped = split_by_age(archive.refresh_queue.due(name, now, most), platform.ages, now)
    archive.refresh_queue.schedule(skipped)
    answer_ids, whole = _save_answers(collector, name, platform, posts)
    # Of a post in no page nothing is known, but its time passes: others would never have theirs.
    ids = {post.native_id for post in posts} if whole else answer_ids
    archive.refresh_queue.schedule({
        post.id: after(post.created_at, now, platform.ages) if post.native_id in ids else now + _LATER
        for post in posts
    })  # fmt: skip


def _save_answers(
    collector: Collector, name: str, platform: Rereads, posts: Sequence[DuePost]
) -> tuple[set[str], bool]:
    """Store the posts as they are now; return which were seen or are gone, and whether all went well."""
    answer_ids, started_at = set[str](), collector.clock()
    track = collector.campaign.tracks[0]
    try:
        for page in platform.reread(
            [KnownPost(id=post.native_id, reread_key=post.reread_key) for post in posts]
        ):
            collector.save(page_of(name, page), name, track, started_at, is_reread=True)
            answer_ids |= {post.id for post in page.posts} | set(page.deleted)
            if page.outcome is not Outcome.COMPLETE or collector.stop():
                return answer_ids, False
    except SourceError as error:
        log.info("%s: what is known could not be read again: %s", name, error)
        collector.save(failure_page(name, error), name, track, started_at, is_reread=True)
        return answer_ids, False
    return answer_ids, True


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


def failure_page(name: str, error: SourceError) -> Page:
    """Return the page that stores why nothing could be read again."""
    return Page(stream=f"{AGAIN}{name}", outcome=Outcome(error.outcome), detail=str(error))
