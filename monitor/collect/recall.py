"""What was missed, as a number: once a week, posts that another way finds are looked for in the archive."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from monitor.archive.values import RecallSample
from monitor.campaign import Track
from monitor.collect import Collector
from monitor.collect.fetch_post import fetch_post
from monitor.collect.source_status import inquiry
from monitor.collect.validation import storable_page
from monitor.core.errors import SourceError
from monitor.core.model import ANSWERS, Outcome, Page, Pointer, Post, Query
from monitor.platform_info.post_urls import pointers
from monitor.report.window import WEEK, last_week, midnight
from monitor.sources.contract import BACK, LooksBack, SecondWay, Source
from monitor.sources.shared.stream_reading import faults_of
from monitor.sources.shared.time_limit import shares, within
from monitor.why_missing import NOT_TO_KEEP, PlatformAnswer, Question

log = logging.getLogger(__name__)

PAUSE = timedelta(days=1)  # after a week's end, for posts that come late; and after a look that failed
_MOST = 50  # posts of a sample: each that is missing costs a request
_PARTS = 8  # of a look back: a hashtag or phrase each, or what of one is read in a part's time

_Pages = Sequence[tuple[Track, Page]]


def check_recall(collector: Collector, name: str, pause: timedelta = PAUSE) -> None:
    """Look for a sample of last week's posts in the archive, if nobody has; what it lacks is taken in.

    A look that fails is made again after the pause. Nothing is done where a source has no other way.
    """
    now = collector.clock()
    monday = last_week((now - PAUSE).astimezone(collector.campaign.zone).date())
    try:
        with faults_of(name):
            platform = collector.open_source(name, now)
            way = platform.second_way() if isinstance(platform, SecondWay) else None
            if way and collector.archive.coverage.claim_recall(name, monday, now, pause):
                pages = list(_pages(collector, name, monday, way[1]))
                if pages and not collector.stop():
                    _compare(collector, name, monday, way[0], pages)
    except SourceError as error:  # which costs this look only
        log.info("%s: what was missed is not known: %s", name, error)


def _pages(collector: Collector, name: str, monday: date, second: Source) -> Iterator[tuple[Track, Page]]:
    """Yield what another way shows of a week, from when on a source was asked for each track."""
    zone = collector.campaign.zone
    until = midnight(zone, monday + WEEK)
    for track, seconds in shares(collector.campaign.tracks):
        first = collector.archive.coverage.first_poll(name, track.name) or until
        since = max(first, midnight(zone, monday))
        with within(seconds):
            for page in _found_by(second, track.query, since, until) if since < until else ():
                if collector.stop():
                    return
                posts = tuple(post for post in page.posts if since <= post.created_at < until)
                yield track, storable_page(replace(page, posts=posts), collector.clock())


def _found_by(second: Source, query: Query, since: datetime, until: datetime) -> Iterator[Page]:
    """Yield the pages of a look back, as long as it goes on; of a search where it cannot look back."""
    if not isinstance(second, LooksBack):
        yield from second.search(query, {})
        return
    mark: str | None = None
    for _, seconds in shares(range(_PARTS)):
        before, page = mark, None
        with within(seconds):
            for page in second.back(query, since, until, mark):
                mark = page.cursor or mark
                yield page
        if page is None or page.outcome is not Outcome.CAPPED or mark == before:
            return


def _compare(collector: Collector, name: str, monday: date, way: str, pages: _Pages) -> None:
    """Store how many posts of a sample of these are here, then take in the others."""
    posts = {post.id: post for _, page in pages for post in page.posts}
    if not posts and not all(page.outcome in ANSWERS for _, page in pages):
        return
    sample = Random(f"{name} {monday}").sample(sorted(posts), min(_MOST, len(posts)))
    lacking = _lacking(collector, name, [posts[native_id] for native_id in sample])
    here, causes = len(sample) - len(lacking), Counter(lacking.values())
    result = RecallSample(name, monday, way, len(sample), here, causes)
    # Stored before they are taken in: whatever ends this, they are never taken for posts that were here.
    collector.archive.coverage.save_recall(result, collector.clock())
    log.info("%s: of %d posts that %s found, %d were here", name, len(sample), way, here)
    for track, page in pages:
        late = tuple(p for p in page.posts if p.id in lacking and lacking[p.id] not in NOT_TO_KEEP)
        if late:
            # The stream of a look back: they count where they were written, and say nothing of today.
            collector.save(Page(stream=f"{BACK}{name}:{way}", posts=late), name, track, collector.clock())


def _lacking(collector: Collector, name: str, posts: Sequence[Post]) -> dict[str, str]:
    """Return why posts are not here, by native id: of those that are not, by any address either."""
    archive, now = collector.archive, collector.clock()
    ids = archive.posts.ids_of(name, [post.id for post in posts])
    why, lacking = inquiry(archive, collector.campaign, now), dict[str, str]()
    for post, seconds in shares([post for post in posts if post.id not in ids]):
        addresses = (address for address in (post.url, post.copy_of) if address)
        if any(archive.post_status.find_at(address, post.created_at) for address in addresses):
            continue
        pointer = next(iter(pointers(post.url, [name])), Pointer(platform=name, id=post.id))
        with within(seconds):
            reply = fetch_post(collector.campaign, collector.env, pointer, now)
        question = Question(address=post.url, words=post.text)
        lacking[post.id] = why.why_missing(question, pointer, reply or PlatformAnswer(post=post)).cause
    return lacking
